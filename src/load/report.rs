//! What a load found: counts, and every fault with its place.
//!
//! Faults are values, not failures. Each is counted; the first [`LOCATED`] are also kept with row,
//! feature and place. The report is written beside the base file and read back by the server.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::model::crs::Crs;
use crate::model::feature::FeatureId;

/// Faults kept with their place; beyond, they are counted only.
pub const LOCATED: usize = 10_000;

/// Features with points that stand twice kept with their place: some sources are full of them, and nothing is wrong there.
pub const LOCATED_DUPLICATES: u64 = 1_000;

/// What a load found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadReport {
    /// The file.
    pub source: PathBuf,
    /// The layer's name in it.
    pub layer: String,
    /// Who read it: a driver of GDAL, or `native`.
    pub driver: String,
    /// The format, such as `GeoJSON`.
    pub format: String,
    /// The CRS of its coordinates.
    pub crs: Crs,
    /// The encoding of its texts, where the format says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Features.
    pub features: u64,
    /// Features without a place, by the source or by a fault.
    pub null_geometries: u64,
    /// Geometries that were repaired.
    pub repaired: u64,
    /// Where ids come from.
    pub ids: IdSource,
    /// How often each fault occurred.
    pub counts: BTreeMap<FaultKind, u64>,
    /// The faults with their places, at most [`LOCATED`].
    pub faults: Vec<Fault>,
    /// Seconds from opening to the finished base file.
    pub seconds: f64,
}

impl LoadReport {
    /// The report as somebody sees it who sees these features and faults only: counts are made from
    /// them, and nothing is said of the layer as a whole that could tell of the rest.
    #[must_use]
    pub fn restricted_to(&self, features: usize, null_geometries: usize, faults: Vec<Fault>) -> Self {
        let mut counts: BTreeMap<FaultKind, u64> = BTreeMap::new();
        faults.iter().for_each(|f| *counts.entry(f.kind).or_default() += 1);
        let repaired = counts.get(&FaultKind::InvalidGeometry).copied().unwrap_or(0);
        let (features, null_geometries) = (features as u64, null_geometries as u64);
        let report = Self {
            features,
            null_geometries,
            repaired,
            counts,
            faults,
            ids: IdSource::Withheld,
            ..self.clone()
        };
        report.without_folders()
    }

    /// The report without the folders above its source.
    #[must_use]
    pub fn without_folders(mut self) -> Self {
        self.source = self.source.file_name().map(PathBuf::from).unwrap_or_default();
        self
    }
}

/// Where a layer's ids come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdSource {
    /// A field that the configuration names.
    Configured(String),
    /// The key of the layer's role.
    RoleKey(String),
    /// A field that is named like an id.
    Field(String),
    /// The format's own ids.
    Native,
    /// A hash of geometry and attributes.
    Derived,
    /// Not said to this reader.
    Withheld,
}

/// A fault, located as far as it can be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// What it is.
    pub kind: FaultKind,
    /// The feature; absent for a fault of the whole layer or of a feature that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<FeatureId>,
    /// The feature's position in the source, from 0; absent for a fault of the whole layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Longitude and latitude in degrees (CRS84).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<[f64; 2]>,
    /// What was found and done, in English.
    pub message: String,
    /// The same in French.
    pub message_fr: String,
    /// The other feature, of a fault between two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<FeatureId>,
    /// Square metres of what the fault is about: of an overlap, a gap, a geometry that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<f64>,
    /// Square metres that a field declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_m2: Option<f64>,
    /// Square metres before the repair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_before_m2: Option<f64>,
    /// Square metres after the repair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_after_m2: Option<f64>,
}

impl Fault {
    /// A fault with its words in English and French.
    #[must_use]
    pub fn new(kind: FaultKind, message: impl Into<String>, message_fr: impl Into<String>) -> Self {
        Self {
            kind,
            feature: None,
            row: None,
            place: None,
            other: None,
            area_m2: None,
            declared_m2: None,
            message: message.into(),
            message_fr: message_fr.into(),
            area_before_m2: None,
            area_after_m2: None,
        }
    }
}

