//! Differences between versions, found when they are asked for and kept within a bound.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::{Listed, Versions, lock};
use crate::query::diff::{Diff, Pair};
use crate::query::select::Cancelled;
use crate::query::view::View;

/// Bytes that differences may take, of all layers; the latest are kept.
pub const DIFFS_BYTES: usize = 32 * 1024 * 1024;

/// Differences that are kept at most, however small: more than all versions of some layers have.
const MOST_DIFFS: usize = 128;

/// Two versions and what lies between them.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The earlier.
    pub earlier: Arc<View>,
    /// The later.
    pub later: Arc<View>,
    /// The difference.
    pub diff: Arc<Diff>,
}

#[derive(Debug, Default)]
pub(super) struct Differ(Mutex<VecDeque<(String, Arc<Diff>)>>);

fn bytes_of(diff: &Diff) -> usize {
    128 + 4 * (diff.added.len() + diff.removed.len()) + 8 * diff.changed.len()
}

impl Differ {
    fn find(&self, key: &str) -> Option<Arc<Diff>> {
        let all = lock(&self.0);
        all.iter().find(|(of, _)| of == key).map(|(_, diff)| Arc::clone(diff))
    }

    fn keep(&self, key: String, diff: &Arc<Diff>) {
        let mut all = lock(&self.0);
        all.push_back((key, Arc::clone(diff)));
        let mut bytes: usize = all.iter().map(|(_, diff)| bytes_of(diff)).sum();
        while bytes > DIFFS_BYTES || all.len() > MOST_DIFFS {
            let Some((_, oldest)) = all.pop_front() else { break };
            bytes -= bytes_of(&oldest);
        }
    }
}

impl Versions {
    /// How many features were added, removed and changed between two versions; `None` where one can't be read.
    ///
    /// # Errors
    /// When `go_on` says no.
    pub fn counts(
        &self,
        present: &View,
        earlier: &Listed,
        later: &Listed,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<[usize; 3]>, Cancelled> {
        let diff = match key_of(present, earlier, later).and_then(|key| self.differ.find(&key)) {
            Some(diff) => Some(diff),
            None => self
                .compare(present, earlier, later, go_on)?
                .map(|compared| compared.diff),
        };
        Ok(diff.map(|diff| [diff.added.len(), diff.removed.len(), diff.changed.len()]))
    }

    /// What lies between two versions; `None` where one can't be read. Cost: both are walked through once.
    ///
    /// # Errors
    /// When `go_on` says no.
    pub fn compare(
        &self,
        present: &View,
        earlier: &Listed,
        later: &Listed,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Option<Compared>, Cancelled> {
        // Rows mean something in the very file they are of, so what is served is opened here too.
        let view = |listed: &Listed| {
            let kept = listed.last.as_ref().filter(|kept| kept.is_stored())?;
            self.view(kept, present.info()).ok()
        };
        let (Some(key), Some(earlier), Some(later)) = (key_of(present, earlier, later), view(earlier), view(later))
        else {
            return Ok(None);
        };
        let diff = match self.differ.find(&key) {
            Some(diff) => diff,
            None => {
                let diff = Arc::new(Pair::of(&earlier, &later).diff(go_on)?);
                self.differ.keep(key, &diff);
                diff
            }
        };
        Ok(Some(Compared { earlier, later, diff }))
    }
}

fn key_of(present: &View, earlier: &Listed, later: &Listed) -> Option<String> {
    let base = |listed: &Listed| listed.last.as_ref().map(|kept| kept.record.base.clone());
    let shown = super::kept::view_key(present.info());
    Some(format!(
        "{} {} {} {shown}",
        present.info().id,
        base(earlier)?,
        base(later)?
    ))
}
