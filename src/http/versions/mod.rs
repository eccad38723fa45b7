//! Versions of collections: their list, one of them with what it changed, and `?version=`.
//!
//! `/loads/{collection}/versions` lists them, `/loads/{collection}/versions/{version}` has one with its report and the
//! ids of what was added, removed and changed; as JSON, HTML or, the latter, a table. All of it is what everyone may see
//! today. Work that opens or compares versions is done on a worker.

pub(super) mod changes;
mod document;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::collections::view_of;
use super::error::ApiError;
use super::html::Page;
use super::items::TIME;
use super::links::{CSV, JSON, encoded};
use super::negotiate::{Format, REPORT};
use super::params::{Params, shortened};
use super::respond::{self, Keep};
use crate::query::view::View;
use crate::serve::state::App;
use crate::serve::versions::Listed;
use crate::serve::work::Stop;
use changes::Choice;

/// The state of a collection that a request asks for.
pub(super) struct Asked {
    /// As everyone may see it.
    pub(super) view: Arc<View>,
    /// What pages say of a state that is no longer the present one.
    former: Option<Value>,
}

impl Asked {
    /// A collection's document with what is said of its state, leading to what there is of that.
    pub(super) fn noted(&self, mut collection: Value) -> Value {
        if let Some(former) = &self.former {
            collection["former"] = former.clone();
            document::lead_to_version(&mut collection, self.view.version());
        }
        collection
    }
}

/// The path of a collection's versions.
pub(super) fn path(view: &View) -> String {
    format!("{}/versions", super::loads::path(view))
}

/// The view of a collection as `version` asks, which is left among the parameters; the present one where it is absent.
///
/// # Errors
/// No such collection; no such version of it, or none that is still kept.
pub(super) async fn asked(app: &Arc<App>, collection: &str, params: &Params) -> Result<Asked, ApiError> {
    let present = view_of(app, collection)?;
    let wanted = params.look("version").filter(|version| *version != present.version());
    let Some(wanted) = wanted.map(str::to_owned) else {
        return Ok(Asked {
            view: present,
            former: None,
        });
    };
    let missing = ApiError::NoVersion {
        name: shortened(&wanted),
        list: path(&present),
    };
    let state = Arc::clone(app);
    let find = move |stop: &Stop| -> Result<Option<Asked>, ApiError> {
        let list = state.versions.list(&present, &|| !stop.is_set())?;
        let Some(listed) = list.position(&wanted).map(|at| &list.listed[at]) else {
            return Ok(None);
        };
        let view = state.versions.former(&present, listed);
        Ok(view.map(|view| Asked {
            view,
            former: Some(document::told(listed)),
        }))
    };
    app.workers.run(TIME, find).await??.ok_or(missing)
}

/// `GET /loads/{collection}/versions`.
pub(super) async fn all(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let present = view_of(&app, &collection)?;
    let form = ask.document()?;
    let (state, base) = (Arc::clone(&app), ask.base.clone());
    let write = move |stop: &Stop| document::list(&state, &base, &present, &|| !stop.is_set());
    let document = app.workers.run(TIME, write).await??;
    ask.answer(&form, &document, Page::Versions)
}

/// `GET /loads/{collection}/versions/{version}`: by its name or its number.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path((collection, version)): Path<(String, String)>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let present = view_of(&app, &collection)?;
    let form = ask.form(&REPORT)?;
    let choice = Choice::take(&mut ask, form.format)?;
    let missing = ApiError::NoVersion {
        name: shortened(&version),
        list: path(&present),
    };
    let (state, base, id) = (Arc::clone(&app), ask.base.clone(), present.info().id.clone());
    let language = form.lang.language();
    let write = move |stop: &Stop| -> Result<Option<Written>, ApiError> {
        let go_on = || !stop.is_set();
        let list = state.versions.list(&present, &go_on)?;
        // Numbers are short, names are not.
        let number = version.parse().ok().filter(|_| version.len() < 16);
        let at = list.position(&version).or_else(|| list.numbered(number?));
        let Some((later, earlier)) = at.and_then(|at| list.with_predecessor(at)) else {
            return Ok(None);
        };
        let compared = match earlier {
            Some(earlier) => state.versions.compare(&present, earlier, later, &go_on)?,
            None => None,
        };
        if form.format == Format::Csv {
            let table = changes::table(compared.as_ref(), &choice, language);
            return Ok(Some(Written::Table(table)));
        }
        let Some(view) = state.versions.former(&present, later) else {
            return Ok(None);
        };
        let mut entry = document::entry(&state, &base, &present, &list, at.unwrap_or_default(), &go_on)?;
        document::add_report(&mut entry, &view);
        changes::add(&mut entry, &base, &path(&present), &choice, compared.as_ref(), earlier);
        Ok(Some(Written::Document(entry)))
    };
    match app.workers.run(TIME, write).await??.ok_or(missing)? {
        Written::Document(document) => ask.answer(&form, &document, Page::Version),
        Written::Table(table) => {
            let mut response = respond::bytes(&ask.headers, CSV, Keep::Revalidate, table)?;
            let name = format!("attachment; filename=\"{}-versions.csv\"", encoded(id.as_str()));
            let headers = response.headers_mut();
            if let Ok(name) = HeaderValue::from_str(&name) {
                headers.insert(header::CONTENT_DISPOSITION, name);
            }
            let vary = HeaderValue::from_static("Accept, Accept-Language, Accept-Encoding");
            headers.insert(header::VARY, vary);
            Ok(response)
        }
    }
}

enum Written {
    Document(Value),
    Table(Vec<u8>),
}

/// The link of a report to its collection's versions.
pub(super) fn links(ask: &Ask, view: &View) -> [Value; 2] {
    ask.both("version-history", JSON, &path(view), "The versions")
}

/// How a version is addressed below its list: by its name, or by its number where a later one has the same name.
fn segment(listed: &Listed, newest_of_name: bool) -> String {
    match &listed.first {
        Some(kept) if !newest_of_name => kept.record.number.to_string(),
        _ => listed.glimpse.version.clone(),
    }
}

/// The path of a collection's items at a version.
fn items_path(view: &View, version: &str) -> String {
    format!("{}/items?version={version}", super::collections::path_of(view))
}

/// A link without the title of a document in English alone.
fn link(base: &super::links::Base, rel: &str, kind: &str, path: &str, title: &str) -> Value {
    json!({ "rel": rel, "type": kind, "href": base.url(path), "title": title })
}
