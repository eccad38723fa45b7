//! Lines and points through the stages: project, clip, keep the zoom's vertices.
//!
//! A line that has no length at this zoom is still in the tile, one unit long. Lines may cross themselves and each other.

use super::clip::clip_edge;
use super::grid::TileGrid;
use super::shape::TileGeometry;
use super::vertices::keep_line_vertices;
use super::work::Work;
use crate::model::geometry::GeometryRef;
use crate::query::select::Cancelled;

/// Fills `out` with the pieces of the lines in the tile and its buffer; leaves it empty where there are none.
///
/// Cost: linear.
pub fn tile_line(
    grid: &TileGrid,
    geometry: GeometryRef<'_>,
    out: &mut TileGeometry,
    work: &mut Work<'_>,
) -> Result<(), Cancelled> {
    let square = grid.local_limits();
    let mut place = None;
    for ring in geometry.all_rings() {
        let line = geometry.world_ring(ring);
        work.took(8 * line.len())?;
        let mut start = out.points.len();
        let end_piece = |out: &mut TileGeometry, start: &mut usize| {
            if keep_line_vertices(&mut out.points, *start) {
                out.end_path();
            }
            *start = out.points.len();
        };
        // Where the piece so far ends; an edge that starts elsewhere starts a piece.
        let mut reached = None;
        for w in line.windows(2) {
            let (a, b) = (grid.local(w[0]), grid.local(w[1]));
            let Some((from, to)) = clip_edge(a, b, square) else {
                continue;
            };
            place.get_or_insert(grid.rounded(from));
            if reached != Some(from) {
                end_piece(out, &mut start);
                out.points.push(grid.rounded(from));
            }
            out.points.push(grid.rounded(to));
            reached = Some(to);
        }
        end_piece(out, &mut start);
    }
    if let (true, Some(place)) = (out.is_empty(), place) {
        let [x, y] = place.map(|c| c.clamp(grid.low(), grid.high() - 1));
        out.points.extend([[x, y], [x + 1, y]]);
        out.end_path();
        out.stands_in = true;
    }
    Ok(())
}

/// Fills `out` with the points in the tile and its buffer, those that fall together in a row once; leaves it empty where there are none.
///
/// Cost: linear.
pub fn tile_points(
    grid: &TileGrid,
    geometry: GeometryRef<'_>,
    out: &mut TileGeometry,
    work: &mut Work<'_>,
) -> Result<(), Cancelled> {
    for ring in geometry.all_rings() {
        let points = geometry.world_ring(ring);
        work.took(2 * points.len())?;
        for &p in points {
            let point = grid.rounded(grid.local(p));
            if grid.holds(point) && out.points.last() != Some(&point) {
                out.points.push(point);
            }
        }
    }
    if !out.points.is_empty() {
        out.end_path();
    }
    Ok(())
}
