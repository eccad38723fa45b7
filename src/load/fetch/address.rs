//! An address on the web: what is asked, what is shown, and where a redirect leads.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use ureq::http::Uri;

use super::error::Why;

/// What an address may not hold as it is (RFC 3986), `%` standing as it was written.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The longest address.
const LONGEST: usize = 8 << 10;

/// Parameters that say what is asked for, and are shown; the values of all others may be secrets.
const SHOWN: [&str; 30] = [
    "service",
    "version",
    "request",
    "typename",
    "typenames",
    "layer",
    "layers",
    "outputformat",
    "format",
    "f",
    "srsname",
    "srs",
    "crs",
    "bbox",
    "bbox-crs",
    "count",
    "maxfeatures",
    "limit",
    "offset",
    "startindex",
    "insee",
    "code_insee",
    "commune",
    "departement",
    "millesime",
    "annee",
    "where",
    "datetime",
    "filter",
    "cql_filter",
];

/// An `http://` or `https://` address, with or without a user and password.
///
/// Neither these nor parameters that may be secrets are in its `Debug` or [`shown`](Self::shown).
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
    authorization: Option<String>,
    shown: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.shown)
    }
}

/// The scheme of a text, where it has one.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut letters = scheme.bytes();
    let first = letters.next()?;
    (first.is_ascii_alphabetic() && letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))).then_some(scheme)
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

impl Address {
    /// Whether a text is meant as an address of the web.
    #[must_use]
    pub fn is(text: &str) -> bool {
        scheme(text).is_some_and(is_web) && text.contains("://")
    }

