//! Parameters that operations share.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::crs;
use super::super::question::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::query::cql2::Language;
use crate::query::view::View;

/// The lists of systems that collections offer, each once.
#[derive(Debug, Default)]
pub(super) struct Systems(Vec<Vec<String>>);

impl Systems {
    /// The names of the parameters `crs`, `bbox-crs` and `filter-crs` of a collection.
    pub(super) fn of(&mut self, view: &View) -> [String; 3] {
        let uris = crs::uris(view);
        let known = self.0.iter().position(|list| *list == uris);
        let number = known.unwrap_or_else(|| {
            self.0.push(uris);
            self.0.len() - 1
        });
        ["crs", "bbox-crs", "filter-crs"].map(|name| format!("{name}-{number}"))
    }
}

/// All of them, by name.
pub(super) fn all(systems: &Systems, views: &[Arc<View>]) -> Value {
    let mut all = shared(views);
    for (number, uris) in systems.0.iter().enumerate() {
        let schema = || json!({ "type": "string", "format": "uri", "enum": uris, "default": crs::CRS84 });
        all.insert(
            format!("crs-{number}"),
            query(
                "crs",
                "The system of the answer's coordinates, in the order of its axes",
                &schema(),
            ),
        );
        all.insert(
            format!("bbox-crs-{number}"),
            query(
                "bbox-crs",
                "The system of the bbox, in the order of its axes",
                &schema(),
            ),
        );
    }
    for (number, uris) in systems.0.iter().enumerate() {
        let schema = json!({ "type": "string", "format": "uri", "enum": uris, "default": crs::CRS84 });
        let about = "The system of the geometries in filter, in the order of its axes";
        all.insert(format!("filter-crs-{number}"), query("filter-crs", about, &schema));
    }
    all.into()
}

fn shared(views: &[Arc<View>]) -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let one_of = |values: &[&str]| json!({ "type": "string", "enum": values });
    let collections: Vec<&str> = views.iter().map(|v| v.info().id.as_str()).collect();
    // Before the first layer is open there is no name, and an empty list would forbid all.
    let names = if collections.is_empty() {
        text()
    } else {
        one_of(&collections)
    };
    let count = |minimum: u64| json!({ "type": "integer", "minimum": minimum });
    let mut all = Map::new();
    let mut add = |name: &str, parameter: Value| all.insert(name.to_owned(), parameter);
    add(
        "limit",
        query(
            "limit",
            "Features per page; more than the maximum gives the maximum",
            &json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }),
        ),
    );
    add(
        "bbox",
        query(
            "bbox",
            "Features whose geometry meets west,south,east,north in degrees (CRS84), or the box in bbox-crs; west > east \
             crosses the antimeridian; features without a geometry match",
            &json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } }),
        ),
    );
    add(
        "datetime",
        query(
            "datetime",
            "An instant or interval (RFC 3339), an open side being .. or empty; features without a time match",
            &json!({ "type": "string", "example": "2024-01-01/.." }),
        ),
    );
    add(
        "filter",
        query(
            "filter",
            "Features of which this is true (OGC CQL2): at most 64 kB, 64 levels, 1,000 terms; with all other conditions",
            &json!({ "type": "string", "example": "geometry IS NOT NULL" }),
        ),
    );
    let languages: Vec<&str> = Language::ALL.iter().map(|l| l.name()).collect();
    add(
        "filter-lang",
        query(
            "filter-lang",
            "The language of filter; cql-text is that of the draft, as GDAL sends it",
            &json!({ "type": "string", "enum": languages, "default": Language::default().name() }),
        ),
    );
    add(
        "filter-crs",
        query(
            "filter-crs",
            "The system of the geometries in filter, in the order of its axes; one that each of the collections lists",
            &json!({ "type": "string", "format": "uri", "default": crs::CRS84 }),
        ),
    );
    add("offset", query("offset", "Features to pass over", &count(0)));
    add("startindex", query("startindex", "Another name of offset", &count(0)));
    add(
        "after",
        query("after", "Where the next page goes on; taken from a next link", &text()),
    );
    add(
        "skipGeometry",
        query(
            "skipGeometry",
            "Whether geometries are left out",
            &json!({ "type": "boolean", "default": false }),
        ),
    );
    add(
        "resultType",
        query(
            "resultType",
            "Features, or how many there are",
            &json!({ "type": "string", "enum": ["results", "hits"], "default": "results" }),
        ),
    );
    add(
        "f",
        query(
            "f",
            "The format; it goes before the Accept header",
            &one_of(&["json", "html"]),
        ),
    );
    add(
        "fItems",
        query(
            "f",
            "The format; it goes before the Accept header",
            &one_of(&["json", "geojson", "html"]),
        ),
    );
    add(
        "fSchema",
        query(
            "f",
            "The format; geojson is the schema of features as GeoJSON",
            &one_of(&["json", "html", "geojson"]),
        ),
    );
    add("fReport", query("f", "The format", &one_of(&["json", "html", "csv"])));
    add("fPoints", query("f", "The format", &one_of(&["geojson", "json"])));
    add("fTile", query("f", "The format", &one_of(&["mvt", "pbf"])));
    add("fStyle", query("f", "The format", &one_of(&["style", "json"])));
    add(
        "lang",
        query("lang", "The language of HTML pages", &one_of(&["fr", "en"])),
    );
    add(
        "v",
        query(
            "v",
            "The version that the client expects; a tile of it never changes",
            &text(),
        ),
    );
    add(
        "version",
        query(
            "version",
            "The state of the collection, by its version, as its list of versions names it; the present one where absent",
            &text(),
        ),
    );
    add(
        "versionName",
        path("version", "The version, by its name or its number", &text()),
    );
    add(
        "collections",
        query(
            "collections",
            "Collections in the tile; all where absent",
            &json!({ "type": "array", "minItems": 1, "items": names }),
        ),
    );
    add("featureId", path("featureId", "The feature's id", &text()));
    add("tileMatrix", path("tileMatrix", "Zoom", &text()));
    add("tileRow", path("tileRow", "Row from the north", &count(0)));
    add("tileCol", path("tileCol", "Column from the west", &count(0)));
    add(
        "layers",
        path("layers", "Collections, with commas between them", &text()),
    );
    add("z", path("z", "Zoom", &count(0)));
    add("x", path("x", "Column from the west", &count(0)));
    add("y", path("y", "Row from the north", &count(0)));
    all
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({
        "name": name, "in": "query", "required": false, "style": "form", "explode": false,
        "description": description, "schema": schema,
    })
}

fn path(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}
