//! The systems that a collection can be asked and answered in (OGC 18-058r1).
//!
//! Offered are CRS84, 4326 and 3857; those of metropolitan France for what lies there; others whose area of
//! use meets the collection's extent; and the collection's own. Axes come and go in the order of the system's definition.

use std::sync::LazyLock;

use super::error::ApiError;
use super::params::{Params, shortened};
use crate::encode::geojson::Coordinates;
use crate::model::crs::{
    Area, Crs, LOCAL_CODES, LonLatBox, METROPOLITAN_CODES, PlanarBox, SUCCESSOR_CODES, WORLDWIDE_CODES,
};
use crate::ogr::crs_facts::{self, AxisOrder, AxisUnit, CrsFacts};
use crate::query::view::View;

/// The CRS of answers where nothing else is asked for.
pub(super) const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// Lambert-93, whose area of use is metropolitan France.
const LAMBERT_93: u32 = 2154;

/// What the register says of the codes that are offered, in the order in which they are listed.
static REGISTER: LazyLock<Vec<(u32, CrsFacts)>> = LazyLock::new(|| {
    let codes = [
        &WORLDWIDE_CODES[..],
        &METROPOLITAN_CODES,
        &LOCAL_CODES,
        &SUCCESSOR_CODES,
    ];
    let facts = |code: &u32| crs_facts::of_epsg(*code).ok().map(|facts| (*code, facts));
    codes.concat().iter().filter_map(facts).collect()
});

/// A system by its name on the wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NamedCrs {
    /// Its URI.
    pub(super) uri: String,
    /// Where coordinates in it lie, and how they are written.
    pub(super) coordinates: Coordinates,
}

impl NamedCrs {
    fn crs84() -> Self {
        Self {
            uri: CRS84.to_owned(),
            coordinates: Coordinates::default(),
        }
    }

    fn epsg(code: u32, facts: &CrsFacts) -> Self {
        Self {
            uri: uri_of(code),
            coordinates: Coordinates {
                crs: Crs::from_epsg(code),
                order: facts.order,
                unit: facts.unit,
            },
        }
    }

    /// The system that a parameter names, among those of the collection; CRS84 where it is absent.
    pub(super) fn take(params: &mut Params, name: &str, view: &View) -> Result<Self, ApiError> {
        let Some(text) = params.take(name) else {
            return Ok(Self::crs84());
        };
        // The brackets are those of the Content-Crs header.
        let bare = text
            .strip_prefix('<')
            .and_then(|t| t.strip_suffix('>'))
            .unwrap_or(&text);
        if is_crs84(bare) {
            return Ok(Self::crs84());
        }
        let found = code_of(bare).and_then(|code| {
            let facts = facts_of(code)?;
            is_offered(code, view).then(|| Self::epsg(code, &facts))
        });
        found.ok_or_else(|| {
            ApiError::parameter(
                name,
                format!(
                    "\"{}\" is not among the systems of this collection; take one of its \"crs\" list, such as {CRS84} or {}",
                    shortened(&text),
                    storage_uri(view)
                ),
            )
        })
    }

    /// The box of four or six numbers in this system's axis order.
    pub(super) fn area(&self, numbers: &[f64]) -> Result<Area, ApiError> {
        let bad = |reason: String| ApiError::parameter("bbox", reason);
        let [a, b, c, d] = match *numbers {
            [a, b, c, d] => [a, b, c, d],
            // With heights: they are no limit to features that have none.
            [a, b, low, c, d, high] if low <= high => [a, b, c, d],
            [_, _, _, _, _, _] => return Err(bad("the lowest height lies above the highest".into())),
            _ => {
                return Err(bad(format!(
                    "four numbers are wanted (or six with heights): {}",
                    self.edges()
                )));
            }
        };
        let (min, max) = match self.coordinates.order {
            AxisOrder::EastNorth => ([a, b], [c, d]),
            AxisOrder::NorthEast => ([b, a], [d, c]),
        };
        let explained = |e: crate::model::crs::BoxError| bad(format!("{e}; the order is {}", self.edges()));
        if self.coordinates.crs == Crs::Crs84 {
            return LonLatBox::new(min[0], min[1], max[0], max[1])
                .map(Area::LonLat)
                .map_err(explained);
        }
        PlanarBox::new(self.coordinates.crs.clone(), min, max)
            .map(Area::Planar)
            .map_err(explained)
    }

    fn edges(&self) -> &'static str {
        match (self.coordinates.order, self.coordinates.unit) {
            (AxisOrder::EastNorth, AxisUnit::Degree) => "west,south,east,north in degrees",
            (AxisOrder::NorthEast, AxisUnit::Degree) => "south,west,north,east in degrees, as the CRS defines it",
            (AxisOrder::EastNorth, AxisUnit::Metre) => "min x,min y,max x,max y in metres",
            (AxisOrder::NorthEast, AxisUnit::Metre) => {
                "min northing,min easting,max northing,max easting in metres, as the CRS defines it"
            }
        }
    }
}

