//! The landing page and what the service conforms to (OGC 17-069r4, 7.2 and 7.4).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::links::{HTML, JSON, OPENAPI};
use super::negotiate::{DOCUMENT, Format};
use super::{respond, viewer};
use crate::serve::state::App;

/// Conformance classes that are implemented, and tested.
const CONFORMS_TO: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-common-3/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    // The names of schemas before they were approved as Common Part 3: QGIS looks for these.
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/returnables-and-receivables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-features-6/1.0/conf/properties",
    "http://www.opengis.net/spec/ogcapi-features-6/1.0/conf/properties-features",
    "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/sortables",
    "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/sorting",
    "http://www.opengis.net/spec/ogcapi-features-8/1.0/conf/features-sorting",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
];

/// The link relation to vector tilesets (OGC 20-057, 9.2).
pub(super) const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// The link relation to the functions of filters (OGC 19-079r2, 9).
const FUNCTIONS: &str = "http://www.opengis.net/def/rel/ogc/1.0/functions";

/// `GET /`: the map for browsers, the landing page for programs.
pub(super) async fn landing(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.form(&DOCUMENT)?;
    ask.params.finish(&["f", "lang"])?;
    if form.format == Format::Html {
        return viewer::page(&app, &ask.base, &ask.headers);
    }
    let title = &app.settings.title;
    let base = &ask.base;
    let mut links = vec![
        base.link("self", JSON, "/", "This document"),
        base.link("alternate", HTML, "/?f=html", "The map"),
        base.link("service-desc", OPENAPI, "/api", "The API, in OpenAPI 3.0"),
        base.link("service-doc", HTML, "/api?f=html", "The API, to be read"),
    ];
    links.extend(ask.both("conformance", JSON, "/conformance", "Conformance classes"));
    links.extend(ask.both("data", JSON, "/collections", "Collections"));
    links.extend(ask.both(TILESETS, JSON, "/tiles", "Vector tilesets"));
    links.extend(ask.both("related", JSON, "/loads", "Load reports"));
    links.push(base.link(
        "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
        JSON,
        "/tileMatrixSets",
        "Tile matrix sets",
    ));
    links.push(base.link(
        "http://www.opengis.net/def/rel/ogc/1.0/styles",
        JSON,
        "/styles",
        "Styles for MapLibre",
    ));
    links.extend(ask.both(FUNCTIONS, JSON, "/functions", "Functions of filters"));
    links.extend(ask.both("related", JSON, "/actors", "Bodies and owners"));
    links.extend(ask.both("related", JSON, "/templates", "Templates to fill"));
    let body = json!({
        "title": title.fr,
        "description": "Terril: reserves, cités, public spaces, parcels and plans of a territory, as features and vector tiles.",
        "links": links,
    });
    respond::json(&ask.headers, JSON, &body)
}

/// `GET /conformance`.
pub(super) async fn conformance(mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let body = json!({ "links": ask.own_links(JSON, "/conformance"), "conformsTo": CONFORMS_TO });
    ask.answer(&form, &body, Page::Conformance)
}
