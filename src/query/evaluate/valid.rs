//! Whether the polygons of a filter are valid (OGC 06-103r4, 6.1.11), so that relations with them mean something.
//!
//! A ring touches itself nowhere; rings may touch each other in points, not cross or run along each other; holes lie in
//! their polygon, polygons beside each other. Cost: edges sorted by their west end are compared with those that begin
//! before they end.

use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{BoundingRect, Intersects, Line, LineString, Polygon};

/// What is wrong with the polygons of one geometry.
pub(super) fn fault(polygons: &[Polygon<f64>]) -> Option<&'static str> {
    let rings = || {
        polygons
            .iter()
            .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
    };
    if rings().any(|r| distinct(r) < 3) {
        return Some("a ring has fewer than three different points");
    }
    if edges_meet(rings()) {
        return Some("its rings cross or touch themselves, or run along each other");
    }
    let misplaced = polygons.iter().any(|p| {
        p.interiors()
            .iter()
            .any(|hole| has(hole, p.exterior(), CoordPos::Outside))
    });
    if misplaced {
        return Some("a hole lies outside of its polygon");
    }
    let nested_holes = polygons.iter().any(|p| any_within(p.interiors()));
    let outlines: Vec<&LineString<f64>> = polygons.iter().map(Polygon::exterior).collect();
    if nested_holes || lies_over(polygons, &outlines) {
        return Some("its parts lie over each other");
    }
    None
}

fn distinct(ring: &LineString<f64>) -> usize {
    let mut points: Vec<(u64, u64)> = ring.0.iter().map(|c| (c.x.to_bits(), c.y.to_bits())).collect();
    points.sort_unstable();
    points.dedup();
    points.len()
}

/// Whether two edges cross, or share more than a point.
fn edges_meet<'a>(rings: impl Iterator<Item = &'a LineString<f64>>) -> bool {
    let mut edges: Vec<Edge> = rings
        .enumerate()
        .flat_map(|(number, ring)| edges_of(number, ring))
        .collect();
    edges.sort_by(|a, b| a.line.start.x.total_cmp(&b.line.start.x));
    let mut open: Vec<usize> = vec![];
    for (i, edge) in edges.iter().enumerate() {
        open.retain(|&j| edges[j].line.end.x >= edge.line.start.x);
        if open.iter().any(|&j| edge.meets(&edges[j])) {
            return true;
        }
        open.push(i);
    }
    false
}

/// An edge of a ring, from west to east.
struct Edge {
    line: Line<f64>,
    ring: usize,
    place: usize,
    /// How many edges its ring has.
    count: usize,
}

impl Edge {
    /// Whether it crosses another, runs along it, or touches one of its own ring that is no neighbour.
    fn meets(&self, other: &Self) -> bool {
        let ys = |line: &Line<f64>| (line.start.y.min(line.end.y), line.start.y.max(line.end.y));
        let ((low, high), (other_low, other_high)) = (ys(&self.line), ys(&other.line));
        if other_high < low || other_low > high {
            return false;
        }
        let distance = self.place.abs_diff(other.place);
        let strangers = self.ring == other.ring && distance != 1 && distance != self.count - 1;
        match line_intersection(self.line, other.line) {
            Some(LineIntersection::SinglePoint { is_proper, .. }) => is_proper || strangers,
            Some(LineIntersection::Collinear { intersection }) => intersection.start != intersection.end || strangers,
            None => false,
        }
    }
}

fn edges_of(ring: usize, line: &LineString<f64>) -> Vec<Edge> {
    let lines: Vec<Line<f64>> = line.lines().filter(|l| l.start != l.end).collect();
    let count = lines.len();
    let eastward = |l: Line<f64>| {
        if l.start.x <= l.end.x {
            l
        } else {
            Line::new(l.end, l.start)
        }
    };
    let edge = |(place, line)| Edge {
        line: eastward(line),
        ring,
        place,
        count,
    };
    lines.into_iter().enumerate().map(edge).collect()
}

/// Whether a point of a ring lies on a side of another.
fn has(inner: &LineString<f64>, outer: &LineString<f64>, wanted: CoordPos) -> bool {
    let area = Polygon::new(outer.clone(), vec![]);
    inner.0.iter().any(|c| area.coordinate_position(c) == wanted)
}

