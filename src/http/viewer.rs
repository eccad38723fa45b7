//! The planner's map: built by Vite, carried in the binary.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use rust_embed::RustEmbed;
use serde_json::json;

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::links::{Base, HTML, JSON, OPENAPI};
use super::respond::{self, Keep};
use crate::serve::state::App;

#[derive(RustEmbed)]
#[folder = "viewer/dist"]
#[allow_missing = true]
struct Files;

/// The map may load from this server alone; `{}` stands for the origins of a configured base map.
const POLICY: &str = "default-src 'self'; worker-src 'self' blob:; child-src 'self' blob:; \
     img-src 'self' data: blob:{}; style-src 'self' 'unsafe-inline'; connect-src 'self'{}; \
     frame-ancestors 'self'; base-uri 'self'; object-src 'none'";

/// What stands at `/` where the binary was built without the map.
const NO_MAP: &str = "<!doctype html><meta charset=utf-8><title>Terril</title>\
     <p>This binary was built without its map: run <code>make build</code>. \
     The service is there: <a href=\"collections\">collections</a>, <a href=\"api\">API</a>.";

/// The page at `/` for browsers.
///
/// Programs that read HTML, and people without JavaScript, find the service's links in it.
pub(super) fn page(app: &App, base: &Base, headers: &HeaderMap) -> Result<Response, ApiError> {
    let page = Files::get("index.html").map_or_else(|| NO_MAP.as_bytes().to_vec(), |f| f.data.into_owned());
    let page = String::from_utf8(page).map_err(|_| ApiError::Internal)?;
    let page = page
        .replacen("</head>", &format!("{}</head>", links_in_head(base)), 1)
        .replacen("</noscript>", &format!("{}</noscript>", links_without_script(base)), 1)
        .into_bytes();
    let mut response = respond::bytes(headers, "text/html; charset=utf-8", Keep::Revalidate, page)?;
    if let Some(policy) = policy(app) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// The documents of the service: relation, media type, path, words in French and English.
const DOCUMENTS: [(&str, &str, &str, &str); 5] = [
    ("alternate", JSON, "/?f=json", "Page d’accueil – landing page"),
    ("service-desc", OPENAPI, "/api", "OpenAPI 3.0"),
    (
        "service-doc",
        HTML,
        "/api?f=html",
        "Documentation de l’API – API documentation",
    ),
    (
        "conformance",
        HTML,
        "/conformance?f=html",
        "Classes de conformité – conformance classes",
    ),
    ("data", HTML, "/collections?f=html", "Collections"),
];

fn links_in_head(base: &Base) -> String {
    let link = |(rel, kind, path, _): (&str, &str, &str, &str)| {
        format!("<link rel=\"{rel}\" type=\"{kind}\" href=\"{}\">", base.url(path))
    };
    DOCUMENTS.into_iter().map(link).collect()
}

fn links_without_script(base: &Base) -> String {
    let link =
        |(_, _, path, title): (&str, &str, &str, &str)| format!("<p><a href=\"{}\">{title}</a></p>", base.url(path));
    DOCUMENTS.into_iter().map(link).collect()
}

/// What pages of this server may load, and from where.
pub(super) fn policy(app: &App) -> Option<HeaderValue> {
    HeaderValue::from_str(&POLICY.replace("{}", &base_map_origins(app))).ok()
}

/// Scheme and host of each base map address, each after a space.
fn base_map_origins(app: &App) -> String {
    let templates = app.settings.base_map.iter().flat_map(|map| &map.tiles);
    let origin = |url: &String| {
        let (scheme, rest) = url.split_once("://")?;
        let host = rest.split('/').next().filter(|h| !h.contains([' ', ';', ',']))?;
        Some(format!(" {scheme}://{host}"))
    };
    templates.filter_map(origin).collect()
}

/// `GET /viewer/{path}`: the map's own files. Those under `assets/` carry a hash in their name.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let file = Files::get(&path).ok_or(ApiError::NoRoute)?;
    let keep = if path.starts_with("assets/") {
        Keep::Immutable
    } else {
        Keep::Revalidate
    };
    respond::bytes(&headers, media_type(&path), keep, file.data.into_owned())
}

/// The media types of these files.
pub(super) const MEDIA_TYPES: [&str; 9] = [
    "text/html; charset=utf-8",
    "text/javascript; charset=utf-8",
    "text/css; charset=utf-8",
    "application/json",
    "image/svg+xml",
    "image/png",
    "font/woff2",
    "text/plain; charset=utf-8",
    "application/octet-stream",
];

fn media_type(path: &str) -> &'static str {
    let place = match path.rsplit('.').next() {
        Some("html") => 0,
        Some("js" | "mjs") => 1,
        Some("css") => 2,
        Some("json") => 3,
        Some("svg") => 4,
        Some("png") => 5,
        Some("woff2") => 6,
        Some("txt") => 7,
        _ => 8,
    };
    MEDIA_TYPES[place]
}

/// `GET /viewer.json`: titles and base map.
pub(super) async fn settings(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let body = json!({
        "title": app.settings.title,
        "version": env!("CARGO_PKG_VERSION"),
        "baseMap": app.settings.base_map,
    });
    ask.answer(&form, &body, |value| Page::Document {
        title: "viewer.json",
        value,
    })
}
