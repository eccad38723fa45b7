//! Names of bodies as they are compared, and texts that hold several.

use std::ops::Range;

use super::super::text::fold;

/// Words that say what a body is, not which.
const FORMS: [&str; 21] = [
    "sa",
    "esh",
    "oph",
    "hlm",
    "sahlm",
    "scic",
    "scp",
    "sca",
    "sas",
    "sarl",
    "epic",
    "saem",
    "sem",
    "opac",
    "coop",
    "societe",
    "anonyme",
    "groupe",
    "office",
    "public",
    "cooperative",
];

/// Words that join.
const JOINING: [&str; 9] = ["et", "de", "du", "des", "la", "le", "les", "l", "d"];

/// A name as it is compared: its telling words in order. A name of legal forms alone keeps them.
pub(super) fn key(name: &str) -> String {
    let folded = fold(name);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !JOINING.contains(w))
        .collect();
    let telling: Vec<&str> = words.iter().copied().filter(|w| !FORMS.contains(w)).collect();
    if telling.is_empty() {
        words.join(" ")
    } else {
        telling.join(" ")
    }
}

/// The parts of a text between "et", "and", `&`, `+` and commas: where each begins and ends.
pub(super) fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = vec![];
    let mut start = None;
    let mut end = 0;
    for (at, word) in words(text) {
        let joins = matches!(word.to_lowercase().as_str(), "et" | "and" | "&" | "+" | ",");
        if joins {
            parts.extend(start.take().map(|s| s..end));
        } else {
            start.get_or_insert(at);
            end = at + word.len();
        }
    }
    parts.extend(start.map(|s| s..end));
    parts
}

/// Words by white space, a comma being one of its own.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = vec![];
    let mut start = None;
    for (at, c) in text.char_indices() {
        if c.is_whitespace() || c == ',' {
            words.extend(start.take().map(|s: usize| (s, &text[s..at])));
            if c == ',' {
                words.push((at, &text[at..=at]));
            }
        } else if start.is_none() {
            start = Some(at);
        }
    }
    words.extend(start.map(|s| (s, &text[s..])));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_by_their_telling_words() {
        let check = |name: &str, expected: &str| assert_eq!(key(name), expected, "{name}");
        check("Maisons & Cités", "maisons cites");
        check("SA d'HLM MAISONS ET CITES", "maisons cites");
        check("Pas-de-Calais habitat – OPH", "pas calais habitat");
        check("S.I.A.", "s i a");
        check("OPH", "oph");
    }

    #[test]
    fn a_text_has_parts() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<&str> = parts(text).into_iter().map(|r| &text[r]).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Maisons et Cités et SIA", &["Maisons", "Cités", "SIA"]);
        check("Ville de Lens, SIA", &["Ville de Lens", "SIA"]);
        check("Étienne", &["Étienne"]);
        check(" et ", &[]);
    }
}
