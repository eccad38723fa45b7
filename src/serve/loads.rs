//! What became of each source.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// How far a source is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state")]
pub enum SourceState {
    /// Being read.
    Loading,
    /// Its layers are served.
    Open {
        /// Their ids.
        layers: Vec<String>,
    },
    /// It can't be served.
    Failed {
        /// Why, and what to do.
        message: String,
    },
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceStatus {
    /// Its file name, without the folders above it.
    pub source: String,
    /// How far it is.
    #[serde(flatten)]
    pub state: SourceState,
}

/// All sources, in the order in which they were named, each with the path that tells it from others.
#[derive(Debug, Default)]
pub struct Loads(Mutex<Vec<(PathBuf, SourceStatus)>>);

impl Loads {
    /// Sets a source's state.
    pub fn set(&self, path: &Path, state: SourceState) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = all.iter_mut().find(|(known, _)| known == path) {
            known.state = state;
            return;
        }
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        all.push((path.to_owned(), SourceStatus { source, state }));
    }

    /// All states.
    #[must_use]
    pub fn all(&self) -> Vec<SourceStatus> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(_, status)| status.clone()).collect()
    }

    /// Whether a source is still being read.
    #[must_use]
    pub fn any_loading(&self) -> bool {
        self.all().iter().any(|s| s.state == SourceState::Loading)
    }
}
