//! One feature on its way from a reader into a layer, in buffers that are used again.
//!
//! In: what a reader finds, value by value and point by point. Out: borrowed cells and a borrowed
//! geometry. Nothing is checked here: rings may be open, numbers may be NaN.

use std::ops::Range;

use super::encoding::Reading;
use super::feature::{FeatureId, FieldType, ValueRef};
use super::geometry::{GeometryKind, GeometryRef};
use super::world::WorldPoint;

/// A geometry being read, in the layout of [`super::geometry`], offsets from zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    kind: GeometryKind,
    parts: Vec<u32>,
    rings: Vec<u32>,
    coords: Vec<[f64; 2]>,
    world: Vec<WorldPoint>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            kind: GeometryKind::None,
            parts: vec![0],
            rings: vec![0],
            coords: vec![],
            world: vec![],
        }
    }
}

impl Shape {
    /// Empties it for a geometry of a kind; the memory is kept.
    pub fn start(&mut self, kind: GeometryKind) {
        self.kind = kind;
        self.parts.truncate(1);
        self.rings.truncate(1);
        self.coords.clear();
        self.world.clear();
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    /// Changes the kind, the points staying as they are.
    pub fn set_kind(&mut self, kind: GeometryKind) {
        self.kind = kind;
    }

    /// Adds a point to the open ring.
    pub fn push_point(&mut self, point: [f64; 2]) {
        self.coords.push(point);
    }

    /// Adds points to the open ring and returns them to be filled.
    pub fn grow(&mut self, points: usize) -> &mut [[f64; 2]] {
        let start = self.coords.len();
        self.coords.resize(start + points, [0.0; 2]);
        &mut self.coords[start..]
    }

    /// Ends the open ring.
    pub fn end_ring(&mut self) {
        self.rings.push(self.coords.len() as u32);
    }

    /// Ends the open part.
    pub fn end_part(&mut self) {
        self.parts.push(self.rings.len() as u32 - 1);
    }

    /// Makes a part of every ring: the lines of a multi-line.
    pub fn part_per_ring(&mut self) {
        self.parts.clear();
        self.parts.extend(0..self.rings.len() as u32);
    }

    /// Makes a ring and a part of every point: the points of a multi-point.
    pub fn part_per_point(&mut self) {
        self.rings.clear();
        self.rings.extend(0..=self.coords.len() as u32);
        self.part_per_ring();
    }

    /// Adds the parts of another shape.
    pub fn append(&mut self, other: &Self) {
        for part in other.as_ref().parts() {
            for ring in part {
                self.coords.extend_from_slice(&other.coords[other.ring_range(ring)]);
                self.end_ring();
            }
            self.end_part();
        }
    }

    /// Number of parts that have ended.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.parts.len() - 1
    }

    /// Number of rings that have ended.
    #[must_use]
    pub fn ring_count(&self) -> usize {
        self.rings.len() - 1
    }

    /// All points, in order.
    #[must_use]
    pub fn coords(&self) -> &[[f64; 2]] {
        &self.coords
    }

    /// All points, to be turned into another system in place.
    pub fn coords_mut(&mut self) -> &mut [[f64; 2]] {
        &mut self.coords
    }

    /// Where a ring's points lie in [`coords`](Self::coords).
    #[must_use]
    pub fn ring_range(&self, ring: usize) -> Range<usize> {
        self.rings[ring] as usize..self.rings[ring + 1] as usize
    }

    /// The world points, to be filled, one per point.
    pub fn world_mut(&mut self) -> &mut Vec<WorldPoint> {
        &mut self.world
    }

    /// The geometry, borrowed. World points are there once they were set.
    #[must_use]
    pub fn as_ref(&self) -> GeometryRef<'_> {
        GeometryRef::new(self.kind, &self.parts, &self.rings, &self.coords, &self.world)
    }
}

/// What a reader changed in a geometry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShapeNotes {
    /// Curves became lines.
    pub curved: bool,
    /// A third or fourth dimension was left out.
    pub third_dimension: bool,
    /// Parts of a lower dimension were left out of a mixed collection.
    pub mixed: bool,
}

/// What was changed, lost or wrong while a feature was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowNotes {
    /// Of its geometry.
    pub shape: ShapeNotes,
    /// Why its geometry could not be read; the row has none then.
    pub bad_geometry: Option<&'static str>,
    /// Where and why the place that the source gives for it could not be read, in English and French; the row has
    /// none then, or another that the source gives too.
    pub no_place: Option<Box<[String; 2]>>,
    /// A field whose value could not be read; null then.
    pub bad_value: Option<String>,
    /// How its texts were read, the worst of them.
    pub reading: Reading,
}

/// A value, its text in the row's buffer.
#[derive(Debug, Clone, PartialEq, Default)]
enum Slot {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(FieldType, Range<usize>),
}

/// A feature being read.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// The format's own id.
    pub id: Option<FeatureId>,
    /// Its geometry.
    pub shape: Shape,
    slots: Vec<Slot>,
    text: String,
}

impl Row {
    /// Empties it; the memory is kept.
    pub fn clear(&mut self) {
        self.id = None;
        self.shape.start(GeometryKind::None);
        self.slots.clear();
        self.text.clear();
    }

    /// Sets a field's value. Text is of the given type (text, date, time or JSON).
    pub fn set(&mut self, field: usize, kind: FieldType, value: ValueRef<'_>) {
        if self.slots.len() <= field {
            self.slots.resize(field + 1, Slot::Null);
        }
        self.slots[field] = match value {
            ValueRef::Null => Slot::Null,
            ValueRef::Bool(b) => Slot::Bool(b),
            ValueRef::Int(n) => Slot::Int(n),
            ValueRef::Float(x) => Slot::Float(x),
            ValueRef::Text(s) => {
                let start = self.text.len();
                self.text.push_str(s);
                Slot::Text(kind, start..self.text.len())
            }
        };
    }

    /// The values so far, in field order, with the type that each was set with (numbers and
    /// booleans: their own).
    pub fn values(&self) -> impl ExactSizeIterator<Item = (FieldType, ValueRef<'_>)> {
        self.slots.iter().map(|slot| match slot {
            Slot::Null => (FieldType::Text, ValueRef::Null),
            Slot::Bool(b) => (FieldType::Bool, ValueRef::Bool(*b)),
            Slot::Int(n) => (FieldType::Int, ValueRef::Int(*n)),
            Slot::Float(x) => (FieldType::Float, ValueRef::Float(*x)),
            Slot::Text(kind, range) => (*kind, ValueRef::Text(&self.text[range.clone()])),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_what_was_set_last() {
        let mut row = Row::default();
        row.set(1, FieldType::Text, ValueRef::Text("a"));
        row.set(1, FieldType::Json, ValueRef::Text("[1]"));
        let values: Vec<_> = row.values().collect();
        assert_eq!(values[0].1, ValueRef::Null);
        assert_eq!(values[1], (FieldType::Json, ValueRef::Text("[1]")));
        row.clear();
        assert_eq!(row.values().len(), 0);
    }
}
