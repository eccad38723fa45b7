//! `GET /api`: the service in OpenAPI 3.0.
//!
//! Paths stand per collection, literally, since clients read page sizes and filter fields from them
//! (GDAL, QGIS); made from the views, so that hidden fields do not appear.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::collections::CRS84;
use super::error::ApiError;
use super::items::{DEFAULT_LIMIT, MAX_LIMIT};
use super::landing::json_alone;
use super::links::{Base, GEOJSON, HTML, JSON, MVT, OPENAPI, encoded};
use super::params::Params;
use super::respond;
use crate::model::feature::FieldType;
use crate::query::view::View;
use crate::serve::state::App;

/// The handler.
pub(super) async fn api(
    State(app): State<Arc<App>>,
    base: Base,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    json_alone(params)?;
    let views = app.catalog.public_views();
    let mut paths = common_paths();
    views.iter().for_each(|view| collection_paths(&mut paths, view));
    let body = json!({
        "openapi": "3.0.3",
        "info": {
            "title": app.settings.title.fr,
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Features and vector tiles of a territory. Errors are problem+json (RFC 9457). \
                Limits: 10 s a request, 2 s a tile, 16 kB an address, 10,000 features a page.",
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": base.url("") }],
        "tags": [{ "name": "service" }, { "name": "features" }, { "name": "tiles" }],
        "paths": paths,
        "components": components(),
    });
    respond::json(&headers, OPENAPI, &body)
}

/// One GET operation.
fn get(id: &str, tag: &str, summary: &str, parameters: &[Value], answers: &[(&str, Value)]) -> Value {
    let mut responses = Map::new();
    for (status, answer) in answers {
        responses.insert((*status).to_owned(), answer.clone());
    }
    for (status, name) in [("400", "BadRequest"), ("503", "Busy"), ("default", "Problem")] {
        responses.insert(
            status.to_owned(),
            json!({ "$ref": format!("#/components/responses/{name}") }),
        );
    }
    json!({ "get": {
        "operationId": id, "tags": [tag], "summary": summary, "parameters": parameters, "responses": responses,
    } })
}

fn content(description: &str, kinds: &[&str]) -> Value {
    let schema = |kind: &str| {
        if kind == MVT {
            json!({ "type": "string", "format": "binary" })
        } else {
            json!({ "type": "object" })
        }
    };
    let content: Map<String, Value> = kinds
        .iter()
        .map(|k| {
            (
                (*k).to_owned(),
                if *k == HTML {
                    json!({ "schema": { "type": "string" } })
                } else {
                    json!({ "schema": schema(k) })
                },
            )
        })
        .collect();
    json!({ "description": description, "content": content })
}

fn reference(parameter: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{parameter}") })
}

fn not_found() -> (&'static str, Value) {
    ("404", json!({ "$ref": "#/components/responses/NotFound" }))
}

fn common_paths() -> Map<String, Value> {
    let f = || reference("f");
    let plain = |id: &str, summary: &str| get(id, "service", summary, &[f()], &[("200", content(summary, &[JSON]))]);
    let tile = |id: &str, summary: &str, parameters: &[Value]| {
        let answers = [
            ("200", content("A tile", &[MVT])),
            ("204", json!({ "description": "Nothing lies here" })),
            not_found(),
        ];
        get(id, "tiles", summary, parameters, &answers)
    };
    let ogc = ["tileMatrix", "tileRow", "tileCol"].map(reference);
    let short = ["layers", "z", "x", "y"].map(reference);
    let q = json!({ "name": "q", "in": "query", "required": true, "schema": { "type": "string", "maxLength": 100 } });
    let pages = json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 50, "default": 10 } });
    let asset = json!({ "name": "path", "in": "path", "required": true, "schema": { "type": "string" } });
    let mut paths = Map::new();
    let mut add = |path: &str, operation: Value| paths.insert(path.to_owned(), operation);
    let landing = [json!({ "name": "f", "in": "query", "schema": { "type": "string", "enum": ["json", "html"] } })];
    add(
        "/",
        get(
            "landing",
            "service",
            "The landing page; the map for browsers",
            &landing,
            &[("200", content("Landing page", &[JSON, HTML]))],
        ),
    );
    add("/conformance", plain("conformance", "Conformance classes"));
    add(
        "/api",
        get(
            "api",
            "service",
            "This document",
            &[f()],
            &[("200", content("OpenAPI 3.0", &[OPENAPI]))],
        ),
    );
    add("/collections", plain("collections", "All collections"));
    add("/health", plain("health", "How the service is"));
    add("/loads", plain("loads", "What was loaded, and its faults"));
    add("/viewer.json", plain("viewerSettings", "Settings of the map"));
    let found = content("Layers and features whose name answers", &[JSON]);
    add(
        "/search",
        get(
            "search",
            "service",
            "Layers and places by name",
            &[q, pages, f()],
            &[("200", found)],
        ),
    );
    add("/tileMatrixSets", plain("tileMatrixSets", "Tile matrix sets"));
    add(
        "/tileMatrixSets/WebMercatorQuad",
        plain("webMercatorQuad", "The WebMercatorQuad grid"),
    );
    add("/tiles", plain("tilesets", "Tilesets of all collections together"));
    add(
        "/tiles/WebMercatorQuad",
        plain("tileset", "The tileset of all collections together"),
    );
    let mut all = ogc.to_vec();
    all.extend([reference("collections"), reference("v"), reference("fTile")]);
    add(
        "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}",
        tile("tile", "A tile of several collections", &all),
    );
    let mut brief = short.to_vec();
    brief.push(reference("v"));
    add(
        "/{layers}/{z}/{x}/{y}.pbf",
        tile("shortTile", "A tile, for map clients", &brief),
    );
    let answers = [("200", content("TileJSON 3.0.0", &[JSON])), not_found()];
    add(
        "/{layers}.json",
        get(
            "tileJson",
            "tiles",
            "TileJSON, for map clients",
            &[reference("layers")],
            &answers,
        ),
    );
    let files = json!({ "description": "A file", "content": { "*/*": { "schema": { "type": "string", "format": "binary" } } } });
    add(
        "/viewer/{path}",
        get(
            "viewerFile",
            "service",
            "A file of the map",
            &[asset],
            &[("200", files), not_found()],
        ),
    );
    paths
}

