//! What a request for features asks, read from its parameters.

use serde_json::{Map, Value as Json};

use super::crs::NamedCrs;
use super::cursor;
use super::error::ApiError;
use super::filter;
use super::params::{Params, shortened, unknown, whole_number};
use super::schema::{is_queryable, is_sortable};
use crate::encode::geojson::Geometries;
use crate::model::crs::Area;
use crate::model::feature::{FieldType, Value};
use crate::model::predicate::{Comparison, Node, Op, Predicate};
use crate::model::time::TimeSpan;
use crate::query::evaluate::Filter;
use crate::query::select::{Selection, Start};
use crate::query::sort::{Direction, SortKey};
use crate::query::view::View;

/// Features per page where nothing is said, and at most.
pub(super) const DEFAULT_LIMIT: u64 = 100;
pub(super) const MAX_LIMIT: u64 = 10_000;

/// Parameters of `items` besides the fields of the collection.
pub(super) const KNOWN: [&str; 19] = [
    "limit",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "offset",
    "startindex",
    "after",
    "sortby",
    "properties",
    "skipGeometry",
    "resultType",
    "filter",
    "filter-lang",
    "filter-crs",
    "f",
    "lang",
    "v",
    "version",
];

/// Whether features are wanted, or their number alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultType {
    /// A page of features.
    Results,
    /// How many there are.
    Hits,
}

/// How features are to be written.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// In which system.
    pub(super) crs: NamedCrs,
    /// The places of the fields wanted; all where absent.
    pub(super) fields: Option<Vec<usize>>,
    /// With their geometry, or without.
    pub(super) geometries: Geometries,
    /// The parameters that said so, to be repeated in links.
    pub(super) repeated: Vec<(String, String)>,
}

impl Shape {
    /// Takes `crs`, `properties` and `skipGeometry`; `version`, by which the view was found, is repeated with them.
    pub(super) fn take(params: &mut Params, view: &View) -> Result<Self, ApiError> {
        let mut repeated = vec![];
        for name in ["crs", "properties", "skipGeometry", "version"] {
            if let Some(value) = params.look(name) {
                repeated.push((name.to_owned(), value.to_owned()));
            }
        }
        params.take("version");
        let crs = NamedCrs::take(params, "crs", view)?;
        let fields = params.take("properties").map(|t| read_fields(&t, view)).transpose()?;
        let geometries = match params.take("skipGeometry").as_deref() {
            None | Some("false") => Geometries::Written,
            Some("true") => Geometries::Skipped,
            Some(_) => return Err(ApiError::parameter("skipGeometry", "use true or false")),
        };
        Ok(Self {
            crs,
            fields,
            geometries,
            repeated,
        })
    }
}

/// A question, and the words in which it was asked.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) selection: Selection,
    pub(super) keys: Vec<SortKey>,
    pub(super) start: Start,
    pub(super) limit: usize,
    /// Where the client is by its own count.
    pub(super) offset: usize,
    pub(super) result: ResultType,
    pub(super) shape: Shape,
    /// All parameters but those of the page's place, for links.
    pub(super) repeated: Vec<(String, String)>,
    /// The body that it came in; its links repeat it.
    pub(super) body: Option<Map<String, Json>>,
}

impl Question {
    /// Reads all parameters that are left; `f` and `lang` were taken.
    pub(super) fn read(view: &View, params: &mut Params) -> Result<Self, ApiError> {
        let mut repeated: Vec<(String, String)> = vec![];
        let plain = ["limit", "bbox", "bbox-crs", "datetime", "sortby", "resultType", "v"];
        for name in plain.into_iter().chain(filter::NAMES) {
            if let Some(value) = params.look(name) {
                repeated.push((name.to_owned(), value.to_owned()));
            }
        }
        let limit = params
            .take("limit")
            .map_or(Ok(DEFAULT_LIMIT), |t| whole_number("limit", &t, 1))?
            .min(MAX_LIMIT);
        let box_crs = NamedCrs::take(params, "bbox-crs", view)?;
        let area = params.take("bbox").map(|t| read_bbox(&t, &box_crs)).transpose()?;
        let time = params
            .take("datetime")
            .map(|t| TimeSpan::parse(&t).map_err(|e| ApiError::parameter("datetime", e.to_string())))
            .transpose()?;
        let keys = params.take("sortby").map_or(Ok(vec![]), |t| read_keys(&t, view))?;
        let result = match params.take("resultType").as_deref() {
            None | Some("results") => ResultType::Results,
            Some("hits") => ResultType::Hits,
            Some(_) => return Err(ApiError::parameter("resultType", "use results or hits")),
        };
        let (start, offset) = read_start(params, &keys)?;
        params.take("v");
        let shape = Shape::take(params, view)?;
        repeated.extend(shape.repeated.iter().cloned());
        let asked = filter::take(params, view)?;
        let filter = read_conditions(params, view, asked, &mut repeated)?;
        Ok(Self {
            selection: Selection { area, time, filter },
            keys,
            start,
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            offset,
            result,
            shape,
            repeated,
            body: None,
        })
    }
}

