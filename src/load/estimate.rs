//! How much memory a source will need, before it is read.

use std::fs;
use std::path::Path;

/// Bytes in memory per byte of file, by format; measured on parcels (7 vertices, 9 attributes).
const FACTORS: [(&[&str], f64); 5] = [
    (&["geojson", "json", "geojsonl", "ndjson"], 1.1),
    (&["fgb", "shp"], 1.5),
    (&["gpkg"], 2.0),
    (&["gml", "kml", "csv"], 1.5),
    (&["xlsx", "ods", "kmz"], 10.0),
];

/// The factor for other formats.
const OTHER: f64 = 3.0;

/// What the smallest layer takes: its directory, its index, its place in the catalog.
const FLOOR: u64 = 64 << 10;

/// The memory that a source's layers will take, in bytes; 0 where the file can't be seen.
#[must_use]
pub fn estimate_bytes(source: &Path) -> u64 {
    let Ok(found) = fs::metadata(source) else {
        return 0;
    };
    let extension = source.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let factor = FACTORS
        .iter()
        .find(|(names, _)| names.contains(&extension.as_str()))
        .map_or(OTHER, |(_, f)| *f);
    // A shapefile's attributes lie beside it.
    let beside = if extension == "shp" {
        fs::metadata(source.with_extension("dbf")).map_or(0, |m| m.len())
    } else {
        0
    };
    FLOOR + ((found.len() + beside) as f64 * factor) as u64
}
