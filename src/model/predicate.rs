//! The predicate over features: what a filter means, whatever syntax it came in.
//!
//! Three-valued logic (OGC 21-065r2, 6.2): a comparison with null is unknown, and a row is kept on
//! true only. Field names are kept as text; `query::filter` parses CQL2 into this and evaluates it.

use super::feature::Value;

/// A condition on one feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// Always true or always false.
    Const(bool),
    /// All hold.
    And(Vec<Predicate>),
    /// At least one holds.
    Or(Vec<Predicate>),
    /// It does not hold.
    Not(Box<Predicate>),
    /// A field against a literal.
    Compare {
        /// The field.
        field: String,
        /// How they compare.
        op: Comparison,
        /// The literal.
        value: Value,
    },
    /// The field has no value.
    IsNull(String),
    /// The field equals one of the literals.
    In {
        /// The field.
        field: String,
        /// The literals.
        values: Vec<Value>,
    },
    /// The text matches a pattern: `%` any run, `_` one character, `\` takes the next as it is.
    Like {
        /// The field.
        field: String,
        /// The pattern.
        pattern: String,
    },
    /// The value lies between two literals, both included.
    Between {
        /// The field.
        field: String,
        /// Lower bound.
        low: Value,
        /// Upper bound.
        high: Value,
    },
}

/// How a value compares to a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Whether an ordering satisfies it.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Predicate {
    /// The fields that it reads.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Const(_) => vec![],
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::fields).collect(),
            Self::Not(inner) => inner.fields(),
            Self::Compare { field, .. }
            | Self::IsNull(field)
            | Self::In { field, .. }
            | Self::Like { field, .. }
            | Self::Between { field, .. } => vec![field],
        }
    }
}
