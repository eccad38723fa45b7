//! A selection of a view's features: which, how many, one page of them.
//!
//! The order is that of ids, which is total, so pages joined are the whole without repeats.

use super::evaluate::Condition;
use super::place::BoxTest;
use super::view::{Row, View};
use crate::model::crs::LonLatBox;
use crate::model::feature::FeatureId;
use crate::model::predicate::Predicate;

/// What is asked for; all parts have to hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// The geometry meets this box. Features without a place are selected too (OGC 17-069r4, 7.15.3).
    pub area: Option<LonLatBox>,
    /// The attributes satisfy this.
    pub predicate: Option<Predicate>,
}

/// Where a page starts.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// After this many features.
    Offset(usize),
    /// After this id, whether it is still there or not.
    After(FeatureId),
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its rows, by id.
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

/// All selected rows, by id.
///
/// Cost: an index search and a geometry test per feature on the box's edge; a pass over the
/// candidates for the predicate. `cancelled` is asked every 256 candidates.
///
/// # Errors
/// When called off.
pub fn rows(view: &View, selection: &Selection, cancelled: &dyn Fn() -> bool) -> Result<Vec<Row>, Cancelled> {
    let condition = selection
        .predicate
        .as_ref()
        .map(|p| Condition::new(p, |name| view.field(name)));
    let test = selection.area.as_ref().map(|area| BoxTest::new(area, view.crs()));
    let mut rows = match &test {
        None => view.rows(),
        Some(test) => test.candidates(view),
    };
    let nowhere = test.as_ref().map_or_else(Vec::new, |_| view.rows_nowhere());
    if test.is_some() || condition.is_some() {
        let mut kept = Vec::with_capacity(rows.len().min(1024));
        for (i, row) in rows.into_iter().enumerate() {
            if i % 256 == 0 && cancelled() {
                return Err(Cancelled);
            }
            if test.as_ref().is_none_or(|t| t.meets(view, row)) && satisfies(view, row, condition.as_ref()) {
                kept.push(row);
            }
        }
        rows = kept;
    }
    let nowhere: Vec<Row> = nowhere
        .into_iter()
        .filter(|r| satisfies(view, *r, condition.as_ref()))
        .collect();
    if !nowhere.is_empty() {
        rows.extend(nowhere);
        rows.sort_by(|a, b| view.id(*a).cmp(&view.id(*b)));
    }
    Ok(rows)
}

fn satisfies(view: &View, row: Row, condition: Option<&Condition>) -> bool {
    condition.is_none_or(|c| c.holds(|field| view.value(row, field)))
}

/// One page of a selection.
///
/// # Errors
/// When called off.
pub fn page(
    view: &View,
    selection: &Selection,
    start: &Start,
    limit: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Page, Cancelled> {
    if *selection == Selection::default() {
        return Ok(page_of_all(view, start, limit));
    }
    let rows = rows(view, selection, cancelled)?;
    let matched = rows.len();
    let offset = match start {
        Start::Offset(n) => (*n).min(matched),
        Start::After(id) => rows.partition_point(|row| view.id(*row) <= id.as_ref()),
    };
    let rows = rows[offset..].iter().take(limit).copied().collect();
    Ok(Page { rows, matched, offset })
}

/// A page of everything: no list is made, so the last page costs what the first does.
fn page_of_all(view: &View, start: &Start, limit: usize) -> Page {
    let matched = view.count();
    let offset = match start {
        Start::Offset(n) => (*n).min(matched),
        Start::After(id) => view.position_after(id),
    };
    let rows = (offset..matched).take(limit).filter_map(|i| view.row_at(i)).collect();
    Page { rows, matched, offset }
}
