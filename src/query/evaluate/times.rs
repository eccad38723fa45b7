//! How times lie to each other: Allen's relations (OGC 21-065r2, 7.9), for instants and intervals alike.
//!
//! An instant is an interval that ends where it begins. A day compares with an instant by the day.

use std::cmp::Ordering;

use super::Record;
use super::scalar::{Got, Scalar};
use crate::model::predicate::TemporalOp;
use crate::model::time::TimeSpan;

/// Something that has a time.
#[derive(Debug)]
pub(super) enum Extent {
    /// A day or an instant.
    Point(Scalar),
    /// From one to another; open where absent.
    Between(Box<[Option<Scalar>; 2]>),
}

/// One end of an extent.
#[derive(Debug, Clone, Copy)]
enum Edge {
    /// Before all times.
    Past,
    At(TimeSpan),
    /// After all times.
    Future,
}

impl Edge {
    fn compare(self, other: Self) -> Option<Ordering> {
        let rank = |edge: Self| match edge {
            Self::Past => 0,
            Self::At(_) => 1,
            Self::Future => 2,
        };
        match (self, other) {
            (Self::At(a), Self::At(b)) => a.compare(&b),
            (a, b) => Some(rank(a).cmp(&rank(b))),
        }
    }
}

impl Extent {
    /// Its ends for a row; `None` where one has no value.
    fn of(&self, row: &dyn Record) -> Option<[Edge; 2]> {
        let at = |scalar: &Scalar| match scalar.of(row) {
            Got::Time(time) => Some(Edge::At(time)),
            _ => None,
        };
        match self {
            Self::Point(scalar) => at(scalar).map(|edge| [edge, edge]),
            Self::Between(sides) => {
                let side = |i: usize, open| sides[i].as_ref().map_or(Some(open), at);
                Some([side(0, Edge::Past)?, side(1, Edge::Future)?])
            }
        }
    }

    /// Whether it has a value for a row.
    pub(super) fn is_known(&self, row: &dyn Record) -> bool {
        self.of(row).is_some()
    }
}

/// Whether a relation holds for a row.
pub(super) fn holds(op: TemporalOp, a: &Extent, b: &Extent, row: &dyn Record) -> Option<bool> {
    let ([a1, a2], [b1, b2]) = (a.of(row)?, b.of(row)?);
    let (starts, ends) = (a1.compare(b1)?, a2.compare(b2)?);
    let start_to_end = a1.compare(b2)?;
    let end_to_start = a2.compare(b1)?;
    let disjoint = start_to_end.is_gt() || end_to_start.is_lt();
    Some(match op {
        TemporalOp::After => start_to_end.is_gt(),
        TemporalOp::Before => end_to_start.is_lt(),
        TemporalOp::Contains => starts.is_lt() && ends.is_gt(),
        TemporalOp::Disjoint => disjoint,
        TemporalOp::During => starts.is_gt() && ends.is_lt(),
        TemporalOp::Equals => starts.is_eq() && ends.is_eq(),
        TemporalOp::FinishedBy => starts.is_lt() && ends.is_eq(),
        TemporalOp::Finishes => starts.is_gt() && ends.is_eq(),
        TemporalOp::Intersects => !disjoint,
        TemporalOp::Meets => end_to_start.is_eq(),
        TemporalOp::MetBy => start_to_end.is_eq(),
        TemporalOp::OverlappedBy => starts.is_gt() && start_to_end.is_lt() && ends.is_gt(),
        TemporalOp::Overlaps => starts.is_lt() && end_to_start.is_gt() && ends.is_lt(),
        TemporalOp::StartedBy => starts.is_eq() && ends.is_gt(),
        TemporalOp::Starts => starts.is_eq() && ends.is_lt(),
    })
}
