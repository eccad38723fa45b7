//! Values of one row: fields, literals, what is reckoned of them.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::Record;
use super::truth::Truth;
use super::words::Folding;
use crate::model::feature::{Value, ValueRef};
use crate::model::predicate::ArithmeticOp;
use crate::model::time::TimeSpan;

/// An expression that gives one value.
#[derive(Debug)]
pub(super) enum Scalar {
    /// A field that is no time.
    Field(usize),
    /// A field of days or instants.
    TimeField(usize),
    /// A literal.
    Literal(Value),
    /// A day or an instant.
    Time(TimeSpan),
    /// Reckoning.
    Arithmetic(ArithmeticOp, Box<[Scalar; 2]>),
    /// Text without case or accents.
    Folded(Folding, Box<Scalar>),
    /// Whether something holds.
    Truth(Box<Truth>),
}

/// A value of one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Got<'a> {
    Plain(ValueRef<'a>),
    Made(String),
    Time(TimeSpan),
}

impl Got<'_> {
    const NOTHING: Self = Got::Plain(ValueRef::Null);

    pub(super) fn is_null(&self) -> bool {
        *self == Self::NOTHING
    }

    /// The order of two values of one kind; `None` where one is nothing.
    pub(super) fn compare(&self, other: &Got<'_>) -> Option<Ordering> {
        match (self, other) {
            (Got::Plain(a), Got::Plain(b)) => a.compare(*b),
            (Got::Time(a), Got::Time(b)) => a.compare(b),
            (a, b) => Some(a.text()?.cmp(b.text()?)),
        }
    }

    /// The text that it is.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Got::Plain(ValueRef::Text(text)) => Some(text),
            Got::Made(text) => Some(text),
            _ => None,
        }
    }
}

impl Scalar {
    /// Its value for a row.
    pub(super) fn of<'a>(&'a self, row: &'a dyn Record) -> Got<'a> {
        match self {
            Self::Field(field) => Got::Plain(row.value(*field)),
            Self::TimeField(field) => match row.value(*field) {
                ValueRef::Text(text) => TimeSpan::of_value(text).map_or(Got::NOTHING, Got::Time),
                _ => Got::NOTHING,
            },
            Self::Literal(value) => Got::Plain(value.as_ref()),
            Self::Time(time) => Got::Time(*time),
            Self::Arithmetic(op, sides) => match (sides[0].of(row), sides[1].of(row)) {
                (Got::Plain(a), Got::Plain(b)) => Got::Plain(reckon(*op, a, b)),
                _ => Got::NOTHING,
            },
            Self::Folded(folding, inner) => {
                let got = inner.of(row);
                let folded = got.text().map(|text| match folding.fold(text) {
                    Cow::Borrowed(_) => None,
                    Cow::Owned(made) => Some(made),
                });
                match folded {
                    Some(Some(made)) => Got::Made(made),
                    Some(None) => got,
                    None => Got::NOTHING,
                }
            }
            Self::Truth(truth) => truth.of(row).map_or(Got::NOTHING, |t| Got::Plain(ValueRef::Bool(t))),
        }
    }
}

/// Whole numbers stay whole as long as they fit; what is no number, as after a division by zero, is nothing.
pub(super) fn reckon(op: ArithmeticOp, a: ValueRef<'_>, b: ValueRef<'_>) -> ValueRef<'static> {
    if let (ValueRef::Int(a), ValueRef::Int(b)) = (a, b) {
        let whole = match op {
            ArithmeticOp::Add => a.checked_add(b),
            ArithmeticOp::Subtract => a.checked_sub(b),
            ArithmeticOp::Multiply => a.checked_mul(b),
            ArithmeticOp::Modulo if b != 0 => a.checked_rem(b).or(Some(0)),
            ArithmeticOp::WholeDivide if b != 0 => a.checked_div(b),
            ArithmeticOp::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
            _ => None,
        };
        if let Some(whole) = whole {
            return ValueRef::Int(whole);
        }
    }
    let number = |v| match v {
        ValueRef::Int(n) => Some(n as f64),
        ValueRef::Float(x) => Some(x),
        _ => None,
    };
    let (Some(a), Some(b)) = (number(a), number(b)) else {
        return ValueRef::Null;
    };
    let divides = matches!(
        op,
        ArithmeticOp::Divide | ArithmeticOp::Modulo | ArithmeticOp::WholeDivide
    );
    if divides && b == 0.0 {
        return ValueRef::Null;
    }
    let made = match op {
        ArithmeticOp::Add => a + b,
        ArithmeticOp::Subtract => a - b,
        ArithmeticOp::Multiply => a * b,
        ArithmeticOp::Divide => a / b,
        ArithmeticOp::Modulo => a % b,
        ArithmeticOp::WholeDivide => (a / b).trunc(),
        ArithmeticOp::Power => a.powf(b),
    };
    if made.is_finite() {
        ValueRef::Float(made)
    } else {
        ValueRef::Null
    }
}
