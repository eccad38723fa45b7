//! Features and one feature (OGC 17-069r4, 7.15 and 7.16), as GeoJSON.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::collections::{CRS84, view_of};
use super::error::ApiError;
use super::links::{Base, GEOJSON, JSON, encoded};
use super::params::{Params, shortened, unknown, whole_number};
use super::respond::{self, Keep};
use crate::encode::geojson::FeatureWriter;
use crate::model::crs::LonLatBox;
use crate::model::feature::{FeatureId, FieldType, Value};
use crate::model::predicate::{Comparison, Predicate};
use crate::query::select::{self, Page, Selection, Start};
use crate::query::view::{Row, View};
use crate::serve::state::App;

/// Features per page where nothing is said, and at most.
pub(super) const DEFAULT_LIMIT: u64 = 100;
pub(super) const MAX_LIMIT: u64 = 10_000;

/// The longest a request may take (DESIGN §3, Limits).
pub(super) const TIME: Duration = Duration::from_secs(10);

/// Parameters of `items` besides the fields of the collection.
pub(super) const KNOWN: [&str; 10] = [
    "limit",
    "bbox",
    "datetime",
    "offset",
    "startindex",
    "after",
    "f",
    "v",
    "crs",
    "bbox-crs",
];

/// `GET /collections/{collection}/items`.
pub(super) async fn items(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    base: Base,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let view = view_of(&app, &collection)?;
    let question = Question::read(&view, params)?;
    let body = app
        .workers
        .run(TIME, move |stop| {
            let page = select::page(&view, &question.selection, &question.start, question.limit, &|| {
                stop.is_set()
            })?;
            Ok::<_, ApiError>(write_page(&base, &view, &question, &page))
        })
        .await??;
    respond::timed(&headers, GEOJSON, body, &time_stamp())
}

/// The end of a page: the time, apart from the rest because it alone differs between equal answers.
fn time_stamp() -> Vec<u8> {
    let now = OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap_or(now);
    format!(",\"timeStamp\":\"{}\"}}", now.format(&Rfc3339).unwrap_or_default()).into_bytes()
}

