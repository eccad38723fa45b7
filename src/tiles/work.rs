//! Stopping work that nobody waits for.
//!
//! In: a question, asked now and then, whether the client has gone. Out: [`Cancelled`], passed up by `?`. A stage
//! reports the steps it takes; a step is about a nanosecond or two. Deadlines are the caller's: its question may look at a clock.

use crate::query::select::Cancelled;

/// Steps between two questions: some 0.1 ms.
const STEPS_BETWEEN: u64 = 1 << 16;

/// Counts steps and asks, every so many, whether to go on.
pub struct Work<'a> {
    cancel: &'a dyn Fn() -> bool,
    steps: u64,
    ask_at: u64,
}

impl<'a> Work<'a> {
    /// Work that stops once `cancel` says true.
    pub fn new(cancel: &'a dyn Fn() -> bool) -> Self {
        Self {
            cancel,
            steps: 0,
            ask_at: STEPS_BETWEEN,
        }
    }

    /// Work that always runs to its end.
    #[must_use]
    pub fn unstoppable() -> Self {
        Self::new(&|| false)
    }

    /// Says that some steps were taken.
    ///
    /// # Errors
    /// [`Cancelled`] where nobody waits any more; asked once in some 65,000 steps.
    pub fn took(&mut self, steps: usize) -> Result<(), Cancelled> {
        self.steps += steps as u64;
        if self.steps < self.ask_at {
            return Ok(());
        }
        self.ask_at = self.steps + STEPS_BETWEEN;
        if (self.cancel)() { Err(Cancelled) } else { Ok(()) }
    }

    /// Steps taken so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_within_the_interval_and_stops() {
        let mut work = Work::new(&|| true);
        let taken = (0..STEPS_BETWEEN + 1).take_while(|_| work.took(1).is_ok()).count() as u64;
        assert_eq!(taken, STEPS_BETWEEN - 1);
        assert_eq!(Work::unstoppable().took(1 << 40), Ok(()));
    }
}
