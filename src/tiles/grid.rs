//! Stage 1, project: world grid → the tile's own coordinates.
//!
//! ```text
//! world  u32, 2³² across the world
//!   │    minus the tile's corner, exact
//! local  i64, at zoom ≤ 20 in world units, beyond in tile units; here clipping is done
//!   │    to the nearest tile unit, halves to the east and south
//! tile   i32, 4096 across the tile
//! ```
//! A tile unit is 2^(20 − zoom) world units and a tile's corner lies on a multiple of it, so rounding is a function of the
//! world point and the zoom alone: neighbours in a tile, and copies of a feature in two tiles, round alike.

use super::shape::TilePoint;
use crate::model::tile::{EXTENT, TileCoord};
use crate::model::world::WorldPoint;

/// A point relative to the tile's north-west corner, not yet rounded to tile units.
pub type LocalPoint = [i64; 2];

/// The zoom at which a tile unit is a world unit: 2³² = 4096 · 2²⁰.
const UNIT_ZOOM: u32 = 20;

/// The widest buffer, in tile units. Keeps every coordinate below 2¹⁴, so that [`turn`](super::shape::turn) fits 32 bits.
const MAX_BUFFER_UNITS: u32 = 4096;

/// How world points become points of one tile.
#[derive(Debug, Clone, Copy)]
pub struct TileGrid {
    corner: LocalPoint,
    /// Local units per world unit, as a power of two; not 0 beyond zoom 20 only.
    finer: u32,
    /// Local units per tile unit, as a power of two; 0 from zoom 20 on.
    coarser: u32,
    buffer_units: i32,
}

impl TileGrid {
    /// The grid of a tile and of so many tile units around it (4096 at most).
    #[must_use]
    pub fn new(tile: TileCoord, buffer_units: u32) -> Self {
        let zoom = u32::from(tile.z());
        let finer = zoom.saturating_sub(UNIT_ZOOM);
        // A tile's corner is below 2³², and `finer` at most 2: this never overflows.
        let corner = tile.origin().map(|c| (c as i64) << finer);
        Self {
            corner,
            finer,
            coarser: UNIT_ZOOM.saturating_sub(zoom),
            buffer_units: buffer_units.min(MAX_BUFFER_UNITS) as i32,
        }
    }

    /// A world point relative to the tile, exact.
    #[must_use]
    pub fn local(&self, point: WorldPoint) -> LocalPoint {
        [
            (i64::from(point[0]) << self.finer) - self.corner[0],
            (i64::from(point[1]) << self.finer) - self.corner[1],
        ]
    }

    /// The nearest point in tile units; halves go east and south.
    ///
    /// Only for points near the tile: what lies farther than 2³¹ tile units is not told apart from its edge.
    #[must_use]
    pub fn rounded(&self, point: LocalPoint) -> TilePoint {
        let half = (1_i64 << self.coarser) >> 1;
        point.map(|c| ((c + half) >> self.coarser).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32)
    }

    /// The lowest coordinate that is kept, in tile units.
    #[must_use]
    pub fn low(&self) -> i32 {
        -self.buffer_units
    }

    /// The highest coordinate that is kept, in tile units.
    #[must_use]
    pub fn high(&self) -> i32 {
        EXTENT + self.buffer_units
    }

    /// Whether a point lies in the tile or its buffer, edges included.
    #[must_use]
    pub fn holds(&self, point: TilePoint) -> bool {
        point.iter().all(|&c| c >= self.low() && c <= self.high())
    }

    /// The lowest and highest coordinates that are kept, in local units.
    #[must_use]
    pub fn local_limits(&self) -> [i64; 2] {
        [
            i64::from(self.low()) << self.coarser,
            i64::from(self.high()) << self.coarser,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_point_rounds_alike_in_both_tiles_of_an_edge() {
        for z in [1, 8, 14, 20, 21, 22] {
            let west = TileCoord::new(z, 0, 0).unwrap();
            let east = TileCoord::new(z, 1, 0).unwrap();
            let edge = east.origin()[0] as u32;
            let unit = (1u32 << 20) >> z;
            for x in [edge - 2, edge - 1, edge, edge + 1, edge + unit / 2, edge + unit / 2 + 1] {
                let of = |tile| {
                    let grid = TileGrid::new(tile, 64);
                    grid.rounded(grid.local([x, 7]))
                };
                assert_eq!(of(west)[0] - EXTENT, of(east)[0], "z{z} x{x}");
            }
        }
    }

    #[test]
    fn the_corners_of_the_world_are_the_corners_of_tile_zero() {
        let grid = TileGrid::new(TileCoord::new(0, 0, 0).unwrap(), 64);
        assert_eq!(grid.rounded(grid.local([0, 0])), [0, 0]);
        assert_eq!(grid.rounded(grid.local([u32::MAX, u32::MAX])), [4096, 4096]);
        assert_eq!(grid.rounded(grid.local([1 << 31, 1 << 31])), [2048, 2048]);
    }
}
