//! The place of the small map on a page: what `viewer/src/page/` reads, and what stands there without it.

use maud::{Markup, html};
use serde_json::Value;

use super::super::links::encoded;
use super::here::Here;
use super::words::Word;
use super::{path_of, title_of};

/// Which features of a page the map draws strongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// None: the layer's tiles alone.
    Tiles,
    /// Those of the page.
    OwnFeatures,
}

/// A map of a collection; nothing where it has no place.
///
/// Addresses of data are relative to the page. The features are the page itself as GeoJSON in
/// CRS84, asked for once more: they may be many, and the page may show them in another system.
pub(super) fn small(here: &Here<'_>, collection: &Value, shown: Shown) -> Markup {
    let id = collection["id"].as_str().unwrap_or_default();
    let features = (shown == Shown::OwnFeatures).then(|| {
        let changes = [
            ("f", Some("geojson")),
            ("crs", None),
            ("lang", None),
            ("skipGeometry", None),
        ];
        here.relative_with(&changes)
    });
    let attribution = collection["attribution"].as_str();
    let placeless = collection["geometryType"] == "none" || collection["extent"]["spatial"].is_null();
    // Its tiles are those of the present state.
    let placeless = placeless || !collection["former"].is_null();
    html! {
        @if !placeless {
            figure.map {
                div #map role="region" aria-label=(Word::SmallMap.with(here.lang, &[("title", title_of(collection, here.lang))]))
                    data-tiles=(format!("{}{}.json", here.root(), encoded(id)))
                    data-layer=(id)
                    data-features=[features]
                    data-bbox=[bbox(collection)]
                    data-role=[collection["role"].as_str()]
                    data-nature=[collection["nature"].as_str()]
                    data-name=[collection["roleFields"]["name"].as_str()]
                    data-items=(format!("{}{}/items/", here.root(), path_of(collection).trim_start_matches('/')))
                    data-carried=(here.carried_query())
                    data-failed=(here.word(Word::MapFailed))
                    data-partly=(here.word(Word::MapPartly))
                    data-map=(here.word(Word::MapOfLayer))
                    data-scroll=(here.word(Word::MapScroll))
                    data-touch=(here.word(Word::MapTouch))
                    data-close=(here.word(Word::MapClose))
                    data-open=(here.word(Word::MapOpenFeature))
                    data-zoom-in=(here.word(Word::MapZoomIn))
                    data-zoom-out=(here.word(Word::MapZoomOut)) {
                    noscript { p { (here.word(Word::MapNeedsScript)) } }
                }
                @if let Some(attribution) = attribution {
                    figcaption.data { (attribution) }
                }
            }
        }
    }
}

/// West, south, east, north in degrees, as the map reads them.
fn bbox(collection: &Value) -> Option<String> {
    let edges = collection["extent"]["spatial"]["bbox"][0].as_array()?;
    let edges: Vec<String> = edges.iter().filter_map(Value::as_f64).map(|x| x.to_string()).collect();
    // With heights there are six.
    match edges.as_slice() {
        [w, s, e, n] | [w, s, _, e, n, _] => Some(format!("{w},{s},{e},{n}")),
        _ => None,
    }
}
