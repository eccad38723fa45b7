//! Every resource as a page for people, made from the very document that its JSON answer is, so that both say the same.
//!
//! In: a document, a language, the page's own address. Out: HTML in UTF-8. Nothing here reads data or decides
//! what a reader may see: the documents are made behind the gate. Templates are `maud`'s, which
//! escapes all it is given. The stylesheet and the small map (`viewer/src/page/`) are files beside the map's own.

mod actors;
mod api;
mod collection;
mod collections;
mod conformance;
mod crs_names;
mod document;
mod filter;
mod format;
mod frame;
mod here;
mod item;
mod items;
mod labels;
mod lang;
mod links;
mod load;
mod loads;
mod map;
mod schema;
mod styles;
mod templates;
mod tiles;
mod value;
mod versions;
mod words;

use serde_json::Value;

use frame::Crumb;
use here::Here;
pub(in crate::http) use lang::Lang;
use words::Word;

/// What a page shows.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) enum Page<'a> {
    /// `/collections`.
    Collections(&'a Value),
    /// `/collections/{c}`.
    Collection(&'a Value),
    /// `/collections/{c}/items`: a FeatureCollection with links and counts.
    Items {
        /// The document of its collection.
        collection: &'a Value,
        /// The FeatureCollection.
        page: &'a Value,
    },
    /// `/collections/{c}/items/{id}`.
    Item {
        /// The document of its collection.
        collection: &'a Value,
        /// The Feature.
        feature: &'a Value,
    },
    /// Queryables, sortables, schema.
    Schema {
        /// What the page is called where the schema is none of the three, by the end of its address.
        title: &'a str,
        /// The document of its collection.
        collection: &'a Value,
        /// The JSON schema.
        schema: &'a Value,
    },
    /// `/conformance`.
    Conformance(&'a Value),
    /// `/api`.
    Api(&'a Value),
    /// `/tiles` and `/collections/{c}/tiles`.
    Tilesets(&'a Value),
    /// A tileset.
    Tileset(&'a Value),
    /// `/tileMatrixSets`.
    TileMatrixSets(&'a Value),
    /// `/loads`.
    Loads(&'a Value),
    /// `/loads/{c}`.
    Load(&'a Value),
    /// `/loads/{c}/versions`.
    Versions(&'a Value),
    /// `/loads/{c}/versions/{v}`.
    Version(&'a Value),
    /// `/styles`.
    Styles(&'a Value),
    /// `/actors`.
    Actors(&'a Value),
    /// `/templates`.
    Templates(&'a Value),
    /// Any other document.
    Document {
        /// What it is called.
        title: &'a str,
        /// The document.
        value: &'a Value,
    },
}

/// The page, in UTF-8.
///
/// `base` is the absolute address of the service without a slash at the end; `path_and_query` the
/// page's own below it, as it was asked for.
pub(in crate::http) fn render(page: &Page<'_>, lang: Lang, base: &str, path_and_query: &str) -> String {
    let here = Here::new(lang, base, path_and_query);
    match *page {
        Page::Collections(document) => collections::page(&here, document),
        Page::Collection(document) => collection::page(&here, document),
        Page::Items { collection, page } => items::page(&here, collection, page),
        Page::Item { collection, feature } => item::page(&here, collection, feature),
        Page::Schema {
            title,
            collection,
            schema,
        } => schema::page(&here, title, collection, schema),
        Page::Conformance(document) => conformance::page(&here, document),
        Page::Api(document) => api::page(&here, document),
        Page::Tilesets(document) => tiles::tilesets(&here, document),
        Page::Tileset(document) => tiles::tileset(&here, document),
        Page::TileMatrixSets(document) => tiles::grids(&here, document),
        Page::Loads(document) => loads::page(&here, document),
        Page::Load(document) => load::page(&here, document),
        Page::Versions(document) => versions::list(&here, document),
        Page::Version(document) => versions::page(&here, document),
        Page::Styles(document) => styles::page(&here, document),
        Page::Actors(document) => actors::page(&here, document),
        Page::Templates(document) => templates::page(&here, document),
        // A grid is a document of its own, too long for a list.
        Page::Document { value, .. } if value["tileMatrices"].is_array() => tiles::grid(&here, value),
        Page::Document { title, value } => document::page(&here, title, value),
    }
}

/// A text that a document gives in both languages, else in one.
fn bilingual<'a>(document: &'a Value, both: &str, one: &str, lang: Lang) -> &'a str {
    document[both][lang.code()]
        .as_str()
        .or_else(|| document[one].as_str())
        .unwrap_or_default()
}

/// A collection's title in the page's language; its id where it has none.
fn title_of(collection: &Value, lang: Lang) -> &str {
    match bilingual(collection, "titles", "title", lang) {
        "" => collection["id"].as_str().unwrap_or_default(),
        title => title,
    }
}

/// The address of a collection below the service.
fn path_of(collection: &Value) -> String {
    let id = collection["id"].as_str().unwrap_or_default();
    format!("/collections/{}", super::links::encoded(id))
}

fn crumb_collections(here: &Here<'_>) -> Crumb {
    Crumb {
        label: here.word(Word::Collections).to_owned(),
        href: here.at("/collections"),
    }
}

fn crumb_collection(here: &Here<'_>, collection: &Value) -> Crumb {
    Crumb {
        label: title_of(collection, here.lang).to_owned(),
        href: here.at_state(&path_of(collection)),
    }
}

#[cfg(test)]
mod tests;
