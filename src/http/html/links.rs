//! The links of a document: in the head for programs, in a table for people.

use maud::{Markup, html};
use serde_json::Value;

use super::here::Here;
use super::lang::Lang;
use super::words::Word;

/// Relations that mean in the head of a page what they mean in a document.
const IN_HEAD: [&str; 12] = [
    "alternate",
    "collection",
    "conformance",
    "data",
    "describedby",
    "first",
    "last",
    "license",
    "next",
    "prev",
    "service-desc",
    "up",
];

/// A link of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link<'a> {
    pub(super) rel: &'a str,
    pub(super) href: &'a str,
    pub(super) kind: Option<&'a str>,
    title: Option<&'a str>,
    templated: bool,
}

/// The document's own links, in its order.
pub(super) fn of(document: &Value) -> Vec<Link<'_>> {
    let listed = document["links"].as_array().map_or(&[][..], Vec::as_slice);
    listed.iter().filter_map(read_link).collect()
}

fn read_link(link: &Value) -> Option<Link<'_>> {
    Some(Link {
        rel: link["rel"].as_str()?,
        href: link["href"].as_str()?,
        kind: link["type"].as_str(),
        title: link["title"].as_str(),
        templated: link["templated"].as_bool().unwrap_or(false),
    })
}

/// The first link with a relation.
pub(super) fn first<'a>(document: &'a Value, rel: &str) -> Option<Link<'a>> {
    of(document).into_iter().find(|link| link.rel == rel)
}

/// `<link>` elements for the head. The document itself is an alternate of its page.
pub(super) fn in_head(document: &Value) -> Markup {
    let links = of(document)
        .into_iter()
        .filter(|link| !link.templated && link.kind != Some("text/html"));
    let shown = links.filter_map(|link| match link.rel {
        "self" => Some(("alternate", link)),
        rel if IN_HEAD.contains(&rel) => Some((rel, link)),
        _ => None,
    });
    html! {
        @for (rel, link) in shown {
            link rel=(rel) type=[link.kind] title=[link.title] href=(link.href);
        }
    }
}

/// Every link of a document, with its relation and format.
pub(super) fn section(here: &Here<'_>, document: &Value) -> Markup {
    let links = of(document);
    html! {
        @if !links.is_empty() {
            section.links aria-labelledby="links" {
                h2 id="links" { (here.word(Word::Links)) }
                (table(here, &links))
            }
        }
    }
}

/// The links of a part of a document.
pub(super) fn list(here: &Here<'_>, part: &Value) -> Markup {
    html! {
        ul.ways {
            @for link in of(part) {
                li { (anchor(here, &link)) @if let Some(kind) = link.kind { " " span.quiet.data { (kind) } } }
            }
        }
    }
}

fn table(here: &Here<'_>, links: &[Link<'_>]) -> Markup {
    html! {
        div.scroll {
            table {
                caption { (here.word(Word::LinksHelp)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::LinkTitle)) }
                        th scope="col" { (here.word(Word::LinkRelation)) }
                        th scope="col" { (here.word(Word::LinkType)) }
                    }
                }
                tbody {
                    @for link in links {
                        tr {
                            td { (anchor(here, link)) }
                            td.data { (short(link.rel)) }
                            td.data { (link.kind.unwrap_or_default()) }
                        }
                    }
                }
            }
        }
    }
}

/// A link as text to follow; a template is no address, so it is shown and not followed.
fn anchor(here: &Here<'_>, link: &Link<'_>) -> Markup {
    html! {
        @if link.templated {
            (label(here, link)) br;
            code.data title=(here.word(Word::Template)) { (link.href) }
        } @else {
            a href=(link.href) type=[link.kind] { (label(here, link)) }
        }
    }
}

/// A link in the page's language. Titles of documents are English; where the relation has no word of
/// ours they stand as they are.
fn label(here: &Here<'_>, link: &Link<'_>) -> Markup {
    let word = word_of(link.rel).map(|word| here.word(word));
    html! {
        @match (here.lang, link.title, word) {
            (Lang::En, Some(title), _) => span.data { (title) },
            (_, _, Some(word)) => (word),
            (_, Some(title), None) => span.data lang="en" { (title) },
            (_, None, None) => span.data { (link.rel) },
        }
    }
}

/// The last part of a relation that is a URI.
fn short(rel: &str) -> &str {
    rel.rsplit('/').next().unwrap_or(rel)
}

fn word_of(rel: &str) -> Option<Word> {
    Some(match short(rel) {
        "self" => Word::RelSelf,
        "alternate" => Word::RelAlternate,
        "root" | "home" => Word::RelRoot,
        "data" => Word::RelData,
        "collection" => Word::RelCollection,
        "items" => Word::RelItems,
        "item" => Word::RelItem,
        "next" => Word::RelNext,
        "prev" => Word::RelPrev,
        "first" => Word::RelFirst,
        "last" => Word::RelLast,
        "up" | "parent" => Word::RelUp,
        "related" => Word::RelRelated,
        "version-history" => Word::RelVersions,
        "predecessor-version" => Word::RelPredecessor,
        "tilesets-vector" => Word::RelTilesets,
        "tilejson" => Word::RelTileJson,
        "tiling-scheme" | "tiling-schemes" => Word::RelTilingScheme,
        "queryables" => Word::RelQueryables,
        "sortables" => Word::RelSortables,
        "schema" => Word::RelSchema,
        "describedby" => Word::RelDescribedBy,
        "license" => Word::RelLicence,
        "conformance" => Word::RelConformance,
        "service-desc" => Word::RelServiceDesc,
        "service-doc" => Word::RelServiceDoc,
        "style" | "styles" | "stylesheet" => Word::RelStyle,
        "legend" => Word::RelLegend,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_style_of_a_map_is_no_stylesheet_of_the_page() {
        let document = json!({ "links": [
            { "rel": "self", "type": "application/json", "href": "http://h/a", "title": "A" },
            { "rel": "stylesheet", "type": "application/vnd.mapbox.style+json", "href": "http://h/s" },
            { "rel": "alternate", "type": "text/html", "href": "http://h/a?f=html" },
            { "rel": "item", "href": "http://h/{z}", "templated": true },
        ] });
        let head = in_head(&document).into_string();
        assert_eq!(
            head,
            r#"<link rel="alternate" type="application/json" title="A" href="http://h/a">"#
        );
    }

    #[test]
    fn every_link_stands_in_the_table() {
        let here = Here::new(Lang::Fr, "http://h", "/a");
        let document = json!({ "links": [
            { "rel": "http://www.opengis.net/def/rel/ogc/1.0/queryables", "href": "http://h/q?a=1&b=2", "title": "Queryables" },
            { "rel": "strange", "href": "http://h/x", "title": "<b>Strange</b>" },
            { "rel": "item", "href": "http://h/{z}", "templated": true },
        ] });
        let table = section(&here, &document).into_string();
        assert!(
            table.contains(r#"<a href="http://h/q?a=1&amp;b=2">Champs de filtre</a>"#),
            "{table}"
        );
        assert!(table.contains("&lt;b&gt;Strange&lt;/b&gt;"), "{table}");
        assert!(
            !table.contains(r#"href="http://h/{z}""#) && table.contains("http://h/{z}"),
            "{table}"
        );
    }
}
