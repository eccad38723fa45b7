//! Joins and merges on small layers whose answers can be read off.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use super::recipe::{Input, Join, Merge, ParcelColumns, Way};
use super::{join, merge};
use crate::load::LoadedLayer;
use crate::load::base::{Builder, Cell, write};
use crate::load::report::{FaultKind, IdSource, LoadReport};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, FieldType};
use crate::model::geometry::GeometryKind;
use crate::model::layer::LayerId;
use crate::model::role::Role;
use crate::model::row::Shape;
use crate::model::world::world_point;
use crate::store::Table;

/// A square of 0.001° whose lower left corner is `x`, `y` thousandths from 2° E 50° N.
fn square(x: i32, y: i32) -> Shape {
    let mut shape = Shape::default();
    shape.start(GeometryKind::Polygon);
    for (dx, dy) in [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)] {
        shape.push_point([2.0 + f64::from(x + dx) / 1000.0, 50.0 + f64::from(y + dy) / 1000.0]);
    }
    shape.end_ring();
    shape.end_part();
    let world = shape
        .coords()
        .iter()
        .map(|p| world_point(p[0], p[1]))
        .collect::<Vec<_>>();
    shape.world_mut().extend(world);
    shape
}

/// Id, values, and the square.
type TestRow<'a> = (&'a str, &'a [&'a str], Option<(i32, i32)>);

