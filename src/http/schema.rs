//! What features are made of: `schema`, `queryables`, `sortables` (OGC 23-058r2; OGC 19-079r2, 6).
//!
//! One property per visible field, in source order; the id where no field is it; the geometry as
//! `geometry`, among the queryables by its name in the source. Hidden fields do not appear.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::ask::Ask;
use super::collections::{describe, path_of};
use super::error::ApiError;
use super::html::Page;
use super::negotiate::{Format, SCHEMA, SCHEMAS};
use super::page::address;
use super::question;
use super::respond;
use super::versions;
use crate::load::report::IdSource;
use crate::model::feature::{Field, FieldType, IdRef};
use crate::query::time::TimeFields;
use crate::query::view::View;
use crate::serve::state::App;

/// Which of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Schema,
    Queryables,
    Sortables,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Queryables => "queryables",
            Self::Sortables => "sortables",
        }
    }
}

/// `GET /collections/{collection}/schema`.
pub(super) async fn schema(app: State<Arc<App>>, path: Path<String>, ask: Ask) -> Result<Response, ApiError> {
    answer(&app, &path, ask, Kind::Schema).await
}

/// `GET /collections/{collection}/queryables`.
pub(super) async fn queryables(app: State<Arc<App>>, path: Path<String>, ask: Ask) -> Result<Response, ApiError> {
    answer(&app, &path, ask, Kind::Queryables).await
}

/// `GET /collections/{collection}/sortables`.
pub(super) async fn sortables(app: State<Arc<App>>, path: Path<String>, ask: Ask) -> Result<Response, ApiError> {
    answer(&app, &path, ask, Kind::Sortables).await
}

async fn answer(app: &Arc<App>, collection: &str, mut ask: Ask, kind: Kind) -> Result<Response, ApiError> {
    let asked = versions::asked(app, collection, &ask.params).await?;
    let view = &asked.view;
    let offers = match kind {
        Kind::Schema => &SCHEMAS[..],
        // Features as GeoJSON have one schema, and it is at `schema`.
        Kind::Queryables | Kind::Sortables => &SCHEMAS[..2],
    };
    let form = ask.form(offers)?;
    let version = ask
        .params
        .take("version")
        .map(|version| ("version".to_owned(), version));
    ask.params.finish(&["f", "lang", "version"])?;
    let path = format!("{}/{}", path_of(view), kind.name());
    let own = |f: Option<&str>| {
        let f = f.map(|f| ("f".to_owned(), f.to_owned()));
        ask.base.url(&address(&path, f.into_iter().chain(version.clone())))
    };
    if form.format == Format::GeoJsonSchema {
        let body = geojson_schema(view, &own(Some("geojson")));
        return respond::json(&ask.headers, SCHEMA, &body);
    }
    let body = document(view, kind, &own(None));
    if form.format == Format::Html {
        let collection = asked.noted(describe(&ask.base, view));
        let page = Page::Schema {
            title: kind.name(),
            collection: &collection,
            schema: &body,
        };
        return ask.page(&form, &page);
    }
    respond::json(&ask.headers, form.kind, &body)
}

/// Whether a field can be asked for by `field=value`: not lists and objects, nor a name that means
/// something else at `items`.
pub(super) fn is_queryable(field: &Field) -> bool {
    field.kind != FieldType::Json && !question::KNOWN.contains(&field.name.as_str())
}

/// Whether a field gives an order.
pub(super) fn is_sortable(field: &Field) -> bool {
    field.kind != FieldType::Json
}

