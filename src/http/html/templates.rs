//! `/templates`: the tables that landlords fill, to be downloaded.

use maud::{Markup, html};
use serde_json::Value;

use super::bilingual;
use super::frame::{self, Frame};
use super::here::Here;
use super::links;
use super::words::Word;

/// The page.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let templates = document["templates"].as_array().map_or(&[][..], Vec::as_slice);
    let body = html! {
        p.lead { (here.word(Word::TemplatesIntro)) }
        @for template in templates { (one(here, template)) }
    };
    let frame = Frame {
        title: here.word(Word::Templates).to_owned(),
        crumb: None,
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}

fn one(here: &Here<'_>, template: &Value) -> Markup {
    let name = template["name"].as_str().unwrap_or_default();
    let columns = template["columns"].as_array().map_or(&[][..], Vec::as_slice);
    let files = links::of(template);
    let texts = |value: &Value| value[here.lang.code()].as_str().unwrap_or_default().to_owned();
    html! {
        section aria-labelledby=(name) {
            h2 id=(name) { (bilingual(template, "titles", "title", here.lang)) }
            p { (bilingual(template, "purposes", "purpose", here.lang)) }
            ul.actions {
                @for (file, word) in files.iter().zip([Word::TemplateFr, Word::TemplateEn]) {
                    li { a.button.second href=(file.href) type=[file.kind] download { (here.word(word)) } }
                }
            }
            details {
                summary { (here.word(Word::TemplateColumns)) }
                div.scroll {
                    table {
                        caption.spoken { (here.word(Word::TemplateColumns)) }
                        thead {
                            tr {
                                th scope="col" { (here.word(Word::TemplateHeading)) }
                                th scope="col" { (here.word(Word::Field)) }
                                th scope="col" { (here.word(Word::Description)) }
                            }
                        }
                        tbody {
                            @for column in columns {
                                tr {
                                    th scope="row" { (texts(&column["headings"])) }
                                    td { code.data { (column["name"].as_str().unwrap_or_default()) } }
                                    td { (texts(&column["help"])) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
