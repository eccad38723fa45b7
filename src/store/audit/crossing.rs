//! Whether the interiors of two polygons meet.
//!
//! Neighbours share most of their vertices to the bit, so most pairs are decided by comparing edges:
//!
//! ```text
//! the same edge, turned round           a border that they share
//! the same edge, the same way           both lie on its left: they overlap
//! edges that cross                      they overlap
//! no such edge: the border of each is cut where the other touches it; a piece
//! of one whose middle lies in the other → they overlap (one may hold the other)
//! ```
//! Orientations are exact. The middle of a piece is rounded: where one lies within rounding of a border the answer may
//! be wrongly yes, never wrongly no by more than that; who asks measures the area.

use geo::algorithm::kernels::Orientation;

use super::outline::{Edge, Outline, Rect, orientation, rect_of};

/// Vectors that are used again from pair to pair.
#[derive(Default)]
pub(super) struct Scratch {
    a: Side,
    b: Side,
}

#[derive(Default)]
struct Side {
    near: Vec<Edge>,
    /// Per edge of `near`: it is a border that both share.
    shared: Vec<bool>,
    /// Of edges of `near`: where the other polygon touches it, from 0 to 1.
    cuts: Vec<(u32, f64)>,
    /// Of edges of `near`: from where to where it runs along an edge of the other.
    along: Vec<(u32, f64, f64)>,
}

impl Side {
    fn start(&mut self, outline: &Outline, window: &Rect) {
        outline.near(window, &mut self.near);
        self.near
            .sort_unstable_by(|e, f| rect_of(e)[0][0].total_cmp(&rect_of(f)[0][0]));
        self.shared.clear();
        self.shared.resize(self.near.len(), false);
        self.cuts.clear();
        self.along.clear();
    }

    /// Whether a piece of these edges has its middle in the other polygon.
    fn reaches_into(&mut self, other: &Outline) -> bool {
        self.cuts
            .sort_unstable_by(|x, y| x.0.cmp(&y.0).then(x.1.total_cmp(&y.1)));
        let mut cuts = self.cuts.iter().peekable();
        for (i, edge) in self.near.iter().enumerate() {
            let mut from = 0.0;
            loop {
                let cut = cuts.next_if(|(of, _)| *of as usize == i).map(|(_, t)| *t);
                let to = cut.unwrap_or(1.0);
                if !self.shared[i] && to > from {
                    let middle = f64::midpoint(from, to);
                    let along = self
                        .along
                        .iter()
                        .any(|(of, a, b)| *of as usize == i && *a <= middle && middle <= *b);
                    if !along && other.holds(at(edge, middle)) {
                        return true;
                    }
                }
                from = to;
                if cut.is_none() {
                    break;
                }
            }
        }
        false
    }
}

/// Whether the interiors of two polygons meet; see the module.
pub(super) fn interiors_meet(a: &Outline, b: &Outline, scratch: &mut Scratch) -> bool {
    let ([a_min, a_max], [b_min, b_max]) = (a.bounds(), b.bounds());
    let window = [
        [a_min[0].max(b_min[0]), a_min[1].max(b_min[1])],
        [a_max[0].min(b_max[0]), a_max[1].min(b_max[1])],
    ];
    if (0..2).any(|i| window[0][i] >= window[1][i]) {
        return false;
    }
    let Scratch { a: one, b: two } = scratch;
    one.start(a, &window);
    two.start(b, &window);
    let mut first = 0;
    let widest = two
        .near
        .iter()
        .map(|f| rect_of(f)[1][0] - rect_of(f)[0][0])
        .fold(0.0, f64::max);
    for i in 0..one.near.len() {
        let e = one.near[i];
        let [low, high] = rect_of(&e);
        // Both stand in the order of their western ends: the first that may still reach this far only moves on.
        while first < two.near.len() && rect_of(&two.near[first])[0][0] + widest < low[0] {
            first += 1;
        }
        for j in first..two.near.len() {
            let f = two.near[j];
            let [f_low, f_high] = rect_of(&f);
            if f_low[0] > high[0] {
                break;
            }
            if f_high[0] < low[0] || f_low[1] > high[1] || f_high[1] < low[1] {
                continue;
            }
            match meeting(&e, &f) {
                Meeting::Apart => {}
                Meeting::Border => (one.shared[i], two.shared[j]) = (true, true),
                Meeting::Overlap => return true,
                Meeting::Touch => touch(&e, &f, (one, i), (two, j)),
            }
        }
    }
    one.reaches_into(b) || two.reaches_into(a)
}