/// A layer of texts; a row is its id, its values, and its square.
fn layer(folder: &Path, name: &str, fields: &[&str], rows: &[TestRow<'_>]) -> (Input, LoadReport) {
    let mut builder = Builder::new(Crs::Crs84);
    fields.iter().for_each(|f| {
        builder.declare(f, FieldType::Text);
    });
    for (_, values, place) in rows {
        let cells: Vec<Cell<'_>> = values
            .iter()
            .map(|v| if v.is_empty() { Cell::Null } else { Cell::Text(v) })
            .collect();
        let shape = place.map_or_else(Shape::default, |(x, y)| square(x, y));
        builder.push(None, &cells, &shape.as_ref()).unwrap();
    }
    let ids: Vec<FeatureId> = rows.iter().map(|(id, ..)| FeatureId::Text((*id).to_owned())).collect();
    let base = folder.join(format!("{name}.base"));
    let directory = write(&builder, &ids, None, "geometry", &base).unwrap();
    let report = LoadReport {
        source: PathBuf::from(name),
        layer: name.to_owned(),
        driver: "native".into(),
        format: "CSV".into(),
        crs: Crs::Crs84,
        encoding: None,
        features: rows.len() as u64,
        null_geometries: rows.iter().filter(|(_, _, p)| p.is_none()).count() as u64,
        repaired: 0,
        ids: IdSource::Native,
        counts: Default::default(),
        faults: vec![],
        seconds: 0.0,
    };
    let input = Input {
        layer: LayerId::from_name(name),
        base,
        content: directory.content,
        role: None,
        fields: Default::default(),
        made_of: vec![],
    };
    (input, report)
}

fn parcels(folder: &Path) -> Input {
    let rows: [(&str, &[&str], _); 5] = [
        ("62737000AB0012", &[], Some((0, 0))),
        ("62737000AB0013", &[], Some((1, 0))),
        ("62737000AB0015", &[], Some((5, 0))),
        ("62737215AC0007", &[], Some((9, 0))),
        ("627370000E0005", &[], Some((7, 0))),
    ];
    let (mut input, _) = layer(folder, "parcelles", &[], &rows);
    input.role = Some(Role::Parcel);
    input
}

struct Outcome {
    layer: LoadedLayer,
    table: Table,
}

impl Outcome {
    fn value(&self, id: &str, field: &str) -> Option<String> {
        let row = self.table.row_of(&FeatureId::Text(id.into())).unwrap();
        let field = self.table.field(field).unwrap();
        self.table.value(row, field).to_text().map(|t| t.into_owned())
    }

    fn said(&self, id: &str, kind: FaultKind) -> String {
        let id = FeatureId::Text(id.into());
        let faults = self.layer.report.faults.iter();
        faults
            .filter(|f| f.kind == kind && f.feature.as_ref() == Some(&id))
            .map(|f| f.message.clone())
            .collect()
    }
}

fn joined(folder: &Path, rows: &[TestRow<'_>], filiation: Option<Input>) -> Outcome {
    let (mut table, report) = layer(folder, "liste", &["ref", "commune", "owner"], rows);
    table.fields.insert("owner".into(), "owner".into());
    let to = parcels(folder);
    let recipe = Join {
        table,
        report,
        ways: vec![Way::Parcels {
            columns: ParcelColumns {
                parcels: Some("ref".into()),
                commune: Some("commune".into()),
                ..ParcelColumns::default()
            },
            to: vec![to.layer.clone()],
            on: None,
        }],
        targets: vec![to],
        filiation,
        actors: vec![],
    };
    let layer = join::join(&recipe, &folder.join("joined.base")).unwrap();
    let table = Table::open(&layer.base).unwrap();
    Outcome { layer, table }
}

#[test]
fn rows_find_their_parcels_in_every_spelling() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [(&str, &[&str], _); 5] = [
        ("1", &["AB 12 et 13", "62737", "A"], None),
        ("2", &["62215000AC0007", "", "A"], None),
        ("3", &["6.2737E+13", "", "A"], None),
        ("4", &["ab15", "62737.0", "A"], None),
        ("5", &["AB 99", "62737", "A"], None),
    ];
    let out = joined(folder.path(), &rows, None);
    assert_eq!(out.value("1", "idu").unwrap(), r#"["62737000AB0012","62737000AB0013"]"#);
    assert_eq!(
        out.value("2", "idu").unwrap(),
        r#"["62737215AC0007"]"#,
        "an absorbed commune"
    );
    assert_eq!(
        out.value("3", "idu").unwrap(),
        r#"["627370000E0005"]"#,
        "what Excel took for a number"
    );
    assert_eq!(out.value("4", "idu").unwrap(), r#"["62737000AB0015"]"#);
    assert_eq!(out.value("5", "idu"), None);
    // Two neighbours are one piece of ground.
    let row = out.table.row_of(&FeatureId::Text("1".into())).unwrap();
    assert_eq!(out.table.geometry(row).kind(), GeometryKind::Polygon);
    let said = out.said("5", FaultKind::UnmatchedKey);
    assert!(
        said.contains("62737000AB0099") && said.contains("62737000AB0015"),
        "{said}"
    );
    assert_eq!(out.layer.report.null_geometries, 1);
    assert!(!out.said("5", FaultKind::Unplaced).is_empty());
}

#[test]
fn what_was_said_of_a_row_before_it_was_placed_is_no_longer_said() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [TestRow<'_>; 2] = [
        ("1", &["62737000AB0012", "", "A"], None),
        ("2", &["62737000AB0099", "", "A"], None),
    ];
    let (table, mut loaded) = layer(folder.path(), "avant", &["ref"], &rows);
    for (kind, id) in [FaultKind::NullGeometry, FaultKind::Unplaced]
        .into_iter()
        .flat_map(|k| [(k, "1"), (k, "2")])
    {
        let id = FeatureId::Text(id.into());
        loaded
            .faults
            .push(super::words::of(kind, &id, ["x".into(), "x".into()]));
        *loaded.counts.entry(kind).or_default() += 1;
    }
    let to = parcels(folder.path());
    let columns = ParcelColumns {
        parcels: Some("ref".into()),
        ..ParcelColumns::default()
    };
    let recipe = Join {
        table,
        report: loaded,
        ways: vec![Way::Parcels {
            columns,
            to: vec![to.layer.clone()],
            on: None,
        }],
        targets: vec![to],
        filiation: None,
        actors: vec![],
    };
    let made = join::join(&recipe, &folder.path().join("joined.base")).unwrap();
    let counts = [FaultKind::NullGeometry, FaultKind::Unplaced].map(|kind| made.report.counts[&kind]);
    assert_eq!((counts, made.report.null_geometries), ([1, 1], 1));
}

#[test]
fn two_owners_of_one_parcel_are_both_named() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [(&str, &[&str], _); 3] = [
        ("1", &["62737000AB0012", "", "Bailleur A"], None),
        ("2", &["62737000AB0012", "", "Bailleur B"], None),
        ("3", &["62737000AB0013", "", "Bailleur B"], None),
    ];
    let out = joined(folder.path(), &rows, None);
    let said = out.said("1", FaultKind::ClaimedTwice);
    assert!(
        said.contains("Bailleur A (feature 1), Bailleur B (feature 2)"),
        "{said}"
    );
    assert_eq!(out.layer.report.counts[&FaultKind::ClaimedTwice], 1);
}

#[test]
fn a_vanished_parcel_gives_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let filiation: [(&str, &[&str], _); 3] = [
        ("1", &["62737000AB0001", "62737000AB0002"], None),
        ("2", &["62737000AB0002", "62737000AB0012"], None),
        ("3", &["62737000AB0002", "62737000AB0015"], None),
    ];
    let (input, _) = layer(
        folder.path(),
        "filiation",
        &["Parcelle mère", "Parcelle fille"],
        &filiation,
    );
    let rows: [(&str, &[&str], _); 1] = [("1", &["62737000AB0001", "", "A"], None)];
    let out = joined(folder.path(), &rows, Some(input));
    assert_eq!(out.value("1", "idu").unwrap(), r#"["62737000AB0012","62737000AB0015"]"#);
    assert!(out.said("1", FaultKind::Replaced).contains("62737000AB0001 is gone"));
}

#[test]
fn a_row_with_a_place_of_its_own_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let rows: [(&str, &[&str], _); 1] = [("1", &["62737000AB0012", "", "A"], Some((3, 3)))];
    let out = joined(folder.path(), &rows, None);
    assert_eq!(out.table.geometry(0).ring(0)[0], [2.003, 50.003]);
    assert_eq!(out.value("1", "lieu"), None);
}

