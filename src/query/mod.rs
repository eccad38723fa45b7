//! Questions about layers: the view through which everything is read, filters, selections.
//!
//! In: views, predicates, boxes. Out: rows and counts. No URLs, no formats.

pub mod cql2;
pub mod diff;
pub mod evaluate;
pub mod owners;
pub mod place;
mod place_bounds;
pub mod search;
pub mod select;
pub mod sort;
pub mod time;

/// The gate to the rows (see `src/query/view.rs`).
pub mod view {
    pub use crate::store::view::{Row, View, ViewError};
}
