//! A quick, exact test for the polygons that most layers are made of.
//!
//! It answers "surely valid" or "ask GEOS". Sure are polygons of one ring (several of them where
//! their boxes lie apart) none of whose edges meet but at their common corner. Orientation is exact
//! (adaptive arithmetic), so that no rounding decides.

use geo::Coord;
use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};

use crate::model::geometry::GeometryKind;
use crate::model::row::Shape;

/// Rings longer than this go to GEOS, whose sweep does not grow with the square.
const LONGEST_RING: usize = 4096;

/// From this number of edges on they are sorted along x first.
const SORT_FROM: usize = 24;

/// Buffers of the test.
#[derive(Debug, Default)]
pub(super) struct Checker {
    ring: Vec<[f64; 2]>,
    order: Vec<(f64, f64, u32)>,
    boxes: Vec<[f64; 4]>,
}

impl Checker {
    /// Whether a shape is valid without asking GEOS. Rings are closed and their numbers finite.
    ///
    /// Points and lines of two distinct points are valid always. Cost: 0.1 µs for a parcel.
    pub(super) fn surely_valid(&mut self, shape: &Shape) -> bool {
        match shape.kind() {
            GeometryKind::Polygon | GeometryKind::MultiPolygon => {}
            _ => return true,
        }
        // A part with a hole has more rings than there are parts.
        if shape.ring_count() != shape.part_count() {
            return false;
        }
        self.boxes.clear();
        (0..shape.ring_count()).all(|r| {
            let points = &shape.coords()[shape.ring_range(r)];
            points.len() <= LONGEST_RING && self.is_simple(points) && self.lies_apart(points)
        })
    }

