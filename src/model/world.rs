//! The world grid: Web Mercator (EPSG:3857) as unsigned 32-bit fixed point.
//!
//! One unit is 1/2³² of the world's width, 0.93 cm at the equator. `x` grows to the east from the
//! antimeridian, `y` grows to the south from 85.0511° N, as tile rows do. Tiles are cut from these
//! coordinates with integer arithmetic; no measure is ever taken in them.
//!
//! Not here: the storage coordinates that answers are written from (they keep their own CRS).

use serde::{Deserialize, Serialize};

use super::crs::LonLatBox;

/// The latitude at which Web Mercator is square: atan(sinh(π)), in degrees.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// Units across the world.
const SIZE: f64 = 4_294_967_296.0;

/// A point of the world grid.
pub type WorldPoint = [u32; 2];

/// The world point of a longitude and latitude in degrees (CRS84).
///
/// Latitudes beyond ±85.0511° and longitudes beyond ±180° are moved to the edge of the grid.
///
/// ```
/// use terril::model::world::world_point;
/// assert_eq!(world_point(0.0, 0.0), [1 << 31, 1 << 31]);
/// assert_eq!(world_point(-180.0, 85.1), [0, 0]);
/// ```
#[must_use]
pub fn world_point(lon: f64, lat: f64) -> WorldPoint {
    [to_grid(unit_x(lon)), to_grid(unit_y(lat))]
}

/// Longitude and latitude in degrees of a world point, within half a unit.
#[must_use]
pub fn lon_lat(point: WorldPoint) -> [f64; 2] {
    let x = f64::from(point[0]) / SIZE;
    let y = f64::from(point[1]) / SIZE;
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees();
    [x * 360.0 - 180.0, lat]
}

/// How far beyond ±180° and ±90° rounding may have moved a point: 0.1 mm. Natural Earth has -180.00000000000017.
const ROUNDING: f64 = 1e-9;

/// Whether a longitude and latitude in degrees are a place, as exactly as such numbers are written.
#[must_use]
pub fn is_on_earth(point: [f64; 2]) -> bool {
    point[0].abs() <= 180.0 + ROUNDING && point[1].abs() <= 90.0 + ROUNDING
}

fn unit_x(lon: f64) -> f64 {
    lon / 360.0 + 0.5
}

fn unit_y(lat: f64) -> f64 {
    let sin = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians().sin();
    0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI)
}

fn to_grid(unit: f64) -> u32 {
    // `as` cuts off, so that this rounds, and saturates at both ends, which is the clamp that the doc comment promises.
    (unit * SIZE + 0.5) as u32
}

/// A box of the world grid, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldBox {
    min: WorldPoint,
    max: WorldPoint,
}

impl WorldBox {
    /// The box between two corners; `None` where `min` is beyond `max` on an axis.
    #[must_use]
    pub fn new(min: WorldPoint, max: WorldPoint) -> Option<Self> {
        (min[0] <= max[0] && min[1] <= max[1]).then_some(Self { min, max })
    }

    /// The whole grid.
    #[must_use]
    pub fn whole() -> Self {
        Self {
            min: [0, 0],
            max: [u32::MAX, u32::MAX],
        }
    }

    /// The smallest box around some points; `None` for no point.
    pub fn around(points: impl IntoIterator<Item = WorldPoint>) -> Option<Self> {
        points.into_iter().fold(None, |found: Option<Self>, p| {
            Some(found.map_or(Self { min: p, max: p }, |b| b.with(p)))
        })
    }

    /// The box that surely holds everything in a lon/lat box that does not cross the antimeridian:
    /// two units wider on each side, since a point and a box corner are rounded apart.
    #[must_use]
    pub fn covering(lon_lat: &LonLatBox) -> Self {
        let nw = world_point(lon_lat.west(), lon_lat.north());
        let se = world_point(lon_lat.east(), lon_lat.south());
        Self {
            min: [nw[0].saturating_sub(2), nw[1].saturating_sub(2)],
            max: [se[0].saturating_add(2), se[1].saturating_add(2)],
        }
    }

    /// The box in which everything is surely inside the lon/lat box, `None` where it is too thin.
    ///
    /// The edge rows of the grid are left out: what lies beyond ±85.0511° was moved there.
    #[must_use]
    pub fn surely_inside(lon_lat: &LonLatBox) -> Option<Self> {
        let nw = world_point(lon_lat.west(), lon_lat.north());
        let se = world_point(lon_lat.east(), lon_lat.south());
        Self::new(
            [nw[0].saturating_add(2), nw[1].saturating_add(2)],
            [se[0].saturating_sub(2), se[1].saturating_sub(2)],
        )
    }

    /// The box grown to hold a point.
    #[must_use]
    pub fn with(self, p: WorldPoint) -> Self {
        Self {
            min: [self.min[0].min(p[0]), self.min[1].min(p[1])],
            max: [self.max[0].max(p[0]), self.max[1].max(p[1])],
        }
    }

    /// The smallest box around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        self.with(other.min).with(other.max)
    }

    /// North-west corner.
    #[must_use]
    pub fn min(&self) -> WorldPoint {
        self.min
    }

    /// South-east corner.
    #[must_use]
    pub fn max(&self) -> WorldPoint {
        self.max
    }

    /// Whether they share at least a point.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.min[0] <= other.max[0]
            && other.min[0] <= self.max[0]
            && self.min[1] <= other.max[1]
            && other.min[1] <= self.max[1]
    }

    /// Whether the other lies within, edges included.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.min[0] <= other.min[0]
            && self.min[1] <= other.min[1]
            && self.max[0] >= other.max[0]
            && self.max[1] >= other.max[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_come_back_within_a_centimetre() {
        for (lon, lat) in [(2.6857, 50.4420), (-61.0, 14.6), (55.5, -21.1), (179.999, 80.0)] {
            let [x, y] = lon_lat(world_point(lon, lat));
            assert!((x - lon).abs() < 1e-7, "{x} {lon}");
            assert!((y - lat).abs() < 1e-7, "{y} {lat}");
        }
    }

    #[test]
    fn what_rounding_moved_over_the_edge_is_a_place() {
        assert!(is_on_earth([-180.000_000_000_000_17, 68.0]) && is_on_earth([180.0, -90.0]));
        assert!(!is_on_earth([-180.000_1, 68.0]) && !is_on_earth([2.0, 90.1]) && !is_on_earth([f64::NAN, 1.0]));
    }

    #[test]
    fn the_covering_box_holds_the_sure_one() {
        let b = LonLatBox::new(2.0, 50.0, 2.1, 50.1).unwrap();
        assert!(WorldBox::covering(&b).contains(&WorldBox::surely_inside(&b).unwrap()));
    }
}
