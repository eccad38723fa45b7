//! The process that makes a derived layer: a request on standard input, the layer on standard output.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Recipe, join, merge};
use crate::load::LoadedLayer;

/// What is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) recipe: Recipe,
    /// The folder for the base file.
    pub(super) out: PathBuf,
}

/// What comes back.
pub(super) type Answer = Result<LoadedLayer, String>;

/// Runs the process: `terril derive-child`. Returns the exit code.
#[must_use]
pub fn run() -> i32 {
    let mut text = String::new();
    if io::stdin().lock().read_line(&mut text).is_err() {
        return 2;
    }
    let Ok(request) = serde_json::from_str::<Request>(&text) else {
        return 2;
    };
    let answer = make(&request);
    let Ok(text) = serde_json::to_string(&answer) else {
        return 2;
    };
    // Nobody listens any more where this fails.
    match writeln!(io::stdout().lock(), "{text}") {
        Ok(()) => i32::from(answer.is_err()),
        Err(_) => 3,
    }
}

fn make(request: &Request) -> Answer {
    let base = request.out.join("0.base");
    let made = match &request.recipe {
        Recipe::Join(recipe) => join::join(recipe, &base),
        Recipe::Merge(recipe) => merge::merge(recipe, &base),
    };
    made.map_err(|e| e.to_string())
}
