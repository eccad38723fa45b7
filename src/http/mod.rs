//! The service over HTTP: the only place that knows URLs, status codes and headers.
//!
//! [`router`] builds the routes, one file per family. What goes in: the state. What comes out: an
//! axum router that tests call in process and [`server::run`] puts on a socket.

mod actors;
mod admin;
mod ask;
mod collections;
mod crs;
mod cursor;
mod error;
mod filter;
mod forwarded;
mod functions;
mod half_closed;
mod health;
mod html;
mod item_search;
mod items;
mod landing;
mod links;
mod loads;
mod middleware;
mod negotiate;
mod openapi;
mod page;
mod params;
pub mod public_url;
mod question;
mod respond;
mod schema;
mod search;
pub mod server;
mod styles;
mod templates;
mod tile_matrix_set;
mod tilejson;
mod tiles;
mod tilesets;
mod versions;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::serve::state::App;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let methods = middleware::Methods::of(&app);
    let routes = Router::new()
        .route("/", get(landing::landing))
        .route("/conformance", get(landing::conformance))
        .route("/api", get(openapi::api))
        .route("/collections", get(collections::all))
        .route("/collections/{collection}", get(collections::one))
        .route("/collections/{collection}/items", get(items::items))
        .route("/collections/{collection}/items/{id}", get(items::item))
        .route("/collections/{collection}/search", post(item_search::search))
        .route("/collections/{collection}/schema", get(schema::schema))
        .route("/collections/{collection}/queryables", get(schema::queryables))
        .route("/collections/{collection}/sortables", get(schema::sortables))
        .route("/collections/{collection}/tiles", get(tilesets::of_collection))
        .route(
            "/collections/{collection}/tiles/WebMercatorQuad",
            get(tilesets::collection_tileset),
        )
        .route(
            "/collections/{collection}/tiles/WebMercatorQuad/{z}/{row}/{col}",
            get(tiles::of_collection),
        )
        .route("/tiles", get(tilesets::of_dataset))
        .route("/tiles/WebMercatorQuad", get(tilesets::dataset_tileset))
        .route("/tiles/WebMercatorQuad/{z}/{row}/{col}", get(tiles::of_dataset))
        .route("/tileMatrixSets", get(tile_matrix_set::all))
        .route(
            "/tileMatrixSets/WebMercatorQuad",
            get(tile_matrix_set::web_mercator_quad),
        )
        .route("/styles", get(styles::all))
        .route("/styles/{collection}", get(styles::one))
        .route("/actors", get(actors::actors))
        .route("/templates", get(templates::all))
        .route("/templates/{file}", get(templates::one))
        .route("/functions", get(functions::functions))
        .route("/search", get(search::search))
        .route("/loads", get(loads::all).post(admin::look))
        .route("/loads/{collection}", get(loads::one))
        .route("/loads/{collection}/faults", get(loads::faults))
        .route("/loads/{collection}/versions", get(versions::all))
        .route("/loads/{collection}/versions/{version}", get(versions::one))
        .route("/health", get(health::health))
        .route("/viewer.json", get(viewer::settings))
        .route("/viewer/{*path}", get(viewer::asset))
        .route("/{layers}/{z}/{x}/{y}", get(tiles::short))
        .route("/{layers}", get(tilejson::tilejson))
        .with_state(app);
    middleware::wrap(routes, methods)
}
