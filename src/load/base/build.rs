//! Collecting features into columns, in the source's order.

use super::column::{Column, room};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, Field, FieldType, ValueRef};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::world::WorldPoint;

/// One attribute value on its way into a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// A day, `2026-11-21`.
    Date(&'a str),
    /// A day and time, RFC 3339.
    DateTime(&'a str),
    /// JSON text.
    Json(&'a str),
}

impl<'a> Cell<'a> {
    /// A value of a field of a type.
    #[must_use]
    pub fn of(kind: FieldType, value: ValueRef<'a>) -> Self {
        match (kind, value) {
            (_, ValueRef::Null) => Self::Null,
            (_, ValueRef::Bool(b)) => Self::Bool(b),
            (_, ValueRef::Int(n)) => Self::Int(n),
            (_, ValueRef::Float(x)) => Self::Float(x),
            (FieldType::Date, ValueRef::Text(s)) => Self::Date(s),
            (FieldType::DateTime, ValueRef::Text(s)) => Self::DateTime(s),
            (FieldType::Json, ValueRef::Text(s)) => Self::Json(s),
            (_, ValueRef::Text(s)) => Self::Text(s),
        }
    }

    pub(super) fn kind(self) -> Option<FieldType> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(_) => FieldType::Bool,
            Self::Int(_) => FieldType::Int,
            Self::Float(_) => FieldType::Float,
            Self::Text(_) => FieldType::Text,
            Self::Date(_) => FieldType::Date,
            Self::DateTime(_) => FieldType::DateTime,
            Self::Json(_) => FieldType::Json,
        })
    }

    pub(super) fn value(self) -> ValueRef<'a> {
        match self {
            Self::Null => ValueRef::Null,
            Self::Bool(b) => ValueRef::Bool(b),
            Self::Int(n) => ValueRef::Int(n),
            Self::Float(x) => ValueRef::Float(x),
            Self::Text(s) | Self::Date(s) | Self::DateTime(s) | Self::Json(s) => ValueRef::Text(s),
        }
    }
}

/// A guess at what a value takes, its text included.
const BYTES_OF_A_CELL: usize = 24;

/// A layer outgrew what its base file can address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// Over 2³² points, rings or rows.
    #[error("the layer has more than 4,294,967,295 {0}")]
    Count(&'static str),
    /// Over 4 GiB of text in one field.
    #[error("the texts of field \"{0}\" are longer than 4 GiB together")]
    Text(String),
}

/// Features collected so far. Fields are added when they are first met, or declared.
#[derive(Debug)]
pub struct Builder {
    pub(super) crs: Crs,
    pub(super) names: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) kinds: Vec<u8>,
    pub(super) parts: Vec<u32>,
    pub(super) rings: Vec<u32>,
    pub(super) points: Vec<u32>,
    pub(super) coords: Vec<[f64; 2]>,
    pub(super) world: Vec<WorldPoint>,
    native_ids: Vec<Option<FeatureId>>,
}

impl Builder {
    /// An empty layer whose coordinates are in `crs`.
    #[must_use]
    pub fn new(crs: Crs) -> Self {
        Self {
            crs,
            names: vec![],
            columns: vec![],
            kinds: vec![],
            parts: vec![0],
            rings: vec![0],
            points: vec![0],
            coords: vec![],
            world: vec![],
            native_ids: vec![],
        }
    }

    /// The index of a field, added (null so far, type open) where it is new.
    pub fn field(&mut self, name: &str) -> usize {
        if let Some(i) = self.names.iter().position(|n| n == name) {
            return i;
        }
        self.add_field(name, None)
    }

    /// Declares a field and its type; returns its index.
    pub fn declare(&mut self, name: &str, kind: FieldType) -> usize {
        if let Some(i) = self.names.iter().position(|n| n == name) {
            return i;
        }
        self.add_field(name, Some(kind))
    }

    fn add_field(&mut self, name: &str, kind: Option<FieldType>) -> usize {
        self.names.push(name.to_owned());
        self.columns.push(Column::new(kind, self.kinds.len()));
        self.columns.len() - 1
    }

    /// Adds a feature.
    ///
    /// `cells` holds one cell per field known so far (missing ones at the end are null); `id` is
    /// the format's own id; the geometry carries its world points.
    ///
    /// # Errors
    /// When the base file can't address more.
    pub fn push(&mut self, id: Option<FeatureId>, cells: &[Cell<'_>], geometry: &GeometryRef<'_>) -> Result<(), Full> {
        self.push_row(id, cells.iter().copied(), geometry)
    }

    /// As [`push`](Self::push), of cells that come one by one.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_row<'a>(
        &mut self,
        id: Option<FeatureId>,
        cells: impl Iterator<Item = Cell<'a>>,
        geometry: &GeometryRef<'_>,
    ) -> Result<(), Full> {
        let cells = cells.chain(std::iter::repeat(Cell::Null));
        for (i, (column, cell)) in self.columns.iter_mut().zip(cells).enumerate() {
            column.push(cell);
            if column.full {
                return Err(Full::Text(self.names[i].clone()));
            }
        }
        if id.is_some() {
            // Where no row has an id there is no list of them.
            self.native_ids.resize(self.kinds.len(), None);
            self.native_ids.push(id);
        }
        self.push_geometry(geometry)
    }

