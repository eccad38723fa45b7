//! Edges by rows of the tile, so that only edges near each other are compared.
//!
//! ```text
//! row 0 ────────────  each row: the edges that reach into it, from west to east
//! row 1 ──╱╲────────  a pair is visited once, in the first row that both reach
//! row 2 ─╱──╲───────
//! ```
//! In: edges. Out: pairs whose boxes meet, and how often the outline winds around a point. All exact.

use super::shape::{TilePoint, turn};
use super::work::Work;
use crate::query::select::Cancelled;

/// An edge between two points, and how often it stands there: positive from `a` to `b`, negative from `b` to `a`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub a: TilePoint,
    pub b: TilePoint,
    pub net: i32,
}

impl Edge {
    /// An edge that stands once, written from the lesser to the greater end.
    pub fn new(a: TilePoint, b: TilePoint) -> Self {
        if a <= b {
            Self { a, b, net: 1 }
        } else {
            Self { a: b, b: a, net: -1 }
        }
    }

    fn west(&self) -> i32 {
        self.a[0].min(self.b[0])
    }
    fn east(&self) -> i32 {
        self.a[0].max(self.b[0])
    }
    fn north(&self) -> i32 {
        self.a[1].min(self.b[1])
    }
    fn south(&self) -> i32 {
        self.a[1].max(self.b[1])
    }
}

/// Whether two edges share a point, ends included.
pub fn edges_meet(e: &Edge, f: &Edge) -> bool {
    let one_side = |x: i32, y: i32| (x > 0 && y > 0) || (x < 0 && y < 0);
    e.west() <= f.east()
        && f.west() <= e.east()
        && e.north() <= f.south()
        && f.north() <= e.south()
        && !one_side(turn(e.a, e.b, f.a), turn(e.a, e.b, f.b))
        && !one_side(turn(f.a, f.b, e.a), turn(f.a, f.b, e.b))
}

/// How an edge changes the winding number around a point when met on the way from the west: the sign of its direction
/// for an edge that passes strictly west of the point, at its height.
pub fn passes_west(e: &Edge, point: TilePoint) -> i32 {
    let [_, y] = point;
    let (down, up) = (e.a[1] <= y && y < e.b[1], e.b[1] <= y && y < e.a[1]);
    // An edge towards greater y has its positive side to the west (lesser x).
    if down && turn(e.a, e.b, point) < 0 {
        -e.net
    } else if up && turn(e.a, e.b, point) > 0 {
        e.net
    } else {
        0
    }
}

/// Steps for a pair whose boxes meet.
const VISIT: usize = 8;

/// Edges by row. Memory is kept between uses.
#[derive(Default)]
pub struct Rows {
    north: i32,
    /// A row's height, as a power of two.
    height: u32,
    starts: Vec<u32>,
    items: Vec<u32>,
}

/// Edges per row that are worth the cost of a row.
const EDGES_PER_ROW: usize = 8;

/// How often an edge may stand in rows, on average and about.
const REPEATS: i64 = 3;

/// Lowest rows, in tile units: 1,056 of them in a tile and its buffer.
const MIN_HEIGHT: i64 = 4;

/// Steps that all pairs of one feature may take: about a quarter of a second.
const MAX_STEPS: u64 = 1 << 27;

