//! What a file is, by its first bytes and, where these do not say, its name.
//!
//! In: a name and the first [`SNIFFED`] bytes. Out: which reader takes it, or in which words it is refused.
//! Names lie: a GeoPackage called `.zip` is one, a page of HTML called `.geojson` is refused as what it is.

use std::path::Path;

use super::geojson::{JsonKind, kind_of_json};

/// Bytes that are looked at.
pub(super) const SNIFFED: u64 = 64 << 10;

/// Where `ustar` stands in the header of a tar archive.
const USTAR: usize = 257;

/// How files of Office 97 begin.
const OFFICE_97: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Who reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Unpacked first.
    Archive(Packing),
    /// The native reader.
    GeoJson,
    /// CSV and its like, spreadsheets, JSON of rows.
    Table(Rows),
    /// Parquet, with geometry or without.
    Parquet,
    /// GDAL.
    Other,
    /// Nobody; why, and what to do.
    Refused(&'static str),
}

/// How an archive is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Files, each packed for itself.
    Zip,
    /// One file, or a tar.
    Gzip,
    /// One file, or a tar.
    Bzip2,
    /// Files, not packed.
    Tar,
}

/// What holds the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// Lines of text with a delimiter.
    Delimited,
    /// Cells of a spreadsheet.
    Sheet,
    /// Objects.
    Json,
}

/// What a file is.
pub(super) fn kind_of(path: &Path, head: &[u8]) -> Kind {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let extension = extension.as_str();
    by_magic(extension, head).unwrap_or_else(|| by_text(extension, head))
}

/// What the first bytes alone say.
fn by_magic(extension: &str, head: &[u8]) -> Option<Kind> {
    let begins = |magic: &[u8]| head.starts_with(magic);
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return Some(match extension {
            "xlsx" | "xlsm" | "xlsb" | "ods" => Kind::Table(Rows::Sheet),
            "kmz" => Kind::Other,
            "zip" => Kind::Archive(Packing::Zip),
            _ => of_zip(head),
        });
    }
    if begins(&[0x1F, 0x8B]) {
        return Some(Kind::Archive(Packing::Gzip));
    }
    if begins(b"BZh") && head.get(4..10) == Some(b"1AY&SY") {
        return Some(Kind::Archive(Packing::Bzip2));
    }
    if head.get(USTAR..USTAR + 5) == Some(b"ustar") {
        return Some(Kind::Archive(Packing::Tar));
    }
    if begins(b"PAR1") {
        return Some(Kind::Parquet);
    }
    let known = begins(b"SQLite format 3\0") || begins(b"fgb\x03") || begins(&[0, 0, 0x27, 0x0A]);
    if known {
        return Some(Kind::Other);
    }
    if begins(&[0xFF, 0xFE]) || begins(&[0xFE, 0xFF]) {
        // A reader of tables knows UTF-16 by its mark; of the others none does.
        return (!matches!(extension, "csv" | "tsv" | "txt"))
            .then_some(Kind::Refused("it is text in UTF-16; save it as UTF-8"));
    }
    // What has a password is packed like the workbooks of Office 97.
    if begins(OFFICE_97) && matches!(extension, "xlsx" | "xlsm" | "xlsb") {
        return Some(Kind::Refused(
            "it is protected by a password; save it without one (or a workbook of Office 97 by another name; save it as .xlsx)",
        ));
    }
    for (magic, reason) in [
        (
            &b"7z\xBC\xAF\x27\x1C"[..],
            "it is a 7z archive; unpack it, or pack it as zip",
        ),
        (b"Rar!\x1A\x07", "it is a RAR archive; unpack it, or pack it as zip"),
        (b"\xFD7zXZ\0", "it is packed by xz; unpack it, or pack it by gzip"),
        (
            b"\x28\xB5\x2F\xFD",
            "it is packed by zstd; unpack it, or pack it by gzip",
        ),
        (b"%PDF-", "it is a PDF document"),
        (b"\x89PNG", "it is a picture"),
        (b"\xFF\xD8\xFF", "it is a picture"),
        (
            OFFICE_97,
            "it is a spreadsheet or document of Office 97 (.xls, .doc); save it as .xlsx",
        ),
    ] {
        if begins(magic) {
            return Some(Kind::Refused(reason));
        }
    }
    None
}

/// What a zip is whose name does not say: the first entry of a spreadsheet has a fixed name.
fn of_zip(head: &[u8]) -> Kind {
    let entry = head.get(30..).unwrap_or_default();
    if entry.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")
        || entry.starts_with(b"[Content_Types].xml")
    {
        return Kind::Table(Rows::Sheet);
    }
    Kind::Archive(Packing::Zip)
}

