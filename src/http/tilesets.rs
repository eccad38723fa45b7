//! Tilesets and their limits (OGC 20-057, clauses 8 to 10).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::ask::{Ask, Form};
use super::collections::view_of;
use super::error::ApiError;
use super::html::Page;
use super::links::{Base, HTML, JSON, MVT, encoded};
use super::tile_matrix_set;
use crate::model::feature::FieldType;
use crate::model::tile::TileCoord;
use crate::model::world::{WorldBox, lon_lat};
use crate::query::view::View;
use crate::serve::state::App;

/// The deepest zoom that tilesets offer: a tile unit is 4 cm there, and clients draw it larger.
pub(super) const MAX_ZOOM: u8 = 18;

/// The tiles of one zoom that can hold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    zoom: u8,
    cols: (u32, u32),
    rows: (u32, u32),
}

impl Limits {
    /// Whether a tile is among them.
    pub(super) fn holds(&self, tile: TileCoord) -> bool {
        tile.z() == self.zoom
            && (self.cols.0..=self.cols.1).contains(&tile.x())
            && (self.rows.0..=self.rows.1).contains(&tile.y())
    }
}

/// The limits of a tileset of these views; the whole matrix where nothing has a place.
pub(super) fn limits(views: &[Arc<View>]) -> Vec<Limits> {
    let area = extent(views).unwrap_or_else(WorldBox::whole);
    let tile = |v: u32, zoom: u8| if zoom == 0 { 0 } else { v >> (32 - zoom) };
    let limit = |zoom| Limits {
        zoom,
        cols: (tile(area.min()[0], zoom), tile(area.max()[0], zoom)),
        rows: (tile(area.min()[1], zoom), tile(area.max()[1], zoom)),
    };
    (0..=MAX_ZOOM).map(limit).collect()
}

/// The world box of several views.
pub(super) fn extent(views: &[Arc<View>]) -> Option<WorldBox> {
    views.iter().filter_map(|v| v.world_extent()).reduce(WorldBox::union)
}

/// `GET /collections/{collection}/tiles`.
pub(super) async fn of_collection(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let view = view_of(&app, &collection)?;
    let path = format!("/collections/{}/tiles", encoded(view.info().id.as_str()));
    list(&ask, &form, &path, &view.info().title.fr.clone(), &[view])
}

/// `GET /tiles`.
pub(super) async fn of_dataset(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    list(
        &ask,
        &form,
        "/tiles",
        &app.settings.title.fr,
        &app.catalog.public_views(),
    )
}

fn list(ask: &Ask, form: &Form, path: &str, title: &str, views: &[Arc<View>]) -> Result<Response, ApiError> {
    let body = json!({
        "links": ask.own_links(JSON, path),
        "tilesets": [header(&ask.base, path, title, views)],
    });
    ask.answer(form, &body, Page::Tilesets)
}

/// What a tileset's list entry and its own document share.
fn header(base: &Base, path: &str, title: &str, views: &[Arc<View>]) -> Value {
    let own = format!("{path}/WebMercatorQuad");
    let template = base.url(&format!("{own}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"));
    let attribution: Vec<&str> = views.iter().filter_map(|v| v.info().attribution.as_deref()).collect();
    json!({
        "title": title,
        "dataType": "vector",
        "crs": tile_matrix_set::CRS,
        "tileMatrixSetURI": tile_matrix_set::URI,
        "attribution": attribution.join(" · "),
        "links": [
            base.link("self", JSON, &own, "This tileset"),
            base.link("alternate", HTML, &format!("{own}?f=html"), "This tileset as HTML"),
            base.link("http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", JSON, "/tileMatrixSets/WebMercatorQuad", "WebMercatorQuad"),
            { "rel": "item", "type": MVT, "href": template, "templated": true, "title": "Tiles" },
        ],
    })
}

/// `GET /collections/{collection}/tiles/WebMercatorQuad`.
pub(super) async fn collection_tileset(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let view = view_of(&app, &collection)?;
    let path = format!("/collections/{}/tiles", encoded(view.info().id.as_str()));
    tileset(&ask, &form, &path, &view.info().title.fr.clone(), &[view])
}

/// `GET /tiles/WebMercatorQuad`.
pub(super) async fn dataset_tileset(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    tileset(
        &ask,
        &form,
        "/tiles",
        &app.settings.title.fr,
        &app.catalog.public_views(),
    )
}

fn tileset(ask: &Ask, form: &Form, path: &str, title: &str, views: &[Arc<View>]) -> Result<Response, ApiError> {
    let mut body = header(&ask.base, path, title, views);
    let zooms = limits(views).into_iter().map(|l| {
        json!({
            "tileMatrix": l.zoom.to_string(),
            "minTileRow": l.rows.0, "maxTileRow": l.rows.1,
            "minTileCol": l.cols.0, "maxTileCol": l.cols.1,
        })
    });
    body["tileMatrixSetLimits"] = zooms.collect();
    body["layers"] = views.iter().map(|v| layer(v)).collect();
    if let Some(area) = extent(views) {
        let (nw, se) = (lon_lat(area.min()), lon_lat(area.max()));
        body["boundingBox"] = json!({
            "lowerLeft": [nw[0], se[1]], "upperRight": [se[0], nw[1]],
            "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        });
    }
    ask.answer(form, &body, Page::Tileset)
}

fn layer(view: &View) -> Value {
    let mut properties = Map::new();
    for field in view.fields() {
        let kind = match field.kind {
            FieldType::Bool => "boolean",
            FieldType::Int => "integer",
            FieldType::Float => "number",
            FieldType::Text | FieldType::Date | FieldType::DateTime | FieldType::Json => "string",
        };
        properties.insert(field.name.clone(), json!({ "type": kind }));
    }
    let dimension = match view.geometry_type() {
        "point" => Some(0),
        "line" => Some(1),
        "polygon" => Some(2),
        _ => None,
    };
    let mut layer = json!({
        "id": view.info().id,
        "title": view.info().title.fr,
        "dataType": "vector",
        "minTileMatrix": "0",
        "maxTileMatrix": MAX_ZOOM.to_string(),
        "propertiesSchema": { "type": "object", "properties": properties },
    });
    if let Some(dimension) = dimension {
        layer["geometryDimension"] = json!(dimension);
    }
    layer
}
