//! Edits: a snapshot and changes in, the next snapshot out.
//!
//! The base is shared; the overlay is copied with the changes in it. Content is updated by taking
//! the old feature's hash out of the sum and putting the new one's in.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::overlay::{Overlay, OverlayFeature};
use super::snapshot::Snapshot;
use crate::load::base::{feature_hash, mvt_id_of};
use crate::model::feature::{FeatureId, Value};
use crate::model::geometry::Geometry;

/// A feature to be stored: one value per field of the layer, a geometry with its world points.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureInput {
    /// Its id.
    pub id: FeatureId,
    /// One value per field, in the layer's order.
    pub values: Vec<Value>,
    /// Its place.
    pub geometry: Geometry,
}

/// One edit.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Stores the feature, in place of one with the same id.
    Put(FeatureInput),
    /// Removes the feature.
    Remove(FeatureId),
}

/// Why changes were refused; nothing of them was applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// There is no such feature.
    #[error("there is no feature \"{0}\"")]
    Unknown(FeatureId),
    /// The values do not match the layer's fields.
    #[error("feature \"{id}\" has {given} values where the layer has {wanted} fields")]
    Fields {
        /// The feature.
        id: FeatureId,
        /// Values given.
        given: usize,
        /// Fields of the layer.
        wanted: usize,
    },
}

/// The snapshot after some changes, made in order and all or none.
pub(super) fn apply(old: &Snapshot, changes: Vec<Change>) -> Result<Snapshot, ChangeError> {
    let mut content = old.content;
    let mut features = old.overlay.features.clone();
    let mut hidden = old.overlay.hidden.clone();
    for change in changes {
        match change {
            Change::Put(input) => {
                check_fields(old, &input)?;
                let gone = take(old, &mut features, &mut hidden, &input.id);
                let mvt_id = gone.map_or_else(|| free_mvt_id(old, &features, &input.id), |(_, mvt)| mvt);
                content = content.wrapping_sub(gone.map_or(0, |(hash, _)| hash));
                let feature = OverlayFeature {
                    id: input.id,
                    mvt_id,
                    values: input.values,
                    geometry: input.geometry,
                };
                content = content.wrapping_add(hash(old, &feature));
                features.push(Arc::new(feature));
            }
            Change::Remove(id) => {
                let (hash, _) = take(old, &mut features, &mut hidden, &id).ok_or(ChangeError::Unknown(id))?;
                content = content.wrapping_sub(hash);
            }
        }
    }
    Ok(Snapshot {
        base: Arc::clone(&old.base),
        overlay: Overlay::new(features, hidden),
        content,
    })
}

fn check_fields(old: &Snapshot, input: &FeatureInput) -> Result<(), ChangeError> {
    let (given, wanted) = (input.values.len(), old.directory().fields.len());
    if given == wanted {
        return Ok(());
    }
    Err(ChangeError::Fields {
        id: input.id.clone(),
        given,
        wanted,
    })
}

/// Takes a feature out; gives its hash and tile id where there was one.
fn take(
    old: &Snapshot,
    features: &mut Vec<Arc<OverlayFeature>>,
    hidden: &mut FxHashSet<u32>,
    id: &FeatureId,
) -> Option<(u128, u64)> {
    if let Some(position) = features.iter().position(|f| f.id == *id) {
        let feature = features.swap_remove(position);
        return Some((hash(old, &feature), feature.mvt_id));
    }
    let row = old.base.row_of(id).filter(|row| !hidden.contains(row))?;
    hidden.insert(row);
    let fields = old
        .directory()
        .fields
        .iter()
        .enumerate()
        .map(|(i, f)| (f, old.base.value(row, i)));
    Some((
        feature_hash(old.base.id(row), &old.base.geometry(row), fields),
        old.base.mvt_id(row),
    ))
}

