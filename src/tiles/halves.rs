//! Stage 4c, winding: how often the outline winds around each side of each snapped edge.
//!
//! ```text
//!          1 │ 0          Around each point its edges are sorted by direction; crossing an edge changes the winding
//!        ────┼────        number by what the edge counts, so that one known number gives all around the point, and from
//!          0 │ 0          there, edge by edge, all of a connected piece.
//! ```
//! In: edges that meet at common points only ([`super::snap`]). Out: each edge from both its ends, with the winding number on
//! its left. *Left* and *positive* are as in [`turn`]: from x towards y.

use super::rows::{Edge, Rows};
use super::shape::{TilePoint, turn};
use super::work::Work;
use crate::query::select::Cancelled;

/// An edge seen from one of its ends.
#[derive(Debug, Clone, Copy, Default)]
pub struct Half {
    pub from: TilePoint,
    to: TilePoint,
    /// How the winding number changes when it is crossed from its right to its left side.
    net: i32,
    /// The winding number on the left side.
    left: i32,
    /// The same edge from its other end.
    pub twin: u32,
    /// The first half at its point.
    pub first: u32,
}

impl Half {
    /// What winds more than zero times is inside.
    pub fn has_inside_left_only(&self) -> bool {
        self.left > 0 && self.left - self.net <= 0
    }

    /// Whether the inside is on one side only.
    pub fn is_border(&self) -> bool {
        (self.left > 0) != (self.left - self.net > 0)
    }
}

/// All halves, by point, then by direction from due −y, turning to the left. Memory is kept between uses.
#[derive(Default)]
pub struct Halves {
    sorted: Vec<Half>,
    unsorted: Vec<Half>,
    order: Vec<u32>,
    place: Vec<u32>,
    /// How many halves a point has, at the place of its first one.
    degree: Vec<u32>,
    known: Vec<bool>,
    queue: Vec<u32>,
    rows: Rows,
}

impl Halves {
    /// Takes edges in and finds their winding numbers.
    ///
    /// Cost: n log n, and for each connected piece beyond the first a look at the edges of its row.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn fill(&mut self, edges: &[Edge], work: &mut Work<'_>) -> Result<(), Cancelled> {
        work.took(64 * edges.len())?;
        self.sort(edges);
        self.wind(edges, work)
    }

    /// The halves.
    pub fn all(&self) -> &[Half] {
        &self.sorted
    }

    /// The half from whose point `twin` goes on to the right, `back` places before `half` around their point.
    pub fn turned_right(&self, half: u32, back: u32) -> u32 {
        let first = self.sorted[half as usize].first;
        let degree = self.degree[first as usize];
        first + (half - first + degree - back % degree) % degree
    }

    /// How many halves leave the point of a half.
    pub fn degree(&self, half: u32) -> u32 {
        self.degree[self.sorted[half as usize].first as usize]
    }

    fn sort(&mut self, edges: &[Edge]) {
        self.unsorted.clear();
        for e in edges {
            self.unsorted.push(Half {
                from: e.a,
                to: e.b,
                net: e.net,
                ..Half::default()
            });
            self.unsorted.push(Half {
                from: e.b,
                to: e.a,
                net: -e.net,
                ..Half::default()
            });
        }
        let halves = &self.unsorted;
        self.order.clear();
        self.order.extend(0..halves.len() as u32);
        self.order.sort_unstable_by(|&i, &j| {
            let (h, g) = (&halves[i as usize], &halves[j as usize]);
            let to_the_greater = |x: &Half| x.to > x.from;
            h.from
                .cmp(&g.from)
                .then_with(|| to_the_greater(g).cmp(&to_the_greater(h)))
                .then_with(|| 0.cmp(&turn(h.from, h.to, g.to)))
        });
        self.place.clear();
        self.place.resize(halves.len(), 0);
        for (at, &i) in self.order.iter().enumerate() {
            self.place[i as usize] = at as u32;
        }
        self.sorted.clear();
        self.degree.clear();
        self.degree.resize(halves.len(), 0);
        for (at, &i) in self.order.iter().enumerate() {
            let half = halves[i as usize];
            let first = match self.sorted.last() {
                Some(before) if before.from == half.from => before.first,
                _ => at as u32,
            };
            self.degree[first as usize] += 1;
            self.sorted.push(Half {
                twin: self.place[(i ^ 1) as usize],
                first,
                ..half
            });
        }
    }

    fn wind(&mut self, edges: &[Edge], work: &mut Work<'_>) -> Result<(), Cancelled> {
        self.known.clear();
        self.known.resize(self.sorted.len(), false);
        let mut pieces = 0;
        for start in 0..self.sorted.len() as u32 {
            let half = self.sorted[start as usize];
            if half.first != start || self.known[start as usize] {
                continue;
            }
            // Points come in order, so this is its piece's westernmost: all edges from it lead to the east or due +y, and the left of
            // the last one is what lies to the west.
            pieces += 1;
            if pieces == 2 {
                self.rows.fill(edges, work)?;
            }
            let outside = if pieces == 1 {
                0
            } else {
                self.rows.winding_at(edges, half.from, work, |_| true)?
            };
            let last = start + self.degree[start as usize] - 1;
            self.known[start as usize] = true;
            self.sorted[last as usize].left = outside;
            self.queue.push(last);
            while let Some(given) = self.queue.pop() {
                self.wind_around(given);
            }
        }
        Ok(())
    }

    /// From the winding number at the left of one half at a point, those of all halves there, handed on to their other ends.
    fn wind_around(&mut self, given: u32) {
        let first = self.sorted[given as usize].first;
        let degree = self.degree[first as usize];
        let mut winding = self.sorted[given as usize].left;
        for step in 1..=degree {
            let half = &mut self.sorted[(first + (given - first + step) % degree) as usize];
            let right = winding;
            winding += half.net;
            half.left = winding;
            let twin = half.twin;
            let end = self.sorted[twin as usize].first as usize;
            if !self.known[end] {
                self.known[end] = true;
                self.sorted[twin as usize].left = right;
                self.queue.push(twin);
            }
        }
    }
}
