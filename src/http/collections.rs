//! Collections: what a layer is to a client (OGC 17-069r4, 7.13 and 7.14).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::ApiError;
use super::landing::{TILESETS, json_alone};
use super::links::{Base, GEOJSON, JSON, encoded};
use super::params::Params;
use super::respond;
use crate::query::view::View;
use crate::serve::state::App;

/// The one CRS of answers.
pub(super) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// The view of a collection, or the error that also stands for one that is not for this reader.
pub(super) fn view_of(app: &App, collection: &str) -> Result<Arc<View>, ApiError> {
    app.catalog
        .public_view(collection)
        .ok_or_else(|| ApiError::no_collection(&super::params::shortened(collection)))
}

/// `GET /collections`.
pub(super) async fn all(
    State(app): State<Arc<App>>,
    base: Base,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    json_alone(params)?;
    let collections: Vec<Value> = app.catalog.public_views().iter().map(|v| describe(&base, v)).collect();
    let links = json!([
        base.link("self", JSON, "/collections", "This document"),
        base.link("root", JSON, "/", "Landing page"),
    ]);
    respond::json(&headers, JSON, &json!({ "links": links, "collections": collections }))
}

/// `GET /collections/{collection}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    base: Base,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    json_alone(params)?;
    respond::json(&headers, JSON, &describe(&base, &*view_of(&app, &collection)?))
}

/// A collection object. Beyond the standard's members: role, nature, counts, licence, fields, stage.
fn describe(base: &Base, view: &View) -> Value {
    let info = view.info();
    let path = format!("/collections/{}", encoded(info.id.as_str()));
    let report = view.report();
    let mut collection = json!({
        "id": info.id,
        "title": info.title.fr,
        "description": info.description.as_ref().map_or("", |d| d.fr.as_str()),
        "titles": info.title,
        "descriptions": info.description,
        "itemType": "feature",
        "crs": [CRS84],
        // What clients may ask for; the CRS of the source stands in the load report.
        "storageCrs": CRS84,
        "role": info.role,
        "roleGuessed": info.role_guessed,
        "nature": info.nature,
        "geometryType": view.geometry_type(),
        "itemCount": view.count(),
        "nullGeometries": view.null_geometries(),
        "repaired": report.repaired,
        "faults": report.faults.len(),
        "stage": "open",
        "version": view.version(),
        "attribution": info.attribution,
        "license": info.licence,
        "source": info.source,
        "fields": view.fields(),
        "links": [
            base.link("self", JSON, &path, "This collection"),
            base.link("items", GEOJSON, &format!("{path}/items"), "Its features"),
            base.link(TILESETS, JSON, &format!("{path}/tiles"), "Its vector tiles"),
            base.link("tilejson", JSON, &format!("/{}.json", encoded(info.id.as_str())), "Its vector tiles, as TileJSON"),
            base.link("root", JSON, "/", "Landing page"),
        ],
    });
    let mut extent = json!({ "temporal": { "interval": [[null, null]] } });
    if let Some(b) = view.extent() {
        extent["spatial"] = json!({ "bbox": [[b.west(), b.south(), b.east(), b.north()]], "crs": CRS84 });
    }
    collection["extent"] = extent;
    collection
}
