//! `/collections/{c}/items`: a page of features as a table.

use maud::{Markup, html};
use serde_json::Value;

use super::collections::nature_banner;
use super::filter::{self, from_start};
use super::frame::{self, Frame};
use super::here::Here;
use super::map::{self, Shown};
use super::value::{self, Field, feature_id};
use super::words::Word;
use super::{crumb_collection, crumb_collections, format, links, path_of, title_of, versions};
use crate::http::links::encoded;

/// Sizes of a page that are offered.
const SIZES: [u64; 3] = [20, 100, 1000];

/// The page.
pub(super) fn page(here: &Here<'_>, collection: &Value, page: &Value) -> String {
    let features = page["features"].as_array().map_or(&[][..], Vec::as_slice);
    let fields = value::fields(collection);
    let placed = features.iter().any(|feature| !feature["geometry"].is_null()) || here.param("skipGeometry").is_some();
    let body = html! {
        (nature_banner(here, collection))
        (versions::banner(here, collection))
        p.range { (range(here, page)) }
        (filter::chips(here))
        (filter::forms(here, collection, &fields))
        @if features.is_empty() {
            p.empty { (reason(here, page)) }
            @if here.param("resultType").is_some() {
                p { a.button href=(here.with(&[("resultType", None)])) { (here.word(Word::FeaturesShow)) } }
            }
        } @else {
            @if placed { (map::small(here, collection, Shown::OwnFeatures)) }
            (table(here, collection, page, features))
        }
        (pages(here, page))
    };
    let frame = Frame {
        title: Word::FeaturesOf.with(here.lang, &[("title", title_of(collection, here.lang))]),
        crumb: Some(here.word(Word::Features)),
        within: String::new(),
        above: vec![crumb_collections(here), crumb_collection(here, collection)],
        formats: &[frame::GEOJSON],
        document: page,
    };
    frame::page(here, &frame, &body)
}

/// « Entités 1 à 100 sur 12 345 ».
fn range(here: &Here<'_>, page: &Value) -> String {
    let lang = here.lang;
    let returned = page["features"].as_array().map_or(0, Vec::len) as u64;
    let Some(matched) = page["numberMatched"].as_u64() else {
        return Word::FeaturesCount.with(lang, &[("n", &format::whole(returned, lang))]);
    };
    let n = format::whole(matched, lang);
    match (matched, returned, first_position(here)) {
        (0, _, _) => here.word(Word::FeaturesNone).to_owned(),
        (1, _, _) => here.word(Word::FeaturesCountOne).to_owned(),
        (_, 0, _) => Word::FeaturesCount.with(lang, &[("n", &n)]),
        (_, k, None) => Word::FeaturesPage.with(lang, &[("k", &format::whole(k, lang)), ("n", &n)]),
        (_, k, Some(before)) => {
            let (a, b) = (format::whole(before + 1, lang), format::whole(before + k, lang));
            Word::FeaturesRange.with(lang, &[("a", &a), ("b", &b), ("n", &n)])
        }
    }
}

/// How many features stand before this page; not known where only the one before it is.
fn first_position(here: &Here<'_>) -> Option<u64> {
    let named = here.param("offset").or_else(|| here.param("startindex"));
    match named {
        Some(text) => text.parse().ok(),
        None => here.param("after").is_none().then_some(0),
    }
}

