//! `/collections/{c}`: what a collection is, where it comes from, how to get at it.

use maud::{Markup, html};
use serde_json::Value;

use super::super::links::encoded;
use super::collections::{nature_badge, nature_banner, role};
use super::crs_names::{self, crs_name};
use super::frame::{self, Frame};
use super::here::Here;
use super::map::{self, Shown};
use super::words::Word;
use super::{bilingual, crumb_collections, format, links, path_of, title_of, value, versions};

/// The page.
pub(super) fn page(here: &Here<'_>, collection: &Value) -> String {
    let title = title_of(collection, here.lang).to_owned();
    let description = bilingual(collection, "descriptions", "description", here.lang);
    let body = html! {
        (nature_banner(here, collection))
        (versions::banner(here, collection))
        @if !description.is_empty() { p.lead.data { (description) } }
        (ways_in(here, collection))
        (map::small(here, collection, Shown::Tiles))
        section aria-labelledby="about" {
            h2 id="about" { (here.word(Word::About)) }
            (facts(here, collection))
        }
        section aria-labelledby="fields" {
            h2 id="fields" { (here.word(Word::Fields)) }
            (fields(here, collection))
        }
        section aria-labelledby="crs" {
            h2 id="crs" { (here.word(Word::Crs)) }
            (systems(here, collection))
        }
    };
    let frame = Frame {
        title,
        crumb: None,
        within: here.word(Word::Collections).to_owned(),
        above: vec![crumb_collections(here)],
        formats: &[frame::JSON],
        document: collection,
    };
    frame::page(here, &frame, &body)
}

/// Links to everything that is made of the collection, as far as its document names them.
fn ways_in(here: &Here<'_>, collection: &Value) -> Markup {
    let path = path_of(collection);
    let id = encoded(collection["id"].as_str().unwrap_or_default());
    let relations: Vec<&str> = links::of(collection).iter().map(|link| link.rel).collect();
    let has = |end: &str| relations.iter().any(|rel| rel.rsplit('/').next() == Some(end));
    let own = [
        (
            "queryables",
            Word::Queryables,
            here.at_state(&format!("{path}/queryables")),
        ),
        (
            "sortables",
            Word::Sortables,
            here.at_state(&format!("{path}/sortables")),
        ),
        ("schema", Word::Schema, here.at_state(&format!("{path}/schema"))),
        // Of former states there are no tiles.
        ("tilesets-vector", Word::VectorTiles, here.at(&format!("{path}/tiles"))),
    ];
    let style = links::of(collection)
        .into_iter()
        .find(|link| matches!(link.rel, "style" | "stylesheet"));
    html! {
        ul.actions {
            li { a.button href=(here.at_state(&format!("{path}/items"))) { (here.word(Word::Browse)) } }
            li { a.button.second href=(here.map(&format!("layers={id}"))) { (here.word(Word::OpenMap)) } }
            @for (rel, word, address) in own {
                @if has(rel) { li { a href=(address) { (here.word(word)) } } }
            }
            @if let Some(link) = links::first(collection, "tilejson") {
                li { a href=(link.href) type=[link.kind] { (here.word(Word::TileJson)) } }
            }
            @if let Some(link) = style {
                li { a href=(link.href) type=[link.kind] { (here.word(Word::MapStyle)) } }
            }
        }
    }
}

fn facts(here: &Here<'_>, collection: &Value) -> Markup {
    let count = |name: &str| collection[name].as_u64().map(|n| format::whole(n, here.lang));
    let given = |name: &str| collection[name].as_str().filter(|text| !text.is_empty());
    let texts = [
        (Word::Source, given("source")),
        (Word::Licence, given("license")),
        (Word::Attribution, given("attribution")),
    ];
    let counts = [
        (Word::WithoutPlace, count("nullGeometries")),
        (Word::Repaired, count("repaired")),
        (Word::Faults, count("faults")),
    ];
    html! {
        dl.facts {
            (fact(here, Word::Nature, &nature_badge(here, collection)))
            (fact(here, Word::Role, &role(here, collection)))
            @if let Some(schema) = given("schema") { (fact(here, Word::KnownSchema, &html! { code.data { (schema) } })) }
            @for (word, text) in texts { (fact(here, word, &text_or_none(here, text))) }
            @if let Some(count) = count("itemCount") { (fact(here, Word::Count, &html! { (count) })) }
            (fact(here, Word::GeometryType, &html! { (here.word(geometry_word(&collection["geometryType"]))) }))
            @for (word, count) in counts {
                @if let Some(count) = count { (fact(here, word, &html! { (count) })) }
            }
            (fact(here, Word::Extent, &extent(here, collection)))
            (fact(here, Word::TimeInterval, &html! { (interval(here, collection)) }))
            (fact(here, Word::Identifier, &html! { code.data { (collection["id"].as_str().unwrap_or_default()) } }))
            @if let Some(version) = given("version") { (fact(here, Word::Version, &html! { code.data { (version) } })) }
        }
    }
}

