//! `/loads/{c}/versions` and one of them: when a layer was what, and what changed; and what pages of a former state say.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Crumb, Frame};
use super::here::Here;
use super::words::Word;
use super::{bilingual, format, links, title_of};
use crate::http::links::encoded;

/// What a page of a former state says of it; nothing on a page of the present one.
pub(super) fn banner(here: &Here<'_>, collection: &Value) -> Markup {
    let former = &collection["former"];
    html! {
        @if !former.is_null() {
            p.banner role="note" {
                strong { (Word::FormerState.with(here.lang, &[("date", &moment(here, &former["loaded"]))])) }
                " " (here.word(Word::FormerHelp)) " "
                a href=(here.with(&[("version", None), ("offset", None), ("after", None)])) { (here.word(Word::FormerPresent)) }
            }
        }
    }
}

/// A link to the versions of a layer.
pub(super) fn list_link(here: &Here<'_>, id: &str) -> Markup {
    html! { a href=(here.at(&list_path(id))) { (here.word(Word::VersionsAll)) } }
}

fn list_path(id: &str) -> String {
    format!("/loads/{}/versions", encoded(id))
}

fn items_path(id: &str, version: &Value) -> String {
    let version = version.as_str().unwrap_or_default();
    format!("/collections/{}/items?version={version}", encoded(id))
}

/// A link below the service that has parameters of its own.
fn href(here: &Here<'_>, path: &str) -> String {
    here.follow(&here.plain(path))
}

fn moment(here: &Here<'_>, value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    format::date(text, here.lang).unwrap_or_else(|| text.to_owned())
}

fn whole(here: &Here<'_>, value: &Value) -> String {
    value.as_u64().map(|n| format::whole(n, here.lang)).unwrap_or_default()
}

fn name_of(document: &Value, here: &Here<'_>) -> String {
    match title_of(document, here.lang) {
        "" => document["collection"].as_str().unwrap_or_default().to_owned(),
        title => title.to_owned(),
    }
}

fn crumbs(here: &Here<'_>, document: &Value, id: &str) -> Vec<Crumb> {
    let report = Crumb {
        label: name_of(document, here),
        href: here.at(&format!("/loads/{}", encoded(id))),
    };
    let loads = Crumb {
        label: here.word(Word::Loads).to_owned(),
        href: here.at("/loads"),
    };
    vec![loads, report]
}

/// The list.
pub(super) fn list(here: &Here<'_>, document: &Value) -> String {
    let versions = document["versions"].as_array().map_or(&[][..], Vec::as_slice);
    let id = document["collection"].as_str().unwrap_or_default();
    let most = whole(here, &document["mostListed"]);
    let body = html! {
        p.lead {
            (here.word(Word::VersionsIntro)) " "
            @match document["kept"]["reason"].as_str() {
                Some("no-state") => (here.word(Word::VersionsNoState)),
                Some(_) => (here.word(Word::VersionsOff)),
                None => (Word::VersionsMost.with(here.lang, &[("n", &most)])),
            }
        }
        (list_table(here, id, versions))
    };
    let frame = Frame {
        title: Word::VersionsOf.with(here.lang, &[("title", &name_of(document, here))]),
        crumb: Some(here.word(Word::Versions)),
        within: String::new(),
        above: crumbs(here, document, id),
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}

fn list_table(here: &Here<'_>, id: &str, versions: &[Value]) -> Markup {
    let numbers = [
        (Word::VersionAdded, "added"),
        (Word::VersionRemoved, "removed"),
        (Word::VersionChanged, "changed"),
    ];
    let counts = [
        (Word::Count, "features"),
        (Word::WithoutPlace, "withoutPlace"),
        (Word::Repaired, "repaired"),
        (Word::FaultsShort, "faults"),
    ];
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="versions" {
            table {
                caption.spoken #versions { (here.word(Word::Versions)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::VersionLoaded)) }
                        th.number scope="col" { (here.word(Word::VersionNumber)) }
                        th scope="col" { (here.word(Word::Source)) }
                        @for (word, _) in counts { th.number scope="col" { (here.word(word)) } }
                        @for (word, _) in numbers { th.number scope="col" { (here.word(word)) } }
                        th scope="col" { (here.word(Word::Features)) }
                    }
                }
                tbody {
                    @for version in versions {
                        tr {
                            th scope="row" {
                                a href=(own(here, version)) { (loaded(here, version)) }
                                @if version["present"] == true { " (" (here.word(Word::VersionPresent)) ")" }
                            }
                            td.number { (whole(here, &version["number"])) }
                            td.data { (version["source"].as_str().unwrap_or_default()) }
                            @for (_, name) in counts { td.number { (whole(here, &version["numbers"][name])) } }
                            @for (_, name) in numbers { td.number { (whole(here, &version["diff"][name])) } }
                            td { a href=(href(here, &items_path(id, &version["version"]))) { (here.word(Word::VersionFeatures)) } }
                        }
                    }
                }
            }
        }
    }
}

