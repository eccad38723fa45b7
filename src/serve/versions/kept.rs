//! One version in memory, and its view, opened when it is asked for.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Versions, lock};
use crate::load::report::{FaultKind, LoadReport};
use crate::model::layer::{LayerInfo, Stage};
use crate::query::view::View;
use crate::store::versions::{Record, Shelf, Shown, former_view, whole_version};
use crate::store::{Checked, EditError};

/// Former views that are open at once, of all layers.
pub const OPEN_VIEWS: usize = 8;

/// After so long without a question a former view is closed.
const IDLE: Duration = Duration::from_secs(60);

/// A version: its record, and what is known of it since the server started.
#[derive(Debug)]
pub struct Kept {
    /// What is known of its load.
    pub record: Record,
    /// Whether those whom the server listens to may see a state with its fields.
    may_show: bool,
    /// Its base stands among the versions.
    stored: AtomicBool,
    /// Its checksums were read.
    checked: AtomicBool,
    /// It went.
    dropped: AtomicBool,
    /// Its report, until it is on the disk.
    unsaved: Mutex<Option<Arc<LoadReport>>>,
    /// What everyone sees of it, by the public view that shows it.
    glimpse: Mutex<Option<(String, Arc<Glimpse>)>>,
}

/// What everyone sees of a version, in short.
#[derive(Debug, Clone, PartialEq)]
pub struct Glimpse {
    /// Names the content.
    pub version: String,
    /// Features.
    pub features: u64,
    /// Features without a place.
    pub without_place: u64,
    /// Geometries that were repaired.
    pub repaired: u64,
    /// How often each fault occurred.
    pub counts: BTreeMap<FaultKind, u64>,
    /// Whether every row and field of it is seen.
    pub whole: bool,
}

impl Glimpse {
    fn of(version: &str, whole: bool, report: &LoadReport) -> Self {
        Self {
            version: version.to_owned(),
            features: report.features,
            without_place: report.null_geometries,
            repaired: report.repaired,
            counts: report.counts.clone(),
            whole,
        }
    }

    /// What everyone sees of a view.
    #[must_use]
    pub fn of_view(view: &View) -> Self {
        Self::of(view.version(), view.is_whole(), &view.report())
    }
}

/// Why there is no view of a version.
#[derive(Debug)]
pub(super) enum Unseen {
    /// It can't be read; it was removed.
    Damaged,
    /// Today's public view can't judge its rows.
    NotJudged,
}

impl Kept {
    /// A version that was found on the disk.
    pub(super) fn from_disk(record: Record, may_show: bool) -> Self {
        Self {
            record,
            may_show,
            stored: AtomicBool::new(true),
            checked: AtomicBool::new(false),
            dropped: AtomicBool::new(false),
            unsaved: Mutex::default(),
            glimpse: Mutex::default(),
        }
    }

    /// A version that was just loaded and checked.
    pub(super) fn loaded(record: Record, stored: bool, may_show: bool, report: &LoadReport) -> Self {
        Self {
            stored: AtomicBool::new(stored),
            checked: AtomicBool::new(true),
            unsaved: Mutex::new(stored.then(|| Arc::new(report.clone()))),
            ..Self::from_disk(record, may_show)
        }
    }

    /// The same after its audit.
    pub(super) fn audited(&self, report: Arc<LoadReport>) -> Self {
        let record = Record {
            stage: Stage::Audited,
            ..self.record.clone()
        };
        Self {
            unsaved: Mutex::new(self.is_stored().then_some(report)),
            ..self.with(record)
        }
    }

    /// The same as another public view shows it.
    pub(super) fn shown_as(&self, shown: Shown) -> Self {
        Self {
            unsaved: Mutex::new(lock(&self.unsaved).clone()),
            ..self.with(Record {
                shown,
                ..self.record.clone()
            })
        }
    }

    fn with(&self, record: Record) -> Self {
        Self {
            stored: AtomicBool::new(self.is_stored()),
            checked: AtomicBool::new(self.checked.load(Ordering::Relaxed)),
            ..Self::from_disk(record, self.may_show)
        }
    }

    /// Whether it may be shown at all.
    pub(super) fn may_show(&self) -> bool {
        self.may_show
    }

    pub(super) fn is_stored(&self) -> bool {
        self.stored.load(Ordering::Relaxed)
    }

