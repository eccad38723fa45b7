//! When features are: the fields that say so, and each feature's span.

use super::view::{Row, View};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::time::TimeSpan;

/// The fields of a view that say when its features are: from one to the other, or both the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeFields {
    /// Where the start stands.
    pub start: Option<usize>,
    /// Where the end stands.
    pub end: Option<usize>,
}

impl TimeFields {
    /// The time fields of a view: those configured (`start` and `end`, or `time`), else its only field
    /// of days or instants; `None` for a layer without time. Hidden fields do not count.
    #[must_use]
    pub fn of(view: &View) -> Option<Self> {
        let configured = |name: &str| view.info().fields.get(name).and_then(|f| view.field(f));
        let (start, end) = (configured("start"), configured("end"));
        if start.is_some() || end.is_some() {
            return Some(Self { start, end });
        }
        let dated = |kind| matches!(kind, FieldType::Date | FieldType::DateTime);
        let only = || {
            let mut dated = (0..view.fields().len()).filter(|&i| dated(view.fields()[i].kind));
            dated.next().filter(|_| dated.next().is_none())
        };
        configured("time").or_else(only).map(|field| Self {
            start: Some(field),
            end: Some(field),
        })
    }

    /// When a feature is; open on a side of which nothing can be read. A feature that says nothing at
    /// all is open on both: it meets every span (OGC 17-069r4, 7.15.4).
    #[must_use]
    pub fn span(&self, view: &View, row: Row) -> TimeSpan {
        let read = |field: Option<usize>| field.and_then(|f| span_of(view.value(row, f)));
        TimeSpan::between(read(self.start), read(self.end))
    }
}

fn span_of(value: ValueRef<'_>) -> Option<TimeSpan> {
    match value {
        ValueRef::Text(text) => TimeSpan::of_value(text),
        ValueRef::Int(year) => i32::try_from(year)
            .ok()
            .filter(|y| (1..=9998).contains(y))
            .and_then(TimeSpan::of_year),
        _ => None,
    }
}

/// From the first to the last time of the visible features; `None` for a layer without time. A side on
/// which no feature says anything is open. Cost: a pass over the features, once per view.
#[must_use]
pub fn extent(view: &View) -> Option<TimeSpan> {
    let fields = TimeFields::of(view)?;
    Some(view.time_extent(|| {
        let rows = (0..view.count()).filter_map(|i| view.row_at(i));
        rows.map(|row| fields.span(view, row))
            .fold(TimeSpan::default(), TimeSpan::around)
    }))
}
