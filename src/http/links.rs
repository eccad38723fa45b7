//! Absolute addresses.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::error::ApiError;
use crate::serve::state::App;

/// What stays as it is in a path segment or query value (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Media types that stand in links.
pub(super) const JSON: &str = "application/json";
pub(super) const GEOJSON: &str = "application/geo+json";
pub(super) const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
pub(super) const MVT: &str = "application/vnd.mapbox-vector-tile";
pub(super) const HTML: &str = "text/html";

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

impl FromRequestParts<Arc<App>> for Base {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if let Some(url) = &app.settings.public_url {
            return Ok(Self(url.clone()));
        }
        let named = parts.headers.get(header::HOST).and_then(|h| h.to_str().ok());
        let host = named.or_else(|| parts.uri.authority().map(axum::http::uri::Authority::as_str));
        let sane = |h: &&str| !h.is_empty() && h.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
        match host.filter(sane) {
            Some(host) => Ok(Self(format!("http://{host}"))),
            None if named.is_some() => Err(ApiError::BadRequest("the Host header is no host name")),
            None => Ok(Self("http://localhost".to_owned())),
        }
    }
}
