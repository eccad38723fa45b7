//! Lists, structures and maps, put together again from the stored columns under them.
//!
//! Dremel's assembly: an entry's definition level says how far down it is there, its repetition level which list it goes
//! on with. A null or an empty list is one entry in each column under it.

use ::parquet::file::reader::RowGroupReader;
use serde_json::{Map, Value as Json};

use super::leaf::Leaf;
use super::logic::{Logic, Meant, Said};
use super::plan::Plan;
use super::schema::{Kind, Node};
use super::{Attribute, ParquetFault};
use crate::model::feature::FieldType;
use crate::model::feature::ValueRef;
use crate::model::row::Row;

/// The columns of a row group, each at the same row.
pub(in crate::load) struct Cursors {
    /// By number; those that are not read are not opened.
    leaves: Vec<Option<Leaf>>,
}

impl Cursors {
    /// Opens the columns that a plan reads.
    pub(super) fn open(rows: &dyn RowGroupReader, plan: &Plan) -> Result<Self, ParquetFault> {
        let mut leaves: Vec<Option<Leaf>> = vec![];
        leaves.resize_with(rows.metadata().num_columns(), || None);
        for node in plan.nodes() {
            for column in node.leaves.clone() {
                leaves[column] = Some(Leaf::open(rows, column)?);
            }
        }
        Ok(Self { leaves })
    }

    /// Reads an attribute's next value into a row's field.
    pub(in crate::load) fn read(
        &mut self,
        attribute: &Attribute,
        field: usize,
        row: &mut Row,
    ) -> Result<Said, ParquetFault> {
        let node = attribute.node();
        if let Some(logic) = node.flat() {
            let Some(raw) = self.leaf(node)?.next()? else {
                return Ok(Said::default());
            };
            let (meant, said) = logic.read(raw);
            let (kind, value) = meant.cell();
            row.set(field, kind, value);
            return Ok(said);
        }
        let mut said = Said::default();
        let json = self.value(node, &mut said)?;
        if json != Json::Null {
            row.set(field, FieldType::Json, ValueRef::Text(&json.to_string()));
        }
        Ok(said)
    }

    /// The first stored column under a node: its levels are those of all the others there.
    pub(super) fn leaf(&mut self, node: &Node) -> Result<&mut Leaf, ParquetFault> {
        let leaf = self.leaves.get_mut(node.leaves.start).and_then(Option::as_mut);
        leaf.ok_or_else(|| missing(node))
    }

    /// Whether a node is there at the next entry; else that entry is passed over.
    pub(super) fn is_there(&mut self, node: &Node, level: i16) -> Result<bool, ParquetFault> {
        let Some((definition, _)) = self.leaf(node)?.peek()? else {
            return Err(missing(node));
        };
        if definition < level {
            for leaf in node.leaves.clone() {
                self.leaves[leaf].as_mut().ok_or_else(|| missing(node))?.next()?;
            }
        }
        Ok(definition >= level)
    }

    /// Whether the next entry goes on with the list that a node repeats in.
    pub(super) fn goes_on(&mut self, node: &Node, level: i16) -> Result<bool, ParquetFault> {
        let next = self.leaf(node)?.peek()?;
        Ok(next.is_some_and(|(_, repetition)| repetition >= level))
    }

    /// The next value of a node, all that repeats in it included.
    pub(super) fn value(&mut self, node: &Node, said: &mut Said) -> Result<Json, ParquetFault> {
        let Some((there, again)) = node.repeated else {
            return self.one(node, said);
        };
        let mut elements = vec![];
        if self.is_there(node, there)? {
            elements.push(self.one(node, said)?);
            while self.goes_on(node, again)? {
                elements.push(self.one(node, said)?);
            }
        }
        Ok(Json::Array(elements))
    }

    fn one(&mut self, node: &Node, said: &mut Said) -> Result<Json, ParquetFault> {
        if let Kind::Leaf(logic) = &node.kind {
            return self.stored(node, logic, said);
        }
        if let Some(level) = node.there
            && !self.is_there(node, level)?
        {
            return Ok(Json::Null);
        }
        match &node.kind {
            Kind::Leaf(logic) => self.stored(node, logic, said),
            Kind::List(inner) | Kind::Element(inner) => self.value(inner, said),
            Kind::Map(inner) => self.value(inner, said).map(as_object),
            Kind::Group(members) => {
                let mut object = Map::new();
                for member in members {
                    object.insert(member.name.clone(), self.value(member, said)?);
                }
                Ok(Json::Object(object))
            }
        }
    }

    fn stored(&mut self, node: &Node, logic: &Logic, said: &mut Said) -> Result<Json, ParquetFault> {
        let Some(raw) = self.leaf(node)?.next()? else {
            return Ok(Json::Null);
        };
        let (meant, of_value) = logic.read(raw);
        said.reading = said.reading.max(of_value.reading);
        said.rounded |= of_value.rounded;
        said.bad |= of_value.bad;
        Ok(meant.json())
    }

    /// The bytes of the next value of a flat column.
    pub(in crate::load) fn bytes(&mut self, place: &Attribute) -> Result<Option<&[u8]>, ParquetFault> {
        let node = place.node();
        let raw = self.leaf(node)?.next()?;
        Ok(raw.and_then(|raw| match (Logic::Bytes { geometry: None }).read(raw).0 {
            Meant::Bytes(bytes) => Some(bytes),
            _ => None,
        }))
    }
}

fn missing(node: &Node) -> ParquetFault {
    ParquetFault::Column {
        column: node.name.clone(),
        reason: "it ends before the others".into(),
    }
}

/// Pairs of key and value as an object, where the keys are texts.
fn as_object(pairs: Json) -> Json {
    let Json::Array(list) = &pairs else { return pairs };
    let mut object = Map::new();
    for pair in list {
        let mut members = pair.as_object().into_iter().flat_map(|o| o.values());
        let (Some(Json::String(key)), Some(value)) = (members.next(), members.next()) else {
            return pairs;
        };
        object.insert(key.clone(), value.clone());
    }
    Json::Object(object)
}
