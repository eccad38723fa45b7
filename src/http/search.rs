//! `GET /search?q=`: layers and places by name, without case or accents.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::items::TIME;
use super::negotiate::DOCUMENT;
use super::params::whole_number;
use crate::model::role::Role;
use crate::model::text::fold;
use crate::model::world::{WorldBox, lon_lat};
use crate::query::search::{self, Match};
use crate::query::select::Cancelled;
use crate::query::view::{Row, View};
use crate::serve::state::App;

/// Answers at most.
const MAX_RESULTS: u64 = 50;

/// Longest question, in characters.
const MAX_QUESTION: usize = 100;

/// An answer, and what it is sorted by.
type Found = ((Match, u8, String, String), Value);

/// The handler.
pub(super) async fn search(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.form(&DOCUMENT)?;
    let params = &mut ask.params;
    let text = params
        .take("q")
        .ok_or_else(|| ApiError::parameter("q", "is missing; give the name to look for"))?;
    let limit = params
        .take("limit")
        .map_or(Ok(10), |t| whole_number("limit", &t, 1))?
        .min(MAX_RESULTS);
    params.finish(&["q", "limit", "f", "lang"])?;
    if text.chars().count() > MAX_QUESTION {
        return Err(ApiError::parameter("q", "is longer than 100 characters"));
    }
    let question = fold(&text);
    let views = app.catalog.public_views();
    let limit = usize::try_from(limit).unwrap_or(10);
    let results = if question.is_empty() {
        vec![]
    } else {
        app.workers
            .run(TIME, move |stop| find(&views, &question, limit, &|| stop.is_set()))
            .await??
    };
    ask.answer(&form, &json!({ "results": results }), |value| Page::Document {
        title: "search",
        value,
    })
}

fn find(
    views: &[Arc<View>],
    question: &str,
    limit: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Value>, Cancelled> {
    let mut found: Vec<Found> = vec![];
    for view in views {
        let info = view.info();
        let title = [&info.title.fr, &info.title.en]
            .into_iter()
            .filter_map(|t| search::match_name(t, question))
            .min();
        if let Some(how) = title {
            let answer = json!({
                "kind": "layer", "collection": info.id, "label": info.title.fr,
                "detail": info.role.map(|r| r.label().fr), "bbox": degrees(view.world_extent()),
            });
            found.push(((how, 0, info.title.fr.clone(), String::new()), answer));
        }
        if search::is_searched(view) {
            let rank = if info.role == Some(Role::Territory) { 1 } else { 2 };
            for (how, name, row) in search::features(view, question, limit, cancelled)? {
                found.push((
                    (how, rank, name.to_owned(), info.id.to_string()),
                    answer(view, name, row),
                ));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found.into_iter().take(limit).map(|(_, answer)| answer).collect())
}

fn answer(view: &View, name: &str, row: Row) -> Value {
    let info = view.info();
    json!({
        "kind": "feature", "collection": info.id, "id": view.id(row).to_owned(), "label": name,
        "detail": info.title.fr, "bbox": degrees(view.geometry(row).world_box()),
    })
}

fn degrees(area: Option<WorldBox>) -> Option<[f64; 4]> {
    let area = area?;
    let (nw, se) = (lon_lat(area.min()), lon_lat(area.max()));
    let rounded = |x: f64| (x * 1e7).round() / 1e7;
    Some([nw[0], se[1], se[0], nw[1]].map(rounded))
}
