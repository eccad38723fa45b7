//! What is remembered of a download, beside its file: how to ask whether it changed, and what is half there.
//!
//! ```text
//! FOLDER/cadastre.json.gz                the last whole file
//! FOLDER/.fetch-<key>.json               what the server said of it
//! FOLDER/.fetch-<key>.part, …part.json   what has come so far of the next, and which state of it that is
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::Address;
use super::scope::Scope;

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The server's name for this state of it.
    pub etag: Option<String>,
    /// When the server says that it was changed, as it says it.
    pub last_modified: Option<String>,
    /// What the server says that it is.
    pub media_type: Option<String>,
    /// When it was fetched.
    pub fetched: SystemTime,
    /// Where the address led.
    pub scope: Option<Scope>,
}

/// The same as it is written.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    name: String,
    bytes: u64,
    etag: Option<String>,
    last_modified: Option<String>,
    media_type: Option<String>,
    fetched_s: u64,
    scope: Option<Scope>,
}

/// What has come so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    /// The state that it is of, exactly (a strong entity tag).
    pub(super) etag: String,
}

/// The files of one address in a folder.
#[derive(Debug)]
pub(super) struct Kept {
    folder: PathBuf,
    key: String,
}

impl Kept {
    pub(super) fn at(folder: &Path, address: &Address) -> Self {
        Self {
            folder: folder.to_owned(),
            key: address.key(),
        }
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!(".fetch-{}.{ending}", self.key))
    }

    /// The last whole file; `None` where there is none or it is not what was written.
    pub(super) fn download(&self) -> Option<Download> {
        let written: Written = serde_json::from_slice(&fs::read(self.file("json")).ok()?).ok()?;
        let path = self.folder.join(Path::new(&written.name).file_name()?);
        let found = fs::metadata(&path).ok()?;
        (found.is_file() && found.len() == written.bytes).then_some(Download {
            path,
            bytes: written.bytes,
            etag: written.etag,
            last_modified: written.last_modified,
            media_type: written.media_type,
            fetched: SystemTime::UNIX_EPOCH + Duration::from_secs(written.fetched_s),
            scope: written.scope,
        })
    }

    /// Where the next file grows.
    pub(super) fn part(&self) -> PathBuf {
        self.file("part")
    }

    /// How much of the next file is there, and of which state; nothing where that is not known exactly.
    pub(super) fn begun(&self) -> Option<(u64, Part)> {
        let part = serde_json::from_slice(&fs::read(self.file("part.json")).ok()?).ok()?;
        let length = fs::metadata(self.part()).ok()?.len();
        (length > 0).then_some((length, part))
    }

    /// Notes which state the part is of; `None`: it can't be gone on with.
    pub(super) fn note(&self, part: Option<&Part>) -> io::Result<()> {
        match part {
            Some(part) => fs::write(self.file("part.json"), serde_json::to_vec(part)?),
            None => remove(&self.file("part.json")),
        }
    }

    /// Forgets what has come so far.
    pub(super) fn forget_part(&self) {
        let _ = remove(&self.file("part.json"));
        let _ = remove(&self.part());
    }

    /// Puts the part in the file's place, and remembers it. A former file of another name goes.
    pub(super) fn finish(&self, download: &Download) -> io::Result<()> {
        let former = self.download().map(|d| d.path);
        fs::rename(self.part(), &download.path)?;
        let written = Written {
            name: download
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            bytes: download.bytes,
            etag: download.etag.clone(),
            last_modified: download.last_modified.clone(),
            media_type: download.media_type.clone(),
            fetched_s: download
                .fetched
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs(),
            scope: download.scope,
        };
        let aside = self.file("json.new");
        fs::write(&aside, serde_json::to_vec(&written)?)?;
        fs::rename(&aside, self.file("json"))?;
        self.forget_part();
        if let Some(former) = former.filter(|f| *f != download.path) {
            remove(&former)?;
        }
        Ok(())
    }
}

/// Removes a file; one that is not there is no error.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
