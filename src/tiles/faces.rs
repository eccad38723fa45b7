//! Stage 4d, polygons again: from snapped edges to valid rings.
//!
//! ```text
//!        ╲ inside ╱        Edges with the inside on one side only are walked with the inside at the left, at a point always
//!  inside  ╲    ╱          into the same corner of the inside, so that two polygons which touch stay two. A walk that
//!      ─────╳─────         comes back to a point splits there: the loop between is a ring of its own, a hole that
//!          ╱  ╲            touches its shell.
//! ```
//! In: edges that meet at common points only ([`super::snap`]). Out: rings, each polygon's shell (positive area) before its holes.
//! Valid by OGC 06-103r4, 6.1.11: rings simple, touching in points at most, the inside of each polygon in one piece.

use super::halves::Halves;
use super::rows::Edge;
use super::shape::{TilePoint, doubled_area};
use super::work::Work;
use crate::query::select::Cancelled;

/// A ring of the result; `points[start..end]`.
#[derive(Debug, Clone, Copy)]
struct Loop {
    start: u32,
    end: u32,
    /// Twice its area, positive for a shell.
    area: i64,
    /// The shell's number for a hole; its own for a shell; [`UNKNOWN`] for a hole that touches none.
    shell: u32,
}

const UNKNOWN: u32 = u32::MAX;

/// Memory that is kept between uses.
#[derive(Default)]
pub struct Faces {
    halves: Halves,
    used: Vec<bool>,
    walk: Vec<u32>,
    /// 1 + where in the walk a point was left, at the place of its first half.
    left_at: Vec<u32>,
    loops: Vec<Loop>,
    points: Vec<TilePoint>,
}

impl Faces {
    /// Hands each ring of the polygons that the edges enclose to `ring`, shells before their holes. Nothing enclosed: none.
    ///
    /// Cost: n log n; a hole that touches no shell looks at all shells larger than itself.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn polygons(
        &mut self,
        edges: &[Edge],
        work: &mut Work<'_>,
        mut ring: impl FnMut(&[TilePoint]),
    ) -> Result<(), Cancelled> {
        self.halves.fill(edges, work)?;
        self.trace(work)?;
        self.find_shells(work)?;
        self.loops.sort_by_key(|l| (l.shell, l.area < 0));
        for l in &self.loops {
            ring(&self.points[l.start as usize..l.end as usize]);
        }
        Ok(())
    }

    /// Walks along the inside and splits each walk into rings.
    fn trace(&mut self, work: &mut Work<'_>) -> Result<(), Cancelled> {
        let count = self.halves.all().len();
        self.loops.clear();
        self.points.clear();
        self.left_at.clear();
        self.left_at.resize(count, 0);
        self.used.clear();
        self.used.resize(count, false);
        for start in 0..count as u32 {
            if self.used[start as usize] || !self.halves.all()[start as usize].has_inside_left_only() {
                continue;
            }
            let first_loop = self.loops.len();
            let mut at = start;
            loop {
                self.used[at as usize] = true;
                let point = self.halves.all()[at as usize].first as usize;
                if self.left_at[point] > 0 {
                    self.split_off(self.left_at[point] as usize - 1);
                }
                self.walk.push(at);
                self.left_at[point] = self.walk.len() as u32;
                at = self.next_along_inside(at);
                if at == start {
                    break;
                }
            }
            self.split_off(0);
            work.took(self.loops.len() - first_loop)?;
            // One loop of a walk at most is the shell; the others are holes that touch it, or each other.
            let shell = (first_loop..self.loops.len()).find(|&l| self.loops[l].area > 0);
            for l in &mut self.loops[first_loop..] {
                l.shell = shell.map_or(UNKNOWN, |s| s as u32);
            }
        }
        Ok(())
    }

    /// Ends the walk's part from `from` on as a ring.
    fn split_off(&mut self, from: usize) {
        let start = self.points.len();
        for at in self.walk.drain(from..) {
            let half = &self.halves.all()[at as usize];
            self.left_at[half.first as usize] = 0;
            self.points.push(half.from);
        }
        let area = doubled_area(&self.points[start..]);
        self.loops.push(Loop {
            start: start as u32,
            end: self.points.len() as u32,
            area,
            shell: UNKNOWN,
        });
    }

    /// The half by which the border of the same corner of the inside goes on from the end of a half: the first border edge to the right
    /// of where one came from.
    fn next_along_inside(&self, half: u32) -> u32 {
        let twin = self.halves.all()[half as usize].twin;
        (1..=self.halves.degree(twin))
            .map(|back| self.halves.turned_right(twin, back))
            .find(|&at| self.halves.all()[at as usize].is_border())
            .unwrap_or(twin)
    }

    /// Finds the shell of each hole that touches none: the smallest one around it.
    fn find_shells(&mut self, work: &mut Work<'_>) -> Result<(), Cancelled> {
        for hole in 0..self.loops.len() {
            let l = self.loops[hole];
            if l.shell != UNKNOWN {
                continue;
            }
            // The middle of an edge is on no other ring; doubled to stay whole.
            let (p, q) = (self.points[l.start as usize], self.points[l.start as usize + 1]);
            let middle = [p[0] + q[0], p[1] + q[1]];
            let mut smallest: Option<(i64, u32)> = None;
            work.took(self.loops.len())?;
            for (number, shell) in self.loops.iter().enumerate() {
                if shell.area <= l.area.abs() || smallest.is_some_and(|(area, _)| area <= shell.area) {
                    continue;
                }
                let ring = &self.points[shell.start as usize..shell.end as usize];
                work.took(ring.len())?;
                if is_around(ring, middle) {
                    smallest = Some((shell.area, number as u32));
                }
            }
            self.loops[hole].shell = smallest.map_or(UNKNOWN, |(_, number)| number);
        }
        // Edges that close give each hole a shell; were there one without, it would not be a polygon.
        self.loops.retain(|l| l.shell != UNKNOWN);
        Ok(())
    }
}

