//! Sources by address: files on the web, tables of databases.
//!
//! In: the paths of the command line and the addresses of the configuration. Out: paths again, an address among them in
//! the form that may be shown (without credentials and secret parameters); under that name everybody else knows the
//! source. What is secret stays here, and goes to the loading process by its standard input.
//!
//! A file is downloaded by the server, into `STATE/downloads/<key>/`, and is then a source like any other. Whether
//! it changed is asked at each load; a load happens at the start, at SIGHUP, and for files every [`REFRESH`] with
//! `--watch`. A database is read anew at the start and at SIGHUP. Where a source can't be had, the last of it is
//! served, and its report says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::cache;
use super::error::LoadError;
use super::fetch::{Address, Conditional, Fetcher, Limits, Outcome, Wanted};
use super::job::{Job, LoadedLayer, Progress};
use super::postgis::{Access, DatabaseError, Environment};
use super::report::{Fault, FaultKind};
use super::spawn::load_source;

/// Between two questions whether a file on the web has changed.
pub const REFRESH: Duration = Duration::from_secs(300);

/// Why an address is none.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Of a file.
    #[error("{0}")]
    Web(String),
    /// Of a database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

#[derive(Debug, Clone)]
enum Remote {
    Web(Address),
    Database(Access),
}

#[derive(Debug)]
struct Known {
    remote: Remote,
    /// What its only layer is to be called.
    name: Option<String>,
}

/// How often a source was to be read anew, and when that was last.
#[derive(Debug, Clone, Copy)]
struct Asked {
    times: u64,
    at: Instant,
}

/// The sources that are addresses, by the names under which others know them.
#[derive(Debug, Default)]
pub struct Remotes {
    known: BTreeMap<PathBuf, Known>,
    downloads: PathBuf,
    asked: Mutex<BTreeMap<PathBuf, Asked>>,
}

impl Remotes {
    /// Says which folder files are downloaded to; else it is the one where this runs.
    #[must_use]
    pub fn with_downloads(self, downloads: PathBuf) -> Self {
        Self { downloads, ..self }
    }

    /// Takes the addresses out of paths; in their place stands what may be shown.
    ///
    /// # Errors
    /// What begins like an address and is none.
    pub fn take(&mut self, paths: &[PathBuf]) -> Result<Vec<PathBuf>, RemoteError> {
        let one = |path: &PathBuf| match path.to_str() {
            Some(text) if Address::is(text) || Access::is(text) => self.add(text, None),
            _ => Ok(path.clone()),
        };
        paths.iter().map(one).collect()
    }

    /// Adds an address; gives the name under which others know it. Its only layer is called `name`, where given.
    ///
    /// # Errors
    /// What is no address.
    pub fn add(&mut self, text: &str, name: Option<&str>) -> Result<PathBuf, RemoteError> {
        let remote = if Access::is(text) {
            Remote::Database(Access::parse(text, &Environment::own())?)
        } else {
            Remote::Web(Address::parse(text).map_err(|why| RemoteError::Web(why.to_string()))?)
        };
        let shown = match &remote {
            Remote::Web(address) => address.shown().to_owned(),
            Remote::Database(access) => access.shown().to_string_lossy().into_owned(),
        };
        // Two addresses may differ by what is not shown alone.
        let numbered = (2..).map(|n| PathBuf::from(format!("{shown}#{n}")));
        let mut names = std::iter::once(PathBuf::from(&shown)).chain(numbered);
        let free = names.find(|n| self.known.get(n).is_none_or(|known| known.remote.is(&remote)));
        let free = free.unwrap_or_default();
        let name = name.map(str::to_owned);
        self.known.entry(free.clone()).or_insert(Known { remote, name });
        Ok(free)
    }

    /// What the look of a source is: it changes when the source is to be read anew. `None` for what is no address.
    #[must_use]
    pub fn look(&self, source: &Path) -> Option<String> {
        let known = self.known.get(source)?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let asked = asked.entry(source.to_owned()).or_insert(Asked { times: 0, at: now });
        if matches!(known.remote, Remote::Web(_)) && now - asked.at >= REFRESH {
            *asked = Asked {
                times: asked.times + 1,
                at: now,
            };
        }
        Some(format!("asked {} times", asked.times))
    }

