//! Gaps that parcels enclose: slivers between borders that were meant to be one.
//!
//! A gap is a hole of the union of all parcels, without what lies in it, of less than 50 m² or less than a metre in
//! width; width is twice its area by the length of its border, which is what a long thin one measures across.
//!
//! ```text
//! window of the layer → edges of its parcels, those used both ways cancelled → what is left, walked to closed rings
//!                     → their union (geo, positive winding) → its holes → measured
//! ```
//! Edges that cancel leave the winding of every point as it is, so the union of what is left is that of the parcels.
//! Windows keep the memory bounded; each sees its surroundings, and a gap is told by the window that its western end
//! lies in. Not found: a gap that reaches over what its window sees.

use std::panic::{AssertUnwindSafe, catch_unwind};

use geo::algorithm::bool_ops::FillRule;
use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};
use rustc_hash::FxHashMap;

use super::outline::{Edge, Rect, each_edge};
use super::overlaps::area_text;
use super::plane::{Plane, Planes, bounds, doubled_area};
use super::{Findings, LOCATED_PER_KIND, SMALLEST_M2, Stopped};
use crate::load::report::{Fault, FaultKind};
use crate::model::world::{WorldBox, world_point};
use crate::store::snapshot::Snapshot;

/// Holes of less than this, in square metres, are gaps.
const GAP_BELOW_M2: f64 = 50.0;

/// Holes of less than this in width, in metres, are gaps.
const GAP_BELOW_M: f64 = 1.0;

/// Parcels of one window; one with more is quartered.
const ROWS_PER_WINDOW: usize = 20_000;

/// The widest window, in units of the world grid: 26 km at 50° N. Rounding within it stays under 0.1 mm.
const WIDEST_WINDOW: u32 = 1 << 22;

/// What a window sees beyond its edges, in units of the world grid: 390 m at 50° N.
const SURROUNDINGS: u32 = 1 << 16;

struct Gap {
    area_m2: f64,
    width_m: f64,
    place: [f64; 2],
}

/// Finds them; the largest come first.
pub(super) fn find(snapshot: &Snapshot, go_on: &dyn Fn() -> bool, findings: &mut Findings) -> Result<(), Stopped> {
    let (Some(area), Some(planes)) = (whole_area(snapshot), Planes::of(&snapshot.directory().crs)) else {
        return Ok(());
    };
    let mut gaps = vec![];
    let mut windows = vec![area];
    while let Some(window) = windows.pop() {
        if !go_on() {
            return Err(Stopped);
        }
        let ([x0, y0], [x1, y1]) = (window.min(), window.max());
        let seen = grown(&window);
        let rows = snapshot.rows_in(&seen);
        let side = (x1 - x0).max(y1 - y0);
        if rows.is_empty() {
            continue;
        }
        if side > WIDEST_WINDOW || (rows.len() > ROWS_PER_WINDOW && side > SURROUNDINGS) {
            let (x, y) = (x0 + (x1 - x0) / 2, y0 + (y1 - y0) / 2);
            let quarters = [
                ([x0, y0], [x, y]),
                ([x + 1, y0], [x1, y]),
                ([x0, y + 1], [x, y1]),
                ([x + 1, y + 1], [x1, y1]),
            ];
            windows.extend(quarters.into_iter().filter_map(|(min, max)| WorldBox::new(min, max)));
            continue;
        }
        in_window(snapshot, &rows, &window, &seen, &planes, &mut gaps);
    }
    gaps.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2).then(a.place[0].total_cmp(&b.place[0])));
    let located = gaps.iter().take(LOCATED_PER_KIND).map(fault);
    findings.add(FaultKind::Gap, gaps.len(), located.collect());
    Ok(())
}

/// The box of all rows; of an edited layer, of everything there is.
fn whole_area(snapshot: &Snapshot) -> Option<WorldBox> {
    if snapshot.is_base_alone() {
        return snapshot.directory().area;
    }
    let boxes = snapshot
        .rows()
        .into_iter()
        .filter_map(|row| snapshot.geometry(row).world_box());
    boxes.reduce(WorldBox::union)
}