enum Meeting {
    Apart,
    /// The same edge, turned round.
    Border,
    /// They cross, or run the same way along each other.
    Overlap,
    /// An end of one lies on the other, or they run along each other in opposite ways.
    Touch,
}

fn meeting(e: &Edge, f: &Edge) -> Meeting {
    if e[0] == f[1] && e[1] == f[0] {
        return Meeting::Border;
    }
    if e == f {
        return Meeting::Overlap;
    }
    let from_f = e.map(|p| orientation(f[0], f[1], p));
    if from_f[0] == from_f[1] && from_f[0] != Orientation::Collinear {
        return Meeting::Apart;
    }
    let from_e = f.map(|p| orientation(e[0], e[1], p));
    if from_e[0] == from_e[1] && from_e[0] != Orientation::Collinear {
        return Meeting::Apart;
    }
    if from_f == [Orientation::Collinear; 2] {
        let same_way = (0..2).map(|i| (e[1][i] - e[0][i]) * (f[1][i] - f[0][i])).sum::<f64>() > 0.0;
        let [from, to] = f.map(|p| position(e, p));
        let (from, to) = (from.min(to), from.max(to));
        return if same_way && from.max(0.0) < to.min(1.0) {
            Meeting::Overlap
        } else {
            Meeting::Touch
        };
    }
    if from_f.contains(&Orientation::Collinear) || from_e.contains(&Orientation::Collinear) {
        Meeting::Touch
    } else {
        Meeting::Overlap
    }
}

/// Notes where two edges touch.
fn touch(e: &Edge, f: &Edge, one: (&mut Side, usize), two: (&mut Side, usize)) {
    for ((side, i), own, other) in [(one, e, f), (two, f, e)] {
        let i = i as u32;
        let on_line = other.map(|p| orientation(own[0], own[1], p) == Orientation::Collinear);
        let places = other.map(|p| position(own, p));
        for (place, _) in places
            .iter()
            .zip(on_line)
            .filter(|(t, on)| *on && **t > 0.0 && **t < 1.0)
        {
            side.cuts.push((i, *place));
        }
        if on_line == [true; 2] {
            side.along.push((i, places[0].min(places[1]), places[0].max(places[1])));
        }
    }
}

/// Where along an edge a point of its line lies: 0 at its beginning, 1 at its end.
fn position(edge: &Edge, p: [f64; 2]) -> f64 {
    let longer = usize::from((edge[1][1] - edge[0][1]).abs() > (edge[1][0] - edge[0][0]).abs());
    (p[longer] - edge[0][longer]) / (edge[1][longer] - edge[0][longer])
}

