//! What is to be made, checked.
//!
//! In: numbers and texts of a user. Out: [`SynthParams`], for which a territory exists. Nothing is generated here.

use super::SynthError;
use super::fabric::Fabric;
use super::frame::{Frame, UNITS_PER_DEGREE};
use super::ident::CommuneCode;
use super::parcel::Position;

/// A checked order for a territory.
#[derive(Debug, Clone)]
pub struct SynthParams {
    parcels: u64,
    seed: u64,
    fabric: Fabric,
    origin: Position,
    first_commune: CommuneCode,
    columns: u64,
    side_m: f64,
}

/// South-western corner where none is given: the mining basin near Lens.
const DEFAULT_ORIGIN: (f64, f64) = (2.70, 50.44);
const DEFAULT_COMMUNE: &str = "62001";

impl SynthParams {
    /// `parcels` of the given fabric, from (2.70, 50.44) towards north and east, communes counted from 62001.
    ///
    /// # Errors
    /// No parcels, or more than can be numbered or placed.
    pub fn new(parcels: u64, seed: u64, fabric: Fabric) -> Result<Self, SynthError> {
        if parcels == 0 {
            return Err(SynthError::NoParcels);
        }
        let profile = fabric.profile();
        // A commune of the grid may come out smaller than planned: leave a margin.
        let most = CommuneCode::capacity() / 2 * profile.commune_parcels;
        if parcels > most {
            return Err(SynthError::TooMany { asked: parcels, most });
        }
        let communes = parcels.div_ceil(profile.commune_parcels);
        let per_commune = parcels.div_ceil(communes);
        let (lon, lat) = DEFAULT_ORIGIN;
        Self {
            parcels,
            seed,
            fabric,
            origin: Position { lon_e7: 0, lat_e7: 0 },
            first_commune: CommuneCode::parse(DEFAULT_COMMUNE)?,
            columns: (communes as f64).sqrt().ceil() as u64,
            // A little more ground than the mean needs, so that the last commune of the plan is seldom short.
            side_m: (per_commune as f64 * profile.gross_area_m2 * 1.02).sqrt() + 12.0,
        }
        .from_corner(lon, lat)
    }

    /// The same with its south-western corner at `lon`, `lat` degrees (CRS84).
    ///
    /// # Errors
    /// A corner off the world or near a pole, or a territory that would reach there.
    pub fn from_corner(mut self, lon: f64, lat: f64) -> Result<Self, SynthError> {
        // NaN fails both.
        if !((-180.0..=180.0).contains(&lon) && (-70.0..=70.0).contains(&lat)) {
            return Err(SynthError::BadOrigin { lon, lat });
        }
        let e7 = |degrees: f64| (degrees * UNITS_PER_DEGREE).round() as i64;
        self.origin = Position {
            lon_e7: e7(lon),
            lat_e7: e7(lat),
        };
        // A quarter more rows than planned are allowed for.
        let reach_m = self.columns as f64 * self.side_m * 1.25 + self.side_m;
        let here = Frame::at(lat);
        let north = lat + reach_m / here.metres_per_y / UNITS_PER_DEGREE;
        let east = lon + reach_m / Frame::at(north.abs().max(lat.abs()).min(75.0)).metres_per_x / UNITS_PER_DEGREE;
        if north > 75.0 || east > 180.0 {
            return Err(SynthError::TooLarge {
                parcels: self.parcels,
                lon,
                lat,
            });
        }
        Ok(self)
    }

    /// The same with communes counted from `code` (five digits).
    ///
    /// # Errors
    /// Not a commune code of metropolitan France by its form.
    pub fn from_commune(mut self, code: &str) -> Result<Self, SynthError> {
        self.first_commune = CommuneCode::parse(code)?;
        Ok(self)
    }

    /// How many parcels.
    pub fn parcels(&self) -> u64 {
        self.parcels
    }

    /// What all draws depend on.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The kind of ground.
    pub fn fabric(&self) -> Fabric {
        self.fabric
    }

    /// The south-western corner.
    pub fn origin(&self) -> Position {
        self.origin
    }

    pub(super) fn columns(&self) -> u64 {
        self.columns
    }

    pub(super) fn side_m(&self) -> f64 {
        self.side_m
    }

    pub(super) fn commune_code(&self, index: u64) -> String {
        self.first_commune.nth(index)
    }
}
