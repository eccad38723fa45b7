//! Which system coordinates are probably in, by where they lie.
//!
//! For messages only: nothing is ever loaded by guess. French systems first; the ranges are those of
//! the systems' areas of use in metropolitan France, wide by a few tens of kilometres.

use crate::model::crs::Crs;

/// A box of raw coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RawBox {
    pub(super) min: [f64; 2],
    pub(super) max: [f64; 2],
}

impl RawBox {
    pub(super) fn empty() -> Self {
        Self {
            min: [f64::INFINITY; 2],
            max: [f64::NEG_INFINITY; 2],
        }
    }

    pub(super) fn add(&mut self, p: [f64; 2]) {
        self.min = [self.min[0].min(p[0]), self.min[1].min(p[1])];
        self.max = [self.max[0].max(p[0]), self.max[1].max(p[1])];
    }

    fn within(&self, x: [f64; 2], y: [f64; 2]) -> bool {
        self.min[0] >= x[0] && self.max[0] <= x[1] && self.min[1] >= y[0] && self.max[1] <= y[1]
    }

    /// Whether all could be longitudes and latitudes.
    pub(super) fn fits_degrees(&self) -> bool {
        self.within([-180.0, 180.0], [-90.0, 90.0])
    }
}

/// The system that coordinates are probably in, and its name; EPSG:2154 where nothing fits.
pub(super) fn guess(found: &RawBox) -> (Crs, &'static str) {
    if found.fits_degrees() {
        return (Crs::Crs84, "longitude and latitude in degrees");
    }
    if found.within([0.0, 1_300_000.0], [6_000_000.0, 7_200_000.0]) {
        return (Crs::Epsg(2154), "Lambert-93");
    }
    for zone in 42..=50u32 {
        let north = f64::from(zone - 41) * 1_000_000.0 + 200_000.0;
        if found.within([1_000_000.0, 2_400_000.0], [north - 200_000.0, north + 200_000.0]) {
            return (Crs::Epsg(3900 + zone), "a conical conformal zone (CC42 to CC50)");
        }
    }
    if found.within([-100_000.0, 1_300_000.0], [1_600_000.0, 2_750_000.0]) {
        return (Crs::Epsg(27572), "NTF Lambert II étendu");
    }
    if found.within([-20_037_509.0, 20_037_509.0], [-20_048_967.0, 20_048_967.0])
        && found.within([-800_000.0, 1_200_000.0], [4_900_000.0, 6_800_000.0])
    {
        return (Crs::Epsg(3857), "Web Mercator");
    }
    (Crs::Epsg(2154), "no system that is common in France")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_systems_are_recognised_by_their_ranges() {
        let check = |x: f64, y: f64, crs: Crs| {
            let mut b = RawBox::empty();
            b.add([x, y]);
            assert_eq!(guess(&b).0, crs, "{x} {y}");
        };
        check(2.68, 50.44, Crs::Crs84);
        check(677_680.0, 7_036_400.0, Crs::Epsg(2154));
        check(1_677_000.0, 9_245_000.0, Crs::Epsg(3950));
        check(629_000.0, 2_604_000.0, Crs::Epsg(27572));
        check(299_000.0, 5_540_000.0, Crs::Epsg(3857));
    }
}
