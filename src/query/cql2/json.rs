//! CQL2 as JSON (OGC 21-065r2, 10; schema 1.0.1).
//!
//! Members that the schema does not know are refused, so that nothing is ignored. The depth of JSON is bounded by its
//! reader (128 levels, two for each operator).

use geo::{Coord, LineString};
use serde_json::{Map, Value as Json};

use super::bounds::{MAX_DEPTH, vertices};
use super::checked_count;
use super::error::FilterError;
use super::geometry::{self, Coordinates};
use super::lexer::short;
use super::text::read_time;
use crate::model::feature::Value;
use crate::model::predicate::{Node, Op, Place, Predicate};

/// The error of a text that is no JSON; `text` is what was read.
pub(super) fn syntax(text: &str, error: &serde_json::Error) -> FilterError {
    if error.to_string().starts_with("recursion limit") {
        return FilterError::TooDeep(Place::Nowhere);
    }
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let before: usize = lines.map(|l| l.chars().count()).sum();
    let words = error.to_string();
    FilterError::NoJson {
        reason: words.split(" at line ").next().unwrap_or_default().to_owned(),
        character: before + error.column(),
    }
}

/// Reads a filter.
pub(super) fn parse(filter: &Json) -> Result<Predicate, FilterError> {
    read(filter, &mut String::new(), 0)
}

/// A part, at a pointer that is lengthened and shortened on the way.
fn read(json: &Json, path: &mut String, depth: usize) -> Result<Predicate, FilterError> {
    let place = Place::Pointer(path.clone());
    if depth > MAX_DEPTH {
        return Err(FilterError::TooDeep(place));
    }
    let node = match json {
        Json::Bool(truth) => Node::Bool(*truth),
        Json::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(n), _) => Node::Number(Value::Int(n)),
            (None, Some(x)) => Predicate::number(x),
            (None, None) => return Err(wrong("a number of 64 bits", json, place)),
        },
        Json::String(text) => Node::Text(text.clone()),
        Json::Array(items) => Node::Array(read_all(items, path, depth + 1)?),
        Json::Object(object) => return read_object(object, json, path, depth),
        Json::Null => return Err(wrong("a value (isNull asks for none)", json, place)),
    };
    Ok(Predicate::at(node, place))
}

fn read_all(items: &[Json], path: &mut String, depth: usize) -> Result<Vec<Predicate>, FilterError> {
    let mut parts = Vec::with_capacity(items.len().min(64));
    for (i, item) in items.iter().enumerate() {
        parts.push(under(path, &i.to_string(), |path| read(item, path, depth))?);
    }
    Ok(parts)
}

fn under<T>(path: &mut String, step: &str, read: impl FnOnce(&mut String) -> T) -> T {
    let length = path.len();
    path.push('/');
    path.push_str(step);
    let found = read(path);
    path.truncate(length);
    found
}

fn read_object(
    object: &Map<String, Json>,
    json: &Json,
    path: &mut String,
    depth: usize,
) -> Result<Predicate, FilterError> {
    let place = Place::Pointer(path.clone());
    let only = |known: &[&str]| {
        let stranger = object.keys().find(|k| !known.contains(&k.as_str()));
        stranger.map_or(Ok(()), |k| {
            Err(FilterError::Syntax {
                wanted: known.join(" and "),
                found: format!("\"{}\"", short(k)),
                place: place.clone(),
            })
        })
    };
    let text = |name: &str| {
        let value = object.get(name)?;
        Some(
            value
                .as_str()
                .ok_or_else(|| wrong("a text", value, under_place(path, name))),
        )
    };
    if let Some(op) = text("op") {
        only(&["op", "args"])?;
        return read_call(op?, object.get("args"), path, depth);
    }
    let node = if let Some(name) = text("property") {
        only(&["property"])?;
        Node::Property(name?.to_owned())
    } else if let Some(day) = text("date") {
        only(&["date"])?;
        Node::Time(read_time(day?, Some(true), &under_place(path, "date"))?)
    } else if let Some(instant) = text("timestamp") {
        only(&["timestamp"])?;
        Node::Time(read_time(instant?, Some(false), &under_place(path, "timestamp"))?)
    } else if let Some(bounds) = object.get("interval") {
        only(&["interval"])?;
        return under(path, "interval", |path| read_interval(bounds, path, depth));
    } else if let Some(kind) = text("type") {
        only(&["type", "coordinates", "geometries", "bbox"])?;
        let mut points = 0;
        Node::Geometry(Box::new(read_geometry(
            kind?,
            object,
            &place,
            &mut points,
            Nested::Allowed,
        )?))
    } else if let Some(numbers) = object.get("bbox") {
        only(&["bbox"])?;
        let numbers: Option<Vec<f64>> = numbers
            .as_array()
            .and_then(|a| a.iter().take(7).map(Json::as_f64).collect());
        geometry::bbox(&numbers.unwrap_or_default(), &place)?
    } else {
        return Err(wrong(
            "an object with op, property, date, timestamp, interval, bbox or type",
            json,
            place,
        ));
    };
    Ok(Predicate::at(node, place))
}

