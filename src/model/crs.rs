//! Coordinate reference systems by name, and boxes that know theirs.
//!
//! A [`Crs`] is a name (authority and code, or WKT for a system without one); turning coordinates
//! from one to another is `ogr::transform`'s work. Inside the program the order is always x, y
//! (longitude, latitude; east, north).

use serde::{Deserialize, Serialize};

/// A coordinate reference system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Crs {
    /// OGC CRS84: longitude, latitude in degrees on WGS 84.
    Crs84,
    /// A system of the EPSG register, kept in x, y order.
    Epsg(u32),
    /// A system without a registered code, as WKT.
    Wkt(String),
}

impl Crs {
    /// The CRS for an EPSG code; 4326 is held as CRS84, the same datum in x, y order.
    #[must_use]
    pub fn from_epsg(code: u32) -> Self {
        if code == 4326 { Self::Crs84 } else { Self::Epsg(code) }
    }

    /// The OGC name by which clients know it; `None` for a system without a registered code.
    ///
    /// ```
    /// use terril::model::crs::Crs;
    /// assert_eq!(Crs::Epsg(2154).uri().unwrap(), "http://www.opengis.net/def/crs/EPSG/0/2154");
    /// ```
    #[must_use]
    pub fn uri(&self) -> Option<String> {
        match self {
            Self::Crs84 => Some("http://www.opengis.net/def/crs/OGC/1.3/CRS84".into()),
            Self::Epsg(code) => Some(format!("http://www.opengis.net/def/crs/EPSG/0/{code}")),
            Self::Wkt(_) => None,
        }
    }

    /// A short name for people: `CRS84`, `EPSG:2154`, `WKT`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Crs84 => "CRS84".into(),
            Self::Epsg(code) => format!("EPSG:{code}"),
            Self::Wkt(_) => "WKT".into(),
        }
    }
}

/// What is offered wherever a layer lies.
pub const WORLDWIDE_CODES: [u32; 2] = [4326, 3857];

/// What metropolitan France is drawn and asked in: RGF93 v1 as Lambert-93 and as its nine conic zones,
/// Lambert II étendu and Lambert Nord on NTF, RGF93 in degrees.
pub const METROPOLITAN_CODES: [u32; 13] = [
    2154, 3942, 3943, 3944, 3945, 3946, 3947, 3948, 3949, 3950, 27572, 27561, 4171,
];

/// What is offered where its own area of use meets the layer: ETRS89 in degrees, as LAEA Europe and in
/// the zones of UTM; WGS 84 in these; what is legal overseas, with two that came before.
pub const LOCAL_CODES: [u32; 15] = [
    4258, 3035, 25830, 25831, 25832, 32630, 32631, 32632, 5490, 4559, 32620, 2972, 2975, 4471, 4467,
];

/// RGF93 v2 and v2b, as v1: of metropolitan France, and last, since clients with an older register do not know them.
pub const SUCCESSOR_CODES: [u32; 20] = [
    9793, 9794, 9822, 9823, 9824, 9825, 9826, 9827, 9828, 9829, 9830, 9842, 9843, 9844, 9845, 9846, 9847, 9848, 9849,
    9850,
];

/// An area that is asked about, in the system that it was named in.
#[derive(Debug, Clone, PartialEq)]
pub enum Area {
    /// Longitudes and latitudes.
    LonLat(LonLatBox),
    /// A rectangle of another system.
    Planar(PlanarBox),
}

/// The largest coordinate of a rectangle: more than twice round the Earth in metres. PROJ turns longitudes
/// back into range one turn at a time, so a number without bound would never come to its end.
const FARTHEST: f64 = 1e8;

/// A rectangle in the coordinates of a system, x before y, edges included.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanarBox {
    crs: Crs,
    min: [f64; 2],
    max: [f64; 2],
}

impl PlanarBox {
    /// A rectangle by its corners, in the units of its system.
    ///
    /// # Errors
    /// Numbers that are not finite or beyond any place on Earth; a corner beyond the other.
    pub fn new(crs: Crs, min: [f64; 2], max: [f64; 2]) -> Result<Self, BoxError> {
        if ![min, max].iter().flatten().all(|v| v.is_finite()) {
            return Err(BoxError::NotFinite);
        }
        if [min, max].iter().flatten().any(|v| v.abs() > FARTHEST) {
            return Err(BoxError::TooFar);
        }
        if min[1] > max[1] {
            return Err(BoxError::UpsideDown);
        }
        if min[0] > max[0] {
            return Err(BoxError::InsideOut);
        }
        Ok(Self { crs, min, max })
    }

