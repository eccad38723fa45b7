//! Rows of the sheets of an OpenDocument spreadsheet (OASIS ODF 1.3, part 3, 9).
//!
//! In: a file. Out: its sheets, and the rows of one, in the memory of one. A row or cell that repeats is
//! counted, not copied, as long as nothing is in it: a sheet that claims a million empty rows costs nothing.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::cell::{Cell, GridRow, is_blank};
use super::error::GridError;
use super::grid::{CELLS, too_many_cells};
use super::header::Merged;
use super::workbook::{COLUMNS, put_iso};

/// Rows of a sheet: as many as spreadsheets have.
pub(in crate::load) const ROWS: u64 = 1 << 20;

/// Merged cells that are remembered.
const MERGED: usize = 100_000;

/// Spaces that one element may stand for.
const SPACES: usize = 1_000;

/// A sheet.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) struct OdsSheet {
    pub(in crate::load) name: String,
    pub(in crate::load) shown: bool,
    pub(in crate::load) merged: Vec<Merged>,
}

/// A spreadsheet.
#[derive(Debug)]
pub(in crate::load) struct Ods {
    path: PathBuf,
    pub(in crate::load) sheets: Vec<OdsSheet>,
}

impl Ods {
    /// Opens a spreadsheet and lists its sheets.
    pub(in crate::load) fn open(path: &Path) -> Result<Self, GridError> {
        let mut zip = archive(path)?;
        let mut manifest = String::new();
        if let Ok(mut part) = zip.by_name("META-INF/manifest.xml") {
            // One that is no text says nothing, and is not needed.
            let _ = part.by_ref().take(1 << 20).read_to_string(&mut manifest);
        }
        if manifest.contains("encryption-data") {
            let reason = "it is protected by a password; save it without one";
            return Err(GridError::broken("as a spreadsheet", reason));
        }
        let mut walk = Walk::default();
        walk.run(&mut zip, None, &mut |_| true)?;
        Ok(Self {
            path: path.to_owned(),
            sheets: walk.sheets,
        })
    }

    /// Gives every row of a sheet in which something is, until `each` says false.
    pub(in crate::load) fn visit(&self, sheet: &str, each: &mut dyn FnMut(&GridRow) -> bool) -> Result<(), GridError> {
        Walk::default().run(&mut archive(&self.path)?, Some(sheet), each)
    }
}

