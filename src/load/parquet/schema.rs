//! The tree of columns: structures, lists and maps over stored columns.
//!
//! Each node knows at which *definition level* it is there and at which *repetition level* it goes on
//! (Dremel's encoding, parquet-format/README.md "Nested Encoding"); old two-level lists are told from new ones by the
//! rules of LogicalTypes.md, "Backward-compatibility rules".

use std::ops::Range;

use ::parquet::basic::{ConvertedType, LogicalType, Repetition};
use ::parquet::schema::types::{SchemaDescriptor, Type};

use super::logic::Logic;
use super::{DEEPEST_SCHEMA, ParquetFault};

/// A column or a member of one.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) name: String,
    /// The definition level from which on it is no null.
    pub(super) there: Option<i16>,
    /// The definition level from which on it has an element, and the repetition level of each further one.
    pub(super) repeated: Option<(i16, i16)>,
    /// The stored columns under it.
    pub(super) leaves: Range<usize>,
    pub(super) kind: Kind,
}

/// What a node is made of.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A stored column.
    Leaf(Logic),
    /// Members by name.
    Group(Vec<Node>),
    /// Elements; the node inside repeats.
    List(Box<Node>),
    /// Pairs of key and value; the node inside repeats.
    Map(Box<Node>),
    /// The only member of the group that repeats in a list: the element itself.
    Element(Box<Node>),
}

/// The columns of a file.
pub(super) fn read(schema: &SchemaDescriptor) -> Result<Vec<Node>, ParquetFault> {
    let mut next_leaf = 0;
    let fields = schema.root_schema().get_fields().iter();
    let levels = Levels { there: 0, repeated: 0 };
    fields
        .map(|field| node(field, levels, 0, &mut next_leaf, schema))
        .collect()
}

#[derive(Clone, Copy)]
struct Levels {
    there: i16,
    repeated: i16,
}

fn node(
    field: &Type,
    mut levels: Levels,
    depth: usize,
    next_leaf: &mut usize,
    schema: &SchemaDescriptor,
) -> Result<Node, ParquetFault> {
    if depth > DEEPEST_SCHEMA {
        return Err(ParquetFault::TooMuch(format!(
            "columns nested deeper than {DEEPEST_SCHEMA}"
        )));
    }
    let info = field.get_basic_info();
    let (mut there, mut repeated) = (None, None);
    match info.has_repetition().then(|| info.repetition()) {
        Some(Repetition::OPTIONAL) => {
            levels.there += 1;
            there = Some(levels.there);
        }
        Some(Repetition::REPEATED) => {
            levels.there += 1;
            levels.repeated += 1;
            repeated = Some((levels.there, levels.repeated));
        }
        _ => {}
    }
    let first = *next_leaf;
    let kind = if field.is_primitive() {
        *next_leaf += 1;
        Kind::Leaf(Logic::of(&schema.column(first)))
    } else {
        let list = info.converted_type() == ConvertedType::LIST || info.logical_type_ref() == Some(&LogicalType::List);
        let map = matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
            || info.logical_type_ref() == Some(&LogicalType::Map);
        let mut members = vec![];
        for member in field.get_fields() {
            members.push(node(member, levels, depth + 1, next_leaf, schema)?);
        }
        let sole = members.len() == 1 && members[0].repeated.is_some();
        match members.pop() {
            Some(inner) if sole && list => Kind::List(Box::new(element(inner, &field.get_fields()[0], field.name()))),
            Some(inner) if sole && map && is_pair(&inner) => Kind::Map(Box::new(inner)),
            last => {
                members.extend(last);
                Kind::Group(members)
            }
        }
    };
    Ok(Node {
        name: field.name().to_owned(),
        there,
        repeated,
        leaves: first..*next_leaf,
        kind,
    })
}

fn is_pair(node: &Node) -> bool {
    matches!(&node.kind, Kind::Group(members) if members.len() == 2)
}

/// The node that repeats in a list; where it is a group for nothing but its only member, that is the element.
fn element(repeated: Node, field: &Type, list: &str) -> Node {
    let two_levels = field.is_primitive()
        || field.get_fields().len() != 1
        || field.name() == "array"
        || field.name() == format!("{list}_tuple");
    match repeated.kind {
        Kind::Group(mut members) if !two_levels => match members.pop() {
            Some(only) => Node {
                kind: Kind::Element(Box::new(only)),
                ..repeated
            },
            None => Node {
                kind: Kind::Group(members),
                ..repeated
            },
        },
        _ => repeated,
    }
}

impl Node {
    /// The stored column, where it is one and neither repeats nor lies in anything.
    pub(super) fn flat(&self) -> Option<&Logic> {
        match &self.kind {
            Kind::Leaf(logic) if self.repeated.is_none() => Some(logic),
            _ => None,
        }
    }

    /// A structure's member by its name.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Group(members) => members.iter().find(|m| m.name == name),
            _ => None,
        }
    }
}
