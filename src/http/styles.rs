//! `GET /styles` and `GET /styles/{collection}`: a collection as map clients draw it.
//!
//! In: the style of the collection's role (`styles/`, the map's own) and its view. Out: a MapLibre style (version 8) that
//! opens by itself: absolute addresses, ids that do not collide with another collection's, nothing that needs
//! pictures or fonts from elsewhere. A field that the view hides is not named: what the style asks of it is decided
//! here, as it would be for features without it. Attribution comes with the TileJSON.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::ask::Ask;
use super::collections::view_of;
use super::error::ApiError;
use super::html::Page;
use super::links::{Base, JSON, STYLE, encoded};
use super::negotiate;
use super::respond;
use super::tilejson::zoom_for;
use crate::model::role::Role;
use crate::model::world::lon_lat;
use crate::query::view::View;
use crate::serve::state::App;

#[derive(RustEmbed)]
#[folder = "styles"]
struct Files;

/// `GET /styles`.
pub(super) async fn all(State(app): State<Arc<App>>, mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let entry = |view: &Arc<View>| {
        let info = view.info();
        let path = format!("/styles/{}", encoded(info.id.as_str()));
        let title = "The style, for MapLibre and OpenLayers";
        json!({
            "id": info.id,
            "title": info.title.fr,
            "titles": info.title,
            "links": [ask.base.link("stylesheet", STYLE, &path, title)],
        })
    };
    let views = app.catalog.public_views();
    let styles: Vec<Value> = views.iter().map(entry).collect();
    let mut links = ask.own_links(JSON, "/styles");
    links.push(ask.base.link("root", JSON, "/", "Landing page"));
    ask.answer(&form, &json!({ "links": links, "styles": styles }), Page::Styles)
}

/// `GET /styles/{collection}`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(collection): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let (_, kind) = negotiate::choose(ask.params.take("f").as_deref(), &ask.headers, &negotiate::STYLES)?;
    ask.params.finish(&["f"])?;
    let view = view_of(&app, &collection)?;
    let style = style_of(&view, &ask.base).ok_or(ApiError::Internal)?;
    respond::json(&ask.headers, kind, &style)
}

/// The style of a view; `None` where the file of its role is not what it has to be.
fn style_of(view: &View, base: &Base) -> Option<Value> {
    let info = view.info();
    let id = info.id.as_str();
    let name = info.role.map_or("generic", Role::name);
    let file = Files::get(&format!("{name}.json"))?;
    let mut style: Value = serde_json::from_slice(&file.data).ok()?;
    style["name"] = json!(info.title.fr);
    style["metadata"]["terril:collection"] = json!(id);
    style["metadata"]["terril:nature"] = json!(info.nature);
    if let Some(area) = view.world_extent() {
        let (nw, se) = (lon_lat(area.min()), lon_lat(area.max()));
        style["center"] = json!([f64::midpoint(nw[0], se[0]), f64::midpoint(nw[1], se[1])]);
        style["zoom"] = json!(zoom_for(se[0] - nw[0]));
    }
    let tilejson = base.url(&format!("/{}.json", encoded(id)));
    style["sources"] = json!({ id: { "type": "vector", "url": tilejson } });
    let shows = |field: &str| field == "id" || view.field(field).is_some();
    let layers = style.get_mut("layers")?.as_array_mut()?;
    layers.retain(|layer| !needs_pictures(layer));
    let drawn = std::mem::take(layers).into_iter().filter_map(|mut layer| {
        layer["id"] = json!(format!("{id}-{}", layer["id"].as_str()?));
        layer["source"] = json!(id);
        layer["source-layer"] = json!(id);
        decide_layer(layer, &shows)
    });
    *layers = drawn.collect();
    Some(style)
}

/// Whether a layer needs sprites or glyphs, which are not served yet.
fn needs_pictures(layer: &Value) -> bool {
    let part = |part: &str| layer[part].as_object().into_iter().flatten();
    let picture = |name: &str| name.ends_with("-pattern") || name.ends_with("-image");
    layer["type"] == "symbol" || part("paint").chain(part("layout")).any(|(name, _)| picture(name))
}

/// A layer without the fields that are not shown; `None` where it would draw nothing.
fn decide_layer(mut layer: Value, shows: &dyn Fn(&str) -> bool) -> Option<Value> {
    if let Some(filter) = layer.get_mut("filter") {
        *filter = decided(filter.take(), shows);
        match filter {
            Value::Bool(false) => return None,
            Value::Bool(true) => drop(layer.as_object_mut()?.remove("filter")),
            _ => {}
        }
    }
    for part in ["paint", "layout"] {
        for (_, value) in layer.get_mut(part).and_then(Value::as_object_mut).into_iter().flatten() {
            *value = decided(value.take(), shows);
        }
    }
    Some(layer)
}

