//! The layers of a run: what has to be asked, the answers, the files made of them.
//!
//! In: a request and its territory. Out: each layer's file and its record in the manifest, and what became of it.

use std::collections::BTreeMap;
use std::path::Path;

use super::catalogue::Entry;
use super::failure::{Failure, GetError};
use super::features::Bounds;
use super::fetch::host;
use super::folder;
use super::layer::{self, Territory};
use super::manifest::{Commune, Gap, Layer, Manifest, Piece, day};
use super::plan::{self, Ask};
use super::queue;
use super::run::{LayerOutcome, Missing, Request, State};
use super::store::{Brought, Store, hash};
use super::wfs;
use crate::model::role::Label;

/// The answers for an entry.
#[derive(Debug, Default)]
struct Answers {
    brought: Vec<Brought>,
    gaps: Vec<(String, Failure)>,
}

/// A request with its territory.
pub(super) struct Round<'a> {
    pub(super) request: &'a Request,
    pub(super) store: &'a Store<'a>,
    pub(super) communes: &'a [Commune],
    pub(super) bounds: Option<Bounds>,
}

impl Round<'_> {
    fn entry(&self, id: &str) -> &Entry {
        &self.request.catalogue.entries[id]
    }

    /// Asks for all entries, then for those that stand in for others, and makes the layers.
    pub(super) fn layers(&self, manifest: &mut Manifest) -> Result<Vec<LayerOutcome>, GetError> {
        let mut answers = self.ask(&self.request.entries)?;
        let mut instead: Vec<(String, String)> = vec![];
        for id in &self.request.entries {
            if let (Some(other), Some(own)) = (&self.entry(id).otherwise, answers.get(id))
                && !self.request.entries.contains(other)
                && self.leaves_open(id, own)
            {
                instead.push((id.clone(), other.clone()));
            }
        }
        let others: Vec<String> = instead.iter().map(|(_, other)| other.clone()).collect();
        answers.extend(self.ask(&others)?);
        let mut outcomes = vec![];
        for (id, other) in instead {
            let came = answers
                .get(&other)
                .is_some_and(|a| a.brought.iter().any(|b| b.piece.features > 0));
            let leaves = if came { &id } else { &other };
            answers.remove(leaves);
            if came && let Some(old) = manifest.layers.remove(&id) {
                // What stands in for it holds the same features.
                let _ = std::fs::remove_file(self.request.folder.join(&old.file));
            }
        }
        for (id, own) in answers {
            outcomes.push(self.layer(&id, own, manifest));
        }
        Ok(outcomes)
    }

    /// Whether an entry has nothing for a part of the territory, or not all.
    fn leaves_open(&self, id: &str, answers: &Answers) -> bool {
        let entry = self.entry(id);
        let capped = |b: &Brought| entry.cap.is_some_and(|cap| b.piece.features >= cap);
        let nothing = |(_, failure): &(String, Failure)| matches!(failure, Failure::NotFound(_));
        answers.brought.iter().any(|b| b.piece.features == 0 || capped(b)) || answers.gaps.iter().any(nothing)
    }

    fn ask(&self, ids: &[String]) -> Result<BTreeMap<String, Answers>, GetError> {
        let mut answers: BTreeMap<String, Answers> = BTreeMap::new();
        let mut tasks = vec![];
        for id in ids {
            let entry = self.entry(id);
            let own = answers.entry(id.clone()).or_default();
            if plan::needs_box(entry) && self.bounds.is_none() && !self.request.communes.is_empty() {
                let failure = Failure::NoPlace;
                own.gaps.push((entry.url.clone(), failure));
                continue;
            }
            if self.communes.is_empty() && !self.request.communes.is_empty() {
                continue;
            }
            for ask in plan::asks(id, entry, &self.request.parameters, self.communes, self.bounds)? {
                tasks.push((host(ask.url()).to_owned(), (id.clone(), ask)));
            }
        }
        let results = queue::each(tasks, |(id, ask)| {
            let result = self.answer(self.entry(&id), &ask);
            (id, ask, result)
        });
        for (id, ask, result) in results {
            let own = answers.entry(id).or_default();
            match result {
                Ok(brought) => own.brought.extend(brought),
                Err(failure) => own.gaps.push((ask.url().to_owned(), failure)),
            }
        }
        Ok(answers)
    }

    fn answer(&self, entry: &Entry, ask: &Ask) -> Result<Vec<Brought>, Failure> {
        let inside = entry.inside.as_deref();
        let url = match ask {
            Ask::One(url) => return self.store.bring(url, inside).map(|b| vec![b]),
            Ask::Walk(url) => url,
        };
        let typename = entry.typename.as_deref().unwrap_or_default();
        let bounds = self.bounds.filter(|_| entry.bbox);
        wfs::walk(entry.count, |start| {
            let page = self
                .store
                .bring(&wfs::address(url, typename, entry.count, start, bounds), inside)?;
            // Pages of two times make no whole.
            if let Some(failure) = page.kept {
                return Err(failure);
            }
            if let (Some(asked), Some(found)) = (bounds, page.bounds)
                && !asked.meets(found)
            {
                return Err(Failure::Elsewhere(format!("{}, {}", found.west, found.south)));
            }
            Ok(wfs::Page {
                features: page.piece.features,
                matched: page.piece.matched,
                first: page.first.clone(),
                piece: page,
            })
        })
    }

    /// Makes a layer of its answers, unless it is there already.
    fn layer(&self, id: &str, answers: Answers, manifest: &mut Manifest) -> LayerOutcome {
        let entry = self.entry(id);
        let mut outcome = LayerOutcome {
            id: id.to_owned(),
            title: entry.title.clone(),
            state: State::Missing,
            features: 0,
            bytes: 0,
            notes: vec![],
            missing: answers
                .gaps
                .iter()
                .map(|(url, failure)| Missing::new(url, failure))
                .collect(),
        };
        for b in &answers.brought {
            if let Some(failure) = &b.kept {
                outcome.missing.push(Missing::new(&b.piece.url, failure));
                outcome.notes.push(kept_since(&b.piece));
            }
            if let Some(cap) = entry.cap.filter(|cap| b.piece.features >= *cap) {
                outcome.missing.push(Missing::new(&b.piece.url, &Failure::Capped(cap)));
            } else if let Some(matched) = b
                .piece
                .matched
                .filter(|m| *m > b.piece.features && entry.typename.is_none())
            {
                let got = b.piece.features;
                outcome
                    .missing
                    .push(Missing::new(&b.piece.url, &Failure::Incomplete { got, matched }));
            }
        }
        let territory = Territory {
            communes: self.communes,
            bounds: self.bounds,
        };
        let pieces: Vec<Piece> = answers.brought.into_iter().map(|b| b.piece).collect();
        let before = manifest.layers.get(id).filter(|l| self.is_there(l)).cloned();
        let made_of = layer::made_of(entry, &pieces, territory);
        if let Some(before) = before.as_ref().filter(|b| b.made_of == made_of && !pieces.is_empty()) {
            outcome.state = State::Same;
            (outcome.features, outcome.bytes) = (before.features, before.bytes);
            let known = Layer {
                pieces,
                missing: outcome.missing.iter().map(Gap::from).collect(),
                ..before.clone()
            };
            manifest.layers.insert(id.to_owned(), known);
            return outcome;
        }
        let file = format!("{id}.geojson");
        let path = self.request.folder.join(&file);
        let ours = manifest.layers.get(id).map(|l| l.blake3.clone());
        let made = if pieces.is_empty() {
            None
        } else {
            match layer::write(self.store, entry, &pieces, territory, &path, ours.as_deref()) {
                Ok(made) => {
                    outcome.notes.extend(made.aside.as_deref().map(set_aside));
                    Some(made)
                }
                Err(failure) => {
                    outcome.missing.push(Missing::new(&entry.url, &failure));
                    None
                }
            }
        };
        match (made, before) {
            (Some(made), _) if made.features > 0 => {
                outcome.state = State::New;
                (outcome.features, outcome.bytes) = (made.features, made.bytes);
                if made.features < made.of {
                    outcome.notes.push(chosen(made.features, made.of));
                }
                let known = Layer {
                    configuration: folder::configuration(id, entry, &made.fields, made.system.is_some(), &pieces),
                    file,
                    features: made.features,
                    bytes: made.bytes,
                    blake3: made.blake3,
                    made_of,
                    producer: entry.producer.clone(),
                    licence: entry.licence.clone(),
                    licence_url: entry.licence_url.clone(),
                    attribution: entry.attribution.clone(),
                    vintage: entry.vintage.clone(),
                    pieces,
                    notes: outcome.notes.clone(),
                    missing: outcome.missing.iter().map(Gap::from).collect(),
                };
                manifest.layers.insert(id.to_owned(), known);
            }
            (_, Some(before)) => {
                outcome.state = State::Kept;
                (outcome.features, outcome.bytes) = (before.features, before.bytes);
                outcome
                    .notes
                    .push(before.pieces.last().map_or_else(|| Label::same(""), kept_since));
            }
            (made, None) => {
                manifest.layers.remove(id);
                if made.is_some() || outcome.missing.is_empty() {
                    outcome.state = State::Empty;
                }
            }
        }
        outcome
    }

    fn is_there(&self, layer: &Layer) -> bool {
        let bytes = std::fs::read(self.request.folder.join(&layer.file));
        bytes.is_ok_and(|bytes| hash(&bytes) == layer.blake3)
    }
}

impl From<&Missing> for Gap {
    fn from(missing: &Missing) -> Self {
        Self {
            url: missing.url.clone(),
            reason: missing.reason.clone(),
            remedy: missing.remedy.clone(),
        }
    }
}

fn kept_since(piece: &Piece) -> Label {
    let day = day(&piece.fetched);
    Label {
        fr: format!("celle du {day} reste"),
        en: format!("that of {day} stays"),
    }
}

fn chosen(kept: usize, of: usize) -> Label {
    Label {
        fr: format!("{kept} objets sur {of} : ceux du territoire"),
        en: format!("{kept} features of {of}: those of the territory"),
    }
}

fn set_aside(path: &Path) -> Label {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Label {
        fr: format!("le fichier qui était là, d'une autre main, est gardé sous {name}"),
        en: format!("the file that was there, of another hand, is kept as {name}"),
    }
}
