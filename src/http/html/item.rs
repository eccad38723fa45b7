//! `/collections/{c}/items/{id}`: one feature, all of it.

use maud::{Markup, html};
use serde_json::Value;

use super::collection::geometry_word;
use super::collections::nature_banner;
use super::filter::name_of;
use super::frame::{self, Crumb, Frame};
use super::here::Here;
use super::map::{self, Shown};
use super::value::{self, feature_id, feature_name};
use super::words::Word;
use super::{crumb_collection, crumb_collections, format, path_of, title_of, versions};
use crate::http::links::encoded;

/// The page.
pub(super) fn page(here: &Here<'_>, collection: &Value, feature: &Value) -> String {
    let skipped = here.param("skipGeometry") == Some("true");
    let items = format!("{}/items", path_of(collection));
    let body = html! {
        (nature_banner(here, collection))
        (versions::banner(here, collection))
        (ways(here, collection, feature))
        @if skipped || !feature["geometry"].is_null() {
            (map::small(here, collection, Shown::OwnFeatures))
        } @else {
            p.note { (here.word(Word::FeatureWithoutPlace)) }
        }
        section aria-labelledby="properties" {
            h2 id="properties" { (here.word(Word::Properties)) }
            (properties(here, collection, feature))
        }
        section aria-labelledby="geometry" {
            h2 id="geometry" { (here.word(Word::Geometry)) }
            @if skipped {
                p { (here.word(Word::GeometryLeftOut)) }
            } @else {
                (geometry(here, &feature["geometry"]))
            }
        }
    };
    let frame = Frame {
        title: feature_name(collection, feature),
        crumb: None,
        within: title_of(collection, here.lang).to_owned(),
        above: vec![
            crumb_collections(here),
            crumb_collection(here, collection),
            Crumb {
                label: here.word(Word::Features).to_owned(),
                href: here.at_state(&items),
            },
        ],
        formats: &[frame::GEOJSON],
        document: feature,
    };
    frame::page(here, &frame, &body)
}

fn ways(here: &Here<'_>, collection: &Value, feature: &Value) -> Markup {
    let layer = encoded(collection["id"].as_str().unwrap_or_default());
    let id = encoded(&feature_id(feature));
    html! {
        ul.actions {
            @if !feature["geometry"].is_null() && collection["former"].is_null() {
                li { a.button href=(here.map(&format!("sel={layer}/{id}"))) { (here.word(Word::SeeOnMap)) } }
            }
            li { a href=(here.at_state(&format!("{}/items", path_of(collection)))) { (here.word(Word::BackToItems)) } }
        }
    }
}

/// Every attribute, in the collection's order, also the empty ones.
fn properties(here: &Here<'_>, collection: &Value, feature: &Value) -> Markup {
    let carried = &feature["properties"];
    let mut fields = value::fields(collection);
    fields.retain(|field| carried.get(field.name).is_some());
    for name in carried.as_object().into_iter().flat_map(|p| p.keys()) {
        if !fields.iter().any(|field| field.name == name) {
            fields.push(value::field(collection, name));
        }
    }
    // Where a field is the id, once is enough.
    let says_id = fields
        .iter()
        .any(|field| carried[field.name] == feature["id"] && !feature["id"].is_null());
    html! {
        div.scroll {
            table.properties {
                caption.spoken { (here.word(Word::Properties)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Attribute)) }
                        th scope="col" { (here.word(Word::Value)) }
                    }
                }
                tbody {
                    @if !says_id {
                        tr {
                            th scope="row" { (here.word(Word::Identifier)) }
                            td.data { code { (feature_id(feature)) } }
                        }
                    }
                    @for field in &fields {
                        tr {
                            th scope="row" { (name_of(here, field)) }
                            td.data { (field.show(&carried[field.name], here.lang)) }
                        }
                    }
                }
            }
        }
        @if fields.is_empty() { p.quiet { (here.word(Word::PropertiesNone)) } }
    }
}

fn geometry(here: &Here<'_>, geometry: &Value) -> Markup {
    let shape = Shape::of(geometry);
    let counts = [
        (Word::NumberOfPoints, Some(shape.points).filter(|_| !geometry.is_null())),
        (Word::NumberOfParts, Some(shape.parts).filter(|n| *n > 1)),
        (Word::NumberOfHoles, Some(shape.holes).filter(|n| *n > 0)),
    ];
    html! {
        dl.facts {
            div { dt { (here.word(Word::GeometryType)) } dd { (here.word(geometry_word(&geometry["type"]))) } }
            @for (word, count) in counts {
                @if let Some(count) = count {
                    div { dt { (here.word(word)) } dd { (format::whole(count, here.lang)) } }
                }
            }
        }
    }
}

/// What a geometry is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shape {
    /// Positions as they are written: the first point of a ring counts again as its last.
    points: u64,
    parts: u64,
    holes: u64,
}

impl Shape {
    fn of(geometry: &Value) -> Self {
        let coordinates = &geometry["coordinates"];
        let members = |value: &Value| value.as_array().map_or(0, Vec::len) as u64;
        let holes = |polygon: &Value| members(polygon).saturating_sub(1);
        let points = positions(coordinates);
        let (parts, holes) = match geometry["type"].as_str() {
            Some("MultiPoint" | "MultiLineString") => (members(coordinates), 0),
            Some("MultiPolygon") => {
                let polygons = coordinates.as_array().into_iter().flatten();
                (members(coordinates), polygons.map(holes).sum())
            }
            Some("Polygon") => (1, holes(coordinates)),
            Some("GeometryCollection") => {
                let own = geometry["geometries"].as_array().into_iter().flatten().map(Self::of);
                return own.fold(Self::default(), |sum, shape| Self {
                    points: sum.points + shape.points,
                    parts: sum.parts + shape.parts,
                    holes: sum.holes + shape.holes,
                });
            }
            Some(_) => (1, 0),
            None => (0, 0),
        };
        Self { points, parts, holes }
    }
}

fn positions(coordinates: &Value) -> u64 {
    match coordinates.as_array().map(Vec::as_slice) {
        Some([Value::Number(_), ..]) => 1,
        Some(members) => members.iter().map(positions).sum(),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shapes_are_counted() {
        let ring = json!([[0, 0], [1, 0], [1, 1], [0, 0]]);
        let check = |geometry: Value, points, parts, holes| {
            assert_eq!(Shape::of(&geometry), Shape { points, parts, holes }, "{geometry}");
        };
        check(json!({ "type": "Point", "coordinates": [1.5, 2] }), 1, 1, 0);
        check(json!({ "type": "Polygon", "coordinates": [ring, ring] }), 8, 1, 1);
        check(
            json!({ "type": "MultiPolygon", "coordinates": [[ring, ring], [ring]] }),
            12,
            2,
            1,
        );
        check(
            json!({ "type": "MultiPoint", "coordinates": [[0, 1], [2, 3]] }),
            2,
            2,
            0,
        );
        let point = json!({ "type": "Point", "coordinates": [1, 2] });
        check(
            json!({ "type": "GeometryCollection", "geometries": [point, point] }),
            2,
            2,
            0,
        );
        check(Value::Null, 0, 0, 0);
    }
}
