//! Geometries as cells hold them: WKT and EWKT, hexadecimal WKB, GeoJSON.
//!
//! In: a text. Out: whether it looks like one, of which dimension, where its first point is; and the shape itself.

use super::cell::Cell;
use crate::model::crs::Crs;
use crate::model::row::{Shape, ShapeNotes};
use crate::ogr::text::{NoGeometry, read_geojson, read_wkb, read_wkt};

/// How a geometry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Wkt,
    Hex,
    Json,
}

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::load) struct Look {
    form: Form,
    /// 0 points, 1 lines, 2 polygons and collections.
    pub(in crate::load) dimension: u8,
    /// The first point, as it is written.
    pub(in crate::load) first: Option<[f64; 2]>,
    /// The system that it names itself.
    pub(in crate::load) srid: Option<u32>,
}

/// Types of WKT, the longest first where one begins as another.
const TYPES: [(&str, u8); 16] = [
    ("GEOMETRYCOLLECTION", 2),
    ("MULTILINESTRING", 1),
    ("MULTIPOLYGON", 2),
    ("MULTISURFACE", 2),
    ("MULTIPOINT", 0),
    ("MULTICURVE", 1),
    ("LINESTRING", 1),
    ("POLYGON", 2),
    ("POINT", 0),
    ("CURVEPOLYGON", 2),
    ("COMPOUNDCURVE", 1),
    ("CIRCULARSTRING", 1),
    ("POLYHEDRALSURFACE", 2),
    ("TRIANGLE", 2),
    ("TIN", 2),
    ("CURVE", 1),
];

/// Shortest point in hexadecimal WKB.
const SHORTEST_HEX: usize = 42;

/// What a cell looks like; `None` where it is no geometry by its beginning.
pub(in crate::load) fn look(cell: Cell<'_>) -> Option<Look> {
    match cell {
        Cell::Text(text) => look_at(text),
        Cell::Json(text) => look_at_json(text),
        _ => None,
    }
}

fn look_at(text: &str) -> Option<Look> {
    let text = text.trim_start();
    match text.as_bytes().first()? {
        b'{' => look_at_json(text),
        b'0' => look_at_hex(text.trim_end()),
        _ => look_at_wkt(text),
    }
}

fn look_at_wkt(text: &str) -> Option<Look> {
    let (srid, wkt) = without_srid(text);
    let begins = |word: &str| wkt.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
    let (word, dimension) = TYPES.iter().find(|(word, _)| begins(word))?;
    let rest = wkt[word.len()..].trim_start();
    let rest = ["ZM", "Z", "M"]
        .iter()
        .find_map(|z| rest.strip_prefix(z))
        .unwrap_or(rest)
        .trim_start();
    let empty = rest.get(..5).is_some_and(|w| w.eq_ignore_ascii_case("EMPTY"));
    (rest.starts_with('(') || empty).then(|| Look {
        form: Form::Wkt,
        dimension: *dimension,
        first: first_point(rest),
        srid,
    })
}

/// The two numbers that a text begins with, behind brackets.
fn first_point(text: &str) -> Option<[f64; 2]> {
    let text = text.trim_start_matches(|c: char| c == '(' || c == '[' || c.is_whitespace());
    let text = text.get(..text.len().min(80)).unwrap_or_default();
    let mut numbers = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ')' | ']'))
        .filter(|p| !p.is_empty());
    let mut next = || numbers.next()?.parse::<f64>().ok().filter(|n| n.is_finite());
    Some([next()?, next()?])
}

fn without_srid(text: &str) -> (Option<u32>, &str) {
    let Some(rest) = text
        .get(..5)
        .filter(|w| w.eq_ignore_ascii_case("SRID="))
        .and(text.get(5..))
    else {
        return (None, text);
    };
    match rest.split_once(';') {
        Some((number, wkt)) => match number.trim().parse() {
            // 0 is PostGIS's word for none.
            Ok(0) => (None, wkt.trim_start()),
            Ok(srid) => (Some(srid), wkt.trim_start()),
            Err(_) => (None, text),
        },
        None => (None, text),
    }
}

