//! One state of a layer: base and overlay, read as one list of rows.
//!
//! A [`Row`] below the base's length is a base row, one above it stands in the overlay. Rows come
//! in the order of their ids. What may be seen of them is the view's business.

use std::sync::Arc;

use super::base::BaseFile;
use super::overlay::Overlay;
use crate::load::base::Directory;
use crate::model::feature::{FeatureId, IdRef, ValueRef};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::world::WorldBox;

/// A row of a snapshot; means nothing in another one.
pub(in crate::store) type Row = u32;

/// One immutable state of a layer.
#[derive(Debug, Clone)]
pub(in crate::store) struct Snapshot {
    pub(super) base: Arc<BaseFile>,
    pub(super) overlay: Overlay,
    pub(super) content: u128,
}

impl Snapshot {
    /// The state of a base file alone.
    pub(super) fn of_base(base: BaseFile) -> Self {
        let content = u128::from_str_radix(&base.directory().content, 16).unwrap_or(0);
        Self {
            base: Arc::new(base),
            overlay: Overlay::default(),
            content,
        }
    }

    pub(in crate::store) fn directory(&self) -> &Directory {
        self.base.directory()
    }

    /// The order-free sum of the features' hashes.
    pub(in crate::store) fn content(&self) -> u128 {
        self.content
    }

    /// One more than the highest row.
    pub(in crate::store) fn row_bound(&self) -> usize {
        self.base.len() + self.overlay.features.len()
    }

    /// Whether no edit has been made since the base was written: rows are 0, 1, 2…
    pub(in crate::store) fn is_base_alone(&self) -> bool {
        self.overlay.is_empty()
    }

    /// All rows, by id.
    pub(in crate::store) fn rows(&self) -> Vec<Row> {
        let base = (0..self.base.len() as u32).collect();
        self.merge(base, (0..self.overlay.features.len() as u32).collect())
    }

    /// Rows whose world box meets `area`, by id. Rows without a place are not among them.
    pub(in crate::store) fn rows_in(&self, area: &WorldBox) -> Vec<Row> {
        self.merge(self.base.rows_in(area), self.overlay.features_in(area))
    }

    /// Merges base rows and overlay positions, both ascending, by id; leaves hidden rows out.
    fn merge(&self, mut base: Vec<u32>, over: Vec<u32>) -> Vec<Row> {
        if self.overlay.is_empty() {
            return base;
        }
        base.retain(|row| !self.overlay.hidden.contains(row));
        let mut merged = Vec::with_capacity(base.len() + over.len());
        let mut rest = base.into_iter().peekable();
        for position in over {
            let id = self.overlay.features[position as usize].id.as_ref();
            while let Some(row) = rest.next_if(|row| self.base.id(*row) < id) {
                merged.push(row);
            }
            merged.push(self.base.len() as u32 + position);
        }
        merged.extend(rest);
        merged
    }

    pub(in crate::store) fn row_of(&self, id: &FeatureId) -> Option<Row> {
        if let Some(position) = self.overlay.position(id) {
            return Some((self.base.len() + position) as u32);
        }
        self.base.row_of(id).filter(|row| !self.overlay.hidden.contains(row))
    }

    pub(in crate::store) fn id(&self, row: Row) -> IdRef<'_> {
        match self.over(row) {
            Some(f) => f.id.as_ref(),
            None => self.base.id(row),
        }
    }

    pub(in crate::store) fn mvt_id(&self, row: Row) -> u64 {
        self.over(row).map_or_else(|| self.base.mvt_id(row), |f| f.mvt_id)
    }

    pub(in crate::store) fn kind(&self, row: Row) -> GeometryKind {
        self.over(row)
            .map_or_else(|| self.base.kind(row), |f| f.geometry.as_ref().kind())
    }

    pub(in crate::store) fn geometry(&self, row: Row) -> GeometryRef<'_> {
        match self.over(row) {
            Some(f) => f.geometry.as_ref(),
            None => self.base.geometry(row),
        }
    }

    pub(in crate::store) fn value(&self, row: Row, field: usize) -> ValueRef<'_> {
        match self.over(row) {
            Some(f) => f.values.get(field).map_or(ValueRef::Null, |v| v.as_ref()),
            None => self.base.value(row, field),
        }
    }

    fn over(&self, row: Row) -> Option<&super::overlay::OverlayFeature> {
        let position = (row as usize).checked_sub(self.base.len())?;
        self.overlay.features.get(position).map(Arc::as_ref)
    }
}
