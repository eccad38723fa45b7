//! What a part of a filter is, and how it is said.

use crate::model::feature::FieldType;
use crate::model::predicate::{Node, Op, Predicate};

/// What a part of a filter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Text,
    Number,
    Truth,
    Time,
    Interval,
    Geometry,
    List,
}

impl Class {
    pub(super) fn of_field(kind: FieldType) -> Self {
        match kind {
            FieldType::Bool => Self::Truth,
            FieldType::Int | FieldType::Float => Self::Number,
            FieldType::Text => Self::Text,
            FieldType::Date | FieldType::DateTime => Self::Time,
            FieldType::Json => Self::List,
        }
    }

    /// With its article.
    pub(super) fn said(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Truth => "true or false",
            Self::Time => "a time",
            Self::Interval => "an interval",
            Self::Geometry => "a geometry",
            Self::List => "a list",
        }
    }
}

/// A part as an error names it.
pub(super) fn name_of(part: &Predicate) -> String {
    let short = |text: &str| {
        let cut: String = text.chars().take(40).collect();
        if cut.len() < text.len() {
            format!("{cut}…")
        } else {
            cut
        }
    };
    match &part.node {
        Node::Bool(truth) => truth.to_string(),
        Node::Number(n) => n.as_ref().to_text().unwrap_or_default().into_owned(),
        Node::Text(text) => format!("'{}'", short(text)),
        Node::Time(_) => "the time".to_owned(),
        Node::Interval(_) => "the interval".to_owned(),
        Node::Property(name) => format!("\"{}\"", short(name)),
        Node::Geometry(_) | Node::Bbox(_) => "the geometry".to_owned(),
        Node::Array(_) => "the list".to_owned(),
        Node::Call(Op::Arithmetic(_), _) => "the sum".to_owned(),
        Node::Call(op, _) => format!("\"{}\"", op.name()),
        Node::Function(name, _) => format!("\"{}\"", short(name)),
    }
}
