//! What became of each source.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// It can't be served, or not as it is now.
    Failed {
        /// Why, and what to do.
        message: String,
        /// The ids of its layers that are served as they were before.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        layers: Vec<String>,
    },
    /// It is no longer there, and so are its layers.
    Gone {
        /// When that was seen, and what to do.
        message: String,
    },
}

/// Sources that went are remembered up to this number, so that a folder whose files come and go under new names
/// does not grow the list without end.
const MAX_GONE: usize = 100;

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
pub struct Loads {
    sources: Mutex<Vec<(PathBuf, SourceStatus)>>,
    /// Layers of layers are still to be made.
    deriving: AtomicBool,
}

impl Loads {
    /// Sets a source's state.
    pub fn set(&self, path: &Path, state: SourceState) {
        let mut all = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = all.iter_mut().find(|(known, _)| known == path) {
            known.state = state;
            return;
        }
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        all.push((path.to_owned(), SourceStatus { source, state }));
    }

    /// Says that a source is no longer there.
    pub fn set_gone(&self, path: &Path, message: String) {
        let mut all = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The last to go stands last, so that the first of those beyond the limit is the oldest.
        all.retain(|(known, _)| known != path);
        let state = SourceState::Gone { message };
        all.push((path.to_owned(), SourceStatus { source, state }));
        let gone = |status: &SourceStatus| matches!(status.state, SourceState::Gone { .. });
        if all.iter().filter(|(_, status)| gone(status)).count() > MAX_GONE
            && let Some(oldest) = all.iter().position(|(_, status)| gone(status))
        {
            all.remove(oldest);
        }
    }

    /// All states.
    #[must_use]
    pub fn all(&self) -> Vec<SourceStatus> {
        let all = self.sources.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(_, status)| status.clone()).collect()
    }

    /// Says whether layers of layers are still to be made.
    pub fn set_deriving(&self, deriving: bool) {
        self.deriving.store(deriving, Ordering::Release);
    }

    /// Whether a source is still being read, or a layer of layers still to be made.
    #[must_use]
    pub fn any_loading(&self) -> bool {
        self.deriving.load(Ordering::Acquire) || self.all().iter().any(|s| s.state == SourceState::Loading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_that_went_are_remembered_within_bounds() {
        let loads = Loads::default();
        loads.set(Path::new("stays.gpkg"), SourceState::Loading);
        for n in 0..MAX_GONE + 20 {
            let path = PathBuf::from(format!("{n}.gpkg"));
            loads.set(&path, SourceState::Open { layers: vec![] });
            loads.set_gone(&path, "gone".into());
        }
        let names: Vec<String> = loads.all().into_iter().map(|s| s.source).collect();
        assert_eq!(names.len(), MAX_GONE + 1);
        assert_eq!((names[0].as_str(), names[1].as_str()), ("stays.gpkg", "20.gpkg"));
    }
}
