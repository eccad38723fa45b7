//! Reading one source: its job, in a process of its own, with a bar that shows how far it is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::config::Config;
use super::opening::{Audience, shown};
use crate::load::estimate::estimate_bytes;
use crate::load::remote::Remotes;
use crate::load::{Job, Limits, LoadError, LoadedLayer, Progress, Settings};

/// Within what the loads have to stay, and when they happen.
#[derive(Debug)]
pub(super) struct Plan {
    /// The paths of the command line, addresses by the names that may be shown.
    pub(super) paths: Vec<PathBuf>,
    /// The sources that are addresses.
    pub(super) remotes: Remotes,
    /// Where base files stand.
    pub(super) bases: PathBuf,
    /// Memory for all layers, in bytes.
    pub(super) budget: u64,
    /// Memory for reading one source, in bytes.
    pub(super) load_memory: Option<u64>,
    /// Time for reading one source.
    pub(super) load_time: Option<Duration>,
    /// Whether sources are looked at all the time.
    pub(super) watch: bool,
    /// Who may see the layers.
    pub(super) audience: Audience,
    /// Set when the server ends.
    pub(super) stopping: Arc<AtomicBool>,
}

impl Plan {
    /// The job for a source.
    pub(super) fn job(&self, source: &Path, config: &Config) -> Job {
        let job = job_with(source, config, &self.bases);
        let limits = Limits {
            memory_bytes: self.load_memory.unwrap_or(job.limits.memory_bytes),
            time: self.load_time.unwrap_or(job.limits.time),
            ..job.limits
        };
        Job { limits, ..job }
    }

    /// The memory that a source's layers will take, in bytes; 0 where that is not known yet.
    pub(super) fn estimate(&self, source: &Path) -> u64 {
        self.remotes.file(source).map_or(0, |file| estimate_bytes(&file))
    }

    /// Reads a source; blocks until that is done. A panic is this source's failure, nobody else's.
    pub(super) fn read(
        &self,
        source: &Path,
        config: &Config,
        bars: &MultiProgress,
    ) -> Result<Vec<LoadedLayer>, LoadError> {
        let bar = bars.add(ProgressBar::no_length().with_message(shown(source)));
        bar.set_style(style());
        let job = self.job(source, config);
        let progress = |p: Progress| {
            bar.set_length(p.total);
            bar.set_position(p.done);
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| self.remotes.load(&job, progress, &self.stopping)));
        bar.finish_and_clear();
        bars.remove(&bar);
        outcome.unwrap_or_else(|_| {
            Err(LoadError::Ended {
                path: source.to_owned(),
                how: "an error of the program".into(),
            })
        })
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {percent:>3} % {msg}").unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A job with what the configuration says of layers.
pub(super) fn job_with(source: &Path, config: &Config, bases: &Path) -> Job {
    let settings = |id: &str| {
        let (id_field, role, crs) = config.reading(id);
        let table = config.table(id);
        let settings = Settings {
            id_field,
            role,
            crs,
            table,
        };
        (id.to_owned(), settings)
    };
    let mut job = Job::new(source, bases);
    job.by_layer = config.layer_ids().map(settings).collect();
    job
}