impl Rows {
    /// Sorts edges into rows. Cost: n log n, and memory for each row that an edge reaches.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn fill(&mut self, edges: &[Edge], work: &mut Work<'_>) -> Result<(), Cancelled> {
        let north = edges.iter().map(Edge::north).min().unwrap_or(0);
        let south = edges.iter().map(Edge::south).max().unwrap_or(0);
        // Rows lower than the edges are tall would only hold each edge many times.
        let tall: i64 = edges.iter().map(|e| i64::from(e.south() - e.north())).sum();
        let edges_height = tall / (REPEATS * edges.len().max(1) as i64);
        let rows_height = i64::from(south - north) / (edges.len() / EDGES_PER_ROW).max(1) as i64;
        self.north = north;
        self.height = edges_height.max(rows_height).max(MIN_HEIGHT).ilog2();
        if edges.len() < 2 * EDGES_PER_ROW {
            self.height = u32::BITS - 1;
        }
        let count = self.row(south) + 1;
        self.starts.clear();
        self.starts.resize(count + 1, 0);
        for e in edges {
            for row in self.row(e.north())..=self.row(e.south()) {
                self.starts[row + 1] += 1;
            }
        }
        for row in 0..count {
            self.starts[row + 1] += self.starts[row];
        }
        self.items.clear();
        self.items.resize(self.starts[count] as usize, 0);
        work.took(4 * edges.len() + 2 * self.items.len())?;
        // Each row is filled from its end, which turns `starts[row + 1]` into the row's start.
        for (i, e) in edges.iter().enumerate() {
            for row in self.row(e.north())..=self.row(e.south()) {
                self.starts[row + 1] -= 1;
                self.items[self.starts[row + 1] as usize] = i as u32;
            }
        }
        self.starts.remove(0);
        self.starts.push(self.items.len() as u32);
        for row in 0..count {
            let range = self.starts[row] as usize..self.starts[row + 1] as usize;
            work.took(8 * range.len())?;
            self.items[range].sort_unstable_by_key(|&i| (edges[i as usize].west(), i));
        }
        Ok(())
    }

    fn row(&self, y: i32) -> usize {
        ((y - self.north) >> self.height) as usize
    }

    fn items(&self, row: usize) -> &[u32] {
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// Visits each pair of edges whose boxes meet, until `visit` says false or there are more than anyone should wait for. True
    /// where it came to the end.
    ///
    /// Cost: what is near each other; quadratic where all edges lie across each other, and then cut short.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn all_pairs(
        &self,
        edges: &[Edge],
        work: &mut Work<'_>,
        mut visit: impl FnMut(usize, usize) -> bool,
    ) -> Result<bool, Cancelled> {
        let began = work.steps();
        for row in 0..self.starts.len().saturating_sub(1) {
            let items = self.items(row);
            for (at, &i) in items.iter().enumerate() {
                let e = &edges[i as usize];
                let mut looked_at = 1;
                for &j in &items[at + 1..] {
                    let f = &edges[j as usize];
                    if f.west() > e.east() {
                        break;
                    }
                    looked_at += 1;
                    let apart = f.north() > e.south() || e.north() > f.south();
                    if apart || self.row(e.north().max(f.north())) != row {
                        continue;
                    }
                    looked_at += VISIT;
                    if !visit(i as usize, j as usize) {
                        return Ok(false);
                    }
                }
                work.took(looked_at)?;
                if work.steps() - began > MAX_STEPS {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// How often the edges wind around a point just to the west of `point` and south of it by less than anything; edges for which
    /// `counts` says false are left out.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn winding_at(
        &self,
        edges: &[Edge],
        point: TilePoint,
        work: &mut Work<'_>,
        counts: impl Fn(usize) -> bool,
    ) -> Result<i32, Cancelled> {
        if point[1] < self.north || self.row(point[1]) + 1 >= self.starts.len() {
            return Ok(0);
        }
        let row = self.row(point[1]);
        let mut winding = 0;
        let mut looked_at = 1;
        for &i in self.items(row) {
            let e = &edges[i as usize];
            if e.west() > point[0] {
                break;
            }
            looked_at += 1;
            if counts(i as usize) {
                winding += passes_west(e, point);
            }
        }
        work.took(looked_at)?;
        Ok(winding)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Random;
    use super::*;

    fn some_edges(count: usize, reach: i32, random: &mut Random) -> Vec<Edge> {
        (0..count)
            .map(|_| {
                let a = [random.below(4096), random.below(4096)];
                Edge::new(
                    a,
                    [
                        a[0] + random.below(reach) - reach / 2,
                        a[1] + random.below(reach) - reach / 2,
                    ],
                )
            })
            .collect()
    }

    #[test]
    fn every_pair_that_meets_is_visited_once() {
        let mut random = Random::new(1);
        for (count, reach) in [(1, 9), (7, 4000), (60, 900), (500, 100), (500, 5000)] {
            let edges = some_edges(count, reach, &mut random);
            let mut rows = Rows::default();
            rows.fill(&edges, &mut Work::unstoppable()).unwrap();
            let mut found = Vec::new();
            rows.all_pairs(&edges, &mut Work::unstoppable(), |i, j| {
                if edges_meet(&edges[i], &edges[j]) {
                    found.push((i.min(j), i.max(j)));
                }
                true
            })
            .unwrap();
            found.sort_unstable();
            let mut expected = Vec::new();
            for i in 0..count {
                expected.extend(
                    (i + 1..count)
                        .filter(|&j| edges_meet(&edges[i], &edges[j]))
                        .map(|j| (i, j)),
                );
            }
            assert_eq!(found, expected, "{count} {reach}");
        }
    }

    #[test]
    fn winding_by_rows_is_winding_by_all() {
        let mut random = Random::new(2);
        let edges = some_edges(700, 3000, &mut random);
        let mut rows = Rows::default();
        rows.fill(&edges, &mut Work::unstoppable()).unwrap();
        for _ in 0..500 {
            let point = [random.below(6000) - 1000, random.below(6000) - 1000];
            let expected: i32 = edges.iter().map(|e| passes_west(e, point)).sum();
            let found = rows
                .winding_at(&edges, point, &mut Work::unstoppable(), |_| true)
                .unwrap();
            assert_eq!(found, expected, "{point:?}");
        }
    }

    #[test]
    fn a_positive_ring_winds_once() {
        let ring = [[0, 0], [10, 0], [10, 10], [0, 10]];
        let edges: Vec<Edge> = (0..4).map(|i| Edge::new(ring[i], ring[(i + 1) % 4])).collect();
        let mut rows = Rows::default();
        rows.fill(&edges, &mut Work::unstoppable()).unwrap();
        let at = |p| rows.winding_at(&edges, p, &mut Work::unstoppable(), |_| true).unwrap();
        assert_eq!(
            [at([5, 5]), at([-5, 5]), at([15, 5]), at([5, 15]), at([5, -3])],
            [1, 0, 0, 0, 0]
        );
    }
}
