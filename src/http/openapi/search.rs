//! `POST /collections/{collection}/search`: the parameters of items in a body.

use serde_json::{Map, Value, json};

use super::super::crs;
use super::super::links::JSON;
use super::super::question::{DEFAULT_LIMIT, MAX_LIMIT};
use super::super::schema::is_queryable;
use super::collection::{queryable_schema, sort_keys};
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
    operation["requestBody"] = json!({
        "required": true,
        "content": { (JSON): { "schema": body(view, Kind::Json) }, (FORM): { "schema": body(view, Kind::Form) } },
    });
    json!({ "post": operation })
}

fn refused(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } },
    })
}

/// What a body is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Values of any type, lists among them.
    Json,
    /// Texts, each name once.
    Form,
}

/// The members that may stand in a body: those that every collection knows, and its fields.
fn body(view: &View, kind: Kind) -> Value {
    let systems = crs::uris(view);
    let text = || json!({ "type": "string" });
    let system = || json!({ "type": "string", "enum": systems });
    let either = |one: Value, more: Value| match kind {
        Kind::Json => json!({ "oneOf": [one, more] }),
        Kind::Form => one,
    };
    let fields: Vec<&str> = view.fields().iter().map(|f| f.name.as_str()).collect();
    let names = |names: &[&str]| {
        either(
            one_of(names),
            json!({ "type": "array", "minItems": 1, "items": one_of(names) }),
        )
    };
    let keys = sort_keys(view);
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let languages: Vec<&str> = Language::ALL.iter().map(|l| l.name()).collect();
    let mut members = Map::new();
    let mut add = |name: &str, schema: Value| members.insert(name.to_owned(), schema);
    for field in view.fields().iter().filter(|f| is_queryable(f)) {
        add(&field.name, queryable_schema(field));
    }
    let written = "CQL2-JSON as it is, or a text in filter-lang";
    add(
        "filter",
        match kind {
            Kind::Json => json!({
                "description": written,
                "oneOf": [{ "type": "object" }, { "type": "boolean" }, { "type": "string" }],
            }),
            Kind::Form => json!({ "description": written, "type": "string" }),
        },
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
    add("bbox", either(text(), numbers));
    add("bbox-crs", system());
    add("crs", system());
    add("datetime", text());
    add("sortby", names(&keys));
    add("properties", names(&fields));
    add("skipGeometry", json!({ "type": "boolean" }));
    add("resultType", json!({ "type": "string", "enum": ["results", "hits"] }));
    json!({ "type": "object", "properties": members, "additionalProperties": false })
}

/// One of some names.
fn one_of(names: &[&str]) -> Value {
    if names.is_empty() {
        json!({ "type": "string" })
    } else {
        json!({ "type": "string", "enum": names })
    }
}
