//! Stage 4b, snap: edges that cross or touch become edges that meet at common points only, on the grid of tile units.
//!
//! Snap rounding (Guibas and Marimont 1998). A *hot* cell is the unit square around an end of an edge or around a crossing; every edge
//! through a hot cell is bent to its centre:
//! ```text
//!  a──────┬───╲──── b            a ─────╮     ╭── b
//!         │ ╲ │ ╲                        ╲   ╱
//!         │  c│                            c            c is hot, so a–b passes through it
//! ```
//! Afterwards no two edges cross, no edge passes through an end of another, and nothing has moved by more than half a cell. An edge that stands
//! there to and fro is gone, one that stands there twice counts twice.
//! In: edges in tile units. Out: the same, snapped, sorted, each pair of points once. Exact, and the same for every order
//! of the input. Which feature an edge is of does not matter, so all edges of a tile could be snapped together.

use super::rows::{Edge, Rows};
use super::shape::{TilePoint, turn};
use super::work::Work;
use crate::query::select::Cancelled;

/// Crossings, and pieces of edges, of one feature: more can't be told apart in a tile that anyone looks at.
const MAX_PIECES: usize = 1 << 20;

/// Steps that bending the edges of one feature may take: about a quarter of a second.
const MAX_STEPS: u64 = 1 << 27;

/// Steps for finding a place among the hot cells.
const SEEK: usize = 32;

/// Memory that is kept between uses.
#[derive(Default)]
pub struct Snap {
    rows: Rows,
    hot: Vec<TilePoint>,
    pieces: Vec<Edge>,
    on_edge: Vec<TilePoint>,
}

impl Snap {
    /// Snaps edges in place; false, with the edges merged but not snapped, where they cross too often to go on.
    ///
    /// Cost: edges near each other, times the logarithm of their number.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn snap(&mut self, edges: &mut Vec<Edge>, work: &mut Work<'_>) -> Result<bool, Cancelled> {
        merge(edges, work)?;
        if !self.find_hot(edges, work)? {
            return Ok(false);
        }
        self.pieces.clear();
        let began = work.steps();
        for edge in edges.iter() {
            self.bend(edge, work)?;
            if self.pieces.len() > MAX_PIECES || work.steps() - began > MAX_STEPS {
                return Ok(false);
            }
        }
        std::mem::swap(edges, &mut self.pieces);
        merge(edges, work)?;
        Ok(true)
    }

    /// The centres of all hot cells, sorted.
    fn find_hot(&mut self, edges: &[Edge], work: &mut Work<'_>) -> Result<bool, Cancelled> {
        self.hot.clear();
        self.hot.extend(edges.iter().flat_map(|e| [e.a, e.b]));
        self.rows.fill(edges, work)?;
        let hot = &mut self.hot;
        let most = hot.len() + MAX_PIECES;
        let complete = self.rows.all_pairs(edges, work, |i, j| {
            hot.extend(crossing(&edges[i], &edges[j]));
            hot.len() <= most
        })?;
        if !complete {
            return Ok(false);
        }
        work.took(16 * self.hot.len())?;
        self.hot.sort_unstable();
        self.hot.dedup();
        Ok(true)
    }

    /// Cuts an edge at the hot cells that it passes through, in the order in which it does.
    fn bend(&mut self, edge: &Edge, work: &mut Work<'_>) -> Result<(), Cancelled> {
        let (a, b) = (edge.a, edge.b);
        let [low, high] = [a[1].min(b[1]), a[1].max(b[1])];
        self.on_edge.clear();
        // Hot cells of the columns from a to b, which are few where the edge is short.
        let mut at = self.hot.partition_point(|&p| p < [a[0], low]);
        let mut looked_at = SEEK;
        while let Some(&p) = self.hot.get(at) {
            if p[0] > b[0] {
                break;
            }
            let column_start = self.on_edge.len();
            let [north, south] = rows_in_column(a, b, p[0]);
            at += seek(&self.hot[at..], [p[0], north.max(low)]);
            while let Some(&q) = self.hot.get(at).filter(|q| **q <= [p[0], south.min(high)]) {
                looked_at += 1;
                if q != a && q != b && passes_through(a, b, q) {
                    self.on_edge.push(q);
                }
                at += 1;
            }
            if a[1] > b[1] {
                self.on_edge[column_start..].reverse();
            }
            at += seek(&self.hot[at..], [p[0] + 1, low]);
            looked_at += SEEK;
        }
        work.took(looked_at)?;
        let mut before = a;
        for &p in self.on_edge.iter().chain([&b]) {
            let piece = Edge::new(before, p);
            self.pieces.push(Edge {
                net: piece.net * edge.net,
                ..piece
            });
            before = p;
        }
        Ok(())
    }
}

