//! `terril inspect`: what would be loaded, without serving it.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::InspectArgs;
use super::config::Config;
use super::derived::{self, Raw, Raws};
use super::joins::DerivedTable;
use super::reading::{self, Read, Scratch};
use crate::derive::{Recipe, offer};
use crate::load::sources;
use crate::load::{LoadedLayer, Reader};
use crate::model::layer::LayerId;

/// Faults printed per layer; the rest is counted.
const FAULTS_SHOWN: usize = 20;

/// Runs the command. It fails where a source can't be loaded.
pub(super) fn run(args: &InspectArgs) -> anyhow::Result<ExitCode> {
    let config = Config::find(args.config.as_deref(), &args.paths)?;
    let (paths, remotes) = config.addresses(&args.paths)?;
    let found = sources::find(&paths)?;
    let scratch = Scratch::make()?;
    let remotes = remotes.with_downloads(scratch.0.join("downloads"));
    let reader = if args.reader == "gdal" {
        Reader::Gdal
    } else {
        Reader::Auto
    };
    let Read {
        layers,
        refused,
        passed_over,
    } = reading::read(&found, &config, &remotes, &scratch.0, reader);
    let raws: Raws = layers
        .iter()
        .map(|(source, layer, id)| raw(source, layer, id, &config))
        .collect();
    let described: Vec<Value> = layers
        .into_iter()
        .map(|(source, layer, id)| describe(&source, &layer, id, &config))
        .collect();
    let (joins, offer) = (joins(&config, &raws), offered(&config, &raws));
    if args.json {
        println!(
            "{:#}",
            json!({
                "layers": described, "joins": joins, "offered": offer, "refused": refused, "passedOver": passed_over
            })
        );
    } else {
        described.iter().for_each(print);
        joins.iter().for_each(|j| println!("join: {}", said(j)));
        offer.iter().for_each(|o| println!("offer: {o}"));
        refused.iter().for_each(|r| println!("refused: {r}"));
        passed_over.iter().for_each(|p| println!("passed over: {p}"));
    }
    Ok(if refused.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn raw(source: &Path, layer: &LoadedLayer, id: &LayerId, config: &Config) -> (LayerId, Raw) {
    let raw = Raw {
        path: source.to_owned(),
        loaded: layer.clone(),
        info: config.info(id.clone(), &layer.directory.fields),
    };
    (id.clone(), raw)
}

/// The tables that will find their place in other layers, and how; those that can't, and why.
fn joins(config: &Config, raws: &Raws) -> Vec<Value> {
    let wanted = derived::declared(config, raws)
        .into_iter()
        .chain(derived::joins(config, raws, &[]));
    let described = wanted.map(|(id, recipe)| match recipe {
        Ok(Recipe::Join(join)) => {
            let layers: Vec<_> = join.targets.iter().map(|t| &t.layer).collect();
            json!({ "layer": id, "ways": join.ways, "layers": layers })
        }
        Ok(Recipe::Merge(merge)) => {
            let layers: Vec<_> = merge.from.iter().map(|t| &t.layer).collect();
            json!({ "layer": id, "key": merge.key, "layers": layers })
        }
        Err(reason) => json!({ "layer": id, "refused": reason }),
    });
    described.collect()
}

fn said(join: &Value) -> String {
    let names = |list: &Value| {
        let names = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(", ")
    };
    let layer = join["layer"].as_str().unwrap_or_default();
    if let Some(reason) = join["refused"].as_str() {
        return format!("{layer}: {reason}");
    }
    if let Some(key) = join["key"].as_str() {
        return format!("{layer} is made of {} by {key}", names(&join["layers"]));
    }
    let ways = join["ways"].as_array().into_iter().flatten();
    let kinds: Vec<String> = ways
        .filter_map(|way| way.as_object()?.keys().next().map(|kind| kind.to_lowercase()))
        .collect();
    format!(
        "{layer} finds its place by {} in {}",
        kinds.join(", "),
        names(&join["layers"])
    )
}

/// What could be declared: tables that name parcels, features that stand in several layers.
fn offered(config: &Config, raws: &Raws) -> Vec<String> {
    let tables = derived::could_join(config, raws).into_iter().map(|(table, to)| {
        let to: Vec<String> = to.iter().map(|layer| format!("\"{layer}\"")).collect();
        format!(
            "{table} names parcels and has no place; to find it in the parcels, add to terril.toml:\n\n\
             [layer.{table}.join]\nto = [{}]\n",
            to.join(", ")
        )
    });
    tables.chain(offered_merge(config, raws)).collect()
}

fn offered_merge(config: &Config, raws: &Raws) -> Option<String> {
    let inputs: Vec<_> = raws.values().map(derived::input).collect();
    let found = offer(&inputs)?;
    let from: Vec<String> = found.from.iter().map(|layer| format!("\"{layer}\"")).collect();
    let declared = |table: &DerivedTable| table.key == found.key;
    if config.derived.values().any(declared) {
        return None;
    }
    Some(format!(
        "{} estates stand in several of {}; to have each once, add to terril.toml:\n\n[derived.cites]\nfrom = [{}]\nkey = \"{}\"\n",
        found.shared,
        from.join(", "),
        from.join(", "),
        found.key
    ))
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
