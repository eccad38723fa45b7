//! Golden answers: a small source, and what is said of it, as readable text.
//!
//! The expected files are our own; every format also has an independent reader in `tests/clients`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../tiles/decode.rs"]
#[allow(dead_code)]
mod decode;

use std::fmt::Write;
use std::path::Path;

use common::{Server, golden};
use serde_json::Value;

fn server() -> Server {
    let server = Server::start(
        &[&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/small.geojson")],
        &[],
    );
    // The stage stands in the answers, and the audit comes after the layer is open.
    while server.get("/collections/small").json()["stage"] != "audited" {
        std::thread::yield_now();
    }
    server
}

/// JSON on lines, without what differs from run to run.
fn settled(server: &Server, mut answer: Value) -> String {
    if let Some(object) = answer.as_object_mut() {
        object.remove("timeStamp");
    }
    serde_json::to_string_pretty(&answer)
        .unwrap()
        .replace(&server.url, "http://terril")
        + "\n"
}

#[test]
fn answers_are_as_they_were() {
    let server = server();
    for (path, file) in [
        ("/collections/small", "collection.json"),
        ("/collections/small/items", "items.json"),
        ("/collections/small/items?limit=2", "page-1.json"),
        ("/collections/small/items/7", "item.json"),
        ("/collections/small/items?surface=7", "filtered.json"),
        ("/collections/small/items?limt=7", "problem.json"),
        (
            "/collections/small/items?crs=EPSG:2154&limit=1&sortby=-surface",
            "lambert.json",
        ),
        ("/collections/small/schema", "schema.json"),
        ("/collections/small/queryables", "queryables.json"),
        ("/small.json", "tilejson.json"),
        ("/collections/small/tiles/WebMercatorQuad", "tileset.json"),
        ("/search?q=parcelle", "search.json"),
    ] {
        golden(file, &settled(&server, server.get(path).json()));
    }
}

#[test]
fn tiles_are_as_they_were() {
    let server = server();
    let mut text = String::new();
    for tile in ["0/0/0", "13/4157/2762", "15/16628/11050", "15/16629/11050"] {
        let answer = server.get(&format!("/small/{tile}.pbf"));
        assert_eq!(answer.status, 200, "{tile}");
        writeln!(text, "{tile}").unwrap();
        for layer in decode::tile(&answer.body) {
            for feature in layer.features {
                let mut properties: Vec<_> = feature.properties.iter().collect();
                properties.sort_by_key(|(name, _)| *name);
                let id = feature.id;
                writeln!(text, "  {} {id} kind {} {properties:?}", layer.name, feature.kind).unwrap();
                feature
                    .paths
                    .iter()
                    .for_each(|path| writeln!(text, "    {path:?}").unwrap());
            }
        }
    }
    golden("tiles.txt", &text);
}
