//! Why a source could not be loaded: where, and what to do about it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Why a source could not be loaded. Each message names the file and the way on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum LoadError {
    /// The file can't be opened or read.
    #[error("{path}: can't be read: {reason}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// Nothing is in it.
    #[error("{path}: the file is empty; copy or download it again", path = .path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No reader takes it.
    #[error("{path}: no geodata that can be read: {reason}", path = .path.display())]
    NotGeodata {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// It ends in the middle or is broken at a place.
    #[error("{path}: broken {place}: {reason}; copy or download it again, or mend it there", path = .path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Line or feature.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// An archive that is not unpacked: where in it, why, and what to do.
    #[error("{path}: {place}: {reason}; {remedy}", path = .path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// The entry.
        place: String,
        /// Why.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// Coordinates without a known system, or in another than they say.
    #[error("{path}, layer \"{layer}\": {reason}; say which system it is: [layer.{id}] crs = \"{guess}\"",
        path = .path.display(), id = crate::model::layer::LayerId::from_name(.layer))]
    Crs {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
        /// What is known.
        reason: String,
        /// The system that the coordinates are probably in.
        guess: String,
    },
    /// Coordinates whose axes are swapped.
    #[error("{path}, layer \"{layer}\": {reason}; write longitude or easting first (QGIS: \"Swap X and Y coordinates\")",
        path = .path.display())]
    Swapped {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
        /// What is known.
        reason: String,
    },
    /// A configured field or layer that the source does not have.
    #[error("{path}, layer \"{layer}\": there is no {what}; there are: {there}", path = .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
        /// What is missing.
        what: String,
        /// What there is.
        there: String,
    },
    /// More than a base file can address.
    #[error("{path}, layer \"{layer}\": too large for one layer: {reason}; split it", path = .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The layer.
        layer: String,
        /// What overflowed.
        reason: String,
    },
    /// It changed while it was read.
    #[error("{path}: the file changed while it was read; load it again once it is whole", path = .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The result can't be written.
    #[error("{path}: its base file can't be written in the state folder: {reason}; free space or choose another --state", path = .path.display())]
    Write {
        /// The source.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// The loading process passed its memory.
    #[error("{path}: needs more than {} MB to load; raise --load-memory or split the file", .limit_bytes / 1_000_000, path = .path.display())]
    OverMemory {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit_bytes: u64,
    },
    /// The loading process passed its time.
    #[error("{path}: loading took longer than {seconds} s and was ended; split the file", path = .path.display())]
    OverTime {
        /// The file.
        path: PathBuf,
        /// The limit.
        seconds: u64,
    },
    /// The loading process ended by itself or by somebody's hand.
    #[error("{path}: the loading process was ended ({how}); the file may be damaged, or memory short", path = .path.display())]
    Ended {
        /// The file.
        path: PathBuf,
        /// Signal or exit code.
        how: String,
    },
    /// The loading process could not be started.
    #[error("{path}: the loading process could not be started: {reason}", path = .path.display())]
    Start {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// It could not be downloaded.
    #[error("{path}: can't be downloaded: {reason}", path = .path.display())]
    Fetch {
        /// Its address.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The caller gave up.
    #[error("{path}: loading was given up", path = .path.display())]
    Cancelled {
        /// The file.
        path: PathBuf,
    },
}

impl LoadError {
    /// The error with another file's name, or that of what lies in it.
    #[must_use]
    pub(super) fn with_path(mut self, from: &Path, to: &Path) -> Self {
        let (Self::Unreadable { path, .. }
        | Self::Empty { path, .. }
        | Self::NotGeodata { path, .. }
        | Self::Broken { path, .. }
        | Self::Archive { path, .. }
        | Self::Crs { path, .. }
        | Self::Swapped { path, .. }
        | Self::Missing { path, .. }
        | Self::TooLarge { path, .. }
        | Self::Changed { path, .. }
        | Self::Write { path, .. }
        | Self::OverMemory { path, .. }
        | Self::OverTime { path, .. }
        | Self::Ended { path, .. }
        | Self::Start { path, .. }
        | Self::Cancelled { path, .. }
        | Self::Fetch { path, .. }) = &mut self;
        if let Ok(inside) = path.strip_prefix(from) {
            *path = if inside.as_os_str().is_empty() {
                to.to_owned()
            } else {
                to.join(inside)
            };
        }
        self
    }
}
