//! `GET /actors`: the bodies that are known, and what of the visible layers is theirs.
//!
//! Counts are of views (`query::owners`): what a layer hides is not counted, and a layer whose owners' field is hidden is
//! not named.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::collections::path_of;
use super::error::ApiError;
use super::html::Page;
use super::items::TIME;
use super::links::{Base, HTML, JSON};
use crate::model::actor::{Actor, Registry};
use crate::query::owners::{self, Owners};
use crate::query::select::Cancelled;
use crate::query::view::View;
use crate::serve::state::App;

/// Unknown owners that are listed, those with the most features first; the rest is counted.
pub(super) const MAX_UNKNOWN: usize = 500;

/// Longest unknown owner that is written out, in characters.
const MAX_NAME: usize = 200;

/// The handler.
pub(super) async fn actors(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let views = app.catalog.public_views();
    let shared = Arc::clone(&app);
    let owned = app
        .workers
        .run(TIME, move |stop| {
            count(&views, &shared.settings.actors, &|| stop.is_set())
        })
        .await??;
    let mut links = ask.own_links(JSON, "/actors");
    links.push(ask.base.link("root", JSON, "/", "Landing page"));
    let body = describe(&ask.base, &app.settings.actors, &owned, links);
    ask.answer(&form, &body, Page::Actors)
}

/// The owners of each view that names them.
fn count(
    views: &[Arc<View>],
    registry: &Registry,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<(Arc<View>, Owners)>, Cancelled> {
    let mut counted = vec![];
    for view in views {
        if let Some(owners) = owners::of(view, registry, cancelled)? {
            counted.push((Arc::clone(view), owners));
        }
    }
    Ok(counted)
}

fn describe(base: &Base, registry: &Registry, owned: &[(Arc<View>, Owners)], links: Vec<Value>) -> Value {
    let layer = |view: &View, features: u64| {
        let info = view.info();
        json!({
            "collection": info.id, "title": info.title.fr, "titles": info.title, "features": features,
            "href": base.url(&path_of(view)),
        })
    };
    let actor = |actor: &Actor| {
        let of = |(view, owners): &(Arc<View>, Owners)| owners.known.get(&actor.id).map(|n| layer(view, *n));
        let group = actor.group.as_deref().and_then(|id| registry.actor(id));
        json!({
            "id": actor.id, "name": actor.name, "sigle": actor.sigle, "siren": actor.siren, "type": actor.kind,
            "typeLabel": actor.kind.map(crate::model::actor::ActorType::label),
            "group": group.map(|g| json!({ "id": g.id, "name": g.name })), "aliases": actor.aliases, "source": actor.source,
            "layers": owned.iter().filter_map(of).collect::<Vec<_>>(),
        })
    };
    let mut unknown: BTreeMap<&str, (&str, u64, Vec<Value>)> = BTreeMap::new();
    for (view, owners) in owned {
        for (id, (name, features)) in &owners.unknown {
            let entry = unknown.entry(id).or_insert((name, 0, vec![]));
            entry.1 += features;
            entry.2.push(layer(view, *features));
        }
    }
    let mut unknown: Vec<_> = unknown.into_values().collect();
    unknown.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let unlisted = unknown.len().saturating_sub(MAX_UNKNOWN);
    let unknown = unknown.into_iter().take(MAX_UNKNOWN).map(|(name, features, layers)| {
        let nearest = registry.nearest(name).map(|a| json!({ "id": a.id, "name": a.name }));
        let name: String = name.chars().take(MAX_NAME).collect();
        json!({ "name": name, "features": features, "nearest": nearest, "layers": layers })
    });
    let layers = owned.iter().map(|(view, owners)| {
        let guessed = view.info().fields_guessed.contains("owner");
        json!({
            "collection": view.info().id, "title": view.info().title.fr, "titles": view.info().title,
            "field": owners.field, "guessed": guessed, "features": view.count(), "owned": owners.owned,
            "links": [
                base.link("collection", JSON, &path_of(view), "The collection"),
                base.link("items", HTML, &format!("{}/items?f=html", path_of(view)), "Its features, as HTML"),
            ],
        })
    });
    json!({
        "links": links,
        "actors": registry.actors().iter().map(actor).collect::<Vec<_>>(),
        "unknown": unknown.collect::<Vec<_>>(),
        "unknownUnlisted": unlisted,
        "layers": layers.collect::<Vec<_>>(),
    })
}
