//! What to load, how, and within which limits: the message from the server to its loading process.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::LoadError;
use super::postgis::Access;
use super::report::LoadReport;
use crate::load::base::Directory;
use crate::model::layer::LayerId;
use crate::model::role::Role;

/// A source to load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The file.
    pub source: PathBuf,
    /// One layer of it; all where absent.
    #[serde(default)]
    pub layer: Option<String>,
    /// What its only layer is called, instead of after the file.
    #[serde(default)]
    pub name: Option<String>,
    /// The database that its tables are read from; the source is its name then, and no file.
    #[serde(default)]
    pub database: Option<Access>,
    /// The folder that holds a folder of base files per source (`STATE/bases`).
    pub out: PathBuf,
    /// Settings for all its layers.
    #[serde(default)]
    pub settings: Settings,
    /// Settings for single layers by name or id, instead of `settings`.
    #[serde(default)]
    pub by_layer: BTreeMap<String, Settings>,
    /// Limits of the loading process.
    #[serde(default)]
    pub limits: Limits,
    /// Which reader reads GeoJSON.
    #[serde(default)]
    pub reader: Reader,
}

impl Job {
    /// A job for a whole file with default settings and limits.
    #[must_use]
    pub fn new(source: impl Into<PathBuf>, out: impl Into<PathBuf>) -> Self {
        Self {
            source: source.into(),
            layer: None,
            name: None,
            database: None,
            out: out.into(),
            settings: Settings::default(),
            by_layer: BTreeMap::new(),
            limits: Limits::default(),
            reader: Reader::default(),
        }
    }

    /// The settings of a layer, by its name or the id that is made of it.
    #[must_use]
    pub fn settings_of(&self, layer: &str) -> &Settings {
        let by_id = || self.by_layer.get(LayerId::from_name(layer).as_str());
        self.by_layer.get(layer).or_else(by_id).unwrap_or(&self.settings)
    }
}

/// How a layer is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Settings {
    /// The field that ids come from.
    #[serde(default)]
    pub id_field: Option<String>,
    /// The layer's role; guessed from its schema where absent.
    #[serde(default)]
    pub role: Option<Role>,
    /// The CRS, instead of what the source says: `EPSG:2154`.
    #[serde(default)]
    pub crs: Option<String>,
    /// How a table is to be read.
    #[serde(default)]
    pub table: TableSettings,
}

/// How a table is to be read, where it does not say so itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct TableSettings {
    /// The sheet of a spreadsheet, instead of all.
    pub sheet: Option<String>,
    /// The line or row of the header, from 1.
    pub header: Option<u64>,
    /// What parts cells: one character, or `tab`.
    pub delimiter: Option<String>,
    /// How text is written: `utf-8`, `windows-1252`, `utf-16`.
    pub encoding: Option<String>,
    /// The column of eastings or longitudes.
    pub x: Option<String>,
    /// The column of northings or latitudes.
    pub y: Option<String>,
    /// The column of geometries.
    pub geometry: Option<String>,
    /// The column that names the system of each row.
    pub crs_field: Option<String>,
}

/// Which reader reads GeoJSON, FlatGeobuf and GeoPackage. The result is the same; GDAL's is there to prove it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// Our own for these, as far as FlatGeobuf and GeoPackage are plain; GDAL for the rest.
    #[default]
    Auto,
    /// GDAL for all.
    Gdal,
}

/// Limits of a loading process. Passing one ends it, not the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Address space, in bytes.
    pub memory_bytes: u64,
    /// Size of a file that it writes, in bytes.
    pub file_bytes: u64,
    /// Time on the clock.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 16 << 30,
            file_bytes: 64 << 30,
            time: Duration::from_secs(3600),
        }
    }
}

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Features (or bytes, where their number is not known beforehand) so far.
    pub done: u64,
    /// Of how many.
    pub total: u64,
}

/// A layer that was loaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadedLayer {
    /// Its name in the source: the file's stem where it is the only one.
    pub name: String,
    /// Its base file.
    pub base: PathBuf,
    /// What was found.
    pub report: LoadReport,
    /// What the base file says of itself.
    pub directory: Directory,
}

/// What changes when a file is written or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) length: u64,
    modified_s: i64,
    modified_ns: i64,
    inode: u64,
}

impl From<std::fs::Metadata> for Identity {
    fn from(found: std::fs::Metadata) -> Self {
        Self {
            length: found.len(),
            modified_s: found.mtime(),
            modified_ns: found.mtime_nsec(),
            inode: found.ino(),
        }
    }
}

/// A line from the loading process.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    /// How far it is.
    Progress(Progress),
    /// A layer is written.
    Layer(Box<LoadedLayer>),
    /// Something for the log: a fence that could not be raised, a table that was passed over.
    Note(String),
    /// The source was read through one open file, which was this from beginning to end.
    Whole(Identity),
    /// All layers are written.
    Done,
    /// It failed.
    Error(LoadError),
}
