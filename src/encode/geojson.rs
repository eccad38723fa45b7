//! GeoJSON (RFC 7946).
//!
//! Coordinates that were not transformed are written as the shortest decimal that reads back to the
//! same f64; transformed ones with 9 decimals of a degree or 4 of a metre. Rings keep the order of their
//! source. Coordinates of another system than CRS84 are GeoJSON by agreement with the client alone
//! (RFC 7946, 4; OGC 18-058r1, 6.4).

use std::cell::Cell;

use crate::model::crs::Crs;
use crate::model::feature::{FieldType, IdRef, ValueRef};
use crate::model::geometry::{Geometry, GeometryRef};
use crate::ogr::OgrError;
use crate::ogr::crs_facts::{AxisOrder, AxisUnit};
use crate::ogr::transform::Transform;
use crate::query::view::{Row, View};

/// How coordinates are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinates {
    /// The system that they are in.
    pub crs: Crs,
    /// Which of a pair comes first.
    pub order: AxisOrder,
    /// What they are measured in.
    pub unit: AxisUnit,
}

impl Default for Coordinates {
    /// Longitude and latitude, as RFC 7946 has it.
    fn default() -> Self {
        Self {
            crs: Crs::Crs84,
            order: AxisOrder::EastNorth,
            unit: AxisUnit::Degree,
        }
    }
}

/// Whether features come with their geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geometries {
    /// As they are.
    Written,
    /// `null` in their place.
    Skipped,
}

/// Writes features of one view.
pub struct FeatureWriter<'a> {
    view: &'a View,
    /// The places of the fields that are written, each with its name as JSON.
    fields: Vec<(usize, String)>,
    geometries: Geometries,
    transform: Option<Transform>,
    write: WritePoint,
    without_place: Cell<usize>,
}

impl<'a> FeatureWriter<'a> {
    /// A writer for a view's features; `fields` are those to be written, all where absent.
    ///
    /// # Errors
    /// A system that has no way from the layer's.
    pub fn new(
        view: &'a View,
        coordinates: &Coordinates,
        fields: Option<&[usize]>,
        geometries: Geometries,
    ) -> Result<Self, OgrError> {
        let every: Vec<usize> = (0..view.fields().len()).collect();
        let fields = fields.unwrap_or(&every).iter();
        let transform = if *view.crs() == coordinates.crs {
            None
        } else {
            Some(Transform::new(view.crs(), &coordinates.crs)?)
        };
        let write = match (&transform, coordinates.unit) {
            (None, _) => write_exact,
            (Some(_), AxisUnit::Degree) => write_nine_decimals,
            (Some(_), AxisUnit::Metre) => write_four_decimals,
        };
        let swapped = coordinates.order == AxisOrder::NorthEast;
        Ok(Self {
            view,
            fields: fields.map(|&f| (f, quoted(&view.fields()[f].name))).collect(),
            geometries,
            transform,
            write: WritePoint { swapped, write },
            without_place: Cell::new(0),
        })
    }

    /// How many of the features written so far have no place in the system asked for.
    #[must_use]
    pub fn without_place(&self) -> usize {
        self.without_place.get()
    }

    /// Appends a Feature object; `members` (such as `"links":[…]`) are added as they stand.
    pub fn feature(&self, out: &mut Vec<u8>, row: Row, members: &str) {
        out.extend_from_slice(b"{\"type\":\"Feature\",\"id\":");
        write_id(out, self.view.id(row));
        out.extend_from_slice(b",\"geometry\":");
        match (self.geometries, &self.transform) {
            (Geometries::Skipped, _) => out.extend_from_slice(b"null"),
            (Geometries::Written, None) => write_geometry(out, &self.view.geometry(row), self.write),
            (Geometries::Written, Some(transform)) => {
                // In degrees the loader has tried every point; elsewhere one may have no place.
                let turned = self.view.geometry(row).turned(|c| transform.apply(c).is_ok());
                if turned.is_none() {
                    self.without_place.set(self.without_place.get() + 1);
                }
                write_geometry(out, &turned.unwrap_or_else(Geometry::none).as_ref(), self.write);
            }
        }
        out.extend_from_slice(b",\"properties\":{");
        for (i, (field, name)) in self.fields.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            write_value(out, self.view.value(row, *field), self.view.fields()[*field].kind);
        }
        out.push(b'}');
        if !members.is_empty() {
            out.push(b',');
            out.extend_from_slice(members.as_bytes());
        }
        out.push(b'}');
    }
}