fn fact(here: &Here<'_>, word: Word, value: &Markup) -> Markup {
    html! { div { dt { (here.word(word)) } dd { (value) } } }
}

/// A text of the collection, an address in it to follow.
fn text_or_none(here: &Here<'_>, text: Option<&str>) -> Markup {
    html! {
        @match text {
            None => span.quiet { (here.word(Word::NotGiven)) },
            Some(text) if value::is_address(text) => a.data rel="nofollow noopener" href=(text) { (text) },
            Some(text) => span.data { (text) },
        }
    }
}

/// The word for a type of geometry, by the collection's own name or that of GeoJSON.
pub(super) fn geometry_word(name: &Value) -> Word {
    match name.as_str() {
        Some("point" | "Point") => Word::GeometryPoint,
        Some("line" | "LineString") => Word::GeometryLine,
        Some("polygon" | "Polygon") => Word::GeometryPolygon,
        Some("MultiPoint") => Word::GeometryMultiPoint,
        Some("MultiLineString") => Word::GeometryMultiLine,
        Some("MultiPolygon") => Word::GeometryMultiPolygon,
        Some("GeometryCollection") => Word::GeometryCollection,
        Some("mixed") => Word::GeometryMixed,
        _ => Word::GeometryNone,
    }
}

fn extent(here: &Here<'_>, collection: &Value) -> Markup {
    let edges = collection["extent"]["spatial"]["bbox"][0]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let edges: Vec<f64> = edges.iter().filter_map(Value::as_f64).collect();
    let named = match edges.as_slice() {
        [w, s, e, n] | [w, s, _, e, n, _] => {
            vec![(Word::West, *w), (Word::South, *s), (Word::East, *e), (Word::North, *n)]
        }
        _ => vec![],
    };
    html! {
        @if named.is_empty() {
            (here.word(Word::ExtentNone))
        } @else {
            ul.edges {
                @for (word, angle) in named { li { (here.word(word)) " " (format::degrees(angle, here.lang)) } }
            }
        }
    }
}

/// The collection's time, in words.
fn interval(here: &Here<'_>, collection: &Value) -> String {
    let end = |at: usize| {
        let text = collection["extent"]["temporal"]["interval"][0][at].as_str()?;
        Some(format::interval_end(text, here.lang).unwrap_or_else(|| text.to_owned()))
    };
    match (end(0), end(1)) {
        (None, None) => here.word(Word::TimeNone).to_owned(),
        (Some(a), None) => Word::TimeFrom.with(here.lang, &[("a", &a)]),
        (None, Some(b)) => Word::TimeUntil.with(here.lang, &[("b", &b)]),
        (Some(a), Some(b)) => Word::TimeBetween.with(here.lang, &[("a", &a), ("b", &b)]),
    }
}

fn fields(here: &Here<'_>, collection: &Value) -> Markup {
    let fields = value::fields(collection);
    let meanings = fields.iter().any(|field| field.meaning(here.lang).is_some());
    html! {
        @if fields.is_empty() {
            p { (here.word(Word::FieldsNone)) }
        } @else {
            div.scroll {
                table {
                    caption.spoken { (here.word(Word::Fields)) }
                    thead {
                        tr {
                            th scope="col" { (here.word(Word::Field)) }
                            @if meanings { th scope="col" { (here.word(Word::FieldMeaning)) } }
                            th scope="col" { (here.word(Word::FieldType)) }
                        }
                    }
                    tbody {
                        @for field in fields {
                            tr {
                                th scope="row" { code.data { (field.name) } }
                                @if meanings { td { (meaning(here, &field)) } }
                                td { (here.word(field.type_word())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn meaning(here: &Here<'_>, field: &value::Field<'_>) -> Markup {
    html! {
        @if let Some(meaning) = field.meaning(here.lang) {
            (meaning)
            @if field.guessed { " " span.quiet { (here.word(Word::FieldGuessed)) } }
        }
    }
}

fn systems(here: &Here<'_>, collection: &Value) -> Markup {
    let listed = collection["crs"].as_array().map_or(&[][..], Vec::as_slice);
    let storage = collection["storageCrs"].as_str();
    html! {
        p { (here.word(Word::CrsHelp)) }
        div.scroll {
            table {
                caption.spoken { (here.word(Word::Crs)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::CrsName)) }
                        th scope="col" { (here.word(Word::CrsUri)) }
                    }
                }
                tbody {
                    @for uri in listed.iter().filter_map(Value::as_str) {
                        tr {
                            th scope="row" {
                                span.data { (crs_name(uri)) }
                                @if uri == crs_names::CRS84 { " " span.badge { (here.word(Word::DefaultCrs)) } }
                                @if Some(uri) == storage { " " span.badge { (here.word(Word::StorageCrs)) } }
                            }
                            td { code.data { (uri) } }
                        }
                    }
                }
            }
        }
    }
}
