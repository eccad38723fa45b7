//! Text whose encoding is not declared.
//!
//! French administrations write UTF-8 or Windows-1252 (which holds Latin-1's letters at the same
//! places). UTF-8 is told from it by its form; the rest is read as Windows-1252.

use std::borrow::Cow;

/// Windows-1252 from 0x80 to 0x9F; U+FFFD where it has no character (WHATWG, index-windows-1252).
const UPPER: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// How a text was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Reading {
    /// As the UTF-8 that it is.
    #[default]
    Utf8,
    /// As Windows-1252, since it is no UTF-8.
    Guessed,
    /// As Windows-1252, and bytes that it does not have became U+FFFD.
    Lossy,
}

/// The text of some bytes, and how it was read.
///
/// ```
/// use terril::model::encoding::{Reading, decode};
/// assert_eq!(decode(b"N\x9cux-les-Mines"), ("Nœux-les-Mines".into(), Reading::Guessed));
/// ```
#[must_use]
pub fn decode(bytes: &[u8]) -> (Cow<'_, str>, Reading) {
    match std::str::from_utf8(bytes) {
        Ok(text) => return (Cow::Borrowed(text), Reading::Utf8),
        // UTF-8 whose last letter is cut, where a field of so many bytes ended.
        Err(e) if e.error_len().is_none() && !bytes[..e.valid_up_to()].is_ascii() => {
            let whole = String::from_utf8_lossy(bytes).into_owned();
            return (Cow::Owned(whole), Reading::Lossy);
        }
        Err(_) => {}
    }
    let (text, lossy) = windows_1252(bytes);
    (text, if lossy { Reading::Lossy } else { Reading::Guessed })
}

/// The text of bytes that are Windows-1252, and whether some are no character of it: U+FFFD then.
///
/// ```
/// use terril::model::encoding::windows_1252;
/// assert_eq!(windows_1252(b"N\x9cux-les-Mines"), ("Nœux-les-Mines".into(), false));
/// ```
#[must_use]
pub fn windows_1252(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    if let (true, Ok(text)) = (bytes.is_ascii(), std::str::from_utf8(bytes)) {
        return (Cow::Borrowed(text), false);
    }
    let mut lossy = false;
    let character = |b: &u8| {
        let c = match b {
            0x80..=0x9F => UPPER[usize::from(b - 0x80)],
            b => char::from(*b),
        };
        lossy |= c == '\u{fffd}';
        c
    };
    let text: String = bytes.iter().map(character).collect();
    (Cow::Owned(text), lossy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_says_how_it_was_read() {
        let check = |bytes: &[u8], text: &str, reading| assert_eq!(decode(bytes), (text.into(), reading));
        check("Nœux".as_bytes(), "Nœux", Reading::Utf8);
        check(b"B\xe9thune", "Béthune", Reading::Guessed);
        check("éÉ".as_bytes().get(..3).unwrap(), "é\u{fffd}", Reading::Lossy);
        check(b"\x81", "\u{fffd}", Reading::Lossy);
    }
}
