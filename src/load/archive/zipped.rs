//! Unpacking a zip.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::budget::MOST_ENTRIES;
use super::{ArchiveError, Unpacking};
use crate::model::encoding::decode;

/// Bytes that may be read to learn what is in a zip: its list lies in memory.
const LONGEST_LIST: u64 = 64 << 20;

/// The kinds of a Unix file that an entry may be: not said, or a plain file.
const PLAIN: [u32; 2] = [0, 0o100_000];

/// The bits of a Unix mode that say the kind of file.
const KIND: u32 = 0o170_000;

impl Unpacking<'_> {
    pub(super) fn unpack_zip(&mut self, archive: &mut File, into: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut zip = open(archive).map_err(|e| self.zip_error("", e))?;
        if zip.len() as u64 > MOST_ENTRIES {
            return Err(ArchiveError::TooMuch {
                place: self.place(""),
                reason: format!("more than {MOST_ENTRIES} entries"),
            });
        }
        if zip.has_duplicate_names() {
            self.leave_out(
                "",
                "entries of one name: the last of them is read",
                "des entrées du même nom : la dernière est lue",
            );
        }
        let mut written = vec![];
        for i in 0..zip.len() {
            let entry = zip.by_index_data(i).map_err(|e| self.zip_error("", e))?;
            let name = name_of(entry.name_raw(), || entry.name().ok().map(Cow::into_owned));
            let place = self.place(&name);
            self.budget.count_entry(&place)?;
            let kind = entry.unix_mode().map_or(0, |mode| mode & KIND);
            if entry.is_dir() || name.ends_with(['/', '\\']) {
                continue;
            }
            if entry.is_symlink() || !PLAIN.contains(&kind) {
                self.leave_out(
                    &name,
                    "a link or a device: not written",
                    "un lien ou un périphérique : pas écrite",
                );
                continue;
            }
            let Some(to) = self.place_of(&name, into) else {
                continue;
            };
            if entry.encrypted() {
                return Err(ArchiveError::Encrypted { place });
            }
            let size = entry.size();
            let mut reader = zip.by_index(i).map_err(|e| self.zip_error(&name, e))?;
            // A packed stream that goes on behind its declared end is not followed.
            let done = self.write(&name, (&mut reader).take(size.saturating_add(1)), &to)?;
            if let Some(path) = done {
                let length = std::fs::metadata(&path).map_err(ArchiveError::Write)?.len();
                if length != size {
                    let reason = format!("it has {length} bytes or more, and the archive says {size}");
                    return Err(self.damaged(&name, &reason));
                }
                written.push(path);
            }
        }
        Ok(written)
    }

    fn zip_error(&self, name: &str, error: ZipError) -> ArchiveError {
        let place = self.place(name);
        match error {
            ZipError::UnsupportedArchive(why) if why.contains("assword") => ArchiveError::Encrypted { place },
            ZipError::InvalidPassword => ArchiveError::Encrypted { place },
            ZipError::UnsupportedArchive(why) => ArchiveError::Unknown {
                place,
                reason: why.to_owned(),
            },
            ZipError::CompressionMethodNotSupported(number) => ArchiveError::Unknown {
                place,
                reason: format!("packed by method {number}, which is not known"),
            },
            other => self.damaged(name, &other),
        }
    }
}

/// The names and sizes of entries as the list of a zip has them; `None` where it can't be read.
pub(in crate::load) fn declared_sizes(archive: File) -> Option<Vec<(String, u64)>> {
    let zip = open(archive).ok()?;
    let entry = |i| {
        let entry = zip.by_index_data(i).ok()?;
        let name = name_of(entry.name_raw(), || None);
        Some((name, entry.size()))
    };
    (0..zip.len()).map(entry).collect()
}

/// Reads the list of entries of a zip, as far as it may be long.
fn open<R: Read + Seek>(archive: R) -> Result<ZipArchive<Metered<BufReader<R>>>, ZipError> {
    let left = Rc::new(Cell::new(LONGEST_LIST));
    let metered = Metered {
        input: BufReader::new(archive),
        left: Rc::clone(&left),
    };
    let zip = ZipArchive::new(metered)?;
    // The list is read: what follows has the limits of the budget.
    left.set(u64::MAX);
    Ok(zip)
}

/// The name of an entry: UTF-8 where it is that, whatever the archive says; else as it says, which is the
/// code page of MS-DOS where nothing is said.
fn name_of(raw: &[u8], declared: impl FnOnce() -> Option<String>) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => declared().unwrap_or_else(|| decode(raw).0.into_owned()),
    }
}

/// A file of which only so many bytes may be read, until its list is.
struct Metered<R> {
    input: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        let left = self.left.get().checked_sub(n as u64);
        self.left
            .set(left.ok_or_else(|| io::Error::other("its list of entries is longer than 64 MiB"))?);
        Ok(n)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}
