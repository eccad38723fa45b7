//! Sources become layers: estimated, loaded in processes of their own, opened in the order of their paths.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::config::Config;
use super::exposure;
use super::memory::megabytes;
use crate::load::cache::{cache_key, prune};
use crate::load::estimate::estimate_bytes;
use crate::load::sources::layer_ids;
use crate::load::{Job, Limits, LoadError, LoadedLayer, Progress, Settings, load_source};
use crate::model::layer::LayerId;
use crate::serve::loads::SourceState;
use crate::serve::state::App;
use crate::store::check_base;

/// Within what the loads have to stay, and who may see the layers.
pub(super) struct Plan {
    /// Memory for all layers, in bytes.
    pub(super) budget: u64,
    /// Memory for reading one source, in bytes.
    pub(super) load_memory: Option<u64>,
    /// Time for reading one source.
    pub(super) load_time: Option<Duration>,
    /// The address that is listened on.
    pub(super) host: IpAddr,
    /// Layers that may be seen beyond this machine whatever their fields.
    pub(super) public: Vec<String>,
    /// Set when the server ends.
    pub(super) stopping: Arc<AtomicBool>,
}

/// What reading a source gave, by its place in the list.
type Outcome = (usize, Result<Vec<LoadedLayer>, LoadError>);

/// Loads all sources and opens their layers.
///
/// Reading goes on in as many processes as there are processors; layers are opened in the order of
/// their sources' paths, so that ids do not depend on who was first.
///
/// # Errors
/// When no source at all can be served.
pub(super) fn load_all(
    app: &App,
    sources: &[PathBuf],
    plan: &Plan,
    config: &Config,
    bases: &Path,
) -> anyhow::Result<()> {
    let fits = within_budget(app, sources, plan.budget);
    let (send, outcomes) = mpsc::channel::<Outcome>();
    let next = AtomicUsize::new(0);
    let bars = MultiProgress::new();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let (send, next, bars, fits) = (send.clone(), &next, &bars, &fits);
            scope.spawn(move || {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    let Some(source) = sources.get(i).filter(|_| !plan.stopping.load(Ordering::Relaxed)) else {
                        break;
                    };
                    let outcome = if fits[i] {
                        load_one(source, plan, config, bases, bars)
                    } else {
                        Ok(vec![])
                    };
                    if send.send((i, outcome)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let again = |source: &Path| load_one(source, plan, config, bases, &bars);
        open_in_order(app, sources, plan, config, outcomes, &again);
    });
    let keys: Vec<String> = sources
        .iter()
        .map(|s| cache_key(&job(s, plan, config, bases)))
        .collect();
    if let Err(error) = prune(bases, &keys) {
        tracing::debug!("base files of other sources were left: {error}");
    }
    let served = app.catalog.public_views().len();
    anyhow::ensure!(
        served > 0 || plan.stopping.load(Ordering::Relaxed),
        "none of the {} sources can be served; the lines above say why",
        sources.len()
    );
    tracing::info!(layers = served, "all sources are loaded");
    Ok(())
}

/// Refuses by name what would not fit; earlier sources have precedence.
fn within_budget(app: &App, sources: &[PathBuf], budget: u64) -> Vec<bool> {
    let mut left = budget;
    let fits = |source: &PathBuf| {
        let needed = estimate_bytes(source);
        if needed <= left {
            left -= needed;
            return true;
        }
        let message = format!(
            "{} needs about {} of memory, and {} of {} are left; raise --memory, serve fewer files, or split it",
            shown(source),
            megabytes(needed),
            megabytes(left),
            megabytes(budget)
        );
        refuse(app, source, &message);
        false
    };
    sources.iter().map(fits).collect()
}

fn load_one(
    source: &Path,
    plan: &Plan,
    config: &Config,
    bases: &Path,
    bars: &MultiProgress,
) -> Result<Vec<LoadedLayer>, LoadError> {
    let bar = bars.add(ProgressBar::no_length().with_message(shown(source)));
    bar.set_style(style());
    let job = job(source, plan, config, bases);
    let progress = |p: Progress| {
        bar.set_length(p.total);
        bar.set_position(p.done);
    };
    let outcome = load_source(&job, progress, &plan.stopping);
    bar.finish_and_clear();
    outcome
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {percent:>3} % {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn job(source: &Path, plan: &Plan, config: &Config, bases: &Path) -> Job {
    let job = job_with(source, config, bases);
    let limits = Limits {
        memory_bytes: plan.load_memory.unwrap_or(job.limits.memory_bytes),
        time: plan.load_time.unwrap_or(job.limits.time),
        ..job.limits
    };
    Job { limits, ..job }
}

/// A job with what the configuration says of layers.
pub(super) fn job_with(source: &Path, config: &Config, bases: &Path) -> Job {
    let settings = |id: &str| {
        let (id_field, role, crs) = config.reading(id);
        (id.to_owned(), Settings { id_field, role, crs })
    };
    let mut job = Job::new(source, bases);
    job.by_layer = config.layer_ids().map(settings).collect();
    job
}

/// Opens what was loaded, in the order of the sources.
fn open_in_order(
    app: &App,
    sources: &[PathBuf],
    plan: &Plan,
    config: &Config,
    outcomes: mpsc::Receiver<Outcome>,
    again: &dyn Fn(&Path) -> Result<Vec<LoadedLayer>, LoadError>,
) {
    let mut waiting: Vec<Option<Result<Vec<LoadedLayer>, LoadError>>> = sources.iter().map(|_| None).collect();
    // Ids depend on the sources before only, so each can be named when its turn comes.
    let mut named: Vec<(PathBuf, Vec<String>)> = vec![];
    for (i, outcome) in outcomes {
        waiting[i] = Some(outcome);
        while let Some(outcome) = waiting.get_mut(named.len()).and_then(Option::take) {
            let source = &sources[named.len()];
            let outcome = outcome.and_then(|layers| match damaged(&layers) {
                None => Ok(layers),
                Some(folder) => {
                    tracing::warn!(
                        source = shown(source),
                        "the base file is damaged: the source is read again"
                    );
                    // Gone or not, the next load puts a whole one in its place.
                    let _ = std::fs::remove_dir_all(folder);
                    again(source)
                }
            });
            let layers = outcome.unwrap_or_else(|error| {
                refuse(app, source, &error.to_string());
                vec![]
            });
            named.push((source.clone(), layers.iter().map(|l| l.name.clone()).collect()));
            let ids = layer_ids(&named).pop().unwrap_or_default();
            if !layers.is_empty() {
                open(app, source, layers.into_iter().zip(ids).collect(), plan, config);
            }
        }
    }
}

/// The folder of base files that are not what was written; `None` where they are.
fn damaged(layers: &[LoadedLayer]) -> Option<PathBuf> {
    let damaged = layers.iter().find(|layer| check_base(&layer.base).is_err())?;
    damaged.base.parent().map(Path::to_owned)
}

fn open(app: &App, source: &Path, layers: Vec<(LoadedLayer, LayerId)>, plan: &Plan, config: &Config) {
    let mut served = vec![];
    let mut refused = vec![];
    for (layer, id) in layers {
        let fields: Vec<&str> = layer.directory.fields.iter().map(|f| f.name.as_str()).collect();
        let info = config.info(id.clone(), &fields);
        if let Some(reason) = exposure::refusal(&info, &fields, plan.host, &plan.public) {
            refused.push(format!("layer \"{id}\" is not served: {reason}"));
            continue;
        }
        match app.catalog.open(info, &layer.base, layer.report) {
            Ok(()) => {
                say(app, id.as_str(), source);
                served.push(id.to_string());
            }
            Err(error) => refused.push(format!("layer \"{id}\" is not served: {error}")),
        }
    }
    if refused.is_empty() || !served.is_empty() {
        app.loads.set(source, SourceState::Open { layers: served });
        refused.iter().for_each(|r| tracing::error!("{}: {r}", shown(source)));
    } else {
        refuse(app, source, &refused.join("; "));
    }
}

/// Says what is served, as its public sees it.
fn say(app: &App, id: &str, source: &Path) {
    if let Some(view) = app.catalog.public_view(id) {
        let report = view.report();
        let role = view.info().role.map(crate::model::role::Role::name);
        tracing::info!(
            layer = id,
            source = shown(source),
            features = view.count(),
            crs = view.crs().label(),
            role,
            role_guessed = view.info().role_guessed,
            repaired = report.repaired,
            without_place = view.null_geometries(),
            faults = report.faults.len(),
            "served"
        );
    }
}

fn refuse(app: &App, source: &Path, message: &str) {
    // The log is the operator's and names the path; the address says the file's name only.
    tracing::error!(source = shown(source), "{message}");
    let folder = source.parent().map(|p| format!("{}/", p.display())).unwrap_or_default();
    app.loads.set(
        source,
        SourceState::Failed {
            message: message.replace(&folder, ""),
        },
    );
}

/// A source by its file name.
fn shown(source: &Path) -> String {
    source.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
