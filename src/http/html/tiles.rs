//! Tilesets, their layers and limits; the grids that they are cut by.

use maud::{Markup, html};
use serde_json::Value;

use super::crs_names::crs_name;
use super::frame::{self, Crumb, Frame};
use super::here::Here;
use super::words::Word;
use super::{crumb_collections, document, format, links};

/// `/tiles` and `/collections/{c}/tiles`.
pub(super) fn tilesets(here: &Here<'_>, document: &Value) -> String {
    let listed = document["tilesets"].as_array().map_or(&[][..], Vec::as_slice);
    let body = html! {
        p.lead { (here.word(if listed.is_empty() { Word::TilesetsNone } else { Word::TilesetsIntro })) }
        @for tileset in listed {
            section {
                h2.data { (tileset["title"].as_str().unwrap_or_default()) }
                (facts(here, tileset))
                (links::list(here, tileset))
            }
        }
        p { a href=(here.at("/tileMatrixSets")) { (here.word(Word::TileGrids)) } }
    };
    frame::page(here, &frame(here, here.word(Word::VectorTiles), document), &body)
}

/// One tileset.
pub(super) fn tileset(here: &Here<'_>, document: &Value) -> String {
    let layers = document["layers"].as_array().map_or(&[][..], Vec::as_slice);
    let limits = document["tileMatrixSetLimits"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let title = document["title"].as_str().unwrap_or_else(|| here.word(Word::Tileset));
    let body = html! {
        (facts(here, document))
        @if !layers.is_empty() {
            section aria-labelledby="layers" {
                h2 id="layers" { (here.word(Word::TileLayers)) }
                ul { @for layer in layers { (layer_line(here, layer)) } }
            }
        }
        @if !limits.is_empty() {
            section aria-labelledby="limits" {
                h2 id="limits" { (here.word(Word::TileLimits)) }
                (limits_table(here, limits))
            }
        }
    };
    frame::page(here, &frame(here, title, document), &body)
}

/// `/tileMatrixSets`.
pub(super) fn grids(here: &Here<'_>, document: &Value) -> String {
    let listed = document["tileMatrixSets"].as_array().map_or(&[][..], Vec::as_slice);
    let body = html! {
        p.lead { (here.word(Word::GridsIntro)) }
        @for grid in listed {
            section {
                h2.data { (grid["id"].as_str().unwrap_or_default()) }
                p.data lang="en" { (grid["title"].as_str().unwrap_or_default()) }
                (facts(here, grid))
                (links::list(here, grid))
            }
        }
        @if document["tileMatrices"].is_array() { (document::tree(here, document)) }
    };
    frame::page(here, &frame(here, here.word(Word::TileGrids), document), &body)
}

/// A page of tiles, below the collection that its address names.
fn frame<'a>(here: &Here<'_>, title: &str, document: &'a Value) -> Frame<'a> {
    let mut above = vec![];
    if let Some(id) = here.collection() {
        above.push(crumb_collections(here));
        above.push(Crumb {
            label: super::here::decoded(id),
            href: here.at(&format!("/collections/{id}")),
        });
    }
    Frame {
        title: title.to_owned(),
        within: String::new(),
        above,
        formats: &[frame::JSON],
        document,
    }
}

fn facts(here: &Here<'_>, tileset: &Value) -> Markup {
    let text = |name: &str| tileset[name].as_str().filter(|text| !text.is_empty());
    let grid = text("tileMatrixSetURI").or_else(|| text("uri"));
    html! {
        dl.facts {
            @if let Some(crs) = text("crs") {
                div { dt { (here.word(Word::Crs)) } dd.data { (crs_name(crs)) } }
            }
            @if let Some(uri) = grid {
                div { dt { (here.word(Word::TileGrid)) } dd.data { (uri.rsplit('/').next().unwrap_or(uri)) } }
            }
            @if let Some(attribution) = text("attribution") {
                div { dt { (here.word(Word::Attribution)) } dd.data { (attribution) } }
            }
        }
    }
}

fn layer_line(here: &Here<'_>, layer: &Value) -> Markup {
    let id = layer["id"].as_str().unwrap_or_default();
    let path = format!("/collections/{}", super::super::links::encoded(id));
    let zoom = |name: &str| layer[name].as_str().unwrap_or_default();
    html! {
        li {
            a.data href=(here.at(&path)) { (layer["title"].as_str().unwrap_or(id)) }
            " " code.data { (id) } " " (here.word(Word::Zooms)) " "
            span.data { (zoom("minTileMatrix")) "–" (zoom("maxTileMatrix")) }
        }
    }
}

fn limits_table(here: &Here<'_>, limits: &[Value]) -> Markup {
    let range = |limit: &Value, low: &str, high: &str| {
        let number = |name: &str| {
            limit[name]
                .as_u64()
                .map(|n| format::whole(n, here.lang))
                .unwrap_or_default()
        };
        format!("{}–{}", number(low), number(high))
    };
    html! {
        div.scroll {
            table {
                caption.spoken { (here.word(Word::TileLimits)) }
                thead {
                    tr {
                        th scope="col" { (here.word(Word::Zoom)) }
                        th.number scope="col" { (here.word(Word::Rows)) }
                        th.number scope="col" { (here.word(Word::Columns)) }
                    }
                }
                tbody {
                    @for limit in limits {
                        tr {
                            th scope="row" { (limit["tileMatrix"].as_str().unwrap_or_default()) }
                            td.number { (range(limit, "minTileRow", "maxTileRow")) }
                            td.number { (range(limit, "minTileCol", "maxTileCol")) }
                        }
                    }
                }
            }
        }
    }
}
