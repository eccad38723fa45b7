//! Unpacking archives, within limits: zip, tar, gzip, bzip2, and archives inside of archives.
//!
//! In: an open archive and a folder of our own. Out: its files in that folder, and what was left out and
//! why. Memory: a block, and a zip's list of entries. Nothing is ever written outside of the folder; links
//! and devices are never made. A damaged archive is refused, not read as far as it goes. Not here: what the
//! files are (`sources`, `sniff`).
//!
//! An archive inside of an archive becomes a folder of its name.

mod budget;
mod names;
mod packed;
mod tarball;
mod zipped;

use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

pub(super) use budget::Budget;
use names::Place;
pub(super) use zipped::declared_sizes;

use super::sniff::{self, Kind, Packing, SNIFFED};

/// Archives inside of archives, the outermost counted, that are unpacked.
pub(super) const DEEPEST_ARCHIVE: usize = 2;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArchiveError {
    /// Its bytes are not what they should be.
    #[error("{place}: {reason}")]
    Damaged { place: String, reason: String },
    /// It holds more than it may.
    #[error("{place}: {reason}")]
    TooMuch { place: String, reason: String },
    /// An entry can't be read without a password.
    #[error("{place}: encrypted")]
    Encrypted { place: String },
    /// An entry is packed in a way that is not known.
    #[error("{place}: {reason}")]
    Unknown { place: String, reason: String },
    /// The folder can't be written.
    #[error(transparent)]
    Write(io::Error),
}

/// An entry that was left out: where, and why in English and French.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) place: String,
    pub(super) reason: &'static str,
    pub(super) reason_fr: &'static str,
}

/// Unpacks an archive that lies at `path` into a folder, and those inside of it.
pub(super) fn unpack(
    archive: &mut File,
    packing: Packing,
    path: &Path,
    into: &Path,
    budget: &mut Budget,
) -> Result<Vec<LeftOut>, ArchiveError> {
    let mut task = Unpacking {
        budget,
        left_out: vec![],
        above: vec![],
    };
    task.unpack(archive, packing, path, into)?;
    Ok(task.left_out)
}

struct Unpacking<'a> {
    budget: &'a mut Budget,
    left_out: Vec<LeftOut>,
    /// The names of the archives that this one is in.
    above: Vec<String>,
}

impl Unpacking<'_> {
    fn unpack(&mut self, archive: &mut File, packing: Packing, path: &Path, into: &Path) -> Result<(), ArchiveError> {
        fs::create_dir_all(into).map_err(ArchiveError::Write)?;
        let written = match packing {
            Packing::Zip => self.unpack_zip(archive, into)?,
            Packing::Tar => self.unpack_tar(archive, into)?,
            Packing::Gzip | Packing::Bzip2 => self.unpack_packed(archive, packing, path, into)?,
        };
        for file in written {
            self.unpack_inner(&file)?;
        }
        Ok(())
    }

    /// Puts a folder of its name in the place of a file that is an archive itself.
    fn unpack_inner(&mut self, file: &Path) -> Result<(), ArchiveError> {
        let mut open = File::open(file).map_err(ArchiveError::Write)?;
        let mut head = vec![];
        (&mut open)
            .take(SNIFFED)
            .read_to_end(&mut head)
            .and_then(|_| open.rewind())
            .map_err(ArchiveError::Write)?;
        let Kind::Archive(packing) = sniff::kind_of(file, &head) else {
            return Ok(());
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if self.above.len() + 1 >= DEEPEST_ARCHIVE {
            self.leave_out(
                &name,
                "an archive too deep inside of others: left out",
                "une archive trop profonde dans d'autres : écartée",
            );
            return fs::remove_file(file).map_err(ArchiveError::Write);
        }
        self.above.push(name.clone());
        let folder = file.with_file_name(format!("{name}.unpacking"));
        self.unpack(&mut open, packing, file, &folder)?;
        self.above.pop();
        drop(open);
        fs::remove_file(file)
            .and_then(|()| fs::rename(&folder, file))
            .map_err(ArchiveError::Write)
    }

    /// An entry in words, with the archives that it is in.
    fn place(&self, name: &str) -> String {
        let mut place = self.above.join("/");
        if !place.is_empty() && !name.is_empty() {
            place.push('/');
        }
        if name.is_empty() && place.is_empty() {
            return "in the archive".into();
        }
        format!("entry \"{}{}\"", place, shortened(name))
    }

    fn leave_out(&mut self, name: &str, reason: &'static str, reason_fr: &'static str) {
        let place = self.place(name);
        self.left_out.push(LeftOut {
            place,
            reason,
            reason_fr,
        });
    }

    fn damaged(&self, name: &str, error: &impl std::fmt::Display) -> ArchiveError {
        ArchiveError::Damaged {
            place: self.place(name),
            reason: error.to_string(),
        }
    }

    /// Where an entry is written; `None` where it is not, which is noted unless it is a system's own litter.
    fn place_of(&mut self, name: &str, into: &Path) -> Option<PathBuf> {
        match names::place_of(name) {
            Place::Inside(path) => Some(into.join(path)),
            Place::Nothing => None,
            Place::Outside(reason, reason_fr) => {
                self.leave_out(name, reason, reason_fr);
                None
            }
        }
    }

    /// Writes an entry as a new file; `None` where one of that name was written before, which is noted.
    fn write(&mut self, name: &str, mut from: impl Read, to: &Path) -> Result<Option<PathBuf>, ArchiveError> {
        let folder = to.parent().unwrap_or(to);
        let new = || {
            fs::create_dir_all(folder)?;
            File::options().write(true).create_new(true).open(to)
        };
        let mut file = match new() {
            Ok(file) => file,
            Err(e) if matches!(e.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
                self.leave_out(
                    name,
                    "an entry of that name stands before it: left out",
                    "une entrée du même nom la précède : écartée",
                );
                return Ok(None);
            }
            Err(e) => return Err(ArchiveError::Write(e)),
        };
        let place = self.place(name);
        self.budget.copy(&mut from, &mut file, &place)?;
        Ok(Some(to.to_owned()))
    }
}

/// A name as it stands in a message.
fn shortened(name: &str) -> String {
    let clean = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut text: String = name.chars().take(200).map(clean).collect();
    if name.chars().nth(200).is_some() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests;
