//! GDAL, OGR, GEOS and PROJ, named nowhere else.
//!
//! - [`dataset`]: open a file with the drivers that are allowed, list its layers.
//! - [`layer`]: a layer's fields, CRS and features, one [`Row`](crate::model::row::Row) at a time.
//! - `geometry`: OGR geometries to and from flat arrays.
//! - [`union`]: what polygons cover together.
//! - [`valid`]: GEOS's verdict on a geometry, and its repair.
//! - [`wkb`]: geometries from well-known binary.
//! - [`crs_facts`]: what the register says of a system: axes, unit, name, area of use.
//! - [`spatial_ref`]: recognising a coordinate reference system.
//! - [`text`]: geometries written in a cell: WKT, WKB, GeoJSON.
//! - [`transform`]: turning coordinates from one system to another, always x, y.
//!
//! User data is read in the loading process only; the server calls [`crs_facts`] and [`transform`] and
//! nothing else.
//! Not here: what to do about faults, ids, base files (`load`).

pub mod crs_facts;
pub mod dataset;
mod errors;
mod field;
mod geometry;
pub mod layer;
pub mod spatial_ref;
pub mod text;
pub mod transform;
pub mod union;
pub mod valid;
pub mod wkb;

pub use errors::quiet;

use std::ffi::{CStr, CString, c_char};

use crate::model::encoding::{Reading, decode};

/// Why GDAL could not do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OgrError {
    /// A path or name with a zero byte, which C can't carry.
    #[error("the name holds a zero byte")]
    ZeroByte,
    /// No allowed driver takes the file; GDAL's own words, if any.
    #[error("no reader recognises it{}", reason(.0))]
    NotRecognised(Vec<String>),
    /// A layer that the dataset does not have.
    #[error("it has no layer \"{0}\"")]
    NoLayer(String),
    /// Reading stopped in the middle.
    #[error("reading stopped after {read} features{}", reason(.messages))]
    Stopped {
        /// Features that were read.
        read: u64,
        /// GDAL's own words.
        messages: Vec<String>,
    },
    /// A coordinate reference system that PROJ does not know.
    #[error("the coordinate reference system {0} is not known")]
    UnknownCrs(String),
}

fn reason(messages: &[String]) -> String {
    messages.first().map_or_else(String::new, |m| format!(" ({m})"))
}

fn c_string(text: &str) -> Result<CString, OgrError> {
    CString::new(text).map_err(|_| OgrError::ZeroByte)
}

/// A C string as text, and how it was read.
#[allow(unsafe_code)] // GDAL's strings are C strings.
fn text_of(pointer: *const c_char) -> (String, Reading) {
    if pointer.is_null() {
        return (String::new(), Reading::Utf8);
    }
    // SAFETY: not null, and GDAL's strings end with a zero byte; copied before GDAL is called again.
    let (text, reading) = decode(unsafe { CStr::from_ptr(pointer) }.to_bytes());
    (text.into_owned(), reading)
}
