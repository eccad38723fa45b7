//! Parquet, with geometry (GeoParquet 1.0 and 1.1, Parquet's own geometry types) or without.
//!
//! In: a file. Out: its plan (which columns are attributes, which one is the geometry, in which system) and its rows,
//! row group after row group, a page of each column at a time, so that memory does not grow with the file.
//!
//! - [`geo`]: what the file says of its geometry;
//! - [`schema`]: the tree of columns, and what each one is;
//! - [`leaf`]: one stored column, value by value, with its levels;
//! - [`logic`]: what a stored value means: days, instants, decimals, texts;
//! - [`nested`]: lists, structures and maps put together again;
//! - [`native`]: geometries that are stored as columns of numbers.
//!
//! The decoder is the `parquet` crate, without arrow. What makes it panic is refused like what makes it fail. Not here:
//! rows on their way into a layer (`read_parquet`).

mod geo;
mod leaf;
mod logic;
mod native;
mod nested;
mod plan;
mod schema;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};

pub(super) use geo::{GeoError, System};
pub(super) use nested::Cursors;
pub(super) use plan::{Attribute, Place, Plan};

/// Columns, as they are stored: each member of a structure is one.
pub(super) const MOST_COLUMNS: usize = 10_000;

/// Structures and lists within each other.
pub(super) const DEEPEST_SCHEMA: usize = 32;

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum ParquetFault {
    /// It is no Parquet, or its footer is gone.
    #[error("{0}")]
    Footer(String),
    /// A column breaks off or holds what it can't.
    #[error("in column \"{column}\": {reason}")]
    Column {
        /// Its name.
        column: String,
        /// What is wrong.
        reason: String,
    },
    /// The geometry's description is wrong.
    #[error(transparent)]
    Geo(#[from] GeoError),
    /// More than is read.
    #[error("{0}")]
    TooMuch(String),
}

/// An open file.
pub(super) struct Parquet {
    reader: SerializedFileReader<File>,
    pub(super) plan: Plan,
}

impl Parquet {
    /// Reads the footer and makes the plan.
    pub(super) fn open(file: File) -> Result<Self, ParquetFault> {
        let length = file.metadata().map_or(0, |m| m.len());
        let footer = |error: ParquetError| ParquetFault::Footer(words(&error));
        let reader = guarded(|| SerializedFileReader::new(file)).map_err(footer)?;
        check(&reader, length)?;
        let metadata = reader.metadata().file_metadata();
        let schema = schema::read(metadata.schema_descr())?;
        let key = |name: &str| {
            let pairs = metadata.key_value_metadata().into_iter().flatten();
            pairs
                .into_iter()
                .find(|pair| pair.key == name)
                .and_then(|pair| pair.value.clone())
        };
        let plan = Plan::make(schema, &key)?;
        Ok(Self { reader, plan })
    }

    /// Rows, by the footer.
    pub(super) fn rows(&self) -> u64 {
        u64::try_from(self.reader.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Row groups.
    pub(super) fn groups(&self) -> usize {
        self.reader.num_row_groups()
    }

    /// Rows of a row group.
    pub(super) fn rows_of(&self, group: usize) -> u64 {
        u64::try_from(self.reader.metadata().row_group(group).num_rows()).unwrap_or(0)
    }

    /// The columns of a row group, at its first row.
    pub(super) fn cursors(&self, group: usize) -> Result<Cursors, ParquetFault> {
        let footer = |error: ParquetError| ParquetFault::Footer(words(&error));
        let rows = guarded(|| self.reader.get_row_group(group)).map_err(footer)?;
        Cursors::open(rows.as_ref(), &self.plan)
    }
}

/// Whether the footer promises what the file can hold.
fn check(reader: &SerializedFileReader<File>, length: u64) -> Result<(), ParquetFault> {
    let metadata = reader.metadata();
    let columns = metadata.file_metadata().schema_descr().num_columns();
    if columns > MOST_COLUMNS {
        return Err(ParquetFault::TooMuch(format!(
            "{columns} columns are more than {MOST_COLUMNS}"
        )));
    }
    let wrong = |what: &str| Err(ParquetFault::Footer(format!("the footer is damaged: {what}")));
    let mut rows = 0i64;
    for group in metadata.row_groups() {
        if group.num_columns() != columns {
            return wrong("a row group has other columns than the file");
        }
        if group.num_rows() < 0 {
            return wrong("a row group of fewer than no rows");
        }
        rows = rows.saturating_add(group.num_rows());
        for column in group.columns() {
            let (start, size) = (column.data_page_offset(), column.compressed_size());
            let start = column.dictionary_page_offset().map_or(start, |d| d.min(start));
            let inside = u64::try_from(start).ok().zip(u64::try_from(size).ok());
            if inside
                .and_then(|(start, size)| start.checked_add(size))
                .is_none_or(|end| end > length)
            {
                return wrong("a column lies outside of the file");
            }
        }
    }
    if rows != metadata.file_metadata().num_rows() {
        return wrong("its row groups have other rows than the file");
    }
    Ok(())
}

/// Calls the decoder; a panic of it is an error.
fn guarded<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no words");
        Err(ParquetError::General(format!("the decoder gave up: {said}")))
    })
}

/// The decoder's words, without the name of its kind of error before them.
fn words(error: &ParquetError) -> String {
    let text = match error {
        ParquetError::General(text) | ParquetError::NYI(text) | ParquetError::EOF(text) => text.clone(),
        other => other.to_string(),
    };
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}
