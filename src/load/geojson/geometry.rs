//! A GeoJSON geometry (RFC 7946, 3.1) into a shape.
//!
//! Coordinates are read whatever their nesting, since `type` may stand behind them; the type then
//! says what the nesting means. Collections become the multi-geometry of their highest dimension.

use super::cursor::{Cursor, Stop};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Shape, ShapeNotes};

/// Collections nested deeper than this are refused.
const DEEPEST: u32 = 32;

/// Reads a geometry or null. On an error the shape is undefined.
pub(super) fn read_geometry(c: &mut Cursor<'_>, shape: &mut Shape, notes: &mut ShapeNotes) -> Result<(), Stop> {
    read_nested(c, shape, notes, 0)
}

fn read_nested(c: &mut Cursor<'_>, shape: &mut Shape, notes: &mut ShapeNotes, depth: u32) -> Result<(), Stop> {
    shape.start(GeometryKind::None);
    if c.peek()? == b'n' {
        return c.literal("null");
    }
    if depth > DEEPEST {
        return Err(Stop::Shape("collections nested too deep"));
    }
    if c.peek()? != b'{' {
        return Err(Stop::Shape("the geometry is no object"));
    }
    c.expect(b'{', "an object")?;
    let (mut kind, mut level, mut members): (_, _, Option<Vec<Shape>>) = (None, None, None);
    if !c.take_if(b'}')? {
        loop {
            let (key, _) = c.key()?;
            match key {
                b"\"type\"" => kind = Some(read_type(c)?),
                b"\"coordinates\"" => {
                    shape.start(GeometryKind::None);
                    level = Some(read_coordinates(c, shape, notes, 0)?);
                }
                b"\"geometries\"" => members = Some(read_members(c, notes, depth)?),
                _ => {
                    c.skip()?;
                }
            }
            if !c.another(b'}')? {
                break;
            }
        }
    }
    match (kind, level, members) {
        (Some(Kind::Simple(kind)), Some(level), _) => give_kind(shape, kind, level),
        (Some(Kind::Collection), _, Some(members)) => {
            join(shape, &members, notes);
            Ok(())
        }
        (None, _, _) => Err(Stop::Shape("the geometry has no type")),
        _ => Err(Stop::Shape("the geometry has no coordinates")),
    }
}

enum Kind {
    Simple(GeometryKind),
    Collection,
}

fn read_type(c: &mut Cursor<'_>) -> Result<Kind, Stop> {
    if c.peek()? != b'"' {
        return Err(Stop::Shape("the geometry's type is no text"));
    }
    let kind = match c.raw_string()?.0 {
        b"\"Point\"" => GeometryKind::Point,
        b"\"LineString\"" => GeometryKind::LineString,
        b"\"Polygon\"" => GeometryKind::Polygon,
        b"\"MultiPoint\"" => GeometryKind::MultiPoint,
        b"\"MultiLineString\"" => GeometryKind::MultiLineString,
        b"\"MultiPolygon\"" => GeometryKind::MultiPolygon,
        b"\"GeometryCollection\"" => return Ok(Kind::Collection),
        _ => return Err(Stop::Shape("the geometry's type is unknown")),
    };
    Ok(Kind::Simple(kind))
}

/// How deep coordinates are nested; an empty array fits any depth.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Level {
    Empty,
    /// 0: one position, 1: a run of them, 2: rings, 3: polygons.
    Of(u8),
}

fn read_coordinates(c: &mut Cursor<'_>, shape: &mut Shape, notes: &mut ShapeNotes, depth: u8) -> Result<Level, Stop> {
    const UNEVEN: Stop = Stop::Shape("the coordinates are nested unevenly");
    if c.peek()? != b'[' {
        return Err(Stop::Shape("the coordinates are no array"));
    }
    c.expect(b'[', "an array")?;
    if c.take_if(b']')? {
        return Ok(Level::Empty);
    }
    if c.peek()? != b'[' {
        return read_position(c, shape, notes);
    }
    if depth == 3 {
        return Err(Stop::Shape("the coordinates are nested too deep"));
    }
    let mut inner = Level::Empty;
    loop {
        if c.peek()? != b'[' {
            return Err(UNEVEN);
        }
        let found = read_coordinates(c, shape, notes, depth + 1)?;
        if inner == Level::Empty {
            inner = found;
        } else if found != Level::Empty && found != inner {
            return Err(UNEVEN);
        }
        if !c.another(b']')? {
            break;
        }
    }
    Ok(match inner {
        Level::Empty => Level::Empty,
        Level::Of(n) => {
            if n == 0 {
                shape.end_ring();
            } else if n == 1 {
                shape.end_part();
            }
            Level::Of(n + 1)
        }
    })
}

/// The numbers of a position, after its bracket. A third and further ones are left out and noted.
fn read_position(c: &mut Cursor<'_>, shape: &mut Shape, notes: &mut ShapeNotes) -> Result<Level, Stop> {
    const SHORT: Stop = Stop::Shape("a position has fewer than two numbers");
    let x = coordinate(c)?;
    if !c.another(b']')? {
        return Err(SHORT);
    }
    let y = coordinate(c)?;
    while c.another(b']')? {
        coordinate(c)?;
        notes.third_dimension = true;
    }
    shape.push_point([x, y]);
    Ok(Level::Of(0))
}

