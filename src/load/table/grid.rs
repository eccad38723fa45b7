//! The readers of tables as one.

use super::cell::GridRow;
use super::csv::CsvGrid;
use super::error::GridError;
use super::header::Merged;
use super::json::Records;
use super::ods::Ods;
use super::types::Writing;
use super::workbook::Workbook;

/// Cells of one sheet that hold something.
pub(in crate::load) const CELLS: u64 = 100_000_000;

/// What is said of a sheet of more than [`CELLS`].
pub(in crate::load) fn too_many_cells() -> GridError {
    GridError::TooLarge(format!("a sheet of more than {CELLS} cells; save it as CSV"))
}

/// One table of a file.
pub(in crate::load) enum Grid<'a> {
    /// A file of text.
    Csv(&'a CsvGrid),
    /// A sheet of a workbook.
    Sheet(&'a mut Workbook, String),
    /// A sheet of OpenDocument.
    Ods(&'a Ods, String),
    /// A table of JSON.
    Json(&'a Records),
}

impl Grid<'_> {
    /// How its cells are to be understood.
    pub(in crate::load) fn writing(&self) -> Writing {
        match self {
            Self::Csv(csv) if csv.delimiter == b',' => Writing::CommaText,
            Self::Csv(_) => Writing::Text,
            Self::Sheet(..) | Self::Ods(..) | Self::Json(_) => Writing::Typed,
        }
    }

    /// The names of its columns, where it has them apart from its rows.
    pub(in crate::load) fn own_names(&self) -> Option<Vec<String>> {
        match self {
            Self::Json(records) => Some(records.names.clone()),
            _ => None,
        }
    }

    /// Its merged cells; `None` where the format knows none.
    pub(in crate::load) fn merged(&mut self) -> Option<Vec<Merged>> {
        match self {
            Self::Sheet(book, sheet) => book.merged(sheet),
            Self::Ods(ods, sheet) => ods.sheets.iter().find(|s| s.name == *sheet).map(|s| s.merged.clone()),
            Self::Csv(_) | Self::Json(_) => None,
        }
    }

    /// How its users call a row, in English and French.
    pub(in crate::load) fn row_word(&self) -> [&'static str; 2] {
        match self {
            Self::Csv(_) => ["line", "ligne"],
            Self::Sheet(..) | Self::Ods(..) => ["row", "ligne"],
            Self::Json(_) => ["item", "élément"],
        }
    }

    /// Whether a gap in the numbers of its rows is one of empty rows.
    pub(in crate::load) fn counts_empty_rows(&self) -> bool {
        matches!(self, Self::Sheet(..) | Self::Ods(..))
    }

    /// Gives every row, and the bytes read so far where they are known, until `each` says false.
    pub(in crate::load) fn visit(&mut self, each: &mut dyn FnMut(&GridRow, u64) -> bool) -> Result<(), GridError> {
        let (mut cells, mut over) = (0u64, false);
        let mut counted = |row: &GridRow| {
            cells += row.width() as u64;
            over = cells > CELLS;
            !over && each(row, 0)
        };
        match self {
            Self::Csv(csv) => return csv.visit(each),
            Self::Sheet(book, sheet) => book.visit(sheet, &mut counted)?,
            Self::Ods(ods, sheet) => ods.visit(sheet, &mut counted)?,
            Self::Json(records) => records.visit(&mut counted),
        }
        if over {
            return Err(too_many_cells());
        }
        Ok(())
    }
}
