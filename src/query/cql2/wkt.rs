//! Geometries in CQL2 text: well-known text, and `BBOX`.

use geo::geometry::Geometry;
use geo::{Coord, LineString};

use super::bounds::vertices;
use super::error::FilterError;
use super::geometry::{self, Coordinates};
use super::text::Parser;
use crate::model::predicate::{Node, Place};

/// Deepest nesting within one geometry.
const NESTED: usize = 4;

/// Whether a word in capitals begins a geometry.
pub(super) fn is_geometry(word: &str) -> bool {
    word == "BBOX" || word == "GEOMETRYCOLLECTION" || geometry::kind_of(word).is_some()
}

/// Reads a geometry whose word was taken.
pub(super) fn geometry(parser: &mut Parser<'_>, word: &str, place: &Place) -> Result<Node, FilterError> {
    if word == "BBOX" {
        return bbox(parser, place);
    }
    let mut points = 0;
    Ok(Node::Geometry(Box::new(shape(parser, word, place, &mut points)?)))
}

fn shape(parser: &mut Parser<'_>, word: &str, place: &Place, points: &mut usize) -> Result<Geometry<f64>, FilterError> {
    if parser.is_word("Z") {
        parser.take()?;
    }
    if parser.is_word("EMPTY") {
        return Err(geometry::empty(place));
    }
    if word == "GEOMETRYCOLLECTION" {
        let mut members = vec![];
        parser.sign("(")?;
        loop {
            let (inner, place) = (parser.token.clone(), parser.place());
            let super::lexer::Token::Word(name) = inner else {
                return Err(parser.wrong("a geometry"));
            };
            let name = name.to_ascii_uppercase();
            if geometry::kind_of(&name).is_none() {
                return Err(parser.wrong("a geometry that is no collection"));
            }
            parser.take()?;
            members.push(shape(parser, &name, &place, points)?);
            if !parser.is_sign(",") {
                break;
            }
            parser.take()?;
        }
        parser.sign(")")?;
        return Ok(geometry::collection(members));
    }
    let coordinates = nested(parser, 0, points, place)?;
    geometry::build(word, coordinates, place)
}

/// Points and lists of points in parentheses.
fn nested(
    parser: &mut Parser<'_>,
    depth: usize,
    points: &mut usize,
    place: &Place,
) -> Result<Coordinates, FilterError> {
    if depth == NESTED {
        return Err(parser.wrong("a number"));
    }
    parser.sign("(")?;
    let mut members = vec![];
    let mut line = vec![];
    loop {
        if parser.is_sign("(") {
            members.push(nested(parser, depth + 1, points, place)?);
        } else {
            line.push(point(parser)?);
            *points += 1;
            vertices(*points, place)?;
        }
        if !parser.is_sign(",") {
            break;
        }
        parser.take()?;
    }
    if !parser.is_sign(")") {
        return Err(parser.wrong("\",\" or \")\""));
    }
    parser.take()?;
    if members.is_empty() {
        return Ok(Coordinates::Line(LineString::new(line)));
    }
    if !line.is_empty() {
        return Err(geometry::wrong("its parentheses are uneven", place));
    }
    Ok(Coordinates::List(members))
}

/// Two numbers, or three: a height is no limit to features that have none.
fn point(parser: &mut Parser<'_>) -> Result<Coord<f64>, FilterError> {
    let (x, y) = (parser.coordinate()?, parser.coordinate()?);
    if !parser.is_sign(",") && !parser.is_sign(")") {
        parser.coordinate()?;
    }
    Ok(Coord { x, y })
}

fn bbox(parser: &mut Parser<'_>, place: &Place) -> Result<Node, FilterError> {
    parser.sign("(")?;
    let mut numbers = vec![parser.coordinate()?];
    while parser.is_sign(",") && numbers.len() < 6 {
        parser.take()?;
        numbers.push(parser.coordinate()?);
    }
    parser.sign(")")?;
    geometry::bbox(&numbers, place)
}
