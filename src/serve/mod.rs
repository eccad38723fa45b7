//! What lives longer than a request: the state of the service, its workers and their limits.

pub mod admin;
pub mod loads;
pub mod proxies;
pub mod state;
pub mod tile;
pub mod versions;
pub mod work;