/// What a text is, by its extension and its beginning.
fn by_text(extension: &str, head: &[u8]) -> Kind {
    match extension {
        "csv" | "tsv" | "txt" => return Kind::Table(Rows::Delimited),
        "xlsx" | "xlsm" | "xlsb" | "ods" => return Kind::Table(Rows::Sheet),
        "parquet" | "geoparquet" => return Kind::Parquet,
        "zip" => return Kind::Archive(Packing::Zip),
        "gz" | "tgz" | "taz" => return Kind::Archive(Packing::Gzip),
        "bz2" | "tbz" | "tbz2" => return Kind::Archive(Packing::Bzip2),
        "tar" => return Kind::Archive(Packing::Tar),
        _ => {}
    }
    if is_html(head) {
        return Kind::Refused("it is a page of HTML, perhaps the error of a download; download it again");
    }
    let says_json = matches!(
        extension,
        "geojson" | "json" | "geojsonl" | "geojsons" | "geojsonseq" | "ndjson" | "jsonl"
    );
    match kind_of_json(head) {
        JsonKind::GeoJson => Kind::GeoJson,
        JsonKind::Table if extension != "geojson" => Kind::Table(Rows::Json),
        JsonKind::Script => Kind::Refused(
            "it is JavaScript from line 1 on, which wraps the data; take away all before the first brace and behind the last one",
        ),
        JsonKind::Schema => {
            Kind::Refused("it is a description of a table (Table Schema); give the table that it describes")
        }
        // Its reader says what is wrong, and where.
        _ if says_json => Kind::GeoJson,
        _ => Kind::Other,
    }
}

fn is_html(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins = |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    begins(b"<!doctype html") || begins(b"<html")
}

/// Whether a text is a table: its first lines have one delimiter, equally often. Commas do not count:
/// prose has them.
pub(super) fn is_delimited(head: &[u8]) -> bool {
    let mut lines = head.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty());
    let Some(first) = lines.next() else {
        return false;
    };
    // The last line may be cut.
    let others: Vec<&[u8]> = lines.take(3).collect();
    let others = if others.len() > 1 {
        &others[..others.len() - 1]
    } else {
        &others
    };
    [b';', b'\t', b'|'].iter().any(|delimiter| {
        let count = |line: &[u8]| line.iter().filter(|b| *b == delimiter).count();
        count(first) > 0 && !others.is_empty() && others.iter().all(|line| count(line) == count(first))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_more_than_the_name() {
        let check = |name: &str, head: &[u8], expected| assert_eq!(kind_of(Path::new(name), head), expected, "{name}");
        check("a.zip", b"PK\x03\x04...", Kind::Archive(Packing::Zip));
        check("a.geojson", b"PK\x03\x04...", Kind::Archive(Packing::Zip));
        check("a.xlsx", b"PK\x03\x04...", Kind::Table(Rows::Sheet));
        check("a", b"\x1f\x8b\x08", Kind::Archive(Packing::Gzip));
        check("a.bz2", b"BZh91AY&SY", Kind::Archive(Packing::Bzip2));
        check("a.zip", b"SQLite format 3\0", Kind::Other);
        check("a.dat", b"PAR1", Kind::Parquet);
        check("a.csv", b"a;b\n", Kind::Table(Rows::Delimited));
        check("a.json", b"[{\"a\":1}]", Kind::Table(Rows::Json));
        check("a.json", b"{\"type\":\"Feature\"", Kind::GeoJson);
        check("a.bin", b"{\"type\":\"Feature\"", Kind::GeoJson);
        check("a.geojson", b"not geodata", Kind::GeoJson);
        check("a.kml", b"<?xml version", Kind::Other);
        let refused = |name: &str, head: &[u8], word: &str| {
            let found = kind_of(Path::new(name), head);
            assert!(
                matches!(found, Kind::Refused(why) if why.contains(word)),
                "{name}: {found:?}"
            );
        };
        refused("a.geojson", b"var x = {}", "JavaScript from line 1");
        refused("a.geojson", b"\xff\xfe{\0", "UTF-16");
        refused("a.geojson", b"\n<!DOCTYPE HTML>", "HTML");
        refused("a.json", br#"{"fields":[{"name":"a"}]}"#, "Table Schema");
        refused("a.zip", b"7z\xbc\xaf\x27\x1c", "7z");
    }

    #[test]
    fn tables_are_told_from_prose() {
        assert!(is_delimited(b"a;b;c\n1;2;3\n4;5;6\n7;"));
        assert!(is_delimited(b"a\tb\n1\t2\n"));
        assert!(!is_delimited(b"To do; soon.\nAnd then, at last.\n"));
        assert!(!is_delimited(b"one line; only\n"));
        assert!(!is_delimited(b""));
    }
}
