//! What is to be made, of which layers: the message to the process that makes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::load::base::FORMAT;
use crate::load::report::LoadReport;
use crate::model::actor::Actor;
use crate::model::layer::LayerId;
use crate::model::role::Role;

/// Changes whenever the same recipe would give something else.
const MAKER: u32 = 1;

/// A layer that is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// Its id.
    pub layer: LayerId,
    /// Its base file.
    pub base: PathBuf,
    /// The hash of its content.
    pub content: String,
    /// What it is to the territory.
    pub role: Option<Role>,
    /// Domain field → its field.
    pub fields: BTreeMap<String, String>,
    /// The layers that it was made of, where it is a derived one.
    #[serde(default)]
    pub made_of: Vec<LayerId>,
}

/// What is to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Recipe {
    /// A table placed by its keys.
    Join(Box<Join>),
    /// Features of one key in several layers.
    Merge(Merge),
}

/// A table, and the ways in which its rows find their place, tried in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The table.
    pub table: Input,
    /// What was found when it was loaded.
    pub report: LoadReport,
    /// How its rows find their place.
    pub ways: Vec<Way>,
    /// The layers that may give a place.
    pub targets: Vec<Input>,
    /// Parent and child parcels.
    pub filiation: Option<Input>,
    /// The bodies that owners are known by.
    #[serde(default)]
    pub actors: Vec<Actor>,
}

/// Layers whose features of one key become one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Merge {
    /// The layer that comes out.
    pub layer: LayerId,
    /// The field that holds the key, in each of them.
    pub key: String,
    /// The layers; where they differ the first is believed.
    pub from: Vec<Input>,
}

/// How a row finds its place. Layers are named by id; columns by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// By a layer and an id in it.
    Feature {
        /// The column that names the layer.
        layer: String,
        /// The column that holds the id.
        id: String,
    },
    /// By parcels.
    Parcels {
        /// Where they stand.
        columns: ParcelColumns,
        /// Layers of parcels.
        to: Vec<LayerId>,
        /// The field of those that holds the parcel's id; its own id where absent.
        on: Option<String>,
    },
    /// By the code or the name of a commune.
    Commune {
        /// The column of codes.
        code: Option<String>,
        /// The column of names.
        name: Option<String>,
        /// Layers of communes.
        to: Vec<LayerId>,
        /// The field of those that holds the code.
        on: Option<String>,
    },
    /// By a SIREN.
    Siren {
        /// The column.
        column: String,
        /// Layers that have SIREN numbers.
        to: Vec<LayerId>,
        /// Their field.
        on: Option<String>,
    },
    /// By a text, compared without case, accents and hyphens.
    Text {
        /// The column.
        column: String,
        /// The layers.
        to: Vec<LayerId>,
        /// Their field; their id where absent.
        on: Option<String>,
    },
    /// By whatever a reference names: parcels, else an estate by id or name, else a feature by its id.
    Reference {
        /// The column.
        column: String,
        /// Layers of parcels.
        parcels: Vec<LayerId>,
        /// Layers of estates.
        estates: Vec<LayerId>,
        /// Layers of buildings and others.
        others: Vec<LayerId>,
    },
    /// By the id or the name of an estate.
    Estate {
        /// The column.
        column: String,
        /// Layers of estates.
        to: Vec<LayerId>,
    },
}

/// The columns that name a row's parcels, as far as there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelColumns {
    /// Whole ids, or lists of them.
    pub parcels: Option<String>,
    /// INSEE code of the commune.
    pub commune: Option<String>,
    /// Its name.
    pub commune_name: Option<String>,
    /// Its département.
    pub department: Option<String>,
    /// The prefix of the absorbed commune.
    pub prefix: Option<String>,
    /// The section.
    pub section: Option<String>,
    /// The number.
    pub number: Option<String>,
}

impl ParcelColumns {
    /// Whether they can name a parcel at all.
    #[must_use]
    pub fn suffice(&self) -> bool {
        self.parcels.is_some() || (self.section.is_some() && self.number.is_some())
    }
}

impl Recipe {
    /// The layers that it reads.
    #[must_use]
    pub fn inputs(&self) -> Vec<&Input> {
        match self {
            Self::Join(join) => std::iter::once(&join.table)
                .chain(&join.targets)
                .chain(&join.filiation)
                .collect(),
            Self::Merge(merge) => merge.from.iter().collect(),
        }
    }

    /// The name of the folder for its result: the same as long as it would come out the same.
    #[must_use]
    pub fn key(&self) -> String {
        let inputs: Vec<_> = self
            .inputs()
            .into_iter()
            .map(|i| (&i.layer, &i.content, i.role, &i.fields))
            .collect();
        let text = match self {
            Self::Join(join) => serde_json::to_string(&(FORMAT, MAKER, "join", &join.ways, &join.actors, inputs)),
            Self::Merge(merge) => serde_json::to_string(&(FORMAT, MAKER, "merge", &merge.layer, &merge.key, inputs)),
        };
        // Plain data: writing it as JSON can't fail.
        blake3::hash(text.unwrap_or_default().as_bytes()).to_hex()[..32].to_owned()
    }
}
