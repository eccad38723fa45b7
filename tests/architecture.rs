//! Dependencies point one way, and each outside name stays in its own room (docs/architecture.md).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in the order of the flow: each may name itself and those before it.
const ORDER: [&str; 11] = [
    "model", "ogr", "load", "store", "derive", "query", "tiles", "encode", "serve", "http", "cli",
];

/// `store/` compiles the view, which judges rows with `query::evaluate`: the one way back.
const ALLOWED_BACK: [(&str, &str); 1] = [("store", "query")];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file without comments and without its tests, which may look anywhere.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    before_tests
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn dependencies_point_left() {
    let mut seen = 0;
    for (place, module) in ORDER.iter().enumerate() {
        for path in sources(&source_folder().join(module)) {
            seen += 1;
            for (later, name) in ORDER.iter().enumerate() {
                let names_it = code(&path).contains(&format!("crate::{name}::"));
                let back = later > place && !ALLOWED_BACK.contains(&(module, name));
                assert!(!(names_it && back), "{} names {name}", path.display());
            }
        }
    }
    assert!(seen > 50, "only {seen} files were read");
}

#[test]
fn outside_names_stay_in_their_rooms() {
    for (name, room) in [
        ("gdal_sys::", "ogr"),
        ("rstar::", "store"),
        ("axum::", "http"),
        ("clap::", "cli"),
        ("store::Table", "derive"),
    ] {
        let mut inside = 0;
        for path in sources(&source_folder()) {
            let named = code(&path).contains(name);
            let at_home = path.starts_with(source_folder().join(room));
            assert!(!named || at_home, "{} names {name}", path.display());
            inside += usize::from(named);
        }
        assert!(inside > 0, "nothing names {name}: the check checks nothing");
    }
}