/// When a version came; its name where that is not known.
fn loaded(here: &Here<'_>, version: &Value) -> String {
    match version["loaded"].as_str() {
        Some(_) => moment(here, &version["loaded"]),
        None => version["version"].as_str().unwrap_or_default().to_owned(),
    }
}

/// The page of a version.
fn own(here: &Here<'_>, version: &Value) -> String {
    links::first(version, "self")
        .map(|link| here.follow(link.href))
        .unwrap_or_default()
}

/// One version.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let id = document["collection"].as_str().unwrap_or_default();
    let number = match document["number"].as_u64() {
        Some(number) => number.to_string(),
        None => document["version"].as_str().unwrap_or_default().to_owned(),
    };
    let kinds = document["kinds"].as_array().map_or(&[][..], Vec::as_slice);
    let body = html! {
        (facts(here, id, document))
        section aria-labelledby="changes" {
            h2 id="changes" { (here.word(Word::VersionChanges)) }
            (changes(here, id, document))
        }
        section aria-labelledby="kinds" {
            h2 id="kinds" { (here.word(Word::FaultsByKind)) }
            @if kinds.is_empty() { p.empty { (here.word(Word::FaultsNone)) } } @else { (kinds_table(here, kinds)) }
        }
    };
    let mut above = crumbs(here, document, id);
    above.push(Crumb {
        label: here.word(Word::Versions).to_owned(),
        href: here.at(&list_path(id)),
    });
    let parts = [("title", &*name_of(document, here)), ("n", &*number)];
    let frame = Frame {
        title: Word::VersionOf.with(here.lang, &parts),
        crumb: Some(&number),
        within: String::new(),
        above,
        formats: &[frame::JSON, frame::CSV],
        document,
    };
    frame::page(here, &frame, &body)
}

fn facts(here: &Here<'_>, id: &str, document: &Value) -> Markup {
    let text = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
    let when = |name: &str| match document[name].as_str() {
        Some(_) => moment(here, &document[name]),
        None => String::new(),
    };
    let facts = [
        (Word::VersionLoaded, when("loaded")),
        (Word::Source, text("source")),
        (Word::VersionSourceModified, when("sourceModified")),
        (Word::Licence, text("license")),
        (Word::Attribution, text("attribution")),
        (Word::Count, whole(here, &document["numbers"]["features"])),
        (Word::WithoutPlace, whole(here, &document["numbers"]["withoutPlace"])),
        (Word::Repaired, whole(here, &document["numbers"]["repaired"])),
        (Word::Version, text("version")),
    ];
    html! {
        @if document["present"] == true { p.note { (here.word(Word::VersionPresent)) } }
        dl.facts {
            div { dt { (here.word(Word::Layer)) } dd { a.data href=(here.at(&format!("/collections/{}", encoded(id)))) { (id) } } }
            @for (word, fact) in facts {
                @if !fact.is_empty() { div { dt { (here.word(word)) } dd.data { (fact) } } }
            }
        }
        p { a.button href=(href(here, &items_path(id, &document["version"]))) { (here.word(Word::VersionFeatures)) } }
    }
}

