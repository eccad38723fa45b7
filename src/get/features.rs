//! GeoJSON as texts of features: read without changing a byte of them.
//!
//! In: a FeatureCollection in memory. Out: each feature's own text, its box and its properties; what the collection says of
//! itself. A coordinate that is handed on is the one that came, to the last digit.

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// Systems that are longitude and latitude in degrees, as GeoJSON has it (RFC 7946, 4).
const DEGREES: [&str; 5] = ["CRS84", "EPSG::4326", "EPSG:4326", "EPSG:0/4326", "EPSG/0/4326"];

/// A FeatureCollection, read once.
#[derive(Debug, Deserialize)]
pub(super) struct Collection<'a> {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    /// The features' own texts.
    #[serde(borrow, default)]
    pub(super) features: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    crs: Option<Value>,
    #[serde(rename = "numberMatched", default)]
    matched: Option<Value>,
    #[serde(rename = "totalFeatures", default)]
    total: Option<Value>,
}

impl<'a> Collection<'a> {
    /// Reads a collection; the error says where it is none.
    pub(super) fn read(text: &'a [u8]) -> Result<Self, String> {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let found: Self = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        match (found.kind.as_deref(), &found.features) {
            (Some("FeatureCollection"), Some(_)) => Ok(found),
            (kind, _) => Err(format!(
                "it is {}, not a FeatureCollection",
                kind.unwrap_or("JSON of another kind")
            )),
        }
    }

    /// The features.
    pub(super) fn features(&self) -> &[&'a RawValue] {
        self.features.as_deref().unwrap_or_default()
    }

    /// The system that it names, where that is not degrees of longitude and latitude.
    pub(super) fn system(&self) -> Option<String> {
        let member = self.crs.as_ref().filter(|c| !c.is_null())?;
        let name = member["properties"]["name"].as_str();
        let name = name.map_or_else(|| member.to_string(), str::to_owned);
        (!DEGREES.iter().any(|d| name.ends_with(d))).then_some(name)
    }

    /// The `crs` member as it came.
    pub(super) fn crs(&self) -> Option<&Value> {
        self.crs.as_ref()
    }

    /// How many features there are in all, where the service says it.
    pub(super) fn matched(&self) -> Option<usize> {
        let number = |v: &Option<Value>| v.as_ref()?.as_u64().and_then(|n| usize::try_from(n).ok());
        number(&self.matched).or_else(|| number(&self.total))
    }
}

/// A feature, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct Feature {
    #[serde(default)]
    geometry: Option<Geometry>,
    #[serde(default)]
    pub(super) properties: Option<Value>,
}

impl Feature {
    pub(super) fn read(text: &RawValue) -> Result<Self, String> {
        serde_json::from_str(text.get()).map_err(|e| e.to_string())
    }

    /// The box of its geometry; nothing where it has none.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        self.geometry.as_ref().and_then(Geometry::bounds)
    }
}

#[derive(Debug, Deserialize)]
struct Geometry {
    #[serde(default)]
    coordinates: Option<Span>,
    #[serde(default)]
    geometries: Option<Vec<Geometry>>,
}

impl Geometry {
    fn bounds(&self) -> Option<Bounds> {
        let own = self.coordinates.as_ref().and_then(|s| s.0);
        let parts = self.geometries.iter().flatten().filter_map(Self::bounds);
        own.into_iter().chain(parts).reduce(Bounds::with)
    }
}

/// A box of longitudes and latitudes in degrees, or of whatever the coordinates are.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, Deserialize)]
pub(super) struct Bounds {
    pub(super) west: f64,
    pub(super) south: f64,
    pub(super) east: f64,
    pub(super) north: f64,
}

impl Bounds {
    fn point(x: f64, y: f64) -> Self {
        Self {
            west: x,
            south: y,
            east: x,
            north: y,
        }
    }

    /// The box of both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// Whether they have a point in common, edges included.
    pub(super) fn meets(self, other: Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }
}

/// The box of nested arrays of numbers.
#[derive(Debug)]
struct Span(Option<Bounds>);

/// An element of coordinates.
enum Node {
    Number(f64),
    Array(Option<Bounds>),
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Node::deserialize(deserializer)? {
            Node::Number(_) => Ok(Self(None)),
            Node::Array(bounds) => Ok(Self(bounds)),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Coordinates)
    }
}

struct Coordinates;

impl<'de> Visitor<'de> for Coordinates {
    type Value = Node;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("numbers in arrays")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Array(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Node, A::Error> {
        let (mut numbers, mut bounds): (Vec<f64>, Option<Bounds>) = (vec![], None);
        while let Some(node) = array.next_element::<Node>()? {
            match node {
                Node::Number(n) => numbers.push(n),
                Node::Array(inner) => bounds = bounds.into_iter().chain(inner).reduce(Bounds::with),
            }
        }
        Ok(Node::Array(match numbers.as_slice() {
            [x, y, ..] => Some(Bounds::point(*x, *y)),
            _ => bounds,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_and_boxes_are_found() {
        let text = br#"{"type":"FeatureCollection","numberMatched":7,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4326"}},
            "features":[ {"type":"Feature","id":"a.1","properties":{"n":1.10},"geometry":{"type":"MultiPolygon","coordinates":[[[[2.50,50.1,9],[3,51.0,9],[2.5,50.1,9]]]]}},
            {"type":"Feature","properties":null,"geometry":null}]}"#;
        let found = Collection::read(text).unwrap();
        assert_eq!(
            (found.features().len(), found.matched(), found.system()),
            (2, Some(7), None)
        );
        assert!(
            found.features()[0].get().contains("[2.50,50.1,9]"),
            "not a digit is changed"
        );
        let first = Feature::read(found.features()[0]).unwrap();
        let expected = Bounds {
            west: 2.5,
            south: 50.1,
            east: 3.0,
            north: 51.0,
        };
        assert_eq!(first.bounds(), Some(expected));
        assert_eq!(Feature::read(found.features()[1]).unwrap().bounds(), None);
        assert!(expected.meets(Bounds {
            west: 3.0,
            south: 51.0,
            east: 4.0,
            north: 52.0
        }));
        assert!(!expected.meets(Bounds {
            west: 3.1,
            south: 50.0,
            east: 4.0,
            north: 52.0
        }));
    }

    #[test]
    fn other_json_is_none() {
        for (text, says) in [
            ("[]", "another kind"),
            ("{\"type\":\"Feature\"}", "it is Feature"),
            ("{\"code\":400,\"message\":\"x\"}", "another kind"),
            ("{\"type\":\"FeatureCollection\",\"features\":[", "EOF"),
        ] {
            let error = Collection::read(text.as_bytes()).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
        let other = br#"{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}}"#;
        assert_eq!(
            Collection::read(other).unwrap().system().as_deref(),
            Some("urn:ogc:def:crs:EPSG::2154")
        );
    }
}
