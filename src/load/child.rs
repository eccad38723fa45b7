//! The loading process: reads a job from standard input, says what it does on standard output.
//!
//! In: one [`Job`] as a line of JSON. Out: lines of JSON, the last of them `done` or `error`. Before
//! a byte of the source is read, the process fences itself in.

use std::io::{self, BufRead, Write};
use std::path::Path;

use super::error::LoadError;
use super::job::{Job, Line};
use super::{fence, read};

/// Runs the loading process: `terril load-child`. Returns the exit code.
#[must_use]
pub fn run() -> i32 {
    let mut text = String::new();
    if io::stdin().lock().read_line(&mut text).is_err() {
        return 2;
    }
    let Ok((job, out)) = serde_json::from_str::<(Job, std::path::PathBuf)>(&text) else {
        return 2;
    };
    let mut output = io::stdout().lock();
    let mut say = move |line: &Line| {
        // Nobody listens any more where this fails: the server is gone, and so will we be.
        if let Ok(text) = serde_json::to_string(line)
            && writeln!(output, "{text}").and_then(|()| output.flush()).is_err()
        {
            std::process::exit(3);
        }
    };
    match work(&job, &out, &mut say) {
        Ok(()) => {
            say(&Line::Done);
            0
        }
        Err(error) => {
            say(&Line::Error(error));
            1
        }
    }
}

fn work(job: &Job, out: &Path, say: &mut dyn FnMut(&Line)) -> Result<(), LoadError> {
    for missing in fence::raise(job, out) {
        say(&Line::Note(missing));
    }
    read::read_source(job, out, say).map_err(|error| {
        // GDAL calls a lack of memory by many names; what is left of it tells.
        if memory_is_short() {
            LoadError::OverMemory {
                path: job.source.clone(),
                limit_bytes: job.limits.memory_bytes,
            }
        } else {
            error
        }
    })
}

/// Whether even a small request for memory fails.
fn memory_is_short() -> bool {
    Vec::<u8>::new().try_reserve_exact(SMALL_REQUEST).is_err()
}

/// Less than any layer that is worth loading needs.
const SMALL_REQUEST: usize = 8 << 20;
