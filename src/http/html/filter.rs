//! Criteria of a page of features: those that hold, and forms for more.
//!
//! Each field has a form of its own: a browser sends every field of a form, also the empty ones, and
//! an empty value is a criterion too. So the forms need no script, and criteria add up.

use maud::{Markup, html};
use serde_json::Value;

use super::here::Here;
use super::value::Field;
use super::words::Word;

/// Parameters that say which page of the answer is shown: they lose their sense when the question changes.
pub(super) const PAGING: [&str; 3] = ["offset", "startindex", "after"];

/// Parameters that are no criteria.
const OTHER: [&str; 14] = [
    "limit",
    "bbox-crs",
    "crs",
    "sortby",
    "properties",
    "skipGeometry",
    "resultType",
    "f",
    "lang",
    "v",
    "version",
    "filter-lang",
    "filter-crs",
    "key",
];

/// Names and values of the criteria of a page.
pub(super) fn criteria<'a>(here: &'a Here<'_>) -> Vec<(&'a str, &'a str)> {
    let all = here
        .params()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    all.filter(|(name, _)| !OTHER.contains(name) && !PAGING.contains(name))
        .collect()
}

/// The page without its place in the answer, with something changed.
pub(super) fn from_start(here: &Here<'_>, change: (&str, Option<&str>)) -> String {
    let mut changes: Vec<(&str, Option<&str>)> = PAGING.iter().map(|name| (*name, None)).collect();
    changes.push(change);
    here.with(&changes)
}

/// The criteria that hold, each with a way to remove it.
pub(super) fn chips(here: &Here<'_>) -> Markup {
    let criteria = criteria(here);
    let none: Vec<(&str, Option<&str>)> = criteria
        .iter()
        .map(|(n, _)| *n)
        .chain(PAGING)
        .map(|n| (n, None))
        .collect();
    html! {
        @if !criteria.is_empty() {
            div.criteria {
                p id="criteria" { (here.word(Word::Criteria)) }
                ul aria-labelledby="criteria" {
                    @for (name, value) in &criteria {
                        li {
                            @match *name {
                                "bbox" => (here.word(Word::ParamBbox)),
                                "datetime" => (here.word(Word::ParamDatetime)),
                                "filter" => (here.word(Word::ParamFilter)),
                                name => span.data { (name) },
                            }
                            " = " span.data { (value) } " "
                            a href=(from_start(here, (name, None)))
                                aria-label=(Word::RemoveCriterion.with(here.lang, &[("name", name)])) { "×" }
                        }
                    }
                }
                @if criteria.len() > 1 { a href=(here.with(&none)) { (here.word(Word::RemoveAll)) } }
            }
        }
    }
}

/// Forms for the fields of a collection, folded away.
pub(super) fn forms(here: &Here<'_>, collection: &Value, fields: &[Field<'_>]) -> Markup {
    let timed = collection["extent"]["temporal"]["interval"][0]
        .as_array()
        .is_some_and(|i| i.iter().any(|t| !t.is_null()));
    // A field named like a parameter can't be asked for by its name alone.
    let asked = fields
        .iter()
        .filter(|f| f.is_scalar() && !OTHER.contains(&f.name) && !PAGING.contains(&f.name));
    let asked: Vec<&Field<'_>> = asked
        .filter(|f| !["bbox", "datetime", "filter"].contains(&f.name))
        .collect();
    html! {
        details.filter {
            summary { (here.word(Word::Filter)) }
            p.quiet { (here.word(Word::FilterHelp)) }
            div.forms {
                    (form(here, "filter", &html! { (here.word(Word::FilterExpression)) }, &html! {
                        input #p-filter name="filter" type="text" required
                            placeholder="geometry IS NOT NULL AND NOT CASEI(nom) LIKE 'x%'"
                            value=[here.param("filter")];
                    }))
                    @if timed {
                        (form(here, "datetime", &html! { (here.word(Word::TimeInterval)) }, &html! {
                            input #p-datetime name="datetime" type="text" required
                                placeholder=(here.word(Word::FilterPeriodHelp))
                                value=[here.param("datetime")];
                        }))
                    }
                    @for field in asked {
                        (form(here, field.name, &name_of(here, field), &input(here, field)))
                    }
            }
        }
    }
}

/// A field by its meaning and name.
pub(super) fn name_of(here: &Here<'_>, field: &Field<'_>) -> Markup {
    html! {
        @if let Some(meaning) = field.meaning(here.lang) { (meaning) " " }
        code.data { (field.name) }
    }
}

fn form(here: &Here<'_>, name: &str, label: &Markup, input: &Markup) -> Markup {
    let kept = here
        .params()
        .iter()
        .filter(|(n, _)| n != name && !PAGING.contains(&n.as_str()));
    html! {
        form method="get" action=(here.bare()) {
            @for (name, value) in kept { input type="hidden" name=(name) value=(value); }
            label for=(format!("p-{name}")) { (label) }
            span.pair {
                (input)
                button type="submit" aria-label=(Word::FilterOn.with(here.lang, &[("field", name)])) {
                    (here.word(Word::FilterApply))
                }
            }
        }
    }
}

fn input(here: &Here<'_>, field: &Field<'_>) -> Markup {
    let id = format!("p-{}", field.name);
    let now = here.param(field.name);
    html! {
        @match field.kind {
            "bool" => select id=(id) name=(field.name) {
                option value="true" selected[now == Some("true")] { (here.word(Word::Yes)) }
                option value="false" selected[now == Some("false")] { (here.word(Word::No)) }
            },
            "int" => input id=(id) name=(field.name) type="number" step="1" required value=[now];,
            "float" => input id=(id) name=(field.name) type="number" step="any" required value=[now];,
            "date" => input id=(id) name=(field.name) type="date" required value=[now];,
            _ => input id=(id) name=(field.name) type="text" required value=[now];,
        }
    }
}
