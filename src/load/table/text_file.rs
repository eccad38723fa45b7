//! A file of text as bytes of UTF-8 or Windows-1252, whatever it was written in.
//!
//! In: a file. Out: its encoding, and a reader behind its byte order mark; UTF-16 is turned into UTF-8 on
//! the way. UTF-8 is told from Windows-1252 by all of the file: one that has both, as happens where
//! somebody pasted lines of another, is what most of its letters are.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::model::encoding::{Reading, decode, windows_1252};

/// Bytes read at once.
const CHUNK: usize = 64 << 10;

/// How a file's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Encoding {
    Utf8,
    Windows1252,
    Utf16 { little_endian: bool },
}

impl Encoding {
    /// Its name, as IANA has it.
    pub(in crate::load) fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Windows1252 => "windows-1252",
            Self::Utf16 { .. } => "UTF-16",
        }
    }

    /// The encoding that a user names.
    pub(in crate::load) fn named(name: &str) -> Option<Self> {
        let squashed: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        Some(match squashed.as_str() {
            "utf8" => Self::Utf8,
            "windows1252" | "cp1252" | "ansi" | "latin1" | "iso88591" | "iso885915" | "latin9" => Self::Windows1252,
            "utf16" | "utf16le" => Self::Utf16 { little_endian: true },
            "utf16be" => Self::Utf16 { little_endian: false },
            _ => return None,
        })
    }

    /// The text of a cell, and how it was read. UTF-16 has become UTF-8 by then.
    pub(in crate::load) fn text(self, bytes: &[u8]) -> (std::borrow::Cow<'_, str>, Reading) {
        match self {
            Self::Windows1252 => {
                let (text, lossy) = windows_1252(bytes);
                (text, if lossy { Reading::Lossy } else { Reading::Utf8 })
            }
            _ => decode(bytes),
        }
    }
}

/// The encoding of a file, by its mark or by all that is in it.
pub(in crate::load) fn encoding_of(path: &Path) -> io::Result<Encoding> {
    let mut file = File::open(path)?;
    let mut bytes = vec![0; CHUNK];
    let mut filled = file.read(&mut bytes)?;
    match bytes[..filled] {
        [0xFF, 0xFE, ..] => return Ok(Encoding::Utf16 { little_endian: true }),
        [0xFE, 0xFF, ..] => return Ok(Encoding::Utf16 { little_endian: false }),
        [0xEF, 0xBB, 0xBF, ..] => return Ok(Encoding::Utf8),
        _ => {}
    }
    let mut letters = Letters::default();
    loop {
        let rest = letters.count(&bytes[..filled]);
        let kept = filled - rest;
        bytes.copy_within(rest..filled, 0);
        let more = file.read(&mut bytes[kept..])?;
        if more == 0 {
            letters.other += kept as u64;
            break;
        }
        filled = kept + more;
    }
    Ok(if letters.other > letters.utf8 {
        Encoding::Windows1252
    } else {
        Encoding::Utf8
    })
}

/// Letters beyond ASCII.
#[derive(Default)]
struct Letters {
    utf8: u64,
    other: u64,
}

impl Letters {
    /// Counts those of some bytes; gives where a letter begins whose end is still to come.
    fn count(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            match std::str::from_utf8(&bytes[at..]) {
                Ok(text) => {
                    self.count_valid(text.as_bytes());
                    return bytes.len();
                }
                Err(e) => {
                    let good = at + e.valid_up_to();
                    self.count_valid(&bytes[at..good]);
                    match e.error_len() {
                        Some(n) => {
                            self.other += 1;
                            at = good + n;
                        }
                        None => return good,
                    }
                }
            }
        }
    }

    fn count_valid(&mut self, bytes: &[u8]) {
        self.utf8 += bytes.iter().filter(|b| **b >= 0xC0).count() as u64;
    }
}

