//! In which format an answer goes out: `f` before `Accept` (RFC 9110, 12.5.1).
//!
//! Each kind of resource has a list of offers, the best liked first. A wildcard, or no `Accept` at all,
//! takes the first; a browser names HTML above the rest; where nothing fits, the answer is 406.

use axum::http::{HeaderMap, header};

use super::error::ApiError;
use super::links::{CSV, GEOJSON, HTML, JSON, MVT, OPENAPI, STYLE};
use super::respond::qualities;

/// Media type of schemas (JSON Schema 2020-12; OGC 23-058r2).
pub(super) const SCHEMA: &str = "application/schema+json";

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// For programs.
    Json,
    /// For people.
    Html,
    /// The schema of features as GeoJSON carries them.
    GeoJsonSchema,
    /// A vector tile.
    Tile,
    /// A table for spreadsheets.
    Csv,
}

/// One format: its names in `f`, and its media types, the first being the one that it is sent as unless
/// the client names another.
pub(super) struct Offer {
    format: Format,
    names: &'static [&'static str],
    types: &'static [&'static str],
}

const fn html() -> Offer {
    Offer {
        format: Format::Html,
        names: &["html"],
        types: &[HTML],
    }
}

/// Landing page, collections, metadata.
pub(super) const DOCUMENT: [Offer; 2] = [
    Offer {
        format: Format::Json,
        names: &["json"],
        types: &[JSON],
    },
    html(),
];

/// Features.
pub(super) const FEATURES: [Offer; 2] = [
    Offer {
        format: Format::Json,
        names: &["geojson", "json"],
        types: &[GEOJSON, JSON],
    },
    html(),
];

/// Schemas; some clients take no other label than plain JSON.
pub(super) const SCHEMAS: [Offer; 3] = [
    Offer {
        format: Format::Json,
        names: &["json"],
        types: &[SCHEMA, JSON, GEOJSON],
    },
    html(),
    Offer {
        format: Format::GeoJsonSchema,
        names: &["geojson"],
        types: &[],
    },
];

/// The load report of a layer.
pub(super) const REPORT: [Offer; 3] = [
    Offer {
        format: Format::Json,
        names: &["json"],
        types: &[JSON],
    },
    html(),
    Offer {
        format: Format::Csv,
        names: &["csv"],
        types: &[CSV],
    },
];

/// The located faults of a layer.
pub(super) const POINTS: [Offer; 1] = [Offer {
    format: Format::Json,
    names: &["geojson", "json"],
    types: &[GEOJSON, JSON],
}];

/// The API's description.
pub(super) const API: [Offer; 2] = [
    Offer {
        format: Format::Json,
        names: &["json"],
        types: &[OPENAPI, JSON],
    },
    html(),
];

/// Vector tiles.
pub(super) const TILE: [Offer; 1] = [Offer {
    format: Format::Tile,
    names: &["mvt", "pbf"],
    types: &[MVT, "application/x-protobuf", "application/octet-stream"],
}];

/// Styles; MapLibre asks for plain JSON.
pub(super) const STYLES: [Offer; 2] = [
    Offer {
        format: Format::Json,
        names: &["style"],
        types: &[STYLE],
    },
    Offer {
        format: Format::Json,
        names: &["json"],
        types: &[JSON],
    },
];

/// What was chosen: the format, and the media type that the answer says.
pub(super) type Chosen = (Format, &'static str);

/// Chooses among offers.
///
/// # Errors
/// An `f` that names none of them; an `Accept` that takes none of them.
pub(super) fn choose(f: Option<&str>, headers: &HeaderMap, offers: &[Offer]) -> Result<Chosen, ApiError> {
    if let Some(name) = f {
        let offer = offers.iter().find(|o| o.names.contains(&name));
        let names = || {
            offers
                .iter()
                .flat_map(|o| o.names)
                .copied()
                .collect::<Vec<_>>()
                .join(" or ")
        };
        return offer
            .map(|o| (o.format, o.types.first().copied().unwrap_or(SCHEMA)))
            .ok_or_else(|| ApiError::parameter("f", format!("use {}", names())));
    }
    let accepted = qualities(headers, &header::ACCEPT);
    let Some(first) = offers.first() else {
        return Err(ApiError::Internal);
    };
    if accepted.is_empty() {
        return Ok((first.format, first.types[0]));
    }
    let mut best: Option<(f32, Chosen)> = None;
    for offer in offers {
        for kind in offer.types {
            let quality = quality(&accepted, kind);
            // An earlier one is kept unless a later one is strictly better.
            if quality > 0.0 && best.is_none_or(|(b, _)| quality > b) {
                best = Some((quality, (offer.format, kind)));
            }
        }
    }
    let refused = "none of the media types of the Accept header is to be had here; leave it out, or ask by f=";
    best.map(|(_, chosen)| chosen).ok_or(ApiError::NotAcceptable(refused))
}

/// How much a client likes a media type: its most specific word on it.
fn quality(accepted: &[(String, f32)], kind: &str) -> f32 {
    let bare = kind.split(';').next().unwrap_or(kind);
    let major = bare.split('/').next().unwrap_or(bare);
    let said = |name: &str| accepted.iter().find(|(n, _)| n == name).map(|(_, q)| *q);
    said(bare)
        .or_else(|| said(&format!("{major}/*")))
        .or_else(|| said("*/*"))
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn chosen(accept: &str, offers: &[Offer]) -> Option<Chosen> {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        }
        choose(None, &headers, offers).ok()
    }

    #[test]
    fn clients_get_what_they_name() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        for (accept, expected) in [
            ("", Some((Format::Json, GEOJSON))),
            ("*/*", Some((Format::Json, GEOJSON))),
            (browser, Some((Format::Html, HTML))),
            ("application/json", Some((Format::Json, JSON))),
            ("application/geo+json, application/json", Some((Format::Json, GEOJSON))),
            ("text/html;q=0.3, application/json;q=0.2", Some((Format::Html, HTML))),
            ("text/html;q=0.1, */*;q=0.9", Some((Format::Json, GEOJSON))),
            ("application/*", Some((Format::Json, GEOJSON))),
            ("*/*, text/html;q=0", Some((Format::Json, GEOJSON))),
            ("application/geo+json;q=0, */*;q=0.1", Some((Format::Json, JSON))),
            ("image/png", None),
            ("*/*;q=0", None),
        ] {
            assert_eq!(chosen(accept, &FEATURES), expected, "{accept}");
        }
        assert_eq!(
            chosen("application/geo+json, application/json", &SCHEMAS),
            Some((Format::Json, JSON))
        );
        assert_eq!(
            chosen("application/vnd.oai.openapi+json;version=3.0, application/json", &API),
            Some((Format::Json, OPENAPI))
        );
    }

    #[test]
    fn f_wins() {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html"))]);
        assert_eq!(choose(Some("json"), &headers, &DOCUMENT), Ok((Format::Json, JSON)));
        let error = choose(Some("xml"), &headers, &DOCUMENT).unwrap_err();
        assert_eq!(error.to_string(), "parameter \"f\": use json or html");
    }
}
