//! Versions as JSON.

use serde_json::{Value, json};

use super::super::error::ApiError;
use super::super::links::{Base, CSV, GEOJSON, HTML, JSON};
use super::{items_path, path, segment};
use crate::encode::report;
use crate::query::view::View;
use crate::serve::state::App;
use crate::serve::versions::{List, Listed, Unkept};

/// The list of a collection's versions.
pub(super) fn list(app: &App, base: &Base, present: &View, go_on: &dyn Fn() -> bool) -> Result<Value, ApiError> {
    let list = app.versions.list(present, go_on)?;
    let entries: Vec<Value> = (0..list.listed.len())
        .map(|at| entry(app, base, present, &list, at, go_on))
        .collect::<Result<_, _>>()?;
    let path = path(present);
    let id = &present.info().id;
    let mut document = json!({
        "links": [
            base.link("self", JSON, &path, "This document"),
            base.link("alternate", HTML, &format!("{path}?f=html"), "This document as HTML"),
            base.link("collection", JSON, &super::super::collections::path_of(present), "The collection"),
            base.link("up", JSON, &super::super::loads::path(present), "The report of the present version"),
        ],
        "collection": id,
        "title": present.info().title.fr,
        "titles": present.info().title,
        "mostListed": app.versions.most_listed(),
        "numberReturned": entries.len(),
        "versions": entries,
    });
    if let Some(reason) = app.versions.unkept() {
        let (why, words) = match reason {
            Unkept::NoState => (
                "no-state",
                "no former version is kept: there is no state folder that can be written (--state)",
            ),
            Unkept::Off => (
                "off",
                "no former version is kept: the server was started with --versions 0",
            ),
        };
        document["kept"] = json!({ "reason": why, "description": words });
    }
    Ok(document)
}

/// One version by its position in the list, with counts of what it changed.
pub(super) fn entry(
    app: &App,
    base: &Base,
    present: &View,
    list: &List,
    at: usize,
    go_on: &dyn Fn() -> bool,
) -> Result<Value, ApiError> {
    let Some((listed, earlier)) = list.with_predecessor(at) else {
        return Err(ApiError::Internal);
    };
    let glimpse = &listed.glimpse;
    let version = &glimpse.version;
    let own = format!(
        "{}/{}",
        path(present),
        segment(listed, list.position(version) == Some(at))
    );
    let items = items_path(present, version);
    let mut entry = json!({
        "collection": present.info().id,
        "title": present.info().title.fr,
        "titles": present.info().title,
        "version": version,
        "present": version == present.version(),
        "numbers": {
            "features": glimpse.features,
            "withoutPlace": glimpse.without_place,
            "repaired": glimpse.repaired,
            "faults": glimpse.counts.values().sum::<u64>(),
            "faultsByKind": glimpse.counts,
        },
        "diff": null,
        "links": [
            base.link("self", JSON, &own, "This version, its report and what it changed"),
            base.link("alternate", HTML, &format!("{own}?f=html"), "This version as HTML"),
            base.link("alternate", CSV, &format!("{own}?f=csv"), "What it changed, as a table"),
            base.link("items", GEOJSON, &items, "Its features, as GeoJSON"),
            base.link("items", HTML, &format!("{items}&f=html"), "Its features, as HTML"),
            base.link("version-history", JSON, &path(present), "All versions"),
        ],
    });
    if let Some(kept) = &listed.first {
        let record = &kept.record;
        entry["number"] = json!(record.number);
        entry["loaded"] = json!(record.loaded);
        entry["source"] = json!(record.source);
        entry["license"] = json!(record.licence);
        entry["attribution"] = json!(record.attribution);
        entry["storageCrs"] = json!(record.crs.uri());
        if glimpse.whole {
            // Where something is hidden, the size of the file would tell of it.
            entry["sourceBytes"] = json!(record.source_bytes);
            entry["sourceModified"] = json!(record.source_modified);
        }
    }
    if let Some(earlier) = earlier
        && let Some([added, removed, changed]) = app.versions.counts(present, earlier, listed, go_on)?
    {
        entry["diff"] = json!({
            "from": earlier.glimpse.version,
            "fromLoaded": earlier.first.as_ref().map(|kept| &kept.record.loaded),
            "added": added,
            "removed": removed,
            "changed": changed,
        });
    }
    Ok(entry)
}

/// Adds what loading found in a version.
pub(super) fn add_report(entry: &mut Value, view: &View) {
    let found = view.report();
    let mut summary = report::summary(&found);
    if let Some(members) = summary.as_object_mut() {
        // How long it took says nothing of the version.
        members.shift_remove("seconds");
    }
    entry["stage"] = json!(view.stage());
    entry["report"] = summary;
    entry["kinds"] = report::kinds(&found).into();
}

/// What pages say of a former state.
pub(super) fn told(listed: &Listed) -> Value {
    let record = listed.first.as_ref().map(|kept| &kept.record);
    json!({
        "version": listed.glimpse.version,
        "number": record.map(|record| record.number),
        "loaded": record.map(|record| &record.loaded),
    })
}

/// The ends of relations of a collection's links that a former state has too; of tiles and styles there are those of
/// the present alone.
const OF_VERSIONS: [&str; 7] = [
    "self",
    "alternate",
    "items",
    "queryables",
    "sortables",
    "schema",
    "describedby",
];

/// Has the links of a collection lead to its state, and leaves out those to what only the present state has.
pub(super) fn lead_to_version(collection: &mut Value, version: &str) {
    let Some(links) = collection["links"].as_array_mut() else {
        return;
    };
    let end = |link: &Value| {
        let rel = link["rel"].as_str().unwrap_or_default();
        rel.rsplit('/').next().unwrap_or_default().to_owned()
    };
    let of_layer = |rel: &str| !["tilesets-vector", "tilejson", "styles", "stylesheet", "related"].contains(&rel);
    links.retain(|link| of_layer(&end(link)));
    for link in links.iter_mut().filter(|link| OF_VERSIONS.contains(&&*end(link))) {
        if let Some(href) = link["href"].as_str() {
            let joint = if href.contains('?') { '&' } else { '?' };
            link["href"] = format!("{href}{joint}version={version}").into();
        }
    }
}
