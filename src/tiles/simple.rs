//! Stage 4a, check: do the rounded rings form a valid polygon as they are?
//!
//! Most do, so this is made quick: a ring seen whole from its middle is known at a glance, a small one compares its edges pair by
//! pair, anything else goes by [`Rows`]. The answer is exact but strict: rings that merely touch are left to the repair, which
//! knows whether they may (OGC 06-103r4, 6.1.11).
//!
//! In: rings without repeated points, spikes or points on a straight line ([`super::vertices`]). Out: yes or no.

use super::rings::Rings;
use super::rows::{Edge, Rows, edges_meet};
use super::shape::{TilePoint, doubled_area};
use super::work::Work;
use crate::query::select::Cancelled;

/// Rings up to this many points compare all pairs of edges.
const FEW_POINTS: usize = 24;

/// Memory that is kept between uses.
#[derive(Default)]
pub struct Check {
    edges: Vec<Edge>,
    /// The edge that follows each in its ring.
    next: Vec<u32>,
    rows: Rows,
}

impl Check {
    /// Whether no two edges meet except at the corner they share, and each hole lies in its shell and nothing else in anything.
    ///
    /// Cost: linear for most small rings, a few compares per edge for others.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn is_valid(&mut self, rings: &Rings<'_>, work: &mut Work<'_>) -> Result<bool, Cancelled> {
        work.took(4 * rings.points.len())?;
        if let [only] = rings.spans {
            let ring = &rings.points[only.range()];
            if !only.is_shell {
                return Ok(false);
            }
            if ring.len() <= FEW_POINTS {
                return Ok(is_star(ring) || small_ring_is_simple(ring));
            }
        }
        self.edges.clear();
        self.next.clear();
        for span in rings.spans {
            let ring = &rings.points[span.range()];
            let mut before = ring[ring.len() - 1];
            for &p in ring {
                self.edges.push(Edge {
                    a: before,
                    b: p,
                    net: 1,
                });
                self.next.push(self.edges.len() as u32);
                before = p;
            }
            if let Some(last) = self.next.last_mut() {
                *last = span.start;
            }
        }
        self.rows.fill(&self.edges, work)?;
        let (edges, next) = (&self.edges, &self.next);
        // Neighbours in a ring share a corner and, with no spikes, nothing else.
        let follow = |i: usize, j: usize| next[i] as usize == j || next[j] as usize == i;
        let apart = |i: usize, j: usize| follow(i, j) || !edges_meet(&edges[i], &edges[j]);
        if !self.rows.all_pairs(edges, work, apart)? {
            return Ok(false);
        }
        if rings.spans.len() == 1 {
            Ok(true)
        } else {
            self.is_well_nested(rings, work)
        }
    }

    /// Rings that don't meet: no shell in another polygon, no hole outside its shell or in another hole.
    fn is_well_nested(&mut self, rings: &Rings<'_>, work: &mut Work<'_>) -> Result<bool, Cancelled> {
        // Turn the edges of rings the way that they count: shells +1, holes −1.
        for span in rings.spans {
            let sign = if (doubled_area(&rings.points[span.range()]) > 0) == span.is_shell {
                1
            } else {
                -1
            };
            self.edges[span.range()].iter_mut().for_each(|e| e.net = sign);
        }
        let mut shell = None;
        for span in rings.spans {
            let at = rings.points[span.start as usize];
            let others = self
                .rows
                .winding_at(&self.edges, at, work, |i| !span.range().contains(&i))?;
            if span.is_shell {
                shell = Some(span);
            }
            let own_shell = shell.filter(|s| s.part == span.part);
            let expected = if span.is_shell { 0 } else { 1 };
            let Some(own_shell) = own_shell else { return Ok(false) };
            if others != expected {
                return Ok(false);
            }
            let one_part = rings.spans[0].part == rings.spans[rings.spans.len() - 1].part;
            if !span.is_shell && !one_part {
                let within = self
                    .rows
                    .winding_at(&self.edges, at, work, |i| own_shell.range().contains(&i))?;
                if within != 1 {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// Whether all of the outline is seen from the middle of its corners, turning one way and once around. Then it is simple: true for
/// every convex ring and for most parcels.
fn is_star(ring: &[TilePoint]) -> bool {
    let n = ring.len() as i64;
    let sum = ring
        .iter()
        .fold([0, 0], |s, p| [s[0] + i64::from(p[0]), s[1] + i64::from(p[1])]);
    // All scaled by the number of corners, to stay whole: below 2¹⁵ · FEW_POINTS, so products fit.
    let from_middle = |p: TilePoint| [n * i64::from(p[0]) - sum[0], n * i64::from(p[1]) - sum[1]];
    let mut a = from_middle(ring[ring.len() - 1]);
    let (mut left, mut right, mut rises) = (true, true, 0);
    for &p in ring {
        let b = from_middle(p);
        let turn = a[0] * b[1] - a[1] * b[0];
        left &= turn > 0;
        right &= turn < 0;
        rises += i32::from(a[1] < 0 && b[1] >= 0);
        a = b;
    }
    (left || right) && rises == 1
}

fn small_ring_is_simple(ring: &[TilePoint]) -> bool {
    let n = ring.len();
    let edge = |i: usize| Edge {
        a: ring[i],
        b: ring[if i + 1 == n { 0 } else { i + 1 }],
        net: 1,
    };
    for i in 0..n - 2 {
        let e = edge(i);
        // The last edge is a neighbour of the first.
        let end = if i == 0 { n - 1 } else { n };
        for j in i + 2..end {
            if edges_meet(&e, &edge(j)) {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::super::rings::RingSpan;
    use super::super::testing::Random;
    use super::*;

    /// Rings by part; the first of each is its shell.
    fn is_valid(parts: &[&[&[TilePoint]]]) -> bool {
        let (mut points, mut spans) = (Vec::new(), Vec::new());
        for (part, rings) in parts.iter().enumerate() {
            for (at, ring) in rings.iter().enumerate() {
                let start = points.len() as u32;
                points.extend_from_slice(ring);
                let end = points.len() as u32;
                spans.push(RingSpan {
                    start,
                    end,
                    part: part as u32,
                    source: 0,
                    is_shell: at == 0,
                });
            }
        }
        let rings = Rings {
            points: &points,
            spans: &spans,
        };
        Check::default().is_valid(&rings, &mut Work::unstoppable()).unwrap()
    }

    const SQUARE: &[TilePoint] = &[[0, 0], [20, 0], [20, 20], [0, 20]];

    #[test]
    fn one_ring_is_judged_by_its_edges() {
        let check = |ring: &[TilePoint], expected| assert_eq!(is_valid(&[&[ring]]), expected, "{ring:?}");
        check(SQUARE, true);
        check(&[[0, 0], [0, 20], [20, 20], [20, 0]], true);
        check(&[[0, 0], [9, 0], [9, 9], [8, 9], [8, 1], [0, 1]], true);
        // A bow-tie, twice around, and touching itself in a corner and on an edge.
        check(&[[0, 0], [4, 4], [4, 0], [0, 4]], false);
        check(&[[0, 0], [9, 0], [5, 9], [1, 1], [8, 1], [5, 8]], false);
        check(&[[0, 0], [4, 0], [2, 2], [4, 4], [0, 4], [2, 2]], false);
        check(&[[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]], false);
    }

    #[test]
    fn holes_lie_in_their_shell_and_apart() {
        let hole: &[TilePoint] = &[[2, 2], [2, 6], [6, 6]];
        let other: &[TilePoint] = &[[12, 2], [12, 6], [16, 6]];
        let inner: &[TilePoint] = &[[3, 4], [3, 5], [4, 5]];
        let outside: &[TilePoint] = &[[32, 2], [32, 6], [36, 6]];
        assert!(is_valid(&[&[SQUARE, hole, other]]));
        assert!(!is_valid(&[&[SQUARE, hole, inner]]));
        assert!(!is_valid(&[&[SQUARE, outside]]));
        assert!(
            !is_valid(&[&[SQUARE, &[[0, 0], [2, 6], [6, 6]]]]),
            "touching is for the repair to judge"
        );
    }

    #[test]
    fn parts_lie_apart_or_in_a_hole() {
        let hole: &[TilePoint] = &[[2, 2], [2, 18], [18, 18], [18, 2]];
        let island: &[TilePoint] = &[[4, 4], [8, 4], [8, 8]];
        let far: &[TilePoint] = &[[40, 0], [60, 0], [60, 20], [40, 20]];
        let far_hole: &[TilePoint] = &[[42, 2], [42, 6], [46, 6]];
        assert!(is_valid(&[&[SQUARE, hole], &[island]]));
        assert!(!is_valid(&[&[SQUARE], &[island]]));
        assert!(is_valid(&[&[SQUARE, hole], &[far, far_hole]]));
        assert!(!is_valid(&[&[SQUARE, far_hole], &[far]]), "a hole in another's shell");
    }

    #[test]
    fn the_quick_ways_agree_with_the_slow_one() {
        let mut random = Random::new(5);
        let (mut stars, mut simple) = (0, 0);
        for round in 0..20_000 {
            let count = 3 + round % 7;
            let mut ring: Vec<TilePoint> = (0..count).map(|_| [random.below(12), random.below(12)]).collect();
            if !super::super::vertices::keep_ring_vertices(&mut ring, 0) {
                continue;
            }
            let slow = small_ring_is_simple(&ring);
            simple += i32::from(slow);
            if is_star(&ring) {
                stars += 1;
                assert!(slow, "{ring:?}");
            }
            // With a shell far away, the rows are asked.
            let far: &[TilePoint] = &[[100, 0], [120, 0], [120, 20]];
            assert_eq!(is_valid(&[&[&ring], &[far]]), slow, "{ring:?}");
        }
        assert!(stars > 1000 && simple > stars, "{stars} {simple}");
    }
}
