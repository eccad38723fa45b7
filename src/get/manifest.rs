//! `sources.json`: where each layer of a folder comes from, when, and under which licence.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::features::Bounds;
use super::fetch::Validators;
use crate::model::role::Label;

/// Its name in the folder.
pub(super) const FILE: &str = "sources.json";

/// All that is known of a folder.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The program and its version.
    #[serde(default)]
    pub(super) program: String,
    /// The communes of the territory: those asked for, then their neighbours.
    #[serde(default)]
    pub(super) communes: Vec<Commune>,
    /// The box of the territory, in degrees.
    #[serde(default)]
    pub(super) bounds: Option<Bounds>,
    /// The layers, by id.
    #[serde(default)]
    pub(super) layers: BTreeMap<String, Layer>,
    /// Answers that are used for no layer of their own.
    #[serde(default)]
    pub(super) outlines: Vec<Piece>,
    /// BLAKE3 of the `terril.toml` that was written last: one that differs is somebody's work.
    #[serde(default)]
    pub(super) configuration: String,
}

/// A commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Commune {
    pub(super) code: String,
    pub(super) name: String,
}

/// A layer of the folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Layer {
    /// Its file, in the folder.
    pub(super) file: String,
    pub(super) features: usize,
    pub(super) bytes: u64,
    pub(super) blake3: String,
    /// What it was made of and how: the same gives the same file.
    pub(super) made_of: String,
    pub(super) producer: String,
    pub(super) licence: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) licence_url: Option<String>,
    pub(super) attribution: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) vintage: Option<String>,
    /// The layer's part of `terril.toml`.
    pub(super) configuration: String,
    /// The answers that it was made of.
    pub(super) pieces: Vec<Piece>,
    /// What has to be known of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<Label>,
    /// What did not come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) missing: Vec<Gap>,
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) url: String,
    /// Its file, in the folder.
    pub(super) file: String,
    #[serde(flatten)]
    pub(super) validators: Validators,
    /// When it came (RFC 3339).
    pub(super) fetched: String,
    pub(super) bytes: u64,
    pub(super) blake3: String,
    pub(super) features: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) matched: Option<usize>,
}

/// An address that gave nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Gap {
    pub(super) url: String,
    pub(super) reason: Label,
    pub(super) remedy: Label,
}

impl Manifest {
    /// The one of a folder; an empty one where there is none that can be read.
    pub(super) fn read(folder: &Path) -> Self {
        let text = std::fs::read(folder.join(FILE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Every answer that is kept, by its address.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.layers.values().flat_map(|l| &l.pieces).chain(&self.outlines)
    }
}

/// The time now, to the second (RFC 3339).
pub(super) fn now() -> String {
    let now = OffsetDateTime::now_utc();
    let now = now.replace_nanosecond(0).unwrap_or(now);
    now.format(&Rfc3339).unwrap_or_default()
}

/// The day of a time.
pub(super) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}
