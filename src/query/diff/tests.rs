//! Random states of a layer against a comparison of maps.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::load::base::{Builder, Cell, write};
use crate::load::report::{IdSource, LoadReport};
use crate::model::crs::Crs;
use crate::model::feature::FeatureId;
use crate::model::geometry::{Geometry, GeometryKind};
use crate::model::layer::{LayerId, LayerInfo, PublicView};
use crate::model::world::world_point;
use crate::store::Catalog;

/// A feature: its point, a name and a number.
type Feature = ([f64; 2], Option<String>, Option<i64>);
type State = HashMap<i64, Feature>;

fn point([lon, lat]: [f64; 2]) -> Geometry {
    let mut geometry = Geometry::start(GeometryKind::Point);
    geometry.push_point([lon, lat]);
    geometry.end_ring();
    geometry.end_part();
    assert!(geometry.set_world(vec![world_point(lon, lat)]));
    geometry
}

fn report() -> LoadReport {
    LoadReport {
        source: "a.geojson".into(),
        layer: "a".into(),
        driver: "native".into(),
        format: "GeoJSON".into(),
        crs: Crs::Crs84,
        encoding: None,
        features: 0,
        null_geometries: 0,
        repaired: 0,
        ids: IdSource::Native,
        counts: BTreeMap::new(),
        faults: vec![],
        seconds: 0.0,
    }
}

/// A view of a state; `second` is the name of the number's field.
fn view(folder: &Path, state: &State, second: &str, crs: Crs, public: Option<PublicView>) -> Arc<View> {
    let mut builder = Builder::new(crs);
    builder.field("name");
    builder.field(second);
    let mut ids = vec![];
    for (id, (place, name, number)) in state {
        ids.push(FeatureId::Int(*id));
        let name = name.as_deref().map_or(Cell::Null, Cell::Text);
        let number = number.map_or(Cell::Null, Cell::Int);
        builder.push(None, &[name, number], &point(*place).as_ref()).unwrap();
    }
    let path = folder.join("layer.base");
    write(&builder, &ids, None, "geometry", &path).unwrap();
    let catalog = Catalog::default();
    let info = LayerInfo {
        public,
        ..LayerInfo::new(LayerId::from_name("a"))
    };
    catalog.open(info, &path, report()).unwrap();
    std::fs::remove_file(&path).unwrap();
    catalog.public_view("a").unwrap()
}

fn ids(view: &View, rows: impl Iterator<Item = Row>) -> Vec<FeatureId> {
    rows.map(|row| view.id(row).to_owned()).collect()
}

fn numbers(of: impl Iterator<Item = i64>) -> Vec<FeatureId> {
    let sorted: BTreeSet<i64> = of.collect();
    sorted.into_iter().map(FeatureId::Int).collect()
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn feature(&mut self) -> Feature {
        let place = [self.below(50) as f64 / 8.0, self.below(50) as f64 / 8.0];
        let name = (self.below(4) > 0).then(|| format!("n{}", self.below(6)));
        (place, name, (self.below(4) > 0).then(|| self.below(6) as i64))
    }
}

#[test]
fn random_edits_equal_a_comparison_of_maps() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random(11);
    let mut seen = [0; 3];
    for round in 0..120 {
        let before: State = (0..random.below(80))
            .map(|n| (n as i64 * 3 - 20, random.feature()))
            .collect();
        let mut after = before.clone();
        for _ in 0..random.below(40) {
            let id = random.below(300) as i64 - 40;
            match random.below(3) {
                0 => drop(after.remove(&id)),
                1 => drop(after.insert(id, random.feature())),
                _ => drop(after.get_mut(&id).map(|f| f.1 = Some("renamed".into()))),
            }
        }
        let views = [&before, &after].map(|state| view(folder.path(), state, "number", Crs::Crs84, None));
        let pair = Pair::of(&views[0], &views[1]);
        let diff = pair.diff(&|| true).unwrap();
        let came = numbers(after.keys().filter(|id| !before.contains_key(id)).copied());
        let went = numbers(before.keys().filter(|id| !after.contains_key(id)).copied());
        let other = |id: &&i64| after.get(id).is_some_and(|f| *f != before[id]);
        let changed = numbers(before.keys().filter(other).copied());
        assert_eq!(ids(&views[1], diff.added.iter().copied()), came, "round {round}");
        assert_eq!(ids(&views[0], diff.removed.iter().copied()), went, "round {round}");
        assert_eq!(
            ids(&views[1], diff.changed.iter().map(|c| c.1)),
            changed,
            "round {round}"
        );
        assert_eq!(diff.len(), came.len() + went.len() + changed.len());
        for (a, b) in &diff.changed {
            let FeatureId::Int(id) = views[1].id(*b).to_owned() else {
                panic!("ids are numbers")
            };
            let (old, new) = (&before[&id], &after[&id]);
            let what = pair.changes(*a, *b);
            assert_eq!(what.geometry, old.0 != new.0);
            assert_eq!(what.fields.contains(&"name"), old.1 != new.1);
            assert_eq!(what.fields.contains(&"number"), old.2 != new.2);
        }
        for (sum, n) in seen.iter_mut().zip([came.len(), went.len(), changed.len()]) {
            *sum += n;
        }
    }
    assert!(seen.iter().all(|n| *n > 50), "{seen:?}");
}

