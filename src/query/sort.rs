//! The order of a selection: sort keys, then the id, so that it is total.
//!
//! Numbers compare as numbers, texts by code point; features without a value come last in either
//! direction.

use std::cmp::Ordering;

use super::view::{Row, View};
use crate::model::feature::{FeatureId, Value, ValueRef};

/// Up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Small first.
    Ascending,
    /// Large first.
    Descending,
}

/// One key of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// The place of the field in the view.
    pub field: usize,
    /// Its direction.
    pub direction: Direction,
}

/// A feature's place in an order, whether it is still there or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Its values of the keys.
    pub values: Vec<Value>,
    /// Its id.
    pub id: FeatureId,
}

impl Position {
    /// The place of a row.
    #[must_use]
    pub fn of(view: &View, keys: &[SortKey], row: Row) -> Self {
        Self {
            values: keys.iter().map(|key| view.value(row, key.field).to_owned()).collect(),
            id: view.id(row).to_owned(),
        }
    }

    /// Whether a row comes after it.
    #[must_use]
    pub fn is_before(&self, view: &View, keys: &[SortKey], row: Row) -> bool {
        let values = keys.iter().zip(&self.values);
        let by_keys = values
            .map(|(key, value)| compare_by(key.direction, value.as_ref(), view.value(row, key.field)))
            .find(|o| o.is_ne());
        by_keys.unwrap_or_else(|| self.id.as_ref().cmp(&view.id(row))).is_lt()
    }
}

/// The order of two rows.
#[must_use]
pub fn compare(view: &View, keys: &[SortKey], a: Row, b: Row) -> Ordering {
    let by_keys = keys
        .iter()
        .map(|key| compare_by(key.direction, view.value(a, key.field), view.value(b, key.field)))
        .find(|o| o.is_ne());
    by_keys.unwrap_or_else(|| view.id(a).cmp(&view.id(b)))
}

fn compare_by(direction: Direction, a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    match (a, b) {
        (ValueRef::Null, ValueRef::Null) => Ordering::Equal,
        (ValueRef::Null, _) => Ordering::Greater,
        (_, ValueRef::Null) => Ordering::Less,
        (a, b) => {
            let order = a.compare(b).unwrap_or(Ordering::Equal);
            match direction {
                Direction::Ascending => order,
                Direction::Descending => order.reverse(),
            }
        }
    }
}

/// Brings the rows from `offset` on, at most `limit`, in order. Cost: linear in all rows, and a sort of
/// those that are returned or stand before them.
#[must_use]
pub fn slice(view: &View, keys: &[SortKey], mut rows: Vec<Row>, offset: usize, limit: usize) -> Vec<Row> {
    let end = offset.saturating_add(limit).min(rows.len());
    if offset >= end {
        return vec![];
    }
    let order = |a: &Row, b: &Row| compare(view, keys, *a, *b);
    if end < rows.len() {
        rows.select_nth_unstable_by(end, order);
        rows.truncate(end);
    }
    if offset > 0 {
        rows.select_nth_unstable_by(offset, order);
        rows.drain(..offset);
    }
    rows.sort_unstable_by(order);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_last_in_either_direction() {
        for direction in [Direction::Ascending, Direction::Descending] {
            assert!(compare_by(direction, ValueRef::Null, ValueRef::Int(1)).is_gt());
            assert!(compare_by(direction, ValueRef::Text(""), ValueRef::Null).is_lt());
        }
        assert!(compare_by(Direction::Descending, ValueRef::Int(1), ValueRef::Float(1.5)).is_gt());
    }
}
