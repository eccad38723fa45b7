//! Geometries written in a cell: WKT, the WKB of databases, GeoJSON.
//!
//! In: a text or bytes of a user's table. Out: a flat shape, or why it can't be one. Open rings and too short
//! ones come through as they are: mending is `load`'s.

use std::ffi::c_char;

use gdal_sys as sys;

use super::geometry::{Owned, read_shape};
use super::{c_string, errors};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Shape, ShapeNotes};

/// Bit of an EWKB type that says that a system's number follows (PostGIS, `EWKB`).
const HAS_SRID: u32 = 0x2000_0000;

/// Why a text or bytes are no geometry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoGeometry {
    /// It can't be read to the end.
    #[error("the geometry can't be read{}", words(.0))]
    Broken(Option<String>),
    /// Something stands behind it.
    #[error("\"{0}\" stands behind the geometry")]
    Rest(String),
    /// A type that OGR does not know.
    #[error("the geometry's type is not known")]
    UnknownType,
}

fn words(messages: &Option<String>) -> String {
    messages.as_ref().map_or_else(String::new, |m| format!(" ({m})"))
}

/// Reads WKT (OGC 06-103r4, clause 7; ISO's and PostGIS's forms of Z and M) into a shape, without a prefix
/// `SRID=…;`. An empty geometry gives a shape without a place.
///
/// # Errors
/// A text that is none, or has something behind it; the shape has no place then.
#[allow(unsafe_code)] // OGR's C interface.
pub fn read_wkt(text: &str, shape: &mut Shape) -> Result<ShapeNotes, NoGeometry> {
    shape.start(GeometryKind::None);
    errors::quiet();
    errors::take();
    let c_text = c_string(text.trim()).map_err(|_| NoGeometry::Broken(None))?;
    let mut cursor: *mut c_char = c_text.as_ptr().cast_mut();
    let mut made = std::ptr::null_mut();
    // SAFETY: OGR moves the cursor within the text, which it does not write to and which outlives the call.
    let (code, rest) = unsafe {
        let code = sys::OGR_G_CreateFromWkt(&raw mut cursor, std::ptr::null_mut(), &raw mut made);
        let rest = if code == sys::OGRErr::OGRERR_NONE {
            super::text_of(cursor).0
        } else {
            String::new()
        };
        (code, rest)
    };
    let made = Owned(made);
    let rest = rest.trim();
    if !rest.is_empty() {
        return Err(NoGeometry::Rest(rest.chars().take(20).collect()));
    }
    finish(code, &made, shape)
}

/// Reads WKB, ISO's or PostGIS's (EWKB), into a shape; gives the number of the system that EWKB names.
///
/// # Errors
/// Bytes that are none; the shape has no place then.
#[allow(unsafe_code)] // OGR's C interface.
pub fn read_wkb(bytes: &[u8], shape: &mut Shape) -> Result<(ShapeNotes, Option<u32>), NoGeometry> {
    shape.start(GeometryKind::None);
    errors::quiet();
    errors::take();
    let (bytes, srid) = without_srid(bytes)?;
    let length = i32::try_from(bytes.len()).map_err(|_| NoGeometry::Broken(None))?;
    let mut made = std::ptr::null_mut();
    // SAFETY: OGR reads as many bytes as announced.
    let code = unsafe { sys::OGR_G_CreateFromWkb(bytes.as_ptr().cast(), std::ptr::null_mut(), &raw mut made, length) };
    let made = Owned(made);
    finish(code, &made, shape).map(|notes| (notes, srid))
}

/// Reads a GeoJSON geometry into a shape.
///
/// # Errors
/// A text that is none; the shape has no place then.
#[allow(unsafe_code)] // OGR's C interface.
pub fn read_geojson(text: &str, shape: &mut Shape) -> Result<ShapeNotes, NoGeometry> {
    shape.start(GeometryKind::None);
    errors::quiet();
    errors::take();
    let c_text = c_string(text).map_err(|_| NoGeometry::Broken(None))?;
    // SAFETY: a C string that outlives the call; the answer is ours.
    let made = Owned(unsafe { sys::OGR_G_CreateGeometryFromJson(c_text.as_ptr()) });
    let code = if made.0.is_null() {
        sys::OGRErr::OGRERR_CORRUPT_DATA
    } else {
        sys::OGRErr::OGRERR_NONE
    };
    finish(code, &made, shape)
}

