//! The landing page and what the service conforms to (OGC 17-069r4, 7.2 and 7.4).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::json;

use super::error::ApiError;
use super::links::{Base, HTML, JSON, OPENAPI};
use super::params::Params;
use super::{respond, viewer};
use crate::serve::state::App;

/// Conformance classes that are implemented, and tested.
const CONFORMS_TO: [&str; 14] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
];

/// The link relation to vector tilesets (OGC 20-057, 9.2).
pub(super) const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// What a client would rather have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For programs.
    Json,
    /// For browsers.
    Html,
}

/// The format asked for: `f` before `Accept`; JSON where nothing is said.
pub(super) fn format(params: &mut Params, headers: &HeaderMap) -> Result<Format, ApiError> {
    match params.take("f").as_deref() {
        Some("json") => return Ok(Format::Json),
        Some("html") => return Ok(Format::Html),
        Some(_) => return Err(ApiError::parameter("f", "use json or html")),
        None => {}
    }
    let accepted = respond::qualities(headers, &header::ACCEPT);
    let quality = |names: &[&str]| {
        accepted
            .iter()
            .filter(|(n, _)| names.contains(&n.as_str()))
            .map(|(_, q)| *q)
            .fold(0.0_f32, f32::max)
    };
    let html = quality(&["text/html", "application/xhtml+xml", "text/*"]);
    let json = quality(&["application/json", "application/*", "application/geo+json"]);
    Ok(if html > json { Format::Html } else { Format::Json })
}

/// `GET /`: the map for browsers, the landing page for programs.
pub(super) async fn landing(
    State(app): State<Arc<App>>,
    base: Base,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, ApiError> {
    let format = format(&mut params, &headers)?;
    params.finish(&["f"])?;
    if format == Format::Html {
        return viewer::page(&app, &headers);
    }
    let title = &app.settings.title;
    let body = json!({
        "title": title.fr,
        "description": "Terril: reserves, cités, public spaces, parcels and plans of a territory, as features and vector tiles.",
        "links": [
            base.link("self", JSON, "/", "This document"),
            base.link("alternate", HTML, "/?f=html", "The map"),
            base.link("service-desc", OPENAPI, "/api", "The API, in OpenAPI 3.0"),
            base.link("service-doc", HTML, "/?f=html", "The map"),
            base.link("conformance", JSON, "/conformance", "Conformance classes"),
            base.link("data", JSON, "/collections", "Collections"),
            base.link(TILESETS, JSON, "/tiles", "Vector tilesets"),
            base.link("http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", JSON, "/tileMatrixSets", "Tile matrix sets"),
        ],
    });
    respond::json(&headers, JSON, &body)
}

/// `GET /conformance`.
pub(super) async fn conformance(headers: HeaderMap, params: Params) -> Result<Response, ApiError> {
    json_alone(params)?;
    respond::json(&headers, JSON, &json!({ "conformsTo": CONFORMS_TO }))
}

/// Takes `f`, which may only be `json` here.
pub(super) fn json_only(params: &mut Params) -> Result<(), ApiError> {
    match params.take("f").as_deref() {
        None | Some("json") => Ok(()),
        Some(_) => Err(ApiError::parameter("f", "use json")),
    }
}

/// For addresses that take `f=json` and nothing else.
pub(super) fn json_alone(mut params: Params) -> Result<(), ApiError> {
    json_only(&mut params)?;
    params.finish(&["f"])
}
