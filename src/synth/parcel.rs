//! A fictive parcel: what the generator gives and the writers take.
//!
//! Rings are of integers, so that what is written does not depend on how a writer formats a float.

use super::frame::UNITS_PER_DEGREE;

/// A position in units of 10⁻⁷ degree, longitude then latitude (CRS84), the precision of the published cadastre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Longitude × 10⁷.
    pub lon_e7: i64,
    /// Latitude × 10⁷.
    pub lat_e7: i64,
}

impl Position {
    /// Longitude in degrees: the f64 nearest to the decimal of 7 places.
    pub fn lon(self) -> f64 {
        self.lon_e7 as f64 / UNITS_PER_DEGREE
    }

    /// Latitude in degrees: the f64 nearest to the decimal of 7 places.
    pub fn lat(self) -> f64 {
        self.lat_e7 as f64 / UNITS_PER_DEGREE
    }
}

/// One parcel with its nine attributes. Nothing in it is about a real place or person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// 14 characters: commune 5, prefix 3 (always `999`), section 2, number 4.
    pub id: String,
    /// Five digits; not the commune that really bears them.
    pub commune: String,
    /// Without the padding that `id` has, as in the published files.
    pub section: String,
    /// Counts from 1 in each section.
    pub numero: u16,
    /// Fiscal area in m², which differs from the geometry as real ones do; rarely missing or zero.
    pub contenance: Option<u32>,
    /// A fictive owner; ends in `(fictif)`.
    pub proprietaire: &'static str,
    /// State of the land reserve; `None` where the parcel is none.
    pub statut: Option<&'static str>,
    /// Planning zone: `U`, `AUc`, `AUs`, `A` or `N`.
    pub zone: &'static str,
    /// Closed rings, the outer one first and turning left, holes turning right.
    pub rings: Vec<Vec<Position>>,
}

impl Parcel {
    /// The three characters that no cadastral parcel has: ids with it are fictive.
    pub const PREFIX: &'static str = "999";

    /// The attributes in their order in every file.
    pub const FIELDS: [&'static str; 9] = [
        "id",
        "commune",
        "prefixe",
        "section",
        "numero",
        "contenance",
        "proprietaire",
        "statut",
        "zone",
    ];
}
