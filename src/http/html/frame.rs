//! What stands around every page: head, navigation, breadcrumb, formats, links, foot.

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use super::here::Here;
use super::links;
use super::words::Word;

/// The mark of the service; the content policy lets images stand in an address.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
     %3Cpath d='M2 27 14 7l4 6 3-4 9 18z' fill='%23333'/%3E%3C/svg%3E";

/// A format in which the resource also comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    /// What people call it.
    pub(super) label: &'static str,
    /// The value of `f`.
    pub(super) f: &'static str,
    /// Its media type.
    pub(super) kind: &'static str,
}

/// For most documents.
pub(super) const JSON: Format = Format {
    label: "JSON",
    f: "json",
    kind: "application/json",
};

/// For features.
pub(super) const GEOJSON: Format = Format {
    label: "GeoJSON",
    f: "geojson",
    kind: "application/geo+json",
};

/// For spreadsheets.
pub(super) const CSV: Format = Format {
    label: "CSV",
    f: "csv",
    kind: "text/csv",
};

/// A page above this one.
pub(super) struct Crumb {
    /// Its name.
    pub(super) label: String,
    /// Its address.
    pub(super) href: String,
}

/// What a page says of itself.
pub(super) struct Frame<'a> {
    /// Its heading.
    pub(super) title: String,
    /// Its name in the breadcrumb, where that is shorter.
    pub(super) crumb: Option<&'a str>,
    /// What stands before the heading's text in the browser's own title; empty where nothing.
    pub(super) within: String,
    /// The pages above it, without the service itself.
    pub(super) above: Vec<Crumb>,
    /// In which formats it comes too.
    pub(super) formats: &'a [Format],
    /// The document that it is made from, for its links.
    pub(super) document: &'a Value,
}

/// The whole page.
pub(super) fn page(here: &Here<'_>, frame: &Frame<'_>, body: &Markup) -> String {
    let root = here.root();
    let other = here.lang.other();
    let title = if frame.within.is_empty() {
        format!("{} – Terril", frame.title)
    } else {
        format!("{} – {} – Terril", frame.title, frame.within)
    };
    let page = html! {
        (DOCTYPE)
        html lang=(here.lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href=(format!("{root}viewer/page.css"));
                script type="module" src=(format!("{root}viewer/page.js")) {}
                (links::in_head(frame.document))
                @for format in frame.formats {
                    link rel="alternate" type=(format.kind) href=(here.with(&[("f", Some(format.f)), ("lang", None)]));
                }
                @for lang in [here.lang, other] {
                    link rel="alternate" type="text/html" hreflang=(lang.code()) href=(in_language(here, lang.code()));
                }
            }
            body {
                a.skip href="#content" { (here.word(Word::SkipToContent)) }
                (header(here))
                main id="content" {
                    (breadcrumb(here, frame))
                    h1.data { (frame.title) }
                    (formats(here, frame.formats))
                    (body)
                    (links::section(here, frame.document))
                }
                (footer(here))
            }
        }
    };
    page.into_string()
}

fn in_language(here: &Here<'_>, code: &str) -> String {
    here.with(&[("lang", Some(code))])
}

fn header(here: &Here<'_>) -> Markup {
    let places = [
        (Word::Collections, "/collections"),
        (Word::Tiles, "/tiles"),
        (Word::Actors, "/actors"),
        (Word::Loads, "/loads"),
        (Word::ApiShort, "/api"),
    ];
    let other = here.lang.other();
    html! {
        header.site {
            a.brand href=(here.map("")) { span.mark aria-hidden="true" {} "Terril" }
            nav aria-label=(here.word(Word::Service)) {
                ul {
                    li { a href=(here.map("")) { (here.word(Word::MapOfAll)) } }
                    @for (word, path) in places {
                        li { a href=(here.at(path)) { (here.word(word)) } }
                    }
                }
            }
            a.language href=(in_language(here, other.code())) hreflang=(other.code()) lang=(other.code())
                title=(here.word(Word::OtherLanguage)) {
                @match other { super::lang::Lang::Fr => "Français", super::lang::Lang::En => "English" }
            }
        }
    }
}

/// The ways that few readers need.
fn footer(here: &Here<'_>) -> Markup {
    let places = [
        (Word::Conformance, "/conformance"),
        (Word::TileGrids, "/tileMatrixSets"),
        (Word::Styles, "/styles"),
        (Word::Templates, "/templates"),
        (Word::Health, "/health"),
    ];
    html! {
        footer {
            p { (here.word(Word::Footer)) }
            ul { @for (word, path) in places { li { a href=(here.at(path)) { (here.word(word)) } } } }
        }
    }
}

fn breadcrumb(here: &Here<'_>, frame: &Frame<'_>) -> Markup {
    html! {
        nav.breadcrumb aria-label=(here.word(Word::Breadcrumb)) {
            ol {
                li { a href=(here.map("")) { (here.word(Word::Service)) } }
                @for crumb in &frame.above {
                    li { a href=(crumb.href) { (crumb.label) } }
                }
                li { span aria-current="page" { (frame.crumb.unwrap_or(&frame.title)) } }
            }
        }
    }
}

fn formats(here: &Here<'_>, formats: &[Format]) -> Markup {
    html! {
        @if !formats.is_empty() {
            p.formats {
                (here.word(Word::Formats))
                @for format in formats {
                    " "
                    a rel="alternate" type=(format.kind) href=(here.with(&[("f", Some(format.f)), ("lang", None)])) {
                        (format.label)
                    }
                }
            }
        }
    }
}