fn archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, GridError> {
    ZipArchive::new(BufReader::new(File::open(path)?)).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> GridError {
    GridError::broken("as a spreadsheet", error.to_string())
}

/// A walk through the content.
#[derive(Default)]
struct Walk {
    sheets: Vec<OdsSheet>,
    hidden_styles: HashSet<String>,
    style: String,
    /// Tables open: a table may stand in a cell.
    depth: usize,
    row: GridRow,
    /// Rows before this one, and how often it stands.
    above: u64,
    times: u64,
    column: usize,
}

impl Walk {
    fn run(
        &mut self,
        zip: &mut ZipArchive<BufReader<File>>,
        wanted: Option<&str>,
        each: &mut dyn FnMut(&GridRow) -> bool,
    ) -> Result<(), GridError> {
        let content = zip.by_name("content.xml").map_err(broken)?;
        let mut reader = Reader::from_reader(BufReader::new(content));
        reader.config_mut().expand_empty_elements = true;
        let (mut buffer, mut inner) = (vec![], vec![]);
        let mut inside = false;
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer).map_err(|e| self.broken(&e))?;
            match event {
                Event::Start(e) => match e.name().as_ref() {
                    "style:style" => self.style = attribute(&e, "style:name").unwrap_or_default(),
                    "style:table-properties" if attribute(&e, "table:display").as_deref() == Some("false") => {
                        self.hidden_styles.insert(self.style.clone());
                    }
                    "table:table" => {
                        self.depth += 1;
                        if self.depth == 1 {
                            inside = self.begin_sheet(&e, wanted);
                        }
                    }
                    "table:table-row" if self.depth == 1 => {
                        self.times = repeated(&e, "table:number-rows-repeated");
                        self.column = 0;
                        self.row.start(self.above + 1);
                    }
                    "table:table-cell" | "table:covered-table-cell" if self.depth == 1 => {
                        let head = e.to_owned();
                        let text = read_text(&mut reader, &head, &mut inner).map_err(|e| self.broken(&e))?;
                        self.add_cell(&head, &text, inside)?;
                    }
                    _ => {}
                },
                Event::End(e) => match e.name().as_ref() {
                    "table:table" => self.depth = self.depth.saturating_sub(1),
                    "table:table-row" if self.depth == 1 => {
                        if inside && !self.end_row(each)? {
                            return Ok(());
                        }
                        self.above = self.above.saturating_add(self.times);
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn broken(&self, error: &dyn std::fmt::Display) -> GridError {
        let sheet = self.sheets.last().map_or("", |s| s.name.as_str());
        let place = format!("in sheet \"{sheet}\" after row {}", self.above);
        GridError::broken(place, error.to_string())
    }

    /// Whether its rows are wanted.
    fn begin_sheet(&mut self, start: &BytesStart<'_>, wanted: Option<&str>) -> bool {
        let name = attribute(start, "table:name").unwrap_or_default();
        let style = attribute(start, "table:style-name").unwrap_or_default();
        let inside = wanted == Some(name.as_str());
        self.above = 0;
        self.sheets.push(OdsSheet {
            name,
            shown: !self.hidden_styles.contains(&style),
            merged: vec![],
        });
        inside
    }

    fn add_cell(&mut self, start: &BytesStart<'_>, text: &str, inside: bool) -> Result<(), GridError> {
        let times = repeated(start, "table:number-columns-repeated") as usize;
        let first = self.column;
        self.column = first.saturating_add(times);
        let spans = |name| repeated(start, name).clamp(1, ROWS);
        let (wide, high) = (
            spans("table:number-columns-spanned"),
            spans("table:number-rows-spanned"),
        );
        if wide * high > 1
            && let Some(sheet) = self.sheets.last_mut()
            && sheet.merged.len() < MERGED
        {
            sheet.merged.push(Merged {
                rows: (self.above, self.above + high - 1),
                columns: (first, first + wide as usize - 1),
            });
        }
        // What merged cells cover is not shown.
        if !inside || start.name().as_ref() == "table:covered-table-cell" {
            return Ok(());
        }
        let mut one = GridRow::default();
        put(&mut one, start, text);
        if one.is_empty() {
            return Ok(());
        }
        if self.column > COLUMNS {
            return Err(GridError::TooLarge(format!(
                "row {} has a cell in column {}; at most {COLUMNS} columns are read",
                self.above + 1,
                self.column
            )));
        }
        for column in first..self.column {
            self.row.put(column, one.cell(0));
        }
        Ok(())
    }

    /// Gives the row as often as it stands; false where no more are wanted.
    fn end_row(&mut self, each: &mut dyn FnMut(&GridRow) -> bool) -> Result<bool, GridError> {
        if self.row.is_empty() {
            return Ok(true);
        }
        if self.above.saturating_add(self.times) > ROWS {
            return Err(GridError::TooLarge(format!("it has more than {ROWS} rows in a sheet")));
        }
        if self.times.saturating_mul(self.row.width() as u64) > CELLS {
            return Err(too_many_cells());
        }
        for i in 0..self.times {
            self.row.number = self.above + 1 + i;
            if !each(&self.row) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.as_ref() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(|v| v.into_owned())
}

fn repeated(start: &BytesStart<'_>, name: &str) -> u64 {
    attribute(start, name).and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// The text of a cell up to its end: its paragraphs, without comments and drawings.
fn read_text<R: std::io::BufRead>(
    reader: &mut Reader<R>,
    cell: &BytesStart<'_>,
    buffer: &mut Vec<u8>,
) -> Result<String, quick_xml::Error> {
    let (mut text, mut skipping, mut paragraphs, mut inside) = (String::new(), 0usize, 0usize, false);
    loop {
        buffer.clear();
        match reader.read_event_into(buffer)? {
            Event::Start(e) if skipping > 0 || !e.name().as_ref().starts_with("text:") => {
                let _ = e;
                skipping += 1;
            }
            Event::Start(e) => match e.name().as_ref() {
                "text:p" | "text:h" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                    inside = true;
                }
                "text:s" => text.extend(std::iter::repeat_n(' ', (repeated(&e, "text:c") as usize).min(SPACES))),
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                _ => {}
            },
            Event::End(e) if skipping > 0 => {
                let _ = e;
                skipping -= 1;
            }
            Event::End(e) if e.name() == cell.name() => return Ok(text),
            // Blanks between paragraphs are the file's, not the cell's.
            Event::End(e) if matches!(e.name().as_ref(), "text:p" | "text:h") => inside = false,
            Event::Text(t) if skipping == 0 && inside => text.push_str(&t.xml10_content()),
            Event::CData(t) if skipping == 0 && inside => text.push_str(&t),
            Event::GeneralRef(e) if skipping == 0 && inside => match e.resolve_char_ref()? {
                Some(c) => text.push(c),
                None => text.push_str(quick_xml::escape::resolve_xml_entity(&e).unwrap_or_default()),
            },
            Event::Eof => return Ok(text),
            _ => {}
        }
    }
}

/// Puts a cell's value into the first column of a row.
fn put(row: &mut GridRow, start: &BytesStart<'_>, text: &str) {
    let value = |name: &str| attribute(start, name);
    if value("calcext:value-type").as_deref() == Some("error") {
        return row.put(0, Cell::Error(if is_blank(text) { "error" } else { text }));
    }
    match value("office:value-type").as_deref() {
        Some("float" | "percentage" | "currency") => {
            match value("office:value")
                .and_then(|v| v.trim().parse::<f64>().ok())
                .filter(|v| v.is_finite())
            {
                Some(number) => row.put(0, Cell::Number(number)),
                None => row.put(0, Cell::Text(text)),
            }
        }
        Some("boolean") => row.put(0, Cell::Bool(value("office:boolean-value").as_deref() == Some("true"))),
        Some("date") => put_iso(row, 0, &value("office:date-value").unwrap_or_else(|| text.to_owned())),
        Some("string") => match value("office:string-value").filter(|v| !v.is_empty()) {
            Some(value) => row.put(0, Cell::Text(&value)),
            None => row.put(0, Cell::Text(text)),
        },
        // A time of day or a span of time is shown as it is.
        Some(_) => row.put(0, Cell::Text(text)),
        None if text.starts_with('#') || text.starts_with("Err:") => row.put(0, Cell::Error(text)),
        None => row.put(0, Cell::Text(text)),
    }
}
