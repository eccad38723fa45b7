//! A selection of a view's features: which, how many, one page of them.
//!
//! The order is that of sort keys and then ids, which is total, so pages joined are the whole without
//! repeats.

use super::cql2::FilterError;
use super::evaluate::{Condition, Filter};
use super::place::BoxTest;
use super::sort::{self, Position, SortKey};
use super::time::TimeFields;
use super::view::{Row, View};
use crate::model::crs::Area;
use crate::model::time::TimeSpan;
use crate::model::world::WorldBox;
use crate::ogr::transform::TransformError;

/// What is asked for; all parts have to hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// The geometry meets this box. Features without a place are selected too (OGC 17-069r4, 7.15.3).
    pub area: Option<Area>,
    /// The feature's time meets this span. Features without a time are selected too (7.15.4).
    pub time: Option<TimeSpan>,
    /// The feature satisfies this.
    pub filter: Option<Filter>,
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
    /// The filter does not fit the layer.
    #[error(transparent)]
    Filter(#[from] FilterError),
}

/// Candidates between two questions whether to go on, where each costs little and where it may cost much.
const STRIDES: [usize; 2] = [256, 16];

/// All selected rows, by id.
///
/// Cost: an index search by box and filter, and a geometry test per feature on an edge; a pass over the
/// candidates for time and filter. `cancelled` is asked every 256 candidates, or 16 where they are costly.
///
/// # Errors
/// When called off; a box in a system that has no way to the layer's; a filter that does not fit.
pub fn rows(view: &View, selection: &Selection, cancelled: &dyn Fn() -> bool) -> Result<Vec<Row>, SelectError> {
    let condition = selection.filter.as_ref().map(|f| view.condition(f)).transpose()?;
    // A layer without time has only features without a time.
    let time = selection.time.zip(TimeFields::of(view));
    let satisfies = |row: Row| {
        time.is_none_or(|(span, fields)| fields.span(view, row).meets(&span))
            && condition.as_ref().is_none_or(|c| view.satisfies(row, c))
    };
    let stride = stride_of(condition.as_ref());
    let keep = |rows, of: &dyn Fn(Row) -> bool| keep(rows, stride, cancelled, of);
    let test = selection
        .area
        .as_ref()
        .map(|area| BoxTest::new(area, view.crs()))
        .transpose()?;
    let Some(test) = test else {
        let covering = condition.as_ref().and_then(|c| c.covering());
        let rows = covering.map_or_else(|| view.rows(), |boxes| candidates(view, boxes));
        let all = condition.is_none() && time.is_none();
        return Ok(if all { rows } else { keep(rows, &satisfies)? });
    };
    let mut rows = keep(test.candidates(view), &|row| test.meets(view, row) && satisfies(row))?;
    let nowhere = keep(view.rows_nowhere(), &satisfies)?;
    if !nowhere.is_empty() {
        rows.extend(nowhere);
        rows.sort_by(|a, b| view.id(*a).cmp(&view.id(*b)));
    }
    Ok(rows)
}

/// Those of some rows of which a condition holds.
///
/// # Errors
/// When called off.
pub fn satisfying(
    view: &View,
    rows: Vec<Row>,
    condition: &Condition,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<Row>, Cancelled> {
    keep(rows, stride_of(Some(condition)), cancelled, &|row| {
        view.satisfies(row, condition)
    })
}

fn stride_of(condition: Option<&Condition>) -> usize {
    STRIDES[usize::from(condition.is_some_and(Condition::is_costly))]
}

fn keep(
    rows: Vec<Row>,
    stride: usize,
    cancelled: &dyn Fn() -> bool,
    of: &dyn Fn(Row) -> bool,
) -> Result<Vec<Row>, Cancelled> {
    let mut kept = Vec::with_capacity(rows.len().min(1024));
    for (i, row) in rows.into_iter().enumerate() {
        if i % stride == 0 && cancelled() {
            return Err(Cancelled);
        }
        if of(row) {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// Rows that meet one of some boxes, by id.
pub(super) fn candidates(view: &View, boxes: &[WorldBox]) -> Vec<Row> {
    match boxes {
        [one] => view.rows_in(one),
        boxes => {
            // Rows come by id from each box; a row in several must come once.
            let mut rows: Vec<Row> = boxes.iter().flat_map(|b| view.rows_in(b)).collect();
            rows.sort_by(|a, b| view.id(*a).cmp(&view.id(*b)));
            rows.dedup();
            rows
        }
    }
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