fn grown(window: &WorldBox) -> WorldBox {
    let min = window.min().map(|v| v.saturating_sub(SURROUNDINGS));
    let max = window.max().map(|v| v.saturating_add(SURROUNDINGS));
    WorldBox::new(min, max).unwrap_or(*window)
}

fn in_window(
    snapshot: &Snapshot,
    rows: &[u32],
    window: &WorldBox,
    seen: &WorldBox,
    planes: &Planes,
    gaps: &mut Vec<Gap>,
) {
    let rings = rings(left_over(snapshot, rows));
    if rings.is_empty() {
        return;
    }
    let parts = MultiPolygon(rings.into_iter().map(|ring| Polygon::new(ring, vec![])).collect());
    let nothing = MultiPolygon::<f64>(vec![]);
    // A panic in there is that window's.
    let union = || parts.union_with_fill_rule(&nothing, FillRule::Positive);
    let Ok(union) = catch_unwind(AssertUnwindSafe(union)) else {
        return tracing::warn!("the gaps of one part of a layer could not be looked for");
    };
    let islands = Islands::of(&union);
    for ring in union.iter().flat_map(|polygon| polygon.interiors()) {
        let points: Vec<[f64; 2]> = ring.0.iter().map(|c| [c.x, c.y]).collect();
        if let Some(gap) = measure(&points, &islands, planes, window, seen) {
            gaps.push(gap);
        }
    }
}

/// The edges of some parcels that no other parcel has the other way round.
fn left_over(snapshot: &Snapshot, rows: &[u32]) -> FxHashMap<[u64; 4], (Edge, u32)> {
    let key = |[a, b]: Edge| [a[0], a[1], b[0], b[1]].map(|v| (v + 0.0).to_bits());
    let mut open: FxHashMap<[u64; 4], (Edge, u32)> = FxHashMap::default();
    for row in rows {
        each_edge(&snapshot.geometry(*row), |edge| {
            let turned = key([edge[1], edge[0]]);
            match open.get_mut(&turned) {
                Some((_, count)) if *count > 1 => *count -= 1,
                Some(_) => drop(open.remove(&turned)),
                None => open.entry(key(edge)).or_insert((edge, 0)).1 += 1,
            }
        });
    }
    open
}

/// Edges walked to closed rings. As many edges end at each point as begin there, so a walk ends where it began.
fn rings(edges: FxHashMap<[u64; 4], (Edge, u32)>) -> Vec<LineString<f64>> {
    let bits = |p: [f64; 2]| p.map(|v| (v + 0.0).to_bits());
    let mut from: FxHashMap<[u64; 2], Vec<[f64; 2]>> = FxHashMap::default();
    let mut starts = vec![];
    for ([a, b], count) in edges.into_values() {
        let to = from.entry(bits(a)).or_default();
        (0..count).for_each(|_| to.push(b));
        starts.push(a);
    }
    // The order of a map is nobody's: what comes out must not depend on it.
    starts.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    from.values_mut()
        .for_each(|to| to.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))));
    let mut rings = vec![];
    for start in starts {
        let mut ring = vec![];
        let mut at = start;
        while let Some(next) = from.get_mut(&bits(at)).and_then(Vec::pop) {
            ring.push(Coord::from(at));
            at = next;
            if at == start {
                break;
            }
        }
        if ring.len() > 2 {
            ring.push(Coord::from(start));
            rings.push(LineString::new(ring));
        }
    }
    rings
}

/// Parts of the union, which may lie in holes of others.
struct Islands<'a>(Vec<(Rect, &'a LineString<f64>)>);

impl<'a> Islands<'a> {
    fn of(union: &'a MultiPolygon<f64>) -> Self {
        let rect = |ring: &LineString<f64>| bounds(ring.0.iter().map(|c| [c.x, c.y]).collect::<Vec<_>>().iter());
        let part = |p: &'a Polygon<f64>| Some((rect(p.exterior())?, p.exterior()));
        let mut parts: Vec<_> = union.iter().filter_map(part).collect();
        parts.sort_by(|(a, _), (b, _)| a[0][0].total_cmp(&b[0][0]));
        Self(parts)
    }

