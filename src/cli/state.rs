//! Where state is kept: `--state`, else one folder per set of sources in the user's state folder.

use std::path::{Path, PathBuf};

use crate::store::{LockError, StateLock};

/// The state folder, locked; or a temporary one where nothing can be kept.
#[derive(Debug)]
pub(super) struct State {
    /// The folder.
    pub(super) folder: PathBuf,
    /// Whether it goes when the server ends.
    temporary: bool,
    _lock: StateLock,
}

impl State {
    /// Takes the folder named, or the default one.
    ///
    /// A folder that can't be written is replaced by a temporary one, and that is said.
    ///
    /// # Errors
    /// A folder that another server holds; no temporary folder either.
    pub(super) fn take(named: Option<&Path>, sources: &[PathBuf]) -> anyhow::Result<Self> {
        let folder = named.map_or_else(|| default_folder(sources), |n| Ok(n.to_owned()));
        let folder = match folder {
            Ok(folder) => folder,
            Err(reason) => return Self::without_saving(&reason.to_string()),
        };
        match StateLock::take(&folder) {
            Ok(lock) => Ok(Self {
                folder,
                temporary: false,
                _lock: lock,
            }),
            Err(error @ LockError::Taken(_)) => Err(error.into()),
            Err(error) => Self::without_saving(&format!("{:#}", anyhow::Error::new(error))),
        }
    }

    fn without_saving(reason: &str) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("terril-{}", std::process::id()));
        let lock = StateLock::take(&folder)?;
        tracing::warn!("{reason}: nothing will be kept after this run; choose another folder with --state");
        Ok(Self {
            folder,
            temporary: true,
            _lock: lock,
        })
    }

    /// Where files from the web stand.
    pub(super) fn downloads(&self) -> PathBuf {
        self.folder.join("downloads")
    }

    /// Where former versions stand; `None` where nothing is kept after this run.
    pub(super) fn versions(&self) -> Option<PathBuf> {
        (!self.temporary).then(|| self.folder.join("versions"))
    }

    /// Where base files stand.
    pub(super) fn bases(&self) -> PathBuf {
        self.folder.join("bases")
    }
}

impl Drop for State {
    fn drop(&mut self) {
        if self.temporary {
            // Ours alone (it carries our process id); what can't be removed is left to the system.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn default_folder(sources: &[PathBuf]) -> anyhow::Result<PathBuf> {
    let home = || std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".local/state"));
    let root = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|p| p.is_absolute())
        .or_else(home);
    let root = root.ok_or_else(|| anyhow::anyhow!("there is no home folder for state"))?;
    let mut hasher = blake3::Hasher::new();
    for source in sources {
        let whole = std::fs::canonicalize(source).unwrap_or_else(|_| source.clone());
        hasher.update(whole.as_os_str().as_encoded_bytes()).update(&[0]);
    }
    Ok(root.join("terril").join(&hasher.finalize().to_hex()[..16]))
}
