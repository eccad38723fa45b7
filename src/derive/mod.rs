//! Layers made of layers: tables that find their place by keys, features that stand in several files.
//!
//! In: base files of layers that are open, and a [`Recipe`]. Out: another base file and its report, made in
//! a process of its own ([`spawn::make`] starts it, [`child::run`] is it), since GEOS works there.
//!
//! - `join`: a row names parcels, a commune, a body or a feature; it gets their geometry;
//! - `merge`: features of one key in several layers become one.
//!
//! Not here: which layers are to be joined (`cli::derived`), who may see what comes out.

pub mod child;
mod claims;
mod columns;
mod estates;
mod join;
mod merge;
mod offer;
mod parcels;
mod place;
pub mod recipe;
pub mod spawn;
#[cfg(test)]
mod tests;
mod words;

pub use offer::{Offer, offer};
pub use recipe::{Input, Join, Merge, ParcelColumns, Recipe, Way};
