//! The first reading of a table: its header, what its columns hold, where its rows lie.
//!
//! In: a grid and the settings. Out: a [`Survey`], from which the second reading makes rows. All of the table
//! is read, and as much kept as one row, the first [`HEADER_ROWS`] and a few counts per column.

use super::cell::GridRow;
use super::error::GridError;
use super::grid::Grid;
use super::header::{self, HEADER_ROWS, Merged};
use super::place::{Candidates, Chosen, Named, Placing};
use super::rows::{Sort, sort_of};
use super::types::Column;
use super::workbook::COLUMNS;
use crate::load::job::TableSettings;
use crate::model::feature::FieldType;
use crate::model::schema::canonical_headers;
use crate::model::text::fold;

/// What a table is.
#[derive(Debug)]
pub(in crate::load) struct Survey {
    /// Rows at the beginning that are not data, by their order.
    pub(in crate::load) above: u64,
    /// How many of those are the header.
    pub(in crate::load) header_rows: u64,
    /// Cells of the header.
    pub(in crate::load) header_width: usize,
    /// The columns that become fields: where they stand, name, type.
    pub(in crate::load) fields: Vec<(usize, String, FieldType)>,
    /// The name of the column of geometries.
    pub(in crate::load) geometry: Option<String>,
    /// Where rows lie.
    pub(in crate::load) chosen: Chosen,
    /// Names of all columns, for words.
    pub(in crate::load) names: Vec<String>,
    /// Merged cells.
    pub(in crate::load) merged: Vec<Merged>,
    /// Rows of data.
    pub(in crate::load) rows: u64,
}

/// Why a table could not be surveyed.
#[derive(Debug)]
pub(in crate::load) enum Unfit {
    Grid(GridError),
    /// A column of the settings that is not there; those that are.
    NoColumn(String, Vec<String>),
}

impl From<GridError> for Unfit {
    fn from(error: GridError) -> Self {
        Self::Grid(error)
    }
}

/// Reads a table for what it is; `None` where nothing is in it.
pub(in crate::load) fn survey(grid: &mut Grid<'_>, settings: &TableSettings) -> Result<Option<Survey>, Unfit> {
    let merged = grid.merged();
    let looked_at = settings
        .header
        .map_or(HEADER_ROWS, |n| (n as usize).clamp(HEADER_ROWS, MOST_HEADER_ROWS));
    let mut sample: Vec<GridRow> = vec![];
    grid.visit(&mut |row, _| {
        sample.push(row.clone());
        sample.len() < looked_at
    })?;
    if sample.iter().all(GridRow::is_empty) {
        return Ok(None);
    }
    let found = match (grid.own_names(), settings.header) {
        (Some(names), _) => header::Header {
            first: 0,
            rows: 0,
            names,
        },
        (None, Some(number)) => {
            let [word, _] = grid.row_word();
            header::at_row(&sample, number).ok_or_else(|| {
                let reason = format!("the settings say that the header stands in {word} {number}, where there is none");
                GridError::NoTable(reason)
            })?
        }
        (None, None) => header::find(&sample, merged.as_deref()),
    };
    let header_width = sample
        .get(found.first)
        .filter(|_| found.rows > 0)
        .map_or(0, GridRow::width);
    drop(sample);
    let mut reading = Reading::new(found, header_width, settings)?;
    let mut over = None;
    grid.visit(&mut |row, _| {
        if row.filled_width() > COLUMNS {
            over = Some(row.number);
            return false;
        }
        reading.add(row);
        true
    })?;
    if let Some(number) = over {
        let [word, _] = grid.row_word();
        let reason = format!("{word} {number} has more than {COLUMNS} columns");
        return Err(GridError::TooLarge(reason).into());
    }
    reading.finish(grid, merged.unwrap_or_default()).map(Some)
}

/// Rows among which the settings may place the header.
pub(in crate::load) const MOST_HEADER_ROWS: usize = 10_000;

/// The reading of all rows.
struct Reading {
    above: u64,
    header_rows: u64,
    header_width: usize,
    /// Names in the header; empty where it has none.
    named: Vec<String>,
    at: u64,
    columns: Vec<Column>,
    candidates: Candidates,
    wanted: Named,
    rows: u64,
}

impl Reading {
    fn new(header: header::Header, header_width: usize, settings: &TableSettings) -> Result<Self, Unfit> {
        let names = canonical_headers(&header.names);
        let wanted = wanted(&names, settings)?;
        Ok(Self {
            above: (header.first + header.rows) as u64,
            header_rows: header.rows as u64,
            header_width,
            at: 0,
            columns: vec![Column::default(); names.len()],
            candidates: Candidates::new(&names, &wanted),
            named: names,
            wanted,
            rows: 0,
        })
    }

    fn add(&mut self, row: &GridRow) {
        self.at += 1;
        if self.at <= self.above || sort_of(row, self.rows > 0) != Sort::Data {
            return;
        }
        self.rows += 1;
        let width = row.filled_width();
        if self.columns.len() < width {
            self.columns.resize(width, Column::default());
        }
        for (column, cell) in self.columns.iter_mut().zip(row.cells()) {
            column.add(cell);
        }
        self.candidates.add(width.max(self.named.len()), |i| row.cell(i));
    }

    fn finish(self, grid: &Grid<'_>, merged: Vec<Merged>) -> Result<Survey, Unfit> {
        let mut names = self.named.clone();
        header::complete(&mut names, self.columns.len());
        let mut columns = self.columns;
        columns.resize(names.len(), Column::default());
        let chosen = self.candidates.choose(&names, &columns, &self.wanted);
        let geometry = match &chosen.placing {
            Placing::Geometry(found) => found.first().copied(),
            _ => None,
        };
        let writing = grid.writing();
        let is_named = |i: usize| self.named.get(i).is_some_and(|n| !n.is_empty());
        let fields = (0..names.len())
            .filter(|i| Some(*i) != geometry && (is_named(*i) || columns[*i].filled() > 0))
            .map(|i| (i, names[i].clone(), columns[i].kind(&names[i], writing)))
            .collect();
        Ok(Survey {
            above: self.above,
            header_rows: self.header_rows,
            header_width: self.header_width,
            fields,
            geometry: geometry.map(|i| names[i].clone()),
            chosen,
            names,
            merged,
            rows: self.rows,
        })
    }
}

/// The columns that the settings name.
fn wanted(names: &[String], settings: &TableSettings) -> Result<Named, Unfit> {
    let find = |name: &Option<String>| -> Result<Option<usize>, Unfit> {
        let Some(name) = name else { return Ok(None) };
        let exact = names.iter().position(|n| n == name);
        let alike = || names.iter().position(|n| fold(n) == fold(name));
        let found = exact.or_else(alike);
        found
            .map(Some)
            .ok_or_else(|| Unfit::NoColumn(name.clone(), names.to_vec()))
    };
    let (x, y) = (find(&settings.x)?, find(&settings.y)?);
    Ok(Named {
        geometry: find(&settings.geometry)?,
        axes: x.zip(y),
        system: find(&settings.crs_field)?,
    })
}
