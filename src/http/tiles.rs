//! Vector tiles, in the short form for map clients and in OGC form: the same bytes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::collections::view_of;
use super::error::ApiError;
use super::filter;
use super::links::MVT;
use super::negotiate::{self, TILE};
use super::params::{Params, shortened};
use super::respond::{self, Keep};
use super::tilesets::limits;
use crate::model::tile::TileCoord;
use crate::query::view::View;
use crate::serve::state::App;
use crate::serve::tile;

/// The longest a tile may take (DESIGN §3, Limits).
const TIME: Duration = Duration::from_secs(2);

/// Layers in one tile at most.
const MAX_LAYERS: usize = 64;

/// `GET /{layers}/{z}/{x}/{y}.pbf`.
pub(super) async fn short(
    State(app): State<Arc<App>>,
    Path((layers, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let y = y
        .strip_suffix(".pbf")
        .or_else(|| y.strip_suffix(".mvt"))
        .ok_or(ApiError::NoRoute)?;
    let views = views_of(&app, &layers)?;
    answer(&app, &headers, params, views, coordinates(&z, &x, y)?).await
}

/// `GET /collections/{collection}/tiles/WebMercatorQuad/{z}/{row}/{col}`.
pub(super) async fn of_collection(
    State(app): State<Arc<App>>,
    Path((collection, z, row, col)): Path<(String, String, String, String)>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, ApiError> {
    take_format(&mut params, &headers)?;
    let view = view_of(&app, &collection)?;
    answer(&app, &headers, params, vec![view], coordinates(&z, &col, &row)?).await
}

/// `GET /tiles/WebMercatorQuad/{z}/{row}/{col}?collections=`.
pub(super) async fn of_dataset(
    State(app): State<Arc<App>>,
    Path((z, row, col)): Path<(String, String, String)>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, ApiError> {
    take_format(&mut params, &headers)?;
    let views = match params.take("collections") {
        Some(list) => views_of(&app, &list).map_err(|e| ApiError::parameter("collections", e.to_string()))?,
        None => app.catalog.public_views(),
    };
    answer(&app, &headers, params, views, coordinates(&z, &col, &row)?).await
}

fn take_format(params: &mut Params, headers: &HeaderMap) -> Result<(), ApiError> {
    negotiate::choose(params.take("f").as_deref(), headers, &TILE).map(|_| ())
}

/// The views of a comma-separated list, each once, in the list's order.
pub(super) fn views_of(app: &App, layers: &str) -> Result<Vec<Arc<View>>, ApiError> {
    let mut names: Vec<&str> = vec![];
    for name in layers.split(',') {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.len() > MAX_LAYERS {
        return Err(ApiError::BadRequest("more than 64 layers are asked for in one tile"));
    }
    names.into_iter().map(|name| view_of(app, name)).collect()
}

fn coordinates(z: &str, x: &str, y: &str) -> Result<TileCoord, ApiError> {
    let unknown = || ApiError::NotFound {
        what: "tile",
        name: shortened(&format!("{z}/{x}/{y}")),
        see: "the tileset's limits",
    };
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| n.to_string() == text);
    let zoom = number(z).and_then(|z| u8::try_from(z).ok());
    zoom.zip(number(x))
        .zip(number(y))
        .and_then(|((z, x), y)| TileCoord::new(z, x, y))
        .ok_or_else(unknown)
}

async fn answer(
    app: &App,
    headers: &HeaderMap,
    mut params: Params,
    views: Vec<Arc<View>>,
    tile: TileCoord,
) -> Result<Response, ApiError> {
    let version = params.take("v");
    let asked = filter::of_several(&mut params, &views)?;
    params.finish(&["v", "f", "collections", "filter", "filter-lang", "filter-crs"])?;
    if !limits(&views).iter().any(|l| l.holds(tile)) {
        let name = format!("{}/{}/{}", tile.z(), tile.x(), tile.y());
        return Err(ApiError::NotFound {
            what: "tile",
            name,
            see: "the tileset's limits",
        });
    }
    let keep = if version.is_some_and(|v| v == version_of(&views)) {
        Keep::Immutable
    } else {
        Keep::Revalidate
    };
    let bytes = app
        .workers
        .run(TIME, move |stop| {
            tile::make(&views, asked.as_ref(), tile, &|| stop.is_set())
        })
        .await??;
    if bytes.is_empty() {
        return Ok(respond::empty(keep));
    }
    respond::bytes(headers, MVT, keep, bytes)
}

/// Names the content of several views together.
pub(super) fn version_of(views: &[Arc<View>]) -> String {
    match views {
        [one] => one.version().to_owned(),
        several => {
            let mut hasher = blake3::Hasher::new();
            several.iter().for_each(|v| {
                hasher
                    .update(v.info().id.as_str().as_bytes())
                    .update(v.version().as_bytes());
            });
            hasher.finalize().to_hex()[..16].to_owned()
        }
    }
}