fn coordinate(c: &mut Cursor<'_>) -> Result<f64, Stop> {
    match c.peek()? {
        b'-' | b'0'..=b'9' | b'N' | b'I' => Ok(c.number()?.as_f64()),
        // What other readers make of a missing number.
        b'n' => c.literal("null").map(|()| f64::NAN),
        _ => Err(Stop::Shape("a coordinate is no number")),
    }
}

/// Gives nested coordinates the meaning of a type.
fn give_kind(shape: &mut Shape, kind: GeometryKind, level: Level) -> Result<(), Stop> {
    let Level::Of(level) = level else {
        shape.start(GeometryKind::None);
        return Ok(());
    };
    let expected = match kind {
        GeometryKind::None | GeometryKind::Point => 0,
        GeometryKind::LineString | GeometryKind::MultiPoint => 1,
        GeometryKind::Polygon | GeometryKind::MultiLineString => 2,
        GeometryKind::MultiPolygon => 3,
    };
    if level != expected {
        return Err(Stop::Shape("the coordinates are not nested as their type demands"));
    }
    shape.set_kind(kind);
    match kind {
        GeometryKind::Point => {
            shape.end_ring();
            shape.end_part();
        }
        GeometryKind::LineString => shape.end_part(),
        GeometryKind::MultiPoint => shape.part_per_point(),
        GeometryKind::MultiLineString => shape.part_per_ring(),
        _ => {}
    }
    Ok(())
}

fn read_members(c: &mut Cursor<'_>, notes: &mut ShapeNotes, depth: u32) -> Result<Vec<Shape>, Stop> {
    if c.peek()? != b'[' {
        return Err(Stop::Shape("the geometries are no array"));
    }
    c.expect(b'[', "an array")?;
    let mut members = vec![];
    if c.take_if(b']')? {
        return Ok(members);
    }
    loop {
        let mut member = Shape::default();
        read_nested(c, &mut member, notes, depth + 1)?;
        members.push(member);
        if !c.another(b']')? {
            return Ok(members);
        }
    }
}

/// The multi-geometry of the members' highest dimension.
fn join(shape: &mut Shape, members: &[Shape], notes: &mut ShapeNotes) {
    let dimensions = || members.iter().filter_map(|m| m.kind().dimension());
    let highest = dimensions().max();
    notes.mixed |= dimensions().any(|d| Some(d) != highest);
    shape.start(match highest {
        None => GeometryKind::None,
        Some(0) => GeometryKind::MultiPoint,
        Some(1) => GeometryKind::MultiLineString,
        Some(_) => GeometryKind::MultiPolygon,
    });
    for member in members.iter().filter(|m| m.kind().dimension() == highest) {
        shape.append(member);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<(), Stop>, Shape, ShapeNotes) {
        let (mut shape, mut notes) = (Shape::default(), ShapeNotes::default());
        let result = read_geometry(&mut Cursor::new(text.as_bytes(), true), &mut shape, &mut notes);
        (result, shape, notes)
    }

    fn check(text: &str, kind: GeometryKind, parts: usize, rings: usize, points: usize) {
        let (result, shape, _) = read(text);
        assert_eq!(result, Ok(()), "{text}");
        let found = (
            shape.kind(),
            shape.part_count(),
            shape.ring_count(),
            shape.coords().len(),
        );
        assert_eq!(found, (kind, parts, rings, points), "{text}");
    }

    #[test]
    fn every_type_is_read() {
        use GeometryKind::{LineString, MultiLineString, MultiPoint, MultiPolygon, None, Point, Polygon};
        check(r#"{"type":"Point","coordinates":[1,2,3]}"#, Point, 1, 1, 1);
        check(
            r#"{"coordinates":[[1,2],[3,4]],"type":"LineString"}"#,
            LineString,
            1,
            1,
            2,
        );
        check(
            r#"{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}"#,
            MultiPoint,
            2,
            2,
            2,
        );
        check(
            r#"{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}"#,
            MultiLineString,
            2,
            2,
            4,
        );
        check(
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[]]}"#,
            Polygon,
            1,
            1,
            4,
        );
        check(
            r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}"#,
            MultiPolygon,
            2,
            2,
            8,
        );
        check(r#"{"type":"Polygon","coordinates":[]}"#, None, 0, 0, 0);
        check("null", None, 0, 0, 0);
    }

    #[test]
    fn a_mixed_collection_keeps_its_highest_dimension() {
        let text = r#"{"type":"GeometryCollection","geometries":[
            {"type":"Point","coordinates":[1,2]},
            {"type":"LineString","coordinates":[[1,2],[3,4]]}]}"#;
        check(text, GeometryKind::MultiLineString, 1, 1, 2);
        assert!(read(text).2.mixed);
    }

    #[test]
    fn what_is_no_geometry_says_so() {
        for text in [
            r#"{"type":"Point","coordinates":[[1,2]]}"#,
            r#"{"type":"Point","coordinates":[1]}"#,
            r#"{"type":"Point","coordinates":["a","b"]}"#,
            r#"{"type":"Polygon","coordinates":[[[0,0],[1,0]],[0,0]]}"#,
            r#"{"type":"Circle","coordinates":[1,2]}"#,
            r#"{"type":"Point"}"#,
            "[]",
        ] {
            assert!(matches!(read(text).0, Err(Stop::Shape(_))), "{text}");
        }
    }
}
