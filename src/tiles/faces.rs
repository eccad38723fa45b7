//! Stage 4c, polygons again: from snapped edges to valid rings.
//!
//! Around each point its edges are sorted by direction; crossing an edge changes the winding number by what the edge counts, so
//! that one known number gives all of a connected piece. What winds more than zero times is inside. Then:
//! ```text
//!        ╲ inside ╱        edges with the inside on one side only remain; they are walked with the inside at the same
//!  inside  ╲    ╱          hand, at a point always into the same corner of the inside, so that two polygons which
//!      ─────╳─────         touch stay two. A walk that comes back to a point splits there: the loop between
//!          ╱  ╲            is a ring of its own (a hole that touches its shell).
//!        ╱      ╲
//! ```
//! In: edges that meet at common points only ([`super::snap`]). Out: rings, each polygon's shell (positive area) before its holes.
//! Valid by OGC 06-103r4, 6.1.11: rings simple, touching in points at most, the inside of each polygon in one piece.

use super::rows::{Edge, Rows};
use super::shape::{TilePoint, doubled_area, turn};
use super::work::Work;
use crate::query::select::Cancelled;

/// A ring of the result; `points[start..end]`.
#[derive(Debug, Clone, Copy)]
struct Loop {
    start: u32,
    end: u32,
    /// Twice its area, positive for a shell.
    area: i64,
    /// The shell's number for a hole; its own for a shell.
    shell: u32,
}

/// An edge seen from one of its ends.
#[derive(Debug, Clone, Copy, Default)]
struct Half {
    from: TilePoint,
    to: TilePoint,
    /// How the winding number changes when it is crossed from its right to its left (positive) side.
    net: i32,
    /// The winding number on the left side.
    left: i32,
    /// The same edge from its other end.
    twin: u32,
    /// The point's first half.
    first: u32,
    used: bool,
}

impl Half {
    fn right(&self) -> i32 {
        self.left - self.net
    }
    fn has_inside_left_only(&self) -> bool {
        self.left > 0 && self.right() <= 0
    }
    fn is_border(&self) -> bool {
        (self.left > 0) != (self.right() > 0)
    }
}

/// Memory that is kept between uses.
#[derive(Default)]
pub struct Faces {
    halves: Vec<Half>,
    sorted: Vec<Half>,
    order: Vec<u32>,
    /// Half at a point → the number of halves there, at the first one's place.
    degree: Vec<u32>,
    known: Vec<bool>,
    queue: Vec<u32>,
    rows: Rows,
    walk: Vec<u32>,
    place: Vec<u32>,
    loops: Vec<Loop>,
    points: Vec<TilePoint>,
}

