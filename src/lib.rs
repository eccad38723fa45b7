//! Terril turns the land of a territory into answers, vector tiles and a map.
//!
//! Data flows one way; read the modules in this order:
//! [`model`] the vocabulary → [`load`] a source becomes a base file.

pub mod load;
pub mod model;
pub mod synth;
