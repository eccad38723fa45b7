//! Columns as they grow while a source is read.
//!
//! A column takes the narrowest type that holds all it has seen: nothing → bool → whole number →
//! number, and text for any mixture with text. Texts are kept as a dictionary until that stops
//! paying.

use rustc_hash::FxHashMap;

use super::build::Cell;
use crate::model::feature::{FieldType, ValueRef};

/// A dictionary is given up when it is larger than this and than half the rows.
const DICTIONARY_LIMIT: usize = 1 << 16;

/// Texts one after another.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) offsets: Vec<u32>,
    pub(super) bytes: Vec<u8>,
}

impl Texts {
    pub(super) fn new() -> Self {
        Self {
            offsets: vec![0],
            bytes: vec![],
        }
    }

    /// False where the bytes pass 4 GiB.
    pub(super) fn push(&mut self, text: &str) -> bool {
        self.bytes.extend_from_slice(text.as_bytes());
        let fits = u32::try_from(self.bytes.len());
        self.offsets.push(fits.unwrap_or(u32::MAX));
        fits.is_ok()
    }

    pub(super) fn at(&self, i: usize) -> &str {
        let range = self.offsets[i] as usize..self.offsets[i + 1] as usize;
        std::str::from_utf8(&self.bytes[range]).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }
}

#[derive(Debug)]
pub(super) enum Data {
    Empty,
    Bool(Vec<u8>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Plain(Texts),
    Dictionary {
        codes: Vec<u32>,
        texts: Texts,
        known: FxHashMap<Box<str>, u32>,
    },
}

#[derive(Debug)]
pub(super) struct Column {
    pub(super) kind: Option<FieldType>,
    pub(super) valid: Vec<bool>,
    pub(super) data: Data,
    pub(super) full: bool,
}

impl Column {
    /// A column whose `rows` so far are null; its type is fixed where the source declares one.
    pub(super) fn new(kind: Option<FieldType>, rows: usize) -> Self {
        let mut column = Self {
            kind: None,
            valid: vec![false; rows],
            data: Data::Empty,
            full: false,
        };
        if let Some(kind) = kind {
            column.become_kind(kind);
        }
        column
    }

    pub(super) fn field_type(&self) -> FieldType {
        self.kind.unwrap_or(FieldType::Text)
    }

