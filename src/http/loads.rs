//! What became of each source, and what loading and the audit found in each layer.
//!
//! `/loads` lists the layers with their first faults, `/loads/{collection}` has the whole report of one by pages, as
//! JSON, HTML or a table, `/loads/{collection}/faults` its located faults as points. All of it comes from the view's
//! report, which is cut to what the reader may see.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::collections::{path_of, view_of};
use super::error::ApiError;
use super::html::Page;
use super::items::TIME;
use super::links::{CSV, GEOJSON, HTML, JSON, encoded};
use super::negotiate::{Format, POINTS, REPORT};
use super::page::address;
use super::params::{shortened, whole_number};
use super::question::{DEFAULT_LIMIT, MAX_LIMIT};
use super::respond::{self, Keep};
use super::versions;
use crate::encode::report::{self, Entry};
use crate::load::report::{Fault, FaultKind, LoadReport};
use crate::query::view::View;
use crate::serve::loads::SourceState;
use crate::serve::state::App;

/// Faults of each layer that stand in the list of all layers; the report of the layer has the others.
const INLINE_FAULTS: usize = 200;

/// `GET /loads`: a report per layer, cut to what the reader may see, and the sources that are not served.
pub(super) async fn all(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let layers: Vec<Value> = app
        .catalog
        .public_views()
        .iter()
        .map(|view| listed(&ask, view))
        .collect();
    let pending: Vec<_> = app
        .loads
        .all()
        .into_iter()
        .filter(|s| !matches!(s.state, SourceState::Open { .. }))
        .collect();
    let links = ask.own_links(JSON, "/loads");
    let body = json!({ "links": links, "layers": layers, "sources": pending });
    ask.answer(&form, &body, Page::Loads)
}

/// A layer in the list.
fn listed(ask: &Ask, view: &View) -> Value {
    let all = view.report();
    let links = [
        ask.both("item", JSON, &path(view), "The whole report"),
        versions::links(ask, view),
    ]
    .concat();
    let mut report = report::summary(&all);
    report["faults"] = all.faults.iter().take(INLINE_FAULTS).map(report::fault).collect();
    json!({
        "collection": view.info().id,
        "version": view.version(),
        "stage": view.stage(),
        "numberOfFaults": all.counts.values().sum::<u64>(),
        "faultsListed": all.faults.len().min(INLINE_FAULTS),
        "report": report,
        "links": links,
    })
}

/// The path of a layer's report.
pub(super) fn path(view: &View) -> String {
    format!("/loads/{}", encoded(view.info().id.as_str()))
}

/// Which faults of a report are asked for.
#[derive(Debug, Clone, Copy)]
struct Choice {
    kind: Option<FaultKind>,
    offset: usize,
    /// All where absent.
    limit: Option<usize>,
}

impl Choice {
    const PARAMETERS: [&str; 5] = ["f", "lang", "kind", "limit", "offset"];

    fn take(ask: &mut Ask) -> Result<Self, ApiError> {
        let kind = ask.params.take("kind").map(|name| kind_of(&name)).transpose()?;
        let limit = ask
            .params
            .take("limit")
            .map(|t| whole_number("limit", &t, 1))
            .transpose()?;
        let offset = ask
            .params
            .take("offset")
            .map_or(Ok(0), |t| whole_number("offset", &t, 0))?;
        ask.params.finish(&Self::PARAMETERS)?;
        Ok(Self {
            kind,
            offset: usize::try_from(offset).unwrap_or(usize::MAX),
            limit: limit.map(|n| n.min(MAX_LIMIT) as usize),
        })
    }

    /// The located faults of the kind that is asked for.
    fn matched<'a>(&self, report: &'a LoadReport) -> Vec<&'a Fault> {
        let wanted = |fault: &&Fault| self.kind.is_none_or(|kind| kind == fault.kind);
        report.faults.iter().filter(wanted).collect()
    }

    /// Of these, the page that is asked for.
    fn page<'a, 'b>(&self, matched: &'b [&'a Fault]) -> &'b [&'a Fault] {
        let from = self.offset.min(matched.len());
        let to = self
            .limit
            .map_or(matched.len(), |limit| from.saturating_add(limit).min(matched.len()));
        &matched[from..to]
    }

    /// The address of a page of a report, with these parameters and others.
    fn address(&self, path: &str, offset: usize, others: &[(&str, &str)]) -> String {
        let own = |name: &str, value: String| (name.to_owned(), value);
        let kind = self.kind.map(|kind| own("kind", kind.name()));
        let limit = self.limit.map(|limit| own("limit", limit.to_string()));
        let offset = (offset > 0).then(|| own("offset", offset.to_string()));
        let others = others.iter().map(|(name, value)| own(name, (*value).to_owned()));
        address(path, kind.into_iter().chain(limit).chain(offset).chain(others))
    }
}

