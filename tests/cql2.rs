//! The official examples of CQL2, text and JSON, and another reader of the language beside ours.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;

use terril::model::predicate::Predicate;
use terril::query::cql2::{self, Language};

/// The texts of one folder of examples, by name.
fn examples(kind: &str) -> Vec<(String, String)> {
    let shared = std::env::var_os("TERRIL_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let folder = shared.join("standards/cql2/examples").join(kind);
    let mut found: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

fn read(name: &str, text: &str, language: Language) -> Predicate {
    cql2::parse(text.trim(), language).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn each_example_gives_one_predicate_in_text_and_json() {
    let (texts, jsons) = (examples("text"), examples("json"));
    assert_eq!(texts.len() + jsons.len(), 229);
    for (name, text) in &texts {
        // Several texts may be of one JSON: example36, example36-alt01.
        let of = name.split("-alt").next().unwrap();
        let (_, json) = jsons.iter().find(|(n, _)| n == of).unwrap();
        assert_eq!(
            read(name, text, Language::Text),
            read(of, json, Language::Json),
            "{name}"
        );
    }
}

/// Filters in which binding and signs matter, beside those of the examples.
const BINDING: [&str; 16] = [
    "a = 1 OR b = 2 AND c = 3",
    "(a = 1 OR b = 2) AND c = 3",
    "NOT a = 1 AND b = 2",
    "NOT (a = 1 AND b = 2)",
    "a + 2 * 3 - 4 = 5",
    "a * 2 + 3 * b >= c / 4",
    "a - b - c < 1",
    "a / b / c <> 1",
    "a * (b + 2) = 9",
    "2 ^ a * 3 = 1",
    "a BETWEEN 1 AND 2 AND b = 3",
    "a NOT BETWEEN 1 + 1 AND 2 * 3 OR b IS NOT NULL",
    "name NOT LIKE 'a%' OR NOT name IN ('b', 'c')",
    "CASEI(name) = CASEI('é') AND ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('é%'))",
    "S_WITHIN(BBOX(1, 2, 3, 4), geom) AND NOT S_INTERSECTS(geom, POINT(1 2))",
    "T_BEFORE(a, DATE('2022-01-01')) AND T_DURING(INTERVAL(a, '..'), INTERVAL('2022-01-01', b))",
];

#[test]
fn another_reader_takes_texts_as_we_do() {
    let examples: Vec<String> = examples("text")
        .into_iter()
        .map(|(_, text)| text.trim().to_owned())
        .collect();
    for text in examples.iter().map(String::as_str).chain(BINDING) {
        let other = ::cql2::parse_text(text).unwrap().to_json().unwrap();
        assert_eq!(
            read(text, &other, Language::Json),
            read(text, text, Language::Text),
            "{other}"
        );
    }
}
