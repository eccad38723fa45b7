//! Any other document, shown as it is: members as lists, addresses to follow.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Frame};
use super::here::Here;
use super::value::{Field, is_address};
use super::words::Word;

/// Deeper members are shown as JSON text: nobody reads a list in a list in a list further.
const DEPTH: usize = 8;

/// The page.
pub(super) fn page(here: &Here<'_>, title: &str, value: &Value) -> String {
    let frame = Frame {
        title: title.to_owned(),
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document: value,
    };
    frame::page(here, &frame, &tree(here, value))
}

/// A document without its own links, which stand in a table of theirs.
pub(super) fn tree(here: &Here<'_>, document: &Value) -> Markup {
    html! {
        @match document {
            Value::Object(members) => {
                @let shown = members.iter().filter(|(name, _)| *name != "links");
                dl.tree { @for (name, value) in shown { div { dt.data { (name) } dd { (node(here, value, 1)) } } } }
            },
            value => (node(here, value, 0)),
        }
    }
}

fn node(here: &Here<'_>, value: &Value, depth: usize) -> Markup {
    let field = Field {
        name: "",
        kind: "json",
        role: None,
    };
    html! {
        @match value {
            Value::Object(members) if members.is_empty() => (here.word(Word::None)),
            Value::Array(members) if members.is_empty() => (here.word(Word::None)),
            Value::Object(_) | Value::Array(_) if depth >= DEPTH => code.data { (value.to_string()) },
            Value::Object(members) => dl.tree {
                @for (name, value) in members { div { dt.data { (name) } dd { (node(here, value, depth + 1)) } } }
            },
            Value::Array(members) if members.iter().all(|m| !m.is_object() && !m.is_array() && !is_link(m)) => {
                span.data { (field.show(value, here.lang)) }
            },
            Value::Array(members) => ul.tree { @for member in members { li { (node(here, member, depth + 1)) } } },
            _ => span.data { (field.show(value, here.lang)) },
        }
    }
}

fn is_link(value: &Value) -> bool {
    value.as_str().is_some_and(is_address)
}
