//! A layer's file from the answers for it: their features one behind the other, each as it came.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::catalogue::{Entry, Select};
use super::failure::Failure;
use super::features::{Bounds, Collection, Feature};
use super::fetch::aside;
use super::manifest::{Commune, Piece};
use super::place;
use super::store::{Store, hash};

/// Features whose fields are looked at, to know which the layer has.
const LOOKED_AT: usize = 1000;

/// The territory, as far as features are kept by it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Territory<'a> {
    pub(super) communes: &'a [Commune],
    pub(super) bounds: Option<Bounds>,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Made {
    pub(super) features: usize,
    /// Features of the answers.
    pub(super) of: usize,
    pub(super) bytes: u64,
    pub(super) blake3: String,
    /// The fields of its first features.
    pub(super) fields: BTreeSet<String>,
    /// The system of its coordinates, where that is not degrees.
    pub(super) system: Option<String>,
    /// Where the file is now that was there and was not ours.
    pub(super) aside: Option<PathBuf>,
}

/// What a file is made of and how; the same gives the same file.
pub(super) fn made_of(entry: &Entry, pieces: &[Piece], territory: Territory<'_>) -> String {
    let hashes: Vec<&str> = pieces.iter().map(|p| p.blake3.as_str()).collect();
    let by = match entry.select {
        None => String::new(),
        Some(Select::Bbox) => format!("{:?}", territory.bounds),
        Some(Select::Commune) => format!("{:?}", territory.communes),
    };
    hash(format!("{hashes:?} {by} {:?}", entry.inside).as_bytes())
}

/// Writes the layer's file: beside, and renamed when it is whole. One without features is not written. A file that is there and
/// is not `ours`, by its BLAKE3, is somebody's work and gets another name.
pub(super) fn write(
    store: &Store<'_>,
    entry: &Entry,
    pieces: &[Piece],
    territory: Territory<'_>,
    path: &Path,
    ours: Option<&str>,
) -> Result<Made, Failure> {
    let part = aside(path, "part");
    let made = compose(store, entry, pieces, territory, &part);
    let disk = |error: std::io::Error| Failure::disk(path, &error);
    match made {
        Ok(mut made) if made.features > 0 => {
            let there = fs::read(path).ok().map(|bytes| hash(&bytes));
            if there.is_some_and(|there| there != made.blake3 && Some(there.as_str()) != ours) {
                let kept = free(path);
                fs::rename(path, &kept).map_err(disk)?;
                made.aside = Some(kept);
            }
            fs::rename(&part, path).map_err(disk)?;
            Ok(made)
        }
        other => {
            // Nobody needs the beginning of a layer.
            let _ = fs::remove_file(&part);
            other
        }
    }
}

/// A name beside a file's that nothing has; no source's, so that it is not served.
fn free(path: &Path) -> PathBuf {
    let mut kept = aside(path, "old");
    let mut n = 2;
    while kept.exists() {
        kept = aside(path, &format!("old{n}"));
        n += 1;
    }
    kept
}

fn compose(
    store: &Store<'_>,
    entry: &Entry,
    pieces: &[Piece],
    territory: Territory<'_>,
    part: &Path,
) -> Result<Made, Failure> {
    let disk = |error: std::io::Error| Failure::disk(part, &error);
    let mut out = Counted {
        out: BufWriter::new(File::create(part).map_err(disk)?),
        hasher: blake3::Hasher::new(),
        bytes: 0,
    };
    let (mut features, mut of, mut fields) = (0, 0, BTreeSet::new());
    let mut system: Option<Option<String>> = None;
    for piece in pieces {
        let text = store.text(piece, entry.inside.as_deref())?;
        let found = Collection::read(&text).map_err(Failure::NotGeoJson)?;
        // An answer without features has no coordinates to be in a system.
        if found.features().is_empty() {
            continue;
        }
        let own = found.system();
        match &system {
            None => {
                out.write(b"{\"type\":\"FeatureCollection\",").map_err(disk)?;
                if let Some(crs) = found.crs().filter(|_| own.is_some()) {
                    out.write(format!("\"crs\":{crs},").as_bytes()).map_err(disk)?;
                }
                out.write(b"\"features\":[").map_err(disk)?;
                system = Some(own);
            }
            Some(first) if *first != own => {
                let name = |s: &Option<String>| s.clone().unwrap_or_else(|| "CRS84".into());
                return Err(Failure::Systems(name(first), name(&own)));
            }
            Some(_) => {}
        }
        for text in found.features() {
            of += 1;
            if entry.select.is_some() || of <= LOOKED_AT {
                let feature = Feature::read(text).map_err(Failure::NotGeoJson)?;
                if !is_kept(entry, &feature, territory) {
                    continue;
                }
                let names = feature.properties.as_ref().and_then(|p| p.as_object());
                if features < LOOKED_AT {
                    fields.extend(names.into_iter().flatten().map(|(name, _)| name.clone()));
                }
            }
            out.write(if features == 0 { b"\n" } else { b",\n" }).map_err(disk)?;
            out.write(text.get().as_bytes()).map_err(disk)?;
            features += 1;
        }
    }
    out.write(b"\n]}\n").map_err(disk)?;
    out.out.flush().map_err(disk)?;
    out.out.get_ref().sync_all().map_err(disk)?;
    Ok(Made {
        features,
        of,
        bytes: out.bytes,
        blake3: out.hasher.finalize().to_hex().to_string(),
        fields,
        system: system.flatten(),
        aside: None,
    })
}

fn is_kept(entry: &Entry, feature: &Feature, territory: Territory<'_>) -> bool {
    match (entry.select, &entry.code) {
        (Some(Select::Bbox), _) => match (feature.bounds(), territory.bounds) {
            (Some(own), Some(asked)) => own.meets(asked),
            // Without a place it can't be elsewhere.
            _ => true,
        },
        (Some(Select::Commune), Some(code)) => place::is_of(feature, code, territory.communes),
        _ => true,
    }
}

/// A file whose bytes are counted and hashed on their way.
struct Counted {
    out: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}