fn hash(snapshot: &Snapshot, feature: &OverlayFeature) -> u128 {
    let fields = snapshot
        .directory()
        .fields
        .iter()
        .zip(feature.values.iter().map(Value::as_ref));
    feature_hash(feature.id.as_ref(), &feature.geometry.as_ref(), fields)
}

/// The number vector tiles will know a new feature by: its own, or the next free one.
fn free_mvt_id(old: &Snapshot, features: &[Arc<OverlayFeature>], id: &FeatureId) -> u64 {
    let mut n = mvt_id_of(id.as_ref());
    while old.base.has_mvt_id(n) || features.iter().any(|f| f.mvt_id == n) {
        n = (n + 1) & ((1 << 52) - 1);
    }
    n
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::load::base::{Builder, Cell, write};
    use crate::model::crs::Crs;
    use crate::model::feature::ValueRef;
    use crate::model::geometry::GeometryKind;
    use crate::model::world::{WorldBox, world_point};
    use crate::store::base::BaseFile;

    fn point(n: i64) -> Geometry {
        let (lon, lat) = ((n % 10) as f64, (n / 10) as f64);
        let mut g = Geometry::start(GeometryKind::Point);
        g.push_point([lon, lat]);
        g.end_ring();
        g.end_part();
        assert!(g.set_world(vec![world_point(lon, lat)]));
        g
    }

    fn snapshot(folder: &std::path::Path, of: &BTreeMap<i64, String>) -> Snapshot {
        let mut builder = Builder::new(Crs::Crs84);
        builder.field("name");
        let mut ids = vec![];
        for (id, name) in of {
            ids.push(FeatureId::Int(*id));
            builder.push(None, &[Cell::Text(name)], &point(*id).as_ref()).unwrap();
        }
        let path = folder.join("layer.base");
        write(&builder, &ids, None, "geometry", &path).unwrap();
        Snapshot::of_base(BaseFile::open(&path).unwrap())
    }

    fn listed(s: &Snapshot, rows: Vec<u32>) -> Vec<(i64, String)> {
        let entry = |row| {
            let (crate::model::feature::IdRef::Int(id), ValueRef::Text(name)) = (s.id(row), s.value(row, 0)) else {
                panic!("unexpected types");
            };
            (id, name.to_owned())
        };
        rows.into_iter().map(entry).collect()
    }

    /// Random edits against a map of what should be there, and against a base written anew.
    #[test]
    fn edits_equal_a_base_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut truth: BTreeMap<i64, String> = (0..60).map(|i| (i * 2, format!("first {i}"))).collect();
        let mut s = snapshot(folder.path(), &truth);
        let mut seed = 7u64;
        let mut random = |below: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for step in 0..300 {
            let id = random(130) as i64;
            let change = if random(3) == 0 {
                let known = truth.remove(&id).is_some();
                let outcome = apply(&s, vec![Change::Remove(FeatureId::Int(id))]);
                if !known {
                    assert_eq!(outcome.unwrap_err(), ChangeError::Unknown(FeatureId::Int(id)));
                    continue;
                }
                outcome
            } else {
                let name = format!("step {step}");
                truth.insert(id, name.clone());
                let values = vec![Value::Text(name)];
                apply(
                    &s,
                    vec![Change::Put(FeatureInput {
                        id: FeatureId::Int(id),
                        values,
                        geometry: point(id),
                    })],
                )
            };
            s = change.unwrap();
            let expected: Vec<(i64, String)> = truth.clone().into_iter().collect();
            assert_eq!(listed(&s, s.rows()), expected);
            let area = WorldBox::new(world_point(1.5, 6.5), world_point(7.5, 2.5)).unwrap();
            let inside = |(id, _): &(i64, String)| (2..=7).contains(&(id % 10)) && (3..=6).contains(&(id / 10));
            assert_eq!(
                listed(&s, s.rows_in(&area)),
                expected.into_iter().filter(inside).collect::<Vec<_>>()
            );
        }
        let anew = snapshot(folder.path(), &truth);
        assert_eq!(s.content(), anew.content());
    }
}
