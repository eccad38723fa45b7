//! Reading an archive: each source inside of it as one of its own, all layers in one load.
//!
//! In: the archive, open. Out: layers. What is in it is unpacked into the folder for results and removed
//! again at the end, whatever the end is. A file inside that can't be read is named in the report of the
//! first layer; where no other can be, it is the error.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::archive::{self, ArchiveError, Budget, LeftOut};
use super::error::LoadError;
use super::job::Identity;
use super::read::Source;
use super::report::{Fault, FaultKind};
use super::sniff::Packing;
use super::sources::{find_again, stem_of};

/// The folder for what is unpacked, in the folder for results.
const FOLDER: &str = "unpacked";

impl Source<'_> {
    /// Reads what is in an archive. Gives what the archive was from beginning to end.
    pub(super) fn read_archive(&mut self, packing: Packing) -> Result<Identity, LoadError> {
        let path = self.file();
        let unreadable = |e: std::io::Error| LoadError::Unreadable {
            path: path.clone(),
            reason: e.to_string(),
        };
        let mut file = File::open(&path).map_err(unreadable)?;
        let before = Identity::from(file.metadata().map_err(unreadable)?);
        let folder = self.out().join(FOLDER);
        let mut budget = Budget::new(before.length, self.job.limits.file_bytes);
        let unpacked = archive::unpack(&mut file, packing, &path, &folder, &mut budget);
        // What an archive that was written meanwhile says of itself is of no use, be it well or ill.
        let unchanged = file.metadata().map(Identity::from).ok() == Some(before);
        let result = match unpacked {
            _ if !unchanged => Err(LoadError::Changed { path: path.clone() }),
            Err(error) => Err(self.archive_error(error)),
            Ok(left_out) => self.read_unpacked(&folder, &left_out),
        };
        // The server removes the whole folder where this can't.
        let _ = fs::remove_dir_all(&folder);
        result.map(|()| before)
    }

    fn read_unpacked(&mut self, folder: &Path, left_out: &[LeftOut]) -> Result<(), LoadError> {
        for entry in left_out {
            let LeftOut {
                place,
                reason,
                reason_fr,
            } = entry;
            self.add_fault(Fault::new(
                FaultKind::ReaderWarning,
                format!("{place}: {reason}"),
                format!("{place} : {reason_fr}"),
            ));
        }
        let inside = sources_in(folder);
        if inside.is_empty() {
            let left_out = left_out.first().map(|l| format!(" ({}: {})", l.place, l.reason));
            let reason = format!("it is an archive that holds no geodata{}", left_out.unwrap_or_default());
            return Err(self.not_geodata(reason));
        }
        let (alone, own) = (inside.len() == 1, self.stem());
        let mut first_error = None;
        for path in inside {
            let place = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            let stem = if alone { own.clone() } else { stem_of(&path) };
            let layers = self.layer_count();
            match self.read_inside(path, place, stem) {
                Ok(()) => {}
                Err(error) if is_of_the_file(&error) => {
                    self.forget_layers(layers);
                    // In a report an archive is known: what stands there is the place inside of it.
                    let words = error.clone().with_path(&self.job.source, Path::new(""));
                    self.add_fault(Fault::new(
                        FaultKind::ReaderWarning,
                        format!("left out: {words}"),
                        format!("écarté : {words}"),
                    ));
                    first_error.get_or_insert(error);
                }
                Err(error) => return Err(error),
            }
        }
        match first_error {
            Some(error) if self.layer_count() == 0 => Err(error),
            _ => Ok(()),
        }
    }

    fn archive_error(&self, error: ArchiveError) -> LoadError {
        let path = self.path();
        let (place, reason, remedy) = match error {
            ArchiveError::Damaged { place, reason } => {
                (place, format!("damaged: {reason}"), "copy or download it again")
            }
            ArchiveError::TooMuch { place, reason } => (place, reason, "unpack it and give the files that you need"),
            ArchiveError::Encrypted { place } => (
                place,
                "it is encrypted".to_owned(),
                "unpack it with its password, and give what comes out",
            ),
            ArchiveError::Unknown { place, reason } => {
                (place, reason, "pack it as a plain zip, or give what comes out")
            }
            ArchiveError::Write(e) => {
                return LoadError::Write {
                    path,
                    reason: e.to_string(),
                };
            }
        };
        LoadError::Archive {
            path,
            place,
            reason,
            remedy: remedy.into(),
        }
    }
}

/// The sources in a folder of unpacked files, in path order. One file alone is taken whatever its name.
fn sources_in(folder: &Path) -> Vec<PathBuf> {
    let found = find_again(&[folder.to_owned()]).sources;
    if !found.is_empty() {
        return found;
    }
    let mut files = vec![];
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    if files.len() == 1 { files } else { vec![] }
}

/// Whether an error is about one file inside, so that the others may still be read.
fn is_of_the_file(error: &LoadError) -> bool {
    matches!(
        error,
        LoadError::Empty { .. }
            | LoadError::NotGeodata { .. }
            | LoadError::Broken { .. }
            | LoadError::Crs { .. }
            | LoadError::Swapped { .. }
            | LoadError::Missing { .. }
            | LoadError::TooLarge { .. }
    )
}
