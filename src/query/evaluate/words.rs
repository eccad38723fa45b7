//! Texts without case or accents, and patterns of LIKE.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is left out of a text before it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    /// Case, by the full case folding of Unicode: `ß` is `ss`.
    Case,
    /// Accents: decomposed, without combining marks, composed again.
    Accents,
}

impl Folding {
    pub(super) fn fold(self, text: &str) -> Cow<'_, str> {
        if text.is_ascii() {
            return match self {
                Self::Case if text.bytes().any(|b| b.is_ascii_uppercase()) => Cow::Owned(text.to_ascii_lowercase()),
                _ => Cow::Borrowed(text),
            };
        }
        Cow::Owned(match self {
            Self::Case => caseless::default_case_fold_str(text),
            Self::Accents => text.nfd().filter(|c| !is_combining_mark(*c)).nfc().collect(),
        })
    }
}

/// A pattern of LIKE: its pieces between runs.
///
/// Pieces are looked for from left to right, each as early as it comes, so nothing is ever tried twice but the
/// inside of one piece: at most text × longest piece steps.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pattern {
    /// At least one; empty at the ends where the pattern begins or ends with `%`.
    pieces: Vec<Vec<Glyph>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Glyph {
    One,
    Char(char),
}

impl Glyph {
    fn takes(self, c: char) -> bool {
        match self {
            Self::One => true,
            Self::Char(wanted) => wanted == c,
        }
    }
}

impl Pattern {
    /// `%` any run, `_` one character, `\` takes the next as it is (the last one itself).
    pub(super) fn new(pattern: &str) -> Self {
        let mut pieces = vec![vec![]];
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            let glyph = match c {
                '%' => {
                    pieces.push(vec![]);
                    continue;
                }
                '_' => Glyph::One,
                '\\' => Glyph::Char(chars.next().unwrap_or('\\')),
                c => Glyph::Char(c),
            };
            if let Some(piece) = pieces.last_mut() {
                piece.push(glyph);
            }
        }
        Self { pieces }
    }

    /// Whether it matches the whole text.
    pub(super) fn matches(&self, text: &str) -> bool {
        let [first, middle @ .., last] = self.pieces.as_slice() else {
            // No run: piece and text are as long as each other.
            let Some(only) = self.pieces.first() else { return false };
            return after(only, text).is_some_and(str::is_empty);
        };
        let Some(mut rest) = after(first, text) else {
            return false;
        };
        for piece in middle {
            match find(piece, rest) {
                Some(found) => rest = found,
                None => return false,
            }
        }
        let mut back = rest.chars().rev();
        last.iter().rev().all(|g| back.next().is_some_and(|c| g.takes(c)))
    }
}

/// What follows a piece at the start of a text.
fn after<'a>(piece: &[Glyph], text: &'a str) -> Option<&'a str> {
    let mut chars = text.chars();
    let fits = piece.iter().all(|g| chars.next().is_some_and(|c| g.takes(c)));
    fits.then_some(chars.as_str())
}

/// What follows the first place of a piece in a text.
fn find<'a>(piece: &[Glyph], text: &'a str) -> Option<&'a str> {
    let mut from = text.chars();
    loop {
        if let Some(rest) = after(piece, from.as_str()) {
            return Some(rest);
        }
        from.next()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        let check = |text: &str, pattern: &str, expected| {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{text} LIKE {pattern}");
        };
        check("Nœux-les-Mines", "N_ux%Mines", true);
        check("Nœux-les-Mines", "%les%", true);
        check("Nœux-les-Mines", "%les", false);
        check("Nœux", "Nœux", true);
        check("Nœux", "Nœux_", false);
        check("Nœux", "Nœux%%", true);
        check("aXbXc", "a%X%c", true);
        check("abc", "%a%b%c%d%", false);
        check("aab", "a%ab", true);
        check("ab", "ab%b", false);
        check("10%", "10\\%", true);
        check("100", "10\\%", false);
        check("a_b", "a\\_b", true);
        check("a\\", "a\\", true);
        check("a\\b", "a\\\\b", true);
        check("", "%", true);
        check("", "", true);
        check("", "_", false);
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let text = "a".repeat(20_000);
        let pattern = Pattern::new(&format!("{}b", "%a".repeat(499)));
        assert!(!pattern.matches(&text));
        assert!(Pattern::new(&"%a".repeat(499)).matches(&text));
    }

    #[test]
    fn folding_is_that_of_unicode() {
        let same = |folding: Folding, a: &str, b: &str| assert_eq!(folding.fold(a), folding.fold(b), "{a} {b}");
        same(Folding::Case, "Straße", "STRASSE");
        same(Folding::Case, "Οδος", "ΟΔΟΣ");
        same(Folding::Case, "KØBENHAVN", "København");
        same(Folding::Accents, "débárquér", "debarquer");
        same(Folding::Accents, "Chișinău", "Chisinau");
        // One letter, composed or not.
        same(Folding::Accents, "e\u{301}", "é");
        assert_ne!(Folding::Accents.fold("É"), "e");
        assert_ne!(Folding::Case.fold("É"), "e");
    }
}
