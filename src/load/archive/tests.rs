use super::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// What comes of an archive: its files by path, and the places of what was left out.
type Outcome = Result<(BTreeMap<String, Vec<u8>>, Vec<String>), ArchiveError>;

fn unpacked(name: &str, bytes: &[u8]) -> Outcome {
    unpacked_within(name, bytes, u64::MAX)
}

fn unpacked_within(name: &str, bytes: &[u8], most: u64) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let Kind::Archive(packing) = sniff::kind_of(&path, &bytes[..bytes.len().min(SNIFFED as usize)]) else {
        panic!("{name} is no archive");
    };
    let into = folder.path().join("deep/into");
    let mut budget = Budget::new(bytes.len() as u64, most);
    let result = unpack(&mut File::open(&path).unwrap(), packing, &path, &into, &mut budget);
    let beside: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(beside.len(), 2, "something was written outside: {beside:?}");
    let mut files = BTreeMap::new();
    let mut folders = vec![into.clone()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.is_symlink());
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&into).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    result.map(|left_out| (files, left_out.into_iter().map(|l| l.place).collect()))
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    for (i, (name, bytes)) in entries.iter().enumerate() {
        let methods = [
            CompressionMethod::Deflated,
            CompressionMethod::Stored,
            CompressionMethod::Bzip2,
        ];
        let options = SimpleFileOptions::default().compression_method(methods[i % 3]);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(vec![]);
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn bzip(bytes: &[u8]) -> Vec<u8> {
    let mut bz = bzip2::write::BzEncoder::new(vec![], bzip2::Compression::fast());
    bz.write_all(bytes).unwrap();
    bz.finish().unwrap()
}

fn names(outcome: &Outcome) -> Vec<&str> {
    outcome.as_ref().unwrap().0.keys().map(String::as_str).collect()
}

#[test]
fn each_kind_is_unpacked() {
    let entries: [(&str, &[u8]); 4] = [
        ("a/b.shp", b"shp"),
        ("a/b.dbf", b"dbf"),
        ("c.csv", b"x;y\n"),
        ("d.bin", b""),
    ];
    let tar = tar_of(&entries);
    for (name, bytes) in [
        ("x.zip", zip_of(&entries)),
        ("x.tar", tar.clone()),
        ("x.tar.gz", gzip(&tar)),
        ("x.tgz", gzip(&tar)),
        ("x.tar.bz2", bzip(&tar)),
        ("x.gz", gzip(&tar)),
    ] {
        let outcome = unpacked(name, &bytes);
        assert_eq!(names(&outcome), ["a/b.dbf", "a/b.shp", "c.csv", "d.bin"], "{name}");
        assert_eq!(outcome.unwrap().0["a/b.shp"], b"shp");
    }
    for (name, bytes) in [("x.json.gz", gzip(b"{}")), ("x.json.bz2", bzip(b"{}"))] {
        assert_eq!(names(&unpacked(name, &bytes)), ["x.json"]);
    }
}

#[test]
fn streams_of_several_members_and_padding_are_read_whole() {
    let two = [gzip(b"{\"a\":"), gzip(b"1}"), vec![0; 1000]].concat();
    assert_eq!(unpacked("x.json.gz", &two).unwrap().0["x.json"], b"{\"a\":1}");
    let two = [bzip(b"{\"a\":"), bzip(b"1}")].concat();
    assert_eq!(unpacked("x.json.bz2", &two).unwrap().0["x.json"], b"{\"a\":1}");
    let behind = [gzip(b"{}"), vec![0, 0, 7]].concat();
    assert!(matches!(
        unpacked("x.json.gz", &behind),
        Err(ArchiveError::Damaged { .. })
    ));
}

#[test]
fn a_stream_gives_its_file_an_extension() {
    let mut gz = flate2::GzBuilder::new()
        .filename("../../parcelles.json")
        .write(vec![], flate2::Compression::fast());
    gz.write_all(b"{}").unwrap();
    assert_eq!(
        names(&unpacked("download.gz", &gz.finish().unwrap())),
        ["download.json"]
    );
}

#[test]
fn long_and_accented_names_are_kept() {
    let long = format!("{}/é.csv", "folder/".repeat(20));
    assert_eq!(names(&unpacked("x.tar", &tar_of(&[(&long, b"x")]))).len(), 1);
    let outcome = unpacked("x.zip", &zip_of(&[("Nœux.csv", b"x")]));
    assert_eq!(names(&outcome), ["Nœux.csv"]);
    // The code page of MS-DOS: 0x82 is é. The writer flags nothing of a name in ASCII.
    let mut dos = zip_of(&[("B_thune.csv", b"x")]);
    while let Some(at) = dos.windows(7).position(|w| w == b"B_thune") {
        dos[at + 1] = 0x82;
    }
    assert_eq!(names(&unpacked("x.zip", &dos)), ["Béthune.csv"]);
}

#[test]
fn what_leads_out_is_left_out_and_named() {
    let evil: [(&str, &[u8]); 3] = [("../evil.csv", b"x"), ("/tmp/evil.csv", b"x"), ("good.csv", b"x")];
    let outcome = unpacked("x.zip", &zip_of(&evil)).unwrap();
    assert_eq!(outcome.0.len(), 1);
    assert_eq!(outcome.1, ["entry \"../evil.csv\"", "entry \"/tmp/evil.csv\""]);
    // The writer of tars refuses such a name: it is put in by hand.
    let mut tar = tar::Builder::new(vec![]);
    for name in ["../evil.csv", "good.csv"] {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        tar.append(&header, &b"x"[..]).unwrap();
    }
    for (kind, name) in [(tar::EntryType::Symlink, "link.csv"), (tar::EntryType::Char, "device")] {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_path(name).unwrap();
        header.set_link_name("/etc/passwd").unwrap();
        header.set_size(0);
        header.set_cksum();
        tar.append(&header, &b""[..]).unwrap();
    }
    let outcome = unpacked("x.tar", &tar.into_inner().unwrap()).unwrap();
    assert_eq!(outcome.0.len(), 1);
    assert_eq!(
        outcome.1,
        ["entry \"../evil.csv\"", "entry \"link.csv\"", "entry \"device\""]
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    zip.add_symlink("link.csv", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    zip.start_file("good.csv", SimpleFileOptions::default()).unwrap();
    let outcome = unpacked("x.zip", &zip.finish().unwrap().into_inner()).unwrap();
    assert_eq!((outcome.0.len(), outcome.1.len()), (1, 1));
}

#[test]
fn archives_in_archives_are_unpacked_twice_and_no_deeper() {
    let inner = zip_of(&[("a.csv", b"x")]);
    let outcome = unpacked("x.zip", &zip_of(&[("b.zip", &inner), ("c.json.gz", &gzip(b"{}"))]));
    assert_eq!(names(&outcome), ["b.zip/a.csv", "c.json.gz/c.json"]);
    let deep = zip_of(&[("b.zip", &zip_of(&[("c.zip", &inner)]))]);
    let outcome = unpacked("x.zip", &deep).unwrap();
    assert_eq!(outcome.0.len(), 0);
    assert_eq!(outcome.1, ["entry \"b.zip/c.zip\""]);
}

#[test]
fn bombs_are_defused() {
    let too_much = |outcome: Outcome| {
        assert!(
            matches!(outcome, Err(ArchiveError::TooMuch { .. })),
            "{:?}",
            outcome.as_ref().err()
        )
    };
    let zeros = vec![0u8; 80 << 20];
    too_much(unpacked("x.csv.gz", &gzip(&zeros)));
    too_much(unpacked_within("x.csv.bz2", &bzip(&zeros[..2000]), 1000));
    too_much(unpacked_within("x.zip", &zip_of(&[("a.csv", &zeros[..2000])]), 1000));
    let many: Vec<String> = (0..=budget::MOST_ENTRIES).map(|n| format!("{n}.csv")).collect();
    let entries: Vec<(&str, &[u8])> = many.iter().map(|n| (n.as_str(), &b""[..])).collect();
    too_much(unpacked("x.zip", &zip_of(&entries)));
    too_much(unpacked("x.tar", &tar_of(&entries)));
}

#[test]
fn damaged_archives_are_refused_with_their_place() {
    let text: Vec<u8> = (0..20_000u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let entries: [(&str, &[u8]); 2] = [("a.csv", &text), ("b.csv", &text)];
    let tar = tar_of(&entries);
    for (name, bytes) in [
        ("x.zip", zip_of(&entries)),
        ("x.tar", tar.clone()),
        ("x.tar.gz", gzip(&tar)),
        ("x.tar.bz2", bzip(&tar)),
        ("x.csv.gz", gzip(&text)),
    ] {
        let cut = unpacked(name, &bytes[..bytes.len() / 2]);
        assert!(
            matches!(cut, Err(ArchiveError::Damaged { .. })),
            "{name}: {:?}",
            cut.err()
        );
        if name != "x.tar" {
            let mut flipped = bytes.clone();
            flipped[bytes.len() / 3] ^= 0x55;
            let flipped = unpacked(name, &flipped);
            assert!(
                matches!(flipped, Err(ArchiveError::Damaged { .. })),
                "{name}: {flipped:?}"
            );
        }
    }
}

#[test]
fn encrypted_entries_are_refused() {
    let mut zip = zip_of(&[("a.csv", b"secret")]);
    // Bit 0 of the flags (APPNOTE 4.4.4), in the entry's header and in the list.
    zip[6] |= 1;
    let list = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    zip[list + 8] |= 1;
    let outcome = unpacked("x.zip", &zip);
    assert!(
        matches!(&outcome, Err(ArchiveError::Encrypted { place }) if place.contains("a.csv")),
        "{outcome:?}"
    );
}