fn document(view: &View, kind: Kind, id: &str) -> Value {
    let mut properties = Map::new();
    let (id_name, id_is_field) = id_property(view);
    if kind == Kind::Schema && !id_is_field {
        let mut own = json!({ "title": "Id", "type": id_type(view), "x-ogc-role": "id", "x-ogc-propertySeq": 0 });
        own["readOnly"] = json!(true);
        properties.insert(id_name.clone(), own);
    }
    let times = TimeFields::of(view);
    for (i, field) in view.fields().iter().enumerate() {
        let listed = match kind {
            Kind::Schema | Kind::Queryables => true,
            Kind::Sortables => is_sortable(field),
        };
        if !listed {
            continue;
        }
        let mut property = field_schema(&field.name, field.kind);
        if kind == Kind::Schema {
            property.insert("x-ogc-propertySeq".into(), json!(i + 1));
            let role = match times {
                _ if id_is_field && field.name == id_name => Some("id"),
                Some(t) if t.start == Some(i) && t.end == Some(i) => Some("primary-instant"),
                Some(t) if t.start == Some(i) => Some("primary-interval-start"),
                Some(t) if t.end == Some(i) => Some("primary-interval-end"),
                _ => None,
            };
            if let Some(role) = role {
                property.insert("x-ogc-role".into(), json!(role));
            }
        }
        properties.insert(field.name.clone(), property.into());
    }
    if kind != Kind::Sortables {
        let mut geometry = json!({ "title": "Geometry", "format": geometry_format(view) });
        if kind == Kind::Schema {
            geometry["x-ogc-role"] = json!("primary-geometry");
            geometry["x-ogc-propertySeq"] = json!(view.fields().len() + 1);
        }
        let own = view.geometry_column();
        let name = match kind {
            Kind::Queryables if view.field(own).is_none() => own.to_owned(),
            _ => free_name(view, &["geometry", "geom", "_geometry"]),
        };
        properties.insert(name, geometry);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id,
        "type": "object",
        "title": view.info().title.fr,
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The field that ids come from, or a name for them that no field has; and whether it is a field.
fn id_property(view: &View) -> (String, bool) {
    if let IdSource::Configured(name) | IdSource::RoleKey(name) | IdSource::Field(name) = &view.report().ids
        && view.field(name).is_some()
    {
        return (name.clone(), true);
    }
    (free_name(view, &["id", "fid", "_id"]), false)
}

fn free_name(view: &View, names: &[&str]) -> String {
    let free = names.iter().find(|n| view.field(n).is_none());
    (*free.unwrap_or(&"_")).to_owned()
}

fn id_type(view: &View) -> &'static str {
    let first = view.row_at(0).map(|row| view.id(row));
    match first {
        Some(IdRef::Int(_)) => "integer",
        _ => "string",
    }
}

fn field_schema(name: &str, kind: FieldType) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("title".into(), json!(name));
    // Clients read one type; that a value may be absent is said by no `required`.
    let (kind, format) = match kind {
        FieldType::Bool => (json!("boolean"), None),
        FieldType::Int => (json!("integer"), None),
        FieldType::Float => (json!("number"), None),
        FieldType::Text => (json!("string"), None),
        FieldType::Date => (json!("string"), Some("date")),
        FieldType::DateTime => (json!("string"), Some("date-time")),
        FieldType::Json => (json!(["array", "object"]), None),
    };
    schema.insert("type".into(), kind);
    if let Some(format) = format {
        schema.insert("format".into(), json!(format));
    }
    schema
}

/// The registered format of the geometry (OGC 23-058r2, 8.7).
fn geometry_format(view: &View) -> &'static str {
    match view.geometry_type() {
        "point" => "geometry-point-or-multipoint",
        "line" => "geometry-linestring-or-multilinestring",
        "polygon" => "geometry-polygon-or-multipolygon",
        _ => "geometry-any",
    }
}

/// The schema of a feature as GeoJSON carries it (RFC 7946, 3.2), as GDAL reads field types from it.
fn geojson_schema(view: &View, id: &str) -> Value {
    // GDAL adds a field `id` of its own before those named here, and would have it twice.
    let fields = view.fields().iter().filter(|f| f.name != "id");
    let properties: Map<String, Value> = fields
        .map(|f| (f.name.clone(), field_schema(&f.name, f.kind).into()))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": id,
        "type": "object",
        "title": view.info().title.fr,
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": { "const": "Feature" },
            "id": { "type": id_type(view) },
            "geometry": { "oneOf": [{ "type": "null" }, { "$ref": "https://geojson.org/schema/Geometry.json" }] },
            "properties": { "type": "object", "properties": properties },
            "links": { "type": "array", "items": { "type": "object" } },
        },
    })
}
