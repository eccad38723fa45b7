//! In which encoding the texts of a dBASE table are.
//!
//! In: the table, and what stands in the `.cpg` beside it. Out: how GDAL has to read it where what is declared
//! is not so. UTF-8 is told from all else by its form; a table that holds other bytes is what it says, and
//! ISO-8859-1 is taken for Windows-1252, which has its letters and `œ`.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// How the texts of a table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts {
    /// What GDAL is told: an encoding, or nothing to be given the bytes as they are.
    pub(super) option: &'static str,
    /// The encoding, for the report.
    pub(super) said: String,
    /// What was declared instead, where that is wrong.
    pub(super) declared_otherwise: Option<String>,
    /// Texts that are not ASCII, where nothing is declared and they are no UTF-8.
    pub(super) guessed: u64,
}

/// What is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    Nothing,
    Utf8,
    Windows1252,
    Other,
}

/// How the texts of a table are to be read; `None` where GDAL reads them as they are declared, or nothing is
/// declared and there are none but ASCII.
pub(super) fn texts_of(table: &Path, declared: Option<&str>) -> Option<Texts> {
    let mut input = BufReader::with_capacity(1 << 20, File::open(table).ok()?);
    // What can't be read through is GDAL's to refuse.
    let found = look_through(&mut input).ok()?;
    let by_mark = matches!(found.language, 0x03 | 0x57).then_some("ANSI");
    let words = declared.filter(|d| !d.is_empty()).or(by_mark);
    let declared = words.map_or(Declared::Nothing, declared_as);
    let is_utf8 = found.utf8 > 0 && found.others == 0;
    let texts = |option, said: &str, lie: Option<&str>| {
        Some(Texts {
            option,
            said: said.to_owned(),
            declared_otherwise: lie.map(str::to_owned),
            guessed: 0,
        })
    };
    match declared {
        Declared::Windows1252 if is_utf8 => texts("UTF-8", "UTF-8", words),
        Declared::Nothing if is_utf8 => texts("UTF-8", "UTF-8", None),
        Declared::Windows1252 => texts("", "CP1252", None),
        Declared::Nothing if found.others > 0 => texts("", "CP1252", None).map(|t| Texts {
            guessed: found.utf8 + found.others,
            ..t
        }),
        _ => None,
    }
}

fn declared_as(words: &str) -> Declared {
    let plain: String = words
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    match plain.as_str() {
        "utf8" | "65001" => Declared::Utf8,
        "1252" | "cp1252" | "ansi1252" | "ansi" | "windows1252" | "88591" | "iso88591" | "latin1" | "885915"
        | "iso885915" | "windowslatin1" | "system" => Declared::Windows1252,
        _ => Declared::Other,
    }
}

/// The texts of a table that are not ASCII.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    /// The language driver: byte 29 of the header.
    language: u8,
    utf8: u64,
    others: u64,
}

/// Looks through the texts of all rows, once.
fn look_through(input: &mut impl Read) -> io::Result<Found> {
    let mut header = [0; 32];
    input.read_exact(&mut header)?;
    let word = |at: usize| usize::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let (header_length, row_length) = (word(8), word(10));
    let mut found = Found {
        language: header[29],
        ..Found::default()
    };
    let mut rest = vec![0; header_length.saturating_sub(32)];
    input.read_exact(&mut rest)?;
    // A field: name, type at 11, length at 16; the list ends with 0x0D.
    let mut texts = vec![];
    let mut at = 1;
    for field in rest.chunks_exact(32).take_while(|f| f[0] != 0x0D) {
        let length = usize::from(field[16]);
        if field[11] == b'C' {
            texts.push(at..at + length);
        }
        at += length;
    }
    let mut row = vec![0; row_length];
    while row_length > 0 && input.read_exact(&mut row).is_ok() {
        if row.is_ascii() {
            continue;
        }
        for text in texts.iter().filter_map(|range| row.get(range.clone())) {
            count(text.trim_ascii_end(), &mut found);
        }
    }
    Ok(found)
}

fn count(text: &[u8], found: &mut Found) {
    if text.is_ascii() {
        return;
    }
    match std::str::from_utf8(text) {
        Ok(_) => found.utf8 += 1,
        // Cut in the middle of a letter, where the field ended.
        Err(e) if e.error_len().is_none() => found.utf8 += 1,
        Err(_) => found.others += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with one text field of ten bytes.
    fn table(language: u8, rows: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![0x03, 126, 1, 1];
        bytes.extend((rows.len() as u32).to_le_bytes());
        bytes.extend(65u16.to_le_bytes());
        bytes.extend(11u16.to_le_bytes());
        bytes.resize(32, 0);
        bytes[29] = language;
        let mut field = [0; 32];
        field[..3].copy_from_slice(b"nom");
        field[11] = b'C';
        field[16] = 10;
        bytes.extend(field);
        bytes.push(0x0D);
        for row in rows {
            let mut text = [b' '; 11];
            text[1..=row.len()].copy_from_slice(row);
            bytes.extend(text);
        }
        bytes
    }

    fn read(language: u8, rows: &[&[u8]], declared: Option<&str>) -> Option<(&'static str, bool)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.dbf");
        std::fs::write(&path, table(language, rows)).unwrap();
        texts_of(&path, declared).map(|t| (t.option, t.declared_otherwise.is_some()))
    }

    #[test]
    fn what_is_declared_is_held_against_the_bytes() {
        let utf8: &[&[u8]] = &["Béthune".as_bytes(), b"Lens"];
        let windows: &[&[u8]] = &[b"N\x9cux", b"B\xe9thune"];
        assert_eq!(read(0, utf8, Some("ISO-8859-1")), Some(("UTF-8", true)));
        assert_eq!(read(0x57, utf8, None), Some(("UTF-8", true)));
        assert_eq!(read(0, utf8, None), Some(("UTF-8", false)));
        assert_eq!(read(0, utf8, Some("UTF-8")), None);
        assert_eq!(read(0, windows, Some("latin1")), Some(("", false)));
        assert_eq!(read(0x03, windows, None), Some(("", false)));
        // GDAL is given the bytes, and each text is told by itself.
        assert_eq!(read(0, windows, Some("UTF-8")), None);
        assert_eq!(read(0, windows, None), Some(("", false)));
        assert_eq!(read(0, windows, Some("CP850")), None);
        // A letter of two bytes that the field cuts.
        assert_eq!(
            read(0, &["123456789é".as_bytes().get(..10).unwrap()], None),
            Some(("UTF-8", false))
        );
    }
}
