//! Real layers for the tests of tiles, read by GDAL, and the tiles that their features touch.

use std::path::PathBuf;

use gdal::vector::{FieldValue, LayerAccess};
use geo::{BoundingRect, MapCoordsInPlace};
use terril::model::feature::{Field, FieldType, Value};
use terril::model::geometry::Geometry;
use terril::model::world::world_point;

/// One feature as the tests hold it.
pub struct Row {
    pub number: u64,
    pub geometry: Geometry,
    pub shape: geo::Geometry<f64>,
    pub values: Vec<Value>,
}

/// One layer.
pub struct Layer {
    pub name: String,
    pub fields: Vec<Field>,
    pub rows: Vec<Row>,
}

/// Where the shared data lies.
pub fn shared() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared");
    PathBuf::from(std::env::var("TERRIL_SHARED").unwrap_or_else(|_| default.into()))
}

/// Every layer of the folders of real data that are in longitude and latitude.
pub fn real_layers() -> Vec<Layer> {
    let mut paths: Vec<PathBuf> = ["bassin-minier", "communes-62", "cadastre", "qpv"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(shared().join("data").join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.iter().map(|p| read(p)).collect()
}

/// The only layer of a file in longitude and latitude.
pub fn read(path: &std::path::Path) -> Layer {
    let dataset = gdal::Dataset::open(path).unwrap();
    let mut layer = dataset.layer(0).unwrap();
    let names: Vec<String> = layer.defn().fields().map(|f| f.name()).collect();
    let mut rows = Vec::new();
    for feature in layer.features() {
        let Some(shape) = feature.geometry().and_then(|g| g.to_geo().ok()) else {
            continue;
        };
        let Some(geometry) = flat(&shape) else { continue };
        let values = (0..names.len())
            .map(|i| value(feature.field(i).unwrap_or(None)))
            .collect();
        rows.push(Row {
            number: rows.len() as u64,
            geometry,
            shape,
            values,
        });
    }
    assert!(!rows.is_empty(), "{}", path.display());
    let fields = names
        .into_iter()
        .map(|name| Field {
            name,
            kind: FieldType::Text,
        })
        .collect();
    Layer {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        fields,
        rows,
    }
}

/// A geometry in longitude and latitude with its world points.
pub fn flat(shape: &geo::Geometry<f64>) -> Option<Geometry> {
    let mut shape = shape.clone();
    // One of the sources has a third dimension that `geo` has dropped already; nothing else to mend.
    shape.map_coords_in_place(|c| c);
    let mut geometry = Geometry::from_geo(&shape)?;
    let world = geometry.coords().iter().map(|c| world_point(c[0], c[1])).collect();
    assert!(geometry.set_world(world));
    Some(geometry)
}

fn value(value: Option<FieldValue>) -> Value {
    match value {
        None => Value::Null,
        Some(FieldValue::IntegerValue(n)) => Value::Int(i64::from(n)),
        Some(FieldValue::Integer64Value(n)) => Value::Int(n),
        Some(FieldValue::RealValue(x)) => Value::Float(x),
        Some(other) => Value::Text(other.into_string().unwrap_or_default()),
    }
}

/// The box around a shape in degrees.
pub fn bounds(shape: &geo::Geometry<f64>) -> geo::Rect<f64> {
    shape.bounding_rect().unwrap()
}
