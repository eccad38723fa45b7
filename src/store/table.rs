//! A base file as the maker of derived layers reads it: every row, every field.
//!
//! Nothing that answers a request may hold one: requests go through a [`View`](super::view::View).
//! `tests/architecture.rs` holds that `derive/` alone names it.

use std::path::Path;

use super::base::{BaseFile, OpenError};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, Field, IdRef, ValueRef};
use crate::model::geometry::GeometryRef;

/// All of a layer, read only.
#[derive(Debug)]
pub struct Table(BaseFile);

impl Table {
    /// Opens a base file. Cost: reads all of it once, for its checksum.
    ///
    /// # Errors
    /// A file that can't be read or is not what was written.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        BaseFile::open(path).map(Self)
    }

    /// Its fields.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.0.directory().fields
    }

    /// A field's position; compared without case where the very name is not there.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<usize> {
        let fields = self.fields();
        let exact = fields.iter().position(|f| f.name == name);
        exact.or_else(|| fields.iter().position(|f| f.name.eq_ignore_ascii_case(name)))
    }

    /// The field that ids were taken from.
    #[must_use]
    pub fn id_field(&self) -> Option<&str> {
        self.0.directory().id_field.as_deref()
    }

    /// The name of its geometry.
    #[must_use]
    pub fn geometry_column(&self) -> &str {
        &self.0.directory().geometry_column
    }

    /// The system of its coordinates.
    #[must_use]
    pub fn crs(&self) -> &Crs {
        &self.0.directory().crs
    }

    /// All rows, in the order of their ids.
    pub fn rows(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.0.len() as u32
    }

    /// Whether any row has a place.
    #[must_use]
    pub fn has_places(&self) -> bool {
        self.0.directory().area.is_some()
    }

    /// A row's id.
    #[must_use]
    pub fn id(&self, row: u32) -> IdRef<'_> {
        self.0.id(row)
    }

    /// The row of an id.
    #[must_use]
    pub fn row_of(&self, id: &FeatureId) -> Option<u32> {
        self.0.row_of(id)
    }

    /// A value, by row and field position.
    #[must_use]
    pub fn value(&self, row: u32, field: usize) -> ValueRef<'_> {
        self.0.value(row, field)
    }

    /// A row's geometry.
    #[must_use]
    pub fn geometry(&self, row: u32) -> GeometryRef<'_> {
        self.0.geometry(row)
    }
}
