//! Tables of a PostgreSQL database with PostGIS, as sources.
//!
//! In: an address ([`Access`]), from the command line or the configuration only. Out: for each table what it is
//! (`tables`), its rows as text and well-known binary, from one snapshot, a few hundred at a time.
//!
//! - [`address`]: how to reach it, and what may be shown of that;
//! - `tables`: which tables there are, their columns, keys and systems;
//! - `value`: what a column's text means.
//!
//! The loading process connects, fenced so that it sees no file and reaches no other port. Not here: rows on their way
//! into a layer (`read_postgis`).

pub mod address;
pub(super) mod tables;
pub(super) mod value;

pub use address::{Access, DatabaseError, Environment};

use std::time::Duration;

/// Time for a connection to come about.
pub const CONNECTING: Duration = Duration::from_secs(15);

/// Time for one statement, one portion of rows included.
pub const STATEMENT: Duration = Duration::from_secs(600);

/// Time that is waited for a table that somebody has locked.
pub const LOCKED: Duration = Duration::from_secs(20);

/// Rows of a portion.
pub const PORTION: i32 = 500;
