//! What a column holds, by all of its cells.
//!
//! In: every cell of a column, one after the other. Out: a [`FieldType`]. A column is one of numbers only
//! where every cell is one and nothing is lost by it: codes, digits with leading zeros and numbers beyond
//! 2⁵³ stay text. Days are left as text where they came as text: `dates` settles them, with the keys.

use super::cell::Cell;
use super::codes;
use super::number::{self, Mark, luhn, number};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::row::Row;

/// How a source's cells are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Writing {
    /// Everything is text; a comma may part decimals.
    Text,
    /// Everything is text, and commas part the cells.
    CommaText,
    /// Numbers are numbers; a text is one only among those.
    Typed,
}

/// What was met in a column.
#[derive(Debug, Clone, Default)]
pub(in crate::load) struct Column {
    filled: u64,
    numbers: u64,
    number_texts: u64,
    bools: u64,
    bool_texts: u64,
    days: u64,
    instants: u64,
    jsons: u64,
    fractions: bool,
    points: bool,
    commas: bool,
    leading_zeros: bool,
    beyond_exact: bool,
    not_luhn: bool,
    not_ymd: bool,
    digits: Option<usize>,
    ragged: bool,
}

impl Column {
    /// Adds a cell.
    pub(in crate::load) fn add(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Empty | Cell::Error(_) => return,
            Cell::Number(x) => {
                self.numbers += 1;
                match number::whole(x) {
                    Some(n) => self.add_digits(&n.to_string()),
                    None if x == x.trunc() => self.beyond_exact = true,
                    None => self.fractions = true,
                }
            }
            Cell::Int(n) => {
                self.numbers += 1;
                self.beyond_exact |= n.abs() > number::EXACT;
                self.add_digits(&n.to_string());
            }
            Cell::Bool(_) => self.bools += 1,
            Cell::Date(_) => self.days += 1,
            Cell::DateTime(_) => self.instants += 1,
            Cell::Json(_) => self.jsons += 1,
            Cell::Text(text) => self.add_text(text),
        }
        self.filled += 1;
    }

    fn add_text(&mut self, text: &str) {
        if let Some(found) = number(text) {
            self.number_texts += 1;
            self.leading_zeros |= found.leading_zero;
            self.points |= found.mark == Some(Mark::Point);
            self.commas |= found.mark == Some(Mark::Comma);
            self.fractions |= found.whole.is_none();
            self.beyond_exact |= found.whole.is_none() && found.mark.is_none() && !found.exponent;
            if found.whole.is_some() {
                self.add_digits(text.trim());
            }
        } else if is_bool(text).is_some() {
            self.bool_texts += 1;
        }
    }

    fn add_digits(&mut self, text: &str) {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        self.ragged |= *self.digits.get_or_insert(digits) != digits;
        self.not_luhn |= !luhn(text);
        self.not_ymd |= !is_ymd(text);
    }

    /// Cells that hold something.
    pub(in crate::load) fn filled(&self) -> u64 {
        self.filled
    }

    /// Whether nearly every second cell or more is a number: columns of coordinates.
    pub(in crate::load) fn mostly_numbers(&self) -> bool {
        self.filled > 0 && (self.numbers + self.number_texts) * 2 >= self.filled
    }

    /// The column's type.
    pub(in crate::load) fn kind(&self, name: &str, writing: Writing) -> FieldType {
        let all = |n: u64| self.filled > 0 && n == self.filled;
        if all(self.bools + self.bool_texts) && (writing != Writing::Typed || self.bools > 0) {
            return FieldType::Bool;
        }
        if all(self.days) {
            return FieldType::Date;
        }
        if all(self.days + self.instants) {
            return FieldType::DateTime;
        }
        if all(self.jsons) {
            return FieldType::Json;
        }
        if !all(self.numbers + self.number_texts) || !self.are_quantities(name, writing) {
            return FieldType::Text;
        }
        if self.fractions {
            FieldType::Float
        } else {
            FieldType::Int
        }
    }

    /// Whether digits only, and nothing lost as numbers.
    fn are_quantities(&self, name: &str, writing: Writing) -> bool {
        // A text of a spreadsheet is one on purpose, unless it stands among numbers.
        let meant = writing != Writing::Typed || self.numbers > 0;
        // 1,5 beside 2.5: one of the two may part thousands.
        let one_mark = !self.commas || (!self.points && writing != Writing::CommaText);
        let whole = !self.fractions && !self.ragged;
        let registered = whole
            && match self.digits {
                Some(9) => !self.not_luhn,
                Some(14) => true,
                Some(8) => !self.not_ymd && codes::is_day(name),
                _ => false,
            };
        meant && one_mark && !self.leading_zeros && !self.beyond_exact && !registered && !codes::is_code(name)
    }
}