    /// The rings of those that lie in a hole, and not in a hole of another of them.
    fn within(&self, hole: &[[f64; 2]], [min, max]: &Rect) -> Vec<Vec<[f64; 2]>> {
        let first = self.0.partition_point(|(rect, _)| rect[0][0] < min[0]);
        let near = self.0[first..].iter().take_while(|(rect, _)| rect[0][0] <= max[0]);
        let inside = near.filter(|(rect, ring)| {
            let fits = rect[0][1] >= min[1] && (0..2).all(|i| rect[1][i] <= max[i]);
            // An island may touch its hole at points: most of its own tell.
            fits && ring.0.iter().filter(|c| holds(hole, [c.x, c.y])).count() * 2 > ring.0.len()
        });
        let rings: Vec<Vec<[f64; 2]>> = inside
            .map(|(_, ring)| ring.0.iter().map(|c| [c.x, c.y]).collect())
            .collect();
        let outermost = |i: usize| {
            let first = rings[i].first().copied().unwrap_or_default();
            !rings.iter().enumerate().any(|(j, other)| j != i && holds(other, first))
        };
        (0..rings.len())
            .filter(|i| outermost(*i))
            .map(|i| rings[i].clone())
            .collect()
    }
}

/// Whether a point lies in a ring; of one on it either is said.
fn holds(ring: &[[f64; 2]], p: [f64; 2]) -> bool {
    let crossed = |pair: &&[[f64; 2]]| {
        let (a, b) = (pair[0], pair[1]);
        (a[1] <= p[1]) != (b[1] <= p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    ring.windows(2).filter(crossed).count() % 2 == 1
}

/// A hole of the union as a gap; `None` where it is none, or another window's.
fn measure(
    hole: &[[f64; 2]],
    islands: &Islands<'_>,
    planes: &Planes,
    window: &WorldBox,
    seen: &WorldBox,
) -> Option<Gap> {
    let rect = bounds(hole.iter())?;
    let plane = planes.around(rect)?;
    let in_world = |p: [f64; 2]| {
        let [lon, lat] = plane.degrees(plane.metres(p));
        world_point(lon, lat)
    };
    let western = hole
        .iter()
        .min_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])))?;
    let at = in_world(*western);
    let own = WorldBox::new(at, at).is_some_and(|at| window.contains(&at));
    let whole = WorldBox::around(hole.iter().map(|p| in_world(*p))).is_some_and(|b| seen.contains(&b));
    if !own || !whole {
        return None;
    }
    let (mut area, mut length) = (doubled_area(hole).abs() / 2.0, border(hole, &plane));
    for island in islands.within(hole, &rect) {
        area -= doubled_area(&island).abs() / 2.0;
        length += border(&island, &plane);
    }
    let area_m2 = area * plane.scale();
    let width_m = 2.0 * area_m2 / length;
    let is_gap = area_m2 >= SMALLEST_M2 && (area_m2 < GAP_BELOW_M2 || width_m < GAP_BELOW_M);
    is_gap.then(|| Gap {
        area_m2,
        width_m,
        place: plane.degrees(plane.metres(*western)),
    })
}

/// The length of a ring in metres.
fn border(ring: &[[f64; 2]], plane: &Plane) -> f64 {
    let step = |pair: &[[f64; 2]]| {
        let ([ax, ay], [bx, by]) = (plane.metres(pair[0]), plane.metres(pair[1]));
        (bx - ax).hypot(by - ay)
    };
    ring.windows(2).map(step).sum()
}

