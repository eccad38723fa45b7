//! A whole run: the territory, what has to be asked for it, the answers, the layers, the folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::catalogue::Catalogue;
use super::failure::{Failure, GetError};
use super::features::Bounds;
use super::fetch::Client;
use super::folder::{self, Configured};
use super::manifest::{Commune, Manifest};
use super::place::{self, Place};
use super::plan;
use super::round::Round;
use super::store::{self, Store};
use crate::model::role::Label;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Request {
    /// What there is.
    pub catalogue: Catalogue,
    /// Ids of entries.
    pub entries: Vec<String>,
    /// INSEE codes.
    pub communes: Vec<String>,
    /// Whether the communes that touch these are wanted too.
    pub neighbours: bool,
    /// Values for names in addresses.
    pub parameters: BTreeMap<String, String>,
    /// Where to.
    pub folder: PathBuf,
    /// A server that holds `https://host/path` at `mirror/host/path`.
    pub mirror: Option<String>,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// An address is asked.
    Asking(&'a str),
    /// Bytes of its answer came.
    Bytes {
        /// The address.
        url: &'a str,
        /// Bytes that came.
        got: u64,
        /// Bytes that there are.
        total: Option<u64>,
    },
    /// Its answer is there, or will not be.
    Answered(&'a str),
}

/// What became of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It came, or came anew.
    New,
    /// It is what it was.
    Same,
    /// It is the one of an earlier time: nothing better came.
    Kept,
    /// There is nothing of it in this territory.
    Empty,
    /// It did not come.
    Missing,
}

/// An address that gave nothing, or not all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The address.
    pub url: String,
    /// What happened.
    pub reason: Label,
    /// What helps.
    pub remedy: Label,
}

/// A layer, and what became of it.
#[derive(Debug, Clone)]
pub struct LayerOutcome {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Label,
    /// What became of it.
    pub state: State,
    /// Its features.
    pub features: usize,
    /// Its size.
    pub bytes: u64,
    /// What has to be known of it.
    pub notes: Vec<Label>,
    /// What did not come.
    pub missing: Vec<Missing>,
}

/// What came of all.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The communes by code and name: those asked for, then their neighbours.
    pub communes: Vec<(String, String)>,
    /// The layers, by id.
    pub layers: Vec<LayerOutcome>,
    /// What of the territory itself could not be found out.
    pub missing: Vec<Missing>,
    /// What became of `terril.toml`.
    pub configured: Configured,
}

impl Outcome {
    /// Whether there is any layer to serve.
    #[must_use]
    pub fn has_any(&self) -> bool {
        let there = |l: &LayerOutcome| matches!(l.state, State::New | State::Same | State::Kept);
        self.layers.iter().any(there)
    }

    /// Whether everything came that there is.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty() && self.layers.iter().all(|l| l.missing.is_empty())
    }
}

impl Missing {
    pub(super) fn new(url: &str, failure: &Failure) -> Self {
        Self {
            url: url.to_owned(),
            reason: failure.reason(),
            remedy: failure.remedy(),
        }
    }
}

/// Brings what is wanted into the folder; blocks until all is answered.
///
/// # Errors
/// What makes asking impossible: unknown entries, codes that are none, a folder that can't be written. What does not come is no
/// error: it stands in the outcome.
pub fn run(request: &Request, watch: &(dyn Fn(Event<'_>) + Sync)) -> Result<Outcome, GetError> {
    check(request)?;
    let _alone = store::take(&request.folder)?;
    let mut manifest = Manifest::read(&request.folder);
    let store = Store::new(
        Client::new(request.mirror.as_deref()),
        &request.folder,
        &manifest,
        watch,
    );
    let (communes, bounds, missing) = territory(request, &store, &mut manifest);
    let round = Round {
        request,
        store: &store,
        communes: &communes,
        bounds,
    };
    let layers = round.layers(&mut manifest)?;
    manifest.program = concat!("terril ", env!("CARGO_PKG_VERSION")).to_owned();
    let configured = folder::write(&request.folder, &mut manifest)?;
    Ok(Outcome {
        communes: communes.into_iter().map(|c| (c.code, c.name)).collect(),
        layers,
        missing,
        configured,
    })
}

fn check(request: &Request) -> Result<(), GetError> {
    if let Some(code) = request.communes.iter().find(|c| !place::is_code(c)) {
        return Err(GetError::NoCode(code.clone()));
    }
    let entries = &request.catalogue.entries;
    match request.entries.iter().find(|id| !entries.contains_key(*id)) {
        Some(id) => Err(GetError::Unknown(id.clone(), request.catalogue.nearest(id).to_owned())),
        None => Ok(()),
    }
}

/// The communes and their box: found, else what was found the last time, else the communes as they were asked for.
fn territory(
    request: &Request,
    store: &Store<'_>,
    manifest: &mut Manifest,
) -> (Vec<Commune>, Option<Bounds>, Vec<Missing>) {
    let catalogue = &request.catalogue;
    let boxed = request.entries.iter().map(|id| &catalogue.entries[id]).any(|entry| {
        let other = entry.otherwise.as_ref().map(|id| &catalogue.entries[id]);
        plan::needs_box(entry) || other.is_some_and(plan::needs_box)
    });
    if request.communes.is_empty() || !(boxed || request.neighbours) {
        let plain = |code: &String| Commune {
            code: code.clone(),
            name: String::new(),
        };
        return (request.communes.iter().map(plain).collect(), None, vec![]);
    }
    let found = place::find(
        store,
        catalogue,
        &request.parameters,
        &request.communes,
        request.neighbours,
    );
    match found {
        Ok(Place {
            communes,
            bounds,
            pieces,
            gaps,
        }) => {
            manifest.communes.clone_from(&communes);
            manifest.bounds = Some(bounds);
            manifest.outlines = pieces;
            let missing = gaps.iter().map(|(url, failure)| Missing::new(url, failure)).collect();
            (communes, Some(bounds), missing)
        }
        Err((url, failure)) => {
            let missing = vec![Missing::new(&url, &failure)];
            let before = manifest.communes.iter().take(request.communes.len()).map(|c| &c.code);
            if before.eq(&request.communes) {
                return (manifest.communes.clone(), manifest.bounds, missing);
            }
            let unknown = matches!(failure, Failure::NoCommune(_));
            let plain = |code: &String| Commune {
                code: code.clone(),
                name: String::new(),
            };
            let communes = if unknown {
                vec![]
            } else {
                request.communes.iter().map(plain).collect()
            };
            (communes, None, missing)
        }
    }
}