/// The URIs of a collection's systems, CRS84 first.
pub(super) fn uris(view: &View) -> Vec<String> {
    let listed = REGISTER.iter().filter(|(code, _)| is_offered(*code, view));
    let mut uris: Vec<String> = std::iter::once(CRS84.to_owned())
        .chain(listed.map(|(code, _)| uri_of(*code)))
        .collect();
    let own = storage_uri(view);
    if !uris.contains(&own) {
        uris.push(own);
    }
    uris
}

/// The system of the stored coordinates, where it has a registered code; else CRS84.
pub(super) fn storage_uri(view: &View) -> String {
    match view.crs() {
        Crs::Epsg(code) => uri_of(*code),
        Crs::Crs84 | Crs::Wkt(_) => CRS84.to_owned(),
    }
}

fn is_offered(code: u32, view: &View) -> bool {
    if *view.crs() == Crs::Epsg(code) || WORLDWIDE_CODES.contains(&code) {
        return true;
    }
    let national = METROPOLITAN_CODES.contains(&code) || SUCCESSOR_CODES.contains(&code);
    if !national && !LOCAL_CODES.contains(&code) {
        return false;
    }
    let Some(extent) = view.extent() else {
        return true;
    };
    let meant_for = facts_of(if national { LAMBERT_93 } else { code }).and_then(|facts| facts.area);
    let meets = |a: &LonLatBox, b: &LonLatBox| {
        a.west() <= b.east() && b.west() <= a.east() && a.south() <= b.north() && b.south() <= a.north()
    };
    meant_for.is_some_and(|area| area.halves().iter().any(|half| meets(half, &extent)))
}

fn facts_of(code: u32) -> Option<CrsFacts> {
    let known = REGISTER
        .iter()
        .find(|(c, _)| *c == code)
        .map(|(_, facts)| facts.clone());
    // A layer's own system may be any other that is registered.
    known.or_else(|| crs_facts::of_epsg(code).ok())
}

fn uri_of(code: u32) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{code}")
}

fn is_crs84(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    matches!(
        rest,
        Some("www.opengis.net/def/crs/OGC/1.3/CRS84" | "www.opengis.net/def/crs/OGC/0/CRS84")
    ) || matches!(
        text,
        "CRS84" | "OGC:CRS84" | "[OGC:CRS84]" | "urn:ogc:def:crs:OGC:1.3:CRS84"
    )
}

/// The EPSG code in a URI of any version, a URN or a short name.
fn code_of(text: &str) -> Option<u32> {
    let digits = |t: &str| -> Option<u32> {
        let plain = !t.is_empty() && t.len() <= 6 && t.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| t.parse().ok()).flatten()
    };
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if let Some(rest) = rest.and_then(|r| r.strip_prefix("www.opengis.net/def/crs/EPSG/")) {
        return digits(rest.split_once('/')?.1);
    }
    if let Some(rest) = text.strip_prefix("urn:ogc:def:crs:EPSG:") {
        return digits(rest.split_once(':')?.1);
    }
    let short = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    digits(short.strip_prefix("EPSG:")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_known_by_their_names() {
        for (text, expected) in [
            ("http://www.opengis.net/def/crs/EPSG/0/2154", Some(2154)),
            ("https://www.opengis.net/def/crs/EPSG/9.9.1/3035", Some(3035)),
            ("urn:ogc:def:crs:EPSG::4326", Some(4326)),
            ("EPSG:2154", Some(2154)),
            ("[EPSG:2154]", Some(2154)),
            ("http://www.opengis.net/def/crs/0/unsupported", None),
            ("2154", None),
            ("EPSG:+2154", None),
        ] {
            assert_eq!(code_of(text), expected, "{text}");
        }
        assert!(is_crs84(CRS84) && !is_crs84("http://www.opengis.net/def/crs/OGC/1.3/CRS83"));
    }

    #[test]
    fn boxes_are_read_in_the_order_of_their_axes() {
        let facts = crs_facts::of_epsg(4326).unwrap();
        let latitude_first = NamedCrs::epsg(4326, &facts);
        let expected = Area::LonLat(LonLatBox::new(2.0, 50.0, 3.0, 51.0).unwrap());
        assert_eq!(latitude_first.area(&[50.0, 2.0, 51.0, 3.0]), Ok(expected.clone()));
        assert_eq!(NamedCrs::crs84().area(&[2.0, 50.0, 0.0, 3.0, 51.0, 9.0]), Ok(expected));
        assert!(NamedCrs::crs84().area(&[2.0, 50.0, 9.0, 3.0, 51.0, 0.0]).is_err());
        assert!(NamedCrs::crs84().area(&[2.0, 50.0, 3.0]).is_err());
    }
}
