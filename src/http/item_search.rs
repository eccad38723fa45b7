//! `POST /collections/{collection}/search`: what `items` answers, asked by a body.
//!
//! For filters that no address can carry, such as a long polygon. In: the parameters of `items` under their names, as
//! JSON (a filter in CQL2-JSON as it is, or a text) or as a form. Out: GeoJSON whose link to the next page carries
//! method and body.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value as Json};

use super::ask::Ask;
use super::collections::view_of;
use super::error::ApiError;
use super::items::{TIME, add, content_crs, time_stamp};
use super::links::GEOJSON;
use super::negotiate::FEATURES;
use super::page;
use super::params::{Params, shortened};
use super::question::Question;
use super::respond::{self, Keep};
use crate::query::cql2::Language;
use crate::query::select;
use crate::query::view::View;
use crate::serve::state::App;

/// Longest body, in bytes (DESIGN §3, Limits).
const MAX_BODY_BYTES: usize = 10 * 1024 * 1024;

/// The longest that a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Json,
    Form,
}

/// The handler.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
    body: Body,
) -> Result<Response, ApiError> {
    let view = view_of(&app, &collection)?;
    let form = ask.form(&FEATURES[..1])?;
    ask.params.finish(&["f"])?;
    let written = written(&ask.headers)?;
    let read = tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_BODY_BYTES)).await;
    let bytes = read
        .map_err(|_| ApiError::BodyTooSlow)?
        .map_err(|_| ApiError::BodyTooLong)?;
    let (base, seen) = (ask.base.clone(), Arc::clone(&view));
    // Reading a long polygon is work too.
    let (answer, crs) = app
        .workers
        .run(TIME, move |stop| {
            let question = question(&seen, &bytes, written)?;
            let found = select::page(
                &seen,
                &question.selection,
                &question.keys,
                &question.start,
                question.limit,
                &|| stop.is_set(),
            )?;
            let answer = page::write(&base, &seen, &question, &found, GEOJSON)?;
            Ok::<_, ApiError>((answer, content_crs(&question.shape)))
        })
        .await??;
    let mut text = answer.body;
    text.extend_from_slice(&time_stamp());
    let mut response = respond::bytes(&without_conditions(&ask.headers), form.kind, Keep::Revalidate, text)?;
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    add(headers, "content-crs", &crs);
    add(headers, "ogc-numbermatched", &answer.matched.to_string());
    add(headers, "ogc-numberreturned", &answer.returned.to_string());
    Ok(response)
}

/// A condition on what a client has asks nothing of an answer to a body.
fn without_conditions(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.remove(header::IF_NONE_MATCH);
    headers
}

fn written(headers: &HeaderMap) -> Result<Written, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let bare = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if bare.eq_ignore_ascii_case("application/json") {
        Ok(Written::Json)
    } else if bare.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(Written::Form)
    } else {
        Err(ApiError::MediaType)
    }
}

fn question(view: &View, bytes: &[u8], written: Written) -> Result<Question, ApiError> {
    let (mut params, body) = match written {
        Written::Form => {
            let text = std::str::from_utf8(bytes).map_err(|_| ApiError::BadRequest("the body is not UTF-8"))?;
            let params = Params::read(text)?;
            let pairs = params.pairs().iter();
            let body = pairs.map(|(n, v)| (n.clone(), Json::from(v.as_str()))).collect();
            (params, body)
        }
        Written::Json => {
            let body: Map<String, Json> = serde_json::from_slice(bytes).map_err(|error| {
                let reason = error.to_string();
                if reason.starts_with("recursion limit") {
                    return ApiError::parameter("filter", "is nested too deep; write it flatter");
                }
                ApiError::parameter("body", format!("a JSON object is wanted, not this: {reason}"))
            })?;
            (params_of(&body)?, body)
        }
    };
    if params.look("version").is_some() {
        let reason = "former versions are asked for at items, by an address";
        return Err(ApiError::parameter("version", reason));
    }
    let mut question = Question::read(view, &mut params)?;
    question.body = Some(body);
    Ok(question)
}

/// Members of a body as the parameters that they are.
fn params_of(body: &Map<String, Json>) -> Result<Params, ApiError> {
    let mut pairs = Vec::with_capacity(body.len() + 1);
    for (name, value) in body {
        let text = match value {
            _ if name == "filter" && !value.is_string() => {
                if !body.contains_key("filter-lang") {
                    pairs.push(("filter-lang".to_owned(), Language::Json.name().to_owned()));
                }
                value.to_string()
            }
            Json::Array(items) => {
                let items: Option<Vec<String>> = items.iter().map(scalar).collect();
                items.map(|i| i.join(",")).ok_or_else(|| no_value(name))?
            }
            value => scalar(value).ok_or_else(|| no_value(name))?,
        };
        pairs.push((name.clone(), text));
    }
    Ok(Params::of(pairs))
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn no_value(name: &str) -> ApiError {
    ApiError::parameter(
        &shortened(name),
        "a text, a number, true, false or a list of these is wanted",
    )
}