/// Writes a position, its axes in the order that is asked for.
#[derive(Clone, Copy)]
struct WritePoint {
    swapped: bool,
    write: fn(&mut Vec<u8>, [f64; 2]),
}

impl WritePoint {
    fn position(self, out: &mut Vec<u8>, [x, y]: [f64; 2]) {
        out.push(b'[');
        (self.write)(out, if self.swapped { [y, x] } else { [x, y] });
        out.push(b']');
    }
}

fn write_exact(out: &mut Vec<u8>, p: [f64; 2]) {
    write_number(out, p[0]);
    out.push(b',');
    write_number(out, p[1]);
}

fn write_nine_decimals(out: &mut Vec<u8>, [x, y]: [f64; 2]) {
    // Writing to a Vec does not fail.
    let _ = std::io::Write::write_fmt(out, format_args!("{x:.9},{y:.9}"));
}

fn write_four_decimals(out: &mut Vec<u8>, [x, y]: [f64; 2]) {
    let _ = std::io::Write::write_fmt(out, format_args!("{x:.4},{y:.4}"));
}

fn write_geometry(out: &mut Vec<u8>, geometry: &GeometryRef<'_>, point: WritePoint) {
    let kind = geometry.kind();
    let Some(name) = kind.geojson_name() else {
        out.extend_from_slice(b"null");
        return;
    };
    out.extend_from_slice(b"{\"type\":\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\",\"coordinates\":");
    if kind.is_multi() {
        list(out, geometry.parts(), |out, rings| {
            write_part(out, geometry, rings, point)
        });
    } else if let Some(rings) = geometry.parts().next() {
        write_part(out, geometry, rings, point);
    }
    out.push(b'}');
}

fn write_part(out: &mut Vec<u8>, geometry: &GeometryRef<'_>, rings: std::ops::Range<usize>, point: WritePoint) {
    let position = |out: &mut Vec<u8>, p: &[f64; 2]| point.position(out, *p);
    match geometry.kind().dimension() {
        Some(2) => list(out, rings, |out, ring| list(out, geometry.ring(ring).iter(), position)),
        Some(1) => list(out, geometry.ring(rings.start).iter(), position),
        _ => geometry
            .ring(rings.start)
            .first()
            .into_iter()
            .for_each(|p| position(out, p)),
    }
}

fn list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Appends a number as the shortest decimal that reads back; one that JSON can't hold as null.
fn write_number(out: &mut Vec<u8>, x: f64) {
    if x.is_finite() {
        let _ = serde_json::to_writer(out, &x);
    } else {
        out.extend_from_slice(b"null");
    }
}

fn write_id(out: &mut Vec<u8>, id: IdRef<'_>) {
    match id {
        IdRef::Int(n) => write_value(out, ValueRef::Int(n), FieldType::Int),
        IdRef::Text(s) => write_value(out, ValueRef::Text(s), FieldType::Text),
    }
}

fn write_value(out: &mut Vec<u8>, value: ValueRef<'_>, kind: FieldType) {
    // Writing to a Vec does not fail, and none of these values can be refused.
    let _ = match value {
        ValueRef::Null => serde_json::to_writer(out, &()),
        ValueRef::Bool(b) => serde_json::to_writer(out, &b),
        ValueRef::Int(n) => serde_json::to_writer(out, &n),
        ValueRef::Float(x) => {
            write_number(out, x);
            Ok(())
        }
        // The loader has checked and normalised it.
        ValueRef::Text(json) if kind == FieldType::Json => {
            out.extend_from_slice(json.as_bytes());
            Ok(())
        }
        ValueRef::Text(s) => serde_json::to_writer(out, s),
    };
}

/// Text as a JSON string, quotes included.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
