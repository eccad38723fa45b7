//! Opening a source: reading, reprojecting, checking and repairing; a base file and a report come out.

pub mod base;
