//! Paths of the service as a whole, and those that several collections share.

use serde_json::{Map, Value, json};

use super::super::links::JSON;
use super::super::viewer::MEDIA_TYPES;
use super::operation::{Body, Get, answer, not_found, nothing};
use super::parameter;

/// Adds them.
pub(super) fn add_paths(paths: &mut Map<String, Value>) {
    let mut add = |path: &str, get: Get<'_>| paths.insert(path.to_owned(), get.item());
    for (path, id, summary, schema) in [
        ("/", "landing", "The landing page; the map for browsers", "landingPage"),
        ("/conformance", "conformance", "Conformance classes", "confClasses"),
        ("/collections", "collections", "All collections", "collections"),
        ("/functions", "functions", "Functions that filters may call", "object"),
        ("/health", "health", "How the service is", "object"),
        (
            "/actors",
            "actors",
            "Bodies that own land, and what of the collections is theirs",
            "actors",
        ),
        ("/templates", "templates", "Tables for landlords to fill", "templates"),
        ("/loads", "loads", "What was loaded, and its faults", "object"),
        ("/viewer.json", "viewerSettings", "Settings of the map", "object"),
    ] {
        add(path, document(id, "service", summary, schema));
    }
    for (path, id, summary, schema) in [
        ("/tileMatrixSets", "tileMatrixSets", "Tile matrix sets", "object"),
        (
            "/tileMatrixSets/WebMercatorQuad",
            "webMercatorQuad",
            "The WebMercatorQuad grid",
            "object",
        ),
        ("/tiles", "tilesets", "Tilesets of all collections together", "tileSets"),
        (
            "/tiles/WebMercatorQuad",
            "tileset",
            "The tileset of all collections together",
            "tileSet",
        ),
        ("/styles", "styles", "Styles for MapLibre", "object"),
    ] {
        add(path, document(id, "tiles", summary, schema));
    }
    add(
        "/api",
        Get {
            answers: vec![("200", answer("This document", Body::Api))],
            ..document("api", "service", "This document", "object")
        },
    );
    add("/templates/{template}.xlsx", template_file());
    add("/search", search());
    add("/viewer/{file}", asset("viewerFile", "file"));
    add("/viewer/assets/{asset}", asset("viewerAsset", "asset"));
    add_tiles(&mut add);
}

/// Adds to the document what the administrator may ask for, and how he says who he is.
pub(super) fn add_administration(body: &mut Value) {
    body["components"]["securitySchemes"] = json!({ "administrator": { "type": "http", "scheme": "bearer" } });
    body["components"]["responses"]["NotAdministrator"] = json!({
        "description": "This is for the administrator alone",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } },
    });
    let accepted = json!({ "schema": { "$ref": "#/components/schemas/object" } });
    body["paths"]["/loads"]["post"] = json!({
        "operationId": "look",
        "tags": ["service"],
        "summary": "Look at the sources",
        "description": "For the administrator: what changed is loaded beside what is served, and takes its place when it is ready.",
        "security": [{ "administrator": [] }],
        "responses": {
            "202": { "description": "The sources are being looked at", "content": { (JSON): accepted } },
            "400": { "$ref": "#/components/responses/BadRequest" },
            "401": { "$ref": "#/components/responses/NotAdministrator" },
            "414": { "$ref": "#/components/responses/UriTooLong" },
            "500": { "$ref": "#/components/responses/Failed" },
        },
    });
}

fn document<'a>(id: &str, tag: &'a str, summary: &'a str, schema: &str) -> Get<'a> {
    Get {
        id: id.to_owned(),
        tag,
        summary: summary.to_owned(),
        description: "As JSON, or as an HTML page in French or English.",
        parameters: ["f", "lang"].map(parameter).to_vec(),
        answers: vec![("200", answer(summary, Body::Document(schema)))],
    }
}

fn search() -> Get<'static> {
    let q = json!({ "name": "q", "in": "query", "required": true, "description": "The name, or its beginning", "schema": { "type": "string", "maxLength": 100 } });
    let limit = json!({ "name": "limit", "in": "query", "description": "Answers at most", "schema": { "type": "integer", "minimum": 1, "maximum": 50, "default": 10 } });
    let mut get = document("search", "service", "Layers and places by name", "object");
    get.parameters.extend([q, limit]);
    get
}

fn template_file() -> Get<'static> {
    let names: Vec<&str> = crate::model::template::ALL.iter().map(|t| t.name).collect();
    let name = json!({ "name": "template", "in": "path", "required": true, "description": "Which template", "schema": { "type": "string", "enum": names } });
    let lang = json!({ "name": "lang", "in": "query", "description": "The language of headings, lists and help", "schema": { "type": "string", "enum": ["fr", "en"], "default": "fr" } });
    let file = json!({
        "description": "The workbook",
        "content": { (crate::encode::workbook::XLSX): { "schema": { "type": "string", "format": "binary" } } },
    });
    Get {
        id: "template".to_owned(),
        tag: "service",
        summary: "A table for landlords to fill".to_owned(),
        description: "An XLSX workbook with drop-down lists, help and a fictional example. A filled one loads as it is.",
        parameters: vec![name, lang],
        answers: vec![("200", file), not_found()],
    }
}

fn asset(id: &str, name: &str) -> Get<'static> {
    let path = json!({ "name": name, "in": "path", "required": true, "description": "The file's name", "schema": { "type": "string" } });
    let content: Map<String, Value> = MEDIA_TYPES
        .iter()
        .map(|kind| {
            let bare = kind.split(';').next().unwrap_or(kind);
            (
                bare.to_owned(),
                json!({ "schema": { "type": "string", "format": "binary" } }),
            )
        })
        .collect();
    let file = json!({ "description": "A file", "content": content });
    Get {
        id: id.to_owned(),
        tag: "service",
        summary: "A file of the map".to_owned(),
        description: "Scripts, styles and fonts of the pages of this service.",
        parameters: vec![path],
        answers: vec![("200", file), not_found()],
    }
}

fn add_tiles(add: &mut impl FnMut(&str, Get<'_>) -> Option<Value>) {
    let tile = |id: &str, summary: &str, parameters: &[&str]| Get {
        id: id.to_owned(),
        tag: "tiles",
        summary: summary.to_owned(),
        description: "Mapbox Vector Tile 2.1; a layer per collection. 204 where nothing lies in the tile, 404 outside of the limits.",
        parameters: parameters.iter().map(|p| parameter(p)).collect(),
        answers: vec![("200", answer("A tile", Body::Tile)), nothing(), not_found()],
    };
    add(
        "/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}",
        tile(
            "tile",
            "A tile of several collections",
            &[
                "tileMatrix",
                "tileRow",
                "tileCol",
                "collections",
                "filter",
                "filter-lang",
                "filter-crs",
                "v",
                "fTile",
            ],
        ),
    );
    add(
        "/{layers}/{z}/{x}/{y}.pbf",
        tile(
            "shortTile",
            "A tile, for map clients",
            &["layers", "z", "x", "y", "filter", "filter-lang", "filter-crs", "v"],
        ),
    );
    add(
        "/{layers}.json",
        Get {
            id: "tileJson".to_owned(),
            tag: "tiles",
            summary: "TileJSON, for map clients".to_owned(),
            description: "TileJSON 3.0.0 of one or several collections.",
            parameters: ["layers", "filter", "filter-lang", "filter-crs"]
                .map(parameter)
                .to_vec(),
            answers: vec![("200", answer("TileJSON 3.0.0", Body::Json("tileJson"))), not_found()],
        },
    );
}
