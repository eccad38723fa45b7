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
//! A feature that touches the tile is in it, however small: a polygon that encloses nothing at this zoom as half a square of one unit, a
//! line without length as a line of one unit. [`TileGeometry::stands_in`] tells, and the encoder counts.

mod clip;
mod faces;
mod grid;
mod halves;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::geometry::{Geometry, GeometryKind};
    use crate::model::tile::TileCoord;

    /// A tile of zoom 14 in the middle of the world; a tile unit is 64 world units.
    fn tile() -> TileCoord {
        TileCoord::new(14, 8192, 8192).unwrap()
    }

    /// What becomes of a geometry of one part whose points are given in tile units, and whether it stands in.
    fn made(kind: GeometryKind, rings: &[&[[f64; 2]]]) -> Option<(Vec<Vec<TilePoint>>, bool)> {
        let mut geometry = Geometry::start(kind);
        let mut world = Vec::new();
        for ring in rings {
            for p in *ring {
                geometry.push_point(*p);
                world.push([0, 1].map(|axis| (tile().origin()[axis] as f64 + p[axis] * 64.0) as u32));
            }
            geometry.end_ring();
        }
        geometry.end_part();
        assert!(geometry.set_world(world));
        let mut scratch = Scratch::default();
        let grid = TileGrid::new(tile(), BUFFER_UNITS);
        let found = tile_geometry(&grid, geometry.as_ref(), &mut scratch, &mut Work::unstoppable()).unwrap()?;
        Some((found.paths().map(<[_]>::to_vec).collect(), found.stands_in()))
    }

    fn check(kind: GeometryKind, rings: &[&[[f64; 2]]], expected: &[&[TilePoint]]) {
        let (paths, stands_in) = made(kind, rings).unwrap();
        assert_eq!(
            (paths, stands_in),
            (expected.iter().map(|p| p.to_vec()).collect(), false),
            "{rings:?}"
        );
    }

    const POLYGON: GeometryKind = GeometryKind::Polygon;
    const LINE: GeometryKind = GeometryKind::LineString;

    #[test]
    fn shells_turn_one_way_and_holes_the_other() {
        let shell: &[[f64; 2]] = &[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0], [0.0, 0.0]];
        let hole: &[[f64; 2]] = &[[2.0, 2.0], [4.0, 2.0], [4.0, 4.0], [2.0, 2.0]];
        let expected: [&[TilePoint]; 2] = [&[[0, 0], [9, 0], [9, 9], [0, 9]], &[[4, 4], [4, 2], [2, 2]]];
        check(POLYGON, &[shell, hole], &expected);
        let back: Vec<_> = shell.iter().rev().copied().collect();
        let expected: [&[TilePoint]; 1] = [&[[9, 0], [9, 9], [0, 9], [0, 0]]];
        check(POLYGON, &[&back], &expected);
    }

    #[test]
    fn a_polygon_around_the_tile_fills_it_and_one_beside_it_is_not_there() {
        let far = 1e6;
        let around: &[[f64; 2]] = &[[-far, -far], [far, -far], [far, far], [-far, far]];
        let full: &[TilePoint] = &[[4160, 4160], [-64, 4160], [-64, -64], [4160, -64]];
        let (mut paths, _) = made(POLYGON, &[around]).unwrap();
        paths[0].sort_unstable();
        let mut full = full.to_vec();
        full.sort_unstable();
        assert_eq!(paths, [full]);
        assert_eq!(
            made(
                POLYGON,
                &[
                    around,
                    &[[-99.0, -99.0], [5000.0, -99.0], [5000.0, 5000.0], [-99.0, 5000.0]]
                ]
            ),
            None
        );
        // Around three sides of the tile, and past its corner.
        let horseshoe: &[[f64; 2]] = &[
            [-500.0, -500.0],
            [5000.0, -500.0],
            [5000.0, -400.0],
            [-400.0, -400.0],
            [-400.0, 4800.0],
            [5000.0, 4800.0],
            [5000.0, 5000.0],
            [-500.0, 5000.0],
        ];
        assert_eq!(made(POLYGON, &[horseshoe]), None);
        assert_eq!(
            made(POLYGON, &[&[[-300.0, 100.0], [100.0, -300.0], [-300.0, -300.0]]]),
            None
        );
    }

    #[test]
    fn a_clipped_horseshoe_becomes_two_polygons() {
        let horseshoe: &[[f64; 2]] = &[
            [4000.0, 100.0],
            [4500.0, 100.0],
            [4500.0, 400.0],
            [4000.0, 400.0],
            [4000.0, 300.0],
            [4400.0, 300.0],
            [4400.0, 200.0],
            [4000.0, 200.0],
        ];
        let upper: &[TilePoint] = &[[4000, 100], [4160, 100], [4160, 200], [4000, 200]];
        let lower: &[TilePoint] = &[[4000, 300], [4160, 300], [4160, 400], [4000, 400]];
        check(POLYGON, &[horseshoe], &[upper, lower]);
    }

    #[test]
    fn what_is_too_small_stands_in_at_its_place() {
        let stands_in = |kind, points: &[[f64; 2]], expected: &[TilePoint]| {
            assert_eq!(
                made(kind, &[points]),
                Some((vec![expected.to_vec()], true)),
                "{points:?}"
            );
        };
        stands_in(
            POLYGON,
            &[[7.1, 8.1], [7.3, 8.1], [7.3, 8.3]],
            &[[7, 8], [8, 8], [7, 9]],
        );
        stands_in(
            POLYGON,
            &[[-64.0, 5.0], [-64.0, 5.2], [-90.0, 5.2]],
            &[[-64, 5], [-63, 5], [-64, 6]],
        );
        stands_in(
            POLYGON,
            &[[4160.0, 4160.0], [4161.0, 4160.0], [4161.0, 4161.0]],
            &[[4159, 4159], [4160, 4159], [4159, 4160]],
        );
        stands_in(LINE, &[[7.1, 8.1], [7.3, 8.1]], &[[7, 8], [8, 8]]);
    }

    #[test]
    fn rounding_that_breaks_a_polygon_is_mended() {
        // A neck of a third of a unit closes: two polygons that touch in a point, or lie apart.
        let neck: &[[f64; 2]] = &[
            [0.0, 0.0],
            [10.0, 0.0],
            [5.2, 4.9],
            [10.0, 10.0],
            [0.0, 10.0],
            [4.9, 4.9],
        ];
        check(
            POLYGON,
            &[neck],
            &[&[[0, 0], [10, 0], [5, 5]], &[[0, 10], [5, 5], [10, 10]]],
        );
    }

    #[test]
    fn lines_are_cut_where_they_leave() {
        let line: &[[f64; 2]] = &[
            [4000.0, 10.0],
            [4500.0, 10.0],
            [4500.0, 20.0],
            [4100.0, 20.0],
            [4100.0, 30.0],
        ];
        check(
            LINE,
            &[line],
            &[&[[4000, 10], [4160, 10]], &[[4160, 20], [4100, 20], [4100, 30]]],
        );
        assert_eq!(made(LINE, &[&[[5000.0, 0.0], [5000.0, 9.0]]]), None);
        assert_eq!(made(LINE, &[&[]]), None);
    }

    #[test]
    fn points_outside_are_left_out() {
        let points: &[&[[f64; 2]]] = &[&[[1.4, 1.6]], &[[4160.0, 5.0]], &[[4161.0, 5.0]]];
        let found = made(GeometryKind::MultiPoint, points);
        assert_eq!(found, Some((vec![vec![[1, 2], [4160, 5]]], false)));
        assert_eq!(made(GeometryKind::Point, &[&[[-65.0, 5.0]]]), None);
        assert_eq!(made(GeometryKind::None, &[]), None);
    }

    #[test]
    fn neighbours_share_their_border_in_both_tiles() {
        // A border that crosses the edge of two tiles, walked in opposite directions by the two neighbours.
        let border = [[4000.3, 100.7], [4090.9, 151.2], [4300.2, 333.3]];
        let north: Vec<_> = border.iter().copied().chain([[4300.0, 0.0], [4000.0, 0.0]]).collect();
        let south: Vec<_> = border
            .iter()
            .rev()
            .copied()
            .chain([[4000.0, 900.0], [4300.0, 900.0]])
            .collect();
        let on_border = |rings: &[&[[f64; 2]]]| -> Vec<TilePoint> {
            let (paths, _) = made(POLYGON, rings).unwrap();
            let mut points: Vec<_> = paths[0].iter().copied().filter(|p| p[1] > 0 && p[1] < 900).collect();
            points.sort_unstable();
            points
        };
        assert_eq!(on_border(&[&north]), on_border(&[&south]));
        assert_eq!(on_border(&[&north]).len(), 3);
    }
}
