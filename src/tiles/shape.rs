//! A geometry in tile units, as the encoders take it.
//!
//! ```text
//! kind     paths
//! Point    one path of all points
//! Line     a path per line, at least 2 points each
//! Polygon  a path per ring, first point not repeated; a ring of positive area starts a polygon,
//!          the rings of negative area after it are its holes (MVT 2.1, 4.3.4.4)
//! ```
//! Units: 1/4096 of the tile, origin at the tile's north-west corner, x to the east, y to the south.

/// A point in tile units.
pub type TilePoint = [i32; 2];

/// What a tile geometry is. The numbers are those of MVT 2.1, 4.3.4 (`GeomType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum TileKind {
    /// Points.
    #[default]
    Point = 1,
    /// Lines.
    Line = 2,
    /// Polygons.
    Polygon = 3,
}

/// A geometry in tile units: points in one flat array, and where each path ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TileGeometry {
    pub(super) kind: TileKind,
    pub(super) points: Vec<TilePoint>,
    pub(super) ends: Vec<u32>,
    pub(super) stands_in: bool,
}

impl TileGeometry {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its paths: all points at once, each line, or each ring.
    pub fn paths(&self) -> impl Iterator<Item = &[TilePoint]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let path = &self.points[start..end as usize];
            start = end as usize;
            path
        })
    }

    /// Whether it only marks the place of something too small to be drawn at this zoom.
    #[must_use]
    pub fn stands_in(&self) -> bool {
        self.stands_in
    }

    /// A geometry of the paths given, for tests.
    #[cfg(test)]
    pub(crate) fn of(kind: TileKind, paths: &[&[TilePoint]]) -> Self {
        let mut made = Self {
            kind,
            ..Self::default()
        };
        for path in paths {
            made.points.extend_from_slice(path);
            made.end_path();
        }
        made
    }

    pub(super) fn reset(&mut self, kind: TileKind) {
        self.kind = kind;
        self.points.clear();
        self.ends.clear();
        self.stands_in = false;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn end_path(&mut self) {
        self.ends.push(self.points.len() as u32);
    }
}

/// Twice the area that `a → b → c` turns around: positive from x towards y, which in a tile (y down) is clockwise.
///
/// Exact: a difference of coordinates stays below 2¹⁵ (`TileGrid` sees to it), so the result fits.
pub(super) fn turn(a: TilePoint, b: TilePoint, c: TilePoint) -> i32 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Twice a ring's area by the surveyor's formula; positive for an exterior ring (MVT 2.1, 4.3.3.3).
pub(super) fn doubled_area(ring: &[TilePoint]) -> i64 {
    let Some(&last) = ring.last() else { return 0 };
    let mut sum = 0;
    let mut before = last;
    for &p in ring {
        sum += i64::from(before[0]) * i64::from(p[1]) - i64::from(p[0]) * i64::from(before[1]);
        before = p;
    }
    sum
}
