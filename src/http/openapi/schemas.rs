//! What answers are made of (OGC 17-069r4, annex B; OGC 20-057; RFC 7946; RFC 9457), as far as clients
//! may count on it.

use serde_json::{Value, json};

/// All schemas, by name.
pub(super) fn all() -> Value {
    let links = || json!({ "type": "array", "items": by("link") });
    let text = || json!({ "type": "string" });
    let mut all = json!({
        "object": { "type": "object" },
        "problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(),
            },
        },
        "link": {
            "type": "object",
            "required": ["href", "rel"],
            "properties": {
                "href": text(), "rel": text(), "type": text(), "title": text(), "templated": { "type": "boolean" },
            },
        },
        "landingPage": {
            "type": "object",
            "required": ["links"],
            "properties": { "title": text(), "description": text(), "links": links() },
        },
        "confClasses": {
            "type": "object",
            "required": ["conformsTo"],
            "properties": { "conformsTo": { "type": "array", "items": text() }, "links": links() },
        },
        "collections": {
            "type": "object",
            "required": ["links", "collections"],
            "properties": {
                "links": links(), "crs": { "type": "array", "items": text() },
                "collections": { "type": "array", "items": by("collection") },
            },
        },
        "collection": {
            "type": "object",
            "required": ["id", "links"],
            "properties": {
                "id": text(), "title": text(), "description": text(), "links": links(), "extent": by("extent"),
                "itemType": { "type": "string", "default": "feature" },
                "crs": { "type": "array", "items": text(), "default": [super::super::crs::CRS84] },
                "storageCrs": text(),
            },
        },
        "extent": {
            "type": "object",
            "properties": {
                "spatial": { "type": "object", "properties": {
                    "bbox": { "type": "array", "minItems": 1, "items": { "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } } },
                    "crs": text(),
                } },
                "temporal": { "type": "object", "properties": {
                    "interval": { "type": "array", "minItems": 1, "items": { "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "string", "format": "date-time", "nullable": true } } },
                    "trs": text(),
                } },
            },
        },
        "featureCollectionGeoJSON": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": { "type": "string", "enum": ["FeatureCollection"] },
                "features": { "type": "array", "items": by("featureGeoJSON") },
                "links": links(),
                "timeStamp": { "type": "string", "format": "date-time" },
                "numberMatched": { "type": "integer", "minimum": 0 },
                "numberReturned": { "type": "integer", "minimum": 0 },
                "warnings": { "type": "array", "items": text() },
            },
        },
        "featureGeoJSON": {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": { "type": "string", "enum": ["Feature"] },
                "id": { "oneOf": [text(), { "type": "integer" }] },
                "geometry": { "type": "object", "nullable": true, "required": ["type", "coordinates"], "properties": {
                    "type": { "type": "string", "enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"] },
                    "coordinates": { "type": "array", "items": {} },
                } },
                "properties": { "type": "object" },
                "links": links(),
            },
        },
        "faultCollectionGeoJSON": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": { "type": "string", "enum": ["FeatureCollection"] },
                "features": { "type": "array", "items": by("faultGeoJSON") },
                "links": links(),
                "numberMatched": { "type": "integer", "minimum": 0 },
                "numberReturned": { "type": "integer", "minimum": 0 },
            },
        },
        "faultGeoJSON": {
            "type": "object",
            "required": ["type", "geometry", "properties"],
            "properties": {
                "type": { "type": "string", "enum": ["Feature"] },
                "geometry": { "type": "object", "required": ["type", "coordinates"], "properties": {
                    "type": { "type": "string", "enum": ["Point"] },
                    "coordinates": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 },
                } },
                "properties": { "type": "object", "required": ["collection", "kind", "message", "message_fr"], "properties": {
                    "collection": text(), "kind": text(), "label": text(), "label_fr": text(), "message": text(), "message_fr": text(),
                    "feature": { "oneOf": [text(), { "type": "integer" }] }, "other": { "oneOf": [text(), { "type": "integer" }] },
                    "row": { "type": "integer", "minimum": 0 }, "area_m2": { "type": "number" }, "declared_m2": { "type": "number" },
                    "area_before_m2": { "type": "number" }, "area_after_m2": { "type": "number" },
                } },
            },
        },
        "actors": {
            "type": "object",
            "required": ["actors", "unknown", "layers"],
            "properties": {
                "links": links(),
                "actors": { "type": "array", "items": {
                    "type": "object",
                    "required": ["id", "name", "aliases", "source", "layers"],
                    "properties": {
                        "id": text(), "name": text(), "sigle": { "type": "string", "nullable": true },
                        "siren": { "type": "string", "nullable": true }, "type": { "type": "string", "nullable": true },
                        "aliases": { "type": "array", "items": text() }, "source": text(),
                        "layers": { "type": "array", "items": by("ownedLayer") },
                    },
                } },
                "unknown": { "type": "array", "items": {
                    "type": "object",
                    "required": ["name", "features", "layers"],
                    "properties": {
                        "name": text(), "features": { "type": "integer", "minimum": 0 },
                        "layers": { "type": "array", "items": by("ownedLayer") },
                    },
                } },
                "unknownUnlisted": { "type": "integer", "minimum": 0 },
                "layers": { "type": "array", "items": { "type": "object", "required": ["collection", "field", "features", "owned"] } },
            },
        },
        "ownedLayer": {
            "type": "object",
            "required": ["collection", "features"],
            "properties": { "collection": text(), "title": text(), "features": { "type": "integer", "minimum": 0 }, "href": text() },
        },
        "templates": {
            "type": "object",
            "required": ["templates"],
            "properties": {
                "links": links(),
                "templates": { "type": "array", "items": {
                    "type": "object",
                    "required": ["name", "title", "role", "columns", "links"],
                    "properties": { "name": text(), "title": text(), "role": text(), "links": links() },
                } },
            },
        },
        "tileSets": {
            "type": "object",
            "required": ["tilesets"],
            "properties": { "links": links(), "tilesets": { "type": "array", "items": by("tileSet") } },
        },
        "tileSet": {
            "type": "object",
            "required": ["dataType", "crs", "links"],
            "properties": {
                "title": text(), "dataType": { "type": "string", "enum": ["vector"] }, "crs": text(),
                "tileMatrixSetURI": text(), "links": links(),
            },
        },
        "tileJson": {
            "type": "object",
            "required": ["tilejson", "tiles", "vector_layers"],
            "properties": {
                "tilejson": text(), "tiles": { "type": "array", "items": text() },
                "vector_layers": { "type": "array", "items": { "type": "object", "required": ["id", "fields"] } },
            },
        },
    });
    super::versions::add_schemas(&mut all);
    all
}

/// Errors that operations share.
pub(super) fn responses() -> Value {
    let problem = |description: &str| json!({ "description": description, "content": { "application/problem+json": { "schema": by("problem") } } });
    json!({
        "BadRequest": problem("A parameter is wrong or not known; the detail names it and the remedy"),
        "NotAcceptable": problem("Nothing that the Accept headers name is to be had"),
        "NotFound": problem("There is nothing by that name"),
        "Busy": problem("Too much at once, or too long; Retry-After says when to come back"),
        "UriTooLong": problem("The address is longer than 16 kB"),
        "Failed": problem("The server failed to answer; the failure is in its log"),
    })
}

pub(super) fn by(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
