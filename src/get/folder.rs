//! What a folder says of its layers: `terril.toml`, `LICENCES.md`, `sources.json`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::catalogue::Entry;
use super::failure::GetError;
use super::fetch::{aside, host};
use super::manifest::{self, Layer, Manifest, Piece, day};
use super::store::hash;
use crate::model::layer::Nature;

/// The configuration's name.
const CONFIGURATION: &str = "terril.toml";

/// What became of `terril.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Configured {
    /// It says what the layers are.
    Written,
    /// Somebody has changed it: it stays, and what would stand in it is in this file.
    Aside(PathBuf),
}

/// A layer's part of `terril.toml`; fields that it does not have are left out.
pub(super) fn configuration(
    id: &str,
    entry: &Entry,
    fields: &BTreeSet<String>,
    system: bool,
    pieces: &[Piece],
) -> String {
    let mut text = format!("[layer.{id}]\n");
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    say(format!(
        "title = {{ fr = {}, en = {} }}",
        quoted(&entry.title.fr),
        quoted(&entry.title.en)
    ));
    if let Some(words) = &entry.description {
        say(format!(
            "description = {{ fr = {}, en = {} }}",
            quoted(&words.fr),
            quoted(&words.en)
        ));
    }
    if let Some(role) = entry.role {
        say(format!("role = {}", quoted(role.name())));
    }
    match entry.nature {
        Some(Nature::Seed) => say("nature = \"seed\"".into()),
        Some(Nature::Synthetic) => say("nature = \"synthetic\"".into()),
        Some(Nature::Real) | None => {}
    }
    if let Some(field) = entry.id.as_ref().filter(|f| fields.contains(*f)) {
        say(format!("id = {}", quoted(field)));
    }
    match &entry.crs {
        Some(crs) => say(format!("crs = {}", quoted(crs))),
        // GeoJSON is in degrees where it does not say otherwise (RFC 7946, 4).
        None if !system => say("crs = \"CRS84\"".into()),
        None => {}
    }
    say(format!("source = {}", quoted(&source(entry, pieces))));
    say(format!("licence = {}", quoted(&entry.licence)));
    say(format!("attribution = {}", quoted(&entry.attribution)));
    if entry.public {
        say(format!("# Open data: all of it may be shown.\n[layer.{id}.public]"));
    }
    let named: Vec<_> = entry
        .fields
        .iter()
        .filter(|(_, field)| fields.contains(*field))
        .collect();
    if !named.is_empty() {
        say(format!("[layer.{id}.fields]"));
        for (name, field) in named {
            say(format!("{name} = {}", quoted(field)));
        }
    }
    text
}

/// Who made it, of when it is, where and when it was had.
fn source(entry: &Entry, pieces: &[Piece]) -> String {
    let mut words = entry.producer.clone();
    if let Some(vintage) = &entry.vintage {
        let _ = write!(words, ". {vintage}");
    }
    let days: BTreeSet<&str> = pieces.iter().map(|p| day(&p.fetched)).collect();
    let hosts: BTreeSet<&str> = pieces.iter().map(|p| host(&p.url)).collect();
    let hosts: Vec<&str> = hosts.into_iter().collect();
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let span = if first == last {
            (*last).to_owned()
        } else {
            format!("{first} … {last}")
        };
        let _ = write!(words, ". {}, {span}", hosts.join(", "));
    }
    words
}

/// Writes all three.
///
/// # Errors
/// A file that can't be written.
pub(super) fn write(folder: &Path, manifest: &mut Manifest) -> Result<Configured, GetError> {
    let text = whole(manifest);
    let path = folder.join(CONFIGURATION);
    let there = fs::read(&path).ok();
    let ours = |bytes: &Vec<u8>| hash(bytes) == manifest.configuration || bytes == text.as_bytes();
    let configured = if there.as_ref().is_none_or(ours) {
        manifest.configuration = hash(text.as_bytes());
        replace(&path, &text)?;
        Configured::Written
    } else {
        let beside = aside(&path, "new");
        replace(&beside, &text)?;
        Configured::Aside(beside)
    };
    replace(&folder.join("LICENCES.md"), &licences(manifest))?;
    let json = serde_json::to_string_pretty(manifest).unwrap_or_default();
    replace(&folder.join(manifest::FILE), &(json + "\n"))?;
    Ok(configured)
}

