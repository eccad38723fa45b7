//! What the keeper knows of each source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use super::look::Look;
use crate::load::sources::free_id;
use crate::model::layer::LayerId;

/// What is known of a source.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// How it looked when it was last read or refused.
    pub(super) taken: Option<Look>,
    /// How it looked last, where that is something else.
    pub(super) seen: Option<Look>,
    /// It waits to be read, is being read, or waits for its turn to be opened.
    pub(super) reading: bool,
    /// It could not be served as it was last.
    pub(super) failed: bool,
    /// Its base file was damaged, and it is read a second time.
    pub(super) repeated: bool,
    /// Memory that what is served takes.
    pub(super) needed: u64,
    /// Memory that what is being read will take.
    pub(super) asked: u64,
    /// The ids of its layers, by name in the source: they are kept as long as it is there.
    pub(super) names: Vec<(String, LayerId)>,
    /// Those that are served.
    pub(super) served: Vec<LayerId>,
    /// The folder with the base files of what is served.
    pub(super) folder: Option<PathBuf>,
}

/// All sources, by path.
#[derive(Debug, Default)]
pub(super) struct Known {
    sources: BTreeMap<PathBuf, Source>,
    /// Ids of layers that come from no source.
    reserved: BTreeSet<LayerId>,
}

impl Known {
    /// Nothing yet; these ids are never given to a source's layers.
    pub(super) fn with_reserved(reserved: impl Iterator<Item = LayerId>) -> Self {
        Self {
            sources: BTreeMap::new(),
            reserved: reserved.collect(),
        }
    }

    /// A source, from now on known.
    pub(super) fn of(&mut self, path: &Path) -> &mut Source {
        self.sources.entry(path.to_owned()).or_default()
    }

    /// The ids of a source's layers: those they had, or free ones.
    pub(super) fn ids(&self, path: &Path, names: &[String]) -> Vec<LayerId> {
        let all = self.sources.values().flat_map(|s| &s.names);
        let mut taken: BTreeSet<LayerId> = all.map(|(_, id)| id.clone()).collect();
        taken.extend(self.reserved.iter().cloned());
        let own = self.sources.get(path).map_or(&[][..], |s| s.names.as_slice());
        let mut ids = vec![];
        for name in names {
            let had = own.iter().find(|(known, _)| known == name).map(|(_, id)| id.clone());
            let id = had.unwrap_or_else(|| free_id(path, name, names, &taken));
            taken.insert(id.clone());
            ids.push(id);
        }
        ids
    }

    /// What of a budget of memory the sources other than this one leave.
    pub(super) fn memory_left(&self, path: &Path, budget: u64) -> u64 {
        let others = self.sources.iter().filter(|(other, _)| *other != path);
        let taken: u64 = others.map(|(_, s)| s.needed.max(s.asked)).sum();
        budget.saturating_sub(taken)
    }

    /// The names of the folders of base files that are served, or that the next start would look for.
    pub(super) fn folders(&self) -> Vec<String> {
        let served = self.sources.values().filter_map(|s| s.folder.as_ref()?.file_name());
        let served = served.map(|name| name.to_string_lossy().into_owned());
        let next = self.sources.values().filter_map(|s| match &s.taken {
            Some(Look::There { key, .. }) => Some(key.clone()),
            _ => None,
        });
        served.chain(next).collect()
    }
}

impl Deref for Known {
    type Target = BTreeMap<PathBuf, Source>;

    fn deref(&self) -> &Self::Target {
        &self.sources
    }
}

impl DerefMut for Known {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(known: &mut Known, path: &str, names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let ids = known.ids(Path::new(path), &names);
        known.of(Path::new(path)).names = names.into_iter().zip(ids.clone()).collect();
        ids.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_layer_keeps_its_id_whatever_comes() {
        let mut known = Known::default();
        assert_eq!(ids(&mut known, "b/roads.gpkg", &["roads"]), ["roads"]);
        assert_eq!(
            ids(&mut known, "a/roads.gpkg", &["roads"]),
            ["a-roads"],
            "though it stands before"
        );
        assert_eq!(ids(&mut known, "b/roads.gpkg", &["roads"]), ["roads"]);
        known.remove(Path::new("b/roads.gpkg"));
        assert_eq!(ids(&mut known, "a/roads.gpkg", &["roads"]), ["a-roads"]);
        assert_eq!(ids(&mut known, "c/roads.gpkg", &["roads"]), ["roads"], "free again");
        assert_eq!(ids(&mut known, "c/roads.gpkg", &["roads", "paths"]), ["roads", "paths"]);
    }

    #[test]
    fn a_source_that_is_read_again_counts_once() {
        let mut known = Known::default();
        known.of(Path::new("a")).needed = 60;
        known.of(Path::new("b")).asked = 30;
        assert_eq!(known.memory_left(Path::new("a"), 100), 70);
        assert_eq!(known.memory_left(Path::new("c"), 100), 10);
        assert_eq!(known.memory_left(Path::new("c"), 50), 0);
    }
}
