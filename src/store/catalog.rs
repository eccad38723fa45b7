//! The layers that are served, each swapped as a whole.
//!
//! A reader takes an `Arc` of a view and keeps it to the end of its request; a load or an edit puts
//! another in its place.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::apply::{Change, ChangeError, apply};
use super::base::{BaseFile, OpenError};
use super::snapshot::Snapshot;
use super::view::{View, ViewError};
use crate::load::report::LoadReport;
use crate::model::layer::{LayerId, LayerInfo};

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
        let snapshot = Arc::new(Snapshot::of_base(BaseFile::open(base)?));
        self.put(snapshot, Arc::new(info), Arc::new(report))
    }

    fn put(&self, snapshot: Arc<Snapshot>, info: Arc<LayerInfo>, report: Arc<LoadReport>) -> Edited {
        let public = Arc::new(View::public(
            Arc::clone(&snapshot),
            Arc::clone(&info),
            Arc::clone(&report),
        )?);
        let id = info.id.clone();
        let layer = Layer {
            snapshot,
            info,
            report,
            public,
        };
        self.layers
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, layer);
        Ok(())
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
        self.put(Arc::new(apply(&snapshot, changes)?), info, report)
    }

    fn read<T>(&self, with: impl FnOnce(&BTreeMap<LayerId, Layer>) -> T) -> T {
        with(&self.layers.read().unwrap_or_else(PoisonError::into_inner))
    }
}
