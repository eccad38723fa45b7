//! A predicate made ready for a layer, and its truth for a row.
//!
//! In: the tree of a filter, the fields that its reader may see, the system of its coordinates. Out: a [`Condition`],
//! or an error that names what does not fit and where. Truth is three-valued (OGC 21-065r2, 6.2): what has no value
//! makes unknown, and a row is kept on true only.

mod compile;
mod functions;
mod lists;
mod scalar;
mod shape;
mod spatial;
#[cfg(test)]
mod tests;
mod times;
mod truth;
mod types;
mod valid;
mod words;

pub use functions::{FUNCTIONS, Signature};

use truth::Truth;

use super::cql2::{FilterError, Language};
use crate::model::crs::Crs;
use crate::model::feature::{Field, ValueRef};
use crate::model::geometry::GeometryRef;
use crate::model::predicate::Predicate;
use crate::model::world::WorldBox;

/// Names that mean the geometry wherever no field has them.
pub const GEOMETRY_NAMES: [&str; 2] = ["geometry", "geom"];

/// A filter as it was asked: the tree, the system of its coordinates (x before y), its language.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// What is asked.
    pub predicate: Predicate,
    /// Where its geometries are.
    pub crs: Crs,
    /// How it was written, as far as it matters to types.
    pub language: Language,
}

impl Filter {
    /// A predicate with coordinates in degrees.
    #[must_use]
    pub fn of(predicate: Predicate) -> Self {
        Self {
            predicate,
            crs: Crs::Crs84,
            language: Language::Text,
        }
    }
}

/// What a filter is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The fields that may be named; their places are those that a [`Record`] is asked for.
    pub fields: &'a [Field],
    /// The name of the geometry in the source.
    pub geometry: &'a str,
    /// The system of the storage coordinates.
    pub crs: &'a Crs,
}

/// One row, as a condition reads it.
pub trait Record {
    /// The value of a field by its place.
    fn value(&self, field: usize) -> ValueRef<'_>;
    /// The geometry.
    fn geometry(&self) -> GeometryRef<'_>;
}

/// A predicate whose names are resolved and whose geometries are prepared. It stays on its thread: PROJ's objects do.
#[derive(Debug)]
pub struct Condition(Truth);

impl Condition {
    /// Makes a filter ready. Cost: checks each geometry of it for validity.
    ///
    /// # Errors
    /// Names that the subject has not, parts that do not go together, geometries that are none.
    pub fn new(filter: &Filter, subject: &Subject<'_>) -> Result<Self, FilterError> {
        compile::condition(filter, subject).map(Self)
    }

    /// Whether it is true (neither false nor unknown) of a row.
    pub fn holds(&self, row: &dyn Record) -> bool {
        self.0.of(row) == Some(true)
    }

    /// Boxes outside of which it holds of no row; `None` where there are no such.
    #[must_use]
    pub fn covering(&self) -> Option<&[WorldBox]> {
        self.0.covering()
    }

    /// Whether a row may take long to judge.
    #[must_use]
    pub fn is_costly(&self) -> bool {
        self.0.is_costly()
    }
}
