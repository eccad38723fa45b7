//! What a downloaded file is called: by whom it is wanted, its server, its address, its first bytes.
//!
//! The name is what layers are named by, and its ending tells readers what it is: `…/wfs?typename=ns:zonage` becomes
//! `zonage.gml`.

use percent_encoding::percent_decode_str;

use super::Address;
use super::check;

/// The longest name, in bytes.
const LONGEST: usize = 120;

/// Endings of programs that answer, which say nothing of the answer.
const PROGRAMS: [&str; 8] = ["php", "asp", "aspx", "jsp", "cgi", "do", "html", "htm"];

/// Parameters that name what is asked for.
const NAMING: [&str; 6] = ["typenames", "typename", "layers", "layer", "collection", "file"];

/// The name of a file from `asked`, which redirected to `answered`; `beginning` are its first bytes.
pub(super) fn file_name(disposition: Option<&str>, asked: &Address, answered: &Address, beginning: &[u8]) -> String {
    let said = disposition.and_then(in_disposition).and_then(|name| clean(&name));
    let parts = [asked, answered].map(|address| clean(&address.last_part()));
    let with_ending = |name: &&String| ending(name).is_some();
    let parameter = NAMING.iter().find_map(|name| asked.parameter(name));
    // `ns:zonage`, or the first of several.
    let parameter = parameter.and_then(|p| clean(p.split(',').next()?.rsplit(':').next()?));
    let by_path = parts.iter().flatten().find(with_ending).cloned();
    let any = || {
        parts
            .iter()
            .flatten()
            .next()
            .map(|name| without_program(name).to_owned())
    };
    let name = said
        .or(by_path)
        .or(parameter)
        .or_else(any)
        .unwrap_or_else(|| "download".to_owned());
    match (ending(&name), check::ending(beginning)) {
        (None, Some(ending)) => format!("{name}.{ending}"),
        _ => name,
    }
}

/// A name's ending, where it may be that of a file with data.
fn ending(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let fits = (2..=9).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let letters = ending.bytes().any(|b| b.is_ascii_alphabetic());
    let program = PROGRAMS.contains(&ending.to_ascii_lowercase().as_str());
    (!stem.is_empty() && fits && letters && !program).then_some(ending)
}

fn without_program(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if PROGRAMS.contains(&ending.to_ascii_lowercase().as_str()) => stem,
        _ => name,
    }
}

/// The name in a `Content-Disposition` (RFC 6266): `filename*`, else `filename`.
fn in_disposition(value: &str) -> Option<String> {
    let mut plain = None;
    for part in split_quoted(value).into_iter().skip(1) {
        let Some((key, value)) = part.split_once('=') else {
            continue;
        };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let mut pieces = value.splitn(3, '\'');
                if let (Some(charset), Some(_), Some(coded)) = (pieces.next(), pieces.next(), pieces.next()) {
                    let bytes: Vec<u8> = percent_decode_str(coded).collect();
                    let latin = charset.eq_ignore_ascii_case("iso-8859-1");
                    return Some(if latin {
                        bytes.into_iter().map(char::from).collect()
                    } else {
                        String::from_utf8_lossy(&bytes).into_owned()
                    });
                }
            }
            "filename" => {
                let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
                plain = Some(inner.unwrap_or(value).replace("\\\"", "\""));
            }
            _ => {}
        }
    }
    plain
}

/// Splits at semicolons outside of quotes.
fn split_quoted(value: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quoted, mut escaped) = (vec![], 0, false, false);
    for (i, c) in value.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            ';' if !quoted => {
                parts.push(&value[start..i]);
                start = i + 1;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&value[start..]);
    parts
}

/// A name that stays in its folder and is not hidden; `None` where nothing is left of it.
pub(super) fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c))
        .collect();
    let kept = kept.trim().trim_start_matches('.').trim_end_matches('.');
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if ending.len() < 16 => (stem, Some(ending)),
        _ => (kept, None),
    };
    let mut end = stem.len().min(LONGEST);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let name = ending.map_or_else(|| stem[..end].to_owned(), |ending| format!("{}.{ending}", &stem[..end]));
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(disposition: Option<&str>, asked: &str, answered: &str, beginning: &[u8]) -> String {
        let parse = |text: &str| Address::parse(text).unwrap();
        file_name(disposition, &parse(asked), &parse(answered), beginning)
    }

    #[test]
    fn files_are_named_by_whoever_knows() {
        let check = |disposition, asked, answered, beginning: &[u8], expected: &str| {
            assert_eq!(name(disposition, asked, answered, beginning), expected);
        };
        let at = "http://x/a/b";
        check(Some("attachment; filename=\"c d;e.zip\""), at, at, b"", "c d;e.zip");
        check(
            Some("attachment; filename=\"x.zip\"; filename*=UTF-8''cit%C3%A9s.zip"),
            at,
            at,
            b"",
            "cités.zip",
        );
        check(Some("inline"), "http://x/a/c.json.gz", at, b"", "c.json.gz");
        check(
            None,
            "http://x/r/1f0c-22",
            "http://y/static/terrils.geojson?x=1",
            b"",
            "terrils.geojson",
        );
        check(
            None,
            "http://x/wfs?service=WFS&typeName=ns:zonage&x=y",
            at,
            b"<?xml version=\"1.0\"?>\n<wfs:FeatureCollection ",
            "zonage.gml",
        );
        check(
            None,
            "http://x/export.php?id=3",
            "http://x/export.php?id=3",
            b"PK\x03\x04",
            "export.zip",
        );
        check(None, "http://x/", "http://x/", b"{\"type\":", "download.json");
    }

    #[test]
    fn no_name_leads_out_of_its_folder() {
        for hostile in [
            "../../etc/passwd",
            "..\\..\\x",
            "/etc/passwd",
            "..",
            ".",
            "a/../..",
            ".hidden",
            "\0",
            "..%2f",
        ] {
            if let Some(name) = clean(hostile) {
                assert!(
                    !name.contains(['/', '\\', '\0']) && !name.starts_with('.') && !name.is_empty(),
                    "{hostile}: {name}"
                );
            }
            let text = format!("attachment; filename=\"{hostile}\"");
            let named = name(Some(&text), "http://x/a/..%2F..%2Fy", "http://x/", b"");
            assert!(
                !named.contains(['/', '\\']) && !named.starts_with('.'),
                "{hostile}: {named}"
            );
        }
        assert!(clean(&format!("{}.zip", "é".repeat(300))).unwrap().len() < 130);
    }
}
