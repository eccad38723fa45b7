//! Wrong input to the program itself: a located line, the remedy, and an end that says failure.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use common::{Server, terril};

/// Runs `terril serve` to its end, which has to be a failure; gives what it said.
fn refused(args: &[&str]) -> String {
    let state = tempfile::tempdir().unwrap();
    let mut command = terril();
    command.arg("serve").args(args);
    if !args.contains(&"--state") {
        command.arg("--state").arg(state.path());
    }
    if !args.contains(&"--port") {
        command.args(["--port", "0"]);
    }
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{args:?} did not fail");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn sample(folder: &Path) -> String {
    let path = folder.join("points.geojson");
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"properties":{"a":1},
        "geometry":{"type":"Point","coordinates":[2.5,50.5]}}]}"#;
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_path_that_is_not_there_is_named() {
    assert!(refused(&["no-such-place.gpkg"]).contains("no-such-place.gpkg"));
}

#[test]
fn an_empty_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(&[folder.path().to_str().unwrap()]).contains(folder.path().to_str().unwrap()));
}

#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(&[&sample(folder.path()), "--port", &port]);
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

#[test]
fn a_second_server_on_one_state_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (source, state) = (sample(folder.path()), folder.path().join("state"));
    let state = state.to_str().unwrap();
    let first = Server::start(&[Path::new(&source)], &["--memory", "1GB"]);
    assert_eq!(first.get("/collections/points/items").json()["numberMatched"], 1);
    let mut holder = terril();
    holder.args(["serve", &source, "--port", "0", "--state", state]);
    let mut holder = holder.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(holder.stdout.take().unwrap()), &mut line).unwrap();
    let said = refused(&[&source, "--state", state]);
    assert!(said.contains(state) && said.contains("--state"), "{said}");
    holder.kill().unwrap();
    holder.wait().unwrap();
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    fs::write(
        folder.path().join("terril.toml"),
        "[layer.points]\nlicense = \"ODbL\"\n",
    )
    .unwrap();
    let said = refused(&[folder.path().to_str().unwrap()]);
    assert!(
        said.contains("layer.points.license") && said.contains("\"licence\""),
        "{said}"
    );
}

#[test]
fn an_unknown_variable_is_refused_with_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let output = terril()
        .args(["serve", &sample(folder.path())])
        .env("TERRIL_PROT", "1")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("TERRIL_PORT"));
}

#[test]
fn a_layer_beyond_the_memory_is_refused_with_the_figure() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(&[&sample(folder.path()), "--memory", "1kB"]);
    assert!(said.contains("points.geojson") && said.contains("--memory"), "{said}");
}

#[test]
fn a_public_view_of_an_unknown_field_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    sample(folder.path());
    fs::write(
        folder.path().join("terril.toml"),
        "[layer.points.public]\nfields = [\"b\"]\n",
    )
    .unwrap();
    let said = refused(&[folder.path().to_str().unwrap()]);
    assert!(said.contains("no field") && said.contains("points"), "{said}");
}

#[test]
fn owners_do_not_leave_the_machine_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let path = sample(folder.path());
    fs::write(
        &path,
        fs::read_to_string(&path).unwrap().replace("\"a\"", "\"proprietaire\""),
    )
    .unwrap();
    let said = refused(&[&path, "--host", "0.0.0.0"]);
    assert!(
        said.contains("proprietaire") && said.contains("--public points"),
        "{said}"
    );
}