    /// Its system.
    #[must_use]
    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// The corner of the smallest x and y.
    #[must_use]
    pub fn min(&self) -> [f64; 2] {
        self.min
    }

    /// The corner of the largest x and y.
    #[must_use]
    pub fn max(&self) -> [f64; 2] {
        self.max
    }
}

/// A box of longitudes and latitudes in degrees (CRS84).
///
/// `west > east` means that it crosses the antimeridian (OGC 17-069r4, 7.15.3).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LonLatBox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// Why four numbers are no box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoxError {
    /// NaN or an infinity.
    #[error("every number must be finite")]
    NotFinite,
    /// South above north.
    #[error("the southern edge lies north of the northern edge")]
    UpsideDown,
    /// The western edge beyond the eastern one, where no antimeridian explains it.
    #[error("the first edge lies beyond the second")]
    InsideOut,
    /// Coordinates that no place on Earth has.
    #[error("coordinates must be within ±100,000,000")]
    TooFar,
    /// Outside ±180° or ±90°.
    #[error("longitudes must be within ±180 and latitudes within ±90 degrees")]
    OutOfRange,
}

impl LonLatBox {
    /// A box by its edges, in degrees.
    ///
    /// # Errors
    /// Numbers that are not finite, out of range, or upside down.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Result<Self, BoxError> {
        if ![west, south, east, north].iter().all(|v| v.is_finite()) {
            return Err(BoxError::NotFinite);
        }
        if south > north {
            return Err(BoxError::UpsideDown);
        }
        if [west, east].iter().any(|v| v.abs() > 180.0) || [south, north].iter().any(|v| v.abs() > 90.0) {
            return Err(BoxError::OutOfRange);
        }
        Ok(Self {
            west,
            south,
            east,
            north,
        })
    }

    /// The western edge.
    #[must_use]
    pub fn west(&self) -> f64 {
        self.west
    }
    /// The southern edge.
    #[must_use]
    pub fn south(&self) -> f64 {
        self.south
    }
    /// The eastern edge.
    #[must_use]
    pub fn east(&self) -> f64 {
        self.east
    }
    /// The northern edge.
    #[must_use]
    pub fn north(&self) -> f64 {
        self.north
    }

    /// Whether a place lies in it or at most some degrees from it.
    #[must_use]
    pub fn holds_around(&self, [x, y]: [f64; 2], degrees: f64) -> bool {
        let lon = |b: &Self| (b.west - degrees..=b.east + degrees).contains(&x);
        let lat = (self.south - degrees..=self.north + degrees).contains(&y);
        lat && self.halves().iter().any(lon)
    }

    /// One box, or the two halves of one that crosses the antimeridian.
    #[must_use]
    pub fn halves(&self) -> Vec<Self> {
        if self.west <= self.east {
            return vec![*self];
        }
        vec![Self { east: 180.0, ..*self }, Self { west: -180.0, ..*self }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_across_the_antimeridian_has_two_halves() {
        let halves = LonLatBox::new(177.0, 65.0, -177.0, 70.0).unwrap().halves();
        assert_eq!(halves.len(), 2);
        assert!((halves[0].east() - 180.0).abs() < f64::EPSILON);
        assert!((halves[1].west() + 180.0).abs() < f64::EPSILON);
        let bering = LonLatBox::new(177.0, 65.0, -177.0, 70.0).unwrap();
        assert!(bering.holds_around([179.0, 66.0], 0.0) && bering.holds_around([-176.5, 70.5], 1.0));
        assert!(!bering.holds_around([0.0, 66.0], 4.0) && !bering.holds_around([179.0, f64::NAN], 4.0));
    }

    #[test]
    fn bad_boxes_say_why() {
        assert_eq!(LonLatBox::new(f64::NAN, 0.0, 1.0, 1.0), Err(BoxError::NotFinite));
        assert_eq!(LonLatBox::new(0.0, 2.0, 1.0, 1.0), Err(BoxError::UpsideDown));
        assert_eq!(LonLatBox::new(0.0, 0.0, 181.0, 1.0), Err(BoxError::OutOfRange));
    }
}
