use std::collections::BTreeMap;

use super::*;
use crate::load::base::{Builder, write};
use crate::load::report::IdSource;
use crate::model::crs::Crs;
use crate::model::feature::FeatureId;
use crate::model::geometry::Geometry;
use crate::model::layer::Stage;

fn record(layer: &str, number: u64) -> Record {
    Record {
        layer: LayerId::from_name(layer),
        number,
        loaded: "2026-11-22T06:00:00Z".into(),
        source: "a.geojson".into(),
        origin: "0".into(),
        source_bytes: None,
        source_modified: None,
        licence: None,
        attribution: None,
        crs: Crs::Crs84,
        fields: vec![],
        features: 1,
        content: format!("{number:032x}"),
        format: FORMAT,
        base: format!("{number}-abc.base"),
        stage: Stage::Open,
        shown: Shown {
            by: "x".into(),
            version: "y".into(),
        },
    }
}

fn report() -> LoadReport {
    LoadReport {
        source: "a.geojson".into(),
        layer: "a".into(),
        driver: "native".into(),
        format: "GeoJSON".into(),
        crs: Crs::Crs84,
        encoding: None,
        features: 1,
        null_geometries: 1,
        repaired: 0,
        ids: IdSource::Native,
        counts: BTreeMap::new(),
        faults: vec![],
        seconds: 0.0,
    }
}

fn base_in(folder: &Path) -> PathBuf {
    let mut builder = Builder::new(Crs::Crs84);
    builder.push(None, &[], &Geometry::none().as_ref()).unwrap();
    let path = folder.join("layer.base");
    write(&builder, &[FeatureId::Int(1)], None, "geometry", &path).unwrap();
    path
}

fn put(shelf: &Shelf, record: &Record, base: &Path) {
    assert!(matches!(shelf.put(record, base).unwrap(), Put::Linked));
    shelf.write(record, None, &report()).unwrap();
}

#[test]
fn versions_outlive_the_folder_they_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().join("versions"));
    let base = base_in(folder.path());
    let layer = LayerId::from_name("a");
    // Out of order, with a number that would not come last among texts.
    for number in [10, 9, 1] {
        put(&shelf, &record("a", number), &base);
    }
    assert!(
        matches!(shelf.put(&record("a", 1), &base).unwrap(), Put::Linked),
        "again"
    );
    fs::remove_file(&base).unwrap();
    assert_eq!(fs::read_dir(folder.path().join("versions/a")).unwrap().count(), 9);
    let read = shelf.read(&layer);
    assert_eq!(read.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 9, 10]);
    assert_eq!(read[0], record("a", 1));
    let info = LayerInfo::new(layer.clone());
    let view = former_view(&shelf.base(&read[0]), Checked::Now, &read[0], &info, report()).unwrap();
    assert_eq!(view.count(), 1);
    shelf.remove(&read[0], None);
    assert_eq!(shelf.read(&layer).len(), 2);
    shelf.forget(&layer);
    assert_eq!(shelf.read(&layer), []);
}

#[test]
fn what_is_not_whole_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().join("versions"));
    let base = base_in(folder.path());
    let layer = LayerId::from_name("a");
    (1..=6).for_each(|number| put(&shelf, &record("a", number), &base));
    let of = folder.path().join("versions/a");
    fs::remove_file(of.join("1-abc.base")).unwrap();
    fs::remove_file(of.join("2-abc.base")).unwrap();
    fs::write(of.join("2-abc.base"), "short").unwrap();
    fs::write(of.join("3.json"), "{").unwrap();
    fs::remove_file(of.join("4.report.json")).unwrap();
    let other = Record {
        format: FORMAT + 1,
        ..record("a", 5)
    };
    fs::write(of.join("5.json"), serde_json::to_vec(&other).unwrap()).unwrap();
    // The record that was never written, and a name that leads elsewhere.
    assert!(matches!(shelf.put(&record("a", 7), &base).unwrap(), Put::Linked));
    let elsewhere = Record {
        base: "../../layer.base".into(),
        ..record("a", 8)
    };
    fs::write(of.join("8.json"), serde_json::to_vec(&elsewhere).unwrap()).unwrap();
    assert_eq!(shelf.read(&layer).iter().map(|r| r.number).collect::<Vec<_>>(), [6]);
    let mut left: Vec<_> = fs::read_dir(&of).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["6-abc.base", "6.json", "6.report.json"]);
    assert!(base.is_file());
}

#[test]
fn a_copy_does_where_there_are_no_links() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().join("versions"));
    let base = base_in(folder.path());
    let one = record("a", 1);
    fs::create_dir_all(folder.path().join("versions/a")).unwrap();
    let file = File::open(&base).unwrap();
    shelf.write(&one, Some(&file), &report()).unwrap();
    assert_eq!(shelf.read(&one.layer), std::slice::from_ref(&one));
    assert_eq!(fs::read(shelf.base(&one)).unwrap(), fs::read(&base).unwrap());
}

#[test]
fn layers_that_nobody_wants_go() {
    let folder = tempfile::tempdir().unwrap();
    let shelf = Shelf::new(folder.path().join("versions"));
    let base = base_in(folder.path());
    let long = "x".repeat(300);
    for layer in ["a", "b", "a.b", "a~b", &long] {
        put(&shelf, &record(layer, 1), &base);
        assert_eq!(shelf.read(&LayerId::from_name(layer)).len(), 1, "{layer}");
    }
    assert_eq!(fs::read_dir(folder.path().join("versions")).unwrap().count(), 5);
    // What is just being put there has no record yet, and stays.
    assert!(matches!(shelf.put(&record("c", 1), &base).unwrap(), Put::Linked));
    let known = ["c", "a~b"].map(LayerId::from_name);
    shelf.prune(&known, &|record| !["b", "a~b"].contains(&record.layer.as_str()));
    assert!(shelf.base(&record("c", 1)).is_file());
    assert_eq!(shelf.read(&LayerId::from_name("a~b")).len(), 1);
    assert_eq!(shelf.read(&LayerId::from_name("b")), []);
    assert_eq!(shelf.read(&LayerId::from_name("a.b")).len(), 1);
    shelf.clear();
    assert_eq!(shelf.read(&LayerId::from_name("a")), []);
}
