//! Answers as bytes: one file per format.
//!
//! In: views and rows, tile-space features, or reports. Out: bytes. No URLs, no status codes.

pub mod changes;
pub mod csv;
pub mod geojson;
pub mod mvt;
pub mod report;
pub mod workbook;
