//! Versions of collections: parameters and schemas.

use serde_json::{Value, json};

use super::super::versions::changes::KINDS;
use super::collection::at_most;
use super::parameter;
use super::schemas::by;

/// Parameters of one version.
pub(super) fn parameters() -> Vec<Value> {
    let kind = json!({
        "name": "kind", "in": "query", "required": false, "description": "Changes of this kind alone",
        "schema": { "type": "string", "enum": KINDS },
    });
    let mut all = ["versionName", "fReport", "lang"].map(parameter).to_vec();
    all.extend([kind, at_most("Changes"), parameter("offset")]);
    all
}

/// Adds the schemas of the list and of one version.
pub(super) fn add_schemas(all: &mut Value) {
    let text = || json!({ "type": "string" });
    let links = || json!({ "type": "array", "items": by("link") });
    all["versions"] = json!({
        "type": "object",
        "required": ["links", "collection", "versions"],
        "properties": {
            "links": links(), "collection": text(), "title": text(),
            "mostListed": { "type": "integer", "minimum": 1 }, "numberReturned": { "type": "integer", "minimum": 1 },
            "versions": { "type": "array", "items": by("version") },
        },
    });
    all["version"] = json!({
        "type": "object",
        "required": ["collection", "version", "present", "numbers", "links"],
        "properties": {
            "collection": text(), "version": text(), "number": { "type": "integer", "minimum": 1 },
            "present": { "type": "boolean" }, "loaded": { "type": "string", "format": "date-time" }, "source": text(),
            "license": { "type": "string", "nullable": true }, "attribution": { "type": "string", "nullable": true },
            "numbers": { "type": "object", "required": ["features", "withoutPlace", "repaired", "faults"], "properties": {
                "features": { "type": "integer", "minimum": 0 }, "withoutPlace": { "type": "integer", "minimum": 0 },
                "repaired": { "type": "integer", "minimum": 0 }, "faults": { "type": "integer", "minimum": 0 },
            } },
            "diff": { "type": "object", "nullable": true, "required": ["from", "added", "removed", "changed"], "properties": {
                "from": text(), "added": { "type": "integer", "minimum": 0 },
                "removed": { "type": "integer", "minimum": 0 }, "changed": { "type": "integer", "minimum": 0 },
            } },
            "report": { "type": "object" }, "kinds": { "type": "array", "items": { "type": "object" } },
            "numberMatched": { "type": "integer", "minimum": 0 }, "numberReturned": { "type": "integer", "minimum": 0 },
            "added": { "type": "array", "items": { "oneOf": [text(), { "type": "integer" }] } },
            "removed": { "type": "array", "items": { "oneOf": [text(), { "type": "integer" }] } },
            "changed": { "type": "array", "items": { "type": "object", "required": ["id", "geometry", "fields"], "properties": {
                "id": { "oneOf": [text(), { "type": "integer" }] }, "geometry": { "type": "boolean" },
                "fields": { "type": "array", "items": text() },
            } } },
            "links": links(),
        },
    });
}
