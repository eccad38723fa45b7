//! The answers that a folder keeps, under `.sources/`: asked again only where they may have changed.
//!
//! In: an address. Out: the answer's file, checked whole, and whether it is new. An answer that is no data never takes the
//! place of one that was.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::check;
use super::failure::{Failure, GetError};
use super::features::Collection;
use super::fetch::{Client, Fetched, host};
use super::manifest::{Manifest, Piece, now};
use super::run::Event;

/// The folder of answers in a folder of layers; hidden, so that it is not served.
const FOLDER: &str = ".sources";

/// The folder in it of answers that are not checked yet.
const COMING: &str = "coming";

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
    /// Hosts that can't be reached: they are not tried again in a run.
    down: Mutex<HashMap<String, Failure>>,
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
            down: Mutex::default(),
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
                    self.described(piece.clone(), inside, Some(failure))
                }
                _ => Err(failure),
            },
        }
    }

    fn renew(&self, url: &str, inside: Option<&str>, known: Option<&Piece>) -> Result<Brought, Failure> {
        let (folder, name) = (self.folder.join(folder_of(url)), file_name(url));
        let progress = |got, total| (self.watch)(Event::Bytes { url, got, total });
        let at = host(url);
        let down = self.down.lock().ok().and_then(|down| down.get(at).cloned());
        let fetched = match down {
            Some(failure) => Err(failure),
            None => self.client.fetch(url, &folder.join(COMING), &name, &progress),
        };
        if let (Err(failure @ Failure::Unreachable { .. }), Ok(mut down)) = (&fetched, self.down.lock()) {
            down.insert(at.to_owned(), failure.clone());
        }
        let fetched = fetched?;
        if let Some(piece) = known.filter(|_| !fetched.fresh) {
            return self.described(piece.clone(), inside, None);
        }
        let file = format!("{}/{name}", folder_of(url));
        let judged = self.judge(url, &file, &fetched, inside);
        if judged.is_err() {
            // It is no data: nobody needs it, and the next time it is asked for anew.
            let _ = fs::remove_file(&fetched.path);
        }
        let brought = judged?;
        let (path, aside) = (self.folder.join(&file), self.folder.join(format!("{file}.new")));
        let disk = |error: io::Error| Failure::disk(&path, &error);
        // One file under two names, where the disk can: what comes next is written beside, not into it.
        let _ = fs::remove_file(&aside);
        if fs::hard_link(&fetched.path, &aside).is_err() {
            fs::copy(&fetched.path, &aside).map_err(disk)?;
        }
        fs::rename(&aside, &path).map_err(disk)?;
        Ok(brought)
    }

    fn judge(&self, url: &str, file: &str, fetched: &Fetched, inside: Option<&str>) -> Result<Brought, Failure> {
        let bytes = fs::read(&fetched.path).map_err(|e| Failure::disk(&fetched.path, &e))?;
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
                validators: fetched.validators.clone(),
                // The day that it came first.
                fetched: known.map_or_else(now, |p| p.fetched.clone()),
                bytes: length,
                blake3: hash,
                features: checked.features,
                matched: checked.matched,
            },
        })
    }

    fn described(&self, piece: Piece, inside: Option<&str>, kept: Option<Failure>) -> Result<Brought, Failure> {
        let text = self.text(&piece, inside)?;
        Ok(Brought {
            bounds: check::features(&text)?.bounds,
            first: first(&text),
            piece,
            fresh: false,
            kept,
        })
    }

    /// Whether an answer is still what it was when it came.
    fn is_there(&self, piece: &Piece) -> bool {
        fs::read(self.folder.join(&piece.file)).is_ok_and(|bytes| hash(&bytes) == piece.blake3)
    }
}

/// Makes the folder, and takes it for oneself until what is returned goes.
pub(super) fn take(folder: &Path) -> Result<File, GetError> {
    let path = folder.join(FOLDER).join("lock");
    let failed = |cause: io::Error| GetError::Folder {
        path: path.clone(),
        cause,
    };
    fs::create_dir_all(folder.join(FOLDER)).map_err(failed)?;
    let lock = File::create(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(GetError::Busy(folder.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// BLAKE3, as text.
pub(super) fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn first(text: &[u8]) -> String {
    let found = Collection::read(text).ok();
    found
        .and_then(|c| c.features().first().map(|f| f.get().to_owned()))
        .unwrap_or_default()
}

/// The folder of a host's answers.
fn folder_of(url: &str) -> String {
    let host: String = host(url).chars().map(plain).collect();
    format!("{FOLDER}/{}", host.trim_start_matches('.'))
}

/// A name that tells addresses apart, and reads like their last part.
fn file_name(url: &str) -> String {
    let path = url.split('?').next().unwrap_or(url);
    let last = path.rsplit('/').next().unwrap_or_default();
    let words: String = last.chars().map(plain).take(80).collect();
    format!("{}-{words}", &hash(url.as_bytes())[..12])
}

fn plain(c: char) -> char {
    if c.is_ascii_alphanumeric() || "-_.".contains(c) {
        c
    } else {
        '_'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_for_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path()).unwrap();
        assert!(matches!(take(folder.path()), Err(GetError::Busy(_))));
        drop(first);
        take(folder.path()).unwrap();
    }

    #[test]
    fn names_tell_addresses_apart_and_stay_in_the_folder() {
        let a = file_name("https://h:80/x/y.json.gz?a=1");
        let b = file_name("https://h:80/x/y.json.gz?a=2");
        assert_ne!(a, b);
        assert!(a.ends_with("-y.json.gz"), "{a}");
        assert_eq!(folder_of("https://h:80/x"), ".sources/h_80");
        assert_eq!(folder_of("https://../x"), ".sources/");
        assert!(!file_name("https://h/..%2F..%2Fé").contains('/'));
    }
}
