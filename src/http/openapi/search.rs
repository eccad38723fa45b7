//! `POST /collections/{collection}/search`: the parameters of items in a body.

use serde_json::{Map, Value, json};

use super::super::crs;
use super::super::links::JSON;
use super::super::question::{DEFAULT_LIMIT, MAX_LIMIT};
use super::operation::{Body, Get, answer, not_found};
use super::parameter;
use crate::query::cql2::Language;
use crate::query::view::View;

/// The media type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// The path item.
pub(super) fn item(view: &View) -> Value {
    let id = view.info().id.as_str();
    let summary = format!("A page of features, asked by a body: {}", view.info().title.fr);
    let get = Get {
        id: format!("search_{id}"),
        tag: "features",
        summary,
        description: "The parameters of items under their names, for filters that no address can carry. The link to the next \
                      page has a method and a body.",
        parameters: vec![parameter("fPoints")],
        answers: vec![
            (
                "200",
                answer("A page of features", Body::Points("featureCollectionGeoJSON")),
            ),
            not_found(),
            ("408", refused("The body did not arrive in time")),
            ("413", refused("The body is longer than 10 MB")),
            ("415", refused("The body is of another type")),
        ],
    };
    let mut item = get.item();
    let mut operation = item["get"].take();
    let schema = body(&crs::uris(view));
    operation["requestBody"] = json!({
        "required": true,
        "content": { (JSON): { "schema": schema }, (FORM): { "schema": { "type": "object" } } },
    });
    json!({ "post": operation })
}

fn refused(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } },
    })
}

/// The members that every collection knows; its fields may stand beside them.
fn body(systems: &[String]) -> Value {
    let text = || json!({ "type": "string" });
    let system = || json!({ "type": "string", "enum": systems });
    let list = || json!({ "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] });
    let languages: Vec<&str> = Language::ALL.iter().map(|l| l.name()).collect();
    let mut members = Map::new();
    let mut add = |name: &str, schema: Value| members.insert(name.to_owned(), schema);
    add(
        "filter",
        json!({
            "description": "CQL2-JSON as it is, or a text in filter-lang",
            "oneOf": [{ "type": "object" }, { "type": "boolean" }, { "type": "string" }],
        }),
    );
    add("filter-lang", json!({ "type": "string", "enum": languages }));
    add("filter-crs", system());
    add(
        "limit",
        json!({ "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }),
    );
    add("offset", json!({ "type": "integer", "minimum": 0 }));
    add("after", text());
    let numbers = json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } });
    add("bbox", json!({ "oneOf": [{ "type": "string" }, numbers] }));
    add("bbox-crs", system());
    add("crs", system());
    add("datetime", text());
    add("sortby", list());
    add("properties", list());
    add("skipGeometry", json!({ "type": "boolean" }));
    add("resultType", json!({ "type": "string", "enum": ["results", "hits"] }));
    json!({ "type": "object", "properties": members })
}
