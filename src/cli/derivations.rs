//! The layers that are made of others, kept as those change.
//!
//! The keeper tells what was opened and what went; once it is idle, [`Derivations::due`] says what is to be made. A
//! layer is made again only where one that it is made of has another content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::config::Config;
use super::derived::{self, Raw, Raws};
use crate::derive::{Input, Recipe, spawn};
use crate::load::LoadedLayer;
use crate::model::layer::LayerId;

/// What was made last.
#[derive(Debug, Clone)]
struct Made {
    key: String,
    layer: LoadedLayer,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Derivations {
    raws: Raws,
    made: BTreeMap<LayerId, Made>,
    /// Why a layer could not be made, said once.
    refused: BTreeMap<LayerId, String>,
    /// Something changed since the last look.
    stirred: bool,
}

/// What is to be done with one layer.
#[derive(Debug)]
pub(super) enum Due {
    /// Open this in place of what is there.
    Open(LayerId, Box<LoadedLayer>),
    /// It can't be made, and why.
    Refuse(LayerId, String),
}

impl Derivations {
    /// Layers of a source were read.
    pub(super) fn take(&mut self, path: &Path, layers: &[(LoadedLayer, LayerId)], config: &Config) {
        self.forget(path);
        for (loaded, id) in layers {
            let raw = Raw {
                path: path.to_owned(),
                loaded: loaded.clone(),
                info: config.info(id.clone(), &loaded.directory.fields),
            };
            self.raws.insert(id.clone(), raw);
        }
        self.stirred = true;
    }

    /// A source went.
    pub(super) fn forget(&mut self, path: &Path) {
        self.raws.retain(|_, raw| raw.path != path);
        self.stirred = true;
    }

    /// The source of a layer; `None` for one that the configuration declares.
    pub(super) fn source(&self, id: &LayerId) -> Option<PathBuf> {
        self.raws.get(id).map(|raw| raw.path.clone())
    }

    /// Whether something changed since the last [`due`](Self::due).
    pub(super) fn stirred(&self) -> bool {
        self.stirred
    }

    /// The folders of what was made.
    pub(super) fn folders(&self) -> impl Iterator<Item = String> {
        self.made.values().map(|made| made.key.clone())
    }

    /// A layer that was just read, placed by its join where it has one, so that nobody sees it without.
    pub(super) fn placed(
        &mut self,
        id: &LayerId,
        loaded: LoadedLayer,
        config: &Config,
        bases: &Path,
        cancel: &AtomicBool,
    ) -> LoadedLayer {
        let made = self.made_inputs(config);
        let wanted = derived::joins(config, &self.raws, &made);
        let recipe = wanted
            .into_iter()
            .find(|(wanted, _)| wanted == id)
            .map(|(_, recipe)| recipe);
        let Some(Ok(recipe)) = recipe else { return loaded };
        match self.make(id, &recipe, bases, cancel) {
            Ok(layer) => layer,
            // The look that follows says so.
            Err(_) => loaded,
        }
    }

    /// What is to be done, now that all layers are what they are. Cost: that of making what is to be made.
    pub(super) fn due(&mut self, config: &Config, bases: &Path, cancel: &AtomicBool) -> Vec<Due> {
        self.stirred = false;
        let mut due = vec![];
        for (id, recipe) in derived::declared(config, &self.raws) {
            due.extend(self.one(&id, recipe, bases, cancel));
        }
        let made = self.made_inputs(config);
        let joins = derived::joins(config, &self.raws, &made);
        // A table that joins nothing any more is served as its source has it.
        let joined: Vec<LayerId> = joins.iter().map(|(id, _)| id.clone()).collect();
        let no_longer: Vec<LayerId> = self
            .made
            .keys()
            .filter(|id| !joined.contains(id) && self.raws.contains_key(*id))
            .cloned()
            .collect();
        for id in no_longer {
            self.made.remove(&id);
            if let Some(raw) = self.raws.get(&id) {
                due.push(Due::Open(id.clone(), Box::new(raw.loaded.clone())));
            }
        }
        for (id, recipe) in joins {
            due.extend(self.one(&id, recipe, bases, cancel));
        }
        due
    }

    fn one(&mut self, id: &LayerId, recipe: Result<Recipe, String>, bases: &Path, cancel: &AtomicBool) -> Option<Due> {
        let made = recipe.and_then(|recipe| {
            if self.made.get(id).is_some_and(|made| made.key == recipe.key()) {
                return Ok(None);
            }
            self.make(id, &recipe, bases, cancel)
                .map(Some)
                .map_err(|e| e.to_string())
        });
        match made {
            Ok(layer) => {
                let was_refused = self.refused.remove(id).is_some();
                let again = || self.made.get(id).filter(|_| was_refused).map(|made| made.layer.clone());
                layer.or_else(again).map(|layer| Due::Open(id.clone(), Box::new(layer)))
            }
            Err(reason) => {
                let before = self.refused.insert(id.clone(), reason.clone());
                (before.as_ref() != Some(&reason)).then(|| Due::Refuse(id.clone(), reason))
            }
        }
    }

    fn make(
        &mut self,
        id: &LayerId,
        recipe: &Recipe,
        bases: &Path,
        cancel: &AtomicBool,
    ) -> Result<LoadedLayer, spawn::MakeError> {
        let layer = spawn::make(recipe, bases, cancel)?;
        let made = Made {
            key: recipe.key(),
            layer: layer.clone(),
        };
        if let Some(former) = self.made.insert(id.clone(), made)
            && former.key != recipe.key()
        {
            // What is mapped stays readable until it is let go.
            let _ = std::fs::remove_dir_all(bases.join(former.key));
        }
        Ok(layer)
    }

    /// The declared layers that there are, as inputs of joins.
    fn made_inputs(&self, config: &Config) -> Vec<Input> {
        let declared = config.derived.iter().filter_map(|(name, table)| {
            let id = LayerId::from_name(name);
            let layer = &self.made.get(&id)?.layer;
            let raw = Raw {
                path: PathBuf::new(),
                loaded: layer.clone(),
                info: config.info(id, &layer.directory.fields),
            };
            let made_of = table.from.iter().map(|name| LayerId::from_name(name)).collect();
            Some(Input {
                made_of,
                ..derived::input(&raw)
            })
        });
        declared.collect()
    }
}