fn fault(gap: &Gap) -> Fault {
    let (area, width) = (area_text(gap.area_m2), format!("{:.2}", gap.width_m));
    let comma = |text: &str| text.replace('.', ",");
    Fault {
        place: Some(gap.place),
        area_m2: Some((gap.area_m2 * 1e4).round() / 1e4),
        ..Fault::new(
            FaultKind::Gap,
            format!("a gap of {area} m², {width} m wide on average, is enclosed by parcels"),
            format!(
                "un vide de {} m², large de {} m en moyenne, est enfermé entre des parcelles",
                comma(&area),
                comma(&width)
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{layer, polygon};
    use super::*;

    fn check(rings: &[&[[f64; 2]]], expected: &[(f64, f64)]) {
        let features: Vec<_> = rings.iter().map(|ring| (polygon(&[ring]), None)).collect();
        let mut findings = Findings::default();
        find(&layer(&features), &|| true, &mut findings).unwrap();
        let found: Vec<(f64, String)> = findings
            .found
            .iter()
            .flat_map(|f| &f.located)
            .map(|f| ((f.area_m2.unwrap() * 10.0).round() / 10.0, f.message.clone()))
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((area, message), (wanted, width)) in found.iter().zip(expected) {
            assert!((area - wanted).abs() < wanted * 0.002 + 0.05, "{found:?}");
            assert!(message.contains(&format!("{width:.2} m wide")), "{found:?}");
        }
    }

    /// A frame of four parcels around a rectangle from 0, 0.
    fn frame(w: f64, h: f64) -> Vec<Vec<[f64; 2]>> {
        let (a, b) = (-20.0, 20.0);
        vec![
            vec![[a, a], [w + b, a], [w + b, 0.0], [w, 0.0], [0.0, 0.0], [a, 0.0], [a, a]],
            vec![[a, h], [0.0, h], [w, h], [w + b, h], [w + b, h + b], [a, h + b], [a, h]],
            vec![[a, 0.0], [0.0, 0.0], [0.0, h], [a, h], [a, 0.0]],
            vec![[w, 0.0], [w + b, 0.0], [w + b, h], [w, h], [w, 0.0]],
        ]
    }

    fn check_frame(w: f64, h: f64, more: &[&[[f64; 2]]], expected: &[(f64, f64)]) {
        let frame = frame(w, h);
        let all: Vec<&[[f64; 2]]> = frame.iter().map(Vec::as_slice).chain(more.iter().copied()).collect();
        check(&all, expected);
    }

    #[test]
    fn small_and_narrow_holes_are_gaps() {
        check_frame(6.0, 8.0, &[], &[(48.0, 3.43)]);
        check_frame(8.0, 8.0, &[], &[]);
        check_frame(200.0, 0.9, &[], &[(180.0, 0.90)]);
        check_frame(200.0, 1.1, &[], &[]);
    }

    #[test]
    fn a_parcel_in_a_hole_leaves_a_gap_around_it() {
        let island = [[0.3, 0.3], [29.7, 0.3], [29.7, 29.7], [0.3, 29.7], [0.3, 0.3]];
        check_frame(30.0, 30.0, &[&island], &[(35.6, 0.30)]);
        let filled = [[0.0, 0.0], [30.0, 0.0], [30.0, 30.0], [0.0, 30.0], [0.0, 0.0]];
        check_frame(30.0, 30.0, &[&filled], &[]);
    }

    #[test]
    fn vertices_need_not_be_shared() {
        // Two rows of parcels 20 cm apart, closed at its ends by parcels that know nothing of the rows' corners.
        let rows: [&[[f64; 2]]; 4] = [
            &[[0.0, 0.0], [40.0, 0.0], [40.0, 10.0], [0.0, 10.0], [0.0, 0.0]],
            &[[0.0, 10.2], [40.0, 10.2], [40.0, 20.0], [0.0, 20.0], [0.0, 10.2]],
            &[[-9.0, -1.0], [0.0, -1.0], [0.0, 21.0], [-9.0, 21.0], [-9.0, -1.0]],
            &[[40.0, -1.0], [49.0, -1.0], [49.0, 21.0], [40.0, 21.0], [40.0, -1.0]],
        ];
        check(&rows, &[(8.0, 0.20)]);
    }

    #[test]
    fn parcels_that_overlap_enclose_nothing() {
        let over: [&[[f64; 2]]; 2] = [
            &[[0.0, 0.0], [40.0, 0.0], [40.0, 10.0], [0.0, 10.0], [0.0, 0.0]],
            &[[5.0, 5.0], [45.0, 5.0], [45.0, 15.0], [5.0, 15.0], [5.0, 5.0]],
        ];
        check(&over, &[]);
        check(&[over[0], over[0]], &[]);
    }
}
