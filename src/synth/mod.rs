//! A deterministic fictive cadastre at any size: `terril synth`.
//!
//! For tests, benchmarks and demonstrations, where real parcels may not be shown or are too few. In: a number of parcels, a seed, a
//! [`Fabric`]. Out: a stream of [`Parcel`]s that look like a cadastre to a program: contiguous irregular parcels in blocks, streets
//! as gaps, borders with the same vertices on both sides, enclaves, long rings, fiscal areas that differ from the geometry.
//!
//! ```text
//!  territory ─ grid ──▶ commune ─ streets ──▶ block ─ lots ──▶ straight parcels ─ bends ──▶ parcels ─ attributes ──▶ file
//!             (here)            (streets.rs)        (lots.rs on mesh.rs)         (bends.rs)         (commune.rs)
//! ```
//!
//! The same parameters give the same bytes on every machine: integers and `+ - * / √` only. One commune is held at a time, so
//! memory does not grow with the number of parcels. Every id has the prefix `999`, which no cadastral parcel has; every owner ends
//! in `(fictif)`. It does not imitate any real place: the codes of communes are numbers, not references.
//! How near the three fitted fabrics come to measured communes stands in `docs/synth.md`, made by `tests/oracle/synth_stats.py`.

mod attributes;
mod bends;
mod commune;
mod convex;
mod exact;
mod fabric;
mod fgb;
mod fgb_index;
mod frame;
mod geojson;
mod ident;
mod lots;
mod mesh;
mod params;
mod parcel;
mod profiles;
mod rng;
mod streets;

pub use fabric::Fabric;
pub use fgb::write_flatgeobuf;
pub use geojson::{write_geojson, write_geojsonseq};
pub use params::SynthParams;
pub use parcel::{Parcel, Position};

use frame::{Frame, UNITS_PER_DEGREE};
use rng::Rng;

/// Name of the layer in every format.
pub const LAYER: &str = "parcelles_fictives";
/// Title of the layer in every format that has one.
pub const TITLE: &str = "Parcelles (fictif)";

/// Why no cadastre can be made, or written.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// Nothing was asked for.
    #[error("the number of parcels must be at least 1")]
    NoParcels,
    /// More than the ids can tell apart.
    #[error("at most {most} parcels can be numbered, {asked} were asked for")]
    TooMany {
        /// The number asked for.
        asked: u64,
        /// The number that can be numbered.
        most: u64,
    },
    /// Not one of [`Fabric::ALL`].
    #[error("unknown fabric {0:?}: use suburb, town, rural or mixed")]
    UnknownFabric(String),
    /// Not five digits of a département and a commune.
    #[error("{0:?} is not a commune code: five digits, 01001 to 95999")]
    BadCommune(String),
    /// Outside the world or too near a pole.
    #[error("origin {lon},{lat} is not a longitude within ±180 and a latitude within ±70")]
    BadOrigin {
        /// Longitude asked for, degrees.
        lon: f64,
        /// Latitude asked for, degrees.
        lat: f64,
    },
    /// The territory would leave the world.
    #[error(
        "{parcels} parcels from {lon},{lat} would reach beyond longitude 180 or latitude 75: start further south-west"
    )]
    TooLarge {
        /// The number asked for.
        parcels: u64,
        /// Longitude of the origin, degrees.
        lon: f64,
        /// Latitude of the origin, degrees.
        lat: f64,
    },
    /// The destination or a temporary file failed.
    #[error("writing the parcels")]
    Write(#[from] std::io::Error),
}

/// Streams the parcels of a territory: exactly as many as asked for, in an order that keeps neighbours together.
pub fn parcels(params: &SynthParams) -> impl Iterator<Item = Parcel> + use<> {
    let params = params.clone();
    let wanted = usize::try_from(params.parcels()).unwrap_or(usize::MAX);
    (0u64..).flat_map(move |index| one_commune(&params, index)).take(wanted)
}

/// The parcels of the commune `index` of the grid: rows from south to north, each from west to east.
fn one_commune(params: &SynthParams, index: u64) -> Vec<Parcel> {
    let (column, row) = (index % params.columns(), index / params.columns());
    let south = Frame::at(params.origin().lat());
    let height = (params.side_m() / south.metres_per_y).round() as i64;
    let lat_e7 = params.origin().lat_e7 + row as i64 * height;
    let here = Frame::at(lat_e7 as f64 / UNITS_PER_DEGREE);
    let width = (params.side_m() / here.metres_per_x).round() as i64;
    let place = commune::Place {
        corner: Position {
            lon_e7: params.origin().lon_e7 + column as i64 * width,
            lat_e7,
        },
        width_m: width as f64 * here.metres_per_x,
        height_m: height as f64 * here.metres_per_y,
    };
    let mut rng = Rng::stream(params.seed(), index);
    commune::make(place, params.commune_code(index), params.fabric().profile(), &mut rng)
}

#[cfg(test)]
mod tests;
