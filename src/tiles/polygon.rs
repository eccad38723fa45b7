//! Polygons through the stages: project, clip, keep the zoom's vertices, check, and repair where the check fails.
//!
//! A polygon that encloses nothing at this zoom is still in the tile, as half a square of one unit at a place of its own: a
//! tile holds the same features as the items in its bounds.

use super::clip::{clip_edge, clip_ring};
use super::faces::Faces;
use super::grid::{LocalPoint, TileGrid};
use super::rings::{RingSpan, Rings};
use super::rows::Edge;
use super::shape::{TileGeometry, TilePoint, doubled_area};
use super::simple::Check;
use super::snap::Snap;
use super::vertices::keep_ring_vertices;
use super::work::Work;
use crate::model::geometry::GeometryRef;
use crate::model::world::WorldPoint;
use crate::query::select::Cancelled;

/// Memory that is kept between features.
#[derive(Default)]
pub struct PolygonScratch {
    local: Vec<LocalPoint>,
    spare: Vec<LocalPoint>,
    spans: Vec<RingSpan>,
    edges: Vec<Edge>,
    check: Check,
    snap: Snap,
    faces: Faces,
}

/// Fills `out` with the polygons in tile units; leaves it empty where nothing of them reaches the tile.
///
/// Cost: linear for what passes the check, n log n for what is repaired.
pub fn tile_polygon(
    grid: &TileGrid,
    geometry: GeometryRef<'_>,
    scratch: &mut PolygonScratch,
    out: &mut TileGeometry,
    work: &mut Work<'_>,
) -> Result<(), Cancelled> {
    scratch.spans.clear();
    for (part, rings) in geometry.parts().enumerate() {
        for (at, ring) in rings.enumerate() {
            let start = out.points.len();
            if tile_ring(grid, open(geometry.world_ring(ring)), scratch, &mut out.points, work)? {
                scratch.spans.push(RingSpan {
                    start: start as u32,
                    end: out.points.len() as u32,
                    part: part as u32,
                    source: ring as u32,
                    is_shell: at == 0,
                });
            }
        }
    }
    let rings = Rings {
        points: &out.points,
        spans: &scratch.spans,
    };
    if scratch.spans.is_empty() {
        out.points.clear();
    } else if scratch.check.is_valid(&rings, work)? {
        turn_rings(&scratch.spans, &mut out.points);
        out.ends.extend(scratch.spans.iter().map(|s| s.end));
    } else {
        repair(grid, geometry, scratch, out, work)?;
    }
    if out.is_empty()
        && let Some(place) = place_of(grid, geometry, work)?
    {
        stand_in(grid, place, out);
    }
    Ok(())
}

/// A ring's points without the closing one.
fn open(ring: &[WorldPoint]) -> &[WorldPoint] {
    match ring {
        [first, inner @ .., last] if first == last && !inner.is_empty() => &ring[..=inner.len()],
        _ => ring,
    }
}

/// Appends a ring's vertices in tile units; false, and nothing appended, where it encloses nothing.
fn tile_ring(
    grid: &TileGrid,
    ring: &[WorldPoint],
    scratch: &mut PolygonScratch,
    points: &mut Vec<TilePoint>,
    work: &mut Work<'_>,
) -> Result<bool, Cancelled> {
    work.took(2 * ring.len())?;
    let start = points.len();
    let mut all_held = true;
    points.extend(ring.iter().map(|&p| {
        let point = grid.rounded(grid.local(p));
        all_held &= grid.holds(point);
        point
    }));
    if !all_held {
        points.truncate(start);
        scratch.local.clear();
        scratch.local.extend(ring.iter().map(|&p| grid.local(p)));
        clip_ring(&mut scratch.local, &mut scratch.spare, grid.local_limits(), work)?;
        points.extend(scratch.local.iter().map(|&p| grid.rounded(p)));
    }
    Ok(keep_ring_vertices(points, start))
}

/// Turns shells to positive and holes to negative area.
fn turn_rings(spans: &[RingSpan], points: &mut [TilePoint]) {
    for span in spans {
        let ring = &mut points[span.range()];
        if (doubled_area(ring) > 0) != span.is_shell {
            ring.reverse();
        }
    }
}

