//! What came, by its first bytes: whether it is data at all, and of which kind.
//!
//! Servers that fail often say so in a page with status 200; that must not take the place of the last good file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::error::Why;

/// Bytes that are looked at.
const SNIFFED: u64 = 64 << 10;

/// Characters of a title or an exception that are told.
const TOLD: usize = 200;

/// The first bytes of a file.
pub(super) fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    File::open(path)?.take(SNIFFED).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses what is no data: nothing, a page, a service's exception.
pub(super) fn check(beginning: &[u8]) -> Result<(), Why> {
    if beginning.is_empty() {
        return Err(Why::Empty);
    }
    if beginning.starts_with(&[0x1f, 0x8b]) {
        let mut inner = vec![];
        let whole = MultiGzDecoder::new(beginning).take(SNIFFED).read_to_end(&mut inner);
        // Broken gzip is its reader's to tell.
        return match whole {
            Ok(_) if inner.is_empty() => Err(Why::EmptyGzip),
            _ => text(&inner),
        };
    }
    text(beginning)
}

fn text(beginning: &[u8]) -> Result<(), Why> {
    let text = String::from_utf8_lossy(beginning);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        let lower = text.to_ascii_lowercase();
        let root = root(&lower).unwrap_or_default();
        if root == "html" || lower.starts_with("<!doctype html") {
            return Err(Why::Page {
                title: inner(text, "title"),
            });
        }
        if root.ends_with("exceptionreport") || root == "serviceexception" {
            let said = ["ExceptionText", "ServiceException", "Exception"]
                .iter()
                .find_map(|tag| inner(text, tag));
            return Err(Why::Exception(said.unwrap_or_else(|| "without words".into())));
        }
    }
    // ArcGIS answers `{"error":{"code":400,"message":…}}` with status 200.
    if let Some(rest) = text.strip_prefix('{')
        && rest.trim_start().starts_with("\"error\"")
    {
        let json: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap_or_default();
        let said = json["error"]["message"]
            .as_str()
            .or(json["error"].as_str())
            .unwrap_or("without words");
        return Err(Why::Exception(said.chars().take(TOLD).collect()));
    }
    Ok(())
}

/// The local name of the root element, where it is met.
fn root(lower: &str) -> Option<&str> {
    let mut rest = lower;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")?..];
        } else if !rest.starts_with(['?', '!']) {
            let end = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
            return rest[..end].rsplit(':').next();
        }
    }
}

/// The text of the first element of a local name, on one line.
fn inner(text: &str, tag: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let tag = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find(&tag) {
        let start = from + at;
        let end = start + tag.len();
        let opens =
            lower[..start].ends_with(['<', ':']) && lower[end..].starts_with(|c: char| c == '>' || c.is_whitespace());
        from = end;
        if !opens {
            continue;
        }
        let content = end + lower[end..].find('>')? + 1;
        let stop = content + lower[content..].find('<').unwrap_or(lower.len() - content);
        let words: Vec<&str> = text[content..stop].split_whitespace().collect();
        let words: String = words.join(" ").chars().take(TOLD).collect();
        return (!words.is_empty()).then_some(words);
    }
    None
}

/// The ending that files which begin so have; `None` where that is not clear.
pub(super) fn ending(beginning: &[u8]) -> Option<&'static str> {
    let has = |what: &[u8]| beginning.windows(what.len()).take(SNIFFED as usize).any(|w| w == what);
    Some(match beginning {
        [b'P', b'K', 3 | 5, 4 | 6, ..] if has(b"opendocument.spreadsheet") => "ods",
        [b'P', b'K', 3, 4, ..] if has(b"xl/") || has(b"[Content_Types].xml") => "xlsx",
        [b'P', b'K', 3, 4, ..] if has(b"doc.kml") => "kmz",
        [b'P', b'K', 3 | 5, 4 | 6, ..] => "zip",
        [0x1f, 0x8b, ..] => "gz",
        [b'B', b'Z', b'h', ..] => "bz2",
        [b'f', b'g', b'b', 3, ..] => "fgb",
        [b'P', b'A', b'R', b'1', ..] => "parquet",
        _ if beginning.starts_with(b"SQLite format 3\0") => "gpkg",
        _ if beginning.get(257..262) == Some(b"ustar") => "tar",
        _ => return text_ending(beginning),
    })
}

fn text_ending(beginning: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(beginning);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        let lower = text.to_ascii_lowercase();
        return Some(if root(&lower) == Some("kml") { "kml" } else { "gml" });
    }
    if text.starts_with(['{', '[']) {
        return Some("json");
    }
    let line = text.lines().next()?;
    let printable = !beginning.iter().take(512).any(|b| *b < 9);
    (printable && line.contains([';', ',', '\t'])).then_some("csv")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn refused(bytes: &[u8]) -> String {
        check(bytes).unwrap_err().to_string()
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_no_data_is_named() {
        assert!(refused(b"").contains("empty file"));
        assert!(refused(&gz(b"")).contains("gzip file with nothing"));
        assert!(
            refused(b"\xef\xbb\xbf\n<!DOCTYPE html><html><head><TITLE>Site en\n maintenance</TITLE>")
                .contains("(\"Site en maintenance\")")
        );
        assert!(refused(b"<?xml version='1.0'?><!-- <a> --><html xmlns='x'><body>").contains("web page"));
        assert!(refused(&gz(b"<html>")).contains("web page"));
        let ows = br#"<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="x"><ows:Exception exceptionCode="y"><ows:ExceptionText>Unknown type</ows:ExceptionText>"#;
        assert!(refused(ows).ends_with("instead of data: Unknown type"));
        let old = b"<ServiceExceptionReport><ServiceException code='x'>\n No such layer\n</ServiceException></ServiceExceptionReport>";
        assert!(refused(old).ends_with(": No such layer"));
        assert!(refused(br#"{"error":{"code":400,"message":"Invalid URL"}}"#).ends_with(": Invalid URL"));
    }

    #[test]
    fn data_is_let_pass_and_known_by_its_beginning() {
        let check_as = |bytes: &[u8], expected: Option<&str>| {
            check(bytes).unwrap();
            assert_eq!(ending(bytes), expected);
        };
        check_as(b"{\"type\":\"FeatureCollection\"", Some("json"));
        check_as(b"<?xml version='1.0'?><kml xmlns='x'>", Some("kml"));
        check_as(b"<?xml version='1.0'?><wfs:FeatureCollection xmlns='x'>", Some("gml"));
        check_as(b"nom;x;y\n<html>;1;2\n", Some("csv"));
        check_as(&gz(b"a;b"), Some("gz"));
        check_as(b"PAR1....", Some("parquet"));
        check_as(b"\x01\x02", None);
        // Cut in the middle of a character, and no markup at all.
        check_as("<a>é".as_bytes().split_last().unwrap().1, Some("gml"));
    }
}
