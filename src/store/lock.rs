//! The state folder belongs to one server at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why the state folder can't be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another server holds it.
    #[error("the state folder {0} is in use by another terril; give this one its own with --state")]
    Taken(PathBuf),
    /// It can't be written.
    #[error("the state folder {path} can't be written")]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// Holds the state folder until dropped; the lock goes with the process, however that ends.
#[derive(Debug)]
pub struct StateLock {
    _file: File,
}

impl StateLock {
    /// Makes the folder where it is missing and locks it.
    ///
    /// # Errors
    /// Another holder; a folder that can't be made or written.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let io = |cause| LockError::Io {
            path: folder.to_owned(),
            cause,
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let path = folder.join("lock");
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Taken(folder.to_owned())),
            Err(TryLockError::Error(cause)) => return Err(io(cause)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(io)?;
        Ok(Self { _file: file })
    }
}
