//! Reading all sources of a command line, one after another, without serving them: what `inspect` and `load` share.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::config::Config;
use super::loading;
use crate::load::remote::Remotes;
use crate::load::sources::{Found, layer_ids};
use crate::load::{LoadedLayer, Reader};
use crate::model::layer::LayerId;

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Every layer with its source and its id, in the order of the sources.
    pub(super) layers: Vec<(PathBuf, LoadedLayer, LayerId)>,
    /// Why sources could not be read.
    pub(super) refused: Vec<String>,
    /// What lies beside the sources and is none, and why.
    pub(super) passed_over: Vec<String>,
}

/// Reads sources into base files under `bases`; those that are addresses by `remotes`.
pub(super) fn read(found: &Found, config: &Config, remotes: &Remotes, bases: &Path, reader: Reader) -> Read {
    let mut read = Read::default();
    let mut named: Vec<(PathBuf, Vec<String>)> = vec![];
    for source in &found.sources {
        let mut job = loading::job_with(source, config, bases);
        job.reader = reader;
        let layers = remotes
            .load(&job, |_| {}, &AtomicBool::new(false))
            .unwrap_or_else(|error| {
                read.refused.push(error.to_string());
                vec![]
            });
        named.push((source.clone(), layers.iter().map(|l| l.name.clone()).collect()));
        let ids = layer_ids(&named).pop().unwrap_or_default();
        let layers = layers.into_iter().zip(ids);
        read.layers
            .extend(layers.map(|(layer, id)| (source.clone(), layer, id)));
    }
    let warnings = found.warnings.iter();
    read.passed_over = warnings
        .map(|w| format!("{}: {}", w.path.display(), w.reason))
        .collect();
    read
}

/// A folder for base files that goes when the command ends.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    pub(super) fn make() -> std::io::Result<Self> {
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
