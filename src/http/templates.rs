//! `GET /templates` and `GET /templates/{name}.xlsx`: the tables that landlords fill.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::ask::Ask;
use super::error::ApiError;
use super::html::Page;
use super::items::TIME;
use super::links::JSON;
use super::params::shortened;
use super::respond::{self, Keep};
use crate::encode::workbook::{self, XLSX};
use crate::model::role::Label;
use crate::model::template::{self, Lang, Need, Template};
use crate::serve::state::App;

/// `GET /templates`.
pub(super) async fn all(mut ask: Ask) -> Result<Response, ApiError> {
    let form = ask.document()?;
    let entry = |template: &Template| {
        let file = |lang: Lang| {
            let path = format!("/templates/{}.xlsx?lang={}", template.name, lang.code());
            let mut link = ask.base.link("enclosure", XLSX, &path, "The template, as a workbook");
            link["hreflang"] = json!(lang.code());
            link
        };
        let compulsory = |c: &&template::Column| c.need != Need::No;
        json!({
            "name": template.name,
            "title": template.title[0],
            "titles": both(&template.title),
            "purposes": both(&template.purpose),
            "role": template.role,
            "version": template::VERSION,
            "columns": template.columns.iter().map(column).collect::<Vec<_>>(),
            "place": template.columns.iter().filter(compulsory).map(|c| c.name).collect::<Vec<_>>(),
            "links": Lang::ALL.map(file),
        })
    };
    let templates: Vec<Value> = template::ALL.iter().map(entry).collect();
    let mut links = ask.own_links(JSON, "/templates");
    links.push(ask.base.link("root", JSON, "/", "Landing page"));
    ask.answer(
        &form,
        &json!({ "links": links, "templates": templates }),
        Page::Templates,
    )
}

fn both(texts: &[&str; 2]) -> Label {
    Label {
        fr: texts[0].to_owned(),
        en: texts[1].to_owned(),
    }
}

fn column(column: &template::Column) -> Value {
    let heading = |lang| column.heading(lang);
    json!({
        "name": column.name,
        "headings": Label { fr: heading(Lang::Fr), en: heading(Lang::En) },
        "help": both(&column.help),
        "codes": column.codes(),
        "compulsory": column.need == Need::Owner,
    })
}

/// `GET /templates/{name}.xlsx`.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Path(file): Path<String>,
    mut ask: Ask,
) -> Result<Response, ApiError> {
    let lang = match ask.params.take("lang") {
        None => Lang::Fr,
        Some(code) => Lang::of(&code)
            .ok_or_else(|| ApiError::parameter("lang", "use fr or en; it is the language of the template"))?,
    };
    ask.params.finish(&["lang"])?;
    let named = file.strip_suffix(".xlsx").and_then(template::find);
    let template = named.ok_or_else(|| ApiError::NotFound {
        what: "template",
        name: shortened(&file),
        see: "/templates",
    })?;
    let bytes = app
        .workers
        .run(TIME, move |_| workbook::template(template, lang))
        .await?
        .map_err(|_| ApiError::Internal)?;
    let mut response = respond::bytes(&ask.headers, XLSX, Keep::Revalidate, bytes)?;
    let name = format!("attachment; filename=\"terril-{}-{}.xlsx\"", template.name, lang.code());
    if let Ok(value) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
