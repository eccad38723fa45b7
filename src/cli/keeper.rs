//! The keeper: one thread that knows every source, what of it is served and how the file looked then.
//!
//! At the start all sources are new to it. From then on it looks at them when it is told to (SIGHUP) or each second
//! (`--watch`), has those that changed read again, as many at a time as there are processors, and swaps their layers
//! in. A source that can't be read keeps the layers it had. Nothing here holds a request up.
//!
//! ```text
//! look → changed? → at rest? → fits in memory? → read (another thread, another process) → opened → swapped in
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use indicatif::MultiProgress;

use super::audits::Audits;
use super::config::Config;
use super::derivations::{Derivations, Due};
use super::known::Known;
use super::loading::Plan;
use super::look::{Look, look_at};
use super::memory::megabytes;
use super::opening::{self, Opened, refuse, shown};
use crate::load::cache::{prune, settle};
use crate::load::{LoadError, LoadedLayer};
use crate::model::layer::LayerId;
use crate::serve::loads::SourceState;
use crate::serve::state::App;

/// Between two looks at all sources.
const EVERY: Duration = Duration::from_secs(1);

/// Between seeing a change and looking whether it goes on.
pub(super) const SETTLING: Duration = Duration::from_millis(200);

type Outcome = Result<Vec<LoadedLayer>, LoadError>;

/// What the keeper is told.
pub(super) enum Event {
    /// Look at the sources now, at those that failed too.
    Look,
    /// A source was read.
    Read(PathBuf, Outcome),
    /// The server ends.
    Stop,
}

/// See the module.
pub(super) struct Keeper {
    app: Arc<App>,
    plan: Arc<Plan>,
    config: Arc<Config>,
    tell: Sender<Event>,
    events: Receiver<Event>,
    bars: MultiProgress,
    audits: Audits,
    sources: Known,
    derivations: Derivations,
    /// To be read, in this order.
    queue: VecDeque<PathBuf>,
    running: usize,
    /// Sources without ids yet, in the order in which they get them whichever is read first.
    order: VecDeque<PathBuf>,
    arrived: BTreeMap<PathBuf, Outcome>,
    next_look: Option<Instant>,
    /// When the last look of those that come each second was due.
    regular: Instant,
    started: bool,
    pruned: bool,
}

impl Keeper {
    pub(super) fn new(
        app: Arc<App>,
        plan: Plan,
        config: Config,
        (tell, events): (Sender<Event>, Receiver<Event>),
    ) -> Self {
        let audits = Audits::start(Arc::clone(&app), Arc::clone(&plan.stopping));
        let next_look = plan.watch.then(|| Instant::now() + EVERY);
        Self {
            app,
            plan: Arc::new(plan),
            tell,
            events,
            bars: MultiProgress::new(),
            audits,
            sources: Known::with_reserved(config.derived.keys().map(|name| LayerId::from_name(name))),
            derivations: Derivations::default(),
            config: Arc::new(config),
            queue: VecDeque::new(),
            running: 0,
            order: VecDeque::new(),
            arrived: BTreeMap::new(),
            next_look,
            regular: Instant::now(),
            started: false,
            pruned: false,
        }
    }

    /// Loads the sources, then keeps them until the server ends.
    ///
    /// # Errors
    /// When no source at all can be served at the start.
    pub(super) fn run(mut self, sources: Vec<PathBuf>) -> anyhow::Result<()> {
        let job = |s: &Path| self.plan.job(s, &self.config);
        let looks = look_at(&self.plan.paths, sources.iter(), job, &self.plan.remotes);
        for path in sources {
            let look = looks.get(&path).cloned().unwrap_or(Look::Gone);
            self.ask(path, look);
        }
        while !self.plan.stopping.load(Ordering::Relaxed) {
            self.read_next();
            if self.running == 0 && self.order.is_empty() && self.derivations.stirred() {
                self.derive();
            }
            if !self.started && self.order.is_empty() {
                self.started = true;
                self.end_of_start()?;
            }
            if self.started && !self.pruned && self.running == 0 {
                self.pruned = true;
                self.prune();
            }
            match self.next_event() {
                Some(Event::Look) => {
                    tracing::info!("looking at the sources again");
                    self.plan.remotes.ask_again();
                    // What failed may go well now, though its file is the same.
                    self.sources
                        .values_mut()
                        .filter(|s| s.failed && !s.reading)
                        .for_each(|s| s.taken = None);
                    self.look();
                }
                None => self.look(),
                Some(Event::Read(path, outcome)) => self.has_read(path, outcome),
                Some(Event::Stop) => break,
            }
        }
        // Readers hear of the end by themselves; their processes end with them.
        while self.running > 0
            && let Ok(event) = self.events.recv()
        {
            if matches!(event, Event::Read(..)) {
                self.running -= 1;
            }
        }
        settle(None);
        Ok(())
    }

