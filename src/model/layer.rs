//! What a layer is, apart from its features: id, titles, role, provenance, public view.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::predicate::Predicate;
use super::role::{Label, Role};
use super::text::slug;

/// A layer's name in URLs, tiles and the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LayerId(String);

impl LayerId {
    /// The id for a source's or a container layer's name, slugged only where it is not URL-safe.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self(slug(name))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LayerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for LayerId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Where a layer's content comes from: observed, named in a document, or made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// Real data.
    #[default]
    Real,
    /// Named by a founding document, its outline schematic.
    Seed,
    /// Made up for demonstration.
    Synthetic,
}

/// How far the work on a layer is that follows its load (DESIGN §3, Readiness).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Served: features, index, checks and repair of each feature.
    #[default]
    Open,
    /// Its features were also compared with each other: duplicates, overlaps, gaps.
    Audited,
}

impl Stage {
    /// Its name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Audited => "audited",
        }
    }
}

/// The part of a layer that everyone may see: rows and fields.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PublicView {
    /// Rows that are visible; all where absent.
    pub rows: Option<Predicate>,
    /// Fields that are visible; all where absent.
    pub fields: Option<Vec<String>>,
}

/// What is said of a layer, from the configuration or guessed.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerInfo {
    /// Its id.
    pub id: LayerId,
    /// Its title.
    pub title: Label,
    /// One or two sentences.
    pub description: Option<Label>,
    /// What it is to the territory.
    pub role: Option<Role>,
    /// Whether the role was guessed from the schema.
    pub role_guessed: bool,
    /// Observed, schematic or made up.
    pub nature: Nature,
    /// The name of the schema that its fields were recognised by.
    pub schema: Option<&'static str>,
    /// Domain field → source field.
    pub fields: BTreeMap<String, String>,
    /// Those of `fields`, by their domain name, that were guessed from the source's names.
    pub fields_guessed: BTreeSet<String>,
    /// Domain field → the unit that the source's name says.
    pub units: BTreeMap<String, String>,
    /// Who made the data, and when.
    pub source: Option<String>,
    /// Under which licence.
    pub licence: Option<String>,
    /// The line that maps must show.
    pub attribution: Option<String>,
    /// What everyone may see; everything where absent.
    pub public: Option<PublicView>,
}

impl LayerInfo {
    /// A layer of which nothing is known but its id.
    #[must_use]
    pub fn new(id: LayerId) -> Self {
        let title = Label::same(id.as_str());
        Self {
            id,
            title,
            description: None,
            role: None,
            role_guessed: false,
            nature: Nature::Real,
            schema: None,
            fields: BTreeMap::new(),
            fields_guessed: BTreeSet::new(),
            units: BTreeMap::new(),
            source: None,
            licence: None,
            attribution: None,
            public: None,
        }
    }
}