/// Fills the shape where OGR made a geometry.
#[allow(unsafe_code)] // OGR's C interface.
fn finish(code: sys::OGRErr::Type, made: &Owned, shape: &mut Shape) -> Result<ShapeNotes, NoGeometry> {
    let said = errors::take_failures();
    match code {
        // SAFETY: a geometry that OGR made for us. An empty point would be read as one without numbers.
        sys::OGRErr::OGRERR_NONE if !made.0.is_null() => Ok(unsafe {
            if sys::OGR_G_IsEmpty(made.0) == 0 {
                read_shape(made.0, shape)
            } else {
                ShapeNotes::default()
            }
        }),
        sys::OGRErr::OGRERR_UNSUPPORTED_GEOMETRY_TYPE => Err(NoGeometry::UnknownType),
        _ => Err(NoGeometry::Broken(said.into_iter().next())),
    }
}

/// WKB without the number of its system, which OGR's reader does not take.
fn without_srid(bytes: &[u8]) -> Result<(Vec<u8>, Option<u32>), NoGeometry> {
    let (order, kind) = match bytes {
        [order @ (0 | 1), a, b, c, d, ..] => (*order, [*a, *b, *c, *d]),
        _ => return Err(NoGeometry::Broken(None)),
    };
    let little = order == 1;
    let read = |four: [u8; 4]| {
        if little {
            u32::from_le_bytes(four)
        } else {
            u32::from_be_bytes(four)
        }
    };
    let kind = read(kind);
    if kind & HAS_SRID == 0 {
        return Ok((bytes.to_vec(), None));
    }
    let number = bytes
        .get(5..9)
        .and_then(|n| n.try_into().ok())
        .ok_or(NoGeometry::Broken(None))?;
    let kind = kind & !HAS_SRID;
    let mut plain = vec![order];
    plain.extend(if little { kind.to_le_bytes() } else { kind.to_be_bytes() });
    plain.extend(&bytes[9..]);
    Ok((plain, Some(read(number))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(shape: &Shape) -> Vec<[f64; 2]> {
        shape.coords().to_vec()
    }

    #[test]
    fn wkt_is_read_to_its_end() {
        let mut shape = Shape::default();
        let notes = read_wkt("POINT Z (2.5 50.25 3)", &mut shape).unwrap();
        assert!(notes.third_dimension && points(&shape) == [[2.5, 50.25]]);
        read_wkt(" MULTIPOLYGON (((0 0, 0 1, 1 1, 0 0)))\n", &mut shape).unwrap();
        assert_eq!((shape.kind(), shape.coords().len()), (GeometryKind::MultiPolygon, 4));
        read_wkt("POINT EMPTY", &mut shape).unwrap();
        assert_eq!(shape.kind(), GeometryKind::None);
        for broken in [
            "POLYGON non wkt",
            "",
            "POINT (1 2",
            "POINT (1 2) x",
            "POLYGON((49.33 3.95, 49.38 3.89, ...))",
            "CIRCLE (1 2)",
            "a\0b",
        ] {
            assert!(read_wkt(broken, &mut shape).is_err(), "{broken}");
            assert_eq!(shape.kind(), GeometryKind::None, "{broken}");
        }
    }

    #[test]
    fn wkb_of_postgis_says_its_system() {
        // SELECT ST_AsEWKB('SRID=2154;POINT(1 2)') and ST_AsBinary of the same, as PostGIS gives them.
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
                .collect()
        };
        let mut shape = Shape::default();
        let (_, srid) = read_wkb(&hex("01010000206A080000000000000000F03F0000000000000040"), &mut shape).unwrap();
        assert_eq!((srid, points(&shape)), (Some(2154), vec![[1.0, 2.0]]));
        let (_, srid) = read_wkb(&hex("0101000000000000000000F03F0000000000000040"), &mut shape).unwrap();
        assert_eq!((srid, points(&shape)), (None, vec![[1.0, 2.0]]));
        assert!(read_wkb(&hex("0101000000000000000000F03F"), &mut shape).is_err());
        assert!(read_wkb(&[], &mut shape).is_err());
    }

    #[test]
    fn geojson_in_a_cell() {
        let mut shape = Shape::default();
        read_geojson(r#"{"type":"Point","coordinates":[2.5,50.25]}"#, &mut shape).unwrap();
        assert_eq!(points(&shape), [[2.5, 50.25]]);
        assert!(read_geojson("{\"type\":\"Point\"}", &mut shape).is_err());
    }
}
