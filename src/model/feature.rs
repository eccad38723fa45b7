//! Feature ids, fields and values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A feature's identifier, number or text as in its source.
///
/// Numbers come before texts; texts are ordered by code point. This is the last key of every order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FeatureId {
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
}

impl FeatureId {
    /// The same id, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> IdRef<'_> {
        match self {
            Self::Int(n) => IdRef::Int(*n),
            Self::Text(s) => IdRef::Text(s),
        }
    }
}

impl fmt::Display for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// A borrowed [`FeatureId`], in the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdRef<'a> {
    /// A whole number.
    Int(i64),
    /// Text.
    Text(&'a str),
}

impl IdRef<'_> {
    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> FeatureId {
        match self {
            Self::Int(n) => FeatureId::Int(n),
            Self::Text(s) => FeatureId::Text(s.to_owned()),
        }
    }
}

impl fmt::Display for IdRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(n) => n.fmt(f),
            Self::Text(s) => f.write_str(s),
        }
    }
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// True or false.
    Bool,
    /// 64-bit whole number.
    Int,
    /// 64-bit binary floating point.
    Float,
    /// Unicode text.
    Text,
    /// A day, as `2026-11-21`.
    Date,
    /// A day and time, as RFC 3339 (`2026-11-21T10:00:00Z`; without a zone where the source has none).
    DateTime,
    /// A list or object, as JSON text.
    Json,
}

/// A field of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The source's name, unchanged.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: FieldType,
}

/// One attribute value. Dates, times and JSON are text; their field's type tells them apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, date, time or JSON.
    Text(String),
}

impl Value {
    /// The same value, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Bool(b) => ValueRef::Bool(*b),
            Self::Int(n) => ValueRef::Int(*n),
            Self::Float(x) => ValueRef::Float(*x),
            Self::Text(s) => ValueRef::Text(s),
        }
    }
}

/// A borrowed [`Value`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueRef<'a> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, date, time or JSON.
    Text(&'a str),
}

impl<'a> ValueRef<'a> {
    /// An owned copy.
    #[must_use]
    pub fn to_owned(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(b),
            Self::Int(n) => Value::Int(n),
            Self::Float(x) => Value::Float(x),
            Self::Text(s) => Value::Text(s.into()),
        }
    }

    /// The order of two values of one kind, `None` where they can't be compared (null, or number
    /// against text). Numbers compare as numbers, texts by code point.
    #[must_use]
    pub fn compare(self, other: ValueRef<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), ValueRef::Int(b)) => Some(a.cmp(&b)),
            (Self::Int(a), ValueRef::Float(b)) => compare_int_float(a, b),
            (Self::Float(a), ValueRef::Int(b)) => compare_int_float(b, a).map(Ordering::reverse),
            (Self::Float(a), ValueRef::Float(b)) => a.partial_cmp(&b),
            (Self::Text(a), ValueRef::Text(b)) => Some(a.cmp(b)),
            (Self::Bool(a), ValueRef::Bool(b)) => Some(a.cmp(&b)),
            _ => None,
        }
    }

    /// The value as a reader would write it; `None` for null.
    #[must_use]
    pub fn to_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Null => None,
            Self::Bool(b) => Some(Cow::Borrowed(if b { "true" } else { "false" })),
            Self::Int(n) => Some(Cow::Owned(n.to_string())),
            Self::Float(x) => Some(Cow::Owned(x.to_string())),
            Self::Text(s) => Some(Cow::Borrowed(s)),
        }
    }
}

/// Exact comparison: an i64 beyond 2⁵³ is not rounded to a float first.
fn compare_int_float(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if b < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(
        a.cmp(&(whole as i64))
            .then_with(|| 0.0_f64.total_cmp(&(b - whole + 0.0))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_and_broken_numbers_compare_exactly() {
        use Ordering::{Equal, Greater, Less};
        let check = |a: i64, b: f64, expected| {
            assert_eq!(ValueRef::Int(a).compare(ValueRef::Float(b)), Some(expected), "{a} {b}");
        };
        check(2, 2.0, Equal);
        check(2, 2.5, Less);
        check(-2, -2.5, Greater);
        check(0, -0.0, Equal);
        check(i64::MAX, 9_223_372_036_854_775_808.0, Less);
        check(9_007_199_254_740_993, 9_007_199_254_740_992.0, Greater);
    }

    #[test]
    fn numbers_come_before_texts_by_code_point() {
        let mut ids = [
            FeatureId::Text("é".into()),
            FeatureId::Text("Z".into()),
            FeatureId::Int(10),
            FeatureId::Int(9),
        ];
        ids.sort();
        assert_eq!(ids.map(|i| i.to_string()), ["9", "10", "Z", "é"]);
    }
}
