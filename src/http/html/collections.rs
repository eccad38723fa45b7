//! `/collections`: what there is.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Frame};
use super::here::Here;
use super::words::Word;
use super::{bilingual, format, path_of, title_of};
use crate::model::role::Role;

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let collections = document["collections"].as_array().map_or(&[][..], Vec::as_slice);
    let count = format::whole(collections.len() as u64, here.lang);
    let intro = match collections.len() {
        0 => here.word(Word::CollectionsNone).to_owned(),
        1 => here.word(Word::CollectionsOne).to_owned(),
        _ => Word::CollectionsIntro.with(here.lang, &[("n", &count)]),
    };
    let body = html! {
        p.lead { (intro) }
        @if !collections.is_empty() { (table(here, collections)) }
    };
    let frame = Frame {
        title: here.word(Word::Collections).to_owned(),
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}

fn table(here: &Here<'_>, collections: &[Value]) -> Markup {
    html! {
        div.scroll {
            table.collections {
                caption.spoken { (here.word(Word::Collections)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Title)) }
                        th scope="col" { (here.word(Word::Role)) }
                        th scope="col" { (here.word(Word::Nature)) }
                        th.number scope="col" { (here.word(Word::Count)) }
                    }
                }
                tbody { @for collection in collections { (row(here, collection)) } }
            }
        }
    }
}

fn row(here: &Here<'_>, collection: &Value) -> Markup {
    let path = path_of(collection);
    let description = bilingual(collection, "descriptions", "description", here.lang);
    html! {
        tr {
            th scope="row" {
                a.data href=(here.at(&path)) { (title_of(collection, here.lang)) }
                @if !description.is_empty() { p.data { (description) } }
            }
            td { (role(here, collection)) }
            td { (nature_badge(here, collection)) }
            td.number {
                @if let Some(count) = collection["itemCount"].as_u64() {
                    a href=(here.at(&format!("{path}/items"))) { (format::whole(count, here.lang)) }
                }
            }
        }
    }
}

/// The role's label, from the one table of labels.
pub(super) fn role(here: &Here<'_>, collection: &Value) -> Markup {
    let name = collection["role"].as_str();
    let role = name.and_then(|name| Role::ALL.into_iter().find(|role| role.name() == name));
    let label = role.map(|role| match here.lang {
        super::Lang::Fr => role.label().fr,
        super::Lang::En => role.label().en,
    });
    html! {
        @match (label, name) {
            (Some(label), _) => (label),
            (None, Some(name)) => span.data { (name) },
            (None, None) => span.quiet { (here.word(Word::RoleGeneric)) },
        }
        @if collection["roleGuessed"] == true { " " span.quiet { (here.word(Word::RoleGuessed)) } }
    }
}

/// Whether data are real, said plainly.
pub(super) fn nature_badge(here: &Here<'_>, collection: &Value) -> Markup {
    let (class, word) = match collection["nature"].as_str() {
        Some("seed") => ("seed", Word::NatureSeed),
        Some("synthetic") => ("synthetic", Word::NatureSynthetic),
        _ => ("real", Word::NatureReal),
    };
    html! { span class=(format!("badge {class}")) { (here.word(word)) } }
}

/// What a reader must know before believing a page of data that are not real.
pub(super) fn nature_banner(here: &Here<'_>, collection: &Value) -> Markup {
    let said = match collection["nature"].as_str() {
        Some("seed") => Some(("seed", Word::NatureSeed, Word::NatureSeedHelp)),
        Some("synthetic") => Some(("synthetic", Word::NatureSynthetic, Word::NatureSyntheticHelp)),
        _ => None,
    };
    html! {
        @if let Some((class, word, help)) = said {
            p class=(format!("banner {class}")) role="note" {
                strong { (here.word(word)) "." } " " (here.word(help))
            }
        }
    }
}