fn changes(here: &Here<'_>, id: &str, document: &Value) -> Markup {
    let diff = &document["diff"];
    let listed = |name: &str| document[name].as_array().map_or(&[][..], Vec::as_slice);
    let names = |name: &str| {
        let names = diff[name].as_array().into_iter().flatten().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(", ")
    };
    let date = moment(here, &diff["fromLoaded"]);
    let [added, removed, changed] = ["added", "removed", "changed"].map(|name| whole(here, &diff[name]));
    let parts = [
        ("date", &*date),
        ("added", &*added),
        ("removed", &*removed),
        ("changed", &*changed),
    ];
    html! {
        @if diff.is_null() {
            p.empty { (here.word(Word::VersionNoDiff)) }
        } @else {
            p.range { (Word::VersionChangesSince.with(here.lang, &parts)) }
            @for (word, name) in [(Word::VersionFieldsAdded, "fieldsAdded"), (Word::VersionFieldsRemoved, "fieldsRemoved")] {
                @if !names(name).is_empty() { p { (here.word(word)) " : " span.data { (names(name)) } } }
            }
            @if document["numberMatched"] == 0 {
                p.empty { (here.word(Word::VersionNoChanges)) }
            } @else {
                p.quiet { (range(here, document)) }
                div.scroll role="region" tabindex="0" aria-labelledby="changes" {
                    table {
                        caption.spoken { (here.word(Word::VersionChanges)) }
                        thead {
                            tr {
                                th scope="col" { (here.word(Word::FaultFeature)) }
                                th scope="col" { (here.word(Word::VersionChange)) }
                                th scope="col" { (here.word(Word::VersionWhatChanged)) }
                            }
                        }
                        tbody {
                            @for feature in listed("added") { (row(here, id, feature, &document["version"], Word::ChangeAdded, "")) }
                            @for feature in listed("removed") { (row(here, id, feature, &diff["from"], Word::ChangeRemoved, "")) }
                            @for one in listed("changed") {
                                (row(here, id, &one["id"], &document["version"], Word::ChangeChanged, &what(here, one)))
                            }
                        }
                    }
                }
                (pages(here, document))
            }
        }
    }
}

/// What of a feature changed, in words.
fn what(here: &Here<'_>, change: &Value) -> String {
    let geometry = (change["geometry"] == true).then(|| here.word(Word::VersionGeometry));
    let fields = change["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    geometry.into_iter().chain(fields).collect::<Vec<_>>().join(", ")
}

fn row(here: &Here<'_>, id: &str, feature: &Value, version: &Value, change: Word, what: &str) -> Markup {
    let name = match feature {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let version = version.as_str().unwrap_or_default();
    let path = format!(
        "/collections/{}/items/{}?version={version}",
        encoded(id),
        encoded(&name)
    );
    html! {
        tr {
            th scope="row" { a.data href=(href(here, &path)) { (name) } }
            td { (here.word(change)) }
            td.data { (what) }
        }
    }
}

fn range(here: &Here<'_>, document: &Value) -> String {
    let before: u64 = here.param("offset").and_then(|text| text.parse().ok()).unwrap_or(0);
    let number = |name: &str| document[name].as_u64().unwrap_or_default();
    let count = |n: u64| format::whole(n, here.lang);
    let parts = [
        ("a", &*count(before + 1)),
        ("b", &*count(before + number("numberReturned"))),
        ("n", &*count(number("numberMatched"))),
    ];
    Word::ChangesRange.with(here.lang, &parts)
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

fn kinds_table(here: &Here<'_>, kinds: &[Value]) -> Markup {
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::FaultsByKind)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::FaultKind)) }
                        th.number scope="col" { (here.word(Word::FaultCount)) }
                    }
                }
                tbody {
                    @for kind in kinds {
                        tr {
                            th scope="row" { (bilingual(kind, "label", "kind", here.lang)) }
                            td.number { (whole(here, &kind["count"])) }
                        }
                    }
                }
            }
        }
    }
}
