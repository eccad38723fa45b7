//! A polygon as directed edges, its inside on the left of each, to be asked for those near a place.

use geo::Coord;
use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex};

use super::plane::{bounds, doubled_area};
use crate::model::geometry::GeometryRef;

/// Outlines of more edges have an index of them.
const INDEXED_FROM: usize = 64;

/// From a point to a point, the inside on the left.
pub(super) type Edge = [[f64; 2]; 2];

/// Two corners, the smaller coordinates first.
pub(super) type Rect = [[f64; 2]; 2];

/// See the module.
pub(super) struct Outline {
    edges: Vec<Edge>,
    bounds: Rect,
    index: Option<RTree<f64>>,
}

impl Outline {
    /// Of a polygon; `None` for other geometries.
    pub(super) fn of(geometry: &GeometryRef<'_>) -> Option<Self> {
        let mut edges = vec![];
        each_edge(geometry, |edge| edges.push(edge));
        let bounds = bounds(edges.iter().flatten())?;
        let index = (edges.len() > INDEXED_FROM).then(|| {
            let mut tree = RTreeBuilder::<f64>::new(edges.len() as u32);
            for edge in &edges {
                let [min, max] = rect_of(edge);
                tree.add(min[0], min[1], max[0], max[1]);
            }
            tree.finish::<HilbertSort>()
        });
        Some(Self { edges, bounds, index })
    }

    pub(super) fn bounds(&self) -> Rect {
        self.bounds
    }

    pub(super) fn len(&self) -> usize {
        self.edges.len()
    }

    /// The edges whose rectangle meets another, in any order, put into `near`.
    pub(super) fn near(&self, [min, max]: &Rect, near: &mut Vec<Edge>) {
        near.clear();
        match &self.index {
            Some(tree) => {
                let found = tree.search(min[0], min[1], max[0], max[1]);
                near.extend(found.iter().map(|i| self.edges[*i as usize]));
            }
            None => near.extend(self.edges.iter().filter(|edge| {
                let [low, high] = rect_of(edge);
                (0..2).all(|i| low[i] <= max[i] && high[i] >= min[i])
            })),
        }
    }

    /// Whether a point lies inside; of a point on the border either is said.
    pub(super) fn holds(&self, p: [f64; 2]) -> bool {
        let [min, max] = self.bounds;
        if (0..2).any(|i| p[i] <= min[i] || p[i] >= max[i]) {
            return false;
        }
        // Edges that a ray to the east crosses.
        let crossed = |[a, b]: &Edge| {
            let up = a[1] <= p[1] && p[1] < b[1];
            let down = b[1] <= p[1] && p[1] < a[1];
            match (up, down) {
                (true, _) => orientation(*a, *b, p) == Orientation::CounterClockwise,
                (_, true) => orientation(*a, *b, p) == Orientation::Clockwise,
                _ => false,
            }
        };
        let count = match &self.index {
            Some(tree) => {
                let found = tree.search(p[0], p[1], max[0], p[1]);
                found.iter().filter(|i| crossed(&self.edges[**i as usize])).count()
            }
            None => self.edges.iter().filter(|edge| crossed(edge)).count(),
        };
        count % 2 == 1
    }
}

/// Calls with each edge of a polygon, whatever way its rings run: outer rings against the clock, holes with it.
pub(super) fn each_edge(geometry: &GeometryRef<'_>, mut with: impl FnMut(Edge)) {
    if geometry.kind().dimension() != Some(2) {
        return;
    }
    for part in geometry.parts() {
        let outer = part.start;
        for ring in part {
            let points = geometry.ring(ring);
            let as_it_should = (doubled_area(points) > 0.0) == (ring == outer);
            for pair in points.windows(2).filter(|pair| pair[0] != pair[1]) {
                with(if as_it_should {
                    [pair[0], pair[1]]
                } else {
                    [pair[1], pair[0]]
                });
            }
        }
    }
}

/// On which side of the line through `a` and `b` a point lies; exact.
pub(super) fn orientation(a: [f64; 2], b: [f64; 2], p: [f64; 2]) -> Orientation {
    RobustKernel::orient2d(Coord::from(a), Coord::from(b), Coord::from(p))
}

/// The rectangle around an edge.
pub(super) fn rect_of([a, b]: &Edge) -> Rect {
    [[a[0].min(b[0]), a[1].min(b[1])], [a[0].max(b[0]), a[1].max(b[1])]]
}
