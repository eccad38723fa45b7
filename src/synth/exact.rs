//! Exact predicates on the lattice.
//!
//! In: nodes, whose coordinates are integers. Out: on which side, whether two things meet, whether a ring is simple. Nothing is rounded:
//! within a commune the products stay far inside 64 bits.

use super::frame::Node;

/// Twice the area in lattice units, exact, positive when the ring turns to the left.
pub(super) fn doubled_area(ring: &[Node]) -> i64 {
    let Some(first) = ring.first() else { return 0 };
    ring.windows(2).map(|w| turn(*first, w[0], w[1])).sum()
}

/// Twice the area of a triangle: positive when `c` lies left of `a → b`, zero when the three are in line; exact.
pub(super) fn turn(a: Node, b: Node, c: Node) -> i64 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// Whether `x` lies on the segment, ends included.
pub(super) fn on_segment(p: Node, q: Node, x: Node) -> bool {
    turn(p, q, x) == 0 && x.x >= p.x.min(q.x) && x.x <= p.x.max(q.x) && x.y >= p.y.min(q.y) && x.y <= p.y.max(q.y)
}

/// Whether two segments have a point in common, ends included; exact.
pub(super) fn segments_meet(p: Node, q: Node, r: Node, s: Node) -> bool {
    let apart = |a: i64, b: i64, c: i64, d: i64| a.max(b) < c.min(d) || c.max(d) < a.min(b);
    if apart(p.x, q.x, r.x, s.x) || apart(p.y, q.y, r.y, s.y) {
        return false;
    }
    let (a, b) = (turn(p, q, r).signum(), turn(p, q, s).signum());
    let (c, d) = (turn(r, s, p).signum(), turn(r, s, q).signum());
    a * b <= 0 && c * d <= 0
}

/// Whether two segments with the common end `at` run over each other.
pub(super) fn folds_back(at: Node, one: Node, two: Node) -> bool {
    let dot = (one.x - at.x) * (two.x - at.x) + (one.y - at.y) * (two.y - at.y);
    turn(at, one, two) == 0 && dot > 0
}

/// Whether a ring turns left and meets itself nowhere.
pub(super) fn is_simple(ring: &[Node]) -> bool {
    let n = ring.len();
    if n < 3 || doubled_area(ring) <= 0 {
        return false;
    }
    let at = |i: usize| ring[i % n];
    (0..n).all(|i| {
        !folds_back(at(i + 1), at(i), at(i + 2))
            && (i + 2..n)
                .filter(|j| (j + 1) % n != i)
                .all(|j| !segments_meet(at(i), at(i + 1), at(j), at(j + 1)))
    })
}

/// Whether a node lies inside the closed ring of `nodes`, by the parity of the edges east of it; exact.
pub(super) fn is_inside(node: Node, ring: &[Node]) -> bool {
    let n = ring.len();
    let crossed = (0..n).filter(|i| {
        let (p, q) = (ring[*i], ring[(i + 1) % n]);
        let (low, high) = if p.y <= q.y { (p, q) } else { (q, p) };
        low.y <= node.y && node.y < high.y && turn(low, high, node) > 0
    });
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(points: &[(i64, i64)]) -> Vec<Node> {
        points.iter().map(|(x, y)| Node { x: *x, y: *y }).collect()
    }

    #[test]
    fn a_square_turning_left_has_a_positive_area() {
        let ring = [(0, 0), (10, 0), (10, 10), (0, 10)].map(|(x, y)| Node { x, y });
        assert_eq!(doubled_area(&ring), 200);
    }

    #[test]
    fn rings_that_cross_touch_or_fold_are_not_simple() {
        assert!(is_simple(&nodes(&[(0, 0), (10, 0), (10, 10), (0, 10)])));
        assert!(
            is_simple(&nodes(&[(0, 0), (5, 0), (10, 0), (10, 10), (0, 10)])),
            "in line is allowed"
        );
        assert!(!is_simple(&nodes(&[(0, 10), (10, 10), (10, 0), (0, 0)])), "turns right");
        assert!(!is_simple(&nodes(&[(0, 0), (10, 0), (0, 10), (10, 10)])), "crosses");
        assert!(
            !is_simple(&nodes(&[(0, 0), (10, 0), (10, 10), (5, 0), (0, 10)])),
            "touches"
        );
        assert!(
            !is_simple(&nodes(&[(0, 0), (10, 0), (10, 10), (0, 10), (0, 20), (0, 5)])),
            "folds back"
        );
    }

    #[test]
    fn inside_is_told_by_parity() {
        let ring = nodes(&[(0, 0), (10, 0), (10, 10), (5, 3), (0, 10)]);
        assert!(is_inside(Node { x: 5, y: 2 }, &ring));
        assert!(!is_inside(Node { x: 5, y: 5 }, &ring));
        assert!(!is_inside(Node { x: 12, y: 5 }, &ring));
    }
}
