//! `GET /{layers}.json`: TileJSON 3.0.0 for map clients.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::error::ApiError;
use super::filter;
use super::links::{Base, JSON, encoded};
use super::params::Params;
use super::respond;
use super::tiles::{version_of, views_of};
use super::tilesets::{MAX_ZOOM, extent};
use crate::model::feature::FieldType;
use crate::model::world::lon_lat;
use crate::query::view::View;
use crate::serve::state::App;

/// The handler.
pub(super) async fn tilejson(
    State(app): State<Arc<App>>,
    Path(layers): Path<String>,
    base: Base,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, ApiError> {
    let layers = layers.strip_suffix(".json").ok_or(ApiError::NoRoute)?;
    let views = views_of(&app, layers)?;
    let repeated: Vec<(String, String)> = filter::NAMES
        .iter()
        .filter_map(|n| Some(((*n).to_owned(), params.look(n)?.to_owned())))
        .collect();
    if let Some(asked) = filter::of_several(&mut params, &views)? {
        // Here, where people see it, and not at each tile first.
        views.iter().try_for_each(|view| view.condition(&asked).map(|_| ()))?;
    }
    params.finish(&filter::NAMES)?;
    let names: Vec<String> = views.iter().map(|v| encoded(v.info().id.as_str())).collect();
    let mut tiles = base.url(&format!(
        "/{}/{{z}}/{{x}}/{{y}}.pbf?v={}",
        names.join(","),
        version_of(&views)
    ));
    for (name, value) in &repeated {
        tiles.push_str(&format!("&{name}={}", encoded(value)));
    }
    let titles: Vec<&str> = views.iter().map(|v| v.info().title.fr.as_str()).collect();
    let attribution: Vec<String> = views
        .iter()
        .filter_map(|v| v.info().attribution.as_deref())
        .map(plain_html)
        .collect();
    let mut body = json!({
        "tilejson": "3.0.0",
        "name": titles.join(", "),
        "scheme": "xyz",
        "tiles": [tiles],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "vector_layers": views.iter().map(|v| layer(v)).collect::<Vec<_>>(),
    });
    if !attribution.is_empty() {
        body["attribution"] = json!(attribution.join(" · "));
    }
    if let Some(area) = extent(&views) {
        let (nw, se) = (lon_lat(area.min()), lon_lat(area.max()));
        body["bounds"] = json!([nw[0], se[1], se[0], nw[1]]);
        body["center"] = json!([
            f64::midpoint(nw[0], se[0]),
            f64::midpoint(nw[1], se[1]),
            zoom_for(se[0] - nw[0])
        ]);
    }
    respond::json(&headers, JSON, &body)
}

fn layer(view: &View) -> Value {
    let mut fields = Map::new();
    fields.insert("id".into(), json!("String"));
    for field in view.fields() {
        let kind = match field.kind {
            FieldType::Bool => "Boolean",
            FieldType::Int | FieldType::Float => "Number",
            FieldType::Text | FieldType::Date | FieldType::DateTime | FieldType::Json => "String",
        };
        fields.insert(field.name.clone(), json!(kind));
    }
    json!({
        "id": view.info().id,
        "description": view.info().title.fr,
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "fields": fields,
    })
}

/// The zoom at which a width in degrees fills about one screen of 1,024 pixels.
pub(super) fn zoom_for(width_degrees: f64) -> u8 {
    let zoom = (720.0 / width_degrees.max(1e-4)).log2().floor();
    zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8
}

/// Attribution is shown as HTML by map clients (TileJSON 3.0.0, 3.1): ours is text.
fn plain_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
