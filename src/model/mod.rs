//! The vocabulary: coordinates, tiles, features, layers, roles, predicates.
//!
//! Plain values with checked constructors. No I/O, no async, no wire formats.

pub mod actor;
pub mod crs;
pub mod encoding;
pub mod feature;
pub mod geometry;
pub mod keys;
pub mod labels;
pub mod layer;
pub mod predicate;
pub mod role;
pub mod row;
pub mod schema;
pub mod template;
pub mod text;
pub mod tile;
pub mod time;
pub mod world;
