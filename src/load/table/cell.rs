//! A row of a table, in buffers that are used again.
//!
//! In: cells as a reader finds them. Out: borrowed cells. Nothing is understood here: a text of a file
//! of text is a text, whatever it looks like.

use std::ops::Range;

use crate::model::encoding::Reading;

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::load) enum Cell<'a> {
    /// Nothing, or blanks only.
    Empty,
    /// Text as it was written.
    Text(&'a str),
    /// A number of a spreadsheet or of JSON.
    Number(f64),
    /// A whole number of JSON.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// A day that a spreadsheet holds as such, ISO 8601.
    Date(&'a str),
    /// A day and time that a spreadsheet holds as such, RFC 3339 without a zone.
    DateTime(&'a str),
    /// A list or object, as JSON.
    Json(&'a str),
    /// A formula that failed, by the spreadsheet's word for it.
    Error(&'a str),
}

impl Cell<'_> {
    /// Whether nothing is in it.
    pub(in crate::load) fn is_empty(&self) -> bool {
        *self == Self::Empty
    }
}

/// A cell, its text in the row's buffer.
#[derive(Debug, Clone, PartialEq)]
enum Slot {
    Empty,
    Text(Range<usize>),
    Number(f64),
    Int(i64),
    Bool(bool),
    Date(Range<usize>),
    DateTime(Range<usize>),
    Json(Range<usize>),
    Error(Range<usize>),
}

/// A row of cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::load) struct GridRow {
    /// Where it stands, as its reader's users count: line of a file, row of a sheet, from 1.
    pub(in crate::load) number: u64,
    /// How its texts were read, the worst of them.
    pub(in crate::load) reading: Reading,
    slots: Vec<Slot>,
    text: String,
}

impl GridRow {
    /// Empties it; the memory is kept.
    pub(in crate::load) fn start(&mut self, number: u64) {
        self.number = number;
        self.reading = Reading::Utf8;
        self.slots.clear();
        self.text.clear();
    }

    /// Puts a cell at a column; what lies between is empty.
    pub(in crate::load) fn put(&mut self, column: usize, cell: Cell<'_>) {
        if self.slots.len() <= column {
            self.slots.resize(column + 1, Slot::Empty);
        }
        self.slots[column] = match cell {
            Cell::Empty => Slot::Empty,
            Cell::Text(s) if is_blank(s) => Slot::Empty,
            Cell::Text(s) => Slot::Text(self.keep(s)),
            Cell::Number(x) => Slot::Number(x),
            Cell::Int(n) => Slot::Int(n),
            Cell::Bool(b) => Slot::Bool(b),
            Cell::Date(s) => Slot::Date(self.keep(s)),
            Cell::DateTime(s) => Slot::DateTime(self.keep(s)),
            Cell::Json(s) => Slot::Json(self.keep(s)),
            Cell::Error(s) => Slot::Error(self.keep(s)),
        };
    }

    /// Adds a cell at the end.
    pub(in crate::load) fn push(&mut self, cell: Cell<'_>) {
        self.put(self.slots.len(), cell);
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Number of cells, empty ones at the end included.
    pub(in crate::load) fn width(&self) -> usize {
        self.slots.len()
    }

    /// Number of cells up to the last that holds something.
    pub(in crate::load) fn filled_width(&self) -> usize {
        let last = self.slots.iter().rposition(|s| *s != Slot::Empty);
        last.map_or(0, |i| i + 1)
    }

    /// A cell; empty past the last.
    pub(in crate::load) fn cell(&self, column: usize) -> Cell<'_> {
        match self.slots.get(column) {
            None | Some(Slot::Empty) => Cell::Empty,
            Some(Slot::Text(r)) => Cell::Text(&self.text[r.clone()]),
            Some(Slot::Number(x)) => Cell::Number(*x),
            Some(Slot::Int(n)) => Cell::Int(*n),
            Some(Slot::Bool(b)) => Cell::Bool(*b),
            Some(Slot::Date(r)) => Cell::Date(&self.text[r.clone()]),
            Some(Slot::DateTime(r)) => Cell::DateTime(&self.text[r.clone()]),
            Some(Slot::Json(r)) => Cell::Json(&self.text[r.clone()]),
            Some(Slot::Error(r)) => Cell::Error(&self.text[r.clone()]),
        }
    }

    /// All cells in order.
    pub(in crate::load) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.slots.len()).map(|i| self.cell(i))
    }

    /// The cells that hold something, with their columns.
    pub(in crate::load) fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        self.cells().enumerate().filter(|(_, cell)| !cell.is_empty())
    }

    /// Whether nothing is in it.
    pub(in crate::load) fn is_empty(&self) -> bool {
        self.filled_width() == 0
    }
}

/// Whether a text is white space only, the spaces of typesetters included.
pub(in crate::load) fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_no_cells() {
        let mut row = GridRow::default();
        row.start(7);
        for cell in [Cell::Text("a"), Cell::Text(" \u{202f}\u{a0}"), Cell::Text("")] {
            row.push(cell);
        }
        assert_eq!((row.width(), row.filled_width()), (3, 1));
        row.put(4, Cell::Number(1.0));
        assert_eq!(
            row.filled().collect::<Vec<_>>(),
            [(0, Cell::Text("a")), (4, Cell::Number(1.0))]
        );
        row.start(8);
        assert!(row.is_empty() && row.cell(9).is_empty());
    }
}
