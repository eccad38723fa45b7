//! The gate to the data: code outside `store/` and `query/view` that takes a snapshot does not compile.
//!
//! The crate's sources are copied, a function that takes a snapshot is added, and the compiler is
//! asked. The same function inside `store/` compiles, so that the refusal means what it says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LEAK: &str = "\n/// A way around the gate.\npub fn leak(_: &crate::store::snapshot::Snapshot) {}\n";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What the compiler says of the crate with the leak added to a file.
fn check_with_leak_in(file: &str) -> (bool, String) {
    let crate_root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    // The styles and the labels of fields are carried in the library.
    for name in ["src", "styles", "viewer/src/labels"] {
        copy(&crate_root.join(name), &folder.path().join(name));
    }
    // As is the catalogue of open data.
    fs::create_dir(folder.path().join("data")).unwrap();
    for name in ["Cargo.toml", "Cargo.lock", "data/catalogue.toml"] {
        fs::copy(crate_root.join(name), folder.path().join(name)).unwrap();
    }
    let changed = folder.path().join(file);
    let source = fs::read_to_string(&changed).unwrap();
    fs::write(&changed, source + LEAK).unwrap();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate_root.join("target"), PathBuf::from);
    let output = Command::new(env!("CARGO"))
        .args(["check", "--lib", "--offline", "--color=never", "--profile=release"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn only_the_store_and_the_view_can_name_a_snapshot() {
    let (compiles, said) = check_with_leak_in("src/store/catalog.rs");
    assert!(compiles, "inside the gate: {said}");
    for outside in ["src/query/select.rs", "src/serve/tile.rs", "src/http/items.rs"] {
        let (compiles, said) = check_with_leak_in(outside);
        assert!(!compiles, "{outside} takes a snapshot");
        assert!(said.contains("E0603") && said.contains("snapshot"), "{outside}: {said}");
    }
}