/// Whether a text is a day as eight digits.
fn is_ymd(text: &str) -> bool {
    let part = |r: std::ops::Range<usize>| text.get(r).and_then(|t| t.parse::<u32>().ok());
    text.len() == 8
        && part(0..4).is_some_and(|y| (1800..2200).contains(&y))
        && part(4..6).is_some_and(|m| (1..=12).contains(&m))
        && part(6..8).is_some_and(|d| (1..=31).contains(&d))
}

/// `true` and `false`, in any case. `oui`, `non`, `O`, `N` stay the texts that they are.
pub(in crate::load) fn is_bool(text: &str) -> Option<bool> {
    let text = text.trim();
    match text.len() {
        4 if text.eq_ignore_ascii_case("true") => Some(true),
        5 if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Writes a cell into a row as a value of its column's type; false where it is none.
pub(in crate::load) fn set(row: &mut Row, field: usize, kind: FieldType, cell: Cell<'_>) -> bool {
    use FieldType as T;
    let value = match (kind, cell) {
        (_, Cell::Empty | Cell::Error(_)) => Some(ValueRef::Null),
        (T::Text | T::Json, Cell::Text(s) | Cell::Date(s) | Cell::DateTime(s) | Cell::Json(s))
        | (T::Date, Cell::Date(s))
        | (T::DateTime, Cell::DateTime(s)) => Some(ValueRef::Text(s)),
        (T::DateTime, Cell::Date(s)) => {
            row.set(field, kind, ValueRef::Text(&format!("{s}T00:00:00")));
            return true;
        }
        (T::Text, Cell::Number(x)) => {
            row.set(field, kind, ValueRef::Text(&number::written(x)));
            return true;
        }
        (T::Text, Cell::Int(n)) => {
            row.set(field, kind, ValueRef::Text(&n.to_string()));
            return true;
        }
        (T::Text, Cell::Bool(b)) => Some(ValueRef::Text(if b { "true" } else { "false" })),
        (T::Bool, Cell::Bool(b)) => Some(ValueRef::Bool(b)),
        (T::Bool, Cell::Text(s)) => is_bool(s).map(ValueRef::Bool),
        (T::Int, Cell::Int(n)) => Some(ValueRef::Int(n)),
        (T::Int, Cell::Number(x)) => number::whole(x).map(ValueRef::Int),
        (T::Int, Cell::Text(s)) => number(s).and_then(|n| n.whole).map(ValueRef::Int),
        (T::Float, Cell::Int(n)) => Some(ValueRef::Float(n as f64)),
        (T::Float, Cell::Number(x)) => Some(ValueRef::Float(x)),
        (T::Float, Cell::Text(s)) => number(s).map(|n| ValueRef::Float(n.value)),
        _ => None,
    };
    let fits = value.is_some();
    row.set(field, kind, value.unwrap_or(ValueRef::Null));
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, writing: Writing, cells: &[Cell<'_>]) -> FieldType {
        let mut column = Column::default();
        cells.iter().for_each(|c| column.add(*c));
        column.kind(name, writing)
    }

    #[test]
    fn texts_of_a_file_are_numbers_where_all_are() {
        let check = |name: &str, texts: &[&str], expected| {
            let cells: Vec<_> = texts.iter().map(|t| Cell::Text(t)).collect();
            assert_eq!(kind(name, Writing::Text, &cells), expected, "{name} {texts:?}");
        };
        check("n", &["1", "-2", "1 000"], FieldType::Int);
        check("x", &["1", "2,5"], FieldType::Float);
        check("x", &["1.0", "2.0"], FieldType::Float);
        check("x", &["1.5", "2,5"], FieldType::Text);
        check("x", &["1", "n.c."], FieldType::Text);
        check("x", &["0012", "13"], FieldType::Text);
        check("x", &["9007199254740993"], FieldType::Text);
        check("x", &["62737000AB0012", "6.2737E+13"], FieldType::Text);
        check("x", &["62737000010012", "62737000010013"], FieldType::Text);
        check("insee", &["62737", "62386"], FieldType::Text);
        check("gestionnaire", &["246200364", "356000000"], FieldType::Text);
        check("population", &["246200365", "356000001"], FieldType::Int);
        check("DATVALID", &["20191231", "20200101"], FieldType::Text);
        check("volume", &["20191231", "20200101"], FieldType::Int);
        check("erbm", &["true", "FALSE"], FieldType::Bool);
        check("mh", &["oui", "non"], FieldType::Text);
        check("a", &[], FieldType::Text);
        check("tel", &["0321000000"], FieldType::Text);
        assert_eq!(kind("x", Writing::CommaText, &[Cell::Text("1,5")]), FieldType::Text);
    }

    #[test]
    fn cells_of_a_sheet_keep_their_types() {
        let check = |name: &str, cells: &[Cell<'_>], expected| {
            assert_eq!(kind(name, Writing::Typed, cells), expected, "{name} {cells:?}");
        };
        check("surface", &[Cell::Number(1.0), Cell::Number(2.5)], FieldType::Float);
        check("surface", &[Cell::Number(1.0), Cell::Text("1 250")], FieldType::Int);
        check("n", &[Cell::Text("12"), Cell::Text("13")], FieldType::Text);
        check("Code INSEE", &[Cell::Number(62737.0)], FieldType::Text);
        check("début", &[Cell::Date("2025-01-01"), Cell::Empty], FieldType::Date);
        check(
            "début",
            &[Cell::Date("2025-01-01"), Cell::DateTime("2025-01-01T10:00:00")],
            FieldType::DateTime,
        );
        check(
            "début",
            &[Cell::Date("2025-01-01"), Cell::Text("T2 2025")],
            FieldType::Text,
        );
        check("x", &[Cell::Error("#N/A"), Cell::Number(1.0)], FieldType::Int);
        check("x", &[Cell::Json("[1]")], FieldType::Json);
    }

    #[test]
    fn a_cell_becomes_a_value_of_its_column() {
        let check = |kind, cell: Cell<'_>, expected: ValueRef<'_>| {
            let mut row = Row::default();
            assert!(set(&mut row, 0, kind, cell), "{cell:?}");
            assert_eq!(row.values().next().map(|v| v.1), Some(expected));
        };
        check(FieldType::Text, Cell::Number(62737.0), ValueRef::Text("62737"));
        check(FieldType::Float, Cell::Text("1 234,5"), ValueRef::Float(1234.5));
        check(FieldType::Float, Cell::Text("1.0"), ValueRef::Float(1.0));
        check(
            FieldType::DateTime,
            Cell::Date("2025-01-01"),
            ValueRef::Text("2025-01-01T00:00:00"),
        );
        check(FieldType::Text, Cell::Text(" a "), ValueRef::Text(" a "));
        assert!(!set(&mut Row::default(), 0, FieldType::Int, Cell::Text("a")));
    }
}
