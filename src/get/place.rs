//! A territory: communes, those that touch them, and the box of all.
//!
//! In: INSEE codes. Out: the communes by code and name and their box, from the outlines that the catalogue names. Communes of
//! the départements around are looked at too. Not here: the outlines as a layer.

use std::collections::{BTreeMap, BTreeSet};

use geo::{BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon, Rect};
use serde_json::Value;

use super::catalogue::Catalogue;
use super::failure::Failure;
use super::features::{Bounds, Collection, Feature};
use super::manifest::{Commune, Piece};
use super::plan;
use super::store::Store;

/// How near a département has to be to be looked at, in degrees: outlines of départements are coarse.
const NEAR_DEGREES: f64 = 0.05;

/// A territory.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The communes asked for, then their neighbours by code.
    pub(super) communes: Vec<Commune>,
    /// The box of all.
    pub(super) bounds: Bounds,
    /// The answers that told it.
    pub(super) pieces: Vec<Piece>,
    /// What could not be looked at.
    pub(super) gaps: Vec<(String, Failure)>,
}

/// A commune or département with its outline.
#[derive(Debug, Clone)]
struct Outline {
    code: String,
    name: String,
    shape: MultiPolygon<f64>,
}

/// Whether a text has the form of a commune's code.
pub(super) fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5
        && bytes[0].is_ascii_digit()
        && (bytes[1].is_ascii_digit() || (bytes[0] == b'2' && matches!(bytes[1], b'A' | b'B')))
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

/// The département of a commune's code: three characters overseas, else two.
pub(super) fn department(code: &str) -> &str {
    let length = if code.starts_with("97") || code.starts_with("98") {
        3
    } else {
        2
    };
    code.get(..length).unwrap_or(code)
}

/// Finds communes, and their neighbours where they are wanted.
pub(super) fn find(
    store: &Store<'_>,
    catalogue: &Catalogue,
    parameters: &BTreeMap<String, String>,
    codes: &[String],
    neighbours: bool,
) -> Result<Place, (String, Failure)> {
    let (mut pieces, mut gaps) = (vec![], vec![]);
    let own: BTreeSet<&str> = codes.iter().map(|c| department(c)).collect();
    let mut outlines = vec![];
    for code in &own {
        outlines.extend(communes_of(store, catalogue, parameters, code, &mut pieces)?);
    }
    let mut asked = vec![];
    for code in codes {
        let found = outlines.iter().find(|o| o.code == *code);
        let url = pieces.last().map(|p: &Piece| p.url.clone()).unwrap_or_default();
        asked.push(found.cloned().ok_or_else(|| (url, Failure::NoCommune(code.clone())))?);
    }
    let mut chosen = asked.clone();
    if neighbours {
        match departments_near(store, catalogue, parameters, &asked, &mut pieces) {
            Ok(near) => {
                for code in near.iter().filter(|c| !own.contains(c.as_str())) {
                    match communes_of(store, catalogue, parameters, code, &mut pieces) {
                        Ok(more) => outlines.extend(more),
                        Err(gap) => gaps.push(gap),
                    }
                }
            }
            Err(gap) => gaps.push(gap),
        }
        outlines.sort_by(|a, b| a.code.cmp(&b.code));
        let touching = outlines
            .iter()
            .filter(|o| !codes.contains(&o.code) && asked.iter().any(|a| touch(&a.shape, &o.shape)));
        chosen.extend(touching.cloned());
    }
    let bounds = chosen.iter().filter_map(|o| bounds_of(&o.shape)).reduce(Bounds::with);
    let bounds = bounds.ok_or_else(|| (String::new(), Failure::Nothing))?;
    let named = |o: Outline| Commune {
        code: o.code,
        name: o.name,
    };
    Ok(Place {
        communes: chosen.into_iter().map(named).collect(),
        bounds,
        pieces,
        gaps,
    })
}