fn under_place(path: &str, step: &str) -> Place {
    Place::Pointer(format!("{path}/{step}"))
}

fn read_call(name: &str, args: Option<&Json>, path: &mut String, depth: usize) -> Result<Predicate, FilterError> {
    let place = Place::Pointer(path.clone());
    let Some(Json::Array(args)) = args else {
        return Err(FilterError::Syntax {
            wanted: "a list \"args\"".to_owned(),
            found: "none".to_owned(),
            place,
        });
    };
    let op = Op::of_name(name);
    if let Some(op) = op {
        checked_count(op, args.len(), &place)?;
        if op == Op::In && args[1].as_array().is_none_or(Vec::is_empty) {
            return Err(wrong("a list of values", &args[1], under_place(path, "args/1")));
        }
    }
    let parts = under(path, "args", |path| read_all(args, path, depth + 1))?;
    Ok(match op {
        Some(op @ (Op::And | Op::Or)) => Predicate::joined(op, parts, place),
        Some(op) => Predicate::at(Node::Call(op, parts), place),
        None => Predicate::at(Node::Function(name.to_owned(), parts), place),
    })
}

fn read_interval(bounds: &Json, path: &mut String, depth: usize) -> Result<Predicate, FilterError> {
    let place = Place::Pointer(path.clone());
    let Some([from, to]) = bounds.as_array().map(Vec::as_slice) else {
        return Err(wrong("a list of two times", bounds, place));
    };
    let mut side = |i: usize, json: &Json| {
        under(path, &i.to_string(), |path| match json {
            Json::String(text) if text == ".." => Ok(None),
            Json::String(text) => {
                let place = Place::Pointer(path.clone());
                let time = read_time(text, None, &place)?;
                Ok(Some(Predicate::at(Node::Time(time), place)))
            }
            other => read(other, path, depth + 1).map(Some),
        })
    };
    let bounds = [side(0, from)?, side(1, to)?];
    Ok(Predicate::at(Node::Interval(Box::new(bounds)), place))
}

/// Whether a collection may stand here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nested {
    Allowed,
    Refused,
}

fn read_geometry(
    kind: &str,
    object: &Map<String, Json>,
    place: &Place,
    points: &mut usize,
    nested: Nested,
) -> Result<geo::Geometry<f64>, FilterError> {
    let wrong = |reason: &str| geometry::wrong(reason, place);
    if kind == "GeometryCollection" && nested == Nested::Allowed {
        let members = object.get("geometries").and_then(Json::as_array);
        let members = members
            .filter(|m| !m.is_empty())
            .ok_or_else(|| geometry::empty(place))?;
        let member = |json: &Json| {
            let object = json.as_object().ok_or_else(|| wrong("a member is no geometry"))?;
            let kind = object.get("type").and_then(Json::as_str).unwrap_or_default();
            read_geometry(kind, object, place, points, Nested::Refused)
        };
        return Ok(geometry::collection(
            members.iter().map(member).collect::<Result<_, _>>()?,
        ));
    }
    let name = kind.to_ascii_uppercase();
    if geometry::kind_of(&name).is_none() {
        return Err(wrong("its type is not known"));
    }
    let json = object
        .get("coordinates")
        .ok_or_else(|| wrong("it has no coordinates"))?;
    let coordinates = coordinates(json, place, points, 0)?;
    geometry::build(&name, coordinates, place)
}

fn coordinates(json: &Json, place: &Place, points: &mut usize, depth: usize) -> Result<Coordinates, FilterError> {
    let wrong = || geometry::wrong("its coordinates are no lists of numbers", place);
    let list = json.as_array().filter(|_| depth < 4).ok_or_else(wrong)?;
    let is_point = |json: &Json| json.as_array().is_some_and(|p| p.first().is_some_and(Json::is_number));
    if is_point(json) {
        *points += 1;
        vertices(*points, place)?;
        return Ok(Coordinates::Line(LineString::new(vec![point(list).ok_or_else(wrong)?])));
    }
    if list.first().is_none_or(is_point) {
        *points += list.len();
        vertices(*points, place)?;
        let points = list.iter().map(|p| point(p.as_array()?)).collect::<Option<Vec<_>>>();
        return Ok(Coordinates::Line(LineString::new(points.ok_or_else(wrong)?)));
    }
    let members = list.iter().map(|m| coordinates(m, place, points, depth + 1));
    Ok(Coordinates::List(members.collect::<Result<_, _>>()?))
}

/// Two numbers; a height and what follows is no limit.
fn point(numbers: &[Json]) -> Option<Coord<f64>> {
    let (x, y) = (numbers.first()?.as_f64()?, numbers.get(1)?.as_f64()?);
    numbers.iter().all(Json::is_number).then_some(Coord { x, y })
}

fn wrong(wanted: &str, found: &Json, place: Place) -> FilterError {
    FilterError::Syntax {
        wanted: wanted.to_owned(),
        found: short(&found.to_string()),
        place,
    }
}
