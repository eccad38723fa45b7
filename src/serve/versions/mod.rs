//! Versions of layers: what was loaded and when, and what of it everyone may see today.
//!
//! Each load whose public view shows something else than the last is a version; a load that changes hidden rows and
//! fields alone takes the place of its version, so that they leave no mark. In: loads as they are opened, told by the
//! thread that keeps the sources. Out: lists, former views and differences, for requests. What takes time on the disk is
//! a [`Task`] for a thread of its own.
//!
//! Not here: files ([`Shelf`]), the comparison itself (`query::diff`).

mod differ;
mod kept;
mod list;

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use differ::{Compared, DIFFS_BYTES};
pub use kept::{Glimpse, Kept, OPEN_VIEWS};
pub use list::{List, Listed};

use self::differ::Differ;
use self::kept::OpenViews;
use crate::load::base::{Directory, FORMAT};
use crate::load::report::LoadReport;
use crate::model::feature::Field;
use crate::model::layer::{LayerId, LayerInfo, Stage};
use crate::query::view::View;
use crate::store::versions::{Put, Record, Shelf, Shown};

/// Versions of a layer that are kept where nothing is said, and at most.
pub const KEPT: usize = 10;
/// See [`KEPT`].
pub const MOST_KEPT: usize = 100;

/// Layers that went while the server ran whose versions wait for them to come back.
const MOST_GONE: usize = 100;

/// Why former versions are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unkept {
    /// There is no folder for state that can be written.
    NoState,
    /// `--versions 0`.
    Off,
}

/// Work for the thread that writes.
#[derive(Debug)]
pub enum Task {
    /// A version is to be put on the disk for good, its base copied where it is not there.
    Write(Arc<Kept>, Option<File>),
    /// A version went; the other, where there is one, took its place.
    Remove(Arc<Kept>, Option<Arc<Kept>>),
    /// A layer's versions are to go.
    Forget(LayerId),
    /// A layer has a new version: what changed may be told.
    Compare(LayerId),
    /// The server ends; what was told before is still to be done.
    Stop,
}

/// A load that is about to be served.
#[derive(Debug)]
pub struct Load<'a> {
    /// What is said of the layer.
    pub info: &'a LayerInfo,
    /// Its base file, opened and checked.
    pub base: &'a Path,
    /// What the file says of itself.
    pub directory: &'a Directory,
    /// What loading found.
    pub report: &'a LoadReport,
    /// Where it was loaded from.
    pub source: &'a Path,
    /// Names what everyone sees of it.
    pub version: &'a str,
}

