//! Stage 2, clip: what lies in the tile and its buffer.
//!
//! ```text
//! polygon (Sutherland and Hodgman 1974)      line
//!    ┌──────┐            ┌──────┐               ┌──────┐          ┌──────┐
//!  ╱╲│╱╲    │    →       ╳╱╲    │             ╱╲│╱╲    │   →      │╱╲    │
//! ╱  ╲  ╲   │            ║╲ ╲   │            ╱  ╲  ╲   │          ╲  ╲   │  two pieces
//!    └──────┘            └──────┘               └──────┘          └──────┘
//! ```
//! In: points in local units. Out: the same. A clipped ring may run along the edge to and fro (║); its winding inside the box is
//! right all the same, and the repair of the later stage takes such edges out.
//! A cut point depends on its edge and the limit, not on the edge's direction, so that neighbours are cut alike.

use super::grid::LocalPoint;
use super::work::Work;
use crate::query::select::Cancelled;

/// One of the four limits: what counts is how far a point is inside of it.
#[derive(Clone, Copy)]
struct Limit {
    axis: usize,
    at: i64,
    /// 1 where the inside is above the limit, −1 where below.
    side: i64,
}

impl Limit {
    fn lets_in(self, p: LocalPoint) -> bool {
        (p[self.axis] - self.at) * self.side >= 0
    }

    /// Where the edge between two points, one on each side, meets the limit: the nearest local point, halves up.
    fn cut(self, p: LocalPoint, q: LocalPoint) -> LocalPoint {
        let (a, b) = if p <= q { (p, q) } else { (q, p) };
        let other = 1 - self.axis;
        // Lengths stay below 2³⁶, products below 2⁷², hence 128 bits.
        let run = i128::from(b[self.axis] - a[self.axis]);
        let part = i128::from(self.at - a[self.axis]) * i128::from(b[other] - a[other]);
        let (part, run) = if run < 0 { (-part, -run) } else { (part, run.max(1)) };
        let moved = match (i64::try_from(2 * part + run), i64::try_from(2 * run)) {
            (Ok(n), Ok(d)) => n.div_euclid(d),
            // The quotient lies between the edge's ends.
            _ => (2 * part + run).div_euclid(2 * run) as i64,
        };
        let mut at = a;
        at[self.axis] = self.at;
        at[other] = a[other] + moved;
        at
    }
}

fn limits([low, high]: [i64; 2]) -> [Limit; 4] {
    [
        Limit {
            axis: 0,
            at: low,
            side: 1,
        },
        Limit {
            axis: 0,
            at: high,
            side: -1,
        },
        Limit {
            axis: 1,
            at: low,
            side: 1,
        },
        Limit {
            axis: 1,
            at: high,
            side: -1,
        },
    ]
}

/// Clips a ring (first point not repeated) to the square between two limits, in place.
///
/// Empty where nothing is left; what is left may have no area. `spare` is only memory. Cost: linear, four passes at most.
///
/// # Errors
/// [`Cancelled`].
pub fn clip_ring(
    ring: &mut Vec<LocalPoint>,
    spare: &mut Vec<LocalPoint>,
    square: [i64; 2],
    work: &mut Work<'_>,
) -> Result<(), Cancelled> {
    for limit in limits(square) {
        work.took(2 * ring.len())?;
        if ring.iter().all(|&p| limit.lets_in(p)) {
            continue;
        }
        let Some(&last) = ring.last() else { break };
        spare.clear();
        let (mut before, mut before_in) = (last, limit.lets_in(last));
        for &p in ring.iter() {
            let p_in = limit.lets_in(p);
            if p_in != before_in {
                spare.push(limit.cut(before, p));
            }
            if p_in {
                spare.push(p);
            }
            (before, before_in) = (p, p_in);
        }
        std::mem::swap(ring, spare);
    }
    Ok(())
}

/// The piece of an edge within the square between two limits, edges of the square included; `None` where it lies outside.
#[must_use]
pub fn clip_edge(a: LocalPoint, b: LocalPoint, square: [i64; 2]) -> Option<(LocalPoint, LocalPoint)> {
    let (mut a, mut b) = (a, b);
    for limit in limits(square) {
        match (limit.lets_in(a), limit.lets_in(b)) {
            (true, true) => {}
            (false, false) => return None,
            (true, false) => b = limit.cut(a, b),
            (false, true) => a = limit.cut(a, b),
        }
    }
    Some((a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [i64; 2] = [-10, 110];

    fn clipped(ring: &[LocalPoint]) -> Vec<LocalPoint> {
        let mut ring = ring.to_vec();
        clip_ring(&mut ring, &mut Vec::new(), SQUARE, &mut Work::unstoppable()).unwrap();
        ring
    }

    #[test]
    fn a_ring_around_the_square_becomes_the_square() {
        let far = 1 << 40;
        let mut ring = clipped(&[[-far, -far], [far, -far], [far, far], [-far, far]]);
        ring.sort_unstable();
        assert_eq!(ring, [[-10, -10], [-10, 110], [110, -10], [110, 110]]);
    }

    #[test]
    fn a_ring_beside_the_square_leaves_nothing() {
        assert!(clipped(&[[200, 0], [300, 0], [300, 50]]).is_empty());
        assert!(clipped(&[]).is_empty());
    }

    #[test]
    fn an_edge_is_cut_alike_in_both_directions() {
        let check = |a, b| {
            let (p, q) = clip_edge(a, b, SQUARE).unwrap();
            assert_eq!(clip_edge(b, a, SQUARE), Some((q, p)), "{a:?} {b:?}");
        };
        check([-37, 3], [211, 58]);
        check([-1, -1000], [4, 3_000_000_000]);
        check([-17_179_869_184, -1], [17_179_869_184, 99]);
        check([50, -50], [-50, 50]);
    }

    #[test]
    fn an_edge_past_the_corner_is_outside() {
        assert_eq!(clip_edge([-50, 20], [20, -50], SQUARE), None);
        assert_eq!(clip_edge([-30, 10], [10, -30], SQUARE), Some(([-10, -10], [-10, -10])));
    }
}
