//! Paths of one collection.

use serde_json::{Map, Value, json};

use super::super::collections::path_of;
use super::super::question::MAX_LIMIT;
use super::super::schema::is_queryable;
use super::operation::{Body, Get, answer, not_found, nothing};
use super::parameter;
use super::parameters::Systems;
use super::versions;
use crate::load::report::FaultKind;
use crate::model::feature::{Field, FieldType};
use crate::query::view::View;

/// Adds them.
pub(super) fn add_paths(paths: &mut Map<String, Value>, view: &View, systems: &mut Systems) {
    let path = path_of(view);
    let [crs, bbox_crs, filter_crs] = systems.of(view);
    let title = &view.info().title.fr;
    let id = view.info().id.as_str();
    let get = |what: &str, tag, summary: &str, description, parameters: Vec<Value>, body| Get {
        id: format!("{what}_{id}"),
        tag,
        summary: format!("{summary}: {title}"),
        description,
        parameters,
        answers: vec![("200", answer(summary, body)), not_found()],
    };
    let named = |names: &[&str]| names.iter().map(|n| parameter(n)).collect::<Vec<_>>();
    let mut add = |path: String, get: Get<'_>| paths.insert(path, get.item());
    let page = "As JSON, or as an HTML page in French or English.";
    add(
        path.clone(),
        get(
            "collection",
            "features",
            "The collection",
            page,
            named(&["f", "lang", "version"]),
            Body::Document("collection"),
        ),
    );
    for (name, summary) in [
        ("schema", "What its features are made of"),
        ("queryables", "What can be asked for"),
        ("sortables", "What can be sorted by"),
    ] {
        let f = if name == "schema" { "fSchema" } else { "f" };
        let get = get(
            name,
            "features",
            summary,
            "A JSON Schema (2020-12).",
            named(&[f, "lang", "version"]),
            Body::Schema,
        );
        add(format!("{path}/{name}"), get);
    }
    let mut parameters = named(&[
        "limit",
        "bbox",
        &bbox_crs,
        "datetime",
        "filter",
        "filter-lang",
        &filter_crs,
        &crs,
        "offset",
        "startindex",
        "after",
    ]);
    parameters.extend([properties(view), sort_by(view)]);
    parameters.extend(named(&["skipGeometry", "resultType", "fItems", "lang", "v", "version"]));
    parameters.extend(view.fields().iter().filter(|f| is_queryable(f)).map(queryable));
    add(
        format!("{path}/items"),
        get(
            "items",
            "features",
            "A page of features",
            "All conditions hold together. Follow the link next for more; it survives changes of the data.",
            parameters,
            Body::Features("featureCollectionGeoJSON"),
        ),
    );
    paths.insert(format!("{path}/search"), super::search::item(view));
    let mut add = |path: String, get: Get<'_>| paths.insert(path, get.item());
    let mut one = named(&["featureId", &crs]);
    one.push(properties(view));
    one.extend(named(&["skipGeometry", "fItems", "lang", "v", "version"]));
    add(
        format!("{path}/items/{{featureId}}"),
        get(
            "item",
            "features",
            "A feature",
            page,
            one,
            Body::Features("featureGeoJSON"),
        ),
    );
    let report = |f: &str| {
        let mut parameters = named(&[f, "lang"]);
        parameters.extend([fault_kind(), at_most("Faults"), parameter("offset")]);
        parameters
    };
    let loads = super::super::loads::path(view);
    add(
        loads.clone(),
        get(
            "load",
            "service",
            "What loading and the audit found",
            "As JSON, as an HTML page in French or English, or as a table for spreadsheets (`;` between cells, decimal comma).",
            report("fReport"),
            Body::Report("object"),
        ),
    );
    add(
        format!("{loads}/faults"),
        get(
            "faults",
            "service",
            "The located faults",
            "Points with the kind of fault, its message and the feature that it is about.",
            report("fPoints"),
            Body::Points("faultCollectionGeoJSON"),
        ),
    );
    let tilesets = named(&["f", "lang"]);
    add(
        format!("{path}/tiles"),
        get(
            "tilesets",
            "tiles",
            "Its tilesets",
            page,
            tilesets.clone(),
            Body::Document("tileSets"),
        ),
    );
    add(
        format!("{path}/tiles/WebMercatorQuad"),
        get(
            "tileset",
            "tiles",
            "Its tileset",
            page,
            tilesets,
            Body::Document("tileSet"),
        ),
    );
    let mut tile = get(
        "tile",
        "tiles",
        "A tile",
        "Mapbox Vector Tile 2.1. 204 where nothing lies in the tile, 404 outside of the limits.",
        named(&[
            "tileMatrix",
            "tileRow",
            "tileCol",
            "filter",
            "filter-lang",
            &filter_crs,
            "v",
            "fTile",
        ]),
        Body::Tile,
    );
    tile.answers.push(nothing());
    add(
        format!("{path}/tiles/WebMercatorQuad/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"),
        tile,
    );
    add(
        format!("{loads}/versions"),
        get(
            "versions",
            "service",
            "Its versions",
            "What was loaded and when, the newest first, with counts of what each changed. As JSON, or as an HTML page.",
            named(&["f", "lang"]),
            Body::Document("versions"),
        ),
    );
    add(
        format!("{loads}/versions/{{version}}"),
        get(
            "version",
            "service",
            "A version",
            "Its report, and the ids of what it added, removed and changed, in this order and page by page.",
            versions::parameters(),
            Body::Report("version"),
        ),
    );
    add(
        format!("/styles/{}", super::super::links::encoded(id)),
        get(
            "style",
            "tiles",
            "Its style",
            "A MapLibre style (version 8) with absolute addresses.",
            named(&["fStyle"]),
            Body::Style,
        ),
    );
}