/// Why a page is empty.
fn reason(here: &Here<'_>, page: &Value) -> &'static str {
    let matched = page["numberMatched"].as_u64().unwrap_or(0);
    here.word(if matched > 0 && here.param("resultType") == Some("hits") {
        Word::FeaturesHitsOnly
    } else if matched > 0 {
        Word::FeaturesNonePast
    } else if filter::criteria(here).is_empty() {
        Word::FeaturesNoneHere
    } else {
        Word::FeaturesNoneMatch
    })
}

/// The fields that the features of a page carry, in the collection's order, then the others.
fn columns<'a>(collection: &'a Value, features: &'a [Value]) -> Vec<Field<'a>> {
    let carried = |name: &str| features.iter().any(|f| f["properties"].get(name).is_some());
    let mut columns: Vec<Field<'a>> = value::fields(collection)
        .into_iter()
        .filter(|f| carried(f.name))
        .collect();
    for name in features
        .iter()
        .filter_map(|f| f["properties"].as_object())
        .flat_map(|p| p.keys())
    {
        if !columns.iter().any(|column| column.name == name) {
            columns.push(value::field(collection, name));
        }
    }
    columns
}

fn table(here: &Here<'_>, collection: &Value, page: &Value, features: &[Value]) -> Markup {
    let mut columns = columns(collection, features);
    // Where a field is the id, one column is enough.
    let says_id = |field: &Field<'_>, feature: &Value| match &feature["properties"][field.name] {
        Value::Null => false,
        value => *value == feature["id"],
    };
    let id = columns
        .iter()
        .position(|field| features.iter().all(|feature| says_id(field, feature)));
    let id = id.map(|at| columns.remove(at));
    let caption = [
        ("title", title_of(collection, here.lang)),
        ("range", &range(here, page)),
    ];
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="caption" {
            table.features {
                caption #caption { (Word::TableCaption.with(here.lang, &caption)) }
                thead {
                    tr {
                        @if let Some(id) = &id { (heading(here, id)) } @else { th scope="col" { (here.word(Word::Identifier)) } }
                        @for column in &columns { (heading(here, column)) }
                    }
                }
                tbody {
                    @for feature in features {
                        tr {
                            th scope="row" { (row_link(here, collection, feature)) }
                            @for column in &columns {
                                td.data.number[column.is_numeric()] {
                                    div { (column.show(&feature["properties"][column.name], here.lang)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row_link(here: &Here<'_>, collection: &Value, feature: &Value) -> Markup {
    let id = feature_id(feature);
    let path = format!("{}/items/{}", path_of(collection), encoded(&id));
    html! { a.data href=(here.at_state(&path)) { (id) } }
}

/// A column's heading, which sorts by it: first upwards, then downwards.
fn heading(here: &Here<'_>, field: &Field<'_>) -> Markup {
    let sorted = here
        .param("sortby")
        .and_then(|by| by.split(',').next())
        .unwrap_or_default();
    let down = format!("-{}", field.name);
    let now = match sorted {
        by if by == down => Some("descending"),
        by if by.trim_start_matches(['+', ' ']) == field.name => Some("ascending"),
        _ => None,
    };
    let (next, word) = match now {
        Some("ascending") => (down.as_str(), Word::SortDown),
        _ => (field.name, Word::SortUp),
    };
    let plain = field.is_scalar() && !field.name.contains(',') && !field.name.starts_with(['+', '-', ' ']);
    let said = word.with(here.lang, &[("field", field.name)]);
    html! {
        th scope="col" aria-sort=[now] .number[field.is_numeric()] {
            @if let Some(meaning) = field.meaning(here.lang) { span.meaning { (meaning) } }
            @if plain {
                a href=(from_start(here, ("sortby", Some(next)))) title=(said) {
                    code.data { (field.name) }
                    @match now {
                        Some("ascending") => span.sorted title=(here.word(Word::SortedUp)) { " ▲" },
                        Some(_) => span.sorted title=(here.word(Word::SortedDown)) { " ▼" },
                        None => {},
                    }
                }
            } @else {
                code.data { (field.name) }
            }
        }
    }
}

/// The pages around this one, and how long a page is.
fn pages(here: &Here<'_>, page: &Value) -> Markup {
    let link = |rel: &str| links::first(page, rel).map(|link| here.follow(link.href));
    let started = first_position(here) != Some(0);
    let limit = here
        .param("limit")
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(100);
    let matched = page["numberMatched"].as_u64().unwrap_or(0);
    html! {
        nav.pages aria-label=(here.word(Word::Pages)) {
            @if started { a href=(from_start(here, ("after", None))) { "« " (here.word(Word::FirstPage)) } }
            @if let Some(href) = link("prev") { a rel="prev" href=(href) { "‹ " (here.word(Word::PreviousPage)) } }
            @if let Some(href) = link("next") { a.button rel="next" href=(href) { (here.word(Word::NextPage)) " ›" } }
            @if matched > SIZES[0] {
                span.sizes {
                    (here.word(Word::PerPage))
                    @for size in SIZES {
                        " "
                        @if size == limit {
                            strong aria-current="true" { (format::whole(size, here.lang)) }
                        } @else {
                            a href=(from_start(here, ("limit", Some(&size.to_string())))) { (format::whole(size, here.lang)) }
                        }
                    }
                }
            }
        }
    }
}