fn whole(manifest: &Manifest) -> String {
    let mut text = String::from(
        "# Written by `terril get`, and again each time, until somebody changes it: then it stays as it is, and terril.toml.new is\n\
         # written beside it. Where the layers come from stands in sources.json, under which licences in LICENCES.md.\n\n",
    );
    if let Some(first) = manifest.communes.first().filter(|c| !c.name.is_empty()) {
        let around = manifest.communes.len() > 1;
        let fr = if around {
            format!("{} et alentours", first.name)
        } else {
            first.name.clone()
        };
        let en = if around {
            format!("{} and around", first.name)
        } else {
            first.name.clone()
        };
        let _ = writeln!(text, "title = {{ fr = {}, en = {} }}\n", quoted(&fr), quoted(&en));
    }
    let layers: Vec<&str> = manifest.layers.values().map(|l| l.configuration.as_str()).collect();
    text.push_str(&layers.join("\n"));
    text
}

fn licences(manifest: &Manifest) -> String {
    let mut text = String::from(
        "# Licences\n\nCe dossier rassemble des données ouvertes ; la mention de chaque source doit paraître partout où elle est montrée.\n\
         *This folder brings open data together; wherever a layer is shown, its attribution has to be.*\n\n\
         | couche, layer | mention, attribution | licence | producteur, producer | obtenu, obtained |\n|---|---|---|---|---|\n",
    );
    for Layer {
        file,
        attribution,
        licence,
        licence_url,
        producer,
        pieces,
        ..
    } in manifest.layers.values()
    {
        let licence = match licence_url {
            Some(url) => format!("[{licence}]({url})"),
            None => licence.clone(),
        };
        let days: BTreeSet<&str> = pieces.iter().map(|p| day(&p.fetched)).collect();
        let days: Vec<&str> = days.into_iter().collect();
        let cells = [
            file.clone(),
            attribution.clone(),
            licence,
            producer.clone(),
            days.join(", "),
        ];
        let cells = cells.map(|c| c.replace('|', "\\|").replace('\n', " "));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// Writes a file aside and renames it; one that says the same already is left alone.
fn replace(path: &Path, text: &str) -> Result<(), GetError> {
    if fs::read(path).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    let part = aside(path, "part");
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    written.map_err(|cause| GetError::Folder {
        path: path.to_owned(),
        cause,
    })
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::get::catalogue::Catalogue;

    #[test]
    fn a_layer_is_described_by_what_it_has() {
        let catalogue = Catalogue::with(&[]).unwrap();
        let fields = BTreeSet::from(["id".to_owned(), "commune".to_owned()]);
        let text = configuration("p", &catalogue.entries["cadastre-parcelles"], &fields, false, &[]);
        let table: toml::Table = text.parse().unwrap();
        let layer = &table["layer"]["p"];
        assert_eq!(
            (layer["role"].as_str(), layer["id"].as_str()),
            (Some("parcel"), Some("id"))
        );
        assert_eq!(layer["fields"]["commune"].as_str(), Some("commune"));
        assert!(layer["fields"].get("area").is_none(), "contenance is not there");
        assert_eq!(layer["crs"].as_str(), Some("CRS84"));
        assert_eq!(layer["title"]["en"].as_str(), Some("Cadastral parcels"));
    }

    #[test]
    fn what_somebody_has_changed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(CONFIGURATION);
        let mut manifest = Manifest::default();
        assert_eq!(write(folder.path(), &mut manifest).unwrap(), Configured::Written);
        assert_eq!(write(folder.path(), &mut manifest).unwrap(), Configured::Written);
        fs::write(&path, "title = \"mine\"\n").unwrap();
        let beside = folder.path().join("terril.toml.new");
        assert_eq!(
            write(folder.path(), &mut manifest).unwrap(),
            Configured::Aside(beside.clone())
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "title = \"mine\"\n");
        assert!(beside.exists());
    }

    #[test]
    fn texts_are_quoted() {
        for text in ["a \"b\" \\ c", "d'e", "é\nf"] {
            let table: toml::Table = format!("x = {}", quoted(text)).parse().unwrap();
            assert_eq!(table["x"].as_str(), Some(text));
        }
    }
}
