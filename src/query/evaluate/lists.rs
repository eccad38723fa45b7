//! Lists compared as sets (OGC 21-065r2, 7.11).
//!
//! A field of lists holds JSON. Items are equal where they are of one kind and equal; a time equals the text that
//! says it, since JSON has no times.

use std::cmp::Ordering;

use serde_json::Value as Json;

use super::Record;
use super::scalar::{Got, Scalar};
use crate::model::feature::{Value, ValueRef};
use crate::model::predicate::ArrayOp;
use crate::model::time::TimeSpan;

/// Something that gives a list.
#[derive(Debug)]
pub(super) enum List {
    /// A field of JSON.
    Field(usize),
    /// Written out.
    Items(Vec<Item>),
}

/// One item of a list that is written out.
#[derive(Debug)]
pub(super) enum Item {
    One(Scalar),
    Many(List),
}

/// One item for a row.
#[derive(Debug, Clone, PartialEq)]
enum Thing {
    Value(Value),
    Time(TimeSpan),
    List(Vec<Thing>),
    /// An object of JSON, or its null: equal to nothing.
    Other,
}

impl List {
    /// Its items; `None` where it has no value, or where an item has none.
    fn of(&self, row: &dyn Record) -> Option<Vec<Thing>> {
        match self {
            Self::Field(field) => match row.value(*field) {
                ValueRef::Text(text) => match serde_json::from_str(text) {
                    Ok(Json::Array(items)) => Some(items.into_iter().map(of_json).collect()),
                    _ => None,
                },
                _ => None,
            },
            Self::Items(items) => items
                .iter()
                .map(|item| match item {
                    Item::Many(list) => list.of(row).map(Thing::List),
                    Item::One(scalar) => match scalar.of(row) {
                        Got::Plain(ValueRef::Null) => None,
                        Got::Plain(value) => Some(Thing::Value(value.to_owned())),
                        Got::Made(text) => Some(Thing::Value(Value::Text(text))),
                        Got::Time(time) => Some(Thing::Time(time)),
                    },
                })
                .collect(),
        }
    }

    /// Whether it has a value for a row.
    pub(super) fn is_known(&self, row: &dyn Record) -> bool {
        match self {
            Self::Field(field) => row.value(*field) != ValueRef::Null,
            Self::Items(_) => true,
        }
    }
}

fn of_json(json: Json) -> Thing {
    match json {
        Json::Bool(truth) => Thing::Value(Value::Bool(truth)),
        Json::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(n), _) => Thing::Value(Value::Int(n)),
            (None, Some(x)) => Thing::Value(Value::Float(x)),
            (None, None) => Thing::Other,
        },
        Json::String(text) => Thing::Value(Value::Text(text)),
        Json::Array(items) => Thing::List(items.into_iter().map(of_json).collect()),
        Json::Null | Json::Object(_) => Thing::Other,
    }
}

fn equal(a: &Thing, b: &Thing) -> bool {
    let says = |text: &str, time: &TimeSpan| {
        TimeSpan::of_point(text).is_some_and(|t| t.compare(time) == Some(Ordering::Equal))
    };
    match (a, b) {
        (Thing::Value(a), Thing::Value(b)) => a.as_ref().compare(b.as_ref()) == Some(Ordering::Equal),
        (Thing::Time(a), Thing::Time(b)) => a.compare(b) == Some(Ordering::Equal),
        (Thing::Time(time), Thing::Value(Value::Text(text))) | (Thing::Value(Value::Text(text)), Thing::Time(time)) => {
            says(text, time)
        }
        (Thing::List(a), Thing::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        _ => false,
    }
}

/// Whether a relation holds for a row.
pub(super) fn holds(op: ArrayOp, a: &List, b: &List, row: &dyn Record) -> Option<bool> {
    let (a, b) = (a.of(row)?, b.of(row)?);
    let has = |list: &[Thing], item: &Thing| list.iter().any(|other| equal(other, item));
    let all_of = |inner: &[Thing], outer: &[Thing]| inner.iter().all(|item| has(outer, item));
    Some(match op {
        ArrayOp::Equals => all_of(&a, &b) && all_of(&b, &a),
        ArrayOp::Contains => all_of(&b, &a),
        ArrayOp::ContainedBy => all_of(&a, &b),
        ArrayOp::Overlaps => a.iter().any(|item| has(&b, item)),
    })
}