fn fault_kind() -> Value {
    let names: Vec<String> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
    json!({
        "name": "kind", "in": "query", "required": false, "description": "Faults of this kind alone",
        "schema": { "type": "string", "enum": names },
    })
}

pub(super) fn at_most(what: &str) -> Value {
    json!({
        "name": "limit", "in": "query", "required": false,
        "description": format!("{what} at most; 100 as JSON and HTML and all in the other formats where it is absent"),
        "schema": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT },
    })
}

/// What a field may be held against.
pub(super) fn queryable_schema(field: &Field) -> Value {
    match field.kind {
        FieldType::Bool => json!({ "type": "boolean" }),
        FieldType::Int => json!({ "type": "integer" }),
        FieldType::Float => json!({ "type": "number" }),
        FieldType::Date | FieldType::DateTime => json!({
            // QGIS reads the type where it stands alone.
            "type": "string", "anyOf": [{ "format": "date" }, { "format": "date-time" }],
        }),
        FieldType::Text | FieldType::Json => json!({ "type": "string" }),
    }
}

fn queryable(field: &Field) -> Value {
    json!({
        "name": field.name, "in": "query", "required": false, "style": "form", "explode": false,
        "description": "Features whose field has this value", "schema": queryable_schema(field),
    })
}

fn properties(view: &View) -> Value {
    let names: Vec<&str> = view.fields().iter().map(|f| f.name.as_str()).collect();
    list("properties", "The fields to be sent; all where absent", &names)
}

/// What `sortby` may name: each field that can be compared, and with a minus.
pub(super) fn sort_keys(view: &View) -> Vec<String> {
    let sortable = view.fields().iter().filter(|f| super::super::schema::is_sortable(f));
    sortable
        .flat_map(|f| [f.name.clone(), format!("-{}", f.name)])
        .collect()
}

fn sort_by(view: &View) -> Value {
    let keys = sort_keys(view);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    list(
        "sortby",
        "Fields that give the order, a minus before those that go down; nothing comes last, then the id decides",
        &keys,
    )
}

fn list(name: &str, description: &str, values: &[&str]) -> Value {
    let items = if values.is_empty() {
        json!({ "type": "string" })
    } else {
        json!({ "type": "string", "enum": values })
    };
    json!({
        "name": name, "in": "query", "required": false, "style": "form", "explode": false,
        "description": description, "schema": { "type": "array", "minItems": 1, "items": items },
    })
}
