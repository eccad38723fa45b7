//! Whole pages.

use serde_json::json;

use super::*;

const BASE: &str = "http://h";

fn collection() -> Value {
    json!({
        "id": "parcelles",
        "title": "Parcelles",
        "titles": { "fr": "Parcelles <1>", "en": "Parcels <1>" },
        "description": "",
        "role": "parcel",
        "nature": "synthetic",
        "geometryType": "polygon",
        "itemCount": 12345,
        "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "storageCrs": "http://www.opengis.net/def/crs/EPSG/0/2154",
        "attribution": "Nous",
        "fields": [{ "name": "idu", "type": "text" }, { "name": "contenance", "type": "int" }, { "name": "nom", "type": "text" }],
        "roleFields": { "area": "contenance" },
        "extent": {
            "spatial": { "bbox": [[2.5, 50.25, 2.75, 50.5]] },
            "temporal": { "interval": [["2020-01-01T00:00:00Z", null]] },
        },
        "links": [
            { "rel": "self", "type": "application/json", "href": "http://h/collections/parcelles", "title": "This collection" },
            { "rel": "items", "type": "application/geo+json", "href": "http://h/collections/parcelles/items", "title": "Its features" },
        ],
    })
}

fn feature() -> Value {
    json!({
        "type": "Feature", "id": "A/1",
        "geometry": { "type": "Polygon", "coordinates": [[[2.5, 50.25], [2.6, 50.25], [2.6, 50.3], [2.5, 50.25]]] },
        "properties": { "idu": "A/1", "contenance": 12500, "nom": "<script>alert(1)</script>" },
    })
}

fn items() -> Value {
    json!({
        "type": "FeatureCollection", "features": [feature()], "numberMatched": 12345, "numberReturned": 1,
        "links": [{ "rel": "next", "type": "application/geo+json", "href": "http://h/collections/parcelles/items?limit=1&offset=101&after=tA", "title": "Next" }],
    })
}

fn items_page(lang: Lang, query: &str) -> String {
    let (collection, page) = (collection(), items());
    let page = Page::Items {
        collection: &collection,
        page: &page,
    };
    render(&page, lang, BASE, &format!("/collections/parcelles/items{query}"))
}

#[track_caller]
fn holds(page: &str, part: &str) {
    assert!(page.contains(part), "no {part} in:\n{page}");
}

#[test]
fn a_page_of_features_says_where_it_stands() {
    let fr = items_page(Lang::Fr, "?limit=1&offset=100");
    holds(&fr, "Entités 101 à 101 sur 12\u{202f}345");
    holds(&fr, "1,25\u{202f}ha / 12\u{202f}500\u{202f}m²");
    holds(&fr, r#"<html lang="fr">"#);
    holds(
        &fr,
        r#"rel="next" href="http://h/collections/parcelles/items?limit=1&amp;offset=101&amp;after=tA""#,
    );
    let en = items_page(Lang::En, "?limit=1&offset=100&lang=en");
    holds(&en, "Features 101 to 101 of 12,345");
    holds(&en, "1.25\u{a0}ha / 12,500\u{a0}m²");
    holds(
        &en,
        r#"href="http://h/collections/parcelles/items?limit=1&amp;offset=101&amp;after=tA&amp;lang=en""#,
    );
    // The other language keeps every other parameter.
    holds(
        &en,
        r#"href="http://h/collections/parcelles/items?limit=1&amp;offset=100&amp;lang=fr" hreflang="fr""#,
    );
}

#[test]
fn nothing_of_the_data_is_markup() {
    let collection = collection();
    let item = feature();
    let pages = [
        items_page(Lang::Fr, "?nom=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27"),
        render(
            &Page::Item {
                collection: &collection,
                feature: &item,
            },
            Lang::En,
            BASE,
            "/collections/parcelles/items/A%2F1",
        ),
        render(
            &Page::Document {
                title: "<script>alert(1)</script>",
                value: &item,
            },
            Lang::Fr,
            BASE,
            "/x",
        ),
    ];
    for page in pages {
        assert!(!page.contains("<script>"), "{page}");
        holds(&page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    }
}

#[test]
fn one_criterion_is_removed_and_the_others_stay() {
    let page = items_page(Lang::Fr, "?nom=a&idu=b&limit=1&offset=5&after=x");
    holds(
        &page,
        r#"href="http://h/collections/parcelles/items?idu=b&amp;limit=1" aria-label="Retirer le critère nom""#,
    );
    // A form repeats what it does not ask, and starts at the first page.
    holds(&page, r#"<input type="hidden" name="idu" value="b">"#);
    assert!(!page.contains(r#"<input type="hidden" name="offset""#), "{page}");
}

#[test]
fn a_feature_is_linked_by_its_encoded_id() {
    holds(
        &items_page(Lang::Fr, ""),
        r#"href="http://h/collections/parcelles/items/A%2F1""#,
    );
}

#[test]
fn an_empty_page_says_why() {
    let collection = collection();
    let check = |matched: u64, query: &str, word: Word| {
        let page = json!({ "features": [], "numberMatched": matched, "numberReturned": 0, "links": [] });
        let page = Page::Items {
            collection: &collection,
            page: &page,
        };
        let page = render(&page, Lang::En, BASE, &format!("/collections/parcelles/items{query}"));
        holds(&page, word.text(Lang::En));
    };
    check(0, "", Word::FeaturesNoneHere);
    check(0, "?nom=x", Word::FeaturesNoneMatch);
    check(7, "?offset=100", Word::FeaturesNonePast);
    check(7, "?resultType=hits", Word::FeaturesHitsOnly);
}

#[test]
fn a_collection_says_that_it_is_invented() {
    let collection = collection();
    let page = render(&Page::Collection(&collection), Lang::Fr, BASE, "/collections/parcelles");
    holds(&page, Word::NatureSyntheticHelp.text(Lang::Fr));
    holds(&page, "Parcelles &lt;1&gt;");
    holds(&page, "Parcelles cadastrales");
    holds(&page, "depuis le 1er\u{a0}janvier 2020 à 00:00 UTC");
    holds(
        &page,
        r#"<link rel="alternate" type="application/json" title="This collection" href="http://h/collections/parcelles">"#,
    );
    holds(&page, r#"data-bbox="2.5,50.25,2.75,50.5""#);
}

#[test]
fn documents_that_lack_everything_still_make_a_page() {
    let nothing = json!({});
    let pages = [
        Page::Collections(&nothing),
        Page::Collection(&nothing),
        Page::Items {
            collection: &nothing,
            page: &nothing,
        },
        Page::Item {
            collection: &nothing,
            feature: &nothing,
        },
        Page::Schema {
            title: "t",
            collection: &nothing,
            schema: &nothing,
        },
        Page::Conformance(&nothing),
        Page::Api(&nothing),
        Page::Tilesets(&nothing),
        Page::Tileset(&nothing),
        Page::TileMatrixSets(&nothing),
        Page::Loads(&nothing),
        Page::Styles(&nothing),
        Page::Document {
            title: "t",
            value: &nothing,
        },
    ];
    for page in pages {
        for lang in Lang::ALL {
            let html = render(&page, lang, BASE, "/x");
            holds(&html, "<h1");
            holds(&html, "</html>");
        }
    }
}