/// The kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Not valid by OGC Simple Features; repaired.
    InvalidGeometry,
    /// Not valid, and nothing was left of it; kept without a place.
    UnrepairableGeometry,
    /// The source has no geometry for it.
    NullGeometry,
    /// NaN or infinite coordinates; kept without a place.
    NotFinite,
    /// Coordinates outside of what their system can hold; kept without a place.
    OutOfRange,
    /// A ring that did not end where it began; closed.
    UnclosedRing,
    /// A ring of fewer than four points or a line of fewer than two; left out.
    TooFewPoints,
    /// Curves became lines.
    Curve,
    /// A third or fourth dimension was left out.
    ThirdDimension,
    /// Parts of a lower dimension were left out of a mixed collection.
    MixedCollection,
    /// An id that another feature has; a suffix was added.
    DuplicateId,
    /// A feature without an id in the field that ids come from; one was derived.
    MissingId,
    /// The layer has no ids; they were derived from geometry and attributes.
    DerivedIds,
    /// The source names no CRS; degrees were assumed.
    CrsAssumed,
    /// Text that is not in the encoding that the source says; read as Windows-1252.
    EncodingGuessed,
    /// Text with bytes that its encoding does not have.
    LostCharacters,
    /// A field of bytes; left out.
    BinaryField,
    /// Two fields of one name; the later was renamed.
    DuplicateField,
    /// A feature that could not be read; left out.
    UnreadableFeature,
    /// A value that could not be read; null.
    UnreadableValue,
    /// Points that stand twice, one after the other, which is valid: counted, and kept as they are.
    DuplicatePoints,
    /// A place at 0, 0, which writers put where they know none; kept without a place.
    NullIsland,
    /// Coordinates of a row in another system than its layer's; turned into that.
    OtherCrs,
    /// A row that is no feature: above the header, empty, an example, a total; left out.
    SkippedRow,
    /// A key that was written in another way, or had lost zeros; mended.
    MendedKey,
    /// A key that can't be one; kept as it is.
    BadKey,
    /// A text that is no date, in a column of dates.
    BadDate,
    /// A key that the layer joined to does not have.
    UnmatchedKey,
    /// A key that fits several, none of which was taken.
    AmbiguousKey,
    /// A parcel that two owners claim.
    ClaimedTwice,
    /// A parcel that is gone: its children were taken.
    Replaced,
    /// An operation without a place, and why.
    Unplaced,
    /// An owner that the registry of actors does not know.
    UnknownOwner,
    /// Sources of a derived feature that say different things; the first was taken.
    Contradiction,
    /// The same geometry as another feature's.
    DuplicateGeometry,
    /// A parcel that overlaps another.
    Overlap,
    /// A gap between parcels.
    Gap,
    /// The fiscal area and the area of the geometry differ by more than 5 %.
    AreaDiffers,
    /// The reader warned of something else.
    ReaderWarning,
}

impl FaultKind {
    /// Whether such a fault speaks of the geometry of its own feature alone: the others may name
    /// fields, values or other features, which not every reader may see.
    #[must_use]
    pub fn is_of_geometry(self) -> bool {
        matches!(
            self,
            Self::InvalidGeometry
                | Self::UnrepairableGeometry
                | Self::NullGeometry
                | Self::NotFinite
                | Self::OutOfRange
                | Self::UnclosedRing
                | Self::TooFewPoints
                | Self::MixedCollection
                | Self::DuplicatePoints
                | Self::NullIsland
        )
    }
}

impl FaultKind {
    /// Whether such a fault lies between features, and so tells of one what another is: for readers who see
    /// every row.
    #[must_use]
    pub fn is_between_features(self) -> bool {
        matches!(self, Self::DuplicateGeometry | Self::Overlap | Self::Gap)
    }
}

/// Faults as they are found: all counted, the first kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// How often each occurred.
    pub counts: BTreeMap<FaultKind, u64>,
    /// The first [`LOCATED`].
    pub located: Vec<Fault>,
}

impl Faults {
    /// Counts a fault and keeps it where there is room. `fault` is called only then.
    pub fn add(&mut self, kind: FaultKind, fault: impl FnOnce() -> Fault) {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let wanted = kind != FaultKind::DuplicatePoints || *count <= LOCATED_DUPLICATES;
        if wanted && self.located.len() < LOCATED {
            self.located.push(fault());
        }
    }

    /// Counts a fault of the whole layer once, however often it is added.
    pub fn add_once(&mut self, kind: FaultKind, fault: impl FnOnce() -> Fault) {
        if !self.counts.contains_key(&kind) {
            self.add(kind, fault);
        }
    }

    /// Puts what is only noted behind what is wrong, so that a list that is cut shows that.
    pub fn sort(&mut self) {
        self.located.sort_by_key(|f| f.kind == FaultKind::DuplicatePoints);
    }

    /// How often a fault occurred.
    #[must_use]
    pub fn count(&self, kind: FaultKind) -> u64 {
        self.counts.get(&kind).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_beyond_the_limit_are_counted() {
        let mut faults = Faults::default();
        for _ in 0..LOCATED + 5 {
            faults.add(FaultKind::NullGeometry, || {
                Fault::new(FaultKind::NullGeometry, "a", "b")
            });
        }
        assert_eq!(faults.count(FaultKind::NullGeometry), LOCATED as u64 + 5);
        assert_eq!(faults.located.len(), LOCATED);
    }

    #[test]
    fn points_that_stand_twice_leave_room_for_the_rest() {
        let mut faults = Faults::default();
        for kind in [FaultKind::DuplicatePoints, FaultKind::InvalidGeometry] {
            for _ in 0..=LOCATED_DUPLICATES {
                faults.add(kind, || Fault::new(kind, "a", "b"));
            }
        }
        faults.sort();
        assert_eq!(faults.count(FaultKind::DuplicatePoints), LOCATED_DUPLICATES + 1);
        assert_eq!(faults.located.len() as u64, 2 * LOCATED_DUPLICATES + 1);
        assert_eq!(faults.located[0].kind, FaultKind::InvalidGeometry);
    }

    #[test]
    fn kinds_are_written_in_kebab_case() {
        assert_eq!(
            serde_json::to_string(&FaultKind::CrsAssumed).unwrap(),
            "\"crs-assumed\""
        );
    }
}
