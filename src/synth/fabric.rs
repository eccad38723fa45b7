//! What kinds of ground a commune is made of.
//!
//! In: the name of a fabric. Out: the figures from which streets, lots, bends and fiscal areas are drawn. Three fabrics are fitted
//! to a measured commune each (`docs/synth.md` holds the comparison); `mixed` is for large sizes. No geometry here.

use std::fmt;
use std::str::FromStr;

use super::SynthError;

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
    Large {
        median_m2: f64,
        sigma: f64,
        enclave: f64,
    },
    /// Open ground without streets.
    Fields {
        median_m2: f64,
        sigma: f64,
        enclave: f64,
    },
}

/// House lots in rows.
#[derive(Debug)]
pub(super) struct Lots {
    pub median_m2: f64,
    pub sigma: f64,
    /// Depth of a row, metres.
    pub depth_m: f64,
    pub block_length_m: f64,
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
    /// Extra vertices per edge, in the mean, whatever its length…
    pub per_edge: f64,
    /// …and for every 100 m.
    pub per_100_m: f64,
    /// Spread of crookedness from block to block (log-normal sigma).
    pub sigma: f64,
    /// Largest displacement as a share of the edge.
    pub slope: f64,
}

const SUBURB_GAPS: &[(f64, f64)] = &[
    (0.0, 1.0),
    (0.002, 0.915),
    (0.005, 0.795),
    (0.01, 0.620),
    (0.02, 0.375),
    (0.03, 0.229),
    (0.05, 0.1115),
    (0.1, 0.048),
    (0.2, 0.0226),
    (0.5, 0.0075),
    (1.0, 0.0),
];
const TOWN_GAPS: &[(f64, f64)] = &[
    (0.0, 1.0),
    (0.002, 0.888),
    (0.005, 0.720),
    (0.01, 0.501),
    (0.02, 0.244),
    (0.03, 0.133),
    (0.05, 0.055),
    (0.1, 0.0217),
    (0.2, 0.0098),
    (0.5, 0.0035),
    (1.0, 0.0),
];

const SUBURB: Profile = Profile {
    commune_parcels: 6_760,
    gross_area_m2: 1_000.0,
    district_m2: 60_000.0,
    textures: &[
        (
            0.75,
            Texture::Lots(Lots {
                median_m2: 390.0,
                sigma: 0.30,
                depth_m: 31.0,
                block_length_m: 170.0,
                single_row: 0.2,
                core: 0.25,
                core_m: (3.0, 12.0),
                carve: 0.06,
                carve_m2: 45.0,
                align: 0.3,
                enclave: 0.004,
            }),
        ),
        (
            0.25,
            Texture::Large {
                median_m2: 3_500.0,
                sigma: 1.1,
                enclave: 0.2,
            },
        ),
    ],
    bends: Bends {
        per_edge: 0.6,
        per_100_m: 2.0,
        sigma: 0.3,
        slope: 0.05,
    },
    fiscal_gaps: SUBURB_GAPS,
};

const TOWN: Profile = Profile {
    commune_parcels: 2_860,
    gross_area_m2: 700.0,
    district_m2: 50_000.0,
    textures: &[
        (
            0.85,
            Texture::Lots(Lots {
                median_m2: 370.0,
                sigma: 0.40,
                depth_m: 30.0,
                block_length_m: 150.0,
                single_row: 0.2,
                core: 0.25,
                core_m: (3.0, 10.0),
                carve: 0.06,
                carve_m2: 45.0,
                align: 0.25,
                enclave: 0.001,
            }),
        ),
        (
            0.15,
            Texture::Large {
                median_m2: 3_000.0,
                sigma: 0.9,
                enclave: 0.03,
            },
        ),
    ],
    bends: Bends {
        per_edge: 0.7,
        per_100_m: 2.0,
        sigma: 0.3,
        slope: 0.05,
    },
    fiscal_gaps: TOWN_GAPS,
};

const RURAL: Profile = Profile {
    commune_parcels: 1_990,
    gross_area_m2: 11_500.0,
    district_m2: 250_000.0,
    textures: &[
        (
            0.06,
            Texture::Lots(Lots {
                median_m2: 800.0,
                sigma: 0.9,
                depth_m: 45.0,
                block_length_m: 300.0,
                single_row: 0.2,
                core: 0.15,
                core_m: (4.0, 20.0),
                carve: 0.08,
                carve_m2: 80.0,
                align: 0.25,
                enclave: 0.006,
            }),
        ),
        (
            0.94,
            Texture::Fields {
                median_m2: 16_000.0,
                sigma: 1.4,
                enclave: 0.03,
            },
        ),
    ],
    bends: Bends {
        per_edge: 0.5,
        per_100_m: 1.5,
        sigma: 0.5,
        slope: 0.05,
    },
    fiscal_gaps: SUBURB_GAPS,
};

const MIXED: Profile = Profile {
    commune_parcels: 6_000,
    gross_area_m2: 1_500.0,
    district_m2: 60_000.0,
    textures: &[
        (
            0.5,
            Texture::Lots(Lots {
                median_m2: 390.0,
                sigma: 0.35,
                depth_m: 31.0,
                block_length_m: 170.0,
                single_row: 0.2,
                core: 0.25,
                core_m: (3.0, 12.0),
                carve: 0.06,
                carve_m2: 45.0,
                align: 0.3,
                enclave: 0.003,
            }),
        ),
        (
            0.1,
            Texture::Lots(Lots {
                median_m2: 800.0,
                sigma: 0.7,
                depth_m: 45.0,
                block_length_m: 300.0,
                single_row: 0.2,
                core: 0.15,
                core_m: (4.0, 20.0),
                carve: 0.08,
                carve_m2: 80.0,
                align: 0.25,
                enclave: 0.006,
            }),
        ),
        (
            0.15,
            Texture::Large {
                median_m2: 3_500.0,
                sigma: 1.1,
                enclave: 0.2,
            },
        ),
        (
            0.25,
            Texture::Fields {
                median_m2: 9_000.0,
                sigma: 1.2,
                enclave: 0.03,
            },
        ),
    ],
    bends: Bends {
        per_edge: 0.15,
        per_100_m: 1.5,
        sigma: 0.3,
        slope: 0.05,
    },
    fiscal_gaps: SUBURB_GAPS,
};
