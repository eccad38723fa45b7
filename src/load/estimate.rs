//! How much memory a source will need, before it is read.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::archive;
use super::sniff::{self, Kind, Packing, SNIFFED};

/// Bytes in memory per byte of file, by format; measured on parcels (7 vertices, 9 attributes).
const FACTORS: [(&[&str], f64); 5] = [
    (
        &[
            "geojson",
            "json",
            "geojsonl",
            "geojsons",
            "geojsonseq",
            "ndjson",
            "jsonl",
        ],
        1.1,
    ),
    (&["fgb", "shp"], 1.5),
    (&["gpkg"], 2.0),
    (&["gml", "kml", "csv", "tsv", "txt"], 1.5),
    (&["xlsx", "xlsm", "xlsb", "ods", "kmz"], 10.0),
];

/// The factor for other formats.
const OTHER: f64 = 3.0;

/// What the smallest layer takes: its directory, its index, its place in the catalog.
const FLOOR: u64 = 64 << 10;

/// What one byte of bzip2 becomes: it does not say, texts of parcels become this.
const OF_BZIP2: u64 = 12;

/// The memory that a source's layers will take, in bytes; 0 where the file can't be seen.
///
/// Of an archive the sizes that it declares count; one that lies meets the limits of the loading process.
#[must_use]
pub fn estimate_bytes(source: &Path) -> u64 {
    let Ok(found) = fs::metadata(source) else {
        return 0;
    };
    let length = found.len();
    // A shapefile's attributes lie beside it.
    let beside = if extension_of(source) == "shp" {
        fs::metadata(source.with_extension("dbf")).map_or(0, |m| m.len())
    } else {
        0
    };
    FLOOR + of_archive(source, length).unwrap_or_else(|| of_file(source, length + beside))
}

fn extension_of(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn of_file(path: &Path, length: u64) -> u64 {
    let extension = extension_of(path);
    let factor = FACTORS
        .iter()
        .find(|(names, _)| names.contains(&extension.as_str()))
        .map_or(OTHER, |(_, f)| *f);
    (length as f64 * factor) as u64
}

/// What the files inside of an archive will take; `None` where it is none that can be read.
fn of_archive(path: &Path, length: u64) -> Option<u64> {
    let mut file = fs::File::open(path).ok()?;
    let mut head = vec![];
    (&mut file).take(SNIFFED).read_to_end(&mut head).ok()?;
    let Kind::Archive(packing) = sniff::kind_of(path, &head) else {
        return None;
    };
    let inner = path.with_extension("");
    match packing {
        Packing::Zip => {
            let entries = archive::declared_sizes(file)?;
            let sizes = entries.iter().map(|(name, size)| of_file(Path::new(name), *size));
            Some(sizes.fold(0, u64::saturating_add))
        }
        Packing::Tar => Some(of_file(path, length)),
        Packing::Bzip2 => Some(of_file(&inner, length.saturating_mul(OF_BZIP2))),
        Packing::Gzip => {
            // The last four bytes are the size modulo 2^32 (RFC 1952, 2.3.1); what is packed is rarely larger.
            let mut size = [0; 4];
            file.seek(SeekFrom::End(-4))
                .and_then(|_| file.read_exact(&mut size))
                .ok()?;
            let declared = u64::from(u32::from_le_bytes(size));
            let wraps = length.saturating_sub(declared).div_ceil(1 << 32);
            Some(of_file(&inner, declared + (wraps << 32)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn archives_take_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let text = vec![b'x'; 1_000_000];
        let plain = folder.path().join("a.geojson");
        fs::write(&plain, &text).unwrap();
        let expected = estimate_bytes(&plain);
        let packed = folder.path().join("a.geojson.gz");
        let mut gz = flate2::write::GzEncoder::new(fs::File::create(&packed).unwrap(), flate2::Compression::fast());
        gz.write_all(&text).unwrap();
        gz.finish().unwrap();
        assert_eq!(estimate_bytes(&packed), expected);
        let packed = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(fs::File::create(&packed).unwrap());
        for name in ["a.geojson", "b.geojson"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&text).unwrap();
        }
        zip.finish().unwrap();
        assert_eq!(estimate_bytes(&packed), 2 * expected - FLOOR);
        assert_eq!(estimate_bytes(&folder.path().join("none")), 0);
    }
}
