//! GeoJSON (RFC 7946).
//!
//! Coordinates that were not transformed are written as the shortest decimal that reads back to the
//! same f64; transformed ones with 9 decimals of a degree. Rings keep the order of their source.

use crate::model::crs::Crs;
use crate::model::feature::{FieldType, IdRef, ValueRef};
use crate::model::geometry::{Geometry, GeometryRef};
use crate::ogr::transform::Transform;
use crate::query::view::{Row, View};

/// Writes features of one view.
pub struct FeatureWriter<'a> {
    view: &'a View,
    names: Vec<String>,
    to_crs84: Option<Transform>,
}

impl<'a> FeatureWriter<'a> {
    /// A writer for a view's features, in CRS84.
    #[must_use]
    pub fn new(view: &'a View) -> Self {
        let names = view.fields().iter().map(|f| quoted(&f.name)).collect();
        let to_crs84 = (*view.crs() != Crs::Crs84)
            .then(|| Transform::new(view.crs(), &Crs::Crs84).ok())
            .flatten();
        Self { view, names, to_crs84 }
    }

    /// Appends a Feature object; `members` (such as `"links":[…]`) are added as they stand.
    pub fn feature(&self, out: &mut Vec<u8>, row: Row, members: &str) {
        out.extend_from_slice(b"{\"type\":\"Feature\",\"id\":");
        write_id(out, self.view.id(row));
        out.extend_from_slice(b",\"geometry\":");
        match &self.to_crs84 {
            None => write_geometry(out, &self.view.geometry(row), write_exact),
            Some(transform) => {
                // The loader has tried every point: one that can't be turned has no place already.
                let turned = self.view.geometry(row).turned(|c| transform.apply(c).is_ok());
                write_geometry(
                    out,
                    &turned.unwrap_or_else(Geometry::none).as_ref(),
                    write_nine_decimals,
                );
            }
        }
        out.extend_from_slice(b",\"properties\":{");
        let fields = self.view.fields().iter().zip(&self.names).zip(self.view.values(row));
        for (i, ((field, name), value)) in fields.enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            write_value(out, value, field.kind);
        }
        out.push(b'}');
        if !members.is_empty() {
            out.push(b',');
            out.extend_from_slice(members.as_bytes());
        }
        out.push(b'}');
    }
}

type WritePoint = fn(&mut Vec<u8>, [f64; 2]);

fn write_exact(out: &mut Vec<u8>, p: [f64; 2]) {
    write_number(out, p[0]);
    out.push(b',');
    write_number(out, p[1]);
}

fn write_nine_decimals(out: &mut Vec<u8>, [x, y]: [f64; 2]) {
    // Writing to a Vec does not fail.
    let _ = std::io::Write::write_fmt(out, format_args!("{x:.9},{y:.9}"));
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
    let position = |out: &mut Vec<u8>, p: &[f64; 2]| {
        out.push(b'[');
        point(out, *p);
        out.push(b']');
    };
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
