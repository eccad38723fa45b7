//! Rows of the sheets of an Excel workbook: XLSX, XLSM and XLSB, by calamine.
//!
//! In: a file. Out: its sheets, and the rows of one, cell by cell as the file has them: a dimension that it
//! claims costs nothing. Formulas give the values that were saved with them. Workbooks of Office 97 (XLS) are not read:
//! calamine follows the chains of sectors of a damaged one without end. OpenDocument is [`super::ods`]'s.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Sheet, SheetType, SheetVisible, Xlsb, Xlsx};

use super::cell::{Cell, GridRow};
use super::error::GridError;
use super::header::Merged;

/// Columns of a table.
pub(in crate::load) const COLUMNS: usize = 4_096;

/// Bytes of a spreadsheet's parts, unpacked.
pub(in crate::load) const UNPACKED_BYTES: u64 = 4 << 30;

type Buffered = BufReader<File>;

/// A workbook.
pub(in crate::load) enum Workbook {
    Xlsx(Box<Xlsx<Buffered>>),
    Xlsb(Box<Xlsb<Buffered>>),
}

/// What a file of a spreadsheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Book {
    Xlsx,
    Xlsb,
    Ods,
}

/// What a spreadsheet is by its parts. Those together are bounded.
pub(in crate::load) fn kind_of(path: &Path) -> Result<Book, GridError> {
    let file = File::open(path)?;
    let mut zip = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|e| GridError::broken("as a spreadsheet", format!("its archive can't be read ({e})")))?;
    let mut total = 0u64;
    for i in 0..zip.len() {
        let part = zip
            .by_index_raw(i)
            .map_err(|e| GridError::broken("as a spreadsheet", e.to_string()))?;
        total = total.saturating_add(part.size());
    }
    if total > UNPACKED_BYTES {
        return Err(GridError::TooLarge(format!(
            "its parts are {} MB unpacked; at most {} MB are read",
            total >> 20,
            UNPACKED_BYTES >> 20
        )));
    }
    let has = |name: &str| zip.index_for_name(name).is_some();
    if has("content.xml") {
        Ok(Book::Ods)
    } else if has("xl/workbook.bin") {
        Ok(Book::Xlsb)
    } else if zip
        .file_names()
        .any(|n| n.is_ok_and(|n| n.eq_ignore_ascii_case("xl/workbook.xml")))
    {
        Ok(Book::Xlsx)
    } else {
        Err(GridError::NoTable("it is an archive, but no spreadsheet".into()))
    }
}

impl Workbook {
    /// Opens a workbook.
    pub(in crate::load) fn open(path: &Path, kind: Book) -> Result<Self, GridError> {
        let file = BufReader::new(File::open(path)?);
        Ok(match kind {
            Book::Xlsb => Self::Xlsb(Box::new(Xlsb::new(file).map_err(broken)?)),
            Book::Xlsx | Book::Ods => Self::Xlsx(Box::new(Xlsx::new(file).map_err(broken)?)),
        })
    }

    /// Its sheets of cells in their order, with whether they are shown.
    pub(in crate::load) fn sheets(&self) -> Vec<(String, bool)> {
        let all = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xlsb(book) => book.sheets_metadata(),
        };
        let of_cells = |s: &&Sheet| s.typ == SheetType::WorkSheet;
        all.iter()
            .filter(of_cells)
            .map(|s| (s.name.clone(), s.visible == SheetVisible::Visible))
            .collect()
    }

    /// A sheet's merged cells; `None` where the format does not say.
    pub(in crate::load) fn merged(&mut self, sheet: &str) -> Option<Vec<Merged>> {
        let found: Vec<Dimensions> = match self {
            Self::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).ok()?,
            Self::Xlsb(_) => return None,
        };
        let one = |d: Dimensions| Merged {
            rows: (u64::from(d.start.0), u64::from(d.end.0)),
            columns: (d.start.1 as usize, d.end.1 as usize),
        };
        Some(found.into_iter().map(one).collect())
    }

    /// Gives every row of a sheet that has cells, until `each` says false.
    pub(in crate::load) fn visit(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(&GridRow) -> bool,
    ) -> Result<(), GridError> {
        let mut rows = Rows::new(sheet, each);
        match self {
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
                while let Some(cell) = cells.next_cell().map_err(|e| rows.broken(&e))? {
                    if !rows.add(cell.get_position(), cell.get_value())? {
                        return Ok(());
                    }
                }
            }
            Self::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
                while let Some(cell) = cells.next_cell().map_err(|e| rows.broken(&e))? {
                    if !rows.add(cell.get_position(), cell.get_value())? {
                        return Ok(());
                    }
                }
            }
        }
        rows.flush();
        Ok(())
    }
}

fn broken(error: impl std::fmt::Display) -> GridError {
    GridError::broken("as a spreadsheet", error.to_string())
}

