//! `terril inspect`: what would be loaded, without serving it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::args::InspectArgs;
use super::config::Config;
use super::loading;
use crate::load::sources::{self, layer_ids};
use crate::load::{LoadedLayer, Reader, load_source};
use crate::model::layer::LayerId;

/// Faults printed per layer; the rest is counted.
const FAULTS_SHOWN: usize = 20;

/// Runs the command. It fails where a source can't be loaded.
pub(super) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let config = Config::find(args.config.as_deref(), &args.paths)?;
    let found = sources::find(&args.paths)?;
    let scratch = Scratch::make()?;
    let mut named: Vec<(PathBuf, Vec<String>)> = vec![];
    let mut described = vec![];
    let mut refused = vec![];
    for source in &found.sources {
        let mut job = loading::job_with(source, &config, &scratch.0);
        job.reader = if args.reader == "gdal" {
            Reader::Gdal
        } else {
            Reader::Auto
        };
        let layers = load_source(&job, |_| {}, &AtomicBool::new(false)).unwrap_or_else(|error| {
            refused.push(error.to_string());
            vec![]
        });
        named.push((source.clone(), layers.iter().map(|l| l.name.clone()).collect()));
        let ids = layer_ids(&named).pop().unwrap_or_default();
        described.extend(
            layers
                .iter()
                .zip(ids)
                .map(|(layer, id)| describe(source, layer, id, &config)),
        );
    }
    let passed_over: Vec<String> = found
        .warnings
        .iter()
        .map(|w| format!("{}: {}", w.path.display(), w.reason))
        .collect();
    if args.json {
        println!(
            "{:#}",
            json!({ "layers": described, "refused": refused, "passedOver": passed_over })
        );
    } else {
        described.iter().for_each(print);
        refused.iter().for_each(|r| println!("refused: {r}"));
        passed_over.iter().for_each(|p| println!("passed over: {p}"));
    }
    Ok(if refused.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn describe(source: &Path, layer: &LoadedLayer, id: LayerId, config: &Config) -> Value {
    let info = config.info(id, &layer.directory.fields);
    let extent = layer
        .directory
        .extent
        .map(|b| [b.west(), b.south(), b.east(), b.north()]);
    json!({
        "id": info.id,
        "source": source.display().to_string(),
        "role": info.role,
        "roleGuessed": info.role_guessed,
        "schema": info.schema,
        "roleFields": info.fields,
        "roleFieldsGuessed": info.fields_guessed,
        "roleUnits": info.units,
        "crs": layer.directory.crs.label(),
        "extent": extent,
        "fields": layer.directory.fields,
        "idField": layer.directory.id_field,
        "content": layer.directory.content,
        "report": layer.report,
    })
}

fn print(layer: &Value) {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let report = &layer["report"];
    println!("{}  ({})", text(&layer["id"]), text(&layer["source"]));
    let guessed = if layer["roleGuessed"] == true { " (guessed)" } else { "" };
    println!("  role      {}{guessed}", layer["role"].as_str().unwrap_or("none"));
    if let Some(schema) = layer["schema"].as_str() {
        println!("  schema    {schema}");
    }
    let guesses = layer["roleFieldsGuessed"].as_array().map_or(&[][..], Vec::as_slice);
    let meanings: Vec<String> = (layer["roleFields"].as_object().into_iter().flatten())
        .map(|(domain, source)| {
            let mark = if guesses.iter().any(|g| g == domain) {
                " (guessed)"
            } else {
                ""
            };
            let unit = layer["roleUnits"][domain]
                .as_str()
                .map(|u| format!(" in {u}"))
                .unwrap_or_default();
            format!("{domain} = {}{unit}{mark}", text(source))
        })
        .collect();
    if !meanings.is_empty() {
        println!("  means     {}", meanings.join(", "));
    }
    println!(
        "  features  {}, {} without a place, {} repaired",
        report["features"], report["null_geometries"], report["repaired"]
    );
    println!(
        "  crs       {}, read as {} by {}",
        text(&layer["crs"]),
        text(&report["format"]),
        text(&report["driver"])
    );
    if let Some([w, s, e, n]) = layer["extent"].as_array().map(Vec::as_slice) {
        let degrees = [w, s, e, n].map(|v| format!("{:.5}", v.as_f64().unwrap_or_default()));
        println!("  extent    {}", degrees.join(", "));
    }
    let fields: Vec<String> = layer["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|f| format!("{} {}", text(&f["name"]), text(&f["type"])))
        .collect();
    println!("  fields    {}", fields.join(", "));
    println!(
        "  ids       {}",
        layer["idField"].as_str().unwrap_or("the source's own, or derived")
    );
    let faults = report["faults"].as_array().map_or(&[][..], Vec::as_slice);
    for fault in faults.iter().take(FAULTS_SHOWN) {
        let feature = if fault["feature"].is_null() {
            String::new()
        } else {
            format!(" feature {}", text(&fault["feature"]))
        };
        println!(
            "  fault     {}{feature}: {}",
            text(&fault["kind"]),
            text(&fault["message"])
        );
    }
    if faults.len() > FAULTS_SHOWN {
        println!("  … and {} more; --json lists them", faults.len() - FAULTS_SHOWN);
    }
}

/// A folder for base files that goes when the command ends.
struct Scratch(PathBuf);

impl Scratch {
    fn make() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("terril-inspect-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Ours alone (it carries our process id); what can't be removed is left to the system.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
