//! Where a page stands: its own address, and the addresses of others as seen from it.
//!
//! A choice that stands in the page's address (`lang`, `f=html`) goes on to every page it leads to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::lang::Lang;
use super::words::Word;

/// What stays as it is in a query: what people read and write there (RFC 3986, 3.4).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b',')
    .remove(b':')
    .remove(b'/');

/// A page's place and language.
#[derive(Debug, Clone)]
pub(super) struct Here<'a> {
    /// In which language it speaks.
    pub(super) lang: Lang,
    base: &'a str,
    path: &'a str,
    query: Vec<(String, String)>,
}

impl<'a> Here<'a> {
    /// `base` without a slash at the end, `path_and_query` as it was asked for.
    pub(super) fn new(lang: Lang, base: &'a str, path_and_query: &'a str) -> Self {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let query = parse(query);
        Self {
            lang,
            base,
            path,
            query,
        }
    }

    /// A word in the page's language.
    pub(super) fn word(&self, word: Word) -> &'static str {
        word.text(self.lang)
    }

    /// The value of a parameter of the page.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// All parameters of the page.
    pub(super) fn params(&self) -> &[(String, String)] {
        &self.query
    }

    /// The collection that the page's address is below, as it stands there.
    pub(super) fn collection(&self) -> Option<&'a str> {
        let rest = self.path.strip_prefix("/collections/")?;
        rest.split('/').next().filter(|id| !id.is_empty())
    }

    /// The absolute address of the page without its parameters.
    pub(super) fn bare(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    /// The absolute address of another page of the service.
    pub(super) fn at(&self, path: &str) -> String {
        joined(&format!("{}{path}", self.base), &self.carried())
    }

    /// The absolute address of another page in the state of the collection that this page shows.
    pub(super) fn at_state(&self, path: &str) -> String {
        let mut query = self.carried();
        let version = self.query.iter().find(|(name, _)| name == "version");
        query.extend(version.cloned());
        joined(&format!("{}{path}", self.base), &query)
    }

    /// The absolute address of what is no page.
    pub(super) fn plain(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The absolute address of the map with a place in it.
    pub(super) fn map(&self, state: &str) -> String {
        let lang = self.lang.code();
        let state = if state.is_empty() {
            String::new()
        } else {
            format!("{state}&")
        };
        format!("{}/#{state}lang={lang}", self.base)
    }

    /// The page's own address with parameters set, or taken away where there is no value.
    pub(super) fn with(&self, changes: &[(&str, Option<&str>)]) -> String {
        joined(&self.bare(), &self.changed(changes))
    }

    /// The same, relative to the page: right below every prefix, known to the server or not.
    pub(super) fn relative_with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let path = self.path.trim_start_matches('/');
        joined(&format!("{}{path}", self.root()), &self.changed(changes))
    }

    fn changed(&self, changes: &[(&str, Option<&str>)]) -> Vec<(String, String)> {
        let mut query = self.query.clone();
        for (name, value) in changes {
            let at = query.iter().position(|(n, _)| n == name);
            match (at, value) {
                (Some(at), Some(value)) => query[at].1 = (*value).to_owned(),
                (Some(at), None) => drop(query.remove(at)),
                (None, Some(value)) => query.push(((*name).to_owned(), (*value).to_owned())),
                (None, None) => {}
            }
        }
        query
    }

    /// A link of the document as this page follows it: in its own language and format.
    pub(super) fn follow(&self, href: &str) -> String {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        let mut query = parse(query);
        query.retain(|(name, _)| name != "f" && name != "lang");
        query.extend(self.carried());
        joined(path, &query)
    }

    /// What every link between pages repeats, as it stands after `?`; empty where that is nothing.
    pub(super) fn carried_query(&self) -> String {
        joined("", &self.carried())
    }

    fn carried(&self) -> Vec<(String, String)> {
        let kept = self
            .query
            .iter()
            .filter(|(n, v)| n == "lang" || (n == "f" && v == "html"));
        kept.cloned().collect()
    }

    /// The way up from the page to the service's root, as `../../`.
    pub(super) fn root(&self) -> String {
        match self.path.matches('/').count() {
            0 | 1 => "./".to_owned(),
            depth => "../".repeat(depth - 1),
        }
    }
}

/// A part of an address as people read it.
pub(super) fn decoded(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Names and values of a query, decoded.
fn parse(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| decoded(&text.replace('+', " "));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn joined(path: &str, query: &[(String, String)]) -> String {
    let text = |text: &str| utf8_percent_encode(text, QUERY).to_string();
    let pairs: Vec<String> = query.iter().map(|(n, v)| format!("{}={}", text(n), text(v))).collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://carte.example/sig";

    #[test]
    fn a_page_keeps_its_parameters_but_those_it_changes() {
        let here = Here::new(
            Lang::En,
            BASE,
            "/collections/a/items?limit=5&nom=caf%C3%A9+noir&lang=en&offset=5",
        );
        assert_eq!(
            here.with(&[("lang", Some("fr")), ("offset", None)]),
            "https://carte.example/sig/collections/a/items?limit=5&nom=caf%C3%A9%20noir&lang=fr"
        );
        assert_eq!(here.at("/collections"), "https://carte.example/sig/collections?lang=en");
        assert_eq!(
            here.follow("https://carte.example/sig/collections/a/items?f=geojson&limit=5"),
            "https://carte.example/sig/collections/a/items?limit=5&lang=en"
        );
        assert_eq!(
            here.relative_with(&[
                ("lang", None),
                ("limit", None),
                ("nom", None),
                ("offset", None),
                ("f", Some("geojson"))
            ]),
            "../../collections/a/items?f=geojson"
        );
    }

    #[test]
    fn the_root_is_found_from_every_depth() {
        let check = |path, expected: &str| assert_eq!(Here::new(Lang::Fr, BASE, path).root(), expected, "{path}");
        check("/api", "./");
        check("/collections?lang=en", "./");
        check("/collections/a", "../");
        check("/collections/a/items/b%2Fc", "../../../");
    }

    #[test]
    fn nothing_is_carried_where_nothing_was_chosen() {
        let here = Here::new(Lang::Fr, BASE, "/collections?f=json");
        assert_eq!(here.at("/api"), "https://carte.example/sig/api");
        assert_eq!(here.carried_query(), "");
    }
}
