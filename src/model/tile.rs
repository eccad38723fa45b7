//! Tile addresses of the WebMercatorQuad tile matrix set (OGC 17-083r4, annex D.1).

use super::world::WorldBox;

/// The deepest zoom that is served: at 22 a tile unit is finer than the world grid's centimetre.
pub const MAX_ZOOM: u8 = 22;

/// Units across a tile in a vector tile (MVT 2.1, `extent`).
pub const EXTENT: i32 = 4096;

/// One tile: zoom, column from the west, row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

impl TileCoord {
    /// The tile at a zoom, column and row; `None` outside the matrix.
    ///
    /// ```
    /// use terril::model::tile::TileCoord;
    /// assert!(TileCoord::new(1, 1, 1).is_some());
    /// assert!(TileCoord::new(1, 2, 0).is_none());
    /// assert!(TileCoord::new(23, 0, 0).is_none());
    /// ```
    #[must_use]
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= MAX_ZOOM && x < (1 << z) && y < (1 << z)).then_some(Self { z, x, y })
    }

    /// Zoom level (tile matrix).
    #[must_use]
    pub fn z(&self) -> u8 {
        self.z
    }
    /// Column from the west.
    #[must_use]
    pub fn x(&self) -> u32 {
        self.x
    }
    /// Row from the north.
    #[must_use]
    pub fn y(&self) -> u32 {
        self.y
    }

    /// World units across the tile.
    #[must_use]
    pub fn span(&self) -> u64 {
        1 << (32 - u32::from(self.z))
    }

    /// World units from the grid's origin to the tile's north-west corner.
    #[must_use]
    pub fn origin(&self) -> [u64; 2] {
        [u64::from(self.x) * self.span(), u64::from(self.y) * self.span()]
    }

    /// The tile's box in world units, widened by a buffer given in tile units (1/4096 of the tile).
    #[must_use]
    pub fn world_box(&self, buffer_units: u32) -> WorldBox {
        let buffer = self.span() * u64::from(buffer_units) / EXTENT as u64;
        let edge = |start: u64| {
            let low = start.saturating_sub(buffer);
            let high = (start + self.span() + buffer).min(u64::from(u32::MAX));
            // Both fit: `low` is below the grid's size and `high` was cut to it.
            [
                u32::try_from(low).unwrap_or(u32::MAX),
                u32::try_from(high).unwrap_or(u32::MAX),
            ]
        };
        let [west, east] = edge(self.origin()[0]);
        let [north, south] = edge(self.origin()[1]);
        WorldBox::new([west, north], [east, south]).unwrap_or_else(WorldBox::whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_tiles_of_zoom_one_meet_at_the_middle() {
        let middle = 1u32 << 31;
        assert_eq!(TileCoord::new(1, 0, 0).unwrap().world_box(0).max(), [middle, middle]);
        assert_eq!(TileCoord::new(1, 1, 1).unwrap().world_box(0).min(), [middle, middle]);
    }

    #[test]
    fn the_whole_world_is_tile_zero() {
        assert_eq!(TileCoord::new(0, 0, 0).unwrap().world_box(64), WorldBox::whole());
    }
}