/// Whether a ring is around a point given in doubled coordinates and not on it.
fn is_around(ring: &[TilePoint], doubled: [i32; 2]) -> bool {
    let Some(&last) = ring.last() else { return false };
    let mut inside = false;
    let mut a = last.map(|c| 2 * c);
    for &p in ring {
        let b = p.map(|c| 2 * c);
        if (a[1] <= doubled[1]) != (b[1] <= doubled[1]) {
            let side = i64::from(b[0] - a[0]) * i64::from(doubled[1] - a[1])
                - i64::from(b[1] - a[1]) * i64::from(doubled[0] - a[0]);
            // To the west of the edge: the ray to the east meets it.
            if (side > 0) == (b[1] > a[1]) {
                inside = !inside;
            }
        }
        a = b;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::super::snap::Snap;
    use super::*;

    /// The rings of the polygons that some rings enclose, as text, in order.
    fn check(rings: &[&[TilePoint]], expected: &[&[TilePoint]]) {
        let mut edges = Vec::new();
        for ring in rings {
            edges.extend((0..ring.len()).map(|i| Edge::new(ring[i], ring[(i + 1) % ring.len()])));
        }
        let mut work = Work::unstoppable();
        assert!(Snap::default().snap(&mut edges, &mut work).unwrap());
        let mut found = Vec::new();
        Faces::default()
            .polygons(&edges, &mut work, |ring| found.push(ring.to_vec()))
            .unwrap();
        assert_eq!(found, expected, "{rings:?}");
    }

    #[test]
    fn polygons_that_touch_in_a_point_stay_two() {
        check(
            &[&[[0, 0], [2, 0], [2, 2], [0, 2]], &[[2, 2], [4, 2], [4, 4], [2, 4]]],
            &[&[[0, 0], [2, 0], [2, 2], [0, 2]], &[[2, 2], [4, 2], [4, 4], [2, 4]]],
        );
    }

    #[test]
    fn polygons_that_share_an_edge_or_overlap_become_one() {
        check(
            &[&[[0, 0], [2, 0], [2, 2], [0, 2]], &[[2, 0], [4, 0], [4, 2], [2, 2]]],
            &[&[[0, 0], [2, 0], [4, 0], [4, 2], [2, 2], [0, 2]]],
        );
        check(
            &[&[[0, 0], [3, 0], [3, 3], [0, 3]], &[[1, 1], [2, 1], [2, 2], [1, 2]]],
            &[&[[0, 0], [3, 0], [3, 3], [0, 3]]],
        );
    }

    #[test]
    fn a_hole_that_touches_its_shell_is_split_off() {
        // One ring that runs around the hole on its way, and the same as two rings.
        let shell: &[TilePoint] = &[[0, 0], [8, 0], [8, 8], [0, 8]];
        let hole: &[TilePoint] = &[[0, 0], [2, 4], [4, 2]];
        check(
            &[&[[0, 0], [8, 0], [8, 8], [0, 8], [0, 0], [2, 4], [4, 2]]],
            &[shell, hole],
        );
        check(&[shell, hole], &[shell, hole]);
    }

    #[test]
    fn a_hole_that_cuts_its_shell_in_two_leaves_two_polygons() {
        check(
            &[&[[0, 0], [8, 0], [8, 8], [0, 8]], &[[4, 0], [2, 4], [4, 8], [6, 4]]],
            &[
                &[[0, 0], [4, 0], [2, 4], [4, 8], [0, 8]],
                &[[4, 0], [8, 0], [8, 8], [4, 8], [6, 4]],
            ],
        );
    }

    #[test]
    fn holes_find_the_smallest_shell_around_them() {
        check(
            &[
                &[[0, 0], [20, 0], [20, 20], [0, 20]],
                &[[2, 2], [2, 18], [18, 18], [18, 2]],
                &[[4, 4], [16, 4], [16, 16], [4, 16]],
                &[[6, 6], [6, 8], [8, 8], [8, 6]],
            ],
            &[
                &[[0, 0], [20, 0], [20, 20], [0, 20]],
                &[[2, 2], [2, 18], [18, 18], [18, 2]],
                &[[4, 4], [16, 4], [16, 16], [4, 16]],
                &[[6, 6], [6, 8], [8, 8], [8, 6]],
            ],
        );
    }

    #[test]
    fn what_winds_backwards_or_encloses_nothing_is_not_inside() {
        check(&[&[[0, 0], [0, 2], [2, 2], [2, 0]]], &[]);
        check(&[&[[0, 0], [3, 1], [6, 2], [3, 1]]], &[]);
        // A bow-tie: one half winds forwards, the other backwards.
        check(&[&[[0, 0], [4, 4], [4, 0], [0, 4]]], &[&[[0, 0], [2, 2], [0, 4]]]);
        check(&[], &[]);
    }
}