/// Cells put together to rows.
struct Rows<'a> {
    sheet: &'a str,
    row: GridRow,
    each: &'a mut dyn FnMut(&GridRow) -> bool,
}

impl<'a> Rows<'a> {
    fn new(sheet: &'a str, each: &'a mut dyn FnMut(&GridRow) -> bool) -> Self {
        Self {
            sheet,
            row: GridRow::default(),
            each,
        }
    }

    fn place(&self) -> String {
        format!("in sheet \"{}\" after row {}", self.sheet, self.row.number)
    }

    fn broken(&self, error: &dyn std::fmt::Display) -> GridError {
        GridError::broken(self.place(), error.to_string())
    }

    /// Adds a cell at a row and column from 0; false where no more are wanted.
    fn add(&mut self, at: (u32, u32), value: &DataRef<'_>) -> Result<bool, GridError> {
        let number = u64::from(at.0) + 1;
        if number < self.row.number {
            return Err(GridError::broken(self.place(), "its rows are out of order"));
        }
        if number > self.row.number {
            if !self.flush() {
                return Ok(false);
            }
            self.row.start(number);
        }
        if *value == DataRef::Empty {
            return Ok(true);
        }
        let column = at.1 as usize;
        if column >= COLUMNS {
            return Err(GridError::TooLarge(format!(
                "sheet \"{}\", row {number} has a cell in column {}; at most {COLUMNS} columns are read",
                self.sheet,
                column + 1
            )));
        }
        put(&mut self.row, column, value);
        Ok(true)
    }

    /// Gives the row; false where no more are wanted.
    fn flush(&mut self) -> bool {
        self.row.number == 0 || (self.each)(&self.row)
    }
}

fn put(row: &mut GridRow, column: usize, value: &DataRef<'_>) {
    match value {
        DataRef::Int(n) => row.put(column, Cell::Int(*n)),
        DataRef::Float(x) if x.is_finite() => row.put(column, Cell::Number(*x)),
        DataRef::String(s) => row.put(column, Cell::Text(s)),
        DataRef::SharedString(s) => row.put(column, Cell::Text(s)),
        DataRef::Bool(b) => row.put(column, Cell::Bool(*b)),
        DataRef::DateTime(at) => put_time(row, column, at),
        DataRef::DateTimeIso(text) => put_iso(row, column, text),
        DataRef::DurationIso(text) => row.put(column, Cell::Text(text)),
        DataRef::Error(error) => row.put(column, Cell::Error(&error.to_string())),
        DataRef::Float(_) | DataRef::Empty => {}
    }
}

/// Serial numbers of days begin at 1; what is below is a time of day.
fn put_time(row: &mut GridRow, column: usize, at: &ExcelDateTime) {
    let serial = at.as_f64();
    if at.is_duration() || (0.0..1.0).contains(&serial) {
        let seconds = (serial * 86_400.0).round() as i64;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return row.put(
            column,
            Cell::Text(&format!("{hours:02}:{:02}:{:02}", minutes.abs(), (seconds % 60).abs())),
        );
    }
    // Beyond Excel's days there is only the number; so for its 29 February 1900, which was none.
    let (y, m, d, hour, minute, second, milli) = at.to_ymd_hms_milli();
    if !(1.0..2_958_466.0).contains(&serial) || (y, m, d) == (1900, 2, 29) {
        return row.put(column, Cell::Number(serial));
    }
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        return row.put(column, Cell::Date(&format!("{y:04}-{m:02}-{d:02}")));
    }
    let fraction = if milli == 0 {
        String::new()
    } else {
        format!(".{milli:03}")
    };
    let text = format!("{y:04}-{m:02}-{d:02}T{hour:02}:{minute:02}:{second:02}{fraction}");
    row.put(column, Cell::DateTime(&text));
}

/// A day, or a day and time, as ISO 8601; anything else is text.
pub(in crate::load) fn put_iso(row: &mut GridRow, column: usize, text: &str) {
    let bytes = text.as_bytes();
    let digits = |r: std::ops::Range<usize>| bytes.get(r).is_some_and(|b| b.iter().all(u8::is_ascii_digit));
    let is_day =
        digits(0..4) && digits(5..7) && digits(8..10) && bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-');
    match text.get(10..) {
        Some("" | "T00:00:00" | "T00:00:00Z" | "T00:00:00.000000000") if is_day => {
            row.put(column, Cell::Date(&text[..10]))
        }
        Some(time) if is_day && time.starts_with('T') && digits(11..13) && digits(14..16) && digits(17..19) => {
            let end = text[19..]
                .find(|c: char| c != '.' && !c.is_ascii_digit())
                .map_or(text.len(), |i| 19 + i);
            let trimmed = if text[19..end].contains('.') {
                text[..end].trim_end_matches('0').trim_end_matches('.')
            } else {
                &text[..end]
            };
            row.put(column, Cell::DateTime(&format!("{trimmed}{}", &text[end..])));
        }
        _ => row.put(column, Cell::Text(text)),
    }
}
