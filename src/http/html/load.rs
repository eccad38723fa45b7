//! `/loads/{c}`: the report of a layer: counts by kind in words, what to do, every fault with its place.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Crumb, Frame};
use super::here::Here;
use super::words::Word;
use super::{bilingual, format, links, title_of, versions};
use crate::http::links::encoded;

/// How near the map goes to a fault.
const ZOOM: &str = "18";

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let faults = document["faults"].as_array().map_or(&[][..], Vec::as_slice);
    let kinds = document["kinds"].as_array().map_or(&[][..], Vec::as_slice);
    let id = document["collection"].as_str().unwrap_or_default();
    let title = title_of(document, here.lang);
    let title = if title.is_empty() { id } else { title };
    let body = html! {
        (facts(here, document))
        section aria-labelledby="kinds" {
            h2 id="kinds" { (here.word(Word::FaultsByKind)) }
            @if kinds.is_empty() { p.empty { (here.word(Word::FaultsNone)) } } @else { (kinds_table(here, kinds)) }
        }
        @if !faults.is_empty() {
            section aria-labelledby="faults" {
                h2 id="faults" { (here.word(Word::Faults)) }
                p.range { (range(here, document)) }
                (faults_table(here, id, kinds, faults))
            }
        }
        (pages(here, document))
    };
    let frame = Frame {
        title: Word::LoadOf.with(here.lang, &[("title", title)]),
        crumb: Some(title),
        within: String::new(),
        above: vec![Crumb {
            label: here.word(Word::Loads).to_owned(),
            href: here.at("/loads"),
        }],
        formats: &[frame::JSON, frame::CSV],
        document,
    };
    frame::page(here, &frame, &body)
}

fn facts(here: &Here<'_>, document: &Value) -> Markup {
    let report = &document["report"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let whole = |value: &Value| value.as_u64().map(|n| format::whole(n, here.lang)).unwrap_or_default();
    let stage = match document["stage"].as_str() {
        Some("audited") => Word::StageAudited,
        _ => Word::StageOpen,
    };
    let id = text(&document["collection"]);
    let facts = [
        (Word::Source, text(&report["source"])),
        (Word::FormatOfSource, text(&report["format"])),
        (Word::Count, whole(&report["features"])),
        (Word::WithoutPlace, whole(&report["null_geometries"])),
        (Word::Repaired, whole(&report["repaired"])),
        (Word::Stage, here.word(stage).to_owned()),
        (Word::Version, text(&document["version"])),
    ];
    html! {
        dl.facts {
            div { dt { (here.word(Word::Layer)) } dd { a.data href=(here.at(&format!("/collections/{}", encoded(&id)))) { (id) } } }
            @for (word, fact) in facts {
                @if !fact.is_empty() { div { dt { (here.word(word)) } dd.data { (fact) } } }
            }
            div { dt { (here.word(Word::Versions)) } dd { (versions::list_link(here, &id)) } }
        }
    }
}

fn kinds_table(here: &Here<'_>, kinds: &[Value]) -> Markup {
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::FaultsByKind)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::FaultKind)) }
                        th.number scope="col" { (here.word(Word::FaultCount)) }
                        th scope="col" { (here.word(Word::FaultMeaning)) }
                        th scope="col" { (here.word(Word::FaultRemedy)) }
                    }
                }
                tbody {
                    @for kind in kinds {
                        @let name = kind["kind"].as_str().unwrap_or_default();
                        @let chosen = here.param("kind") == Some(name);
                        tr {
                            th scope="row" {
                                @if chosen {
                                    strong aria-current="true" { (bilingual(kind, "label", "kind", here.lang)) } " "
                                    a href=(here.with(&[("kind", None), ("offset", None)])) { (here.word(Word::FaultsAll)) }
                                } @else {
                                    a href=(here.with(&[("kind", Some(name)), ("offset", None)])) { (bilingual(kind, "label", "kind", here.lang)) }
                                }
                            }
                            td.number { (format::whole(kind["count"].as_u64().unwrap_or_default(), here.lang)) }
                            td { (bilingual(kind, "meaning", "kind", here.lang)) }
                            td { (bilingual(kind, "remedy", "kind", here.lang)) }
                        }
                    }
                }
            }
        }
    }
}

