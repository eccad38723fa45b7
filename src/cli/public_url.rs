//! `--public-url`: the address that links start with, checked before anything is served under it.

use anyhow::{Context, ensure};
use axum::http::Uri;

/// The address without a slash at its end.
///
/// # Errors
/// What is no absolute http(s) URL, or has more to it than a path.
pub(super) fn parse(text: &str) -> anyhow::Result<String> {
    let named = || {
        format!("--public-url \"{text}\" is no address; write it as https://example.org or https://example.org/carto")
    };
    let scheme = text.starts_with("http://") || text.starts_with("https://");
    ensure!(scheme, "--public-url \"{text}\" must start with http:// or https://");
    // The parser would drop a fragment in silence.
    ensure!(
        !text.contains(['?', '#']),
        "--public-url \"{text}\" must end with its path, without ? and #"
    );
    let uri: Uri = text.parse().with_context(named)?;
    let authority = uri.authority().with_context(named)?;
    ensure!(
        !authority.as_str().contains('@'),
        "--public-url \"{text}\" must not hold a user name: it would stand in every link"
    );
    let host = authority.host();
    let name = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
    let port = authority.as_str()[host.len()..].strip_prefix(':');
    let port_is_one = port.is_none_or(|p| p.parse::<u16>().is_ok_and(|p| p != 0));
    ensure!(!host.is_empty() && name && port_is_one, named());
    let path = uri.path().trim_end_matches('/');
    let whole = path.split('/').skip(1).all(|s| !s.is_empty() && s != "." && s != "..");
    let plain = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&b));
    ensure!(whole && plain, named());
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_without_their_last_slash() {
        let check = |text, expected: &str| assert_eq!(parse(text).unwrap(), expected);
        check("https://example.org", "https://example.org");
        check("https://example.org/", "https://example.org");
        check("http://example.org:8080/carto/", "http://example.org:8080/carto");
        check("http://[::1]:8080/a/b", "http://[::1]:8080/a/b");
        check("https://example.org/cit%C3%A9s", "https://example.org/cit%C3%A9s");
    }

    #[test]
    fn what_is_no_address_is_named() {
        for wrong in [
            "",
            "example.org",
            "ftp://example.org",
            "//example.org",
            "https://",
            "https:///carto",
            "https://example.org?x=1",
            "https://example.org/#map",
            "https://user:word@example.org",
            "https://example.org:99999",
            "https://example.org:",
            "https://exa mple.org",
            "https://example.org/a b",
            "https://example.org//carto",
            "https://example.org/../x",
            "https://cités.example",
            "https://example.org/\"x",
        ] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(
                error.contains("--public-url") && error.contains(wrong),
                "{wrong}: {error}"
            );
        }
    }
}
