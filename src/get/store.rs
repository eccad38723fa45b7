//! The answers that a folder keeps, under `.sources/`: asked again only where they may have changed.
//!
//! In: an address. Out: the answer's file, checked whole, and whether it is new. An answer that is no data never takes the
//! place of one that was.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::check;
use super::failure::Failure;
use super::features::Collection;
use super::fetch::{Answer, Client, Validators, aside, host};
use super::manifest::{Manifest, Piece, now};
use super::run::Event;

/// The folder of answers in a folder of layers; hidden, so that it is not served.
const FOLDER: &str = ".sources";

/// An answer, and what became of asking.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Brought {
    pub(super) piece: Piece,
    /// Whether it came now.
    pub(super) fresh: bool,
    /// Why it is the one of an earlier time.
    pub(super) kept: Option<Failure>,
    /// Where its first features lie.
    pub(super) bounds: Option<super::features::Bounds>,
    /// The text of its first feature.
    pub(super) first: String,
}

/// The answers of a folder.
pub(super) struct Store<'a> {
    client: Client,
    folder: PathBuf,
    known: HashMap<String, Piece>,
    asked: Mutex<HashMap<String, Result<Brought, Failure>>>,
    watch: &'a (dyn Fn(Event<'_>) + Sync),
}

impl<'a> Store<'a> {
    pub(super) fn new(
        client: Client,
        folder: &Path,
        manifest: &Manifest,
        watch: &'a (dyn Fn(Event<'_>) + Sync),
    ) -> Self {
        Self {
            client,
            folder: folder.to_owned(),
            known: manifest.pieces().map(|p| (p.url.clone(), p.clone())).collect(),
            asked: Mutex::default(),
            watch,
        }
    }

    /// The answer of an address; each is asked once in a run.
    pub(super) fn bring(&self, url: &str, inside: Option<&str>) -> Result<Brought, Failure> {
        let before = self.asked.lock().ok().and_then(|asked| asked.get(url).cloned());
        if let Some(before) = before {
            return before;
        }
        (self.watch)(Event::Asking(url));
        let brought = self.ask(url, inside);
        (self.watch)(Event::Answered(url));
        if let Ok(mut asked) = self.asked.lock() {
            asked.insert(url.to_owned(), brought.clone());
        }
        brought
    }

    /// The data of an answer.
    pub(super) fn text(&self, piece: &Piece, inside: Option<&str>) -> Result<Vec<u8>, Failure> {
        let path = self.folder.join(&piece.file);
        let bytes = fs::read(&path).map_err(|e| Failure::disk(&path, &e))?;
        check::data(bytes, inside)
    }

    fn ask(&self, url: &str, inside: Option<&str>) -> Result<Brought, Failure> {
        let known = self.known.get(url).filter(|p| self.is_there(p));
        match self.renew(url, inside, known) {
            Ok(brought) => Ok(brought),
            // What came once is better than nothing, and it is said.
            Err(failure) => match known {
                Some(piece) if !matches!(failure, Failure::NotFound(_)) => {
                    self.described(piece.clone(), inside, false, Some(failure))
                }
                _ => Err(failure),
            },
        }
    }

    fn renew(&self, url: &str, inside: Option<&str>, known: Option<&Piece>) -> Result<Brought, Failure> {
        let file = known.map_or_else(|| file_name(url), |p| p.file.clone());
        let path = self.folder.join(&file);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Failure::disk(parent, &e))?;
        }
        let none = Validators::default();
        let validators = known.map_or(&none, |p| &p.validators);
        // Aside, until it is known to be data.
        let new = aside(&path, "new");
        let progress = |got, total| (self.watch)(Event::Bytes { url, got, total });
        match (self.client.fetch(url, validators, &new, &progress)?, known) {
            (Answer::NotModified, Some(piece)) => return self.described(piece.clone(), inside, false, None),
            (Answer::NotModified, None) => {
                return Err(Failure::Status {
                    status: 304,
                    said: String::new(),
                });
            }
            (Answer::Whole(validators), _) => {
                let judged = self.judge(url, &file, &new, inside, validators);
                if judged.is_err() {
                    // It is no data: nobody needs it.
                    let _ = fs::remove_file(&new);
                }
                let brought = judged?;
                fs::rename(&new, &path).map_err(|e| Failure::disk(&path, &e))?;
                Ok(brought)
            }
        }
    }

    fn judge(
        &self,
        url: &str,
        file: &str,
        new: &Path,
        inside: Option<&str>,
        validators: Validators,
    ) -> Result<Brought, Failure> {
        let bytes = fs::read(new).map_err(|e| Failure::disk(new, &e))?;
        let (length, hash) = (bytes.len() as u64, hash(&bytes));
        let text = check::data(bytes, inside)?;
        let checked = check::features(&text)?;
        let known = self.known.get(url).filter(|p| p.blake3 == hash);
        Ok(Brought {
            first: first(&text),
            bounds: checked.bounds,
            fresh: known.is_none(),
            kept: None,
            piece: Piece {
                url: url.to_owned(),
                file: file.to_owned(),
                validators,
                fetched: now(),
                bytes: length,
                blake3: hash,
                features: checked.features,
                matched: checked.matched,
            },
        })
    }

    fn described(
        &self,
        piece: Piece,
        inside: Option<&str>,
        fresh: bool,
        kept: Option<Failure>,
    ) -> Result<Brought, Failure> {
        let text = self.text(&piece, inside)?;
        Ok(Brought {
            bounds: check::features(&text)?.bounds,
            first: first(&text),
            piece,
            fresh,
            kept,
        })
    }

    /// Whether an answer is still what it was when it came.
    fn is_there(&self, piece: &Piece) -> bool {
        fs::read(self.folder.join(&piece.file)).is_ok_and(|bytes| hash(&bytes) == piece.blake3)
    }
}

/// BLAKE3, as text.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn first(text: &[u8]) -> String {
    let found = Collection::read(text).ok();
    found.and_then(|c| c.features().first().map(|f| f.get().to_owned())).unwrap_or_default()
}

/// Where the answer of an address is kept: by its host, under a name that tells addresses apart.
fn file_name(url: &str) -> String {
    let path = url.split('?').next().unwrap_or(url);
    let last = path.rsplit('/').next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .take(80)
        .collect();
    let host: String = host(url).chars().map(|c| if c == ':' { '_' } else { c }).collect();
    format!("{FOLDER}/{host}/{}-{plain}", &hash(url.as_bytes())[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_addresses_apart_and_stay_in_the_folder() {
        let a = file_name("https://h:80/x/y.json.gz?a=1");
        let b = file_name("https://h:80/x/y.json.gz?a=2");
        assert_ne!(a, b);
        assert!(a.starts_with(".sources/h_80/") && a.ends_with("-y.json.gz"), "{a}");
        let odd = file_name("https://h/..%2F..%2Fé");
        assert_eq!(odd.split('/').count(), 3, "{odd}");
    }
}