#[test]
fn a_field_that_came_counts_where_it_holds_something() {
    let folder = tempfile::tempdir().unwrap();
    let state: State = [(1, ([2.0, 50.0], None, Some(1))), (2, ([2.0, 50.0], None, None))].into();
    let views = ["number", "count"].map(|name| view(folder.path(), &state, name, Crs::Crs84, None));
    let pair = Pair::of(&views[0], &views[1]);
    let diff = pair.diff(&|| true).unwrap();
    assert_eq!(
        ids(&views[1], diff.changed.iter().map(|c| c.1)),
        numbers([1].into_iter())
    );
    assert_eq!(
        pair.changes(diff.changed[0].0, diff.changed[0].1).fields,
        ["count", "number"]
    );
    assert_eq!(
        (pair.fields_added(), pair.fields_removed()),
        (vec!["count"], vec!["number"])
    );
}

#[test]
fn the_same_numbers_in_another_system_are_another_place() {
    let folder = tempfile::tempdir().unwrap();
    let state: State = [(1, ([2.0, 50.0], None, Some(1)))].into();
    let views = [Crs::Crs84, Crs::Epsg(4171)].map(|crs| view(folder.path(), &state, "number", crs, None));
    let pair = Pair::of(&views[0], &views[1]);
    let diff = pair.diff(&|| true).unwrap();
    assert_eq!(diff.changed.len(), 1);
    assert!(pair.changes(diff.changed[0].0, diff.changed[0].1).geometry);
    assert_ne!(views[0].version(), views[1].version());
}

#[test]
fn hidden_fields_leave_no_mark() {
    let folder = tempfile::tempdir().unwrap();
    let states: [State; 2] = [1, 2].map(|n| [(1, ([2.0, 50.0], None, Some(n)))].into());
    let public = || {
        Some(PublicView {
            rows: None,
            fields: Some(vec!["name".into()]),
        })
    };
    let shown = states
        .each_ref()
        .map(|state| view(folder.path(), state, "number", Crs::Crs84, public()));
    assert!(Pair::of(&shown[0], &shown[1]).diff(&|| true).unwrap().is_empty());
    let whole = states
        .each_ref()
        .map(|state| view(folder.path(), state, "number", Crs::Crs84, None));
    assert_eq!(Pair::of(&whole[0], &whole[1]).diff(&|| true).unwrap().len(), 1);
}

#[test]
fn numbers_are_compared_as_numbers() {
    let check = |a, b, expected| assert_eq!(same_value(a, b), expected, "{a:?} {b:?}");
    check(ValueRef::Int(1), ValueRef::Float(1.0), true);
    check(ValueRef::Float(f64::NAN), ValueRef::Float(f64::NAN), true);
    check(ValueRef::Null, ValueRef::Null, true);
    check(ValueRef::Null, ValueRef::Text(""), false);
    check(ValueRef::Text("1"), ValueRef::Int(1), false);
}

#[test]
fn a_comparison_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let state: State = (0..2000).map(|n| (n, ([2.0, 50.0], None, Some(n)))).collect();
    let one = view(folder.path(), &state, "number", Crs::Crs84, None);
    assert_eq!(Pair::of(&one, &one).diff(&|| false), Err(Cancelled));
    assert_eq!(Pair::of(&one, &one).diff(&|| true), Ok(Diff::default()));
}