fn collection_paths(paths: &mut Map<String, Value>, view: &View) {
    let id = view.info().id.as_str();
    let title = &view.info().title.fr;
    let path = format!("/collections/{}", encoded(id));
    let name = |what: &str| format!("{what}_{id}");
    let tag = "features";
    let mut add = |path: String, operation: Value| paths.insert(path, operation);
    let f = reference("f");
    add(
        path.clone(),
        get(
            &name("collection"),
            tag,
            title,
            std::slice::from_ref(&f),
            &[("200", content("The collection", &[JSON])), not_found()],
        ),
    );
    let mut parameters: Vec<Value> = [
        "limit",
        "bbox",
        "bboxCrs",
        "datetime",
        "crs",
        "offset",
        "startindex",
        "after",
        "fItems",
        "v",
    ]
    .map(reference)
    .to_vec();
    let own = |f: &&crate::model::feature::Field| !super::items::KNOWN.contains(&f.name.as_str());
    parameters.extend(
        view.fields()
            .iter()
            .filter(own)
            .map(|f| field_parameter(&f.name, f.kind)),
    );
    let answers = [("200", content("A page of features", &[GEOJSON])), not_found()];
    add(
        format!("{path}/items"),
        get(
            &name("items"),
            tag,
            &format!("Features: {title}"),
            &parameters,
            &answers,
        ),
    );
    let one = ["featureId", "crs", "fItems", "v"].map(reference);
    let answers = [("200", content("A feature", &[GEOJSON])), not_found()];
    add(
        format!("{path}/items/{{featureId}}"),
        get(&name("item"), tag, &format!("A feature: {title}"), &one, &answers),
    );
    let tilesets = [("200", content("Tilesets", &[JSON])), not_found()];
    add(
        format!("{path}/tiles"),
        get(
            &name("tilesets"),
            "tiles",
            &format!("Tilesets: {title}"),
            std::slice::from_ref(&f),
            &tilesets,
        ),
    );
    add(
        format!("{path}/tiles/WebMercatorQuad"),
        get(&name("tileset"), "tiles", &format!("Tileset: {title}"), &[f], &tilesets),
    );
    let tile = ["tileMatrix", "tileRow", "tileCol", "v", "fTile"].map(reference);
    let answers = [
        ("200", content("A tile", &[MVT])),
        ("204", json!({ "description": "Nothing lies here" })),
        not_found(),
    ];
    add(
        format!("{path}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"),
        get(&name("tile"), "tiles", &format!("A tile: {title}"), &tile, &answers),
    );
}

