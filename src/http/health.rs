//! How the service is, and what became of its sources.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::ApiError;
use super::landing::json_alone;
use super::links::JSON;
use super::params::Params;
use super::respond;
use crate::serve::loads::SourceState;
use crate::serve::state::App;

/// `GET /health`: `ok` once every source is served or refused, `loading` until then.
pub(super) async fn health(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    json_alone(params)?;
    let layers: Vec<Value> = app
        .catalog
        .public_views()
        .iter()
        .map(|v| json!({ "id": v.info().id, "stage": "open", "features": v.count() }))
        .collect();
    let refused = app
        .loads
        .all()
        .into_iter()
        .filter(|s| matches!(s.state, SourceState::Failed { .. }))
        .count();
    let status = if app.loads.any_loading() { "loading" } else { "ok" };
    let body = json!({
        "status": status,
        "version": env!("CARGO_PKG_VERSION"),
        "layers": layers,
        "refusedSources": refused,
        "running": app.workers.running(),
    });
    respond::json(&headers, JSON, &body)
}

/// `GET /loads`: a report per layer, cut to what the reader may see, and the sources refused.
pub(super) async fn loads(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    json_alone(params)?;
    let layers: Vec<Value> = app
        .catalog
        .public_views()
        .iter()
        .map(|v| json!({ "collection": v.info().id, "version": v.version(), "report": v.report() }))
        .collect();
    let pending: Vec<_> = app
        .loads
        .all()
        .into_iter()
        .filter(|s| !matches!(s.state, SourceState::Open { .. }))
        .collect();
    respond::json(&headers, JSON, &json!({ "layers": layers, "sources": pending }))
}
