//! Metres around one place: what areas and widths of an audit are measured in.
//!
//! In: a rectangle in storage coordinates. Out: the linear map from there to metres east and north on GRS80, and to
//! degrees. It is exact in the middle of the rectangle; over a few kilometres areas are right within 0.05 %, where an
//! audit asks for 5 %.

use std::rc::Rc;

use crate::model::crs::Crs;
use crate::ogr::transform::{Transform, cached};

/// Half the greater axis of GRS80, in metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;

/// Its first eccentricity, squared.
const ECCENTRICITY_2: f64 = 0.006_694_380_022_9;

/// A rectangle that is a point is measured in steps of this part of its coordinates.
const SMALLEST_STEP: f64 = 1e-9;

/// The way from storage coordinates to degrees.
pub(super) struct Planes(Rc<Transform>);

impl Planes {
    /// Of a layer; `None` where PROJ knows no way from its system.
    pub(super) fn of(crs: &Crs) -> Option<Self> {
        cached(crs, &Crs::Crs84).ok().map(Self)
    }

    /// The plane of a rectangle; `None` where it has no place on Earth.
    pub(super) fn around(&self, [min, max]: [[f64; 2]; 2]) -> Option<Plane> {
        let middle = [0, 1].map(|i| f64::midpoint(min[i], max[i]));
        let half = [0, 1].map(|i| ((max[i] - min[i]) / 2.0).max(middle[i].abs() * SMALLEST_STEP).max(1e-9));
        let mut points = [
            middle,
            [middle[0] - half[0], middle[1]],
            [middle[0] + half[0], middle[1]],
            [middle[0], middle[1] - half[1]],
            [middle[0], middle[1] + half[1]],
        ];
        self.0.apply(&mut points).ok()?;
        let [[lon, lat], west, east, south, north] = points;
        let sine = lat.to_radians().sin();
        let root = (1.0 - ECCENTRICITY_2 * sine * sine).sqrt();
        let per_degree = [
            SEMI_MAJOR_M / root * lat.to_radians().cos(),
            SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / (root * root * root),
        ]
        .map(f64::to_radians);
        let column =
            |from: [f64; 2], to: [f64; 2], length: f64| [0, 1].map(|i| (to[i] - from[i]) * per_degree[i] / length);
        let x = column(west, east, 2.0 * half[0]);
        let y = column(south, north, 2.0 * half[1]);
        let plane = Plane {
            middle,
            columns: [x, y],
            lon_lat: [lon, lat],
            per_degree,
        };
        (plane.scale().is_finite() && plane.scale() > 0.0).then_some(plane)
    }
}

/// See the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    middle: [f64; 2],
    /// Metres east and north per unit of x, and per unit of y.
    columns: [[f64; 2]; 2],
    lon_lat: [f64; 2],
    per_degree: [f64; 2],
}

impl Plane {
    /// Square metres per square unit of storage coordinates.
    pub(super) fn scale(&self) -> f64 {
        let [x, y] = self.columns;
        (x[0] * y[1] - x[1] * y[0]).abs()
    }

    /// Metres east and north of the middle.
    pub(super) fn metres(&self, p: [f64; 2]) -> [f64; 2] {
        let [dx, dy] = [p[0] - self.middle[0], p[1] - self.middle[1]];
        let [x, y] = self.columns;
        [x[0] * dx + y[0] * dy, x[1] * dx + y[1] * dy]
    }

    /// Degrees of a point in metres.
    pub(super) fn degrees(&self, [east, north]: [f64; 2]) -> [f64; 2] {
        [
            self.lon_lat[0] + east / self.per_degree[0],
            self.lon_lat[1] + north / self.per_degree[1],
        ]
    }
}

/// Twice the signed area of a ring, positive where it runs against the clock; measured from its first point, so that
/// large coordinates cost no digits.
pub(super) fn doubled_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = ring.first() else { return 0.0 };
    let cross = |pair: &[[f64; 2]]| {
        let [[ax, ay], [bx, by]] = [pair[0], pair[1]];
        (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
    };
    ring.windows(2).map(cross).sum()
}

/// The rectangle around points; `None` for none.
pub(super) fn bounds<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> Option<[[f64; 2]; 2]> {
    points.fold(None, |found: Option<[[f64; 2]; 2]>, p| {
        Some(found.map_or([*p, *p], |[min, max]| {
            [
                [min[0].min(p[0]), min[1].min(p[1])],
                [max[0].max(p[0]), max[1].max(p[1])],
            ]
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hectare_is_one_in_every_system() {
        // pyproj.Geod(ellps="GRS80").geometry_area_perimeter of the same square in degrees: 7,974.57 m².
        let corners = [[2.0, 50.0], [2.001, 50.0], [2.001, 50.001], [2.0, 50.001], [2.0, 50.0]];
        for crs in [Crs::Crs84, Crs::Epsg(2154), Crs::Epsg(3857), Crs::Epsg(3950)] {
            let mut ring = corners;
            cached(&Crs::Crs84, &crs).unwrap().apply(&mut ring).unwrap();
            let plane = Planes::of(&crs).unwrap().around(bounds(ring.iter()).unwrap()).unwrap();
            let area = doubled_area(&ring) / 2.0 * plane.scale();
            assert!((area - 7_974.57).abs() < 0.1, "{crs:?} {area}");
            let [lon, lat] = plane.degrees(plane.metres(ring[2]));
            assert!(
                (lon - 2.001).abs() < 1e-6 && (lat - 50.001).abs() < 1e-6,
                "{crs:?} {lon} {lat}"
            );
        }
    }
}