/// `GET /collections/{collection}/items/{id}`.
pub(super) async fn item(
    State(app): State<Arc<App>>,
    Path((collection, id)): Path<(String, String)>,
    base: Base,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, ApiError> {
    let view = view_of(&app, &collection)?;
    take_format(&mut params)?;
    params.take("v");
    take_crs(&mut params, "crs")?;
    params.finish(&["f", "v", "crs"])?;
    let unknown = || ApiError::NotFound {
        what: "feature",
        name: shortened(&id),
        see: "the collection's items",
    };
    let row = find(&view, &id).ok_or_else(unknown)?;
    let path = collection_path(&view);
    let links = json!([
        base.link(
            "self",
            GEOJSON,
            &format!("{path}/items/{}", encoded(&id)),
            "This feature"
        ),
        base.link("collection", JSON, &path, "Its collection"),
    ]);
    let mut body = vec![];
    FeatureWriter::new(&view).feature(&mut body, row, &format!("\"links\":{links}"));
    respond::bytes(&headers, GEOJSON, Keep::Revalidate, body)
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

fn collection_path(view: &View) -> String {
    format!("/collections/{}", encoded(view.info().id.as_str()))
}

fn take_format(params: &mut Params) -> Result<(), ApiError> {
    match params.take("f").as_deref() {
        None | Some("json" | "geojson") => Ok(()),
        Some(_) => Err(ApiError::parameter("f", "use geojson")),
    }
}

/// Takes a CRS, which can only be the one that collections list; clients send it all the same (GDAL).
fn take_crs(params: &mut Params, name: &str) -> Result<Option<String>, ApiError> {
    match params.take(name) {
        Some(uri) if uri != CRS84 => Err(ApiError::parameter(
            name,
            format!("only {CRS84} is listed by the collection"),
        )),
        given => Ok(given),
    }
}

/// A request for items, read.
struct Question {
    selection: Selection,
    start: Start,
    limit: usize,
    /// Name and value of what the next page has to repeat.
    repeated: Vec<(String, String)>,
    /// The position that the client believes to be at.
    offset: usize,
}

impl Question {
    fn read(view: &View, mut params: Params) -> Result<Self, ApiError> {
        take_format(&mut params)?;
        params.take("v");
        let mut repeated = vec![];
        let limit = match params.take("limit") {
            None => DEFAULT_LIMIT,
            Some(text) => {
                let limit = whole_number("limit", &text, 1)?.min(MAX_LIMIT);
                repeated.push(("limit".to_owned(), limit.to_string()));
                limit
            }
        };
        let area = params.take("bbox").map(|text| {
            repeated.push(("bbox".to_owned(), text.clone()));
            read_bbox(&text)
        });
        for name in ["crs", "bbox-crs"] {
            repeated.extend(take_crs(&mut params, name)?.map(|uri| (name.to_owned(), uri)));
        }
        if let Some(text) = params.take("datetime") {
            // No layer has a time yet, and features without a time match every interval (7.15.4).
            check_datetime(&text)?;
            repeated.push(("datetime".to_owned(), text));
        }
        let position = match (params.take("offset"), params.take("startindex")) {
            (Some(_), Some(_)) => {
                return Err(ApiError::parameter(
                    "startindex",
                    "is another name of offset; give one of them",
                ));
            }
            (Some(text), None) => Some(whole_number("offset", &text, 0)?),
            (None, Some(text)) => Some(whole_number("startindex", &text, 0)?),
            (None, None) => None,
        };
        let offset = usize::try_from(position.unwrap_or(0)).unwrap_or(usize::MAX);
        let start = match params.take("after") {
            Some(text) => Start::After(read_after(&text)?),
            None => Start::Offset(offset),
        };
        let mut conditions = vec![];
        for name in params.names() {
            let Some(field) = view.field(&name) else {
                let fields = view.fields().iter().map(|f| f.name.as_str());
                return Err(unknown(name, &KNOWN.into_iter().chain(fields).collect::<Vec<_>>()));
            };
            let text = params.take(&name).unwrap_or_default();
            let value = read_value(&name, &text, view.fields()[field].kind)?;
            conditions.push(Predicate::Compare {
                field: name.clone(),
                op: Comparison::Equal,
                value,
            });
            repeated.push((name, text));
        }
        let predicate = (!conditions.is_empty()).then_some(Predicate::And(conditions));
        let selection = Selection {
            area: area.transpose()?,
            predicate,
        };
        Ok(Self {
            selection,
            start,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            repeated,
            offset,
        })
    }
}

fn read_bbox(text: &str) -> Result<LonLatBox, ApiError> {
    let bad = |reason: String| ApiError::parameter("bbox", reason);
    let numbers: Option<Vec<f64>> = text.split(',').take(7).map(|n| n.trim().parse().ok()).collect();
    let edges = match numbers.as_deref() {
        Some([w, s, e, n]) => [*w, *s, *e, *n],
        // With heights: they are no limit to features that have none.
        Some([w, s, _, e, n, _]) => [*w, *s, *e, *n],
        _ => {
            return Err(bad(
                "four numbers are wanted (or six with heights): west,south,east,north in degrees".into(),
            ));
        }
    };
    LonLatBox::new(edges[0], edges[1], edges[2], edges[3])
        .map_err(|e| bad(format!("{e}; the order is west,south,east,north")))
}

/// An instant, a day, or an interval of these with open ends (RFC 3339; OGC 17-069r4, 7.15.4).
fn check_datetime(text: &str) -> Result<(), ApiError> {
    let day = |t: &str| {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        time::Date::parse(t, &format).is_ok()
    };
    let point = |t: &str| day(t) || OffsetDateTime::parse(t, &Rfc3339).is_ok();
    let open = |t: &str| t.is_empty() || t == ".." || point(t);
    let valid = match text.split_once('/') {
        None => point(text),
        Some((a, b)) => open(a) && open(b) && (point(a) || point(b)),
    };
    if valid {
        return Ok(());
    }
    Err(ApiError::parameter(
        "datetime",
        "a day (2026-11-21), an instant (2026-11-21T10:00:00Z) or an interval (a/b, a/.., ../b) is wanted",
    ))
}

fn read_value(name: &str, text: &str, kind: FieldType) -> Result<Value, ApiError> {
    let bad = |wanted: &str| ApiError::parameter(name, format!("\"{}\" is not {wanted}", shortened(text)));
    match kind {
        FieldType::Int | FieldType::Float => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(n), _) => Ok(Value::Int(n)),
            (_, Ok(x)) if x.is_finite() => Ok(Value::Float(x)),
            _ => Err(bad("a number")),
        },
        FieldType::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(bad("true or false")),
        },
        FieldType::Text | FieldType::Date | FieldType::DateTime | FieldType::Json => Ok(Value::Text(text.to_owned())),
    }
}

