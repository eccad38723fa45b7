//! Answers as bytes: one file per format.
//!
//! In: views and rows, or tile-space features. Out: bytes. No URLs, no status codes.

pub mod geojson;
pub mod mvt;
