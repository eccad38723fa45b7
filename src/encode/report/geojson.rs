//! Faults as points on the map (RFC 7946).

use serde_json::{Value, json};

use super::Entry;
use crate::load::report::Fault;

/// The faults that have a place, as a FeatureCollection up to its last brace, and how many they are.
///
/// Coordinates are longitude and latitude in degrees. Each point has the kind of its fault with its label, the
/// message in both languages, the feature it is about and the areas.
#[must_use]
pub fn points(entry: &Entry<'_>) -> (Vec<u8>, usize) {
    let mut body = b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec();
    let mut count = 0;
    for (fault, place) in entry.faults.iter().filter_map(|f| Some((f, f.place?))) {
        if count > 0 {
            body.push(b',');
        }
        count += 1;
        body.extend_from_slice(point(entry.layer, fault, place).to_string().as_bytes());
    }
    body.push(b']');
    (body, count)
}

fn point(layer: &str, fault: &Fault, place: [f64; 2]) -> Value {
    let words = fault.kind.words();
    let mut properties = json!({
        "collection": layer,
        "kind": fault.kind,
        "label": words.label.en,
        "label_fr": words.label.fr,
        "message": fault.message,
        "message_fr": fault.message_fr,
    });
    let given = [
        ("feature", json!(fault.feature)),
        ("other", json!(fault.other)),
        ("row", json!(fault.row)),
        ("area_m2", json!(fault.area_m2)),
        ("declared_m2", json!(fault.declared_m2)),
        ("area_before_m2", json!(fault.area_before_m2)),
        ("area_after_m2", json!(fault.area_after_m2)),
    ];
    for (name, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
        properties[name] = value;
    }
    json!({ "type": "Feature", "geometry": { "type": "Point", "coordinates": place }, "properties": properties })
}
