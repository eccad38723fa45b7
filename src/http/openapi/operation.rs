//! One operation: its words, parameters and answers.

use serde_json::{Map, Value, json};

use super::super::links::{GEOJSON, HTML, JSON, MVT, OPENAPI, STYLE};
use super::super::negotiate::SCHEMA;

/// A GET operation.
pub(super) struct Get<'a> {
    pub(super) id: String,
    pub(super) tag: &'a str,
    pub(super) summary: String,
    pub(super) description: &'a str,
    pub(super) parameters: Vec<Value>,
    pub(super) answers: Vec<(&'a str, Value)>,
}

impl Get<'_> {
    /// The path item. Answers that every address can give are added; there is no other.
    pub(super) fn item(self) -> Value {
        let mut responses = Map::new();
        for (status, answer) in self.answers {
            responses.insert(status.to_owned(), answer);
        }
        for (status, name) in [
            ("400", "BadRequest"),
            ("406", "NotAcceptable"),
            ("414", "UriTooLong"),
            ("500", "Failed"),
            ("503", "Busy"),
        ] {
            responses.insert(
                status.to_owned(),
                json!({ "$ref": format!("#/components/responses/{name}") }),
            );
        }
        json!({ "get": {
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "description": self.description,
            "parameters": self.parameters,
            "responses": responses,
        } })
    }
}

/// What stands in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body<'a> {
    /// A document by a schema of ours, and its HTML page.
    Document(&'a str),
    /// The same without a page.
    Json(&'a str),
    /// Features by a schema of ours, and their HTML page.
    Features(&'a str),
    /// A JSON Schema, and its HTML page.
    Schema,
    /// This document, and its HTML page.
    Api,
    /// A document by a schema of ours, its HTML page and a table for spreadsheets.
    Report(&'a str),
    /// Features by a schema of ours, without a page.
    Points(&'a str),
    /// A style.
    Style,
    /// A vector tile.
    Tile,
}

/// An answer with a body.
pub(super) fn answer(description: &str, body: Body<'_>) -> Value {
    let by = |name: &str| json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } });
    let text = || json!({ "schema": { "type": "string" } });
    let object = || json!({ "schema": { "type": "object" } });
    let content = match body {
        Body::Document(name) => json!({ (JSON): by(name), (HTML): text() }),
        Body::Json(name) => json!({ (JSON): by(name) }),
        Body::Features(name) => json!({ (GEOJSON): by(name), (JSON): by(name), (HTML): text() }),
        Body::Report(name) => json!({ (JSON): by(name), (HTML): text(), "text/csv": text() }),
        Body::Points(name) => json!({ (GEOJSON): by(name), (JSON): by(name) }),
        Body::Schema => json!({ (SCHEMA): object(), (JSON): object(), (GEOJSON): object(), (HTML): text() }),
        Body::Api => json!({ (OPENAPI): object(), (JSON): object(), (HTML): text() }),
        Body::Style => json!({ (STYLE): object(), (JSON): object() }),
        Body::Tile => {
            let binary = || json!({ "schema": { "type": "string", "format": "binary" } });
            json!({ (MVT): binary() })
        }
    };
    json!({ "description": description, "content": content })
}

/// The answer for a name that nothing has.
pub(super) fn not_found<'a>() -> (&'a str, Value) {
    ("404", json!({ "$ref": "#/components/responses/NotFound" }))
}

/// The answer for a tile in which nothing lies.
pub(super) fn nothing<'a>() -> (&'a str, Value) {
    ("204", json!({ "description": "Nothing lies here" }))
}