/// An expression with what is known of fields that are not shown put in: they are null everywhere.
fn decided(expression: Value, shows: &dyn Fn(&str) -> bool) -> Value {
    let Value::Array(parts) = expression else {
        return expression;
    };
    let operator = parts.first().and_then(Value::as_str).unwrap_or_default().to_owned();
    let field = parts.get(1).and_then(Value::as_str);
    match operator.as_str() {
        "get" if parts.len() == 2 && field.is_some_and(|f| !shows(f)) => return Value::Null,
        "has" if parts.len() == 2 && field.is_some_and(|f| !shows(f)) => return json!(false),
        "literal" => return Value::Array(parts),
        _ => {}
    }
    let mut parts: Vec<Value> = parts.into_iter().map(|part| decided(part, shows)).collect();
    match (operator.as_str(), &parts[..]) {
        ("==" | "!=", [_, a, b]) if is_constant(a) && is_constant(b) => json!((a == b) == (operator == "==")),
        ("all" | "any", _) => {
            // True decides nothing of `all`, false nothing of `any`; the other one decides it.
            let neutral = Value::Bool(operator == "all");
            let decisive = Value::Bool(operator == "any");
            if parts.contains(&decisive) {
                return decisive;
            }
            parts.retain(|part| *part != neutral);
            match parts.len() {
                1 => neutral,
                2 => parts.remove(1),
                _ => Value::Array(parts),
            }
        }
        ("case", _) => case(parts),
        _ => Value::Array(parts),
    }
}

/// `case` without the branches that are never taken.
fn case(parts: Vec<Value>) -> Value {
    let mut left = vec![json!("case")];
    let mut rest = parts.into_iter().skip(1);
    while let Some(condition) = rest.next() {
        // The last part stands alone: what holds otherwise.
        let Some(value) = rest.next() else {
            left.push(condition);
            break;
        };
        match condition {
            Value::Bool(false) => {}
            Value::Bool(true) => {
                left.push(value);
                break;
            }
            _ => left.extend([condition, value]),
        }
    }
    if left.len() == 2 {
        left.remove(1)
    } else {
        Value::Array(left)
    }
}

fn is_constant(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_is_decided() {
        let check = |expression: Value, expected: Value| {
            assert_eq!(decided(expression.clone(), &|f| f == "nom"), expected, "{expression}");
        };
        let polygon = json!(["==", ["geometry-type"], "Polygon"]);
        check(json!(["get", "nom"]), json!(["get", "nom"]));
        check(json!(["==", ["get", "secret"], "x"]), json!(false));
        check(json!(["!=", ["get", "secret"], "x"]), json!(true));
        check(json!(["has", "secret"]), json!(false));
        check(json!(["all", polygon, ["!=", ["get", "secret"], "x"]]), polygon.clone());
        check(json!(["all", polygon, ["==", ["get", "secret"], "x"]]), json!(false));
        check(json!(["any", polygon, ["==", ["get", "secret"], "x"]]), polygon.clone());
        check(json!(["any", polygon, ["!=", ["get", "secret"], "x"]]), json!(true));
        check(json!(["all", polygon, polygon]), json!(["all", polygon, polygon]));
        check(
            json!(["case", ["==", ["get", "secret"], "x"], "#FFF", "#000"]),
            json!("#000"),
        );
        check(
            json!(["case", ["!=", ["get", "secret"], "x"], "#FFF", "#000"]),
            json!("#FFF"),
        );
        check(
            json!(["case", ["==", ["get", "secret"], "x"], 1, polygon, 2, 3]),
            json!(["case", polygon, 2, 3]),
        );
        check(
            json!(["literal", ["get", "secret"]]),
            json!(["literal", ["get", "secret"]]),
        );
    }

    /// Every style of ours, for a view that shows no field but the id: no expression may be left that asks for one.
    #[test]
    fn no_style_names_a_field_that_is_not_shown() {
        for name in Files::iter() {
            let file = Files::get(&name).unwrap();
            let style: Value = serde_json::from_slice(&file.data).unwrap();
            let layers = style["layers"].as_array().unwrap().iter();
            let drawn: Vec<Value> = layers
                .filter(|layer| !needs_pictures(layer))
                .filter_map(|layer| decide_layer(layer.clone(), &|_| false))
                .collect();
            assert!(drawn.len() >= 4, "{name}: fill, outline, line and point are left");
            let text = serde_json::to_string(&drawn).unwrap();
            for trace in ["\"get\"", "\"has\"", "\"feature-state\"", "null", "pattern", "text-"] {
                assert!(!text.contains(trace), "{name}: {trace} in {text}");
            }
        }
    }
}
