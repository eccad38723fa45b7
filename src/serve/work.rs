//! Processor work away from the async threads, with a bound, a deadline and a stop.
//!
//! At most twice as many jobs as processors run at once and 64 wait; more are refused at once. A job
//! is told to stop when its client goes (the future that waits for it is dropped) or its time is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// Jobs that may wait for a worker.
pub const QUEUE: usize = 64;

/// Why a job gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// Too many are waiting.
    #[error("too many requests are waiting")]
    Busy,
    /// Its time was up, or its client gone.
    #[error("the work took longer than its time")]
    Stopped,
    /// It panicked; the process goes on.
    #[error("the work ended unexpectedly")]
    Panicked,
}

/// Asked by a job, often, whether to go on.
#[derive(Debug, Clone)]
pub struct Stop {
    gone: Arc<AtomicBool>,
    deadline: Instant,
}

impl Stop {
    /// Whether the client has gone or the time is up.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.gone.load(Ordering::Relaxed) || Instant::now() >= self.deadline
    }
}

/// The workers.
#[derive(Debug)]
pub struct Workers {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    running: Arc<AtomicUsize>,
}

impl Default for Workers {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            places: Arc::new(Semaphore::new(2 * processors)),
            waiting: AtomicUsize::new(0),
            running: Arc::new(AtomicUsize::new(0)),
        }
    }
}

/// Sets the stop when the waiting future is dropped, and counts down what it counted up.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl Workers {
    /// Jobs that hold a worker now.
    #[must_use]
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// Runs a job on a worker thread.
    ///
    /// # Errors
    /// When too many wait, when it panics, and when its `Stop` was set by the deadline before it
    /// ended (its answer, if any, is dropped).
    pub async fn run<T: Send + 'static>(
        &self,
        time: Duration,
        job: impl FnOnce(&Stop) -> T + Send + 'static,
    ) -> Result<T, WorkError> {
        let deadline = Instant::now() + time;
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            Err(_) => self.wait_for_place(deadline).await?,
        };
        let stop = Stop {
            gone: Arc::new(AtomicBool::new(false)),
            deadline,
        };
        let gone = Arc::clone(&stop.gone);
        let _told_when_dropped = OnDrop(move || gone.store(true, Ordering::Relaxed));
        let running = Arc::clone(&self.running);
        let done = tokio::task::spawn_blocking(move || {
            running.fetch_add(1, Ordering::Relaxed);
            let _count = OnDrop(move || {
                running.fetch_sub(1, Ordering::Relaxed);
            });
            let _place = place;
            let answer = job(&stop);
            (!stop.is_set()).then_some(answer)
        });
        match done.await {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(WorkError::Stopped),
            Err(_) => Err(WorkError::Panicked),
        }
    }

    async fn wait_for_place(&self, deadline: Instant) -> Result<tokio::sync::OwnedSemaphorePermit, WorkError> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(WorkError::Busy);
        }
        let _count = OnDrop(|| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        });
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout_at(deadline.into(), place).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(WorkError::Busy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_the_job_alone() {
        let workers = Workers::default();
        let second = Duration::from_secs(60);
        #[allow(clippy::panic)]
        let ended = workers.run(second, |_| -> u8 { panic!("one bad tile") }).await;
        assert_eq!(ended, Err(WorkError::Panicked));
        assert_eq!(workers.run(second, |_| 7).await, Ok(7));
        assert_eq!(workers.running(), 0);
    }

    #[tokio::test]
    async fn a_job_stops_when_its_client_goes() {
        let workers = Arc::new(Workers::default());
        let (started, begun) = tokio::sync::oneshot::channel();
        let (ended, end) = tokio::sync::oneshot::channel();
        let for_client = Arc::clone(&workers);
        let client = tokio::spawn(async move {
            let job = move |stop: &Stop| {
                let _ = started.send(());
                while !stop.is_set() {
                    std::thread::yield_now();
                }
                let _ = ended.send(());
            };
            for_client.run(Duration::from_secs(600), job).await
        });
        begun.await.unwrap();
        client.abort();
        end.await.unwrap();
    }
}
