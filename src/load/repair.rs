//! Making one geometry fit to be held: rings closed, too short ones left out, invalid ones repaired.
//!
//! In: a shape of finite numbers, as read. Out: the same or a repaired shape, and what was done.
//! Consecutive duplicate points are no fault and stay. Not here: ranges, CRS, counting.

use geo::{GeodesicArea, Geometry, LineString, Polygon};

use super::validity::Checker;
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::row::Shape;
use crate::ogr::valid::{Verdict, repair, verdict};

/// What was found and done.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Done {
    /// Rings that were closed.
    pub(super) closed: u32,
    /// Rings and lines that were left out for want of points.
    pub(super) short: u32,
    /// GEOS's reason and place where it was not valid; the shape is the repaired one.
    pub(super) invalid: Option<Invalid>,
}

/// An invalid geometry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Invalid {
    /// Such as `Self-intersection`.
    pub(super) reason: String,
    /// x, y in storage coordinates.
    pub(super) place: Option<[f64; 2]>,
    /// The geometry before the repair.
    pub(super) before: Shape,
}

/// Checks and repairs shapes, one after another.
#[derive(Debug, Default)]
pub(super) struct Mender {
    checker: Checker,
    spare: Shape,
}

impl Mender {
    /// Whether [`mend`](Self::mend) would surely leave a shape as it is.
    pub(super) fn leaves(&mut self, shape: &Shape) -> bool {
        !needs_rings(shape) && self.checker.surely_valid(shape)
    }

    /// Mends a shape in place. Nothing left of it: a shape without a place.
    pub(super) fn mend(&mut self, shape: &mut Shape) -> Done {
        let mut done = Done::default();
        if needs_rings(shape) {
            self.mend_rings(shape, &mut done);
        }
        if self.checker.surely_valid(shape) {
            return done;
        }
        if let Verdict::Invalid { reason, place } = verdict(&shape.as_ref()) {
            repair(&shape.as_ref(), &mut self.spare);
            let same_dimension = self.spare.kind().dimension() == shape.kind().dimension();
            if !same_dimension {
                self.spare.start(GeometryKind::None);
            }
            std::mem::swap(shape, &mut self.spare);
            let before = std::mem::take(&mut self.spare);
            done.invalid = Some(Invalid { reason, place, before });
        }
        done
    }

    /// Closes open rings; leaves out rings of fewer than four points, lines of fewer than two, and
    /// parts that lose their outer ring.
    fn mend_rings(&mut self, shape: &mut Shape, done: &mut Done) {
        let polygon = shape.kind().dimension() == Some(2);
        let mended = &mut self.spare;
        mended.start(shape.kind());
        for part in shape.as_ref().parts() {
            let outer = part.start;
            let mut any = false;
            for ring in part {
                let points = &shape.coords()[shape.ring_range(ring)];
                let open = polygon && points.first() != points.last();
                if is_short(points, polygon, open) {
                    done.short += 1;
                    if ring == outer {
                        break;
                    }
                    continue;
                }
                mended.grow(points.len()).copy_from_slice(points);
                if open {
                    done.closed += 1;
                    mended.push_point(points[0]);
                }
                mended.end_ring();
                any = true;
            }
            if any {
                mended.end_part();
            }
        }
        if mended.coords().is_empty() {
            mended.start(GeometryKind::None);
        }
        std::mem::swap(shape, mended);
    }
}

/// Whether a ring is open, or a ring or line too short.
fn needs_rings(shape: &Shape) -> bool {
    let polygon = match shape.kind().dimension() {
        Some(2) => true,
        Some(1) => false,
        _ => return false,
    };
    (0..shape.ring_count()).any(|r| {
        let points = &shape.coords()[shape.ring_range(r)];
        let open = polygon && points.first() != points.last();
        open || is_short(points, polygon, open)
    })
}

fn is_short(points: &[[f64; 2]], polygon: bool, open: bool) -> bool {
    if polygon {
        points.len() + usize::from(open) < 4
    } else {
        points.iter().all(|p| *p == points[0])
    }
}

/// The area of a geometry in degrees (CRS84), in square metres on the ellipsoid; 0 for none.
///
/// Each ring counts by itself whatever its winding, holes against their polygon: the unsigned area of
/// a ring wound the other way would be that of the rest of the Earth.
pub(crate) fn area_m2(geometry: &GeometryRef<'_>, to_degrees: impl Fn([f64; 2]) -> [f64; 2]) -> f64 {
    let ring = |r: &LineString<f64>| Polygon::new(r.clone(), vec![]).geodesic_area_signed().abs();
    let polygon = |p: &Polygon<f64>| ring(p.exterior()) - p.interiors().iter().map(ring).sum::<f64>();
    match geometry.to_geo_with(to_degrees) {
        Some(Geometry::Polygon(p)) => polygon(&p),
        Some(Geometry::MultiPolygon(m)) => m.iter().map(polygon).sum(),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon(rings: &[&[[f64; 2]]]) -> Shape {
        let mut shape = Shape::default();
        shape.start(GeometryKind::Polygon);
        for ring in rings {
            ring.iter().for_each(|p| shape.push_point(*p));
            shape.end_ring();
        }
        shape.end_part();
        shape
    }

    #[test]
    fn a_ring_wound_either_way_has_its_own_area() {
        let square = [[2.0, 50.0], [2.001, 50.0], [2.001, 50.001], [2.0, 50.001], [2.0, 50.0]];
        let mut turned = square;
        turned.reverse();
        for points in [square, turned] {
            let area = area_m2(&polygon(&[&points]).as_ref(), |p| p);
            // pyproj.Geod(ellps="GRS80").geometry_area_perimeter of the same ring.
            assert!((area - 7_974.57).abs() < 0.05, "{area}");
        }
    }

    #[test]
    fn an_open_ring_is_closed() {
        let mut shape = polygon(&[&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]]);
        let done = Mender::default().mend(&mut shape);
        assert_eq!((done.closed, done.short, shape.coords().len()), (1, 0, 4));
    }

    #[test]
    fn a_hole_of_two_points_is_left_out() {
        let mut shape = polygon(&[
            &[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 0.0]],
            &[[5.0, 4.0], [5.0, 4.0]],
        ]);
        let done = Mender::default().mend(&mut shape);
        assert_eq!((done.short, shape.ring_count(), done.invalid), (1, 1, None));
    }

    #[test]
    fn a_bow_tie_keeps_both_halves() {
        let mut shape = polygon(&[&[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]]);
        let done = Mender::default().mend(&mut shape);
        let invalid = done.invalid.unwrap();
        assert_eq!(invalid.place, Some([1.0, 1.0]));
        assert_eq!(shape.part_count(), 2);
        assert_eq!(invalid.before.part_count(), 1);
    }

    #[test]
    fn of_a_flat_ring_nothing_is_left() {
        let mut shape = polygon(&[&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 0.0]]]);
        let done = Mender::default().mend(&mut shape);
        assert!(done.invalid.is_some());
        assert_eq!(shape.kind(), GeometryKind::None);
    }
}