/// « Anomalies 101 à 200 sur 12 345 », and how many are counted only.
fn range(here: &Here<'_>, document: &Value) -> Markup {
    let lang = here.lang;
    let number = |name: &str| document[name].as_u64().unwrap_or_default();
    let whole = |n: u64| format::whole(n, lang);
    let before: u64 = here.param("offset").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (matched, returned) = (number("numberMatched"), number("numberReturned"));
    let kinds = document["kinds"].as_array().into_iter().flatten();
    let asked = kinds.filter(|kind| here.param("kind").is_none_or(|name| kind["kind"] == name));
    let counted: u64 = asked.filter_map(|kind| kind["count"].as_u64()).sum();
    let parts = [
        ("a", &*whole(before + 1)),
        ("b", &*whole(before + returned)),
        ("n", &*whole(matched)),
    ];
    html! {
        (Word::FaultsRange.with(lang, &parts))
        @if counted > matched {
            " " (Word::FaultsCountedOnly.with(lang, &[("n", &whole(counted - matched))]))
        }
    }
}

fn faults_table(here: &Here<'_>, id: &str, kinds: &[Value], faults: &[Value]) -> Markup {
    let label = |fault: &Value| {
        let kind = kinds.iter().find(|kind| kind["kind"] == fault["kind"]);
        kind.map(|kind| bilingual(kind, "label", "kind", here.lang))
            .unwrap_or_default()
    };
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="faults" {
            table {
                caption.spoken { (here.word(Word::Faults)) }
                thead {
                    tr {
                        th.number scope="col" { (here.word(Word::FaultRow)) }
                        th scope="col" { (here.word(Word::FaultFeature)) }
                        th scope="col" { (here.word(Word::FaultKind)) }
                        th scope="col" { (here.word(Word::Message)) }
                        th.number scope="col" { (here.word(Word::FaultAreas)) }
                        th scope="col" { (here.word(Word::FaultPlace)) }
                    }
                }
                tbody {
                    @for fault in faults {
                        tr {
                            td.number { @if let Some(row) = fault["row"].as_u64() { (format::whole(row + 1, here.lang)) } }
                            th scope="row" { (feature(here, id, &fault["feature"])) }
                            td { (label(fault)) }
                            td.data { (bilingual_message(here, fault)) }
                            td.number { (areas(here, fault)) }
                            td { (place(here, id, fault)) }
                        }
                    }
                }
            }
        }
    }
}

/// The message in the page's language.
pub(super) fn bilingual_message<'a>(here: &Here<'_>, fault: &'a Value) -> &'a str {
    let name = match here.lang {
        super::Lang::Fr => "message_fr",
        super::Lang::En => "message",
    };
    fault[name].as_str().unwrap_or_default()
}

/// A link to the feature of a fault.
pub(super) fn feature(here: &Here<'_>, collection: &str, id: &Value) -> Markup {
    let id = match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    html! {
        @match id {
            Some(id) => a.data href=(here.at(&format!("/collections/{}/items/{}", encoded(collection), encoded(&id)))) { (id) },
            None => (here.word(Word::None)),
        }
    }
}

/// « 1 294 m² → 1 310 m² » of a repair; one area of what was measured.
fn areas(here: &Here<'_>, fault: &Value) -> Markup {
    let area = |name: &str| fault[name].as_f64().map(|m2| format::area(m2, here.lang));
    html! {
        @match (area("area_before_m2"), area("area_after_m2"), area("declared_m2"), area("area_m2")) {
            (Some(before), after, _, _) => { (before) " → " (after.unwrap_or_default()) },
            (None, _, Some(declared), Some(measured)) => { (declared) " / " (measured) },
            (_, _, _, Some(area)) => (area),
            _ => {},
        }
    }
}

fn place(here: &Here<'_>, collection: &str, fault: &Value) -> Markup {
    let [x, y] = [&fault["place"][0], &fault["place"][1]].map(Value::as_f64);
    html! {
        @if let (Some(lon), Some(lat)) = (x, y) {
            a href=(here.map(&format!("map={ZOOM}/{lat:.6}/{lon:.6}&faults={}", encoded(collection)))) {
                (here.word(Word::SeeOnMap))
            }
        }
    }
}

fn pages(here: &Here<'_>, document: &Value) -> Markup {
    let link = |rel: &str| links::first(document, rel).map(|link| here.follow(link.href));
    html! {
        nav.pages aria-label=(here.word(Word::Pages)) {
            @if let Some(href) = link("prev") { a rel="prev" href=(href) { "‹ " (here.word(Word::PreviousPage)) } }
            @if let Some(href) = link("next") { a.button rel="next" href=(href) { (here.word(Word::NextPage)) " ›" } }
        }
    }
}
