//! The archivist: one thread that puts versions of layers on the disk, at the lowest priority the system has.
//!
//! Requests and loads never wait for it. What changed from one version to the next it tells in the log where layers
//! are small enough and no other load waits. At the end of the server it still writes what it was told.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::audits::yield_to_others;
use crate::model::layer::LayerId;
use crate::serve::state::App;
use crate::serve::versions::Task;

/// Layers of more features are compared when somebody asks, not for the log.
const MOST_COMPARED: usize = 250_000;

/// Between two looks for former views that nobody uses.
const TIDY: Duration = Duration::from_secs(30);

/// Starts the thread; it ends with [`Task::Stop`]. `stopping` is set when the server ends.
pub(super) fn start(app: Arc<App>, tasks: Receiver<Task>, stopping: Arc<AtomicBool>) -> JoinHandle<()> {
    std::thread::spawn(move || run(&app, &tasks, &stopping))
}

fn run(app: &App, tasks: &Receiver<Task>, stopping: &AtomicBool) {
    yield_to_others();
    let mut waiting: VecDeque<Task> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match tasks.recv_timeout(TIDY) {
                Ok(task) => waiting.push_back(task),
                Err(RecvTimeoutError::Timeout) => app.versions.close_idle(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        waiting.extend(tasks.try_iter());
        let Some(task) = waiting.pop_front() else { continue };
        if matches!(task, Task::Compare(_)) && !waiting.is_empty() {
            // Whatever is to be written comes first; of several only the last is told.
            if !waiting.iter().any(|task| matches!(task, Task::Compare(_))) {
                waiting.push_back(task);
            }
            continue;
        }
        let work = || match &task {
            Task::Compare(layer) => compare(app, layer, stopping),
            task => app.versions.work(task),
        };
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tracing::error!("a version could not be kept; what is served is not touched by that");
        }
        if matches!(task, Task::Stop) {
            return;
        }
    }
}

/// Says what changed since the version before, as everyone sees both.
fn compare(app: &App, layer: &LayerId, stopping: &AtomicBool) {
    let Some(present) = app.catalog.public_view(layer.as_str()) else {
        return;
    };
    let go_on = || !stopping.load(Ordering::Relaxed);
    if present.count() > MOST_COMPARED {
        return;
    }
    if let Some([added, removed, changed]) = app.versions.last_change(&present, &go_on) {
        tracing::info!(
            layer = layer.as_str(),
            added,
            removed,
            changed,
            "compared with the version before"
        );
    }
}
