//! Stage 3, the zoom's vertices: of the points rounded to tile units, those that the shape needs.
//!
//! ```text
//! ring   a─b──c─d     b, c on the line from a to d: out        line   spikes are kept: a line may go and come back
//!          ╷                                                          points between its neighbours: out
//!        e─f─e        a spike encloses nothing: out
//! ```
//! What is left out never changes the outline: two neighbours that drop different points of a shared border still share it.
//! Each ring is treated alone; a vertex that a neighbour has within this ring's edge is not added here.
//! Not here: any tolerance. Points closer than half a unit fall together by rounding, which is the same for every ring.

use super::shape::{TilePoint, turn};

/// Cleans the ring `points[start..]` (first point not repeated): no point twice in a row, no point on the straight line between
/// its neighbours, no spike. Fewer than three points left: the ring encloses nothing and is removed. True where a ring is left.
///
/// Cost: linear.
pub fn keep_ring_vertices(points: &mut Vec<TilePoint>, start: usize) -> bool {
    let mut end = start;
    for next in start..points.len() {
        let p = points[next];
        while end > start && is_idle(&points[start..end], p) {
            end -= 1;
        }
        points[end] = p;
        end += 1;
    }
    // The same where the ring closes.
    let mut first = start;
    loop {
        if end - first < 3 {
            points.truncate(start);
            return false;
        }
        if is_idle(&points[first..end], points[first]) {
            end -= 1;
        } else if turn(points[end - 1], points[first], points[first + 1]) == 0 {
            first += 1;
        } else {
            break;
        }
    }
    points.copy_within(first..end, start);
    points.truncate(start + end - first);
    true
}

/// Whether the last of the kept points adds nothing once `next` follows.
fn is_idle(kept: &[TilePoint], next: TilePoint) -> bool {
    match *kept {
        [.., a, b] => turn(a, b, next) == 0,
        [b] => b == next,
        [] => false,
    }
}

/// Cleans the line `points[start..]`: no point twice in a row, no point between its neighbours on a straight line.
/// Fewer than two points left: it has no length and is removed. True where a line is left.
///
/// Cost: linear.
pub fn keep_line_vertices(points: &mut Vec<TilePoint>, start: usize) -> bool {
    let mut end = start;
    for next in start..points.len() {
        let p = points[next];
        if end > start && points[end - 1] == p {
            continue;
        }
        if end - start >= 2 && is_between(points[end - 2], points[end - 1], p) {
            end -= 1;
        }
        points[end] = p;
        end += 1;
    }
    let is_line = end - start >= 2;
    points.truncate(if is_line { end } else { start });
    is_line
}

fn is_between(a: TilePoint, b: TilePoint, c: TilePoint) -> bool {
    let onward = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]);
    onward > 0 && turn(a, b, c) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_keep_their_corners_only() {
        let check = |ring: &[TilePoint], expected: &[TilePoint]| {
            let mut points = vec![[9, 9]];
            points.extend(ring);
            assert_eq!(keep_ring_vertices(&mut points, 1), !expected.is_empty(), "{ring:?}");
            assert_eq!(&points[1..], expected, "{ring:?}");
        };
        check(
            &[[0, 0], [1, 0], [2, 0], [2, 2], [0, 2], [0, 1]],
            &[[0, 0], [2, 0], [2, 2], [0, 2]],
        );
        check(
            &[[1, 0], [2, 0], [2, 2], [0, 2], [0, 0]],
            &[[2, 0], [2, 2], [0, 2], [0, 0]],
        );
        // A spike, two in one, and one at the ring's end.
        check(&[[0, 0], [4, 0], [9, 0], [4, 0], [4, 4]], &[[0, 0], [4, 0], [4, 4]]);
        check(
            &[[0, 0], [4, 0], [6, 1], [6, 2], [6, 1], [4, 0], [4, 4]],
            &[[0, 0], [4, 0], [4, 4]],
        );
        check(&[[-5, 0], [0, 0], [4, 0], [4, 4], [0, 0]], &[[4, 0], [4, 4], [0, 0]]);
        // Nothing enclosed.
        check(&[[0, 0], [4, 4], [8, 8], [2, 2]], &[]);
        check(&[[0, 0], [0, 0], [0, 0], [0, 0]], &[]);
        check(&[[0, 0], [3, 1], [0, 0], [1, 3]], &[]);
        check(&[], &[]);
    }

    #[test]
    fn lines_keep_turns_and_returns() {
        let check = |line: &[TilePoint], expected: &[TilePoint]| {
            let mut points = line.to_vec();
            keep_line_vertices(&mut points, 0);
            assert_eq!(points, expected, "{line:?}");
        };
        check(&[[0, 0], [1, 1], [1, 1], [2, 2], [2, 5]], &[[0, 0], [2, 2], [2, 5]]);
        check(&[[0, 0], [5, 0], [2, 0]], &[[0, 0], [5, 0], [2, 0]]);
        check(&[[3, 3], [3, 3]], &[]);
        check(&[], &[]);
    }
}