/// See the module.
#[derive(Debug)]
pub struct Versions {
    shelf: Result<Shelf, Unkept>,
    keep: usize,
    /// By layer, the oldest first.
    layers: Mutex<BTreeMap<LayerId, Vec<Arc<Kept>>>>,
    /// Layers that went, the longest ago first.
    gone: Mutex<VecDeque<LayerId>>,
    open: OpenViews,
    differ: Differ,
    tasks: Sender<Task>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Versions {
    /// Versions on a shelf, so many of each layer; and the work that comes of them.
    #[must_use]
    pub fn new(shelf: Result<Shelf, Unkept>, keep: usize) -> (Self, Receiver<Task>) {
        let (tasks, work) = channel();
        let versions = Self {
            shelf,
            keep: keep.min(MOST_KEPT),
            layers: Mutex::default(),
            gone: Mutex::default(),
            open: OpenViews::default(),
            differ: Differ::default(),
            tasks,
        };
        (versions, work)
    }

    /// Why no former version is kept; `None` where they are.
    #[must_use]
    pub fn unkept(&self) -> Option<Unkept> {
        self.shelf.as_ref().err().copied()
    }

    /// How many versions of a layer are listed at most.
    #[must_use]
    pub fn most_listed(&self) -> usize {
        if self.shelf.is_ok() { self.keep } else { 1 }
    }

    /// Takes a load in before it is served. `may_show` judges whether a state with these fields may be shown to those
    /// whom the server listens to. Cost: a link; nothing here fails the load.
    pub fn take(&self, load: &Load<'_>, may_show: &dyn Fn(&[Field]) -> bool) {
        let id = &load.info.id;
        lock(&self.gone).retain(|gone| gone != id);
        // One thread loads: nobody else changes the list meanwhile but by dropping what can't be read.
        if !lock(&self.layers).contains_key(id) {
            let records = self.shelf.as_ref().map(|shelf| shelf.read(id)).unwrap_or_default();
            let kept = records.into_iter().map(|record| {
                let shown = may_show(&record.fields);
                Arc::new(Kept::from_disk(record, shown))
            });
            lock(&self.layers).insert(id.clone(), kept.collect());
        }
        let newest = lock(&self.layers).get(id).and_then(|all| all.last().cloned());
        let directory = load.directory;
        let same = |kept: &Arc<Kept>| {
            kept.record
                .has_content(&directory.content, &directory.fields, &directory.crs)
        };
        let shown = Shown {
            by: kept::view_key(load.info),
            version: load.version.to_owned(),
        };
        if let Some(newest) = newest.as_ref().filter(|kept| same(kept)) {
            // The file that was just checked, in place of one that may be damaged by now.
            if newest.is_stored()
                && let Ok(shelf) = &self.shelf
                && matches!(shelf.put(&newest.record, load.base), Ok(Put::Linked))
            {
                newest.is_checked();
            }
            if newest.record.shown != shown {
                // The public view is another one since.
                self.put_again(id, newest, newest.shown_as(shown));
            }
            return self.prune(id);
        }
        let replaced = newest.clone().filter(|kept| kept.record.shown == shown);
        let number = newest.map_or(1, |kept| kept.record.number + u64::from(replaced.is_none()));
        let record = record_of(load, shown, number, replaced.as_ref().map(|kept| &kept.record));
        let put = self.shelf.as_ref().ok().map(|shelf| shelf.put(&record, load.base));
        let (stored, copied) = match put {
            None => (false, None),
            Some(Ok(Put::Linked)) => (true, None),
            Some(Ok(Put::ToCopy(file))) => (true, Some(file)),
            Some(Err(error)) => {
                tracing::warn!(
                    layer = id.as_str(),
                    "this version can't be kept: {error}; look at the state folder"
                );
                (false, None)
            }
        };
        let kept = Arc::new(Kept::loaded(record, stored, may_show(&directory.fields), load.report));
        self.put_in(id, &kept, replaced.as_ref());
        if stored {
            self.tell(Task::Write(Arc::clone(&kept), copied));
            if let Some(replaced) = replaced {
                self.tell(Task::Remove(replaced, Some(kept)));
            }
            self.tell(Task::Compare(id.clone()));
        }
        self.prune(id);
    }

    /// Puts a record in the place of another of the same files.
    fn put_again(&self, id: &LayerId, old: &Arc<Kept>, new: Kept) {
        let new = Arc::new(new);
        let mut layers = lock(&self.layers);
        let all = layers.get_mut(id).into_iter().flatten();
        all.filter(|one| Arc::ptr_eq(one, old))
            .for_each(|one| *one = Arc::clone(&new));
        drop(layers);
        if new.is_stored() {
            self.tell(Task::Write(new, None));
        }
    }

    fn put_in(&self, id: &LayerId, kept: &Arc<Kept>, replaced: Option<&Arc<Kept>>) {
        let mut layers = lock(&self.layers);
        let all = layers.entry(id.clone()).or_default();
        if let Some(replaced) = replaced {
            replaced.drop_it();
            all.retain(|one| !Arc::ptr_eq(one, replaced));
        }
        // What was never stored could be read as long as it was served.
        all.retain(|one| one.is_stored());
        all.push(Arc::clone(kept));
    }

    /// Lets the oldest go. One more than is listed stays, so that the oldest that is listed has its difference.
    fn prune(&self, id: &LayerId) {
        let mut went = vec![];
        if let Some(all) = lock(&self.layers).get_mut(id) {
            let beyond = all
                .len()
                .saturating_sub(self.most_listed() + usize::from(self.shelf.is_ok()));
            went.extend(all.drain(..beyond));
        }
        for kept in went {
            kept.drop_it();
            self.tell(Task::Remove(kept, None));
        }
    }

    /// The report of a layer grew: the audit of the state with this content is done.
    pub fn audited(&self, id: &LayerId, content: &str, report: &Arc<LoadReport>) {
        let all = self.of(id);
        if let Some(kept) = all.iter().rev().find(|kept| kept.record.content == content) {
            self.put_again(id, kept, kept.audited(Arc::clone(report)));
        }
    }

    /// A layer is no longer there; its versions wait for it.
    pub fn gone(&self, id: &LayerId) {
        let mut gone = lock(&self.gone);
        gone.retain(|one| one != id);
        gone.push_back(id.clone());
        if gone.len() > MOST_GONE
            && let Some(oldest) = gone.pop_front()
        {
            lock(&self.layers).remove(&oldest);
            self.tell(Task::Forget(oldest));
        }
    }

    /// Removes the versions of layers that are neither among these nor of these origins. Reads the records of all.
    pub fn settle(&self, layers: &[LayerId], sources: &[&Path]) {
        let Ok(shelf) = &self.shelf else { return };
        let origins: Vec<String> = sources.iter().map(|source| origin_of(source)).collect();
        shelf.prune(layers, &|record| origins.contains(&record.origin));
    }

    /// Does a task's work on the disk; those that have none there are left.
    pub fn work(&self, task: &Task) {
        let Ok(shelf) = &self.shelf else { return };
        match task {
            Task::Write(kept, _) if kept.is_dropped() => {}
            Task::Write(kept, copied) => {
                let written = kept
                    .report(shelf)
                    .and_then(|report| shelf.write(&kept.record, copied.as_ref(), &report));
                match written {
                    Ok(()) => kept.is_saved(),
                    Err(error) if !kept.is_dropped() => {
                        tracing::warn!(
                            layer = kept.record.layer.as_str(),
                            number = kept.record.number,
                            "this version can't be kept: {error}; look at the disk of the state folder"
                        );
                        kept.lose();
                        shelf.remove(&kept.record, None);
                    }
                    Err(_) => {}
                }
            }
            Task::Remove(kept, other) => shelf.remove(&kept.record, other.as_ref().map(|other| &other.record)),
            // It may have come back since.
            Task::Forget(layer) if lock(&self.layers).contains_key(layer) => {}
            Task::Forget(layer) => shelf.forget(layer),
            Task::Compare(_) | Task::Stop => {}
        }
    }

    /// What changed from the version before to the present one; `None` where that can't be said.
    #[must_use]
    pub fn last_change(&self, present: &View, go_on: &dyn Fn() -> bool) -> Option<[usize; 3]> {
        let list = self.list(present, go_on).ok()?;
        let (later, earlier) = list.with_predecessor(0)?;
        let counts = self.counts(present, earlier?, later, go_on).ok()?;
        // Nobody asked for them: they need not stay open.
        self.open.close_all();
        counts
    }

    /// The server ends.
    pub fn end(&self) {
        self.tell(Task::Stop);
    }

    /// Closes former views that nobody has used for a while.
    pub fn close_idle(&self) {
        self.open.close_idle();
    }

    fn tell(&self, task: Task) {
        // Nobody listens where the server ends.
        let _ = self.tasks.send(task);
    }

    fn of(&self, id: &LayerId) -> Vec<Arc<Kept>> {
        lock(&self.layers).get(id).cloned().unwrap_or_default()
    }

    /// A version can't be read any more.
    fn drop_damaged(&self, kept: &Arc<Kept>, reason: &str) {
        if kept.is_dropped() {
            return;
        }
        tracing::warn!(
            layer = kept.record.layer.as_str(),
            number = kept.record.number,
            "a former version can't be read any more and is removed: {reason}"
        );
        kept.drop_it();
        if let Some(all) = lock(&self.layers).get_mut(&kept.record.layer) {
            all.retain(|one| !Arc::ptr_eq(one, kept));
        }
        self.tell(Task::Remove(Arc::clone(kept), None));
    }
}

/// The record of a load. One that takes another's place keeps what everyone was told of it.
fn record_of(load: &Load<'_>, shown: Shown, number: u64, replaced: Option<&Record>) -> Record {
    let written = std::fs::metadata(&load.report.source).ok().filter(|m| m.is_file());
    let modified = written
        .as_ref()
        .and_then(|m| m.modified().ok())
        .map(OffsetDateTime::from);
    let source = load.report.source.file_name().unwrap_or_default();
    let content = &load.directory.content;
    Record {
        layer: load.info.id.clone(),
        number,
        loaded: replaced.map_or_else(|| in_words(OffsetDateTime::now_utc()), |r| r.loaded.clone()),
        source: replaced.map_or_else(|| source.to_string_lossy().into_owned(), |r| r.source.clone()),
        origin: origin_of(load.source),
        source_bytes: replaced.map_or_else(|| written.as_ref().map(std::fs::Metadata::len), |r| r.source_bytes),
        source_modified: replaced.map_or_else(|| modified.map(in_words), |r| r.source_modified.clone()),
        licence: load.info.licence.clone(),
        attribution: load.info.attribution.clone(),
        crs: load.directory.crs.clone(),
        fields: load.directory.fields.clone(),
        features: load.report.features,
        content: content.clone(),
        format: FORMAT,
        base: format!("{number}-{}.base", content.get(..8).unwrap_or(content)),
        stage: Stage::Open,
        shown,
    }
}

fn in_words(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    let moment = moment.replace_nanosecond(0).unwrap_or(moment);
    moment.format(&Rfc3339).unwrap_or_default()
}

fn origin_of(source: &Path) -> String {
    let whole = source.canonicalize().unwrap_or_else(|_| source.to_owned());
    blake3::hash(whole.as_os_str().as_encoded_bytes()).to_hex()[..32].to_owned()
}