    /// Whether the ring's box shares nothing with those before.
    fn lies_apart(&mut self, points: &[[f64; 2]]) -> bool {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let b = points.iter().fold(start, |b, p| {
            [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
        });
        let apart = |o: &[f64; 4]| b[0] > o[2] || o[0] > b[2] || b[1] > o[3] || o[1] > b[3];
        // Many parts: GEOS's index is faster than all pairs.
        if self.boxes.len() > 64 || !self.boxes.iter().all(apart) {
            return false;
        }
        self.boxes.push(b);
        true
    }

    /// Whether no two edges meet but neighbours at their corner.
    fn is_simple(&mut self, points: &[[f64; 2]]) -> bool {
        self.ring.clear();
        self.ring.extend_from_slice(points);
        self.ring.dedup();
        let ring = &self.ring;
        let n = ring.len().saturating_sub(1);
        if n < 3 || ring[0] != ring[n] {
            return false;
        }
        let corner = |i: usize| (ring[if i == 0 { n - 1 } else { i - 1 }], ring[i], ring[i + 1]);
        if (0..n).any(|i| turns_back(corner(i))) {
            return false;
        }
        if n < SORT_FROM {
            return (0..n).all(|i| (i + 1..n).all(|j| are_neighbours(i, j, n) || lie_apart(ring, i, j)));
        }
        self.order.clear();
        self.order.extend((0..n).map(|i| {
            let (a, b) = (ring[i][0], ring[i + 1][0]);
            (a.min(b), a.max(b), i as u32)
        }));
        self.order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        self.order.iter().enumerate().all(|(k, (_, east, i))| {
            self.order[k + 1..]
                .iter()
                .take_while(|(west, _, _)| west <= east)
                .all(|(_, _, j)| {
                    let (i, j) = ((*i.min(j)) as usize, (*i.max(j)) as usize);
                    are_neighbours(i, j, n) || lie_apart(ring, i, j)
                })
        })
    }
}

/// Whether edges `i < j` of a ring of `n` share a corner.
fn are_neighbours(i: usize, j: usize, n: usize) -> bool {
    j == i + 1 || (i == 0 && j == n - 1)
}

fn orientation(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> Orientation {
    RobustKernel::orient2d(Coord::from(a), Coord::from(b), Coord::from(c))
}

/// Whether the way from `a` over `b` to `c` goes back upon itself.
fn turns_back((a, b, c): ([f64; 2], [f64; 2], [f64; 2])) -> bool {
    let dot = (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1]);
    // Rounding may take a right angle for a sharp one; the orientation then decides.
    dot > 0.0 && orientation(a, b, c) == Orientation::Collinear
}

/// Whether two edges surely share no point: their boxes or their orientations say so.
fn lie_apart(ring: &[[f64; 2]], i: usize, j: usize) -> bool {
    let (a, b, c, d) = (ring[i], ring[i + 1], ring[j], ring[j + 1]);
    let boxes_apart = |k: usize| a[k].max(b[k]) < c[k].min(d[k]) || c[k].max(d[k]) < a[k].min(b[k]);
    if boxes_apart(0) || boxes_apart(1) {
        return true;
    }
    let one_side = |p, q, r, s| {
        let first = orientation(p, q, r);
        first != Orientation::Collinear && first == orientation(p, q, s)
    };
    one_side(a, b, c, d) || one_side(c, d, a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogr::valid::{Verdict, verdict};

    fn shape(rings: &[&[[f64; 2]]], kind: GeometryKind) -> Shape {
        let mut shape = Shape::default();
        shape.start(kind);
        for ring in rings {
            ring.iter().for_each(|p| shape.push_point(*p));
            shape.end_ring();
            if kind == GeometryKind::MultiPolygon {
                shape.end_part();
            }
        }
        if kind == GeometryKind::Polygon {
            shape.end_part();
        }
        shape
    }

    fn check(ring: &[[f64; 2]], sure: bool) {
        let shape = shape(&[ring], GeometryKind::Polygon);
        assert_eq!(Checker::default().surely_valid(&shape), sure, "{ring:?}");
    }

    #[test]
    fn plain_rings_are_sure_and_meeting_edges_are_not() {
        check(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], true);
        // A repeated point is no fault.
        check(&[[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], true);
        // Bow tie, spike, touching corner, flat ring.
        check(&[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], false);
        check(&[[0.0, 0.0], [2.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], false);
        check(
            &[
                [0.0, 0.0],
                [2.0, 0.0],
                [1.0, 1.0],
                [2.0, 2.0],
                [0.0, 2.0],
                [1.0, 1.0],
                [0.0, 0.0],
            ],
            false,
        );
        check(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 0.0]], false);
    }

    #[test]
    fn what_is_sure_is_valid_for_geos() {
        // Seeded rings of 4 to 60 points around a centre, some of them crossing themselves.
        let mut seed = 7u64;
        let mut next = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / f64::from(1u32 << 31)
        };
        let (mut sure, mut valid) = (0, 0);
        for i in 0..2000 {
            let n = 4 + i % 57;
            let mut ring: Vec<[f64; 2]> = (0..n)
                .map(|k| {
                    let angle = std::f64::consts::TAU * (f64::from(k) + next() * 1.6) / f64::from(n);
                    let r = 1.0 + (next() * 8.0).round() / 8.0;
                    [r * angle.cos(), r * angle.sin()]
                })
                .collect();
            ring.push(ring[0]);
            let shape = shape(&[&ring], GeometryKind::Polygon);
            let by_geos = verdict(&shape.as_ref()) == Verdict::Valid;
            let by_us = Checker::default().surely_valid(&shape);
            assert!(!by_us || by_geos, "{ring:?}");
            sure += i32::from(by_us);
            valid += i32::from(by_geos);
        }
        assert!(valid > 200 && valid < 1900, "{valid}");
        assert_eq!(sure, valid, "none of these needed GEOS");
    }

    #[test]
    fn parts_are_sure_where_their_boxes_lie_apart() {
        let a: &[[f64; 2]] = &[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]];
        let b: &[[f64; 2]] = &[[2.0, 0.0], [3.0, 0.0], [3.0, 1.0], [2.0, 0.0]];
        let sure = |rings: &[&[[f64; 2]]]| Checker::default().surely_valid(&shape(rings, GeometryKind::MultiPolygon));
        assert!(sure(&[a, b]));
        assert!(!sure(&[a, a]));
    }
}