/// The opaque part of a page's address: the id before it, marked as number or text.
fn write_after(id: &FeatureId) -> String {
    match id {
        FeatureId::Int(n) => format!("n{n}"),
        FeatureId::Text(s) => format!("t{s}"),
    }
}

fn read_after(text: &str) -> Result<FeatureId, ApiError> {
    let number = || text.strip_prefix('n').and_then(|n| n.parse().ok()).map(FeatureId::Int);
    let words = || text.strip_prefix('t').map(|t| FeatureId::Text(t.to_owned()));
    number()
        .or_else(words)
        .ok_or_else(|| ApiError::parameter("after", "take it as it stands in the next link of a page"))
}

fn write_page(base: &Base, view: &View, question: &Question, page: &Page) -> Vec<u8> {
    let path = format!("{}/items", collection_path(view));
    let query = |extra: &[(String, String)]| {
        let pairs: Vec<String> = question
            .repeated
            .iter()
            .chain(extra)
            .map(|(n, v)| format!("{}={}", encoded(n), encoded(v)))
            .collect();
        if pairs.is_empty() {
            path.clone()
        } else {
            format!("{path}?{}", pairs.join("&"))
        }
    };
    let mut own = vec![];
    if question.offset > 0 {
        own.push(("offset".to_owned(), question.offset.to_string()));
    }
    if let Start::After(id) = &question.start {
        own.push(("after".to_owned(), write_after(id)));
    }
    let mut links: Vec<Json> = vec![
        base.link("self", GEOJSON, &query(&own), "This page"),
        base.link("collection", JSON, &collection_path(view), "The collection"),
    ];
    if let (true, Some(last)) = (page.has_more(), page.rows.last()) {
        let after = write_after(&view.id(*last).to_owned());
        // A client that counts sees its own count go on, even where rows came or went meanwhile.
        let offset = question.offset + page.rows.len();
        let next = [("offset".to_owned(), offset.to_string()), ("after".to_owned(), after)];
        links.push(base.link("next", GEOJSON, &query(&next), "The next page"));
    }
    let mut out = Vec::with_capacity(512 + page.rows.len() * 512);
    out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
    let writer = FeatureWriter::new(view);
    for (i, row) in page.rows.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        writer.feature(&mut out, *row, "");
    }
    let tail = json!({
        "numberMatched": page.matched,
        "numberReturned": page.rows.len(),
        "links": links,
    });
    // The tail is an object: its members follow the features, and the time stamp follows them.
    let tail = tail.to_string();
    out.extend_from_slice(b"],");
    out.extend_from_slice(tail.trim_start_matches('{').trim_end_matches('}').as_bytes());
    out
}
