//! Absolute addresses: where the service stands as its client sees it.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::error::ApiError;
use super::forwarded::{self, Origin, has_port, is_host};
use crate::serve::state::App;

/// What stays as it is in a path segment or query value (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Media types that stand in links.
pub(super) const JSON: &str = "application/json";
pub(super) const GEOJSON: &str = "application/geo+json";
pub(super) const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
pub(super) const MVT: &str = "application/vnd.mapbox-vector-tile";
/// Of spreadsheets (RFC 7111).
pub(super) const CSV: &str = "text/csv; charset=utf-8";
pub(super) const HTML: &str = "text/html";
/// Of MapLibre's styles: the name that is registered for the format that they are.
pub(super) const STYLE: &str = "application/vnd.mapbox.style+json";

/// Text made safe for a path segment or a query value.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Where this service stands, as its client sees it: no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base(String);

impl Base {
    /// The absolute address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// A link object.
    pub(super) fn link(&self, rel: &str, kind: &str, path: &str, title: &str) -> Value {
        json!({ "rel": rel, "type": kind, "href": self.url(path), "title": title })
    }
}

/// Who is at the other end of the connection; stands in a request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peer(pub(super) IpAddr);

impl FromRequestParts<Arc<App>> for Base {
    type Rejection = ApiError;

    /// `--public-url`, else what a trusted proxy says, else the `Host` header.
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if let Some(url) = &app.settings.public_url {
            return Ok(Self(url.clone()));
        }
        let proxies = &app.settings.proxies;
        let peer = parts.extensions.get::<Peer>();
        let origin = if peer.is_some_and(|Peer(address)| proxies.trust(*address)) {
            forwarded::origin(&parts.headers, proxies)
        } else {
            Origin::default()
        };
        let host = match &origin.host {
            Some(host) => host.clone(),
            None => asked_host(parts, origin.port)?,
        };
        let scheme = origin.scheme.unwrap_or("http");
        Ok(Self(format!(
            "{scheme}://{}{}",
            without_default_port(scheme, &host),
            origin.prefix
        )))
    }
}

/// The host that the request names, its port replaced where a proxy names the client's.
fn asked_host(parts: &Parts, port: Option<u16>) -> Result<String, ApiError> {
    let named = parts.headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let host = named.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
    let host = match host {
        Some(host) if is_host(host) => host,
        Some(_) if named.is_some() => return Err(ApiError::BadRequest("the Host header is no host name")),
        _ => "localhost",
    };
    let name = if has_port(host) {
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    } else {
        host
    };
    Ok(port.map_or_else(|| host.to_owned(), |port| format!("{name}:{port}")))
}

/// A host without the port that its scheme has anyway.
fn without_default_port<'a>(scheme: &str, host: &'a str) -> &'a str {
    let default = if scheme == "https" { ":443" } else { ":80" };
    host.strip_suffix(default)
        .filter(|name| !name.is_empty() && !has_port(name))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_goes_without_saying_is_not_said() {
        let check = |scheme, host, expected| assert_eq!(without_default_port(scheme, host), expected, "{host}");
        check("https", "carto.example:443", "carto.example");
        check("http", "carto.example:443", "carto.example:443");
        check("http", "[::1]:80", "[::1]");
        check("http", "[::80]", "[::80]");
        check("https", "carto.example:8443", "carto.example:8443");
    }
}
