//! Where the service stands as its client sees it, told by proxies that are trusted.
//!
//! In: the headers of a request whose peer is trusted. Out: scheme, host and path prefix of links, as far as they are
//! said. `Forwarded` (RFC 7239) says scheme and host alone where it stands: a proxy that writes it may pass a client's
//! `X-Forwarded-…` on. It has no word for a prefix, so that comes from `X-Forwarded-Prefix` in either case. A proxy that
//! is trusted has to set or remove these headers itself.
//!
//! **Which word counts, with several proxies.** Each adds its element at the end, so the first one may be the client's
//! own invention. The last was added by the peer and tells how *it* was asked, and by whom (`for`). If who asked is
//! trusted too, the element before tells how that one was asked; and so on to the first proxy that is not asked by a
//! trusted one: the outermost of ours. What it says is what the client asked for. What it leaves out, the next inner
//! one says.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::serve::proxies::Proxies;

/// What proxies say of how the client asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// `http` or `https`.
    pub(super) scheme: Option<&'static str>,
    /// Host name, with its port where that is not the scheme's own.
    pub(super) host: Option<String>,
    /// A port that counts where the host comes from the `Host` header.
    pub(super) port: Option<u16>,
    /// Path before ours: with a slash at the start and none at the end, or empty.
    pub(super) prefix: String,
}

/// What the proxies say; nothing where they say nothing, or what they say can't be read.
pub(super) fn origin(headers: &HeaderMap, proxies: &Proxies) -> Origin {
    let hops = hops(headers, proxies);
    let said = |name: &str| list(headers, name).and_then(|text| member(&text, hops));
    let prefix = || said("x-forwarded-prefix").and_then(|p| prefix(&p)).unwrap_or_default();
    if headers.contains_key("forwarded") {
        return list(headers, "forwarded")
            .and_then(|text| elements(&text))
            .and_then(|elements| of_elements(&elements, proxies))
            .map(|origin| Origin {
                prefix: prefix(),
                ..origin
            })
            .unwrap_or_default();
    }
    let port = said("x-forwarded-port")
        .and_then(|p| p.parse().ok())
        .filter(|p| *p != 0);
    let host = said("x-forwarded-host").filter(|host| is_host(host));
    // A port in this header is the client's; `X-Forwarded-Port` may be the one that the proxy listens on behind another.
    let host = host.map(|host| match port {
        Some(port) if !has_port(&host) => format!("{host}:{port}"),
        _ => host,
    });
    Origin {
        scheme: said("x-forwarded-proto").and_then(|proto| scheme(&proto)),
        host,
        port,
        prefix: prefix(),
    }
}

/// The lines of a header as one list; `None` where it is not there, or not text.
fn list(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines: Result<Vec<&str>, _> = headers.get_all(name).iter().map(|v| v.to_str()).collect();
    lines.ok().filter(|l| !l.is_empty()).map(|l| l.join(","))
}

/// How many trusted proxies stand behind the one that asks us, by `X-Forwarded-For`.
fn hops(headers: &HeaderMap, proxies: &Proxies) -> usize {
    let clients = list(headers, "x-forwarded-for").unwrap_or_default();
    let clients = clients.rsplit(',').map(|client| address(client.trim()));
    clients.take_while(|a| a.is_some_and(|a| proxies.trust(a))).count()
}

/// The member of a list that was added `hops` proxies before the last; the first where there are fewer.
fn member(text: &str, hops: usize) -> Option<String> {
    let members: Vec<&str> = text.split(',').map(str::trim).collect();
    let at = members.len().checked_sub(1)?.saturating_sub(hops);
    Some(members[at].to_owned())
}

/// One element of `Forwarded`: its parameters, names in lower case.
type Element = Vec<(String, String)>;

fn parameter<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

fn of_elements(elements: &[Element], proxies: &Proxies) -> Option<Origin> {
    let mut origin = Origin::default();
    for element in elements.iter().rev() {
        if let Some(proto) = parameter(element, "proto") {
            origin.scheme = Some(scheme(proto)?);
        }
        if let Some(host) = parameter(element, "host") {
            origin.host = Some(is_host(host).then(|| host.to_owned())?);
        }
        let asked_by = parameter(element, "for").and_then(address);
        if !asked_by.is_some_and(|a| proxies.trust(a)) {
            break;
        }
    }
    Some(origin)
}

