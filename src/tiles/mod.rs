//! Features become geometries of one tile.
//!
//! In: a feature's points on the world grid. Out: its points in tile units, clipped to the tile and a buffer, valid as MVT 2.1 asks.
//! Not here: bytes (`encode::mvt`), attributes, which features to draw (`query`).
//!
//! ```text
//! project    grid       world points → the tile's own coordinates, exact
//! clip       clip       to the tile and its buffer
//! vertices   vertices   rounded to tile units; what the outline does not need is left out
//! check      simple     most polygons are valid now, and done
//! snap       snap       edges that cross or touch → edges that meet at common points
//! repair     faces      … → valid polygons again
//! ```
//! Rounding is the same for everyone, so neighbours that share their vertices share their border in the tile, and a feature has the same
//! border in two tiles. Until arcs are shared, each feature is treated alone: a vertex of one within an edge of the
//! other may leave a sliver of less than a unit (1/8 pixel), as may a repair.
//!
//! A feature that touches the tile is in it, however small: a polygon that encloses nothing at this zoom as a square of one unit, a
//! line without length as a line of one unit. [`TileGeometry::stands_in`] tells, and the encoder counts.

mod clip;
mod faces;
mod grid;
mod line;
mod polygon;
mod rings;
mod rows;
mod shape;
mod simple;
mod snap;
#[cfg(test)]
mod testing;
mod vertices;
mod work;

pub use grid::TileGrid;
pub use shape::{TileGeometry, TileKind, TilePoint};
pub use work::Work;

use crate::model::geometry::GeometryRef;
use crate::query::select::Cancelled;

/// The buffer around a tile, in tile units: 8 pixels, so that lines of that width drawn by two tiles meet.
pub const BUFFER_UNITS: u32 = 64;

/// Memory of the stages, kept from one feature to the next so that most need none of their own.
#[derive(Default)]
pub struct Scratch {
    polygon: polygon::PolygonScratch,
    out: TileGeometry,
}

/// The geometry of a feature in a tile; `None` where no point of it lies in the tile or its buffer, edges included.
///
/// Polygons are valid (OGC 06-103r4, 6.1.11) and wound as MVT 2.1, 4.3.3.3 asks; lines have at least two points and none twice in a row.
/// Coordinates exceed the tile by the grid's buffer at most. The same input gives the same output.
/// Cost: linear for points, lines and most polygons, n log n for a polygon that rounding broke.
///
/// # Errors
/// [`Cancelled`] where `work` says so; asked about every 0.1 ms.
pub fn tile_geometry<'s>(
    grid: &TileGrid,
    geometry: GeometryRef<'_>,
    scratch: &'s mut Scratch,
    work: &mut Work<'_>,
) -> Result<Option<&'s TileGeometry>, Cancelled> {
    let Some(dimension) = geometry.kind().dimension() else {
        return Ok(None);
    };
    let Scratch { polygon, out } = scratch;
    out.reset([TileKind::Point, TileKind::Line, TileKind::Polygon][usize::from(dimension.min(2))]);
    match out.kind() {
        TileKind::Point => line::tile_points(grid, geometry, out, work)?,
        TileKind::Line => line::tile_line(grid, geometry, out, work)?,
        TileKind::Polygon => polygon::tile_polygon(grid, geometry, polygon, out, work)?,
    }
    Ok(if scratch.out.is_empty() {
        None
    } else {
        Some(&scratch.out)
    })
}