fn look_at_json(text: &str) -> Option<Look> {
    let head = text.trim_start();
    if !head.starts_with('{') || !head.contains("\"type\"") {
        return None;
    }
    let kind = head.split("\"type\"").nth(1)?.split('"').nth(1)?;
    let (_, dimension) = TYPES.iter().find(|(word, _)| word.eq_ignore_ascii_case(kind))?;
    let after = head.split("\"coordinates\"").nth(1);
    let first = after.and_then(|t| first_point(t.trim_start_matches([':', ' '])));
    (after.is_some() || kind.eq_ignore_ascii_case("GeometryCollection")).then_some(Look {
        form: Form::Json,
        dimension: *dimension,
        first,
        srid: None,
    })
}

fn look_at_hex(text: &str) -> Option<Look> {
    let bytes = text.as_bytes();
    if bytes.len() < SHORTEST_HEX || !bytes.len().is_multiple_of(2) || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let head = unhex(&text[..SHORTEST_HEX])?;
    let four = |at: usize| -> [u8; 4] { [head[at], head[at + 1], head[at + 2], head[at + 3]] };
    let number = |at: usize| match head[0] {
        0 => Some(u32::from_be_bytes(four(at))),
        1 => Some(u32::from_le_bytes(four(at))),
        _ => None,
    };
    let kind = number(1)?;
    let srid = if kind & 0x2000_0000 == 0 {
        None
    } else {
        number(5).filter(|n| *n != 0)
    };
    let dimension = match (kind & 0x0FFF_FFFF) % 1000 {
        1 | 4 => 0,
        2 | 5 | 8 | 9 | 11 | 13 => 1,
        3 | 6 | 7 | 10 | 12 | 14..=17 => 2,
        _ => return None,
    };
    Some(Look {
        form: Form::Hex,
        dimension,
        first: None,
        srid,
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?))
        .collect()
}

/// Reads a cell into a shape; gives what was changed and the system that it names.
pub(in crate::load) fn read(cell: Cell<'_>, shape: &mut Shape) -> Result<(ShapeNotes, Option<Crs>), String> {
    let text = match cell {
        Cell::Text(text) | Cell::Json(text) => text.trim(),
        _ => return Err("it is no text".into()),
    };
    let form = look(cell).map(|l| l.form);
    let said = |e: NoGeometry| e.to_string();
    match form {
        Some(Form::Json) => Ok((read_geojson(text, shape).map_err(said)?, None)),
        Some(Form::Hex) => {
            let bytes = unhex(text).ok_or("it is no hexadecimal text")?;
            let (notes, srid) = read_wkb(&bytes, shape).map_err(said)?;
            Ok((notes, srid.filter(|n| *n != 0).map(Crs::from_epsg)))
        }
        _ => {
            let (srid, wkt) = without_srid(text);
            Ok((read_wkt(wkt, shape).map_err(said)?, srid.map(Crs::from_epsg)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometries_are_known_by_their_beginning() {
        let check = |text: &str, expected: Option<(u8, Option<[f64; 2]>, Option<u32>)>| {
            let found = look(Cell::Text(text)).map(|l| (l.dimension, l.first, l.srid));
            assert_eq!(found, expected, "{text}");
        };
        check("POINT(2.5 50)", Some((0, Some([2.5, 50.0]), None)));
        check(" MultiPolygon Z (((1 2 3, ", Some((2, Some([1.0, 2.0]), None)));
        check("SRID=2154;POINT (1 2)", Some((0, Some([1.0, 2.0]), Some(2154))));
        check("POLYGON EMPTY", Some((2, None, None)));
        check("POLYGON non wkt", None);
        check("Pointe Noire", None);
        check(
            "0101000020E610000000000000000004400000000000004940",
            Some((0, None, Some(4326))),
        );
        check("01012025", None);
        check(
            r#"{"type":"Polygon","coordinates":[[[2.5,50],"#,
            Some((2, Some([2.5, 50.0]), None)),
        );
        check(r#"{"type":"maison"}"#, None);
    }

    #[test]
    fn a_cell_becomes_a_shape() {
        let mut shape = Shape::default();
        let (_, crs) = read(Cell::Text("SRID=2154;POINT (1 2)"), &mut shape).unwrap();
        assert_eq!((crs, shape.coords()), (Some(Crs::Epsg(2154)), [[1.0, 2.0]].as_slice()));
        let (_, crs) = read(
            Cell::Text("0101000020E610000000000000000004400000000000004940"),
            &mut shape,
        )
        .unwrap();
        assert_eq!((crs, shape.coords()), (Some(Crs::Crs84), [[2.5, 50.0]].as_slice()));
        assert!(read(Cell::Text("POLYGON non wkt"), &mut shape).is_err());
    }
}