/// Reads `Forwarded` (RFC 7239, 4). Beyond it: colons and brackets without quotes, which proxies write often.
/// `None` where it can't be read: half a header is no word to go by.
fn elements(text: &str) -> Option<Vec<Element>> {
    let mut elements = vec![vec![]];
    let mut rest = text.trim_start();
    loop {
        // An empty element is allowed (RFC 9110, 5.6.1), and so is an empty parameter.
        if !rest.is_empty() && !rest.starts_with([',', ';']) {
            let end = rest.find(|c: char| !is_token(c))?;
            let name = rest[..end].to_ascii_lowercase();
            let value = rest[end..].strip_prefix('=').filter(|_| !name.is_empty())?;
            let (value, after) = if let Some(quoted) = value.strip_prefix('"') {
                unquoted(quoted)?
            } else {
                let bare = |c: char| is_token(c) || ":[]".contains(c);
                let end = value.find(|c| !bare(c)).unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            };
            let element: &mut Element = elements.last_mut()?;
            // Each parameter stands once (RFC 7239, 4), and says something.
            if value.is_empty() || parameter(element, &name).is_some() {
                return None;
            }
            element.push((name, value));
            rest = after.trim_start();
        }
        match rest.chars().next() {
            None => break,
            Some(',') => elements.push(vec![]),
            Some(';') => {}
            Some(_) => return None,
        }
        rest = rest[1..].trim_start();
    }
    elements.retain(|element| !element.is_empty());
    (!elements.is_empty()).then_some(elements)
}

/// A quoted string behind its first quote, and what stands behind its last (RFC 9110, 5.6.4).
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

/// The address of a node (RFC 7239, 6): with or without port, IPv6 in brackets or not; `None` for `unknown` and
/// names that hide it.
fn address(node: &str) -> Option<IpAddr> {
    let bare = || node.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || node.parse::<SocketAddr>().ok().map(|a| a.ip());
    node.parse().ok().or_else(bare).or_else(with_port)
}

fn scheme(text: &str) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|s| s.eq_ignore_ascii_case(text))
}

/// Whether text may stand as a host in our links.
pub(super) fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b))
}

/// Whether a host has a port: a colon behind the brackets of an IPv6 address, if it is one.
pub(super) fn has_port(host: &str) -> bool {
    host.rsplit(']').next().is_some_and(|after| after.contains(':'))
}

