//! `--public-url`: the address that links start with, checked before anything is served under it.

use axum::http::Uri;

use super::forwarded::is_host;

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// It is not of the web.
    #[error("--public-url \"{0}\" must start with http:// or https://")]
    Scheme(String),
    /// It has more than a path.
    #[error("--public-url \"{0}\" must end with its path, without ? and #")]
    BeyondPath(String),
    /// It names a user.
    #[error("--public-url \"{0}\" must not hold a user name: it would stand in every link")]
    User(String),
    /// It is none.
    #[error("--public-url \"{0}\" is no address; write it as https://example.org or https://example.org/carto")]
    NoAddress(String),
}

/// The address without a slash at its end.
///
/// # Errors
/// What is no absolute http(s) URL, or has more to it than a path.
pub fn parse(text: &str) -> Result<String, PublicUrlError> {
    let named = || text.to_owned();
    let no_address = || PublicUrlError::NoAddress(named());
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Err(PublicUrlError::Scheme(named()));
    }
    // The parser would drop a fragment in silence.
    if text.contains(['?', '#']) {
        return Err(PublicUrlError::BeyondPath(named()));
    }
    let uri: Uri = text.parse().map_err(|_| no_address())?;
    let authority = uri.authority().ok_or_else(no_address)?;
    if authority.as_str().contains('@') {
        return Err(PublicUrlError::User(named()));
    }
    let host = authority.host();
    let port = &authority.as_str()[host.len()..];
    let digits = port.strip_prefix(':');
    let port_is_one = port.is_empty() || digits.is_some_and(|p| p.parse::<u16>().is_ok_and(|p| p != 0));
    let path = uri.path().trim_end_matches('/');
    let whole = path.split('/').skip(1).all(|s| !s.is_empty() && s != "." && s != "..");
    let plain = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&b));
    if is_host(host) && port_is_one && whole && plain {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(no_address())
    }
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