    fn end_of_start(&self) -> anyhow::Result<()> {
        self.app.loads.set_deriving(false);
        let served = self.app.catalog.public_views().len();
        anyhow::ensure!(
            served > 0 || self.plan.stopping.load(Ordering::Relaxed),
            "none of the {} sources can be served; the lines above say why",
            self.sources.len()
        );
        tracing::info!(layers = served, watch = self.plan.watch, "all sources are loaded");
        Ok(())
    }

    /// Removes base files of other sources and of former versions of these.
    fn prune(&self) {
        let mut kept = self.sources.folders();
        kept.extend(self.derivations.folders());
        if let Err(error) = prune(&self.plan.bases, &kept) {
            tracing::debug!("base files of other sources were left: {error}");
        }
        let named = self
            .sources
            .values()
            .flat_map(|s| s.names.iter().map(|(_, id)| id.clone()));
        let derived = self.config.derived.keys().map(|name| LayerId::from_name(name));
        let layers: Vec<LayerId> = named.chain(derived).collect();
        let sources: Vec<&Path> = self.sources.keys().map(PathBuf::as_path).collect();
        self.app.versions.settle(&layers, &sources);
    }

    /// The next event; `None` when it is time to look.
    fn next_event(&self) -> Option<Event> {
        let Some(at) = self.next_look else {
            return Some(self.events.recv().unwrap_or(Event::Stop));
        };
        match self.events.recv_timeout(at.saturating_duration_since(Instant::now())) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Event::Stop),
        }
    }

    /// Looks at all sources and takes those that changed and rest.
    fn look(&mut self) {
        let began = Instant::now();
        let job = |s: &Path| self.plan.job(s, &self.config);
        let looks = look_at(&self.plan.paths, self.sources.keys(), job, &self.plan.remotes);
        let (mut changed, mut unrest, mut at_rest) = (false, false, vec![]);
        for (path, look) in looks {
            let source = self.sources.of(&path);
            if source.taken.as_ref() == Some(&look) {
                source.seen = None;
                continue;
            }
            let replaced = source.taken.as_ref().is_some_and(|taken| taken.was_replaced_by(&look));
            match source.seen.replace(look.clone()) {
                _ if replaced && !source.reading => at_rest.push((path, look)),
                None => changed = true,
                Some(before) if before.rests(&look) && !source.reading => at_rest.push((path, look)),
                Some(_) => unrest = true,
            }
        }
        for (path, look) in at_rest {
            if look == Look::Gone {
                self.let_go(&path);
            } else {
                self.ask(path, look);
            }
        }
        // Looks between two regular ones do not put the next one off: a source that changes each second is read each second.
        if began >= self.regular + EVERY {
            let late = began - self.regular;
            self.regular = if late < 2 * EVERY { self.regular + EVERY } else { began };
        }
        self.next_look = if changed {
            Some(began + SETTLING)
        } else if self.plan.watch || unrest {
            Some(self.regular + EVERY)
        } else {
            None
        };
    }

    /// Puts a source in the queue; refuses by name what can't be seen or would not fit.
    fn ask(&mut self, path: PathBuf, look: Look) {
        let needed = self.plan.estimate(&path);
        let left = self.sources.memory_left(&path, self.plan.budget);
        let source = self.sources.of(&path);
        source.taken = Some(look.clone());
        source.seen = None;
        if let Look::Hidden { reason } = look {
            return self.refuse(&path, &reason);
        }
        if needed > left {
            let message = format!(
                "{} needs about {} of memory, and {} of {} are left; raise --memory, serve fewer files, or split it",
                shown(&path),
                megabytes(needed),
                megabytes(left),
                megabytes(self.plan.budget)
            );
            return self.refuse(&path, &message);
        }
        source.asked = needed;
        source.reading = true;
        if source.served.is_empty() {
            self.app.loads.set(&path, SourceState::Loading);
        }
        if source.names.is_empty() {
            self.order.push_back(path.clone());
        }
        self.queue.push_back(path);
    }

    fn read_next(&mut self) {
        let most = std::thread::available_parallelism().map_or(2, usize::from);
        while self.running < most
            && let Some(path) = self.queue.pop_front()
        {
            let (plan, config) = (Arc::clone(&self.plan), Arc::clone(&self.config));
            let (tell, bars) = (self.tell.clone(), self.bars.clone());
            self.running += 1;
            std::thread::spawn(move || {
                let outcome = plan.read(&path, &config, &bars);
                // Nobody listens where the server has ended.
                let _ = tell.send(Event::Read(path, outcome));
            });
        }
    }

    fn has_read(&mut self, path: PathBuf, outcome: Outcome) {
        self.running -= 1;
        let source = self.sources.of(&path);
        let changed_since = source.seen.is_some();
        if self.order.contains(&path) {
            self.arrived.insert(path, outcome);
            while let Some(outcome) = self.order.front().and_then(|first| self.arrived.remove(first)) {
                if let Some(first) = self.order.pop_front() {
                    self.open(&first, outcome);
                }
            }
        } else {
            self.open(&path, outcome);
        }
        if changed_since {
            self.look();
        }
    }

    fn open(&mut self, path: &Path, outcome: Outcome) {
        self.sources.of(path).reading = false;
        let layers = match outcome {
            Ok(layers) => layers,
            Err(LoadError::Cancelled { .. }) => return,
            Err(error) => {
                let source = self.sources.of(path);
                source.asked = 0;
                if matches!(error, LoadError::Changed { .. }) {
                    // It looks otherwise than when it was asked for: the next look sees that.
                    self.next_look.get_or_insert(Instant::now() + SETTLING);
                    if !source.served.is_empty() {
                        return tracing::info!("{error}: that happens once it rests");
                    }
                }
                return self.refuse(path, &error.to_string());
            }
        };
        let names: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
        let ids = self.sources.ids(path, &names);
        let folder = layers.first().and_then(|l| l.base.parent()).map(Path::to_owned);
        let layers: Vec<(LoadedLayer, LayerId)> = layers.into_iter().zip(ids.iter().cloned()).collect();
        self.derivations.take(path, &layers, &self.config);
        let layers = if self.started { self.placed(layers) } else { layers };
        let source = self.sources.of(path);
        let opened = opening::open(
            &self.app,
            &self.config,
            &self.plan.audience,
            path,
            layers,
            &source.served,
        );
        match opened {
            Opened::Damaged if !source.repeated => {
                source.repeated = true;
                tracing::warn!(
                    source = shown(path),
                    "the base file is damaged: the source is read again"
                );
                // Gone or not, the next load puts a whole one in its place.
                remove(folder.as_deref());
                let had_ids = !source.names.is_empty();
                let look = source.taken.clone().unwrap_or(Look::Gone);
                self.ask(path.to_owned(), look);
                if !had_ids && let Some(last) = self.order.pop_back() {
                    self.order.push_front(last);
                }
            }
            Opened::Damaged => {
                source.asked = 0;
                self.refuse(
                    path,
                    "its base file is damaged, twice; look at the disk of the state folder",
                );
            }
            Opened::Layers { served, refused } => {
                let swapped = refused.len() < names.len();
                served.iter().for_each(|id| self.audits.ask(id.clone()));
                source.repeated = false;
                source.names = names.into_iter().zip(ids).collect();
                source.served = served;
                let former = if swapped {
                    source.needed = source.asked;
                    std::mem::replace(&mut source.folder, folder)
                } else {
                    folder
                };
                source.asked = 0;
                source.failed = !refused.is_empty();
                let kept = source.folder.clone();
                self.say(path, &refused);
                // What is mapped stays readable until it is let go.
                remove(former.filter(|folder| Some(folder) != kept.as_ref()).as_deref());
            }
        }
    }

    /// Layers that were just read, with the places that their joins give them.
    fn placed(&mut self, layers: Vec<(LoadedLayer, LayerId)>) -> Vec<(LoadedLayer, LayerId)> {
        let (config, plan) = (Arc::clone(&self.config), Arc::clone(&self.plan));
        let place = |(loaded, id): (LoadedLayer, LayerId)| {
            let placed = self
                .derivations
                .placed(&id, loaded, &config, &plan.bases, &plan.stopping);
            (placed, id)
        };
        layers.into_iter().map(place).collect()
    }

    /// Makes the layers that are made of others, as far as these changed.
    fn derive(&mut self) {
        let (config, plan) = (Arc::clone(&self.config), Arc::clone(&self.plan));
        for due in self.derivations.due(&config, &plan.bases, &plan.stopping) {
            match due {
                Due::Open(id, layer) => {
                    let source = self
                        .derivations
                        .source(&id)
                        .unwrap_or_else(|| PathBuf::from(id.as_str()));
                    let before: Vec<LayerId> = self
                        .app
                        .catalog
                        .public_view(id.as_str())
                        .map(|_| id.clone())
                        .into_iter()
                        .collect();
                    let layers = vec![(*layer, id.clone())];
                    match opening::open(&self.app, &config, &plan.audience, &source, layers, &before) {
                        Opened::Layers { refused, .. } if refused.is_empty() => {
                            self.audits.ask(id.clone());
                            opening::say(&self.app, &id, &source);
                            if self.sources.get(&source).is_none() {
                                let layers = vec![id.to_string()];
                                self.app.loads.set(&source, SourceState::Open { layers });
                            }
                        }
                        Opened::Layers { refused, .. } => refuse(&self.app, &source, &refused.join("; "), &before),
                        Opened::Damaged => refuse(&self.app, &source, "its base file is damaged", &before),
                    }
                }
                Due::Refuse(id, reason) => {
                    let source = self.derivations.source(&id);
                    let served = match &source {
                        Some(path) => self.sources.of(path).served.clone(),
                        None => self
                            .app
                            .catalog
                            .public_view(id.as_str())
                            .map(|_| id.clone())
                            .into_iter()
                            .collect(),
                    };
                    let message = format!("layer \"{id}\": {reason}");
                    let path = source.unwrap_or_else(|| PathBuf::from(id.as_str()));
                    refuse(&self.app, &path, &message, &served);
                }
            }
        }
    }

    fn say(&mut self, path: &Path, refused: &[String]) {
        let Some(source) = self.sources.get(path) else { return };
        if !refused.is_empty() {
            return self.refuse(path, &refused.join("; "));
        }
        source.served.iter().for_each(|id| opening::say(&self.app, id, path));
        let layers = source.served.iter().map(ToString::to_string).collect();
        self.app.loads.set(path, SourceState::Open { layers });
    }

    fn refuse(&mut self, path: &Path, message: &str) {
        let source = self.sources.of(path);
        source.failed = true;
        refuse(&self.app, path, message, &source.served);
    }

    /// A source is no longer there: neither are its layers.
    fn let_go(&mut self, path: &Path) {
        let Some(source) = self.sources.remove(path) else {
            return;
        };
        // A file that came and went between two looks was never anybody's.
        if source.taken.is_none() && source.served.is_empty() && !source.failed {
            return;
        }
        self.app.catalog.swap(vec![], &source.served);
        source.served.iter().for_each(|id| self.app.versions.gone(id));
        self.derivations.forget(path);
        let layers: Vec<String> = source.served.iter().map(ToString::to_string).collect();
        tracing::warn!(
            source = shown(path),
            layers = layers.join(", "),
            "the file is gone, and so are its layers"
        );
        let message = "the file is no longer there, and its layers went with it; put it back to have them again";
        self.app.loads.set_gone(path, message.to_owned());
        remove(source.folder.as_deref());
    }
}

/// Removes a folder of base files; what can't be removed is pruned at the next start.
fn remove(folder: Option<&Path>) {
    if let Some(folder) = folder {
        let _ = std::fs::remove_dir_all(folder);
    }
}
