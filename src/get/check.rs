//! Whether an answer is data: a web page, an exception or half a file never is.
//!
//! In: the bytes that came. Out: how many features they hold and where they lie, or what is wrong.

use super::failure::Failure;
use super::features::{Bounds, Collection, Feature};
use super::fetch::shortened;
use super::unpack::unpack;

/// Features whose place is looked at to tell where an answer lies.
const LOOKED_AT: usize = 200;

/// What an answer holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Checked {
    pub(super) features: usize,
    /// Features that there are in all, where the service says it.
    pub(super) matched: Option<usize>,
    /// The box of the first features.
    pub(super) bounds: Option<Bounds>,
}

/// Unpacks an answer and looks at all of it.
pub(super) fn data(bytes: Vec<u8>, inside: Option<&str>) -> Result<Vec<u8>, Failure> {
    if bytes.is_empty() {
        return Err(Failure::Nothing);
    }
    let text = unpack(bytes, inside)?;
    let start = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let start = start.trim_ascii_start();
    if start.is_empty() {
        return Err(Failure::Nothing);
    }
    if start[0] == b'<' {
        let head = start[..start.len().min(4096)].to_ascii_lowercase();
        let has = |word: &[u8]| head.windows(word.len()).any(|w| w == word);
        return Err(if has(b"<html") || has(b"<!doctype html") {
            Failure::WebPage(shortened(start))
        } else if has(b"exception") {
            Failure::Exception(shortened(start))
        } else {
            Failure::NotGeoJson(format!("it is XML: {}", shortened(start)))
        });
    }
    Ok(text)
}

/// Counts and places the features of a text.
pub(super) fn features(text: &[u8]) -> Result<Checked, Failure> {
    let found = Collection::read(text).map_err(|cause| {
        // Services of the web say in JSON what is wrong, some with status 200.
        let value: Option<serde_json::Value> = serde_json::from_slice(text).ok();
        let message = value
            .as_ref()
            .and_then(|v| ["exceptions", "message", "error"].iter().find_map(|k| v.get(k)));
        match message {
            Some(message) => Failure::Exception(shortened(message.to_string().as_bytes())),
            None => Failure::NotGeoJson(cause),
        }
    })?;
    let mut bounds: Option<Bounds> = None;
    for (n, text) in found.features().iter().enumerate() {
        if n >= LOOKED_AT {
            break;
        }
        let feature = Feature::read(text).map_err(|e| Failure::NotGeoJson(format!("feature {}: {e}", n + 1)))?;
        bounds = bounds.into_iter().chain(feature.bounds()).reduce(Bounds::with);
    }
    Ok(Checked {
        features: found.features().len(),
        matched: found.matched(),
        bounds,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> Result<usize, Failure> {
        let text = data(text.as_bytes().to_vec(), None)?;
        features(&text).map(|c| c.features)
    }

    #[test]
    fn only_data_are_data() {
        assert_eq!(judge("\u{feff}{\"type\":\"FeatureCollection\",\"features\":[]}"), Ok(0));
        assert_eq!(judge(""), Err(Failure::Nothing));
        assert_eq!(judge(" \n"), Err(Failure::Nothing));
        let page = judge("<!DOCTYPE html><html><body><h1>Service en maintenance</h1></body></html>");
        assert_eq!(page, Err(Failure::WebPage("Service en maintenance".into())));
        let wfs = "<?xml version=\"1.0\"?><ows:ExceptionReport xmlns:ows=\"http://www.opengis.net/ows/1.1\"><ows:Exception>\
                   <ows:ExceptionText>Unknown type x</ows:ExceptionText></ows:Exception></ows:ExceptionReport>";
        assert_eq!(judge(wfs), Err(Failure::Exception("Unknown type x".into())));
        assert!(matches!(judge("<kml/>"), Err(Failure::NotGeoJson(_))));
        assert!(matches!(
            judge("{\"code\":400,\"message\":\"bad partition\"}"),
            Err(Failure::Exception(_))
        ));
        assert!(matches!(
            judge("{\"type\":\"FeatureCollection\",\"feat"),
            Err(Failure::NotGeoJson(_))
        ));
        assert!(matches!(judge("\u{1f}oops"), Err(Failure::NotGeoJson(_))));
    }
}
