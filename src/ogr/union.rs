//! The union of polygons, by GEOS: what they cover together, each piece of ground once.

use gdal_sys as sys;

use super::errors;
use super::geometry::{Owned, read_shape, to_ogr};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::row::Shape;

/// Unites valid polygons in one system of coordinates. Vertices stay where they are.
///
/// Out: a polygon or several, without a place where GEOS gives nothing. Cost: n log n in the vertices.
#[allow(unsafe_code)] // OGR's C interface.
pub fn union(polygons: &[GeometryRef<'_>], united: &mut Shape) {
    errors::quiet();
    united.start(GeometryKind::None);
    // SAFETY: geometries of ours; members pass to the whole, or are destroyed where it does not take them.
    unsafe {
        let whole = Owned(sys::OGR_G_CreateGeometry(sys::OGRwkbGeometryType::wkbMultiPolygon));
        if whole.0.is_null() {
            return;
        }
        for polygon in polygons {
            let Some(member) = to_ogr(polygon) else { continue };
            if polygon.kind().is_multi() {
                for i in 0..sys::OGR_G_GetGeometryCount(member.0) {
                    sys::OGR_G_AddGeometry(whole.0, sys::OGR_G_GetGeometryRef(member.0, i));
                }
            } else {
                sys::OGR_G_AddGeometry(whole.0, member.0);
            }
        }
        let made = sys::OGR_G_UnionCascaded(whole.0);
        if !made.is_null() {
            let made = Owned(made);
            read_shape(made.0, united);
        }
    }
    errors::take();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64) -> Shape {
        let mut shape = Shape::default();
        shape.start(GeometryKind::Polygon);
        for p in [[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0], [x, y]] {
            shape.push_point(p);
        }
        shape.end_ring();
        shape.end_part();
        shape
    }

    #[test]
    fn neighbours_become_one_and_strangers_stay_two() {
        let (a, b, c) = (square(0.0, 0.0), square(1.0, 0.0), square(5.0, 5.0));
        let mut united = Shape::default();
        union(&[a.as_ref(), b.as_ref()], &mut united);
        assert_eq!((united.kind(), united.part_count()), (GeometryKind::Polygon, 1));
        union(&[a.as_ref(), c.as_ref()], &mut united);
        assert_eq!((united.kind(), united.part_count()), (GeometryKind::MultiPolygon, 2));
    }

    #[test]
    fn of_nothing_comes_nothing() {
        let mut united = square(0.0, 0.0);
        union(&[], &mut united);
        assert_eq!(united.kind(), GeometryKind::None);
    }
}
