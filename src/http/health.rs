//! How the service is.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use crate::serve::loads::SourceState;
use crate::serve::state::App;

/// `GET /health`: `ok` once every source is served or refused, `loading` until then.
pub(super) async fn health(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let layers: Vec<Value> = app
        .catalog
        .public_views()
        .iter()
        .map(|v| json!({ "id": v.info().id, "stage": v.stage(), "features": v.count() }))
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
    ask.answer(&form, &body, |value| Page::Document { title: "health", value })
}
