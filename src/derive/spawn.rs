//! Starting the process that makes a derived layer, or taking what it made the last time.
//!
//! Blocking. Whatever happens to the process, the server goes on.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::Recipe;
use super::child::{Answer, Request};
use crate::load::{LoadedLayer, cache};

/// How often giving up is looked for.
const TICK: Duration = Duration::from_millis(50);

/// Time that making one layer may take.
pub const DERIVE_SECONDS: u64 = 600;

/// Why a derived layer was not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// The layers don't fit the recipe.
    #[error("{0}")]
    Refused(String),
    /// The process or the disk.
    #[error("it could not be made: {0}")]
    Failed(String),
    /// The server ends.
    #[error("the server is stopping")]
    Cancelled,
}

/// Makes a derived layer in `bases/<key>`, or takes it from there.
///
/// # Errors
/// See [`MakeError`].
pub fn make(recipe: &Recipe, bases: &Path, cancel: &AtomicBool) -> Result<LoadedLayer, MakeError> {
    let failed = |e: std::io::Error| MakeError::Failed(e.to_string());
    let key = recipe.key();
    let folder = bases.join(&key);
    if let Some(layer) = cache::take(&folder).and_then(|mut layers| layers.pop()) {
        return Ok(layer);
    }
    let part = bases.join(format!("{key}.{}.part", std::process::id()));
    std::fs::create_dir_all(&part).map_err(failed)?;
    let made = run(recipe, &part, cancel);
    let kept = made.and_then(|layer| cache::keep(&part, &folder, &[layer]).map_err(failed));
    if kept.is_err() {
        let _ = std::fs::remove_dir_all(&part);
    }
    let mut layers = kept?;
    layers
        .pop()
        .ok_or_else(|| MakeError::Failed("it holds no layer".into()))
}

fn run(recipe: &Recipe, part: &Path, cancel: &AtomicBool) -> Result<LoadedLayer, MakeError> {
    let failed = |e: std::io::Error| MakeError::Failed(e.to_string());
    let program = std::env::current_exe().map_err(failed)?;
    let mut command = Command::new(program);
    command
        .arg("derive-child")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .env_clear()
        .env("PROJ_NETWORK", "OFF")
        .env("LC_ALL", "C.UTF-8");
    for name in ["PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let mut process = Process(command.spawn().map_err(failed)?);
    let request = Request {
        recipe: recipe.clone(),
        out: part.to_owned(),
    };
    let mut message = serde_json::to_vec(&request).map_err(|e| failed(e.into()))?;
    message.push(b'\n');
    if let Some(mut input) = process.0.stdin.take() {
        // A process that is gone already is told of below, by its silence.
        let _ = input.write_all(&message);
    }
    let (sender, answered) = mpsc::channel();
    let output = process.0.stdout.take();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = output.map(|mut o| o.read_to_string(&mut text));
        let _ = sender.send(read.is_some_and(|r| r.is_ok()).then_some(text));
    });
    let deadline = Instant::now() + Duration::from_secs(DERIVE_SECONDS);
    let text = loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(MakeError::Cancelled);
        }
        if Instant::now() >= deadline {
            return Err(MakeError::Failed(format!("it took more than {DERIVE_SECONDS} s")));
        }
        match answered.recv_timeout(TICK) {
            Ok(text) => break text,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break None,
        }
    };
    let answer: Option<Answer> = text.and_then(|t| serde_json::from_str(&t).ok());
    match answer {
        Some(made) => made.map_err(MakeError::Refused),
        None => Err(MakeError::Failed("its process ended without a word".into())),
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
