//! GEOS's verdict on a geometry, and its repair.

use gdal_sys as sys;

use super::errors;
use super::geometry::{Owned, read_shape, to_ogr};
use crate::model::geometry::GeometryRef;
use crate::model::row::Shape;

/// What GEOS says of a geometry.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Valid by OGC Simple Features.
    Valid,
    /// Not valid: GEOS's reason, and the place in the geometry's own coordinates where it names one.
    Invalid {
        /// Such as `Self-intersection`.
        reason: String,
        /// x, y.
        place: Option<[f64; 2]>,
    },
}

/// Whether GEOS takes a geometry for valid.
#[must_use]
#[allow(unsafe_code)] // OGR's C interface.
pub fn verdict(geometry: &GeometryRef<'_>) -> Verdict {
    errors::quiet();
    errors::take();
    let Some(ogr) = to_ogr(geometry) else {
        return Verdict::Valid;
    };
    // SAFETY: a live geometry of ours.
    if unsafe { sys::OGR_G_IsValid(ogr.0) } != 0 {
        return Verdict::Valid;
    }
    let messages = errors::take();
    let (reason, place) = messages.first().map_or(("Invalid", None), |m| split_reason(&m.text));
    Verdict::Invalid {
        reason: reason.to_owned(),
        place,
    }
}

/// `Self-intersection at or near point 2.5 50.3` → the words and the place.
fn split_reason(message: &str) -> (&str, Option<[f64; 2]>) {
    let Some((reason, place)) = message.split_once(" at or near point ") else {
        return (message, None);
    };
    let mut numbers = place.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(x)), Some(Ok(y))) => (reason, Some([x, y])),
        _ => (reason, None),
    }
}

/// Repairs an invalid geometry: rings are rebuilt by structure (outer minus inner), what collapses
/// is left out; of the result the parts of the highest dimension are kept.
///
/// Out: a shape without a place where nothing is left. Cost: tens of microseconds and up.
#[allow(unsafe_code)] // OGR's C interface.
pub fn repair(geometry: &GeometryRef<'_>, repaired: &mut Shape) {
    errors::quiet();
    repaired.start(crate::model::geometry::GeometryKind::None);
    let Some(ogr) = to_ogr(geometry) else {
        return;
    };
    let options = [
        c"METHOD=STRUCTURE".as_ptr().cast_mut(),
        c"KEEP_COLLAPSED=NO".as_ptr().cast_mut(),
        std::ptr::null_mut(),
    ];
    // SAFETY: a live geometry of ours and a list that ends with a null pointer; the answer is ours.
    unsafe {
        let made = sys::OGR_G_MakeValidEx(ogr.0, options.as_ptr().cast_mut().cast());
        if !made.is_null() {
            let made = Owned(made);
            read_shape(made.0, repaired);
        }
    }
    errors::take();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::geometry::{Geometry, GeometryKind};

    #[test]
    fn a_bow_tie_is_told_and_repaired() {
        let mut bow = Geometry::start(GeometryKind::Polygon);
        for p in [[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]] {
            bow.push_point(p);
        }
        bow.end_ring();
        bow.end_part();
        let Verdict::Invalid { reason, place } = verdict(&bow.as_ref()) else {
            panic!("a bow tie is not valid");
        };
        assert_eq!(reason, "Self-intersection");
        assert_eq!(place, Some([1.0, 1.0]));
        let mut repaired = Shape::default();
        repair(&bow.as_ref(), &mut repaired);
        assert_eq!(repaired.kind(), GeometryKind::MultiPolygon);
        assert_eq!(verdict(&repaired.as_ref()), Verdict::Valid);
    }
}