#[test]
fn pieces_of_one_thing_become_one_and_shared_ground_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let fields = ["id_lsm", "nom", "type"];
    let (a, _) = layer(
        folder.path(),
        "a",
        &fields,
        &[
            ("0", &["161", "Cité n°10", "x"], Some((0, 0))),
            ("1", &["", "Sans clé", ""], Some((9, 9))),
        ],
    );
    let (b, _) = layer(
        folder.path(),
        "b",
        &fields,
        &[
            ("0", &["161", "Cité n°10", "y"], Some((0, 0))),
            ("1", &["161", "", ""], Some((1, 0))),
        ],
    );
    let recipe = Merge {
        layer: LayerId::from_name("cites"),
        key: "id_lsm".into(),
        from: vec![a, b],
    };
    let layer = merge::merge(&recipe, &folder.path().join("cites.base")).unwrap();
    let out = Outcome {
        table: Table::open(&layer.base).unwrap(),
        layer,
    };
    assert_eq!(out.layer.report.features, 2);
    let area = |id: &str| out.value(id, "area_m2").unwrap().parse::<f64>().unwrap();
    assert!(
        (area("161") / area("a:1") - 2.0).abs() < 0.001,
        "three squares, two of them on the same ground"
    );
    let parts: serde_json::Value = serde_json::from_str(&out.value("161", "parts").unwrap()).unwrap();
    assert_eq!(parts.as_array().unwrap().len(), 3);
    assert_eq!(out.value("161", "type").unwrap(), "x");
    assert!(
        out.said("161", FaultKind::Contradiction)
            .contains("a says \"x\", b says \"y\"")
    );
}