fn field_parameter(name: &str, kind: FieldType) -> Value {
    let kind = match kind {
        FieldType::Bool => "boolean",
        FieldType::Int => "integer",
        FieldType::Float => "number",
        FieldType::Text | FieldType::Date | FieldType::DateTime | FieldType::Json => "string",
    };
    json!({
        "name": name, "in": "query", "required": false, "style": "form", "explode": false,
        "description": "Features whose field has this value", "schema": { "type": kind },
    })
}

fn components() -> Value {
    let problem = |description: &str| json!({ "description": description, "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    json!({
        "schemas": { "Problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": { "type": "string" }, "title": { "type": "string" },
                "status": { "type": "integer" }, "detail": { "type": "string" },
            },
        } },
        "responses": {
            "BadRequest": problem("A parameter is wrong or not known; the detail names it and the remedy"),
            "NotFound": problem("There is nothing by that name"),
            "Busy": problem("Too much at once, or too long; Retry-After says when to come back"),
            "Problem": problem("Another error"),
        },
        "parameters": parameters(),
    })
}

fn parameters() -> Value {
    let query = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "query", "required": false, "style": "form", "explode": false, "description": description, "schema": schema });
    let path = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    let count = |minimum: u64| json!({ "type": "integer", "minimum": minimum });
    json!({
        "limit": query("limit", "Features per page; more than the maximum gives the maximum",
            json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT })),
        "bbox": query("bbox", "Features whose geometry meets west,south,east,north in degrees (CRS84); west > east crosses the antimeridian",
            json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } })),
        "crs": query("crs", "The CRS of the answer", json!({ "type": "string", "format": "uri", "enum": [CRS84] })),
        "bboxCrs": query("bbox-crs", "The CRS of the bbox", json!({ "type": "string", "format": "uri", "enum": [CRS84] })),
        "datetime": query("datetime", "An instant or interval (RFC 3339); features without a time match", text()),
        "offset": query("offset", "Features to pass over", count(0)),
        "startindex": query("startindex", "Another name of offset", count(0)),
        "after": query("after", "Where the next page goes on; taken from a next link", text()),
        "f": query("f", "Format", json!({ "type": "string", "enum": ["json"] })),
        "fItems": query("f", "Format", json!({ "type": "string", "enum": ["json", "geojson"] })),
        "fTile": query("f", "Format", json!({ "type": "string", "enum": ["mvt", "pbf"] })),
        "v": query("v", "The version that the client expects; a tile of it never changes", text()),
        "collections": query("collections", "Collections in the tile; all where absent",
            json!({ "type": "array", "items": { "type": "string" } })),
        "featureId": path("featureId", "The feature's id", text()),
        "tileMatrix": path("tileMatrix", "Zoom", text()),
        "tileRow": path("tileRow", "Row from the north", count(0)),
        "tileCol": path("tileCol", "Column from the west", count(0)),
        "layers": path("layers", "Collections, with commas between them", text()),
        "z": path("z", "Zoom", count(0)),
        "x": path("x", "Column from the west", count(0)),
        "y": path("y", "Row from the north", count(0)),
    })
}