    fn push_geometry(&mut self, geometry: &GeometryRef<'_>) -> Result<(), Full> {
        self.kinds.push(geometry.kind() as u8);
        for part in geometry.parts() {
            for ring in part {
                self.coords.extend_from_slice(geometry.ring(ring));
                self.world.extend_from_slice(geometry.world_ring(ring));
                self.points.push(count(self.coords.len(), "points")?);
            }
            self.rings.push(count(self.points.len() - 1, "rings")?);
        }
        self.parts.push(count(self.rings.len() - 1, "parts")?);
        count(self.kinds.len(), "features").map(|_| ())
    }

    /// Takes the geometries of some rows away, in ascending order. Cost: one pass over the layer.
    ///
    /// # Errors
    /// None that were not met before.
    pub fn lose_places(&mut self, rows: &[usize]) -> Result<(), Full> {
        let empty = Self::new(self.crs.clone());
        let kinds = std::mem::take(&mut self.kinds);
        let parts = std::mem::replace(&mut self.parts, empty.parts);
        let rings = std::mem::replace(&mut self.rings, empty.rings);
        let points = std::mem::replace(&mut self.points, empty.points);
        let coords = std::mem::take(&mut self.coords);
        let world = std::mem::take(&mut self.world);
        let none = GeometryRef::new(GeometryKind::None, &[0], &[0], &[], &[]);
        let mut lost = rows.iter().copied().peekable();
        for (row, kind) in kinds.iter().enumerate() {
            let of_row = parts[row] as usize..parts[row + 1] as usize;
            let kind = GeometryKind::from_code(*kind).unwrap_or(GeometryKind::None);
            let geometry = GeometryRef::new(kind, &rings[of_row.start..=of_row.end], &points, &coords, &world);
            let keeps = lost.next_if_eq(&row).is_none();
            self.push_geometry(if keeps { &geometry } else { &none })?;
        }
        Ok(())
    }

    /// Makes room for `factor` times the features that there are by now, where that takes no more than `budget` bytes.
    pub fn reserve_for(&mut self, factor: f64, budget: u64) {
        let points = self.coords.len() * (size_of::<[f64; 2]>() + size_of::<WorldPoint>());
        let rows = self.kinds.len() * (self.columns.len() * BYTES_OF_A_CELL + size_of::<Option<FeatureId>>());
        if (points + rows) as f64 * factor > budget as f64 {
            return;
        }
        self.columns.iter_mut().for_each(|column| column.reserve_for(factor));
        room(&mut self.kinds, factor);
        for offsets in [&mut self.parts, &mut self.rings, &mut self.points] {
            room(offsets, factor);
        }
        room(&mut self.coords, factor);
        room(&mut self.world, factor);
        if !self.native_ids.is_empty() {
            room(&mut self.native_ids, factor);
        }
    }

    /// Features so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.kinds.len()
    }

    /// How many fields there are now.
    #[must_use]
    pub fn field_count(&self) -> usize {
        self.names.len()
    }

    /// The fields as they are now.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let field = |(name, column): (&String, &Column)| Field {
            name: name.clone(),
            kind: column.field_type(),
        };
        self.names.iter().zip(&self.columns).map(field).collect()
    }

    /// A value, by row and field.
    #[must_use]
    pub fn value(&self, row: usize, field: usize) -> ValueRef<'_> {
        self.columns[field].value(row)
    }

    /// The format's own id of a row.
    #[must_use]
    pub fn native_id(&self, row: usize) -> Option<&FeatureId> {
        self.native_ids.get(row).and_then(Option::as_ref)
    }

    /// The geometry of a row.
    #[must_use]
    pub fn geometry(&self, row: usize) -> GeometryRef<'_> {
        let parts = self.parts[row] as usize..self.parts[row + 1] as usize;
        GeometryRef::new(
            GeometryKind::from_code(self.kinds[row]).unwrap_or(GeometryKind::None),
            &self.rings[parts.start..=parts.end],
            &self.points,
            &self.coords,
            &self.world,
        )
    }

    /// Puts other values into a field, as texts of a type: `value` gets each row and what stands there.
    pub fn rewrite(
        &mut self,
        field: usize,
        kind: FieldType,
        mut value: impl FnMut(usize, ValueRef<'_>) -> Option<String>,
    ) {
        let old = std::mem::replace(&mut self.columns[field], Column::new(Some(kind), 0));
        for row in 0..self.kinds.len() {
            let new = value(row, old.value(row));
            self.columns[field].push(match (&new, kind) {
                (None, _) => Cell::Null,
                (Some(text), FieldType::Date) => Cell::Date(text),
                (Some(text), FieldType::DateTime) => Cell::DateTime(text),
                (Some(text), _) => Cell::Text(text),
            });
        }
    }

    /// Leaves a field's type open: it is what its values are. Before the first feature only.
    pub fn open_type(&mut self, field: usize) {
        if self.rows() == 0 {
            self.columns[field] = Column::new(None, 0);
        }
    }

    /// Declares a text field to hold dates or times; the caller has checked its values.
    pub fn retype(&mut self, field: usize, kind: FieldType) {
        self.columns[field].retype(kind);
    }

    /// Takes the rows' own ids away once they have served; frees their memory.
    pub fn forget_native_ids(&mut self) {
        self.native_ids = vec![];
    }
}

fn count(n: usize, what: &'static str) -> Result<u32, Full> {
    u32::try_from(n).map_err(|_| Full::Count(what))
}
