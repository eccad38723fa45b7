//! The WebMercatorQuad tile matrix set (OGC 17-083r4, annex D.1).

use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::links::JSON;

/// The registered name.
pub(super) const URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";

/// The CRS of the grid.
pub(super) const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";

/// Half the width of the world in metres, as registered.
const HALF_WORLD_M: f64 = 20_037_508.342_789_2;

/// Metres across a cell of the registered zoom 0 (256 cells a tile).
const CELL_0_M: f64 = 156_543.033_928_041;

/// Metres of a standardised rendering pixel (0.28 mm).
const PIXEL_M: f64 = 0.000_28;

/// Zooms that are registered.
const ZOOMS: u8 = 25;

/// `GET /tileMatrixSets`.
pub(super) async fn all(mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let body = json!({
        "tileMatrixSets": [{
            "id": "WebMercatorQuad",
            "title": "Google Maps Compatible for the World",
            "uri": URI,
            "crs": CRS,
            "links": ask.both("self", JSON, "/tileMatrixSets/WebMercatorQuad", "Its definition"),
        }],
        "links": ask.own_links(JSON, "/tileMatrixSets"),
    });
    ask.answer(&form, &body, Page::TileMatrixSets)
}

/// `GET /tileMatrixSets/WebMercatorQuad`.
pub(super) async fn web_mercator_quad(mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let matrices: Vec<Value> = (0..ZOOMS).map(matrix).collect();
    let body = json!({
        "id": "WebMercatorQuad",
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
    });
    ask.answer(&form, &body, |value| Page::Document {
        title: "WebMercatorQuad",
        value,
    })
}

fn matrix(zoom: u8) -> Value {
    let across = f64::from(1u32 << zoom);
    let cell = CELL_0_M / across;
    json!({
        "id": zoom.to_string(),
        "scaleDenominator": cell / PIXEL_M,
        "cellSize": cell,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-HALF_WORLD_M, HALF_WORLD_M],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": 1u32 << zoom,
        "matrixHeight": 1u32 << zoom,
    })
}
