//! Why a filter is refused: what, where, and what would be right.

use super::bounds::{MAX_BYTES, MAX_DEPTH, MAX_PATTERN, MAX_TERMS, MAX_VERTICES};
use crate::model::predicate::Place;

/// Why a filter was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Too long.
    #[error("the filter is longer than {MAX_BYTES} bytes without its coordinates; ask for less at once")]
    TooLong,
    /// Too deep.
    #[error("the filter is nested deeper than {MAX_DEPTH} levels{0}; write it flatter")]
    TooDeep(Place),
    /// Too many terms.
    #[error("the filter has more than {MAX_TERMS} terms{0}; ask for less at once")]
    TooManyTerms(Place),
    /// Too many points in one geometry.
    #[error("a geometry of the filter has more than {MAX_VERTICES} points{0}; simplify it")]
    TooManyVertices(Place),
    /// A long pattern.
    #[error("the pattern of LIKE is longer than {MAX_PATTERN} characters{0}")]
    LongPattern(Place),
    /// Not the language.
    #[error("{wanted} is expected, not {found}{place}")]
    Syntax {
        /// What would be right.
        wanted: String,
        /// What stands there.
        found: String,
        /// Where.
        place: Place,
    },
    /// Not JSON.
    #[error("the filter is no JSON: {reason} (at character {character})")]
    NoJson {
        /// What is wrong.
        reason: String,
        /// Where, from 1.
        character: usize,
    },
    /// A name that the layer has not.
    #[error("there is no property \"{name}\"{place}; there are {known}")]
    UnknownProperty {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
        /// Where.
        place: Place,
    },
    /// A function that is not known.
    #[error("there is no function \"{name}\"{place}; see /functions for those that there are")]
    UnknownFunction {
        /// Its name.
        name: String,
        /// Where.
        place: Place,
    },
    /// Too few operands, or too many.
    #[error("{op} takes {wanted} operands, not {found}{place}")]
    Operands {
        /// The operator.
        op: String,
        /// How many it takes.
        wanted: String,
        /// How many there are.
        found: usize,
        /// Where.
        place: Place,
    },
    /// Parts that do not go together.
    #[error("{reason}{place}")]
    Types {
        /// What does not.
        reason: String,
        /// Where.
        place: Place,
    },
    /// A geometry that is none.
    #[error("this is no valid geometry: {reason}{place}")]
    Geometry {
        /// What is wrong.
        reason: String,
        /// Where.
        place: Place,
    },
    /// A text that is no time.
    #[error("\"{text}\" is no {wanted}{place}")]
    Time {
        /// The text.
        text: String,
        /// What would be right.
        wanted: &'static str,
        /// Where.
        place: Place,
    },
    /// The system of the filter's coordinates and that of the layer have no way between them.
    #[error("there is no way from the collection's system to that of filter-crs; take another of its \"crs\" list")]
    NoWay,
}
