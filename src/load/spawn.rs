//! Starting a loading process and listening to it.
//!
//! In: a job. Out: its layers, or one clear error: whatever happens to the process, the server goes
//! on. Blocking; callers run it on a thread of their own.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::cache;
use super::error::LoadError;
use super::job::{Identity, Job, Line, LoadedLayer, Progress};

/// How often giving up is looked for.
const TICK: Duration = Duration::from_millis(50);

/// Bytes of the process's last words that are kept.
const LAST_WORDS: usize = 8 << 10;

/// The program that is started, with the argument `load-child`.
#[derive(Debug, Clone)]
pub struct Loader {
    program: PathBuf,
}

impl Loader {
    /// A program to start instead of this one.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
        }
    }

    /// This program itself.
    ///
    /// # Errors
    /// When the system does not say where it lies.
    pub fn this_program() -> std::io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?))
    }
}

/// Loads a source with this program as the loading process. See [`Loader::load_source`].
///
/// # Errors
/// See [`LoadError`].
pub fn load_source(
    job: &Job,
    on_progress: impl FnMut(Progress),
    cancel: &AtomicBool,
) -> Result<Vec<LoadedLayer>, LoadError> {
    let loader = Loader::this_program().map_err(|e| LoadError::Start {
        path: job.source.clone(),
        reason: e.to_string(),
    })?;
    loader.load_source(job, on_progress, cancel)
}

