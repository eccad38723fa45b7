//! Features and one feature (OGC 17-069r4, 7.15 and 7.16), as GeoJSON or HTML.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::ask::Ask;
use super::collections::{describe, path_of};
use super::error::ApiError;
use super::html::Page as HtmlPage;
use super::links::{GEOJSON, HTML, JSON, encoded};
use super::negotiate::{FEATURES, Format};
use super::page::{self, Written};
use super::params::shortened;
use super::question::{Question, Shape};
use super::respond::{self, Keep};
use super::versions::{self, Asked};
use crate::encode::geojson::FeatureWriter;
use crate::model::feature::FeatureId;
use crate::query::select;
use crate::query::view::{Row, View};
use crate::serve::state::App;

/// The longest a request may take (DESIGN §3, Limits).
pub(super) const TIME: Duration = Duration::from_secs(10);

/// `GET /collections/{collection}/items`.
pub(super) async fn items(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let asked = versions::asked(&app, &collection, &ask.params).await?;
    let view = Arc::clone(&asked.view);
    let form = ask.form(&FEATURES)?;
    let question = Question::read(&view, &mut ask.params)?;
    let content_crs = content_crs(&question.shape);
    let (base, seen) = (ask.base.clone(), Arc::clone(&view));
    let kind = if form.format == Format::Html { HTML } else { GEOJSON };
    let written = app
        .workers
        .run(TIME, move |stop| {
            let found = select::page(
                &seen,
                &question.selection,
                &question.keys,
                &question.start,
                question.limit,
                &|| stop.is_set(),
            )?;
            page::write(&base, &seen, &question, &found, kind)
        })
        .await??;
    let mut response = match form.format {
        Format::Html => html_page(&ask, &form, &asked, &written)?,
        _ => respond::timed(&ask.headers, form.kind, written.body, &time_stamp())?,
    };
    let headers = response.headers_mut();
    add(headers, "content-crs", &content_crs);
    add(headers, "ogc-numbermatched", &written.matched.to_string());
    add(headers, "ogc-numberreturned", &written.returned.to_string());
    add_links(headers, &written.links);
    Ok(response)
}

fn html_page(ask: &Ask, form: &super::ask::Form, asked: &Asked, written: &Written) -> Result<Response, ApiError> {
    let mut text = written.body.clone();
    text.push(b'}');
    let page: Json = serde_json::from_slice(&text).map_err(|_| ApiError::Internal)?;
    let collection = asked.noted(describe(&ask.base, &asked.view));
    let page = HtmlPage::Items {
        collection: &collection,
        page: &page,
    };
    ask.page(form, &page)
}

/// The end of a page: the time, apart from the rest because it alone differs between equal answers.
pub(super) fn time_stamp() -> Vec<u8> {
    let now = OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap_or(now);
    format!(",\"timeStamp\":\"{}\"}}", now.format(&Rfc3339).unwrap_or_default()).into_bytes()
}

/// `GET /collections/{collection}/items/{id}`.
pub(super) async fn item(
    State(app): State<Arc<App>>,
    Path((collection, id)): Path<(String, String)>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let asked = versions::asked(&app, &collection, &ask.params).await?;
    let view = Arc::clone(&asked.view);
    let form = ask.form(&FEATURES)?;
    ask.params.take("v");
    let shape = Shape::take(&mut ask.params, &view)?;
    ask.params
        .finish(&["f", "lang", "v", "version", "crs", "properties", "skipGeometry"])?;
    let unknown = || ApiError::NotFound {
        what: "feature",
        name: shortened(&id),
        see: "the collection's items",
    };
    let row = find(&view, &id).ok_or_else(unknown)?;
    let links = item_links(&ask, &view, &id, &shape, form.format);
    let mut body = vec![];
    let writer = FeatureWriter::new(&view, &shape.crs.coordinates, shape.fields.as_deref(), shape.geometries)?;
    writer.feature(&mut body, row, &format!("\"links\":{}", Json::from(links.clone())));
    let mut response = match form.format {
        Format::Html => {
            let feature: Json = serde_json::from_slice(&body).map_err(|_| ApiError::Internal)?;
            let collection = asked.noted(describe(&ask.base, &view));
            let page = HtmlPage::Item {
                collection: &collection,
                feature: &feature,
            };
            ask.page(&form, &page)?
        }
        _ => respond::bytes(&ask.headers, form.kind, Keep::Revalidate, body)?,
    };
    add(response.headers_mut(), "content-crs", &content_crs(&shape));
    add_links(response.headers_mut(), &links);
    Ok(response)
}

fn item_links(ask: &Ask, view: &View, id: &str, shape: &Shape, format: Format) -> Vec<Json> {
    let collection = path_of(view);
    let path = format!("{collection}/items/{}", encoded(id));
    let address = |f: Option<&str>| {
        let f = f.map(|f| ("f".to_owned(), f.to_owned()));
        page::address(&path, shape.repeated.iter().cloned().chain(f))
    };
    let (own, other) = match format {
        Format::Html => ((HTML, Some("html")), (GEOJSON, Some("geojson"))),
        _ => ((GEOJSON, None), (HTML, Some("html"))),
    };
    vec![
        ask.base.link("self", own.0, &address(own.1), "This feature"),
        ask.base.link(
            "alternate",
            other.0,
            &address(other.1),
            "This feature in another format",
        ),
        ask.base.link(
            "collection",
            JSON,
            &page::at_version(&collection, &shape.repeated, None),
            "Its collection",
        ),
        ask.base.link(
            "collection",
            HTML,
            &page::at_version(&collection, &shape.repeated, Some("html")),
            "Its collection, as HTML",
        ),
    ]
}

/// The row for an id as it stands in an address: text, or a number where no text is so.
fn find(view: &View, id: &str) -> Option<Row> {
    let number = || {
        id.parse::<i64>()
            .ok()
            .filter(|n| n.to_string() == id)
            .map(FeatureId::Int)
    };
    view.row_of(&FeatureId::Text(id.to_owned()))
        .or_else(|| number().and_then(|n| view.row_of(&n)))
}

/// OGC 18-058r1, 6.4: in angle brackets, also for the default.
pub(super) fn content_crs(shape: &Shape) -> String {
    format!("<{}>", shape.crs.uri)
}

pub(super) fn add(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Bytes of link headers at most: proxies refuse answers whose headers pass their first buffer, mostly
/// 4 kB, and a long question stands in each of its links.
const MAX_LINK_BYTES: usize = 3_000;

/// The links as headers (RFC 8288), for clients that read no body: those that lead on come first, and
/// what would be too much is left to the body.
fn add_links(headers: &mut HeaderMap, links: &[Json]) {
    let leads_on = |link: &&Json| link["rel"] == "next" || link["rel"] == "prev";
    let (on, others): (Vec<&Json>, Vec<&Json>) = links.iter().partition(leads_on);
    let mut room = MAX_LINK_BYTES;
    for link in on.into_iter().chain(others) {
        let part = |name: &str| link[name].as_str().unwrap_or_default();
        let text = format!("<{}>; rel=\"{}\"; type=\"{}\"", part("href"), part("rel"), part("type"));
        let Some(left) = room.checked_sub(text.len()) else {
            continue;
        };
        if let Ok(value) = HeaderValue::from_str(&text) {
            room = left;
            headers.append("link", value);
        }
    }
}
