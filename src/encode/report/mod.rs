//! Load reports for people and programs: a document, a table, points on a map, a page, lines of text.
//!
//! In: a report that was already cut to what its reader may see, and the name of its layer. Out: bytes or JSON.
//! One file per format. Every format says how many faults there are beside those that are located.

mod document;
mod geojson;
mod page;
mod table;
mod text;

pub use document::{fault, kinds, summary};
pub use geojson::points;
pub use page::page;
pub use table::table;
pub use text::{lines, place_in_source};

use crate::load::report::{Fault, LoadReport};

/// A layer's report under the layer's name, with the faults that are shown.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The layer's id.
    pub layer: &'a str,
    /// Its report.
    pub report: &'a LoadReport,
    /// The faults that are shown: all of the report, or those of one kind or page.
    pub faults: &'a [&'a Fault],
}
