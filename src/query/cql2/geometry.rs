//! Geometries of a filter, put together of their coordinates, from text and JSON alike.

use geo::geometry::{Geometry, GeometryCollection, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use geo::{Coord, LineString};

use super::error::FilterError;
use crate::model::predicate::{Node, Place};

/// Points, and lists of them: a point is a line of one.
pub(super) enum Coordinates {
    Line(LineString<f64>),
    List(Vec<Coordinates>),
}

/// The kinds that have coordinates, by their name in capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
}

/// The kind of a name in capitals.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "POINT" => Kind::Point,
        "LINESTRING" => Kind::LineString,
        "POLYGON" => Kind::Polygon,
        "MULTIPOINT" => Kind::MultiPoint,
        "MULTILINESTRING" => Kind::MultiLineString,
        "MULTIPOLYGON" => Kind::MultiPolygon,
        _ => return None,
    })
}

pub(super) fn wrong(reason: &str, place: &Place) -> FilterError {
    FilterError::Geometry {
        reason: reason.to_owned(),
        place: place.clone(),
    }
}

pub(super) fn empty(place: &Place) -> FilterError {
    wrong("it is empty", place)
}

/// Several geometries as one; nothing is nested in it.
pub(super) fn collection(members: Vec<Geometry<f64>>) -> Geometry<f64> {
    Geometry::GeometryCollection(GeometryCollection(members))
}

/// The geometry of a name in capitals.
pub(super) fn build(name: &str, coordinates: Coordinates, place: &Place) -> Result<Geometry<f64>, FilterError> {
    let kind = kind_of(name).ok_or_else(|| wrong("its type is not known", place))?;
    let uneven = || wrong("its lists of points are not nested as its type wants", place);
    Ok(match (kind, coordinates) {
        (Kind::Point, Coordinates::Line(line)) => Geometry::Point(Point(one(&line, place)?)),
        (Kind::LineString, Coordinates::Line(line)) => Geometry::LineString(long(line, place)?),
        (Kind::Polygon, Coordinates::List(rings)) => Geometry::Polygon(polygon(rings, place)?),
        // Both ((1 2), (3 4)) and (1 2, 3 4) are written.
        (Kind::MultiPoint, Coordinates::Line(line)) => {
            if line.0.is_empty() {
                return Err(empty(place));
            }
            Geometry::MultiPoint(MultiPoint(line.0.into_iter().map(Point).collect()))
        }
        (Kind::MultiPoint, Coordinates::List(points)) => {
            let point = |c: Coordinates| match c {
                Coordinates::Line(line) => one(&line, place).map(Point),
                Coordinates::List(_) => Err(uneven()),
            };
            Geometry::MultiPoint(MultiPoint(points.into_iter().map(point).collect::<Result<_, _>>()?))
        }
        (Kind::MultiLineString, Coordinates::List(lines)) => {
            let line = |c: Coordinates| match c {
                Coordinates::Line(line) => long(line, place),
                Coordinates::List(_) => Err(uneven()),
            };
            let lines = lines.into_iter().map(line).collect::<Result<_, _>>()?;
            Geometry::MultiLineString(MultiLineString(lines))
        }
        (Kind::MultiPolygon, Coordinates::List(polygons)) => {
            let one = |c: Coordinates| match c {
                Coordinates::List(rings) => polygon(rings, place),
                Coordinates::Line(_) => Err(uneven()),
            };
            let polygons = polygons.into_iter().map(one).collect::<Result<_, _>>()?;
            Geometry::MultiPolygon(MultiPolygon(polygons))
        }
        _ => return Err(uneven()),
    })
}

fn one(line: &LineString<f64>, place: &Place) -> Result<Coord<f64>, FilterError> {
    match line.0.as_slice() {
        [point] => Ok(*point),
        [] => Err(empty(place)),
        _ => Err(wrong("a point is one pair of coordinates", place)),
    }
}

fn long(line: LineString<f64>, place: &Place) -> Result<LineString<f64>, FilterError> {
    match line.0.len() {
        0 => Err(empty(place)),
        1 => Err(wrong("a line has at least two points", place)),
        _ => Ok(line),
    }
}

fn polygon(rings: Vec<Coordinates>, place: &Place) -> Result<Polygon<f64>, FilterError> {
    let ring = |c: Coordinates| match c {
        Coordinates::Line(line) if line.0.len() < 4 => Err(wrong("a ring has at least four points", place)),
        Coordinates::Line(line) if line.0.first() != line.0.last() => Err(wrong(
            "a ring ends where it begins; repeat its first point at the end",
            place,
        )),
        Coordinates::Line(line) => Ok(line),
        Coordinates::List(_) => Err(wrong("its lists of points are not nested as its type wants", place)),
    };
    let mut rings = rings.into_iter().map(ring).collect::<Result<Vec<_>, _>>()?;
    if rings.is_empty() {
        return Err(empty(place));
    }
    let outer = rings.remove(0);
    Ok(Polygon::new(outer, rings))
}

/// A box of four numbers, or of six with heights, which are no limit.
pub(super) fn bbox(numbers: &[f64], place: &Place) -> Result<Node, FilterError> {
    match *numbers {
        [a, b, c, d] => Ok(Node::Bbox([a, b, c, d])),
        [a, b, low, c, d, high] if low <= high => Ok(Node::Bbox([a, b, c, d])),
        [_, _, _, _, _, _] => Err(wrong("its lowest height lies above its highest", place)),
        _ => Err(wrong("a box has four numbers, or six with heights", place)),
    }
}
