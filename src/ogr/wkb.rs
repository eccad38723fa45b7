//! Geometries from well-known binary: ISO's (SQL/MM), PostGIS's own (EWKB), with heights, measures and curves.

use gdal_sys as sys;

use super::errors;
use super::geometry::{Owned, read_shape};
use crate::model::row::{Shape, ShapeNotes};

/// The flag of EWKB that says that a system's number follows the type.
const HAS_SRID: u32 = 0x2000_0000;

/// Bytes of a geometry's order and type.
const HEADER: usize = 5;

/// Bytes of a system's number.
const SRID: usize = 4;

/// Reads a geometry into a shape; an empty one leaves a shape without a place.
///
/// # Errors
/// Bytes that are no geometry, or end within one.
#[allow(unsafe_code)] // OGR's C interface.
pub fn read_wkb(bytes: &[u8], shape: &mut Shape) -> Result<ShapeNotes, &'static str> {
    const WRONG: &str = "its geometry is no well-known binary";
    errors::quiet();
    let plain = without_srid(bytes);
    let bytes = plain.as_deref().unwrap_or(bytes);
    let length = i32::try_from(bytes.len()).map_err(|_| "its geometry is larger than 2 GB")?;
    let mut made = std::ptr::null_mut();
    // SAFETY: OGR reads `length` bytes of a live slice; what it makes is ours, and destroyed by its owner.
    unsafe {
        let done = sys::OGR_G_CreateFromWkb(bytes.as_ptr().cast(), std::ptr::null_mut(), &raw mut made, length);
        let geometry = Owned(made);
        errors::take();
        if done != sys::OGRErr::OGRERR_NONE || geometry.0.is_null() {
            return Err(WRONG);
        }
        Ok(read_shape(geometry.0, shape))
    }
}

/// The system's number in EWKB, where it says one.
#[must_use]
pub fn srid(bytes: &[u8]) -> Option<i32> {
    let (kind, little) = kind(bytes)?;
    let number: [u8; SRID] = bytes.get(HEADER..HEADER + SRID)?.try_into().ok()?;
    (kind & HAS_SRID != 0).then(|| {
        if little {
            i32::from_le_bytes(number)
        } else {
            i32::from_be_bytes(number)
        }
    })
}

/// Whether bytes begin as well-known binary does.
#[must_use]
pub fn looks_like_wkb(bytes: &[u8]) -> bool {
    // ISO adds 1000, 2000 and 3000 for heights, measures and both; EWKB has flags.
    kind(bytes).is_some_and(|(kind, _)| {
        let flat = (kind & 0x0fff_ffff) % 1000;
        (kind & 0x0fff_ffff) < 4000 && (1..=17).contains(&flat)
    })
}

/// A geometry's type, and whether its numbers begin with the lowest byte.
fn kind(bytes: &[u8]) -> Option<(u32, bool)> {
    let kind: [u8; 4] = bytes.get(1..HEADER)?.try_into().ok()?;
    match bytes[0] {
        0 => Some((u32::from_be_bytes(kind), false)),
        1 => Some((u32::from_le_bytes(kind), true)),
        _ => None,
    }
}

/// EWKB without its system's number, which OGR does not expect.
fn without_srid(bytes: &[u8]) -> Option<Vec<u8>> {
    let (kind, little) = kind(bytes).filter(|(kind, _)| kind & HAS_SRID != 0)?;
    let rest = bytes.get(HEADER + SRID..)?;
    let kind = kind & !HAS_SRID;
    let mut plain = vec![bytes[0]];
    plain.extend(if little { kind.to_le_bytes() } else { kind.to_be_bytes() });
    plain.extend_from_slice(rest);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::geometry::GeometryKind;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }

    fn read(hex: &str) -> (GeometryKind, Vec<[f64; 2]>, ShapeNotes) {
        let mut shape = Shape::default();
        let notes = read_wkb(&bytes(hex), &mut shape).unwrap();
        (shape.kind(), shape.coords().to_vec(), notes)
    }

    /// What PostGIS 3.3 makes: `SELECT encode(ST_AsEWKB('SRID=2154;POINT…'), 'hex')` and so on.
    const EWKB_POINT: &str = "01010000206a080000000000000000f03f0000000000000040";
    const EWKB_POINT_ZM: &str = "01010000e06a080000000000000000f03f000000000000004000000000000008400000000000001040";
    const EWKB_POINT_M: &str = "0101000060 6a080000 000000000000f03f 0000000000000040 0000000000000840";

    #[test]
    fn both_dialects_are_read() {
        let point = (GeometryKind::Point, vec![[1.0, 2.0]]);
        let check = |hex: &str, raised: bool| {
            let (kind, coords, notes) = read(&hex.replace(' ', ""));
            assert_eq!((kind, coords), point, "{hex}");
            assert_eq!(notes.third_dimension, raised, "{hex}");
        };
        check("0101000000000000000000f03f0000000000000040", false);
        check("00000000013ff00000000000004000000000000000", false);
        check("01e9030000000000000000f03f00000000000000400000000000000840", true);
        check("01d1070000000000000000f03f00000000000000400000000000000840", true);
        check(EWKB_POINT, false);
        check(EWKB_POINT_ZM, true);
        check(EWKB_POINT_M, true);
        assert_eq!(srid(&bytes(EWKB_POINT)), Some(2154));
        assert_eq!(srid(&bytes("0101000000000000000000f03f0000000000000040")), None);
    }

    #[test]
    fn members_with_heights_are_read() {
        // ST_AsEWKB('SRID=4326;MULTIPOINT ZM ((1 2 3 4))') and GEOMETRYCOLLECTION M (POINT M (1 2 5))
        let many =
            "01040000e0e610000001000000 01010000c0000000000000f03f000000000000004000000000000008400000000000001040";
        let (kind, coords, notes) = read(&many.replace(' ', ""));
        assert_eq!(
            (kind, coords, notes.third_dimension),
            (GeometryKind::MultiPoint, vec![[1.0, 2.0]], true)
        );
        let some = "0107000040 01000000 0101000040 000000000000f03f 0000000000000040 0000000000001440";
        let (kind, coords, _) = read(&some.replace(' ', ""));
        assert_eq!((kind, coords), (GeometryKind::MultiPoint, vec![[1.0, 2.0]]));
    }

    #[test]
    fn what_is_none_is_refused() {
        let mut shape = Shape::default();
        let whole = bytes(EWKB_POINT_ZM);
        for length in 0..whole.len() {
            assert!(read_wkb(&whole[..length], &mut shape).is_err(), "{length} bytes");
        }
        assert!(read_wkb(b"POINT (1 2)", &mut shape).is_err());
        // A line of four thousand million points in a few bytes.
        assert!(read_wkb(&bytes("0102000000ffffffff000000000000f03f0000000000000040"), &mut shape).is_err());
        assert!(looks_like_wkb(&whole) && !looks_like_wkb(b"POINT (1 2)") && !looks_like_wkb(&[1, 0, 0, 0, 0]));
    }
}
