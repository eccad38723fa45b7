//! `GET /functions`: the functions that filters may call beside those of CQL2 (OGC 19-079r2, 9).

use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::links::JSON;
use crate::query::evaluate::{FUNCTIONS, Signature};

/// The handler.
pub(super) async fn functions(mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let all: Vec<Value> = FUNCTIONS.iter().map(written).collect();
    let body = json!({ "links": ask.own_links(JSON, "/functions"), "functions": all });
    ask.answer(&form, &body, |value| Page::Document {
        title: "functions",
        value,
    })
}

fn written(function: &Signature) -> Value {
    let arguments: Vec<Value> = function
        .arguments
        .iter()
        .map(|types| json!({ "type": types }))
        .collect();
    json!({
        "name": function.name,
        "description": function.description,
        "args": arguments,
        "returns": function.returns,
    })
}
