//! Layers as they are held: an immutable base plus a small overlay, swapped as a whole.
//!
//! In: base files written by `load`, edits. Out: [`View`](view::View)s, the only way to the rows.
//! `Snapshot` is visible to this module and to the view alone, so that privacy is the
//! gate: a function elsewhere that would take a snapshot does not compile (`tests/gate.rs` tries).

mod apply;
mod audit;
mod base;
mod catalog;
mod lock;
mod overlay;
mod snapshot;
mod table;
pub mod versions;
/// The gate to the rows; stands in `src/query/view.rs` and is compiled here, because the only
/// module that may see a snapshot has to be a child of the one that makes it.
#[path = "../query/view.rs"]
pub(crate) mod view;

pub use apply::{Change, ChangeError, FeatureInput};
pub use base::{Checked, OpenError};
pub use catalog::{AuditOutcome, Catalog, EditError, Edited, Ready};
pub use lock::{LockError, StateLock};
pub use table::Table;
