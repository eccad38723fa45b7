//! What edits have changed since the base was written.
//!
//! Small by design (folded into a new base past 1 % of the layer), so an edit copies it and swaps.

use std::sync::Arc;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rustc_hash::FxHashSet;

use crate::model::feature::{FeatureId, Value};
use crate::model::geometry::Geometry;
use crate::model::world::WorldBox;

/// A feature that an edit brought.
#[derive(Debug)]
pub(super) struct OverlayFeature {
    pub(super) id: FeatureId,
    pub(super) mvt_id: u64,
    pub(super) values: Vec<Value>,
    pub(super) geometry: Geometry,
}

type Boxed = GeomWithData<Rectangle<[i64; 2]>, u32>;

/// Changed features and the base rows that they, or removals, hide.
#[derive(Debug, Clone, Default)]
pub(super) struct Overlay {
    /// Ascending by id.
    pub(super) features: Vec<Arc<OverlayFeature>>,
    pub(super) hidden: FxHashSet<u32>,
    index: RTree<Boxed>,
}

impl Overlay {
    /// An overlay of these features (any order) over a base whose `hidden` rows are gone.
    pub(super) fn new(mut features: Vec<Arc<OverlayFeature>>, hidden: FxHashSet<u32>) -> Self {
        features.sort_by(|a, b| a.id.cmp(&b.id));
        let boxed = |(i, f): (usize, &Arc<OverlayFeature>)| {
            let (low, high) = corners(&f.geometry.as_ref().world_box()?);
            Some(GeomWithData::new(Rectangle::from_corners(low, high), i as u32))
        };
        let index = RTree::bulk_load(features.iter().enumerate().filter_map(boxed).collect());
        Self {
            features,
            hidden,
            index,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.features.is_empty() && self.hidden.is_empty()
    }

    /// Positions of the features whose box meets `area`, ascending by id.
    pub(super) fn features_in(&self, area: &WorldBox) -> Vec<u32> {
        let (low, high) = corners(area);
        let found = self
            .index
            .locate_in_envelope_intersecting(AABB::from_corners(low, high));
        let mut positions: Vec<u32> = found.map(|b| b.data).collect();
        positions.sort_unstable();
        positions
    }

    pub(super) fn position(&self, id: &FeatureId) -> Option<usize> {
        self.features.binary_search_by(|f| f.id.cmp(id)).ok()
    }
}

fn corners(area: &WorldBox) -> ([i64; 2], [i64; 2]) {
    (area.min().map(i64::from), area.max().map(i64::from))
}