impl Loader {
    /// Loads a source, or takes the result of the last time where nothing changed since.
    ///
    /// Blocks until done. `on_progress` is called on this thread; once `cancel` is set the process
    /// is ended within a tick of 50 ms.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn load_source(
        &self,
        job: &Job,
        on_progress: impl FnMut(Progress),
        cancel: &AtomicBool,
    ) -> Result<Vec<LoadedLayer>, LoadError> {
        // A database says nothing of what it holds before it is read.
        let before = match &job.database {
            Some(_) => None,
            None => Some(readable(&job.source)?),
        };
        let key = cache::cache_key(job);
        let folder = job.out.join(&key);
        if let Some(layers) = cache::take(&folder).filter(|_| before.is_some()) {
            return Ok(layers);
        }
        let unwritable = |e: std::io::Error| LoadError::Write {
            path: job.source.clone(),
            reason: e.to_string(),
        };
        // Two loads of one source at a time must not share a folder.
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let n = COUNTER.fetch_add(1, Ordering::Relaxed);
        let part = job.out.join(format!("{key}.{}.{n}.part", std::process::id()));
        std::fs::create_dir_all(&part).map_err(unwritable)?;
        let result = self.run(job, &part, on_progress, cancel).and_then(|(layers, whole)| {
            // Where the whole of the file that the key names was read, another may stand in its place by now. Else
            // a source with another key is another, and what was read is of neither.
            if whole != before && cache::cache_key(job) != key {
                return Err(LoadError::Changed {
                    path: job.source.clone(),
                });
            }
            cache::keep(&part, &folder, &layers).map_err(unwritable)
        });
        if result.is_err() {
            let _ = std::fs::remove_dir_all(&part);
        }
        result
    }

    fn run(
        &self,
        job: &Job,
        part: &Path,
        mut on_progress: impl FnMut(Progress),
        cancel: &AtomicBool,
    ) -> Result<(Vec<LoadedLayer>, Option<Identity>), LoadError> {
        let path = || job.source.clone();
        let failed = |e: std::io::Error| LoadError::Start {
            path: path(),
            reason: e.to_string(),
        };
        let mut process = Process(self.command().spawn().map_err(failed)?);
        let mut message = serde_json::to_vec(&(job, part)).map_err(|e| failed(e.into()))?;
        message.push(b'\n');
        if let Some(mut input) = process.0.stdin.take() {
            // A process that is gone already is told of below, by its exit.
            let _ = input.write_all(&message);
        }
        let (sender, lines) = mpsc::sync_channel::<String>(64);
        let output = process.0.stdout.take();
        let listener = std::thread::spawn(move || {
            for line in output.into_iter().flat_map(|o| BufReader::new(o).lines()) {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let errors = process.0.stderr.take();
        let last_words = std::thread::spawn(move || errors.map(keep_last).unwrap_or_default());
        let deadline = Instant::now() + job.limits.time;
        let mut layers = vec![];
        let mut whole = None;
        let mut answer = None;
        loop {
            if cancel.load(Ordering::Relaxed) {
                return Err(LoadError::Cancelled { path: path() });
            }
            if Instant::now() >= deadline {
                return Err(over_time(job));
            }
            match lines.recv_timeout(TICK) {
                Ok(line) => match serde_json::from_str(&line) {
                    Ok(Line::Progress(progress)) => on_progress(progress),
                    Ok(Line::Layer(layer)) => layers.push(*layer),
                    Ok(Line::Note(note)) => tracing::debug!(source = %job.source.display(), note, "loading process"),
                    Ok(Line::Whole(identity)) => whole = Some(identity),
                    Ok(Line::Done) => answer = Some(Ok(())),
                    Ok(Line::Error(error)) => answer = Some(Err(error)),
                    Err(_) => tracing::debug!(source = %job.source.display(), line, "loading process"),
                },
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let _ = listener.join();
        let status = process.0.wait().map_err(failed)?;
        let words = last_words.join().unwrap_or_default();
        if !words.is_empty() {
            tracing::debug!(source = %job.source.display(), words, "loading process");
        }
        match answer {
            Some(Ok(())) if status.success() => Ok((layers, whole)),
            Some(Err(error)) => Err(error),
            _ => Err(why_it_ended(job, status, &words)),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("load-child")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env_clear()
            .env("PROJ_NETWORK", "OFF")
            // The limit on memory counts what is reserved: nothing is taken ahead.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            // The process ends soon: what it lets go it will need again, and each page costs as much as writing it.
            .env("MIMALLOC_PURGE_DELAY", "-1")
            .env("LC_ALL", "C.UTF-8");
        for name in ["PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }
}

/// A process that is ended and awaited with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it is gone and awaited already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a source is there, can be opened and holds something, before a process is started for it.
fn readable(path: &Path) -> Result<Identity, LoadError> {
    let unreadable = |e: std::io::Error| LoadError::Unreadable {
        path: path.to_owned(),
        reason: e.to_string(),
    };
    let found = std::fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err(LoadError::NotGeodata {
            path: path.to_owned(),
            reason: "it is no file".into(),
        });
    }
    if found.len() == 0 {
        return Err(LoadError::Empty { path: path.to_owned() });
    }
    std::fs::File::open(path).map_err(unreadable)?;
    Ok(found.into())
}

/// The last bytes of a stream, as text.
fn keep_last(mut stream: impl Read) -> String {
    let mut kept: VecDeque<u8> = VecDeque::new();
    let mut block = [0; 4096];
    while let Ok(n) = stream.read(&mut block) {
        if n == 0 {
            break;
        }
        kept.extend(&block[..n]);
        let surplus = kept.len().saturating_sub(LAST_WORDS);
        kept.drain(..surplus);
    }
    String::from_utf8_lossy(kept.make_contiguous()).into_owned()
}

fn over_time(job: &Job) -> LoadError {
    LoadError::OverTime {
        path: job.source.clone(),
        seconds: job.limits.time.as_secs(),
    }
}

/// What the end of a process without an answer means.
fn why_it_ended(job: &Job, status: ExitStatus, words: &str) -> LoadError {
    let path = job.source.clone();
    // What Rust's and C++'s allocators say before they end the process.
    let memory = [
        "memory allocation of",
        "bad_alloc",
        "out of memory",
        "Out of memory",
        "cannot allocate",
    ];
    if memory.iter().any(|m| words.contains(m)) {
        return LoadError::OverMemory {
            path,
            limit_bytes: job.limits.memory_bytes,
        };
    }
    match status.signal() {
        Some(libc::SIGXCPU) => over_time(job),
        Some(libc::SIGBUS) => LoadError::Changed { path },
        Some(signal) => LoadError::Ended {
            path,
            how: format!("signal {signal}"),
        },
        None => LoadError::Ended {
            path,
            how: format!("exit code {}", status.code().unwrap_or(-1)),
        },
    }
}
