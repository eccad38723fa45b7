//! What kinds of ground a commune is made of.
//!
//! In: the name of a fabric. Out: the figures from which streets, lots, bends and fiscal areas are drawn. Three fabrics are fitted
//! to a measured commune each (`docs/synth.md` holds the comparison); `mixed` is for large sizes. No geometry here.

use std::fmt;
use std::str::FromStr;

use super::SynthError;
use super::profiles::{MIXED, RURAL, SUBURB, TOWN};

/// A mixture of textures with the statistics of a kind of commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fabric {
    /// Detached houses, large equipment: like 91027 (6,759 parcels).
    Suburb,
    /// Dense, small commune: like 91326 (2,859 parcels).
    Town,
    /// A village and its fields: like 27412 (1,990 parcels).
    Rural,
    /// All of them side by side, with simpler outlines (7 vertices in the median): for benchmarks.
    #[default]
    Mixed,
}

impl Fabric {
    /// Every fabric with its name on the command line.
    pub const ALL: [(Fabric, &'static str); 4] = [
        (Fabric::Suburb, "suburb"),
        (Fabric::Town, "town"),
        (Fabric::Rural, "rural"),
        (Fabric::Mixed, "mixed"),
    ];

    pub(super) fn profile(self) -> &'static Profile {
        match self {
            Fabric::Suburb => &SUBURB,
            Fabric::Town => &TOWN,
            Fabric::Rural => &RURAL,
            Fabric::Mixed => &MIXED,
        }
    }
}

impl fmt::Display for Fabric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            Self::ALL
                .iter()
                .find(|(k, _)| k == self)
                .map_or("mixed", |(_, name)| name),
        )
    }
}

impl FromStr for Fabric {
    type Err = SynthError;

    fn from_str(name: &str) -> Result<Self, SynthError> {
        Self::ALL
            .iter()
            .find(|(_, n)| *n == name)
            .map(|(k, _)| *k)
            .ok_or_else(|| SynthError::UnknownFabric(name.to_owned()))
    }
}

/// The figures of one fabric.
#[derive(Debug)]
pub(super) struct Profile {
    /// Parcels in a commune of full size.
    pub commune_parcels: u64,
    /// Ground per parcel, streets included, m²: sizes the communes.
    pub gross_area_m2: f64,
    /// Districts are parted down to this area, m²; each has one texture.
    pub district_m2: f64,
    /// Share of the districts, and what is in them.
    pub textures: &'static [(f64, Texture)],
    pub bends: Bends,
    /// `(gap, share of the parcels whose fiscal area differs by more)`, falling.
    pub fiscal_gaps: &'static [(f64, f64)],
}

#[derive(Debug)]
pub(super) enum Texture {
    Lots(Lots),
    /// Equipment, collective housing, works: a few large parcels in a block.
    Large(Parts),
    /// Open ground without streets.
    Fields(Parts),
}

/// Ground halved until its parts are about as large as drawn.
#[derive(Debug)]
pub(super) struct Parts {
    pub median_m2: f64,
    pub sigma: f64,
    /// Share of the cuts that may end on an existing corner.
    pub align: f64,
    /// Share of the parts that enclose another parcel.
    pub enclave: f64,
}

/// House lots in rows.
#[derive(Debug)]
pub(super) struct Lots {
    pub median_m2: f64,
    pub sigma: f64,
    /// Depth of a row, metres.
    pub depth_m: f64,
    pub block_length_m: f64,
    /// Rows of lots in a block beyond two, in the mean: the inner ones are reached over the others.
    pub deep: f64,
    /// Share of the blocks with streets on both long sides of one row.
    pub single_row: f64,
    /// Share of the two-row blocks with a common lane or yard between the rows, and its width.
    pub core: f64,
    pub core_m: (f64, f64),
    /// Share of the lots with a small piece (shed, garage, transformer) parted off, and its median area.
    pub carve: f64,
    pub carve_m2: f64,
    /// Share of the cuts that line up with the cut across the back line: corner contacts.
    pub align: f64,
    /// Share of the lots that enclose another parcel.
    pub enclave: f64,
}

/// How crooked the borders are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bends {
    /// Share of the edges that are fine curves, with a vertex every three metres or so.
    pub curve: f64,
    /// Extra vertices per other edge, in the mean, whatever its length…
    pub per_edge: f64,
    /// …for every 100 m…
    pub per_100_m: f64,
    /// …and for the square of its length in 100 m: few long borders are straight.
    pub per_square: f64,
    /// Spread of crookedness from block to block (log-normal sigma).
    pub sigma: f64,
    /// Largest displacement as a share of the edge.
    pub slope: f64,
}
