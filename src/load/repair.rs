//! Making one geometry fit to be held: rings closed, too short ones left out, invalid ones repaired.
//!
//! In: a shape of finite numbers, as read. Out: the same or a repaired shape, and what was done.
//! Consecutive points at the same place are valid (OGC 06-103r4, 6.1.6) and stay, so that what is valid is given out bit
//! for bit as it came: generalised sources are full of them. They are counted. Not here: ranges, CRS, counting.

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
    /// Points at the place of the one before them, in the shape as it came.
    pub(super) duplicates: u32,
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
    /// Whether [`mend`](Self::mend) would surely leave a shape as it is and find nothing to count.
    pub(super) fn leaves(&mut self, shape: &Shape) -> bool {
        !needs_rings(shape) && duplicates(shape) == 0 && self.checker.surely_valid(shape)
    }

    /// Mends a shape in place. Nothing left of it: a shape without a place.
    pub(super) fn mend(&mut self, shape: &mut Shape) -> Done {
        let mut done = Done {
            duplicates: duplicates(shape),
            ..Done::default()
        };
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

/// Points of rings and lines at the place of the one before them.
fn duplicates(shape: &Shape) -> u32 {
    if !matches!(shape.kind().dimension(), Some(1 | 2)) {
        return 0;
    }
    let of_ring = |r| {
        shape.coords()[shape.ring_range(r)]
            .windows(2)
            .filter(|w| w[0] == w[1])
            .count()
    };
    u32::try_from((0..shape.ring_count()).map(of_ring).sum::<usize>()).unwrap_or(u32::MAX)
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

    /// Parts, each of rings.
    fn multi(parts: &[&[&[[f64; 2]]]]) -> Shape {
        let mut shape = Shape::default();
        shape.start(GeometryKind::MultiPolygon);
        for part in parts {
            for ring in *part {
                ring.iter().for_each(|p| shape.push_point(*p));
                shape.end_ring();
            }
            shape.end_part();
        }
        shape
    }

    /// The area in the plane, in the units of the coordinates.
    fn planar(shape: &Shape) -> f64 {
        use geo::Area;
        shape.as_ref().to_geo_with(|p| p).map_or(0.0, |g| g.unsigned_area())
    }

    #[test]
    fn every_fault_of_an_outline_is_repaired_to_its_area() {
        const SQUARE: [[f64; 2]; 5] = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 0.0]];
        let shifted = SQUARE.map(|[x, y]| [x + 2.0, y + 2.0]);
        let beside = SQUARE.map(|[x, y]| [x + 4.0, y]);
        let hole_outside = SQUARE.map(|[x, y]| [x + 10.0, y]);
        let check = |what: &str, mut shape: Shape, area: f64| {
            let done = Mender::default().mend(&mut shape);
            assert_eq!(verdict(&shape.as_ref()), Verdict::Valid, "{what}");
            assert!((planar(&shape) - area).abs() < 1e-9, "{what}: {}", planar(&shape));
            let invalid = done.invalid.unwrap_or_else(|| panic!("{what} is not valid"));
            assert!(!invalid.reason.is_empty() && invalid.before.ring_count() > 0, "{what}");
        };
        check(
            "spike",
            polygon(&[&[
                [0.0, 0.0],
                [4.0, 0.0],
                [4.0, 4.0],
                [2.0, 4.0],
                [2.0, 9.0],
                [2.0, 4.0],
                [0.0, 4.0],
                [0.0, 0.0],
            ]]),
            16.0,
        );
        check(
            "spike inwards",
            polygon(&[&[
                [0.0, 0.0],
                [4.0, 0.0],
                [4.0, 4.0],
                [2.0, 4.0],
                [2.0, 1.0],
                [2.0, 4.0],
                [0.0, 4.0],
                [0.0, 0.0],
            ]]),
            16.0,
        );
        check(
            "bow-tie",
            polygon(&[&[[0.0, 0.0], [4.0, 4.0], [4.0, 0.0], [0.0, 4.0], [0.0, 0.0]]]),
            8.0,
        );
        check(
            "self-intersection",
            polygon(&[&[
                [0.0, 0.0],
                [6.0, 0.0],
                [6.0, 4.0],
                [2.0, 4.0],
                [2.0, -2.0],
                [1.0, -2.0],
                [1.0, 4.0],
                [0.0, 4.0],
                [0.0, 0.0],
            ]]),
            22.0,
        );
        check(
            "ring touching itself",
            polygon(&[&[[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 0.0], [0.0, 4.0], [0.0, 0.0]]]),
            8.0,
        );
        check("overlapping parts", multi(&[&[&SQUARE], &[&shifted]]), 28.0);
        check("parts with a common side", multi(&[&[&SQUARE], &[&beside]]), 32.0);
        check("a part twice", multi(&[&[&SQUARE], &[&SQUARE]]), 16.0);
        // As GEOS and PostGIS have it: a hole that lies in no polygon is one.
        check("hole outside", polygon(&[&SQUARE, &hole_outside]), 32.0);
        check("hole across the edge", polygon(&[&SQUARE, &shifted]), 12.0);
    }

    #[test]
    fn points_that_stand_twice_are_counted_and_stay() {
        let ring = [[0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]];
        let mut shape = polygon(&[&ring]);
        assert!(!Mender::default().leaves(&shape));
        let done = Mender::default().mend(&mut shape);
        assert_eq!((done.duplicates, done.invalid), (2, None));
        assert_eq!(shape.coords(), ring);
        let mut line = Shape::default();
        line.start(GeometryKind::LineString);
        [[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]
            .iter()
            .for_each(|p| line.push_point(*p));
        line.end_ring();
        line.end_part();
        let done = Mender::default().mend(&mut line);
        assert_eq!((done.duplicates, line.coords().len()), (1, 3));
    }

    #[test]
    fn rings_without_points_are_left_out() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 0.0]];
        let mut shape = polygon(&[&square, &[]]);
        let done = Mender::default().mend(&mut shape);
        assert_eq!((done.short, shape.ring_count(), done.invalid), (1, 1, None));
        let mut shape = polygon(&[&[]]);
        let done = Mender::default().mend(&mut shape);
        assert_eq!((done.short, shape.kind()), (1, GeometryKind::None));
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