/// Where the page starts: `after` where it stands, since it survives changes; else the position.
fn read_start(params: &mut Params, keys: &[SortKey]) -> Result<(Start, usize), ApiError> {
    let position = match (params.take("offset"), params.take("startindex")) {
        (Some(a), Some(b)) if a != b => {
            return Err(ApiError::parameter(
                "startindex",
                "is another name of offset; give one of them",
            ));
        }
        (Some(text), _) => whole_number("offset", &text, 0)?,
        (None, Some(text)) => whole_number("startindex", &text, 0)?,
        (None, None) => 0,
    };
    let offset = usize::try_from(position).unwrap_or(usize::MAX);
    let start = match params.take("after") {
        Some(text) => Start::After(cursor::read(&text, keys.len())?),
        None => Start::Offset(offset),
    };
    Ok((start, offset))
}

/// Adds what is asked by `field=value` to a filter.
fn read_conditions(
    params: &mut Params,
    view: &View,
    filter: Option<Filter>,
    repeated: &mut Vec<(String, String)>,
) -> Result<Option<Filter>, ApiError> {
    let queryable = |name: &String| view.field(name).filter(|f| is_queryable(&view.fields()[*f]));
    let mut conditions = vec![];
    for name in params.names() {
        let Some(field) = queryable(&name) else {
            let fields = view.fields().iter().map(|f| f.name.as_str());
            return Err(unknown(name, &KNOWN.into_iter().chain(fields).collect::<Vec<_>>()));
        };
        let text = params.take(&name).unwrap_or_default();
        let value = Predicate::new(read_value(&name, &text, view.fields()[field].kind)?);
        let property = Predicate::new(Node::Property(name.clone()));
        conditions.push(Predicate::new(Node::Call(
            Op::Compare(Comparison::Equal),
            vec![property, value],
        )));
        repeated.push((name, text));
    }
    let Some(mut filter) = filter else {
        return Ok(Predicate::all(conditions).map(Filter::of));
    };
    conditions.insert(0, filter.predicate);
    let all = Predicate::all(conditions);
    filter.predicate = all.unwrap_or_else(|| Predicate::new(Node::Bool(true)));
    Ok(Some(filter))
}

fn read_bbox(text: &str, crs: &NamedCrs) -> Result<Area, ApiError> {
    let numbers: Option<Vec<f64>> = text.split(',').take(7).map(|n| n.trim().parse().ok()).collect();
    crs.area(&numbers.unwrap_or_default())
}

fn read_fields(text: &str, view: &View) -> Result<Vec<usize>, ApiError> {
    let mut fields = vec![];
    for name in text.split(',') {
        let field = view.field(name).ok_or_else(|| no_field("properties", name, view))?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    // In the order of the source, whatever the order asked: a feature looks the same each time.
    fields.sort_unstable();
    Ok(fields)
}

/// `+a,-b`: a plus, which the query turns into a space, or nothing is ascending.
fn read_keys(text: &str, view: &View) -> Result<Vec<SortKey>, ApiError> {
    let mut keys: Vec<SortKey> = vec![];
    for part in text.split(',') {
        let (name, direction) = match part.strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (part.strip_prefix(['+', ' ']).unwrap_or(part), Direction::Ascending),
        };
        let sortable = |f: &usize| is_sortable(&view.fields()[*f]);
        let field = view.field(name).filter(sortable);
        let field = field.ok_or_else(|| no_field("sortby", name, view))?;
        if keys.iter().all(|k| k.field != field) {
            keys.push(SortKey { field, direction });
        }
    }
    Ok(keys)
}

fn no_field(parameter: &str, name: &str, view: &View) -> ApiError {
    let known: Vec<&str> = view.fields().iter().map(|f| f.name.as_str()).collect();
    ApiError::parameter(
        parameter,
        format!(
            "\"{}\" is no field of this collection that can stand here; there are {}",
            shortened(name),
            known.join(", ")
        ),
    )
}

/// The literal that a parameter's text is.
fn read_value(name: &str, text: &str, kind: FieldType) -> Result<Node, ApiError> {
    let bad = |wanted: &str| ApiError::parameter(name, format!("\"{}\" is not {wanted}", shortened(text)));
    match kind {
        FieldType::Int => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            // Beyond 64 bits it is a whole number still, which no feature has.
            let beyond = || whole.then(|| text.parse().ok()).flatten().map(Value::Float);
            let read = text.parse().ok().map(Value::Int).or_else(beyond);
            read.map(Node::Number).ok_or_else(|| bad("a whole number"))
        }
        FieldType::Float => match text.parse::<f64>() {
            Ok(x) if x.is_finite() => Ok(Node::Number(Value::Float(x))),
            _ => Err(bad("a number")),
        },
        FieldType::Bool => match text {
            "true" => Ok(Node::Bool(true)),
            "false" => Ok(Node::Bool(false)),
            _ => Err(bad("true or false")),
        },
        FieldType::Date | FieldType::DateTime => {
            let time = TimeSpan::of_point(text);
            time.map(Node::Time)
                .ok_or_else(|| bad("a day (2026-11-21) or an instant (2026-11-21T10:00:00Z)"))
        }
        FieldType::Text | FieldType::Json => Ok(Node::Text(text.to_owned())),
    }
}