/// On which side of a ring another lies that does not cross it.
fn side(inner: &LineString<f64>, outer: &LineString<f64>) -> CoordPos {
    let area = Polygon::new(outer.clone(), vec![]);
    let sides = inner.0.iter().map(|c| area.coordinate_position(c));
    let mut sides = sides.filter(|s| *s != CoordPos::OnBoundary);
    sides.next().unwrap_or(CoordPos::OnBoundary)
}

/// Whether a ring lies within another.
fn any_within(rings: &[LineString<f64>]) -> bool {
    pairs_that_may_meet(rings.len(), |i| rings[i].bounding_rect())
        .any(|(i, j)| side(&rings[i], &rings[j]) == CoordPos::Inside || side(&rings[j], &rings[i]) == CoordPos::Inside)
}

/// Whether a polygon lies within another, and not in one of its holes.
fn lies_over(polygons: &[Polygon<f64>], outlines: &[&LineString<f64>]) -> bool {
    let over = |i: usize, j: usize| {
        side(outlines[i], outlines[j]) == CoordPos::Inside
            && !polygons[j]
                .interiors()
                .iter()
                .any(|hole| side(outlines[i], hole) != CoordPos::Outside)
    };
    pairs_that_may_meet(outlines.len(), |i| outlines[i].bounding_rect()).any(|(i, j)| over(i, j) || over(j, i))
}

fn pairs_that_may_meet(
    count: usize,
    bounds: impl Fn(usize) -> Option<geo::Rect<f64>>,
) -> impl Iterator<Item = (usize, usize)> {
    let bounds: Vec<_> = (0..count).map(bounds).collect();
    (0..count)
        .flat_map(move |i| (i + 1..count).map(move |j| (i, j)))
        .filter(move |(i, j)| match (&bounds[*i], &bounds[*j]) {
            (Some(a), Some(b)) => a.intersects(b),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> LineString<f64> {
        LineString::from(points.to_vec())
    }

    fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
        ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
    }

    #[test]
    fn faults_are_found() {
        let check =
            |polygons: &[Polygon<f64>], valid: bool| assert_eq!(fault(polygons).is_none(), valid, "{polygons:?}");
        let of = |outer, holes| Polygon::new(outer, holes);
        check(&[of(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 1.0)])], true);
        check(&[of(square(0.0, 0.0, 9.0), vec![square(0.0, 0.0, 9.0)])], false);
        check(&[of(square(0.0, 0.0, 9.0), vec![square(20.0, 1.0, 1.0)])], false);
        check(
            &[of(
                square(0.0, 0.0, 9.0),
                vec![square(1.0, 1.0, 3.0), square(2.0, 2.0, 1.0)],
            )],
            false,
        );
        check(
            &[of(
                ring(&[(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)]),
                vec![],
            )],
            false,
        );
        // Through a point of its own, and touching itself in one.
        let through = [
            (0.0, 0.0),
            (2.0, 2.0),
            (4.0, 4.0),
            (4.0, 0.0),
            (2.0, 2.0),
            (0.0, 4.0),
            (0.0, 0.0),
        ];
        check(&[of(ring(&through), vec![])], false);
        let touching = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0), (0.0, 4.0), (0.0, 0.0)];
        check(&[of(ring(&touching), vec![])], false);
        // A spike, and a line there and back.
        check(
            &[of(
                ring(&[(0.0, 0.0), (4.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 0.0)]),
                vec![],
            )],
            false,
        );
        check(
            &[of(ring(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0), (0.0, 0.0)]), vec![])],
            false,
        );
        let (a, b) = (of(square(0.0, 0.0, 1.0), vec![]), of(square(1.0, 1.0, 1.0), vec![]));
        check(&[a.clone(), b], true);
        check(&[a.clone(), of(square(0.5, 0.5, 1.0), vec![])], false);
        check(
            &[of(square(0.0, 0.0, 9.0), vec![]), of(square(1.0, 1.0, 1.0), vec![])],
            false,
        );
        // An island in a lake.
        check(
            &[
                of(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 5.0)]),
                of(square(2.0, 2.0, 1.0), vec![]),
            ],
            true,
        );
    }
}