    pub(super) fn push(&mut self, cell: Cell<'_>) {
        if let Some(kind) = cell.kind() {
            let wanted = self.kind.map_or(kind, |old| wider(old, kind));
            if self.kind != Some(wanted) {
                self.become_kind(wanted);
            }
        }
        self.valid.push(cell.kind().is_some());
        match &mut self.data {
            Data::Empty => {}
            Data::Bool(v) => v.push(u8::from(matches!(cell, Cell::Bool(true)))),
            Data::Int(v) => v.push(match cell {
                Cell::Int(n) => n,
                Cell::Bool(b) => i64::from(b),
                _ => 0,
            }),
            Data::Float(v) => v.push(match cell {
                Cell::Float(x) => x,
                Cell::Int(n) => n as f64,
                Cell::Bool(b) => f64::from(u8::from(b)),
                _ => 0.0,
            }),
            Data::Plain(_) | Data::Dictionary { .. } => {
                let text = cell.value().to_text();
                self.push_text(text.as_deref().unwrap_or_default());
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        match &mut self.data {
            Data::Plain(texts) => self.full |= !texts.push(text),
            Data::Dictionary { codes, texts, known } => {
                if let Some(&code) = known.get(text) {
                    codes.push(code);
                    return;
                }
                let code = texts.len() as u32;
                self.full |= !texts.push(text);
                known.insert(text.into(), code);
                codes.push(code);
                if texts.len() > DICTIONARY_LIMIT && texts.len() > codes.len() / 2 {
                    self.open_dictionary();
                }
            }
            _ => {}
        }
    }

    fn open_dictionary(&mut self) {
        if let Data::Dictionary { codes, texts, .. } = &self.data {
            let mut plain = Texts::new();
            let mut fits = true;
            for &code in codes {
                fits &= plain.push(texts.at(code as usize));
            }
            self.full |= !fits;
            self.data = Data::Plain(plain);
        }
    }

    /// Makes room for `factor` times the rows that there are; what the system does not give is left.
    pub(super) fn reserve_for(&mut self, factor: f64) {
        room(&mut self.valid, factor);
        // Nearly all texts are new: no dictionary pays.
        if let Data::Dictionary { codes, texts, .. } = &self.data
            && texts.len() > codes.len() / 10 * 9
            && (codes.len() as f64 * factor) as usize > DICTIONARY_LIMIT
        {
            self.open_dictionary();
        }
        match &mut self.data {
            Data::Empty => {}
            Data::Bool(v) => room(v, factor),
            Data::Int(v) => room(v, factor),
            Data::Float(v) => room(v, factor),
            Data::Plain(texts) => {
                room(&mut texts.offsets, factor);
                room(&mut texts.bytes, factor);
            }
            Data::Dictionary { codes, .. } => room(codes, factor),
        }
    }

    /// The value of a row, as the column's type.
    pub(super) fn value(&self, row: usize) -> ValueRef<'_> {
        if !self.valid[row] {
            return ValueRef::Null;
        }
        match &self.data {
            Data::Empty => ValueRef::Null,
            Data::Bool(v) => ValueRef::Bool(v[row] != 0),
            Data::Int(v) => ValueRef::Int(v[row]),
            Data::Float(v) => ValueRef::Float(v[row]),
            Data::Plain(texts) => ValueRef::Text(texts.at(row)),
            Data::Dictionary { codes, texts, .. } => ValueRef::Text(texts.at(codes[row] as usize)),
        }
    }

    /// Changes the type, rewriting what is there.
    fn become_kind(&mut self, kind: FieldType) {
        let rows = self.valid.len();
        let values = |column: &Self| (0..rows).map(|r| number(column.value(r))).collect::<Vec<f64>>();
        let data = match kind {
            FieldType::Bool => Data::Bool(vec![0; rows]),
            FieldType::Int => Data::Int(match &self.data {
                Data::Bool(v) => v.iter().map(|&b| i64::from(b)).collect(),
                _ => vec![0; rows],
            }),
            FieldType::Float => Data::Float(values(self)),
            _ if matches!(self.data, Data::Plain(_) | Data::Dictionary { .. }) => {
                self.kind = Some(kind);
                return;
            }
            _ => {
                let old = std::mem::replace(
                    self,
                    Self {
                        kind: None,
                        valid: vec![],
                        data: Data::Empty,
                        full: false,
                    },
                );
                self.data = Data::Dictionary {
                    codes: vec![],
                    texts: Texts::new(),
                    known: FxHashMap::default(),
                };
                for row in 0..rows {
                    self.push_text(old.value(row).to_text().as_deref().unwrap_or_default());
                }
                self.valid = old.valid;
                self.full |= old.full;
                self.kind = Some(kind);
                return;
            }
        };
        self.data = data;
        self.kind = Some(kind);
    }

    /// Declares text to be of a narrower type (dates): the caller has checked every value.
    pub(super) fn retype(&mut self, kind: FieldType) {
        if matches!(self.data, Data::Plain(_) | Data::Dictionary { .. }) {
            self.kind = Some(kind);
        }
    }
}

/// Room for `factor` times what a list holds. Memory that is never written to is never taken: too much room costs
/// nothing, while a list that outgrows its room is copied.
pub(super) fn room<T>(list: &mut Vec<T>, factor: f64) {
    let wanted = (list.len() as f64 * factor) as usize;
    // Where there is none, the list grows as it needs.
    let _ = list.try_reserve_exact(wanted.saturating_sub(list.len()));
}

fn number(value: ValueRef<'_>) -> f64 {
    match value {
        ValueRef::Int(n) => n as f64,
        ValueRef::Float(x) => x,
        ValueRef::Bool(b) => f64::from(u8::from(b)),
        _ => 0.0,
    }
}

/// The narrowest type that holds both.
fn wider(a: FieldType, b: FieldType) -> FieldType {
    use FieldType::{Bool, Date, DateTime, Float, Int, Text};
    match (a, b) {
        (a, b) if a == b => a,
        (Bool, Int) | (Int, Bool) => Int,
        (Bool | Int, Float) | (Float, Bool | Int) => Float,
        (Date, DateTime) | (DateTime, Date) => DateTime,
        _ => Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[Cell<'_>], kind: FieldType, texts: &[Option<&str>]) {
        let mut column = Column::new(None, 0);
        cells.iter().for_each(|c| column.push(*c));
        assert_eq!(column.field_type(), kind);
        let found: Vec<_> = (0..cells.len())
            .map(|r| column.value(r).to_text().map(std::borrow::Cow::into_owned))
            .collect();
        let expected: Vec<_> = texts.iter().map(|t| t.map(str::to_owned)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_column_takes_the_narrowest_type_that_holds_all() {
        check(
            &[Cell::Null, Cell::Bool(true), Cell::Int(3)],
            FieldType::Int,
            &[None, Some("1"), Some("3")],
        );
        check(
            &[Cell::Int(1), Cell::Float(0.5)],
            FieldType::Float,
            &[Some("1"), Some("0.5")],
        );
        check(
            &[Cell::Int(1), Cell::Null, Cell::Text("a")],
            FieldType::Text,
            &[Some("1"), None, Some("a")],
        );
        check(&[Cell::Null, Cell::Null], FieldType::Text, &[None, None]);
    }

    #[test]
    fn many_distinct_texts_leave_the_dictionary() {
        let mut column = Column::new(None, 0);
        let texts: Vec<String> = (0..70_000).map(|i| i.to_string()).collect();
        texts.iter().for_each(|t| column.push(Cell::Text(t)));
        assert!(matches!(column.data, Data::Plain(_)));
        assert_eq!(column.value(69_999), ValueRef::Text("69999"));
    }
}
