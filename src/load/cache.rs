//! Results of the last start: a folder per source and settings, whole or not at all.
//!
//! ```text
//! STATE/bases/<key>/0.base 1.base … done.json     done.json is written last
//! ```
//! The key changes with the file, its sidecars, the settings and the data format, so that nothing
//! stale is ever taken.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::SystemTime;

use super::base::FORMAT;
use super::job::{Job, LoadedLayer};

/// Changes whenever a loader of this version would make something else of the same file.
const LOADER: u32 = 3;

/// The name of the folder for a job's results.
#[must_use]
pub fn cache_key(job: &Job) -> String {
    Sidecars::default().key(job)
}

/// The sidecars of sources: each folder is listed once, so that a look at many sources costs no more than
/// it must. Good for one look: what comes into a folder later is not seen.
#[derive(Debug, Default)]
pub struct Sidecars(HashMap<PathBuf, HashMap<String, Vec<PathBuf>>>);

impl Sidecars {
    /// As [`cache_key`].
    pub fn key(&mut self, job: &Job) -> String {
        let sidecars = self.of(&job.source);
        key_of(job, sidecars)
    }

    /// The other files of the same stem, whatever its case, in the same folder, sorted, and what SQLite has not yet merged.
    fn of(&mut self, source: &Path) -> Vec<PathBuf> {
        let folder = source.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let stems = self.0.entry(folder.to_owned()).or_insert_with(|| sidecars_in(folder));
        let mut found = stems.get(&stem_of(source)).cloned().unwrap_or_default();
        found.retain(|path| path != source);
        let mut unmerged = source.as_os_str().to_owned();
        unmerged.push("-wal");
        found.push(unmerged.into());
        found
    }
}

fn stem_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// The sidecars in a folder, by stem, sorted.
fn sidecars_in(folder: &Path) -> HashMap<String, Vec<PathBuf>> {
    let mut stems: HashMap<String, Vec<PathBuf>> = HashMap::new();
    for path in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|e| e.ok().map(|e| e.path()))
    {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if super::sources::is_sidecar(&extension) {
            stems.entry(stem_of(&path)).or_default().push(path);
        }
    }
    stems.values_mut().for_each(|paths| paths.sort());
    stems
}

fn key_of(job: &Job, sidecars: Vec<PathBuf>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(&[0]);
    };
    add(&format!("{FORMAT} {LOADER}"));
    let whole = job.source.canonicalize().unwrap_or_else(|_| job.source.clone());
    for path in std::iter::once(job.source.clone()).chain(sidecars) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let state = fs::metadata(&path).map_or_else(
            |_| "-".to_owned(),
            |m| format!("{} {}.{} {}", m.len(), m.mtime(), m.mtime_nsec(), m.ino()),
        );
        add(&name);
        add(&state);
    }
    add(&whole.to_string_lossy());
    // Settings as they are written to the loading process: deterministic, since maps are ordered.
    let settings = (&job.layer, &job.name, &job.settings, &job.by_layer, job.reader);
    add(&serde_json::to_string(&settings).unwrap_or_default());
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Results that are being put on the disk for good, by folder.
static SETTLING: Mutex<Vec<(PathBuf, JoinHandle<()>)>> = Mutex::new(vec![]);

/// The whole result in a folder; `None` where there is none.
pub(crate) fn take(folder: &Path) -> Option<Vec<LoadedLayer>> {
    settle(Some(folder));
    let text = fs::read(folder.join("done.json")).ok()?;
    let layers: Vec<LoadedLayer> = serde_json::from_slice(&text).ok()?;
    in_folder(layers, folder)
}

/// The layers with their files where they are now, all of them there and of our format.
fn in_folder(mut layers: Vec<LoadedLayer>, folder: &Path) -> Option<Vec<LoadedLayer>> {
    for layer in &mut layers {
        // The state folder may have moved; the files lie beside `done.json`.
        layer.base = folder.join(layer.base.file_name()?);
        if !layer.base.is_file() || layer.directory.format != FORMAT {
            return None;
        }
    }
    Some(layers)
}

/// The last whole result of a job, and when it was made.
pub(super) fn last(job: &Job) -> Option<(Vec<LoadedLayer>, SystemTime)> {
    let folder = job.out.join(cache_key(job));
    let made = fs::metadata(folder.join("done.json")).ok()?.modified().ok()?;
    Some((take(&folder)?, made))
}

/// Gives a folder its name, in place of an older one of that name, and has it put on the disk for good meanwhile:
/// it is marked as whole, for the next start, once it is. The layers can be opened at once.
pub(crate) fn keep(part: &Path, folder: &Path, layers: &[LoadedLayer]) -> std::io::Result<Vec<LoadedLayer>> {
    settle(Some(folder));
    let mark = serde_json::to_vec(layers)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(part, folder)?;
    let layers = in_folder(layers.to_vec(), folder).ok_or_else(|| std::io::Error::other("the result is not whole"))?;
    let files: Vec<PathBuf> = layers.iter().map(|layer| layer.base.clone()).collect();
    let place = folder.to_owned();
    let thread = std::thread::spawn(move || {
        if let Err(error) = mark_whole(&place, &files, &mark) {
            // Gone already where a newer one took its place; else the next start reads the source again.
            tracing::debug!("the result in {} is not kept: {error}", place.display());
        }
    });
    let mut settling = SETTLING.lock().unwrap_or_else(PoisonError::into_inner);
    settling.retain(|(_, thread)| !thread.is_finished());
    settling.push((folder.to_owned(), thread));
    Ok(layers)
}

fn mark_whole(folder: &Path, files: &[PathBuf], mark: &[u8]) -> std::io::Result<()> {
    for file in files {
        fs::File::open(file)?.sync_all()?;
    }
    let aside = folder.join("done.part");
    fs::write(&aside, mark)?;
    fs::File::open(&aside)?.sync_all()?;
    fs::rename(&aside, folder.join("done.json"))?;
    fs::File::open(folder)?.sync_all()?;
    match folder.parent() {
        Some(above) => fs::File::open(above)?.sync_all(),
        None => Ok(()),
    }
}

/// Waits until results are on the disk: that of a folder, or all.
pub fn settle(folder: Option<&Path>) {
    let waited = {
        let mut settling = SETTLING.lock().unwrap_or_else(PoisonError::into_inner);
        let (waited, others): (Vec<_>, Vec<_>) = settling
            .drain(..)
            .partition(|(of, _)| folder.is_none_or(|folder| of == folder));
        *settling = others;
        waited
    };
    for (_, thread) in waited {
        // A panic there leaves the result unmarked: the next start reads the source again.
        let _ = thread.join();
    }
}

/// Removes the results in `bases` that no job of `kept` names, and what was left half done.
///
/// Files that are mapped stay readable until they are let go.
///
/// # Errors
/// When the folder can't be read; what can't be removed stays.
pub fn prune(bases: &Path, kept: &[String]) -> std::io::Result<()> {
    for entry in fs::read_dir(bases)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.len() >= 32 && name.bytes().take(32).all(|b| b.is_ascii_hexdigit());
        if ours && !kept.contains(&name) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}
