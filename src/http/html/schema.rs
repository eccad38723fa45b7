//! Queryables, sortables and schema of a collection: which fields there are, and what they take.

use maud::{Markup, html};
use serde_json::Value;

use super::frame::{self, Format, Frame};
use super::here::Here;
use super::words::Word;
use super::{crumb_collection, crumb_collections, format, title_of, value, versions};

/// Schemas come under their own media type.
const SCHEMA: Format = Format {
    label: "JSON Schema",
    f: "json",
    kind: "application/schema+json",
};

/// The page. What it is called follows from the end of its address; `title` is for other schemas.
pub(super) fn page(here: &Here<'_>, title: &str, collection: &Value, schema: &Value) -> String {
    let own = here.bare();
    let title = match own.rsplit('/').next() {
        Some("queryables") => here.word(Word::Queryables),
        Some("sortables") => here.word(Word::Sortables),
        Some("schema") => here.word(Word::Schema),
        _ => title,
    };
    let properties = schema["properties"].as_object();
    let count = properties.map_or(0, serde_json::Map::len);
    let described = schema["description"].as_str().filter(|text| !text.is_empty());
    let body = html! {
        (versions::banner(here, collection))
        @if let Some(text) = described { p.lead.data lang="en" { (text) } }
        @if schema["additionalProperties"] == false { p { (here.word(Word::SchemaAdditionalNo)) } }
        @match properties {
            Some(properties) if count > 0 => (table(here, collection, properties)),
            _ => p.empty { (here.word(Word::FieldsNone)) },
        }
    };
    let frame = Frame {
        title: title.to_owned(),
        crumb: None,
        within: title_of(collection, here.lang).to_owned(),
        above: vec![crumb_collections(here), crumb_collection(here, collection)],
        formats: &[SCHEMA],
        document: schema,
    };
    frame::page(here, &frame, &body)
}

fn table(here: &Here<'_>, collection: &Value, properties: &serde_json::Map<String, Value>) -> Markup {
    let count = format::whole(properties.len() as u64, here.lang);
    html! {
        div.scroll {
            table {
                caption { (Word::SchemaFields.with(here.lang, &[("n", &count)])) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Field)) }
                        th scope="col" { (here.word(Word::FieldMeaning)) }
                        th scope="col" { (here.word(Word::FieldType)) }
                        th scope="col" { (here.word(Word::FieldFormat)) }
                        th scope="col" { (here.word(Word::Choices)) }
                    }
                }
                tbody {
                    @for (name, property) in properties {
                        tr {
                            th scope="row" { code.data { (name) } }
                            td { (meaning(here, collection, name, property)) }
                            td { (here.word(type_word(property))) }
                            td.data { (property["format"].as_str().unwrap_or_default()) }
                            td.data { (choices(here, property)) }
                        }
                    }
                }
            }
        }
    }
}

fn meaning(here: &Here<'_>, collection: &Value, name: &str, property: &Value) -> Markup {
    let field = value::field(collection, name);
    let role = match property["x-ogc-role"].as_str() {
        Some("primary-geometry") => Some(Word::SchemaPrimary),
        Some("id") => Some(Word::SchemaId),
        Some("primary-instant") => Some(Word::RoleTime),
        Some("primary-interval-start") => Some(Word::RoleStart),
        Some("primary-interval-end") => Some(Word::RoleEnd),
        _ if type_word(property) == Word::TypeGeometry => Some(Word::Geometry),
        _ => None,
    };
    // The geometry has no name of its own that a reader would know.
    let named = (type_word(property) != Word::TypeGeometry)
        .then(|| field.meaning(here.lang))
        .flatten();
    let said = named.or_else(|| role.map(|word| here.word(word)));
    let told = property["title"].as_str().filter(|title| *title != name);
    html! {
        @match (said, told) {
            (Some(meaning), _) => (meaning),
            (None, Some(told)) => span.data { (told) },
            (None, None) => {},
        }
        @if let Some(text) = property["description"].as_str() { span.quiet.data { " " (text) } }
    }
}

fn type_word(property: &Value) -> Word {
    let format = property["format"].as_str().unwrap_or_default();
    match property["type"].as_str() {
        _ if format.starts_with("geometry") || property["$ref"].is_string() => Word::TypeGeometry,
        Some("boolean") => Word::TypeBool,
        Some("integer") => Word::TypeInt,
        Some("number") => Word::TypeFloat,
        Some("string") if format == "date" => Word::TypeDate,
        Some("string") if format == "date-time" => Word::TypeDateTime,
        Some("array" | "object") => Word::TypeJson,
        None if property["type"].is_array() => Word::TypeJson,
        _ => Word::TypeText,
    }
}

fn choices(here: &Here<'_>, property: &Value) -> String {
    let field = value::Field::ANY;
    let listed = property["enum"].as_array().into_iter().flatten();
    listed
        .filter_map(|value| field.text(value, here.lang))
        .collect::<Vec<_>>()
        .join(", ")
}
