//! `/styles`: the styles that map software reads.

use maud::html;
use serde_json::Value;

use super::frame::{self, Frame};
use super::here::Here;
use super::words::Word;
use super::{document, links, title_of};

/// The page: a list of styles, or one style as it is.
pub(super) fn page(here: &Here<'_>, document: &Value) -> String {
    let listed = document["styles"].as_array();
    let body = html! {
        @match listed.map(Vec::as_slice) {
            None => (document::tree(here, document)),
            Some([]) => p.empty { (here.word(Word::StylesNone)) },
            Some(styles) => {
                p.lead { (here.word(Word::StylesIntro)) }
                dl.facts {
                    @for style in styles {
                        div {
                            dt.data { (title_of(style, here.lang)) }
                            dd { (links::list(here, style)) }
                        }
                    }
                }
            },
        }
    };
    let frame = Frame {
        title: here.word(Word::Styles).to_owned(),
        crumb: None,
        within: String::new(),
        above: vec![],
        formats: &[frame::JSON],
        document,
    };
    frame::page(here, &frame, &body)
}