    /// Reads an address. What needs to be is percent-encoded; a fragment is left out.
    ///
    /// # Errors
    /// [`Why::Address`], with what is wrong.
    pub fn parse(text: &str) -> Result<Self, Why> {
        let text = text.trim();
        if !Self::is(text) {
            return Err(Why::Address("it has to begin with http:// or https://"));
        }
        if text.len() > LONGEST {
            return Err(Why::Address("it is too long"));
        }
        let text = text.split('#').next().unwrap_or_default();
        let (scheme, rest) = text.split_once("://").unwrap_or_default();
        let end = rest.find(['/', '?', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if !host.is_ascii() {
            return Err(Why::Address("write the machine's name in its ASCII form (xn--…)"));
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let path = utf8_percent_encode(path, UNSAFE);
        let whole = format!("{}://{host}{slash}{path}", scheme.to_ascii_lowercase());
        let uri: Uri = whole
            .parse()
            .map_err(|_| Why::Address("it is not written as addresses are"))?;
        if uri.host().is_none_or(str::is_empty) {
            return Err(Why::Address("it names no machine"));
        }
        let port = host
            .rsplit_once(':')
            .map(|(_, port)| port)
            .filter(|p| !p.ends_with(']'));
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(Why::Address("its port is none"));
        }
        Ok(Self {
            authorization: user.map(basic),
            shown: shown(&uri),
            uri,
        })
    }

    /// Where a redirect from here leads. The user and password go along to the same machine and port only.
    pub(super) fn redirected(&self, location: &str) -> Result<Self, Why> {
        let location = location.trim();
        if let Some(other) = scheme(location).filter(|s| !is_web(s)) {
            return Err(Why::OtherScheme(other.to_owned()));
        }
        let mut next = Self::parse(&self.join(location))?;
        if next.authorization.is_none() && next.origin() == self.origin() {
            next.authorization.clone_from(&self.authorization);
        }
        Ok(next)
    }

    /// The same at a mirror, whose first segment is the host; this address where it is the mirror's own already.
    pub(super) fn mirrored(self, mirror: &str) -> Result<Self, Why> {
        let at = Self::parse(mirror)?;
        if at.origin() == self.origin() {
            return Ok(self);
        }
        let authority = self.uri.authority().map_or("", |a| a.as_str());
        let path = self.uri.path_and_query().map_or("/", |p| p.as_str());
        Self::parse(&format!("{mirror}/{authority}{path}"))
    }

    /// A reference, resolved against this address (RFC 3986, 5.2).
    fn join(&self, reference: &str) -> String {
        if scheme(reference).is_some() {
            return reference.to_owned();
        }
        let scheme = self.uri.scheme_str().unwrap_or("http");
        if let Some(rest) = reference.strip_prefix("//") {
            return format!("{scheme}://{rest}");
        }
        let authority = self.uri.authority().map_or("", |a| a.as_str());
        let base = self.uri.path();
        let (path, query) = match reference.find('?') {
            Some(at) => reference.split_at(at),
            None => (reference, ""),
        };
        let path = match path {
            "" => base.to_owned(),
            _ if path.starts_with('/') => without_dots(path),
            _ => without_dots(&format!("{}{path}", &base[..=base.rfind('/').unwrap_or(0)])),
        };
        format!("{scheme}://{authority}{path}{query}")
    }

    fn origin(&self) -> (Option<&str>, Option<&str>, Option<u16>) {
        (self.uri.scheme_str(), self.uri.host(), self.uri.port_u16())
    }

    /// What is asked.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The value of the header that says who asks.
    pub(super) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// The address without user, password and parameters that may be secrets.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The machine's name.
    #[must_use]
    pub fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    /// The last part of the path, decoded; empty where it ends with a slash.
    #[must_use]
    pub fn last_part(&self) -> String {
        let last = self.uri.path().rsplit('/').next().unwrap_or_default();
        percent_decode_str(last).decode_utf8_lossy().into_owned()
    }

    /// A parameter's value, decoded, by its name in any case.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(
            percent_decode_str(&value.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned(),
        )
    }

    /// Names this address among others, without its user and password.
    #[must_use]
    pub fn key(&self) -> String {
        blake3::hash(self.uri.to_string().as_bytes()).to_hex()[..16].to_owned()
    }
}

/// The value of `Authorization` for `user:password` as it stands in an address (RFC 7617).
fn basic(user: &str) -> String {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let mut bytes: Vec<u8> = percent_decode_str(name).collect();
    bytes.push(b':');
    bytes.extend(percent_decode_str(password));
    format!("Basic {}", base64(&bytes))
}

/// Base 64 with padding (RFC 4648, 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let all = [three[0], *three.get(1).unwrap_or(&0), *three.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, all[0], all[1], all[2]]);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i > three.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

fn shown(uri: &Uri) -> String {
    let mut text = format!(
        "{}://{}{}",
        uri.scheme_str().unwrap_or_default(),
        uri.authority().map_or("", |a| a.as_str()),
        uri.path()
    );
    for (i, pair) in uri.query().into_iter().flat_map(|q| q.split('&')).enumerate() {
        text.push(if i == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((key, _)) if !SHOWN.contains(&key.to_ascii_lowercase().as_str()) => {
                text.push_str(key);
                text.push_str("=…");
            }
            Some(_) => text.push_str(pair),
            None => text.push('…'),
        }
    }
    text
}

/// A path without `.` and `..` (RFC 3986, 5.2.4).
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = vec![];
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        match *part {
            "." | ".." => {
                if *part == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_has_the_host_as_its_first_segment() {
        let check = |text: &str, expected: &str| {
            let at = Address::parse(text).unwrap().mirrored("http://127.0.0.1:9/m").unwrap();
            assert_eq!(at.uri().to_string(), expected);
        };
        check("https://a.fr:81/x?y=1", "http://127.0.0.1:9/m/a.fr:81/x?y=1");
        check("https://a.fr", "http://127.0.0.1:9/m/a.fr/");
        check("http://127.0.0.1:9/m/a.fr/x", "http://127.0.0.1:9/m/a.fr/x");
    }

    #[test]
    fn redirects_resolve_as_the_rfc_has_it() {
        // RFC 3986, 5.4.
        let base = Address::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, expected) in [
            ("http://g/x", "http://g/x"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g/h", "http://g/h"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("", "http://a/b/c/d;p"),
            (".", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
        ] {
            assert_eq!(
                base.redirected(reference).unwrap().uri().to_string(),
                expected,
                "{reference}"
            );
        }
        for other in ["file:///etc/passwd", "ftp://x/y", "data:text/plain,x", "gopher://x"] {
            assert!(matches!(base.redirected(other), Err(Why::OtherScheme(_))), "{other}");
        }
    }

    #[test]
    fn secrets_are_not_shown_and_stay_with_their_machine() {
        let address =
            Address::parse("https://u%40x:p%3Aw@data.example:8443/a b/é.zip?token=abc&typeName=x&y#top").unwrap();
        assert_eq!(
            address.shown(),
            "https://data.example:8443/a%20b/%C3%A9.zip?token=…&typeName=x&…"
        );
        assert!(!format!("{address:?}").contains("abc"));
        // python3 -c 'import base64; print(base64.b64encode(b"u@x:p:w"))'
        assert_eq!(address.authorization(), Some("Basic dUB4OnA6dw=="));
        assert_eq!(address.last_part(), "é.zip");
        let with = |location: &str| address.redirected(location).unwrap().authorization().is_some();
        assert!(with("/other") && with("https://data.example:8443/x"));
        assert!(!with("https://data.example/x") && !with("http://data.example:8443/x") && !with("//other.example/x"));
        let plain = Address::parse("https://data.example:8443/a b/é.zip?token=abc&typeName=x&y").unwrap();
        assert_eq!(plain.key(), address.key());
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for text in [
            "",
            "ftp://x/y",
            "http:/x",
            "http://",
            "http:///x",
            "http://é.fr/",
            "http://a:b:c/",
            "http://a:99999/",
            "C:/x",
        ] {
            assert!(matches!(Address::parse(text), Err(Why::Address(_))), "{text}");
        }
        assert!(!Address::is("C:/x") && !Address::is("data/http.zip") && Address::is("HTTPS://x"));
    }
}
