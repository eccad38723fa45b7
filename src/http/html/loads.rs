//! `/loads`: what became of each source.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Frame};
use super::here::Here;
use super::words::Word;
use super::{format, load, versions};
use crate::http::links::encoded;

/// Faults of a layer that the page of all layers shows; the report of the layer has them all.
const SHOWN: usize = 50;

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let layers = document["layers"].as_array().map_or(&[][..], Vec::as_slice);
    let sources = document["sources"].as_array().map_or(&[][..], Vec::as_slice);
    let body = html! {
        p.lead { (here.word(if layers.is_empty() { Word::LoadsNone } else { Word::LoadsIntro })) }
        @if !sources.is_empty() {
            section aria-labelledby="sources" {
                h2 id="sources" { (here.word(Word::SourcesPending)) }
                (sources_table(here, sources))
            }
        }
        @if !layers.is_empty() { (layers_table(here, layers)) }
        @for layer in layers { (faults(here, layer)) }
    };
    let frame = Frame {
        title: here.word(Word::Loads).to_owned(),
        crumb: None,
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}

fn sources_table(here: &Here<'_>, sources: &[Value]) -> Markup {
    let state = |source: &Value| match source["state"].as_str() {
        Some("loading") => Word::StateLoading,
        Some("failed") => Word::StateFailed,
        _ => Word::StateOpen,
    };
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::SourcesPending)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Source)) }
                        th scope="col" { (here.word(Word::State)) }
                        th scope="col" { (here.word(Word::Message)) }
                    }
                }
                tbody {
                    @for source in sources {
                        tr {
                            th.data scope="row" { (source["source"].as_str().unwrap_or_default()) }
                            td { (here.word(state(source))) }
                            td.data { (source["message"].as_str().unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

fn layers_table(here: &Here<'_>, layers: &[Value]) -> Markup {
    let number = |report: &Value, name: &str| {
        report[name]
            .as_u64()
            .map(|n| format::whole(n, here.lang))
            .unwrap_or_default()
    };
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::Loads)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Layer)) }
                        th scope="col" { (here.word(Word::Source)) }
                        th scope="col" { (here.word(Word::FormatOfSource)) }
                        th.number scope="col" { (here.word(Word::Count)) }
                        th.number scope="col" { (here.word(Word::WithoutPlace)) }
                        th.number scope="col" { (here.word(Word::Repaired)) }
                        th.number scope="col" { (here.word(Word::FaultsShort)) }
                        th scope="col" { (here.word(Word::Versions)) }
                    }
                }
                tbody {
                    @for layer in layers {
                        tr {
                            th scope="row" { (layer_link(here, layer)) }
                            td.data { (layer["report"]["source"].as_str().unwrap_or_default()) }
                            td.data { (layer["report"]["format"].as_str().unwrap_or_default()) }
                            td.number { (number(&layer["report"], "features")) }
                            td.number { (number(&layer["report"], "null_geometries")) }
                            td.number { (number(&layer["report"], "repaired")) }
                            td.number {
                                a href=(here.at(&format!("/loads/{}", encoded(layer["collection"].as_str().unwrap_or_default())))) {
                                    (format::whole(fault_count(layer), here.lang))
                                }
                            }
                            td { (versions::list_link(here, layer["collection"].as_str().unwrap_or_default())) }
                        }
                    }
                }
            }
        }
    }
}

fn layer_link(here: &Here<'_>, layer: &Value) -> Markup {
    let id = layer["collection"].as_str().unwrap_or_default();
    html! { a.data href=(here.at(&format!("/collections/{}", encoded(id)))) { (id) } }
}

/// All faults of a layer, also those that are counted only.
fn fault_count(layer: &Value) -> u64 {
    layer["numberOfFaults"].as_u64().unwrap_or_default()
}

fn faults(here: &Here<'_>, layer: &Value) -> Markup {
    let faults = layer["report"]["faults"].as_array().map_or(&[][..], Vec::as_slice);
    let id = layer["collection"].as_str().unwrap_or_default();
    let more = fault_count(layer).saturating_sub(faults.len().min(SHOWN) as u64);
    html! {
        @if !faults.is_empty() {
            section {
                h2 { (here.word(Word::Faults)) " · " span.data { (id) } }
                div.scroll {
                    table {
                        caption.spoken { (here.word(Word::Faults)) " · " span.data { (id) } }
                        thead {
                            tr {
                                th scope="col" { (here.word(Word::FaultFeature)) }
                                th scope="col" { (here.word(Word::FaultKind)) }
                            }
                        }
                        tbody {
                            @for fault in faults.iter().take(SHOWN) {
                                tr {
                                    th scope="row" { (load::feature(here, id, &fault["feature"])) }
                                    td.data { (load::bilingual_message(here, fault)) }
                                }
                            }
                        }
                    }
                }
                @if more > 0 {
                    p.quiet { (Word::FaultsMore.with(here.lang, &[("n", &format::whole(more, here.lang))])) }
                }
                p { (report_link(here, id)) }
            }
        }
    }
}

fn report_link(here: &Here<'_>, id: &str) -> Markup {
    html! { a href=(here.at(&format!("/loads/{}", encoded(id)))) { (here.word(Word::LoadWhole)) } }
}
