//! What lies between two states of a layer, as one reader sees both: features that came, that went, that changed.
//!
//! In: two views. Out: rows of them, by id. Both are sorted by id, so one walk over both is enough. Geometries are
//! compared to the bit; values as values, so that 1 and 1.0 are the same. A field that only one of the views has
//! counts where it holds something.
//!
//! Not here: what is hidden. A row or field that the reader does not see leaves no mark.

use std::cmp::Ordering;

use super::select::Cancelled;
use super::view::{Row, View};
use crate::model::feature::ValueRef;
use crate::model::geometry::GeometryRef;

/// Rows that are compared between two questions whether to go on.
const ROWS_BETWEEN_LOOKS: usize = 1024;

/// The difference, each list by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Rows of the later view whose id the earlier has not.
    pub added: Vec<Row>,
    /// Rows of the earlier view whose id the later has not.
    pub removed: Vec<Row>,
    /// Rows of both, the earlier first, that have one id and differ.
    pub changed: Vec<(Row, Row)>,
}

impl Diff {
    /// How many features it names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.added.len() + self.removed.len() + self.changed.len()
    }

    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What differs between two states of a feature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes<'a> {
    /// Whether its geometry does.
    pub geometry: bool,
    /// The fields whose values do: those of the later view in its order, then those that only the earlier has.
    pub fields: Vec<&'a str>,
}

/// Two views side by side.
pub struct Pair<'a> {
    earlier: &'a View,
    later: &'a View,
    /// Name of a field, its place in the earlier view and in the later.
    fields: Vec<(&'a str, Option<usize>, Option<usize>)>,
    /// The same numbers in another system are another place.
    same_system: bool,
}

impl<'a> Pair<'a> {
    /// Puts two views side by side.
    #[must_use]
    pub fn of(earlier: &'a View, later: &'a View) -> Self {
        let now = later.fields().iter().enumerate();
        let mut fields: Vec<_> = now
            .map(|(place, field)| (field.name.as_str(), earlier.field(&field.name), Some(place)))
            .collect();
        let before = earlier.fields().iter().enumerate();
        let gone = before.filter(|(_, field)| later.field(&field.name).is_none());
        fields.extend(gone.map(|(place, field)| (field.name.as_str(), Some(place), None)));
        Self {
            earlier,
            later,
            fields,
            same_system: earlier.crs() == later.crs(),
        }
    }

    /// All differences. Cost: one walk over both, 0.1 to 1 µs a feature.
    ///
    /// # Errors
    /// When `go_on` says no.
    pub fn diff(&self, go_on: &dyn Fn() -> bool) -> Result<Diff, Cancelled> {
        let mut diff = Diff::default();
        let (mut i, mut j, mut steps) = (0, 0, 0_usize);
        loop {
            steps += 1;
            if steps.is_multiple_of(ROWS_BETWEEN_LOOKS) && !go_on() {
                return Err(Cancelled);
            }
            match (self.earlier.row_at(i), self.later.row_at(j)) {
                (None, None) => return Ok(diff),
                (Some(row), None) => {
                    diff.removed.push(row);
                    i += 1;
                }
                (None, Some(row)) => {
                    diff.added.push(row);
                    j += 1;
                }
                (Some(before), Some(after)) => match self.earlier.id(before).cmp(&self.later.id(after)) {
                    Ordering::Less => {
                        diff.removed.push(before);
                        i += 1;
                    }
                    Ordering::Greater => {
                        diff.added.push(after);
                        j += 1;
                    }
                    Ordering::Equal => {
                        if self.moved(before, after) || (0..self.fields.len()).any(|f| self.differs(f, before, after)) {
                            diff.changed.push((before, after));
                        }
                        i += 1;
                        j += 1;
                    }
                },
            }
        }
    }

    /// What differs between two rows of one id.
    #[must_use]
    pub fn changes(&self, before: Row, after: Row) -> Changes<'a> {
        let differing = (0..self.fields.len()).filter(|f| self.differs(*f, before, after));
        Changes {
            geometry: self.moved(before, after),
            fields: differing.map(|f| self.fields[f].0).collect(),
        }
    }

    /// Fields that only the later view has.
    #[must_use]
    pub fn fields_added(&self) -> Vec<&'a str> {
        let new = self.fields.iter().filter(|(_, before, _)| before.is_none());
        new.map(|(name, ..)| *name).collect()
    }

    /// Fields that only the earlier view has.
    #[must_use]
    pub fn fields_removed(&self) -> Vec<&'a str> {
        let gone = self.fields.iter().filter(|(_, _, after)| after.is_none());
        gone.map(|(name, ..)| *name).collect()
    }

    fn moved(&self, before: Row, after: Row) -> bool {
        let (before, after) = (self.earlier.geometry(before), self.later.geometry(after));
        !same_geometry(&before, &after) || (!self.same_system && before.point_count() > 0)
    }

    fn differs(&self, field: usize, before: Row, after: Row) -> bool {
        let (_, earlier, later) = self.fields[field];
        let before = earlier.map_or(ValueRef::Null, |f| self.earlier.value(before, f));
        let after = later.map_or(ValueRef::Null, |f| self.later.value(after, f));
        !same_value(before, after)
    }
}

/// The same parts, rings and coordinates, to the bit.
fn same_geometry(a: &GeometryRef<'_>, b: &GeometryRef<'_>) -> bool {
    let (parts, others) = (a.parts(), b.parts());
    if a.kind() != b.kind() || parts.len() != others.len() {
        return false;
    }
    parts.zip(others).all(|(part, other)| {
        part.len() == other.len()
            && part.zip(other).all(|(ring, other)| {
                let (points, others) = (a.ring(ring), b.ring(other));
                let bits = |p: &[f64; 2]| p.map(f64::to_bits);
                points.len() == others.len() && points.iter().zip(others).all(|(p, q)| bits(p) == bits(q))
            })
    })
}

fn same_value(a: ValueRef<'_>, b: ValueRef<'_>) -> bool {
    let no_number = |v: ValueRef<'_>| matches!(v, ValueRef::Float(x) if x.is_nan());
    a == b || a.compare(b) == Some(Ordering::Equal) || (no_number(a) && no_number(b))
}

#[cfg(test)]
mod tests;