fn kind_of(name: &str) -> Result<FaultKind, ApiError> {
    FaultKind::parse(name).ok_or_else(|| {
        let known: Vec<String> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
        let reason = format!(
            "\"{}\" is no kind of fault; known are {}",
            shortened(name),
            known.join(", ")
        );
        ApiError::parameter("kind", reason)
    })
}

/// `GET /loads/{collection}`: the report of a layer.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let view = view_of(&app, &collection)?;
    let form = ask.form(&REPORT)?;
    let mut choice = Choice::take(&mut ask)?;
    if form.format == Format::Csv {
        let (seen, language) = (Arc::clone(&view), form.lang.language());
        let table = move |_: &_| {
            let all = seen.report();
            let matched = choice.matched(&all);
            let entry = Entry {
                layer: seen.info().id.as_str(),
                report: &all,
                faults: choice.page(&matched),
            };
            report::table(&[entry], choice.kind, language)
        };
        let body = app.workers.run(TIME, table).await?;
        let mut response = respond::bytes(&ask.headers, CSV, Keep::Revalidate, body)?;
        let name = format!("attachment; filename=\"{}.csv\"", encoded(view.info().id.as_str()));
        if let Ok(name) = HeaderValue::from_str(&name) {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
        }
        response.headers_mut().insert(
            header::VARY,
            HeaderValue::from_static("Accept, Accept-Language, Accept-Encoding"),
        );
        return Ok(response);
    }
    choice.limit.get_or_insert(DEFAULT_LIMIT as usize);
    let (seen, base) = (Arc::clone(&view), ask.base.clone());
    let write = move |_: &_| {
        let all = seen.report();
        let matched = choice.matched(&all);
        let shown = choice.page(&matched);
        let path = path(&seen);
        let link = |rel: &str, kind: &str, offset, others: &[(&str, &str)], title: &str| {
            base.link(rel, kind, &choice.address(&path, offset, others), title)
        };
        let mut links = vec![
            link("self", JSON, choice.offset, &[], "This page"),
            link("alternate", HTML, choice.offset, &[("f", "html")], "This page as HTML"),
            link("alternate", CSV, 0, &[("f", "csv")], "The faults as a table"),
            base.link(
                "related",
                GEOJSON,
                &format!("{path}/faults"),
                "The located faults, as GeoJSON",
            ),
            base.link("collection", JSON, &path_of(&seen), "The collection"),
            base.link("version-history", JSON, &versions::path(&seen), "The versions"),
            base.link("up", JSON, "/loads", "All reports"),
        ];
        let end = choice.offset.saturating_add(shown.len());
        if end < matched.len() {
            links.push(link("next", JSON, end, &[], "The next page"));
        }
        if choice.offset > 0 {
            let limit = choice.limit.unwrap_or(1);
            let back = choice.offset.min(matched.len()).saturating_sub(limit);
            links.push(link("prev", JSON, back, &[], "The page before"));
        }
        let faults: Vec<Value> = shown.iter().map(|fault| report::fault(fault)).collect();
        json!({
            "links": links,
            "collection": seen.info().id,
            "title": seen.info().title.fr,
            "titles": seen.info().title,
            "version": seen.version(),
            "stage": seen.stage(),
            "report": report::summary(&all),
            "numberOfFaults": all.counts.values().sum::<u64>(),
            "kinds": report::kinds(&all),
            "numberMatched": matched.len(),
            "numberReturned": faults.len(),
            "faults": faults,
        })
    };
    let document = app.workers.run(TIME, write).await?;
    ask.answer(&form, &document, Page::Load)
}

/// `GET /loads/{collection}/faults`: the located faults as points.
pub(super) async fn faults(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let view = view_of(&app, &collection)?;
    let form = ask.form(&POINTS)?;
    let choice = Choice::take(&mut ask)?;
    let base = ask.base.clone();
    let write = move |_: &_| {
        let all = view.report();
        let matched = choice.matched(&all);
        let entry = Entry {
            layer: view.info().id.as_str(),
            report: &all,
            faults: choice.page(&matched),
        };
        let (mut body, count) = report::points(&entry);
        let path = path(&view);
        let own = choice.address(&format!("{path}/faults"), choice.offset, &[]);
        let tail = json!({
            "numberMatched": matched.len(),
            "numberReturned": count,
            "links": [
                base.link("self", GEOJSON, &own, "This document"),
                base.link("collection", JSON, &path_of(&view), "The collection"),
                base.link("related", JSON, &path, "The whole report"),
            ],
        })
        .to_string();
        // The tail is an object: its members follow the features.
        body.push(b',');
        body.extend_from_slice(&tail.as_bytes()[1..]);
        body
    };
    let body = app.workers.run(TIME, write).await?;
    respond::bytes(&ask.headers, form.kind, Keep::Revalidate, body)
}
