//! Collections: what a layer is to a client (OGC 17-069r4, 7.13 and 7.14; OGC 18-058r1, 6.2).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::crs;
use super::error::ApiError;
use super::html::Page;
use super::landing::TILESETS;
use super::links::{Base, GEOJSON, HTML, JSON, STYLE, encoded};
use super::negotiate::{self, SCHEMA};
use super::versions;
use crate::query::time;
use crate::query::view::View;
use crate::serve::state::App;

/// Link relations of the registry of OGC.
pub(super) const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
pub(super) const SORTABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/sortables";
pub(super) const SCHEMA_REL: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";

/// The view of a collection, or the error that also stands for one that is not for this reader.
pub(super) fn view_of(app: &App, collection: &str) -> Result<Arc<View>, ApiError> {
    app.catalog
        .public_view(collection)
        .ok_or_else(|| ApiError::no_collection(&super::params::shortened(collection)))
}

/// The path of a view's collection.
pub(super) fn path_of(view: &View) -> String {
    format!("/collections/{}", encoded(view.info().id.as_str()))
}

/// `GET /collections`.
pub(super) async fn all(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let views = app.catalog.public_views();
    let mut systems: Vec<String> = vec![];
    for uri in views.iter().flat_map(|v| crs::uris(v)) {
        if !systems.contains(&uri) {
            systems.push(uri);
        }
    }
    let mut links = ask.own_links(JSON, "/collections");
    links.push(ask.base.link("root", JSON, "/", "Landing page"));
    let body = json!({
        "links": links,
        "crs": systems,
        "numberMatched": views.len(),
        "numberReturned": views.len(),
        "collections": views.iter().map(|v| describe(&ask.base, v)).collect::<Vec<_>>(),
    });
    ask.answer(&form, &body, Page::Collections)
}

/// `GET /collections/{collection}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let asked = versions::asked(&app, &collection, &ask.params).await?;
    let form = ask.form(&negotiate::DOCUMENT)?;
    ask.params.take("version");
    ask.params.finish(&["f", "lang", "version"])?;
    let document = asked.noted(describe(&ask.base, &asked.view));
    ask.answer(&form, &document, Page::Collection)
}

/// A collection object. Beyond the standard's members: role, nature, counts, licence, fields, stage.
pub(super) fn describe(base: &Base, view: &View) -> Value {
    let info = view.info();
    let report = view.report();
    let mut collection = json!({
        "id": info.id,
        "title": info.title.fr,
        "description": info.description.as_ref().map_or("", |d| d.fr.as_str()),
        "titles": info.title,
        "descriptions": info.description,
        "itemType": "feature",
        "crs": crs::uris(view),
        "storageCrs": crs::storage_uri(view),
        "role": info.role,
        "roleGuessed": info.role_guessed,
        "schema": info.schema,
        "roleFields": visible_fields(view),
        "roleFieldsGuessed": visible_guesses(view),
        "roleUnits": visible_units(view),
        "nature": info.nature,
        "geometryType": view.geometry_type(),
        "itemCount": view.count(),
        "nullGeometries": view.null_geometries(),
        "repaired": report.repaired,
        "faults": report.counts.values().sum::<u64>(),
        "stage": view.stage(),
        "version": view.version(),
        "attribution": info.attribution,
        "license": info.licence,
        "source": info.source,
        "fields": view.fields(),
        "links": links(base, view),
    });
    let mut extent = json!({ "temporal": { "interval": [[null, null]] } });
    if let Some(span) = time::extent(view) {
        extent["temporal"] = json!({
            "interval": [span.written()],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        });
        collection["timeFields"] = time_fields(view);
    }
    if let Some(b) = view.extent() {
        extent["spatial"] = json!({ "bbox": [[b.west(), b.south(), b.east(), b.north()]], "crs": crs::CRS84 });
    }
    collection["extent"] = extent;
    collection
}

/// Which fields mean what to the role, of those that are visible.
fn visible_fields(view: &View) -> Value {
    let fields = view.info().fields.iter();
    fields
        .filter(|(_, field)| view.field(field).is_some())
        .map(|(name, field)| (name.clone(), json!(field)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Which of them were guessed from the fields' names.
fn visible_guesses(view: &View) -> Vec<&str> {
    let info = view.info();
    let shown = |domain: &&String| info.fields.get(*domain).is_some_and(|f| view.field(f).is_some());
    info.fields_guessed.iter().filter(shown).map(String::as_str).collect()
}

/// Their units, where the fields' names say them.
fn visible_units(view: &View) -> Value {
    let info = view.info();
    let shown = |domain: &String| info.fields.get(domain).is_some_and(|f| view.field(f).is_some());
    let units = info.units.iter().filter(|(domain, _)| shown(domain));
    json!(units.collect::<std::collections::BTreeMap<_, _>>())
}

/// The fields that `datetime` reads.
fn time_fields(view: &View) -> Value {
    let name = |field: Option<usize>| field.map(|f| view.fields()[f].name.as_str());
    time::TimeFields::of(view).map_or(Value::Null, |t| json!({ "start": name(t.start), "end": name(t.end) }))
}

fn links(base: &Base, view: &View) -> Vec<Value> {
    let path = path_of(view);
    let id = encoded(view.info().id.as_str());
    let html = |rel: &str, path: &str, title: &str| base.link(rel, HTML, &format!("{path}?f=html"), title);
    let part = |name: &str| format!("{path}/{name}");
    vec![
        base.link("self", JSON, &path, "This collection"),
        html("alternate", &path, "This collection as HTML"),
        // Without a query: clients append theirs.
        base.link("items", GEOJSON, &part("items"), "Its features, as GeoJSON"),
        html("items", &part("items"), "Its features, as HTML"),
        base.link(QUERYABLES, SCHEMA, &part("queryables"), "What can be asked for"),
        html(QUERYABLES, &part("queryables"), "What can be asked for, as HTML"),
        base.link(SORTABLES, SCHEMA, &part("sortables"), "What can be sorted by"),
        base.link(SCHEMA_REL, SCHEMA, &part("schema"), "Its schema"),
        html(SCHEMA_REL, &part("schema"), "Its schema, as HTML"),
        base.link(
            "describedby",
            SCHEMA,
            &format!("{}?f=geojson", part("schema")),
            "The schema of its features as GeoJSON",
        ),
        base.link(TILESETS, JSON, &part("tiles"), "Its vector tiles"),
        base.link(
            "tilejson",
            JSON,
            &format!("/{id}.json"),
            "Its vector tiles, as TileJSON",
        ),
        base.link(
            "http://www.opengis.net/def/rel/ogc/1.0/styles",
            JSON,
            "/styles",
            "Styles of all collections",
        ),
        base.link("stylesheet", STYLE, &format!("/styles/{id}"), "Its style, for MapLibre"),
        base.link("related", JSON, &super::loads::path(view), "Its load report"),
        html("related", &super::loads::path(view), "Its load report, as HTML"),
        base.link("root", JSON, "/", "Landing page"),
    ]
}
