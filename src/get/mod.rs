//! Open data into a folder: `terril get`.
//!
//! In: a [`catalogue`] of addresses, the communes asked for, a folder. Out: one GeoJSON file per entry with a `terril.toml`
//! (roles, titles, licences), `LICENCES.md` and the manifest `sources.json`; and of each entry what came, what did not and why.
//!
//! ```text
//!  communes ─▶ place ─▶ plan ─▶ queue (2 per host) ─▶ store ─▶ fetch ─▶ check ─▶ layer ─▶ folder
//!            (neighbours, box)  (addresses, pages)   (what is known)  (HTTP)  (is it data?)  (features put together)
//! ```
//!
//! Beside the flow of a served layer, as `synth` is: it names only `model` and `load::fetch`. It prints nothing: `cli::get` does. Nothing good is
//! overwritten by something bad: each answer is written aside, checked whole, and renamed.

pub mod catalogue;
mod check;
mod failure;
mod features;
mod fetch;
mod folder;
mod layer;
mod manifest;
mod place;
mod plan;
mod queue;
mod round;
mod run;
mod store;
mod template;
mod unpack;
mod wfs;

pub use failure::{Failure, GetError};
pub use fetch::MAX_ANSWER_BYTES;
pub use folder::Configured;
pub use run::{Event, LayerOutcome, Missing, Outcome, Request, State, run};
