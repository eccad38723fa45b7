//! `/api`: the OpenAPI document as a list of addresses.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Format, Frame};
use super::here::Here;
use super::value;
use super::words::Word;

/// Programs read the same document under its own type.
const OPENAPI: Format = Format {
    label: "OpenAPI 3.0 (JSON)",
    f: "json",
    kind: "application/vnd.oai.openapi+json;version=3.0",
};

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let described = document["info"]["description"].as_str();
    let version = document["info"]["version"].as_str();
    let mut groups: Vec<(&str, Vec<(&String, &Value)>)> = vec![];
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let (_, operation) = operation(item);
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        match groups.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, members)) => members.push((path, item)),
            None => groups.push((tag, vec![(path, item)])),
        }
    }
    let body = html! {
        p.lead { (here.word(Word::ApiIntro)) }
        dl.facts {
            @if let Some(text) = document["info"]["title"].as_str() {
                div { dt { (here.word(Word::Title)) } dd.data { (text) } }
            }
            @if let Some(text) = version { div { dt { (here.word(Word::Version)) } dd.data { (text) } } }
            @if let Some(text) = described { div { dt { (here.word(Word::Description)) } dd.data lang="en" { (text) } } }
        }
        @for (tag, paths) in &groups {
            section {
                h2 {
                    @match *tag {
                        "service" => (here.word(Word::ApiTagService)),
                        "features" => (here.word(Word::ApiTagFeatures)),
                        "tiles" => (here.word(Word::ApiTagTiles)),
                        other => span.data { (other) },
                    }
                }
                (table(here, document, paths))
            }
        }
    };
    let frame = Frame {
        title: here.word(Word::Api).to_owned(),
        crumb: None,
        within: String::new(),
        above: vec![],
        formats: &[OPENAPI],
        document,
    };
    frame::page(here, &frame, &body)
}

fn table(here: &Here<'_>, document: &Value, paths: &[(&String, &Value)]) -> Markup {
    html! {
        div.scroll {
            table.api {
                caption.spoken { (here.word(Word::ApiPaths)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::ApiPath)) }
                        th scope="col" { (here.word(Word::ApiSummary)) }
                        th scope="col" { (here.word(Word::ApiParameters)) }
                    }
                }
                tbody {
                    @for (path, item) in paths {
                        tr {
                            @let (method, operation) = operation(item);
                            th scope="row" { (address(here, path, method, operation)) }
                            td.data lang="en" { (operation["summary"].as_str().unwrap_or_default()) }
                            td { (parameters(here, document, &operation["parameters"])) }
                        }
                    }
                }
            }
        }
    }
}

/// What a path is for: reading, or else what is sent there.
fn operation(item: &Value) -> (&str, &Value) {
    match item.get("get") {
        Some(get) => ("GET", get),
        None => ("POST", &item["post"]),
    }
}

/// An address to follow, as a page where it has one; one with braces or a parameter that it needs is to be
/// completed first, and to one that is sent to no link leads.
fn address(here: &Here<'_>, path: &str, method: &str, get: &Value) -> Markup {
    if method != "GET" {
        return html! { code.data { (method) " " (path) } };
    }
    let parameters = get["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let incomplete = path.contains('{') || parameters.iter().any(|p| p["required"] == true);
    let is_page = get["responses"]["200"]["content"].get("text/html").is_some();
    html! {
        @if incomplete {
            code.data title=(here.word(Word::Template)) { (path) }
        } @else if is_page {
            a href=(here.at(path)) { code.data { (path) } }
        } @else {
            a href=(here.plain(path)) { code.data { (path) } }
        }
    }
}

fn parameters(here: &Here<'_>, document: &Value, parameters: &Value) -> Markup {
    let listed: Vec<&Value> = parameters
        .as_array()
        .into_iter()
        .flatten()
        .map(|p| resolved(document, p))
        .collect();
    html! {
        @if !listed.is_empty() {
            details {
                summary { (listed.len()) }
                ul.parameters { @for parameter in listed { li { (parameter_line(here, parameter)) } } }
            }
        }
    }
}

fn parameter_line(here: &Here<'_>, parameter: &Value) -> Markup {
    let field = value::Field::ANY;
    let schema = &parameter["schema"];
    let text = |name: &str| field.text(&schema[name], here.lang);
    let bounds = match (text("minimum"), text("maximum")) {
        (Some(a), Some(b)) => Some(Word::Between.with(here.lang, &[("a", &a), ("b", &b)])),
        (Some(a), None) => Some(Word::AtLeast.with(here.lang, &[("a", &a)])),
        (None, Some(b)) => Some(Word::AtMost.with(here.lang, &[("b", &b)])),
        (None, None) => None,
    };
    let default = text("default").map(|value| Word::DefaultValue.with(here.lang, &[("value", &value)]));
    html! {
        code.data { (parameter["name"].as_str().unwrap_or_default()) }
        @if parameter["required"] == true { " " strong { (here.word(Word::ApiRequired)) } }
        @if let Some(text) = parameter["description"].as_str() { " " span.data lang="en" { (text) } }
        @if let Some(choices) = text("enum") { " " span.data { "(" (choices) ")" } }
        @for note in bounds.into_iter().chain(default) { " · " (note) }
    }
}

/// What a reference within the document stands for (RFC 6901).
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"]
        .as_str()
        .and_then(|r| r.strip_prefix('#'))
        .and_then(|r| document.pointer(r));
    target.unwrap_or(value)
}