/// A path prefix without the slash at its end; `None` where it is no path.
fn prefix(text: &str) -> Option<String> {
    let path = text.trim_end_matches('/');
    let plain = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~%/".contains(&b));
    let segments = || path.split('/').skip(1);
    let whole = segments().all(|s| !s.is_empty() && s != "." && s != "..");
    (path.is_empty() || (path.starts_with('/') && plain && whole)).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    /// The origin said by headers that are written one to a line.
    fn said(lines: &str) -> Origin {
        let mut headers = HeaderMap::new();
        for line in lines.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        origin(&headers, &Proxies::parse("127.0.0.1,10.0.0.0/8,fd00::/8").unwrap())
    }

    fn check(lines: &str, scheme: Option<&str>, host: Option<&str>) {
        let found = said(lines);
        assert_eq!((found.scheme, found.host.as_deref()), (scheme, host), "{lines}");
    }

    #[test]
    fn forwarded_is_read() {
        let (https, example) = (Some("https"), Some("carto.example"));
        check(
            "Forwarded: for=192.0.2.1;proto=https;host=carto.example",
            https,
            example,
        );
        check("Forwarded: Proto=HTTPS ; Host=\"carto.example\"", https, example);
        check("Forwarded: host=\"carto\\.example\"", None, example);
        check(
            "Forwarded: host=\"carto.example:8443\"",
            None,
            Some("carto.example:8443"),
        );
        check("Forwarded: host=carto.example:8443", None, Some("carto.example:8443"));
        check(
            "Forwarded: for=\"[2001:db8::1]:47\";host=\"[2001:db8::2]:80\"",
            None,
            Some("[2001:db8::2]:80"),
        );
        check("Forwarded: for=_hidden;by=unknown;proto=http", Some("http"), None);
        check("Forwarded: ,, host=carto.example;;, ", None, example);
        check("Forwarded: secret=\"a,b;c\";host=carto.example", None, example);
    }

    #[test]
    fn the_outermost_of_ours_counts() {
        // Who is not ours may write what he likes before it.
        check(
            "Forwarded: for=198.51.100.9;host=evil.example;proto=http, for=203.0.113.5;host=carto.example;proto=https",
            Some("https"),
            Some("carto.example"),
        );
        // The peer was asked by another of ours, which tells more.
        let two = "Forwarded: for=203.0.113.5;host=carto.example;proto=https, for=10.0.0.2;host=inner;proto=http";
        check(two, Some("https"), Some("carto.example"));
        check(
            &two.replace("10.0.0.2", "\"[fd00::2]:9\""),
            Some("https"),
            Some("carto.example"),
        );
        check(&two.replace("10.0.0.2", "unknown"), Some("http"), Some("inner"));
        // Two lines are one list, and what the outer one leaves out the inner one says.
        check(
            "Forwarded: for=203.0.113.5;proto=https\nForwarded: for=10.0.0.2;host=carto.example",
            Some("https"),
            Some("carto.example"),
        );
    }

    #[test]
    fn what_can_not_be_read_says_nothing() {
        for wrong in [
            "host",
            "host=",
            "=x",
            "host=\"open",
            "host=a b",
            "host=a;host=b",
            "proto=gopher",
            "host=\"a/b\"",
            "host=\"a\"b",
            "host=é",
            "",
            ";,;",
        ] {
            assert_eq!(said(&format!("Forwarded: {wrong}")), Origin::default(), "{wrong}");
        }
        // Where `Forwarded` stands, the others do not count, be it well or ill.
        check("Forwarded: host=\nX-Forwarded-Host: carto.example", None, None);
        check(
            "Forwarded: proto=https\nX-Forwarded-Host: carto.example",
            Some("https"),
            None,
        );
    }

    #[test]
    fn x_forwarded_is_read() {
        check(
            "X-Forwarded-Proto: https\nX-Forwarded-Host: carto.example",
            Some("https"),
            Some("carto.example"),
        );
        check(
            "X-Forwarded-Host: carto.example\nX-Forwarded-Port: 8443",
            None,
            Some("carto.example:8443"),
        );
        check(
            "X-Forwarded-Host: carto.example:9\nX-Forwarded-Port: 8443",
            None,
            Some("carto.example:9"),
        );
        check(
            "X-Forwarded-Host: [::1]\nX-Forwarded-Port: 8443",
            None,
            Some("[::1]:8443"),
        );
        check("X-Forwarded-Host: a/b\nX-Forwarded-Proto: gopher", None, None);
        let chain = "X-Forwarded-Host: carto.example, inner\nX-Forwarded-Proto: https, http";
        check(chain, Some("http"), Some("inner"));
        check(
            &format!("{chain}\nX-Forwarded-For: 203.0.113.5"),
            Some("http"),
            Some("inner"),
        );
        let through_ours = format!("{chain}\nX-Forwarded-For: 203.0.113.5, 10.0.0.2");
        check(&through_ours, Some("https"), Some("carto.example"));
        assert_eq!(said("X-Forwarded-Port: 8443").port, Some(8443));
        assert_eq!(said("X-Forwarded-Port: 0").port, None);
    }

    #[test]
    fn a_prefix_is_a_path() {
        let check = |text: &str, expected: &str| {
            assert_eq!(said(&format!("X-Forwarded-Prefix: {text}")).prefix, expected, "{text}");
        };
        check("/carto", "/carto");
        check("/carto/", "/carto");
        check("/a/b-c_%C3%A9", "/a/b-c_%C3%A9");
        check("/", "");
        for wrong in [
            "carto",
            "//evil.example",
            "/a//b",
            "/../x",
            "/a b",
            "/a?b",
            "/a#b",
            "/\"x",
        ] {
            check(wrong, "");
        }
    }
}
