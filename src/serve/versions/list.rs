//! The versions of a layer as everyone may see them today.

use std::sync::Arc;

use super::kept::Unseen;
use super::{Glimpse, Kept, Versions};
use crate::query::select::Cancelled;
use crate::query::view::View;

/// One version in the list: loads in a row that show the same are one, with the date of the first.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What everyone sees of it.
    pub glimpse: Arc<Glimpse>,
    /// The first load that showed it; absent for a state that was not loaded.
    pub first: Option<Arc<Kept>>,
    /// The last load that showed it.
    pub(super) last: Option<Arc<Kept>>,
}

/// All versions of a layer, the newest first, which is the one that is served.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Those that are listed.
    pub listed: Vec<Listed>,
    /// The one before the oldest of them, for its difference alone.
    before: Option<Listed>,
}

impl List {
    /// A version by its position in the list, and the one before it.
    #[must_use]
    pub fn with_predecessor(&self, position: usize) -> Option<(&Listed, Option<&Listed>)> {
        let later = self.listed.get(position)?;
        Some((later, self.listed.get(position + 1).or(self.before.as_ref())))
    }

    /// The newest version of a name.
    #[must_use]
    pub fn position(&self, version: &str) -> Option<usize> {
        self.listed.iter().position(|one| one.glimpse.version == version)
    }

    /// The version of a number.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Option<usize> {
        let is = |one: &Listed| one.first.as_ref().is_some_and(|kept| kept.record.number == number);
        self.listed.iter().position(is)
    }
}

impl Versions {
    /// The versions of a layer, whose present view this is.
    ///
    /// # Errors
    /// When `go_on` says no; what was found until then is not looked for again.
    pub fn list(&self, present: &View, go_on: &dyn Fn() -> bool) -> Result<List, Cancelled> {
        let info = present.info();
        let mut found: Vec<Listed> = vec![];
        for kept in self.of(&info.id).iter().rev() {
            if !go_on() {
                return Err(Cancelled);
            }
            let is_present = found.is_empty() && kept.record.shown.version == present.version();
            let glimpse = if is_present {
                Ok(Arc::new(Glimpse::of_view(present)))
            } else if kept.may_show() && kept.is_stored() {
                self.glimpse(kept, info)
            } else {
                continue;
            };
            let glimpse = match glimpse {
                Ok(glimpse) => glimpse,
                Err(Unseen::Damaged | Unseen::NotJudged) => continue,
            };
            match found.last_mut() {
                // The same, loaded before: the date is the first one's.
                Some(later) if later.glimpse.version == glimpse.version => later.first = Some(Arc::clone(kept)),
                _ => found.push(Listed {
                    glimpse,
                    first: Some(Arc::clone(kept)),
                    last: Some(Arc::clone(kept)),
                }),
            }
        }
        // What is served was not loaded as it is (an edit), or is just being taken in.
        if found.iter().all(|one| one.glimpse.version != present.version()) {
            let listed = Listed {
                glimpse: Arc::new(Glimpse::of_view(present)),
                first: None,
                last: None,
            };
            found.insert(0, listed);
        }
        let rest = found.split_off(found.len().min(self.most_listed()));
        Ok(List {
            listed: found,
            before: rest.into_iter().next(),
        })
    }

    /// A listed version as everyone may see it; `None` where it can't be read any more.
    #[must_use]
    pub fn former(&self, present: &Arc<View>, listed: &Listed) -> Option<Arc<View>> {
        if listed.glimpse.version == present.version() {
            return Some(Arc::clone(present));
        }
        self.view(listed.last.as_ref()?, present.info()).ok()
    }
}