/// Whether two outlines have a point in common.
fn touch(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> bool {
    match (a.bounding_rect(), b.bounding_rect()) {
        (Some(x), Some(y)) => x.intersects(&y) && a.intersects(b),
        _ => false,
    }
}

fn bounds_of(shape: &MultiPolygon<f64>) -> Option<Bounds> {
    shape.bounding_rect().map(|r| Bounds {
        west: r.min().x,
        south: r.min().y,
        east: r.max().x,
        north: r.max().y,
    })
}

fn communes_of(
    store: &Store<'_>,
    catalogue: &Catalogue,
    parameters: &BTreeMap<String, String>,
    department: &str,
    pieces: &mut Vec<Piece>,
) -> Result<Vec<Outline>, (String, Failure)> {
    let values = [("departement", department.to_owned())];
    outlines(
        store,
        catalogue,
        parameters,
        &catalogue.territory.outlines,
        &values,
        pieces,
    )
}

/// The codes of the départements around communes.
fn departments_near(
    store: &Store<'_>,
    catalogue: &Catalogue,
    parameters: &BTreeMap<String, String>,
    asked: &[Outline],
    pieces: &mut Vec<Piece>,
) -> Result<Vec<String>, (String, Failure)> {
    let all = outlines(
        store,
        catalogue,
        parameters,
        &catalogue.territory.departments,
        &[],
        pieces,
    )?;
    let around: Vec<Rect<f64>> = asked.iter().filter_map(|o| bounds_of(&o.shape)).map(grown).collect();
    let near = all.into_iter().filter(|d| around.iter().any(|r| d.shape.intersects(r)));
    Ok(near.map(|d| d.code).collect())
}

fn grown(b: Bounds) -> Rect<f64> {
    let corner = |x, y| Coord { x, y };
    Rect::new(
        corner(b.west - NEAR_DEGREES, b.south - NEAR_DEGREES),
        corner(b.east + NEAR_DEGREES, b.north + NEAR_DEGREES),
    )
}

fn outlines(
    store: &Store<'_>,
    catalogue: &Catalogue,
    parameters: &BTreeMap<String, String>,
    id: &str,
    more: &[(&str, String)],
    pieces: &mut Vec<Piece>,
) -> Result<Vec<Outline>, (String, Failure)> {
    let entry = &catalogue.entries[id];
    let mut values = plan::values(entry, parameters);
    values.extend(more.iter().cloned());
    let filled = super::template::fill(&entry.url, &values);
    let url = filled.map_err(|name| (entry.url.clone(), Failure::Exception(format!("{{{name}}} is not said"))))?;
    let inside = entry.inside.as_deref();
    let told = |failure| (url.clone(), failure);
    let brought = store.bring(&url, inside).map_err(told)?;
    let text = store.text(&brought.piece, inside).map_err(told)?;
    let found = Collection::read(&text).map_err(|e| told(Failure::NotGeoJson(e)))?;
    pieces.push(brought.piece);
    let (code, name) = (&catalogue.territory.code, &catalogue.territory.name);
    let read = |text: &&serde_json::value::RawValue| {
        let feature: Value = serde_json::from_str(text.get()).ok()?;
        let property = |key: &str| feature["properties"][key].as_str().map(str::to_owned);
        Some(Outline {
            code: property(code)?,
            name: property(name).unwrap_or_default(),
            shape: shape(&feature["geometry"]),
        })
    };
    Ok(found.features().iter().filter_map(read).collect())
}

/// The polygons of a geometry; none where it has none.
fn shape(geometry: &Value) -> MultiPolygon<f64> {
    let point = |v: &Value| {
        Some(Coord {
            x: v[0].as_f64()?,
            y: v[1].as_f64()?,
        })
    };
    let ring = |v: &Value| LineString::new(v.as_array().into_iter().flatten().filter_map(point).collect());
    let polygon = |v: &Value| {
        let mut rings: Vec<LineString<f64>> = v.as_array().into_iter().flatten().map(ring).collect();
        (!rings.is_empty()).then(|| Polygon::new(rings.remove(0), rings))
    };
    let coordinates = &geometry["coordinates"];
    let polygons: Vec<Polygon<f64>> = match geometry["type"].as_str() {
        Some("Polygon") => polygon(coordinates).into_iter().collect(),
        Some("MultiPolygon") => coordinates
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(polygon)
            .collect(),
        _ => vec![],
    };
    MultiPolygon::new(polygons)
}

/// Whether a feature is of one of the communes.
pub(super) fn is_of(feature: &Feature, field: &str, communes: &[Commune]) -> bool {
    let value = feature.properties.as_ref().and_then(|p| p.get(field));
    let code = value.and_then(Value::as_str);
    code.is_some_and(|code| communes.iter().any(|c| c.code == code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_and_their_departments() {
        for (code, expected) in [
            ("62737", "62"),
            ("01004", "01"),
            ("2A004", "2A"),
            ("97411", "974"),
            ("97502", "975"),
        ] {
            assert!(is_code(code), "{code}");
            assert_eq!(department(code), expected);
        }
        for wrong in ["6273", "627370", "62-37", "Lens", "3A004", "2a004", "", "62737 "] {
            assert!(!is_code(wrong), "{wrong}");
        }
    }

    #[test]
    fn outlines_touch_by_an_edge_or_a_corner() {
        let square = |x: f64, y: f64| {
            let ring = [[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0], [x, y]];
            shape(&json!({ "type": "Polygon", "coordinates": [ring] }))
        };
        let here = square(0.0, 0.0);
        assert!(touch(&here, &square(1.0, 0.25)) && touch(&here, &square(1.0, 1.0)) && touch(&here, &here));
        assert!(!touch(&here, &square(1.1, 0.0)));
        assert!(!touch(&here, &shape(&json!(null))));
        // In a hole, by its edge: a commune inside another.
        let ring = json!([[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]);
        let hole = json!([[3, 3], [3, 4], [4, 4], [4, 3], [3, 3]]);
        let around = shape(&json!({ "type": "MultiPolygon", "coordinates": [[ring, hole]] }));
        assert!(touch(&square(3.0, 3.0), &around));
    }
}
