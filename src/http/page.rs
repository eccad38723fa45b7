//! A page of features, written: a FeatureCollection up to its time stamp, with its links.

use serde_json::{Map, Value as Json, json};

use super::collections::path_of;
use super::cursor;
use super::error::ApiError;
use super::links::{Base, GEOJSON, HTML, JSON, encoded};
use super::question::{Question, ResultType};
use crate::encode::geojson::FeatureWriter;
use crate::query::select::{Page, Start};
use crate::query::sort::Position;
use crate::query::view::View;

/// What was written.
pub(super) struct Written {
    /// The FeatureCollection, its last brace still to come.
    pub(super) body: Vec<u8>,
    /// Its links.
    pub(super) links: Vec<Json>,
    /// How many features are selected in all.
    pub(super) matched: usize,
    /// How many of them are here.
    pub(super) returned: usize,
}

/// Writes a page; `kind` is the media type of the answer that it goes into.
///
/// # Errors
/// A system that has no way from the layer's.
pub(super) fn write(
    base: &Base,
    view: &View,
    question: &Question,
    page: &Page,
    kind: &'static str,
) -> Result<Written, ApiError> {
    let rows = match question.result {
        ResultType::Results => page.rows.as_slice(),
        ResultType::Hits => &[],
    };
    let links = match &question.body {
        None => links(base, view, question, page, kind),
        Some(body) => links_of_body(base, view, question, page, body),
    };
    let shape = &question.shape;
    let writer = FeatureWriter::new(view, &shape.crs.coordinates, shape.fields.as_deref(), shape.geometries)?;
    let mut body = Vec::with_capacity(512 + rows.len() * 512);
    body.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            body.push(b',');
        }
        writer.feature(&mut body, *row, "");
    }
    let mut tail = json!({
        "numberMatched": page.matched,
        "numberReturned": rows.len(),
        "links": links,
    });
    let lost = writer.without_place();
    if lost > 0 {
        tail["warnings"] = json!([format!(
            "{lost} features of this page have no place in the system asked for; their geometry is null here"
        )]);
    }
    // The tail is an object: its members follow the features, and the time stamp follows them.
    let tail = tail.to_string();
    body.extend_from_slice(b"],");
    body.extend_from_slice(&tail.as_bytes()[1..tail.len() - 1]);
    Ok(Written {
        body,
        links,
        matched: page.matched,
        returned: rows.len(),
    })
}

/// A path with parameters.
pub(super) fn address(path: &str, parameters: impl Iterator<Item = (String, String)>) -> String {
    let pairs: Vec<String> = parameters
        .map(|(n, v)| format!("{}={}", encoded(&n), encoded(&v)))
        .collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

/// A path with the version that a question named, where it named one.
pub(super) fn at_version(path: &str, asked: &[(String, String)], f: Option<&str>) -> String {
    let version = asked.iter().find(|(name, _)| name == "version").cloned();
    let f = f.map(|f| ("f".to_owned(), f.to_owned()));
    address(path, f.into_iter().chain(version))
}

fn links(base: &Base, view: &View, question: &Question, page: &Page, kind: &'static str) -> Vec<Json> {
    let collection = path_of(view);
    let path = format!("{collection}/items");
    // GeoJSON comes where nothing is said, unless it is a browser that follows the link from a page.
    let said = |to: &str| match (kind, to) {
        (_, HTML) => Some("html"),
        (HTML, _) => Some("geojson"),
        _ => None,
    };
    let to = |place: &[(&str, String)], kind: &str| {
        let place = place.iter().map(|(n, v)| ((*n).to_owned(), v.clone()));
        let f = said(kind).map(|f| ("f".to_owned(), f.to_owned()));
        address(&path, question.repeated.iter().cloned().chain(place).chain(f))
    };
    let mut own = vec![];
    if question.offset > 0 {
        own.push(("offset", question.offset.to_string()));
    }
    if let Start::After(place) = &question.start {
        own.push(("after", cursor::write(place)));
    }
    let other = if kind == HTML { GEOJSON } else { HTML };
    let mut links: Vec<Json> = vec![
        base.link("self", kind, &to(&own, kind), "This page"),
        base.link("alternate", other, &to(&own, other), "This page in another format"),
        base.link(
            "collection",
            JSON,
            &at_version(&collection, &question.repeated, None),
            "The collection",
        ),
        base.link(
            "collection",
            HTML,
            &at_version(&collection, &question.repeated, Some("html")),
            "The collection, as HTML",
        ),
    ];
    if question.result == ResultType::Hits {
        return links;
    }
    if let (true, Some(last)) = (page.has_more(), page.rows.last()) {
        // A client that counts sees its own count go on, even where rows came or went meanwhile.
        let next = [
            ("offset", (question.offset + page.rows.len()).to_string()),
            ("after", cursor::write(&Position::of(view, &question.keys, *last))),
        ];
        links.push(base.link("next", kind, &to(&next, kind), "The next page"));
    }
    if question.offset > 0 {
        let back = question.offset.min(page.matched).saturating_sub(question.limit);
        let prev: &[_] = if back > 0 { &[("offset", back.to_string())] } else { &[] };
        links.push(base.link("prev", kind, &to(prev, kind), "The page before"));
    }
    links
}

/// The links of a page that was asked for by a body: the next one is asked for in the same way.
fn links_of_body(base: &Base, view: &View, question: &Question, page: &Page, body: &Map<String, Json>) -> Vec<Json> {
    let collection = path_of(view);
    let mut links = vec![
        base.link("collection", JSON, &collection, "The collection"),
        base.link(
            "collection",
            HTML,
            &format!("{collection}?f=html"),
            "The collection, as HTML",
        ),
    ];
    let mut to = |rel: &str, title: &str, place: &[(&str, Json)]| {
        let mut body = body.clone();
        ["offset", "startindex", "after"].iter().for_each(|name| {
            body.shift_remove(*name);
        });
        body.extend(place.iter().map(|(n, v)| ((*n).to_owned(), v.clone())));
        let mut link = base.link(rel, GEOJSON, &format!("{collection}/search"), title);
        link["method"] = json!("POST");
        link["body"] = Json::Object(body);
        links.push(link);
    };
    if question.result == ResultType::Hits {
        return links;
    }
    if let (true, Some(last)) = (page.has_more(), page.rows.last()) {
        let after = cursor::write(&Position::of(view, &question.keys, *last));
        let offset = question.offset + page.rows.len();
        to(
            "next",
            "The next page",
            &[("offset", json!(offset)), ("after", json!(after))],
        );
    }
    if question.offset > 0 {
        let back = question.offset.min(page.matched).saturating_sub(question.limit);
        to("prev", "The page before", &[("offset", json!(back))]);
    }
    links
}