/// The first of sorted points that is not before `p`. Cost: logarithm of how far that is.
fn seek(points: &[TilePoint], p: TilePoint) -> usize {
    let mut step = 1;
    while step < points.len() && points[step - 1] < p {
        step *= 2;
    }
    let from = step / 2;
    let to = step.min(points.len());
    from + points[from..to].partition_point(|q| *q < p)
}

/// Sorts edges and adds up those between the same points; edges of no length and those that cancel out are removed.
pub fn merge(edges: &mut Vec<Edge>, work: &mut Work<'_>) -> Result<(), Cancelled> {
    work.took(16 * edges.len())?;
    edges.sort_unstable();
    edges.dedup_by(|next, kept| {
        let same = next.a == kept.a && next.b == kept.b;
        if same {
            kept.net += next.net;
        }
        same
    });
    edges.retain(|e| e.net != 0 && e.a != e.b);
    Ok(())
}

/// The centre of the cell where two edges cross inside both; `None` where they don't, or at an end, which is hot anyway.
fn crossing(e: &Edge, f: &Edge) -> Option<TilePoint> {
    let (a, b) = (turn(e.a, e.b, f.a), turn(e.a, e.b, f.b));
    let (c, d) = (turn(f.a, f.b, e.a), turn(f.a, f.b, e.b));
    if a.signum() * b.signum() >= 0 || c.signum() * d.signum() >= 0 {
        return None;
    }
    // The point lies on e at c / (c − d) of its length. Below 2³⁰ times 2¹⁵: no overflow.
    let (part, whole) = if c > d {
        (i64::from(c), i64::from(c) - i64::from(d))
    } else {
        (-i64::from(c), i64::from(d) - i64::from(c))
    };
    let on = |axis: usize| {
        let run = i64::from(e.b[axis]) - i64::from(e.a[axis]);
        // Nearest cell, halves up: floor(x + 1/2).
        e.a[axis] + (2 * part * run + whole).div_euclid(2 * whole) as i32
    };
    Some([on(0), on(1)])
}

/// The rows that the edge may touch within one column of cells, one too many on each side at most.
fn rows_in_column(a: TilePoint, b: TilePoint, column: i32) -> [i32; 2] {
    let run = i64::from(b[0]) - i64::from(a[0]);
    if run == 0 {
        return [a[1].min(b[1]), a[1].max(b[1])];
    }
    let rise = i64::from(b[1]) - i64::from(a[1]);
    // Heights at the column's sides, doubled to stay whole.
    let height = |x2: i64| (rise * (x2 - 2 * i64::from(a[0]))).div_euclid(2 * run);
    let (one, other) = (height(2 * i64::from(column) - 1), height(2 * i64::from(column) + 1));
    [a[1] + one.min(other) as i32 - 1, a[1] + one.max(other) as i32 + 2]
}

