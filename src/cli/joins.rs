//! `[layer.x.join]` and `[derived.x]` of `terril.toml`: what is to be made of which layers.
//!
//! Values only; `derived` makes recipes of them.

use serde::Deserialize;

pub(super) const JOIN_KEYS: [&str; 5] = ["to", "key", "kind", "on", "filiation"];
pub(super) const DERIVED_KEYS: [&str; 2] = ["from", "key"];

/// `[layer.x.join]`: how a table finds its place.
#[derive(Debug, Clone, Deserialize)]
pub struct JoinTable {
    /// The layers that have the places.
    pub to: Names,
    /// The table's column; guessed where absent.
    pub key: Option<String>,
    /// What the column holds; guessed where absent.
    pub kind: Option<JoinKind>,
    /// The field of those layers; their key where absent.
    pub on: Option<String>,
    /// The layer of parent and child parcels.
    pub filiation: Option<String>,
}

/// What a column that joins holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JoinKind {
    /// Parcel ids.
    Parcel,
    /// INSEE codes or names of communes.
    Commune,
    /// SIREN numbers.
    Siren,
    /// Any text.
    Text,
}

/// One name or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Names {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// `[derived.x]`: features of one key in several layers become one.
#[derive(Debug, Clone, Deserialize)]
pub struct DerivedTable {
    /// The layers.
    pub from: Vec<String>,
    /// The field that holds the key.
    pub key: String,
}
