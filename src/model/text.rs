//! Words compared as people do: without case, accents or ligatures.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text folded for search: lower case, no accents, ligatures opened, dashes and apostrophes as spaces.
///
/// ```
/// use terril::model::text::fold;
/// assert_eq!(fold("Nœux-les-Mines"), "noeux les mines");
/// assert_eq!(fold("LIÉVIN"), "lievin");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '-' | '\'' | '’' | '_' | '\u{2010}'..='\u{2015}' => folded.push(' '),
            c => folded.push(c),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name made fit for a URL path segment; names that are already fit are left as they are.
///
/// Fit are letters, digits, `-`, `_`, `.` and `~` (RFC 3986, 2.3), not starting with a dot.
/// ```
/// use terril::model::text::slug;
/// assert_eq!(slug("cites-minieres"), "cites-minieres");
/// assert_eq!(slug("Cités minières (2024)"), "cites-minieres-2024");
/// assert_eq!(slug("…"), "layer");
/// ```
#[must_use]
pub fn slug(name: &str) -> String {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(fit) {
        return name.to_owned();
    }
    let folded = fold(name);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    if words.is_empty() {
        "layer".into()
    } else {
        words.join("-")
    }
}
