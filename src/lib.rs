//! Terril turns the land of a territory into answers, vector tiles and a map.
//!
//! Data flows one way; read the modules in this order:
//! [`model`] the vocabulary → [`ogr`] GDAL → [`load`] a source becomes a base file → [`store`] layers
//! are held and swapped → [`derive`](mod@derive) layers of layers → [`query`] questions, all through a view → [`tiles`] features in a tile →
//! [`encode`] bytes → [`serve`] what outlives a request → [`http`] addresses and statuses → [`cli`]
//! the program. Two stand beside them: [`synth`], a fictive cadastre for tests, and [`get`], open data into a folder.

pub mod cli;
pub mod derive;
pub mod encode;
pub mod get;
pub mod http;
pub mod load;
pub mod model;
pub mod ogr;
pub mod query;
pub mod serve;
pub mod store;
pub mod synth;
pub mod tiles;
