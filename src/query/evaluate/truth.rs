//! Kleene's three-valued logic; `None` is unknown.

use std::cmp::Ordering;

use super::Record;
use super::lists::{self, List};
use super::scalar::Scalar;
use super::spatial::Spatial;
use super::times::{self, Extent};
use super::words::Pattern;
use crate::model::feature::ValueRef;
use crate::model::geometry::GeometryKind;
use crate::model::predicate::{ArrayOp, Comparison, TemporalOp};
use crate::model::world::WorldBox;

/// Something that holds, does not, or is unknown.
#[derive(Debug)]
pub(super) enum Truth {
    Const(Option<bool>),
    And(Vec<Truth>),
    Or(Vec<Truth>),
    Not(Box<Truth>),
    Compare(Comparison, Box<[Scalar; 2]>),
    Between(Box<[Scalar; 3]>),
    In(Scalar, Vec<Scalar>),
    Like(Scalar, Pattern),
    /// A field or expression that is true.
    Is(Scalar),
    IsNull(Known),
    Spatial(Box<Spatial>),
    Temporal(TemporalOp, Box<[Extent; 2]>),
    Lists(ArrayOp, Box<[List; 2]>),
}

/// What may have no value.
#[derive(Debug)]
pub(super) enum Known {
    Scalar(Scalar),
    Extent(Extent),
    List(List),
    /// The row's geometry.
    Place,
    /// A literal, which has one.
    Always,
}

impl Truth {
    pub(super) fn of(&self, row: &dyn Record) -> Option<bool> {
        match self {
            Self::Const(truth) => *truth,
            Self::And(all) => fold(all, false, row),
            Self::Or(any) => fold(any, true, row),
            Self::Not(inner) => inner.of(row).map(|t| !t),
            Self::Compare(op, sides) => sides[0].of(row).compare(&sides[1].of(row)).map(|o| op.holds(o)),
            Self::Between(parts) => {
                let found = parts[0].of(row);
                let above = found.compare(&parts[1].of(row)).map(Ordering::is_ge);
                let below = found.compare(&parts[2].of(row)).map(Ordering::is_le);
                both(above, below)
            }
            Self::In(item, items) => is_among(item, items, row),
            Self::Like(text, pattern) => text.of(row).text().map(|t| pattern.matches(t)),
            Self::Is(scalar) => match scalar.of(row) {
                super::scalar::Got::Plain(ValueRef::Bool(truth)) => Some(truth),
                _ => None,
            },
            Self::IsNull(known) => Some(!known.is_known(row)),
            Self::Spatial(spatial) => spatial.of(row),
            Self::Temporal(op, sides) => times::holds(*op, &sides[0], &sides[1], row),
            Self::Lists(op, sides) => lists::holds(*op, &sides[0], &sides[1], row),
        }
    }

    /// Boxes outside of which it is never true: of parts that must all hold, the smallest.
    pub(super) fn covering(&self) -> Option<&[WorldBox]> {
        let size = |boxes: &&[WorldBox]| boxes.iter().map(size_of).sum::<u128>();
        match self {
            Self::And(all) => all.iter().filter_map(Self::covering).min_by_key(size),
            Self::Spatial(spatial) => spatial.covering(),
            _ => None,
        }
    }

    pub(super) fn is_costly(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(Self::is_costly),
            Self::Not(inner) => inner.is_costly(),
            Self::Spatial(_) | Self::Lists(..) | Self::Like(..) => true,
            Self::In(_, items) => items.len() > 64,
            _ => false,
        }
    }
}

fn size_of(area: &WorldBox) -> u128 {
    let side = |axis: usize| u128::from(area.max()[axis] - area.min()[axis]) + 1;
    side(0) * side(1)
}

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// AND and OR differ only in the truth that decides them at once.
fn fold(parts: &[Truth], decisive: bool, row: &dyn Record) -> Option<bool> {
    let mut unknown = false;
    for part in parts {
        match part.of(row) {
            Some(truth) if truth == decisive => return Some(decisive),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(!decisive)
}

fn is_among(item: &Scalar, items: &[Scalar], row: &dyn Record) -> Option<bool> {
    let found = item.of(row);
    let mut unknown = false;
    for other in items {
        match found.compare(&other.of(row)) {
            Some(Ordering::Equal) => return Some(true),
            Some(_) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}

impl Known {
    fn is_known(&self, row: &dyn Record) -> bool {
        match self {
            Self::Scalar(scalar) => !scalar.of(row).is_null(),
            Self::Extent(extent) => extent.is_known(row),
            Self::List(list) => list.is_known(row),
            Self::Place => row.geometry().kind() != GeometryKind::None,
            Self::Always => true,
        }
    }
}
