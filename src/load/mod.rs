//! Opening a source: reading, reprojecting, checking and repairing; a base file and a report come out.
//!
//! In the server:
//! - [`sources::find`] turns paths, folders and globs into source files, [`sources::layer_ids`] gives
//!   their layers collection ids;
//! - [`estimate::estimate_bytes`] says beforehand how much memory a source will need;
//! - [`spawn::load_source`] loads one in a process of its own, or takes what is there from the last
//!   start ([`cache::cache_key`]); [`spawn::Loader`] names the program to start;
//! - [`report::LoadReport`] is what was found.
//!
//! In the loading process: [`child::run`], then for each layer
//! `read` (GDAL, [`geojson`], `flatgeobuf`, `geopackage`…) → `pipe` (over `prepare` to another thread) → `intake` (close, check, `repair`,
//! `validity`, world grid) → `ids` → [`base::write`].
//!
//! Not here: serving, and who may see what.

mod archive;
pub mod base;
pub mod cache;
pub mod child;
mod dates;
mod dbf_text;
mod decimals;
mod error;
pub mod estimate;
mod fault_words;
mod fence;
pub mod fetch;
mod flatgeobuf;
mod forms;
pub mod geojson;
mod geopackage;
mod guess_crs;
mod ids;
mod intake;
mod job;
mod keys;
mod notes;
mod parquet;
mod periods;
mod pipe;
mod plain_wkb;
mod plausible;
pub mod postgis;
mod prepare;
mod read;
mod read_archive;
mod read_geojson;
mod read_layers;
mod read_parquet;
mod read_postgis;
mod read_table;
pub mod remote;
mod repair;
pub mod report;
mod sniff;
pub mod sources;
pub mod spawn;
mod staging;
mod table;
mod validity;
mod xml_look;
mod zeros;

pub use error::LoadError;
pub use fault_words::FaultWords;
pub use job::{Job, Limits, LoadedLayer, Progress, Reader, Settings, TableSettings};
pub(crate) use repair::area_m2;
pub use spawn::{Loader, load_source};
