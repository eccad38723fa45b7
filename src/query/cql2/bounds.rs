//! How much a filter may be.

use geo::CoordsIter;

use super::error::FilterError;
use crate::model::predicate::{Node, Op, Place, Predicate};

/// Longest filter, in bytes, without the coordinates of its geometries.
pub const MAX_BYTES: usize = 64 * 1024;

/// Deepest nesting of operators, lists and parentheses.
pub const MAX_DEPTH: usize = 64;

/// Most terms: comparisons and other predicates, operators of arithmetic, items of lists.
pub const MAX_TERMS: usize = 1_000;

/// Most points of one geometry.
pub const MAX_VERTICES: usize = 10_000;

/// Longest pattern of LIKE, in characters.
pub const MAX_PATTERN: usize = 1_000;

/// Holds a tree to the bounds. Its own depth is bounded by the first of them.
pub(super) fn check(predicate: &Predicate) -> Result<(), FilterError> {
    let mut count = Count::default();
    count.walk(predicate, 0)
}

#[derive(Default)]
struct Count {
    terms: usize,
    bytes: usize,
}

impl Count {
    fn walk(&mut self, part: &Predicate, depth: usize) -> Result<(), FilterError> {
        if depth > MAX_DEPTH {
            return Err(FilterError::TooDeep(part.place.clone()));
        }
        match &part.node {
            Node::Text(text) => self.text(text)?,
            Node::Property(name) => self.text(name)?,
            Node::Geometry(geometry) => vertices(geometry.coords_count(), &part.place)?,
            Node::Interval(bounds) => bounds.iter().flatten().try_for_each(|b| self.walk(b, depth + 1))?,
            Node::Array(items) => {
                self.term(items.len(), &part.place)?;
                items.iter().try_for_each(|i| self.walk(i, depth + 1))?;
            }
            Node::Call(op, parts) => {
                if matches!(op, Op::And | Op::Or) {
                    let bare = parts.iter().filter(|p| !matches!(p.node, Node::Call(..))).count();
                    self.term(bare, &part.place)?;
                }
                let joins = matches!(op, Op::And | Op::Or | Op::Not | Op::In | Op::CaseI | Op::AccentI);
                self.term(usize::from(!joins), &part.place)?;
                parts.iter().try_for_each(|p| self.walk(p, depth + 1))?;
            }
            Node::Function(name, parts) => {
                self.text(name)?;
                self.term(1, &part.place)?;
                parts.iter().try_for_each(|p| self.walk(p, depth + 1))?;
            }
            Node::Bool(_) | Node::Number(_) | Node::Time(_) | Node::Bbox(_) => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), FilterError> {
        self.bytes += text.len();
        if self.bytes > MAX_BYTES {
            return Err(FilterError::TooLong);
        }
        Ok(())
    }

    fn term(&mut self, more: usize, place: &Place) -> Result<(), FilterError> {
        self.terms += more;
        if self.terms > MAX_TERMS {
            return Err(FilterError::TooManyTerms(place.clone()));
        }
        Ok(())
    }
}

/// Holds a geometry's points to the bound.
pub(super) fn vertices(count: usize, place: &Place) -> Result<(), FilterError> {
    if count > MAX_VERTICES {
        return Err(FilterError::TooManyVertices(place.clone()));
    }
    Ok(())
}