fn at([a, b]: &Edge, t: f64) -> [f64; 2] {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps, MultiPolygon, Polygon, coord};

    use super::*;
    use crate::model::geometry::Geometry;

    fn polygon(points: &[(f64, f64)]) -> Polygon<f64> {
        Polygon::new(points.iter().copied().collect(), vec![])
    }

    fn meet(a: &Polygon<f64>, b: &Polygon<f64>) -> bool {
        let flat = |p: &Polygon<f64>| Geometry::from_geo(&p.clone().into()).unwrap();
        let (a, b) = (flat(a), flat(b));
        let (a, b) = (Outline::of(&a.as_ref()).unwrap(), Outline::of(&b.as_ref()).unwrap());
        let mut scratch = Scratch::default();
        let answer = interiors_meet(&a, &b, &mut scratch);
        assert_eq!(answer, interiors_meet(&b, &a, &mut scratch), "whichever comes first");
        answer
    }

    #[test]
    fn pairs_that_touch_and_pairs_that_overlap() {
        let square = polygon(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]);
        let check =
            |points: &[(f64, f64)], expected: bool| assert_eq!(meet(&square, &polygon(points)), expected, "{points:?}");
        // A neighbour, whole border, part of it, one corner; wound the other way.
        check(&[(4.0, 0.0), (8.0, 0.0), (8.0, 4.0), (4.0, 4.0)], false);
        check(&[(4.0, 4.0), (8.0, 4.0), (8.0, 0.0), (4.0, 0.0)], false);
        check(&[(4.0, 1.0), (8.0, 1.0), (8.0, 3.0), (4.0, 3.0)], false);
        check(&[(4.0, 4.0), (8.0, 4.0), (8.0, 8.0), (4.0, 8.0)], false);
        // The same, part of it, inside it, around it.
        check(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)], true);
        check(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)], true);
        check(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)], true);
        check(&[(-1.0, -1.0), (5.0, -1.0), (5.0, 5.0), (-1.0, 5.0)], true);
        // Through it by its corners alone; along a part of its border, inside and outside.
        check(&[(-1.0, -1.0), (1.0, -1.0), (5.0, 5.0)], true);
        check(&[(0.0, 4.0), (4.0, 0.0), (5.0, 5.0)], true);
        check(&[(1.0, 0.0), (3.0, 0.0), (2.0, 2.0)], true);
        check(&[(1.0, 0.0), (3.0, 0.0), (2.0, -2.0)], false);
        // An edge that crosses a corner's tip.
        check(&[(3.5, 4.5), (4.5, 3.5), (5.0, 5.0)], false);
        check(&[(3.4, 4.5), (4.5, 3.4), (5.0, 5.0)], true);
    }

    #[test]
    fn a_hole_is_outside() {
        let ring = Polygon::new(
            vec![(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0), (0.0, 0.0)].into(),
            vec![vec![(2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0), (2.0, 2.0)].into()],
        );
        let inside = polygon(&[(2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0)]);
        let smaller = polygon(&[(3.0, 3.0), (5.0, 3.0), (5.0, 5.0), (3.0, 5.0)]);
        let larger = polygon(&[(1.0, 3.0), (5.0, 3.0), (5.0, 5.0), (1.0, 5.0)]);
        assert_eq!(
            [meet(&ring, &inside), meet(&ring, &smaller), meet(&ring, &larger)],
            [false, false, true]
        );
    }

    /// Random triangles and squares on a coarse grid, so that ends, edges and lines coincide often.
    #[test]
    fn the_answer_is_that_of_the_area_of_the_intersection() {
        let mut seed = 11u64;
        let mut random = |below: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let (mut meeting, mut apart) = (0, 0);
        for _ in 0..20_000 {
            let mut shape = || {
                let corners: Vec<(f64, f64)> = (0..3).map(|_| (random(6) as f64, random(6) as f64)).collect();
                polygon(&corners)
            };
            let (a, b) = (shape(), shape());
            if a.unsigned_area() == 0.0 || b.unsigned_area() == 0.0 {
                continue;
            }
            let shared: MultiPolygon<f64> = a.intersection(&b);
            let expected = shared.unsigned_area() > 1e-6;
            assert_eq!(meet(&a, &b), expected, "{a:?} {b:?}");
            *(if expected { &mut meeting } else { &mut apart }) += 1;
        }
        assert!(meeting > 3_000 && apart > 3_000, "{meeting} {apart}");
    }

    #[test]
    fn outlines_of_many_edges_are_asked_by_their_index() {
        let circle = |x: f64, n: u32| {
            let corner = |i: u32| {
                let angle = f64::from(i) / f64::from(n) * std::f64::consts::TAU;
                coord! { x: x + angle.cos(), y: angle.sin() }
            };
            Polygon::new((0..n).map(corner).collect(), vec![])
        };
        assert!(meet(&circle(0.0, 1_000), &circle(1.9, 500)));
        assert!(!meet(&circle(0.0, 1_000), &circle(2.1, 500)));
        assert!(meet(&circle(0.0, 1_000), &circle(0.1, 20)));
    }
}