    /// Has every source read anew at the next look.
    pub fn ask_again(&self) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        for asked in asked.values_mut() {
            *asked = Asked {
                times: asked.times + 1,
                at: Instant::now(),
            };
        }
    }

    /// The file that a source is read from, where it has one by now: itself, or its last download.
    #[must_use]
    pub fn file(&self, source: &Path) -> Option<PathBuf> {
        match self.known.get(source).map(|known| &known.remote) {
            None => Some(source.to_owned()),
            Some(Remote::Web(address)) => Some(Fetcher::last(address, &self.folder(address))?.path),
            Some(Remote::Database(_)) => None,
        }
    }

    fn folder(&self, address: &Address) -> PathBuf {
        self.downloads.join(address.key())
    }

    /// Loads a source: fetched first where it is a file on the web. What is no address is loaded as it is.
    ///
    /// # Errors
    /// See [`LoadError`]; its path is the source's name.
    pub fn load(
        &self,
        job: &Job,
        mut on_progress: impl FnMut(Progress),
        cancel: &AtomicBool,
    ) -> Result<Vec<LoadedLayer>, LoadError> {
        let Some(known) = self.known.get(&job.source) else {
            return load_source(job, on_progress, cancel);
        };
        let mut job = job.clone();
        job.name.clone_from(&known.name);
        let source = job.source.clone();
        let (layers, note) = match &known.remote {
            Remote::Database(access) => load_tables(job, access.clone(), on_progress, cancel)?,
            Remote::Web(address) => {
                let (file, note) = self.fetch(&job, address, &mut on_progress, cancel)?;
                job.source.clone_from(&file);
                let layers = load_source(&job, on_progress, cancel).map_err(|e| e.with_path(&file, &source))?;
                (layers, note)
            }
        };
        Ok(layers
            .into_iter()
            .map(|layer| renamed(layer, &source, note.as_ref()))
            .collect())
    }

    /// Brings a file; where that fails, the last one, with what there is to say of it.
    fn fetch(
        &self,
        job: &Job,
        address: &Address,
        on_progress: &mut impl FnMut(Progress),
        cancel: &AtomicBool,
    ) -> Result<(PathBuf, Option<Fault>), LoadError> {
        let folder = self.folder(address);
        let defaults = Limits::default();
        let fetcher = Fetcher::new(Limits {
            time: defaults.time.min(job.limits.time),
            ..defaults
        });
        let wanted = Wanted {
            address,
            folder: &folder,
            name: None,
            conditional: Conditional::IfChanged,
        };
        let mut progress = |done, total: Option<u64>| {
            on_progress(Progress {
                done,
                total: total.unwrap_or(done),
            });
        };
        match fetcher.get(&wanted, cancel, &mut progress) {
            Ok(Outcome::Fresh(download) | Outcome::Unchanged(download)) => Ok((download.path, None)),
            Err(error) if matches!(error.why, super::fetch::Why::Cancelled) => Err(LoadError::Cancelled {
                path: job.source.clone(),
            }),
            Err(error) => {
                let reason = chain(&error.why);
                let Some(last) = Fetcher::last(address, &folder) else {
                    return Err(LoadError::Fetch {
                        path: job.source.clone(),
                        reason,
                    });
                };
                tracing::warn!(source = address.shown(), "{reason}; what was downloaded last is served");
                Ok((last.path, Some(as_before(&reason, last.fetched))))
            }
        }
    }
}

impl Remote {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Web(a), Self::Web(b)) => a == b,
            (Self::Database(a), Self::Database(b)) => a == b,
            _ => false,
        }
    }
}

/// Reads tables; where the database can't be reached, takes what was read last.
fn load_tables(
    mut job: Job,
    mut access: Access,
    on_progress: impl FnMut(Progress),
    cancel: &AtomicBool,
) -> Result<(Vec<LoadedLayer>, Option<Fault>), LoadError> {
    let path = job.source.clone();
    let found = access.find_host();
    job.database = Some(access);
    let read = match found {
        Ok(()) => load_source(&job, on_progress, cancel),
        Err(_) => Err(LoadError::Unreadable {
            path,
            reason: "no machine of that name is known".into(),
        }),
    };
    match read {
        Ok(layers) => Ok((layers, None)),
        Err(LoadError::Unreadable { path, reason }) => match cache::last(&job) {
            Some((layers, written)) => {
                tracing::warn!(source = %path.display(), "{reason}; what was read last is served");
                Ok((layers, Some(as_before(&reason, written))))
            }
            None => Err(LoadError::Unreadable { path, reason }),
        },
        Err(error) => Err(error),
    }
}

/// The fault of a layer that is served as it was.
fn as_before(reason: &str, when: SystemTime) -> Fault {
    let at = time::OffsetDateTime::from(when);
    let day = at.date();
    let time = format!("{:02}:{:02} UTC", at.hour(), at.minute());
    Fault::new(
        FaultKind::ReaderWarning,
        format!("served as it was on {day} at {time}: {reason}"),
        format!("servie telle qu'elle était le {day} à {time} : {reason}"),
    )
}

/// A layer under the name of its source, with what there is to say of it.
fn renamed(mut layer: LoadedLayer, source: &Path, note: Option<&Fault>) -> LoadedLayer {
    source.clone_into(&mut layer.report.source);
    if let Some(fault) = note {
        *layer.report.counts.entry(fault.kind).or_default() += 1;
        layer.report.faults.push(fault.clone());
    }
    layer
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_go_by_what_may_be_shown() {
        let mut remotes = Remotes::default();
        let given = [
            "data",
            "https://me:secret@h/a.json?token=sesame",
            "https://h/a.json?token=two",
            "postgres://me:secret@h/sig",
        ];
        let given: Vec<PathBuf> = given.iter().map(PathBuf::from).collect();
        let taken = remotes.take(&given).unwrap();
        let names: Vec<String> = taken.iter().map(|p| p.display().to_string()).collect();
        assert_eq!(
            names,
            [
                "data",
                "https://h/a.json?token=…",
                "https://h/a.json?token=…#2",
                "postgres://h/sig"
            ]
        );
        assert_eq!(remotes.take(&given).unwrap(), taken, "the same again");
        assert!(!format!("{remotes:?}").contains("secret") && !format!("{remotes:?}").contains("sesame"));
        assert!(remotes.take(&["https://".into()]).is_err());
    }

    #[test]
    fn a_source_looks_otherwise_when_it_is_asked_for_again() {
        let mut remotes = Remotes::default();
        let name = remotes.add("https://h/a.json", None).unwrap();
        let first = remotes.look(&name).unwrap();
        assert_eq!(remotes.look(&name).unwrap(), first);
        remotes.ask_again();
        assert_ne!(remotes.look(&name).unwrap(), first);
        assert_eq!(remotes.look(Path::new("data/a.json")), None);
    }
}
