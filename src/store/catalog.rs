//! The layers that are served, each swapped as a whole.
//!
//! A reader takes an `Arc` of a view and keeps it to the end of its request; a load or an edit puts
//! another in its place.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::apply::{Change, ChangeError, apply};
use super::audit::{self, Findings};
use super::base::{BaseFile, OpenError};
use super::snapshot::Snapshot;
use super::view::{View, ViewError};
use crate::load::report::LoadReport;
use crate::model::layer::{LayerId, LayerInfo, Stage};

/// What an edit gave.
pub type Edited = Result<(), EditError>;

/// Why a layer can't be served or edited.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Its base file.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Its public view.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The edit itself.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// There is no such layer.
    #[error("there is no layer \"{0}\"")]
    Unknown(String),
}

#[derive(Debug)]
struct Layer {
    snapshot: Arc<Snapshot>,
    info: Arc<LayerInfo>,
    report: Arc<LoadReport>,
    public: Arc<View>,
}

impl Layer {
    fn new(snapshot: Arc<Snapshot>, info: Arc<LayerInfo>, report: Arc<LoadReport>) -> Result<Self, ViewError> {
        let public = Arc::new(View::public(
            Arc::clone(&snapshot),
            Arc::clone(&info),
            Arc::clone(&report),
        )?);
        Ok(Self {
            snapshot,
            info,
            report,
            public,
        })
    }
}

/// What became of an audit.
#[derive(Debug, Clone, PartialEq)]
pub enum AuditOutcome {
    /// The layer's report now holds what was found.
    Done {
        /// The content that was looked at, as its base file names it.
        content: String,
        /// The whole report.
        report: Arc<LoadReport>,
    },
    /// The layer was audited already, or is another one by now: nothing was changed.
    Passed,
    /// It was told to stop.
    Stopped,
}

/// A layer that is opened and checked, but not served yet.
#[derive(Debug)]
pub struct Ready(Layer);

impl Ready {
    /// What everyone will see of it.
    #[must_use]
    pub fn public_view(&self) -> &View {
        &self.0.public
    }
}

/// All layers, by id.
#[derive(Debug, Default)]
pub struct Catalog {
    layers: RwLock<BTreeMap<LayerId, Layer>>,
    /// Edits come one after another; readers never wait for it.
    writer: Mutex<()>,
}

impl Catalog {
    /// Opens a base file and serves it under its id, in place of what was there.
    ///
    /// # Errors
    /// A base file that can't be used; a public view that names an unknown field.
    pub fn open(&self, info: LayerInfo, base: &Path, report: LoadReport) -> Edited {
        self.swap(vec![Self::ready(info, base, report)?], &[]);
        Ok(())
    }

    /// Opens a base file as a layer that [`swap`](Self::swap) then serves. Cost: reads all of the file.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn ready(info: LayerInfo, base: &Path, report: LoadReport) -> Result<Ready, EditError> {
        let snapshot = Arc::new(Snapshot::of_base(BaseFile::open(base)?));
        Ok(Ready(Layer::new(snapshot, Arc::new(info), Arc::new(report))?))
    }

    /// Serves layers in place of what was there under their ids, and lets others go, in one step.
    ///
    /// Requests under way keep what they started with; the last of them lets it go.
    pub fn swap(&self, ready: Vec<Ready>, gone: &[LayerId]) {
        let _one_at_a_time = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.put(ready, gone);
    }

    fn put(&self, ready: Vec<Ready>, gone: &[LayerId]) {
        let mut layers = self.layers.write().unwrap_or_else(PoisonError::into_inner);
        let mut replaced: Vec<Option<Layer>> = gone.iter().map(|id| layers.remove(id)).collect();
        replaced.extend(
            ready
                .into_iter()
                .map(|Ready(layer)| layers.insert(layer.info.id.clone(), layer)),
        );
        // Letting a large layer go takes time, which readers need not wait for.
        drop(layers);
        drop(replaced);
    }

    /// What everyone sees of a layer.
    #[must_use]
    pub fn public_view(&self, id: &str) -> Option<Arc<View>> {
        self.read(|layers| layers.get(id).map(|layer| Arc::clone(&layer.public)))
    }

    /// What everyone sees, by layer id.
    #[must_use]
    pub fn public_views(&self) -> Vec<Arc<View>> {
        self.read(|layers| layers.values().map(|layer| Arc::clone(&layer.public)).collect())
    }

    /// Applies changes to a layer, all or none.
    ///
    /// # Errors
    /// An unknown layer or feature, values that do not fit.
    pub fn apply(&self, id: &str, changes: Vec<Change>) -> Edited {
        let _one_at_a_time = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = self.read(|layers| {
            let layer = layers.get(id)?;
            Some((
                Arc::clone(&layer.snapshot),
                Arc::clone(&layer.info),
                Arc::clone(&layer.report),
            ))
        });
        let (snapshot, info, report) = parts.ok_or_else(|| EditError::Unknown(id.to_owned()))?;
        let edited = Layer::new(Arc::new(apply(&snapshot, changes)?), info, report)?;
        self.put(vec![Ready(edited)], &[]);
        Ok(())
    }

    /// Compares a layer's features with each other and puts what was found in its report, where the layer is still
    /// the one that was looked at. `go_on` is asked often.
    ///
    /// Blocks for as long as that takes; requests, loads and edits go on meanwhile.
    pub fn audit(&self, id: &LayerId, go_on: &dyn Fn() -> bool) -> AuditOutcome {
        let parts = self.read(|layers| {
            let layer = layers.get(id.as_str())?;
            let open = layer.public.stage() < Stage::Audited;
            open.then(|| (Arc::clone(&layer.snapshot), Arc::clone(&layer.info)))
        });
        let Some((snapshot, info)) = parts else {
            return AuditOutcome::Passed;
        };
        match audit::audit(&snapshot, &info, go_on) {
            Ok(findings) => self.put_findings(id, &snapshot, findings),
            Err(audit::Stopped) => AuditOutcome::Stopped,
        }
    }

    fn put_findings(&self, id: &LayerId, looked_at: &Arc<Snapshot>, findings: Findings) -> AuditOutcome {
        let _one_at_a_time = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let found = self.read(|layers| {
            let layer = layers.get(id.as_str())?;
            let same = Arc::ptr_eq(&layer.snapshot, looked_at);
            same.then(|| {
                (
                    Arc::clone(&layer.info),
                    Arc::clone(&layer.report),
                    Arc::clone(&layer.public),
                )
            })
        });
        let Some((info, report, public)) = found else {
            return AuditOutcome::Passed;
        };
        let report = Arc::new(findings.added_to(&report));
        let audited = Layer {
            snapshot: Arc::clone(looked_at),
            info,
            public: Arc::new(public.audited(Arc::clone(&report))),
            report: Arc::clone(&report),
        };
        self.put(vec![Ready(audited)], &[]);
        AuditOutcome::Done {
            content: looked_at.directory().content.clone(),
            report,
        }
    }

    fn read<T>(&self, with: impl FnOnce(&BTreeMap<LayerId, Layer>) -> T) -> T {
        with(&self.layers.read().unwrap_or_else(PoisonError::into_inner))
    }
}
