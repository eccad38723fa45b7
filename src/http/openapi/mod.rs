//! `GET /api`: the service in OpenAPI 3.0.
//!
//! Paths stand per collection, literally, since clients read page sizes and filter fields from them
//! (GDAL, QGIS); made from the views, so that hidden fields do not appear. References stay inside the
//! document.

mod collection;
mod operation;
mod parameters;
mod schemas;
mod search;
mod service;
mod versions;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use self::parameters::Systems;
use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::negotiate::API;
use crate::serve::state::App;

/// The handler.
pub(super) async fn api(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.form(&API)?;
    ask.params.finish(&["f", "lang"])?;
    let views = app.catalog.public_views();
    let mut systems = Systems::default();
    let mut paths = Map::new();
    service::add_paths(&mut paths);
    views
        .iter()
        .for_each(|view| collection::add_paths(&mut paths, view, &mut systems));
    let mut body = json!({
        "openapi": "3.0.3",
        "info": {
            "title": app.settings.title.fr,
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Features and vector tiles of a territory (OGC API Features, OGC API Tiles). Errors are \
                problem+json (RFC 9457) and name the parameter and the remedy. Limits: 10 s a request, 2 s a tile, 16 kB an \
                address, 10,000 features a page; where too many ask at once, 503 with Retry-After.",
            "contact": { "name": app.settings.title.fr, "url": ask.base.url("/") },
            "license": { "name": "MIT OR Apache-2.0", "url": "https://spdx.org/licenses/MIT.html" },
        },
        "servers": [{ "url": ask.base.url("") }],
        "tags": [
            { "name": "features", "description": "Features of collections (OGC API Features)" },
            { "name": "service", "description": "What there is, and how it is" },
            { "name": "tiles", "description": "Vector tiles and styles (OGC API Tiles, TileJSON, MapLibre)" },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "responses": schemas::responses(),
            "parameters": parameters::all(&systems, &views),
        },
    });
    if app.settings.administrator.is_some() {
        service::add_administration(&mut body);
    }
    ask.answer(&form, &body, Page::Api)
}

/// A reference to a parameter.
fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}