impl Faces {
    /// Hands each ring of the polygons that the edges enclose to `ring`, shells before their holes. Nothing enclosed: none.
    ///
    /// Cost: n log n, and for each connected piece beyond the first a look at the edges of its row.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn polygons(
        &mut self,
        edges: &[Edge],
        work: &mut Work<'_>,
        mut ring: impl FnMut(&[TilePoint]),
    ) -> Result<(), Cancelled> {
        work.took(64 * edges.len())?;
        self.sort_around_points(edges);
        self.wind(edges, work)?;
        self.trace(work)?;
        self.place_holes(work)?;
        self.loops.sort_by_key(|l| (l.shell, l.area < 0));
        for l in &self.loops {
            ring(&self.points[l.start as usize..l.end as usize]);
        }
        Ok(())
    }

    /// Halves sorted by point, then by direction, counter-clockwise (as seen with y up) from due −y.
    fn sort_around_points(&mut self, edges: &[Edge]) {
        self.halves.clear();
        for e in edges {
            self.halves.push(Half {
                from: e.a,
                to: e.b,
                net: e.net,
                ..Half::default()
            });
            self.halves.push(Half {
                from: e.b,
                to: e.a,
                net: -e.net,
                ..Half::default()
            });
        }
        let halves = &self.halves;
        self.order.clear();
        self.order.extend(0..halves.len() as u32);
        self.order.sort_unstable_by(|&i, &j| {
            let (h, g) = (&halves[i as usize], &halves[j as usize]);
            let towards_greater = |x: &Half| x.to > x.from;
            h.from
                .cmp(&g.from)
                .then_with(|| towards_greater(g).cmp(&towards_greater(h)))
                .then_with(|| 0.cmp(&turn(h.from, h.to, g.to)))
        });
        // Where each half went, to tell twins; `place` is free until the walks.
        self.place.clear();
        self.place.resize(halves.len(), 0);
        for (at, &i) in self.order.iter().enumerate() {
            self.place[i as usize] = at as u32;
        }
        self.sorted.clear();
        for (at, &i) in self.order.iter().enumerate() {
            let half = halves[i as usize];
            let first = match self.sorted.last() {
                Some(before) if before.from == half.from => before.first,
                _ => at as u32,
            };
            self.sorted.push(Half {
                twin: self.place[(i ^ 1) as usize],
                first,
                ..half
            });
        }
        std::mem::swap(&mut self.halves, &mut self.sorted);
        self.degree.clear();
        self.degree.resize(self.halves.len(), 0);
        for h in &self.halves {
            self.degree[h.first as usize] += 1;
        }
    }

    /// Winding numbers, one connected piece after the other.
    fn wind(&mut self, edges: &[Edge], work: &mut Work<'_>) -> Result<(), Cancelled> {
        self.known.clear();
        self.known.resize(self.halves.len(), false);
        let mut pieces = 0;
        for start in 0..self.halves.len() as u32 {
            let point = self.halves[start as usize].first;
            if point != start || self.known[start as usize] {
                continue;
            }
            // Points come in order, so this is the piece's westernmost, and all its edges lead to the east or due +y. West of it is
            // the left side of the last one.
            pieces += 1;
            if pieces == 2 {
                self.rows.fill(edges, work)?;
            }
            let outside = match pieces {
                1 => 0,
                _ => self
                    .rows
                    .winding_at(edges, self.halves[start as usize].from, work, |_| true)?,
            };
            self.known[start as usize] = true;
            let last = start + self.degree[start as usize] - 1;
            self.halves[last as usize].left = outside;
            self.queue.clear();
            self.queue.push(last);
            while let Some(given) = self.queue.pop() {
                self.wind_around(given);
            }
        }
        Ok(())
    }

    /// From the winding number at the left of one half at a point, those of all halves there, handed on to their other ends.
    fn wind_around(&mut self, given: u32) {
        let first = self.halves[given as usize].first;
        let degree = self.degree[first as usize];
        let mut winding = self.halves[given as usize].left;
        for step in 1..=degree {
            let at = first + (given - first + step) % degree;
            let half = &mut self.halves[at as usize];
            let right = winding;
            winding += half.net;
            half.left = winding;
            let twin = half.twin;
            let end = self.halves[twin as usize].first;
            if !self.known[end as usize] {
                self.known[end as usize] = true;
                self.halves[twin as usize].left = right;
                self.queue.push(twin);
            }
        }
    }

    /// Walks along the inside and splits each walk into rings.
    fn trace(&mut self, work: &mut Work<'_>) -> Result<(), Cancelled> {
        self.loops.clear();
        self.points.clear();
        self.place.clear();
        self.place.resize(self.halves.len(), 0);
        for start in 0..self.halves.len() as u32 {
            let half = self.halves[start as usize];
            if half.used || !half.has_inside_left_only() {
                continue;
            }
            let first_loop = self.loops.len();
            self.walk.clear();
            let mut at = start;
            loop {
                self.halves[at as usize].used = true;
                let point = self.halves[at as usize].first as usize;
                if self.place[point] > 0 {
                    self.split_off(self.place[point] as usize - 1);
                }
                self.walk.push(at);
                // 1 + where in the walk this point was left.
                self.place[point] = self.walk.len() as u32;
                at = self.next_along_inside(at);
                if at == start {
                    break;
                }
            }
            self.split_off(0);
            work.took(16)?;
            // One loop at most of a walk is the shell; the others are holes that touch it, or each other.
            let shell = (first_loop..self.loops.len()).find(|&l| self.loops[l].area > 0);
            for l in &mut self.loops[first_loop..] {
                l.shell = shell.map_or(u32::MAX, |s| s as u32);
            }
        }
        Ok(())
    }

    /// Ends the walk's part from `from` on as a ring.
    fn split_off(&mut self, from: usize) {
        let start = self.points.len() as u32;
        for at in self.walk.drain(from..) {
            let half = &self.halves[at as usize];
            self.place[half.first as usize] = 0;
            self.points.push(half.from);
        }
        let area = doubled_area(&self.points[start as usize..]);
        self.loops.push(Loop {
            start,
            end: self.points.len() as u32,
            area,
            shell: u32::MAX,
        });
    }

    /// The half by which the border of the same inside goes on from the end of a half.
    fn next_along_inside(&self, half: u32) -> u32 {
        let twin = self.halves[half as usize].twin;
        let first = self.halves[twin as usize].first;
        let degree = self.degree[first as usize];
        (1..=degree)
            .map(|back| first + (twin - first + degree - back) % degree)
            .find(|&at| self.halves[at as usize].is_border())
            .unwrap_or(twin)
    }

    /// Finds the shell of each hole that touches none: the smallest one around it.
    fn place_holes(&mut self, work: &mut Work<'_>) -> Result<(), Cancelled> {
        for hole in 0..self.loops.len() {
            if self.loops[hole].shell != u32::MAX {
                continue;
            }
            let l = self.loops[hole];
            // The middle of an edge is on no other ring; doubled to stay whole.
            let (p, q) = (self.points[l.start as usize], self.points[l.start as usize + 1]);
            let middle = [p[0] + q[0], p[1] + q[1]];
            let mut smallest = None;
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
            self.loops[hole].shell = smallest.map_or(u32::MAX, |(_, number)| number);
        }
        // A hole without a shell can't come from edges that close; were there one, it would not be a polygon.
        self.loops.retain(|l| l.shell != u32::MAX);
        Ok(())
    }
}

/// Whether a ring is around a point given in doubled coordinates and not on it.
fn is_around(ring: &[TilePoint], doubled: [i32; 2]) -> bool {
    let mut inside = false;
    let double = |p: TilePoint| p.map(|c| 2 * c);
    let Some(&last) = ring.last() else { return false };
    let mut a = double(last);
    for &p in ring {
        let b = double(p);
        if (a[1] <= doubled[1]) != (b[1] <= doubled[1]) {
            let side = i64::from(b[0] - a[0]) * i64::from(doubled[1] - a[1])
                - i64::from(b[1] - a[1]) * i64::from(doubled[0] - a[0]);
            // West of the edge: the ray to the east meets it.
            if (side > 0) == (b[1] > a[1]) {
                inside = !inside;
            }
        }
        a = b;
    }
    inside
}