/// Whether an edge passes through the cell around a point.
///
/// Cells hold their western and northern sides; as if every edge were moved to the east by less than anything, and to the south
/// by far less still, so that none touches a corner.
fn passes_through(a: TilePoint, b: TilePoint, cell: TilePoint) -> bool {
    let inside = |axis: usize| cell[axis] >= a[axis].min(b[axis]) && cell[axis] <= a[axis].max(b[axis]);
    if !inside(0) || !inside(1) {
        return false;
    }
    let (run, rise) = (b[0] - a[0], b[1] - a[1]);
    // Twice the turn to the centre, against how much the corners differ from it.
    let (centre, reach) = (2 * turn(a, b, cell), run.abs() + rise.abs());
    let moved = if rise != 0 { rise.signum() } else { -run.signum() };
    centre.abs() < reach || (centre == reach && moved < 0) || (centre == -reach && moved > 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::rows::edges_meet;
    use super::super::testing::Random;
    use super::*;

    fn snapped(mut edges: Vec<Edge>) -> Vec<Edge> {
        assert!(Snap::default().snap(&mut edges, &mut Work::unstoppable()).unwrap());
        edges
    }

    fn ring(points: &[TilePoint]) -> Vec<Edge> {
        (0..points.len())
            .map(|i| Edge::new(points[i], points[(i + 1) % points.len()]))
            .collect()
    }

    #[test]
    fn an_edge_bends_to_a_point_within_half_a_unit() {
        let edge = |a, b| Edge { a, b, net: 1 };
        let found = snapped(vec![edge([0, 0], [10, 1]), edge([4, -5], [4, 0])]);
        assert_eq!(
            found,
            [edge([0, 0], [4, 0]), edge([4, -5], [4, 0]), edge([4, 0], [10, 1])]
        );
        // Through the corner of four cells: as if a little to the east, so through the cell at x + 1, not the one at y + 1.
        assert_eq!(snapped(vec![edge([0, 0], [1, 1]), edge([1, -9], [1, 0])]).len(), 3);
        assert_eq!(snapped(vec![edge([0, 0], [1, 1]), edge([0, 1], [0, 9])]).len(), 2);
    }

    #[test]
    fn edges_to_and_fro_are_gone_and_doubled_ones_count_twice() {
        let square = ring(&[[0, 0], [2, 0], [2, 2], [0, 2]]);
        assert_eq!(
            snapped(
                square
                    .iter()
                    .map(|e| Edge { net: -e.net, ..*e })
                    .chain(square.clone())
                    .collect()
            ),
            []
        );
        assert!(
            snapped([square.clone(), square].concat())
                .iter()
                .all(|e| e.net.abs() == 2)
        );
    }

    #[test]
    fn snapped_edges_meet_at_their_ends_only_and_still_close() {
        let mut random = Random::new(4);
        for round in 0..400 {
            let (count, reach) = [(3, 5), (8, 9), (30, 20), (40, 300), (60, 4000)][round % 5];
            let points: Vec<TilePoint> = (0..count).map(|_| [random.below(reach), random.below(reach)]).collect();
            let edges = snapped(ring(&points));
            for (i, e) in edges.iter().enumerate() {
                for f in &edges[i + 1..] {
                    let shared = e.a == f.a || e.a == f.b || e.b == f.a || e.b == f.b;
                    let apart = if shared { !overlap(e, f) } else { !edges_meet(e, f) };
                    assert!(apart, "{e:?} {f:?} of {points:?}");
                }
            }
            let mut ends: BTreeMap<TilePoint, i32> = BTreeMap::new();
            for e in &edges {
                *ends.entry(e.a).or_default() += e.net;
                *ends.entry(e.b).or_default() -= e.net;
            }
            assert!(ends.values().all(|&sum| sum == 0), "{points:?}");
        }
    }

    /// Whether edges that share an end run over each other.
    fn overlap(e: &Edge, f: &Edge) -> bool {
        let within = |p: TilePoint, e: &Edge| p != e.a && p != e.b && turn(e.a, e.b, p) == 0 && p > e.a && p < e.b;
        within(f.a, e) || within(f.b, e) || within(e.a, f) || within(e.b, f) || (e.a, e.b) == (f.a, f.b)
    }
}
