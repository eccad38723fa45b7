//! A selection of a view's features: which, how many, one page of them.
//!
//! The order is that of sort keys and then ids, which is total, so pages joined are the whole without
//! repeats.

use super::evaluate::Condition;
use super::place::BoxTest;
use super::sort::{self, Position, SortKey};
use super::time::TimeFields;
use super::view::{Row, View};
use crate::model::crs::Area;
use crate::model::predicate::Predicate;
use crate::model::time::TimeSpan;
use crate::ogr::transform::TransformError;

/// What is asked for; all parts have to hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// The geometry meets this box. Features without a place are selected too (OGC 17-069r4, 7.15.3).
    pub area: Option<Area>,
    /// The feature's time meets this span. Features without a time are selected too (7.15.4).
    pub time: Option<TimeSpan>,
    /// The attributes satisfy this.
    pub predicate: Option<Predicate>,
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// After this many features.
    Offset(usize),
    /// After this place in the order.
    After(Position),
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its rows, in order.
    pub rows: Vec<Row>,
    /// How many features are selected in all.
    pub matched: usize,
    /// The position of the first row of the page in the whole.
    pub offset: usize,
}

impl Page {
    /// Whether more follow.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.offset + self.rows.len() < self.matched
    }
}

/// The work was called off: the client has gone or its time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("called off")]
pub struct Cancelled;

/// Why there is no selection.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SelectError {
    /// Called off.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The box can't be brought together with the layer.
    #[error(transparent)]
    Area(#[from] TransformError),
}

/// All selected rows, by id.
///
/// Cost: an index search and a geometry test per feature on the box's edge; a pass over the
/// candidates for time and predicate. `cancelled` is asked every 256 candidates.
///
/// # Errors
/// When called off; a box in a system that has no way to the layer's.
pub fn rows(view: &View, selection: &Selection, cancelled: &dyn Fn() -> bool) -> Result<Vec<Row>, SelectError> {
    let condition = selection
        .predicate
        .as_ref()
        .map(|p| Condition::new(p, |name| view.field(name)));
    // A layer without time has only features without a time.
    let time = selection.time.zip(TimeFields::of(view));
    let satisfies = |row: Row| {
        time.is_none_or(|(span, fields)| fields.span(view, row).meets(&span))
            && condition
                .as_ref()
                .is_none_or(|c| c.holds(|field| view.value(row, field)))
    };
    let test = selection
        .area
        .as_ref()
        .map(|area| BoxTest::new(area, view.crs()))
        .transpose()?;
    let mut rows = match &test {
        None => view.rows(),
        Some(test) => test.candidates(view),
    };
    let nowhere = test.as_ref().map_or_else(Vec::new, |_| view.rows_nowhere());
    if test.is_some() || condition.is_some() || time.is_some() {
        let mut kept = Vec::with_capacity(rows.len().min(1024));
        for (i, row) in rows.into_iter().enumerate() {
            if i % 256 == 0 && cancelled() {
                return Err(Cancelled.into());
            }
            if test.as_ref().is_none_or(|t| t.meets(view, row)) && satisfies(row) {
                kept.push(row);
            }
        }
        rows = kept;
    }
    let nowhere: Vec<Row> = nowhere.into_iter().filter(|r| satisfies(*r)).collect();
    if !nowhere.is_empty() {
        rows.extend(nowhere);
        rows.sort_by(|a, b| view.id(*a).cmp(&view.id(*b)));
    }
    Ok(rows)
}

/// One page of a selection, in the order of `keys` and then of ids.
///
/// # Errors
/// As [`rows`].
pub fn page(
    view: &View,
    selection: &Selection,
    keys: &[SortKey],
    start: &Start,
    limit: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Page, SelectError> {
    if *selection == Selection::default() && keys.is_empty() {
        return Ok(page_of_all(view, start, limit));
    }
    let rows = rows(view, selection, cancelled)?;
    let matched = rows.len();
    if keys.is_empty() {
        let offset = match start {
            Start::Offset(n) => (*n).min(matched),
            Start::After(place) => rows.partition_point(|row| view.id(*row) <= place.id.as_ref()),
        };
        let rows = rows[offset..].iter().take(limit).copied().collect();
        return Ok(Page { rows, matched, offset });
    }
    let (offset, rows) = match start {
        Start::Offset(n) => {
            let offset = (*n).min(matched);
            (offset, sort::slice(view, keys, rows, offset, limit))
        }
        Start::After(place) => {
            let mut rest = rows;
            rest.retain(|row| place.is_before(view, keys, *row));
            (matched - rest.len(), sort::slice(view, keys, rest, 0, limit))
        }
    };
    Ok(Page { rows, matched, offset })
}

/// A page of everything: no list is made, so the last page costs what the first does.
fn page_of_all(view: &View, start: &Start, limit: usize) -> Page {
    let matched = view.count();
    let offset = match start {
        Start::Offset(n) => (*n).min(matched),
        Start::After(place) => view.position_after(&place.id),
    };
    let rows = (offset..matched).take(limit).filter_map(|i| view.row_at(i)).collect();
    Page { rows, matched, offset }
}