/// Replaces the rings in `out` by valid ones; none where they enclose nothing.
fn repair(
    grid: &TileGrid,
    geometry: GeometryRef<'_>,
    scratch: &mut PolygonScratch,
    out: &mut TileGeometry,
    work: &mut Work<'_>,
) -> Result<(), Cancelled> {
    scratch.edges.clear();
    for span in &scratch.spans {
        let ring = &out.points[span.range()];
        work.took(4 * ring.len())?;
        // The source tells which way the ring goes: rounded and clipped, a thin one may have turned over.
        let positive = is_positive(open(geometry.world_ring(span.source as usize)));
        let net = if positive == span.is_shell { 1 } else { -1 };
        let mut before = ring[ring.len() - 1];
        for &p in ring {
            let edge = Edge::new(before, p);
            scratch.edges.push(Edge {
                net: net * edge.net,
                ..edge
            });
            before = p;
        }
    }
    out.points.clear();
    let mut scale = 1;
    while !scratch.snap.snap(&mut scratch.edges, work)? {
        if scale >= MAX_SCALE {
            return Ok(());
        }
        scale *= COARSER;
        coarsen(&mut scratch.edges, [grid.low() / scale, grid.high() / scale]);
    }
    scratch.faces.polygons(&scratch.edges, work, |ring| {
        let start = out.points.len();
        out.points.extend(ring.iter().map(|p| p.map(|c| c * scale)));
        if keep_ring_vertices(&mut out.points, start) {
            out.ends.push(out.points.len() as u32);
        }
    })
}

/// How much coarser the grid becomes for a polygon that crosses itself too often to be repaired: a pixel, then more.
const COARSER: i32 = 8;

/// The coarsest grid: nine points across a tile, where any number of edges comes down to a few.
const MAX_SCALE: i32 = COARSER * COARSER * COARSER;

/// Moves edges to a grid that is coarser by [`COARSER`], within limits given on the new grid.
fn coarsen(edges: &mut [Edge], [low, high]: [i32; 2]) {
    let moved = |p: TilePoint| p.map(|c| (c + COARSER / 2).div_euclid(COARSER).clamp(low, high));
    for edge in edges {
        let turned = Edge::new(moved(edge.a), moved(edge.b));
        *edge = Edge {
            net: turned.net * edge.net,
            ..turned
        };
    }
}

/// Whether a ring has positive area with x to the east and y to the south. In floating point: the sum's error is far below the
/// area of anything that this is asked for.
fn is_positive(ring: &[WorldPoint]) -> bool {
    let Some(&origin) = ring.first() else { return true };
    let from = |p: WorldPoint| [0, 1].map(|axis: usize| f64::from(p[axis]) - f64::from(origin[axis]));
    let sum: f64 = ring
        .windows(2)
        .map(|w| {
            let (a, b) = (from(w[0]), from(w[1]));
            a[0] * b[1] - b[0] * a[1]
        })
        .sum();
    sum >= 0.0
}

/// A point of the polygon's outline in the tile or its buffer, the first in order of the source; `None` where there is none.
fn place_of(grid: &TileGrid, geometry: GeometryRef<'_>, work: &mut Work<'_>) -> Result<Option<TilePoint>, Cancelled> {
    for ring in geometry.all_rings() {
        let points = open(geometry.world_ring(ring));
        work.took(4 * points.len())?;
        let Some(&last) = points.last() else { continue };
        let mut before = grid.local(last);
        for &p in points {
            let p = grid.local(p);
            if let Some((_, at)) = clip_edge(before, p, grid.local_limits()) {
                return Ok(Some(grid.rounded(at)));
            }
            before = p;
        }
    }
    Ok(None)
}

/// The smallest polygon there is, with a corner at the place, inside the buffer.
fn stand_in(grid: &TileGrid, place: TilePoint, out: &mut TileGeometry) {
    let [x, y] = place.map(|c| c.clamp(grid.low(), grid.high() - 1));
    out.points.clear();
    out.points.extend([[x, y], [x + 1, y], [x, y + 1]]);
    out.end_path();
    out.stands_in = true;
}