/// The file's text from behind its mark on.
pub(in crate::load) fn open(path: &Path, encoding: Encoding) -> io::Result<Box<dyn Read>> {
    let mut file = File::open(path)?;
    let mut mark = [0; 3];
    let n = file.read(&mut mark)?;
    let skip = match (encoding, &mark[..n]) {
        (Encoding::Utf16 { .. }, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) => 2,
        (_, [0xEF, 0xBB, 0xBF]) => 3,
        _ => 0,
    };
    file.seek(SeekFrom::Start(skip))?;
    Ok(match encoding {
        Encoding::Utf16 { little_endian } => Box::new(Utf16::new(file, little_endian)),
        _ => Box::new(file),
    })
}

/// UTF-16 read as UTF-8; halves of letters become U+FFFD.
struct Utf16 {
    file: File,
    little_endian: bool,
    raw: Vec<u8>,
    odd: Option<u8>,
    high: Option<u16>,
    ready: Vec<u8>,
    given: usize,
}

impl Utf16 {
    fn new(file: File, little_endian: bool) -> Self {
        Self {
            file,
            little_endian,
            raw: vec![0; CHUNK],
            odd: None,
            high: None,
            ready: vec![],
            given: 0,
        }
    }

    /// Turns the next chunk; false at the end.
    fn refill(&mut self) -> io::Result<bool> {
        self.ready.clear();
        self.given = 0;
        let n = self.file.read(&mut self.raw)?;
        let bytes = self.odd.take().into_iter().chain(self.raw[..n].iter().copied());
        let bytes: Vec<u8> = bytes.collect();
        let pairs = bytes.chunks_exact(2);
        self.odd = (n > 0).then(|| pairs.remainder().first().copied()).flatten();
        let one = |p: &[u8]| {
            let pair = [p[0], p[1]];
            if self.little_endian {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            }
        };
        let mut units: Vec<u16> = self.high.take().into_iter().chain(pairs.map(one)).collect();
        // The first half of a letter waits for the second.
        if n > 0 && units.last().is_some_and(|u| (0xD800..0xDC00).contains(u)) {
            self.high = units.pop();
        }
        let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
        self.ready = text.collect::<String>().into_bytes();
        Ok(n > 0)
    }
}

impl Read for Utf16 {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            if !self.refill()? && self.ready.is_empty() {
                return Ok(0);
            }
        }
        let n = out.len().min(self.ready.len() - self.given);
        out[..n].copy_from_slice(&self.ready[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], encoding: Encoding, text: &str) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        assert_eq!(encoding_of(file.path()).unwrap(), encoding, "{text}");
        let mut read = vec![];
        open(file.path(), encoding).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(encoding.text(&read).0, text);
    }

    #[test]
    fn each_encoding_is_told() {
        check("Nœux\n".as_bytes(), Encoding::Utf8, "Nœux\n");
        check("\u{feff}Nœux".as_bytes(), Encoding::Utf8, "Nœux");
        check(b"N\x9cux B\xe9thune", Encoding::Windows1252, "Nœux Béthune");
        check(b"plain", Encoding::Utf8, "plain");
        for little_endian in [true, false] {
            let units = "\u{feff}Nœux 🏭".encode_utf16();
            let bytes: Vec<u8> = units
                .flat_map(|u| {
                    if little_endian {
                        u.to_le_bytes()
                    } else {
                        u.to_be_bytes()
                    }
                })
                .collect();
            check(&bytes, Encoding::Utf16 { little_endian }, "Nœux 🏭");
        }
    }

    #[test]
    fn letters_over_the_border_of_chunks_are_whole() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "é🏭".repeat(40_000));
            check(text.as_bytes(), Encoding::Utf8, &text);
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
            check(&bytes, Encoding::Utf16 { little_endian: true }, &text);
        }
    }

    #[test]
    fn what_most_letters_are_counts() {
        let mut mixed = "é".repeat(10).into_bytes();
        mixed.push(0xE9);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &mixed).unwrap();
        assert_eq!(encoding_of(file.path()).unwrap(), Encoding::Utf8);
        assert_eq!(Encoding::named("ISO-8859-1"), Some(Encoding::Windows1252));
        assert_eq!(Encoding::named("EBCDIC"), None);
    }
}