    pub(super) fn is_dropped(&self) -> bool {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(super) fn drop_it(&self) {
        self.dropped.store(true, Ordering::Relaxed);
    }

    /// Its file is one whose checksums were just read.
    pub(super) fn is_checked(&self) {
        self.checked.store(true, Ordering::Relaxed);
    }

    /// It could not be written.
    pub(super) fn lose(&self) {
        self.stored.store(false, Ordering::Relaxed);
    }

    /// It is on the disk for good.
    pub(super) fn is_saved(&self) {
        *lock(&self.unsaved) = None;
    }

    /// Its whole report, from memory or disk.
    pub(super) fn report(&self, shelf: &Shelf) -> io::Result<Arc<LoadReport>> {
        let unsaved = lock(&self.unsaved).clone();
        unsaved.map_or_else(|| shelf.report(&self.record).map(Arc::new), Ok)
    }

    fn open(&self, shelf: &Shelf, info: &LayerInfo) -> Result<View, Result<String, Unseen>> {
        let report = self.report(shelf).map_err(|error| Ok(error.to_string()))?;
        let report = Arc::unwrap_or_clone(report);
        let checked = if self.checked.load(Ordering::Relaxed) {
            Checked::Before
        } else {
            Checked::Now
        };
        match former_view(&shelf.base(&self.record), checked, &self.record, info, report) {
            Ok(view) => {
                self.is_checked();
                Ok(view)
            }
            Err(EditError::Open(error)) => Err(Ok(error.to_string())),
            Err(_) => Err(Err(Unseen::NotJudged)),
        }
    }
}

/// Names what a public view shows, so that what was found for one is not taken for another.
pub(super) fn view_key(info: &LayerInfo) -> String {
    let text = format!("{:?}", info.public);
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

/// A former view that is open.
#[derive(Debug)]
struct Open {
    key: String,
    view: Arc<View>,
    used: Instant,
}

/// The former views that are open, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct OpenViews(Mutex<Vec<Open>>);

impl OpenViews {
    fn find(&self, key: &str) -> Option<Arc<View>> {
        let mut all = lock(&self.0);
        let at = all.iter().position(|open| open.key == key)?;
        let mut open = all.remove(at);
        open.used = Instant::now();
        let view = Arc::clone(&open.view);
        all.push(open);
        Some(view)
    }

    fn keep(&self, key: String, view: &Arc<View>) {
        let mut all = lock(&self.0);
        all.retain(|open| open.key != key);
        all.push(Open {
            key,
            view: Arc::clone(view),
            used: Instant::now(),
        });
        let beyond = all.len().saturating_sub(OPEN_VIEWS);
        let closed: Vec<Open> = all.drain(..beyond).collect();
        // Unmapping takes time, which others need not wait for.
        drop(all);
        drop(closed);
    }

    pub(super) fn close_all(&self) {
        let all = std::mem::take(&mut *lock(&self.0));
        drop(all);
    }

    pub(super) fn close_idle(&self) {
        let mut all = lock(&self.0);
        let (idle, used): (Vec<Open>, Vec<Open>) = all.drain(..).partition(|open| open.used.elapsed() >= IDLE);
        *all = used;
        drop(all);
        drop(idle);
    }
}

impl Versions {
    /// A version as everyone may see it today. Cost: the first time all of its file is read.
    pub(super) fn view(&self, kept: &Arc<Kept>, info: &LayerInfo) -> Result<Arc<View>, Unseen> {
        let Ok(shelf) = &self.shelf else {
            return Err(Unseen::Damaged);
        };
        let record = &kept.record;
        // What is said of a layer may be guessed from fields, which differ from load to load.
        let said = blake3::hash(format!("{info:?}").as_bytes()).to_hex();
        let key = format!("{}/{}/{:?}/{}", record.layer, record.base, record.stage, &said[..16]);
        if let Some(view) = self.open.find(&key) {
            return Ok(view);
        }
        match kept.open(shelf, info) {
            Ok(view) => {
                let view = Arc::new(view);
                self.open.keep(key, &view);
                Ok(view)
            }
            Err(Ok(reason)) => {
                self.drop_damaged(kept, &reason);
                Err(Unseen::Damaged)
            }
            Err(Err(unseen)) => Err(unseen),
        }
    }

    /// What everyone sees of a version today, in short. Where nothing is hidden its file is not opened for that.
    pub(super) fn glimpse(&self, kept: &Arc<Kept>, info: &LayerInfo) -> Result<Arc<Glimpse>, Unseen> {
        let key = view_key(info);
        if let Some((by, glimpse)) = &*lock(&kept.glimpse)
            && *by == key
        {
            return Ok(Arc::clone(glimpse));
        }
        let glimpse = match (&self.shelf, &info.public) {
            (Ok(shelf), None) => {
                let report = kept.report(shelf).map_err(|error| {
                    self.drop_damaged(kept, &error.to_string());
                    Unseen::Damaged
                })?;
                Glimpse::of(&whole_version(&kept.record), true, &report)
            }
            _ => Glimpse::of_view(&*self.view(kept, info)?),
        };
        let glimpse = Arc::new(glimpse);
        *lock(&kept.glimpse) = Some((key, Arc::clone(&glimpse)));
        Ok(glimpse)
    }
}
