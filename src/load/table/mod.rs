//! Tables: rows of cells, from text with delimiters, spreadsheets and JSON.
//!
//! ```text
//! csv · workbook · ods · json ─ rows of cells ─ header ─ types, places ─ layer
//!                                 (cell)          names    first reading   second reading
//! ```
//! A table is read twice: first for what its columns hold, then for its rows, so that it needs the memory
//! of a row, however long it is.
//!
//! - [`cell`]: a row of cells; [`grid`]: the readers of files as one;
//! - [`header`]: which row names the columns; [`rows`]: totals, empty rows, a template's example;
//! - [`number`], [`codes`], [`types`]: what is a number and what only looks like one;
//! - [`axes`], [`place`]: columns of geometries and coordinates, and their system;
//! - [`text_file`], [`csv`], [`workbook`], [`ods`], [`json`]: a format each; [`written`]: geometries in a cell;
//! - [`survey`]: the first reading; [`layer`]: the second.
//!
//! Not here: keys and days in texts (`dates`, `keys`), repair (`intake`).

pub(super) mod axes;
mod cell;
mod codes;
pub(super) mod csv;
pub(super) mod error;
pub(super) mod grid;
mod header;
pub(super) mod json;
pub(super) mod layer;
mod number;
pub(super) mod ods;
pub(super) mod place;
mod rows;
pub(super) mod survey;
pub(super) mod text_file;
mod types;
pub(super) mod workbook;
mod written;
