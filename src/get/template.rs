//! Addresses with `{names}` in them.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands as it is in a path or query: a value never becomes another path or parameter.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b',');

/// Names of places whose values Terril finds itself.
pub(super) const BOX: [&str; 4] = ["west", "south", "east", "north"];

/// The names in an address, each once, in order.
///
/// # Errors
/// A brace without its other, an empty name.
pub(super) fn names(template: &str) -> Result<Vec<&str>, String> {
    let mut names = vec![];
    for piece in pieces(template)? {
        if let Piece::Name(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    Ok(names)
}

/// Puts values in.
///
/// # Errors
/// The first name that has no value.
pub(super) fn fill<'a>(template: &'a str, values: &BTreeMap<&str, String>) -> Result<String, &'a str> {
    let mut filled = String::new();
    // Entries are checked when the catalogue is read.
    for piece in pieces(template).unwrap_or_default() {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => {
                let value = values.get(name).ok_or(name)?;
                filled.extend(utf8_percent_encode(value, VALUE));
            }
        }
    }
    Ok(filled)
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = vec![];
    let mut rest = template;
    while let Some(open) = rest.find(['{', '}']) {
        let (text, tail) = rest.split_at(open);
        let name = tail
            .strip_prefix('{')
            .and_then(|t| t.split_once('}'))
            .filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        let Some((name, after)) = name else {
            return Err(format!("a brace of \"{template}\" has no name and no other brace"));
        };
        pieces.push(Piece::Text(text));
        pieces.push(Piece::Name(name));
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_and_stay_values() {
        let values = BTreeMap::from([("commune", "2A004".to_owned()), ("x", "a/../b?c=é&d".to_owned())]);
        let check = |template, expected: Result<&str, &str>| {
            assert_eq!(
                fill(template, &values).as_deref(),
                expected.as_ref().copied(),
                "{template}"
            );
        };
        check(
            "https://h/{commune}/cadastre-{commune}.gz",
            Ok("https://h/2A004/cadastre-2A004.gz"),
        );
        check("https://h/{x}", Ok("https://h/a%2F..%2Fb%3Fc%3D%C3%A9%26d"));
        check("https://h/{commune}/{year}", Err("year"));
        check("https://h/", Ok("https://h/"));
    }

    #[test]
    fn names_are_found_and_braces_checked() {
        assert_eq!(names("a{b}c{d}{b}").unwrap(), ["b", "d"]);
        for wrong in ["{", "a}b", "{}", "{a b}", "{a"] {
            assert!(names(wrong).is_err(), "{wrong}");
        }
    }
}
