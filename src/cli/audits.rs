//! The auditor: one thread that compares the features of layers with each other once they are served.
//!
//! One layer after another, in the order in which they were opened, at the lowest priority the system has: an audit
//! takes what requests and loads leave. It ends within moments when the server does. A panic is that layer's, which
//! then stays *open*.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use crate::model::layer::LayerId;
use crate::serve::state::App;
use crate::store::AuditOutcome;

/// The lowest of nice(2).
const LOWEST_PRIORITY: i32 = 19;

/// Who is asked for audits.
#[derive(Debug)]
pub(super) struct Audits {
    queue: Sender<LayerId>,
}

impl Audits {
    /// Starts the thread; it ends with the last asker, or when `stopping` is set.
    pub(super) fn start(app: Arc<App>, stopping: Arc<AtomicBool>) -> Self {
        let (queue, asked) = channel();
        std::thread::spawn(move || run(&app, &stopping, &asked));
        Self { queue }
    }

    /// Asks for an audit of a layer as it is by then; of one that is audited nothing is done.
    pub(super) fn ask(&self, id: LayerId) {
        // Nobody listens where the server ends.
        let _ = self.queue.send(id);
    }
}

/// Gives this thread the lowest priority.
pub(super) fn yield_to_others() {
    // Of a thread, on Linux; where it is refused, the thread runs as everything else does.
    let _ = rustix::process::setpriority_process(None, LOWEST_PRIORITY);
}

fn run(app: &App, stopping: &AtomicBool, asked: &Receiver<LayerId>) {
    yield_to_others();
    while let Ok(id) = asked.recv() {
        let go_on = || !stopping.load(Ordering::Relaxed);
        if !go_on() {
            return;
        }
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| app.catalog.audit(&id, &go_on)));
        match outcome {
            Ok(AuditOutcome::Done { content, report }) => {
                app.versions.audited(&id, &content, &report);
                say(app, &id, began);
            }
            Ok(AuditOutcome::Passed) => {}
            Ok(AuditOutcome::Stopped) => return,
            Err(_) => tracing::error!(layer = id.as_str(), "the audit failed; the layer is served without it"),
        }
    }
}

/// Says what was found, as the layer's public sees it.
fn say(app: &App, id: &LayerId, began: Instant) {
    if let Some(view) = app.catalog.public_view(id.as_str()) {
        let faults: u64 = view.report().counts.values().sum();
        let seconds = began.elapsed().as_secs_f64();
        tracing::info!(layer = id.as_str(), faults, seconds, "audited");
    }
}
