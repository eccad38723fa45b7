//! CQL2 (OGC 21-065r2), text and JSON, read into one tree.
//!
//! In: a filter as it was sent. Out: a [`Predicate`], or an error that says where and what would be right. The
//! readers are ours, since a general one overflows its stack at some hundred parentheses and knows no places. Depth,
//! terms and vertices are counted while reading, before anything is built of them.
//! Not here: what the properties are, and truth (`query::evaluate`).

mod bounds;
mod error;
mod geometry;
mod json;
mod lexer;
#[cfg(test)]
mod tests;
mod text;
mod wkt;

use serde_json::Value as Json;

pub use bounds::{MAX_BYTES, MAX_DEPTH, MAX_PATTERN, MAX_TERMS, MAX_VERTICES};
pub use error::FilterError;

use crate::model::predicate::{Place, Predicate};

/// In which language a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// CQL2 text.
    #[default]
    Text,
    /// CQL2 as JSON.
    Json,
    /// The text of the draft, as GDAL sends it: `ILIKE`, times as plain texts, numbers for true and false.
    OldText,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Text, Self::Json, Self::OldText];

    /// Its name in `filter-lang`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "cql2-text",
            Self::Json => "cql2-json",
            Self::OldText => "cql-text",
        }
    }
}

/// Reads a filter.
///
/// # Errors
/// What is too long, too deep, or no CQL2.
pub fn parse(filter: &str, language: Language) -> Result<Predicate, FilterError> {
    let predicate = match language {
        Language::Text | Language::OldText => text::parse(filter, language)?,
        Language::Json => {
            let json = serde_json::from_str(filter).map_err(|e| json::syntax(filter, &e))?;
            return parse_json(&json);
        }
    };
    bounds::check(&predicate)?;
    Ok(predicate)
}

/// Reads CQL2 text.
///
/// # Errors
/// As [`parse`].
pub fn parse_text(filter: &str) -> Result<Predicate, FilterError> {
    parse(filter, Language::Text)
}

/// Reads CQL2-JSON that was parsed as JSON.
///
/// # Errors
/// As [`parse`].
pub fn parse_json(filter: &Json) -> Result<Predicate, FilterError> {
    let predicate = json::parse(filter)?;
    bounds::check(&predicate)?;
    Ok(predicate)
}

/// Nothing more than the error for a number of operands.
fn checked_count(op: crate::model::predicate::Op, count: usize, place: &Place) -> Result<(), FilterError> {
    let (least, most) = op.operands();
    if (least..=most).contains(&count) {
        return Ok(());
    }
    let wanted = match (least, most) {
        (least, usize::MAX) => format!("at least {least}"),
        (least, _) => least.to_string(),
    };
    Err(FilterError::Operands {
        op: op.name().to_owned(),
        wanted,
        found: count,
        place: place.clone(),
    })
}
