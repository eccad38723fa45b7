//! `/conformance`: the classes that the service declares, by standard.

use maud::html;
use serde_json::Value;

use super::frame::{self, Frame};
use super::here::Here;
use super::words::Word;

/// Names of the standards, by the name in their addresses.
const STANDARDS: [(&str, &str); 16] = [
    ("ogcapi-common-1", "OGC API – Common – Part 1: Core"),
    ("ogcapi-common-2", "OGC API – Common – Part 2: Geospatial data"),
    ("ogcapi-common-3", "OGC API – Common – Part 3: Schemas"),
    ("ogcapi-features-1", "OGC API – Features – Part 1: Core"),
    (
        "ogcapi-features-2",
        "OGC API – Features – Part 2: Coordinate Reference Systems by Reference",
    ),
    ("ogcapi-features-3", "OGC API – Features – Part 3: Filtering"),
    (
        "ogcapi-features-4",
        "OGC API – Features – Part 4: Create, Replace, Update and Delete",
    ),
    ("ogcapi-features-5", "OGC API – Features – Part 5: Schemas"),
    ("ogcapi-features-6", "OGC API – Features – Part 6: Property selection"),
    ("ogcapi-features-8", "OGC API – Features – Part 8: Sorting"),
    ("ogcapi-tiles-1", "OGC API – Tiles – Part 1: Core"),
    ("ogcapi-styles-1", "OGC API – Styles – Part 1: Core"),
    ("ogcapi-processes-1", "OGC API – Processes – Part 1: Core"),
    ("cql2", "Common Query Language (CQL2)"),
    ("tms", "Two Dimensional Tile Matrix Set and Tile Set Metadata"),
    ("json-fg-1", "OGC Features and Geometries JSON"),
];

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let classes = document["conformsTo"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut groups: Vec<(&str, Vec<&str>)> = vec![];
    for class in classes {
        let standard = standard(class);
        match groups.iter_mut().find(|(known, _)| *known == standard) {
            Some((_, members)) => members.push(class),
            None => groups.push((standard, vec![class])),
        }
    }
    let body = html! {
        p.lead { (here.word(Word::ConformanceIntro)) }
        @for (standard, classes) in &groups {
            section {
                h2.data lang="en" { (name(standard)) }
                ul.classes {
                    @for class in classes {
                        li { code.data { (class.rsplit('/').next().unwrap_or(class)) } " " a.data rel="nofollow noopener" href=(class) { (class) } }
                    }
                }
            }
        }
    };
    let frame = Frame {
        title: here.word(Word::Conformance).to_owned(),
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}

/// The standard in `http://www.opengis.net/spec/{standard}/{version}/conf/{class}`.
fn standard(class: &str) -> &str {
    let rest = class.split_once("/spec/").map_or(class, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

fn name(standard: &str) -> &str {
    STANDARDS
        .iter()
        .find(|(id, _)| *id == standard)
        .map_or(standard, |(_, name)| name)
}
