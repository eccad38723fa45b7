//! `/actors`: bodies, how tables write them, and what is theirs.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Frame};
use super::here::Here;
use super::words::Word;
use super::{format, path_of, title_of};

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let list = |name: &str| document[name].as_array().map_or(&[][..], Vec::as_slice);
    let unlisted = document["unknownUnlisted"].as_u64().unwrap_or(0);
    let body = html! {
        p.lead { (here.word(Word::ActorsIntro)) }
        (actors(here, list("actors")))
        section aria-labelledby="unknown" {
            h2 id="unknown" { (here.word(Word::ActorsUnknown)) }
            @if list("unknown").is_empty() {
                p { (here.word(Word::ActorsUnknownNone)) }
            } @else {
                p { (here.word(Word::ActorsUnknownHelp)) }
                (unknown(here, list("unknown")))
                @if unlisted > 0 {
                    p.quiet { (Word::ActorsUnlisted.with(here.lang, &[("n", &format::whole(unlisted, here.lang))])) }
                }
            }
        }
        section aria-labelledby="layers" {
            h2 id="layers" { (here.word(Word::ActorsLayers)) }
            @if list("layers").is_empty() {
                p { (here.word(Word::ActorsLayersNone)) }
            } @else {
                (layers(here, list("layers")))
            }
        }
    };
    let frame = Frame {
        title: here.word(Word::Actors).to_owned(),
        crumb: None,
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}

fn actors(here: &Here<'_>, actors: &[Value]) -> Markup {
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::Actors)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::ActorName)) }
                        th scope="col" { (here.word(Word::ActorKind)) }
                        th scope="col" { (here.word(Word::ActorAliases)) }
                        th scope="col" { (here.word(Word::ActorOwns)) }
                        th scope="col" { (here.word(Word::Source)) }
                    }
                }
                tbody { @for actor in actors { (row(here, actor)) } }
            }
        }
    }
}

fn row(here: &Here<'_>, actor: &Value) -> Markup {
    let text = |name: &str| actor[name].as_str().filter(|t| !t.is_empty());
    let aliases = actor["aliases"].as_array().map_or(&[][..], Vec::as_slice);
    html! {
        tr id=[text("id")] {
            th scope="row" {
                span.data { (text("name").unwrap_or_default()) }
                @if let Some(sigle) = text("sigle") { " " span.quiet.data { "(" (sigle) ")" } }
                @if let Some(siren) = text("siren") { br; span.quiet { (here.word(Word::RoleSiren)) " " } code.data { (siren) } }
            }
            td {
                (actor["typeLabel"][here.lang.code()].as_str().unwrap_or_else(|| here.word(Word::NotGiven)))
                @if let Some(group) = actor["group"]["name"].as_str() {
                    br; (here.word(Word::ActorGroup)) " " span.data { (group) }
                }
            }
            td {
                @for (i, alias) in aliases.iter().filter_map(Value::as_str).enumerate() {
                    @if i > 0 { br; }
                    span.data { (alias) }
                }
            }
            td { (owned(here, &actor["layers"])) }
            td.data { (text("source").unwrap_or_default()) }
        }
    }
}

/// What somebody owns, per layer.
fn owned(here: &Here<'_>, layers: &Value) -> Markup {
    let layers = layers.as_array().map_or(&[][..], Vec::as_slice);
    html! {
        @if layers.is_empty() { span.quiet { (here.word(Word::None)) } }
        @for (i, layer) in layers.iter().enumerate() {
            @if i > 0 { br; }
            (collection(here, layer)) " "
            (format::whole(layer["features"].as_u64().unwrap_or(0), here.lang))
        }
    }
}

fn collection(here: &Here<'_>, layer: &Value) -> Markup {
    let id = serde_json::json!({ "id": layer["collection"] });
    html! { a.data href=(here.at(&path_of(&id))) { (title_of(layer, here.lang)) } }
}

fn unknown(here: &Here<'_>, unknown: &[Value]) -> Markup {
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::ActorsUnknown)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::ActorWritten)) }
                        th scope="col" { (here.word(Word::ActorOwns)) }
                        th scope="col" { (here.word(Word::ActorNearest)) }
                    }
                }
                tbody {
                    @for one in unknown {
                        tr {
                            th.data scope="row" { (one["name"].as_str().unwrap_or_default()) }
                            td { (owned(here, &one["layers"])) }
                            td.data { (one["nearest"]["name"].as_str().unwrap_or_else(|| here.word(Word::None))) }
                        }
                    }
                }
            }
        }
    }
}

fn layers(here: &Here<'_>, layers: &[Value]) -> Markup {
    let count = |layer: &Value, name: &str| format::whole(layer[name].as_u64().unwrap_or(0), here.lang);
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::ActorsLayers)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Collections)) }
                        th scope="col" { (here.word(Word::Field)) }
                        th.number scope="col" { (here.word(Word::Count)) }
                        th.number scope="col" { (here.word(Word::ActorWithOwner)) }
                    }
                }
                tbody {
                    @for layer in layers {
                        tr {
                            th scope="row" { (collection(here, layer)) }
                            td {
                                code.data { (layer["field"].as_str().unwrap_or_default()) }
                                @if layer["guessed"] == true { " " span.quiet { (here.word(Word::FieldGuessed)) } }
                            }
                            td.number { (count(layer, "features")) }
                            td.number { (count(layer, "owned")) }
                        }
                    }
                }
            }
        }
    }
}
