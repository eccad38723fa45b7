//! Unpacking a tar: the old kind, POSIX's (ustar, pax) and GNU's.
//!
//! Headers that give the next entry a longer name are read here, with a bound; the `tar` crate would read
//! them whole, however long they say to be.

use std::io::Read;
use std::path::{Path, PathBuf};

use tar::{Archive, EntryType};

use super::{ArchiveError, Unpacking};
use crate::model::encoding::decode;

/// Bytes of a header that gives the next entry its name.
const LONGEST_HEADER: u64 = 64 << 10;

impl Unpacking<'_> {
    pub(super) fn unpack_tar(&mut self, archive: &mut impl Read, into: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut tar = Archive::new(archive);
        let entries = tar.entries().map_err(|e| self.damaged("", &e))?.raw(true);
        let mut written = vec![];
        let mut longer: Option<String> = None;
        for entry in entries {
            let mut entry = entry.map_err(|e| self.damaged("", &e))?;
            let kind = entry.header().entry_type();
            let name = decode(&entry.path_bytes()).0.into_owned();
            match kind {
                EntryType::GNULongName | EntryType::XHeader => {
                    let text = self.read_header(&mut entry, &name)?;
                    longer = if kind == EntryType::XHeader {
                        self.path_in_pax(&text, &name)?.or(longer)
                    } else {
                        let end = text.iter().position(|b| *b == 0).unwrap_or(text.len());
                        Some(decode(&text[..end]).0.into_owned())
                    };
                    continue;
                }
                EntryType::XGlobalHeader | EntryType::GNULongLink => continue,
                _ => {}
            }
            let name = longer.take().unwrap_or(name);
            let place = self.place(&name);
            self.budget.count_entry(&place)?;
            match kind {
                EntryType::Directory => continue,
                EntryType::Regular | EntryType::Continuous => {}
                _ => {
                    self.leave_out(
                        &name,
                        "a link or a device: not written",
                        "un lien ou un périphérique : pas écrite",
                    );
                    continue;
                }
            }
            // The old kind has folders as files whose name ends so.
            let Some(to) = self.place_of(&name, into).filter(|_| !name.ends_with('/')) else {
                continue;
            };
            let size = entry.size();
            if let Some(path) = self.write(&name, &mut entry, &to)? {
                let length = std::fs::metadata(&path).map_err(ArchiveError::Write)?.len();
                if length != size {
                    return Err(self.damaged(&name, &"it ends in the middle: the archive was cut short"));
                }
                written.push(path);
            }
        }
        Ok(written)
    }

    fn read_header(&self, entry: &mut impl Read, name: &str) -> Result<Vec<u8>, ArchiveError> {
        let mut text = vec![];
        let read = entry.take(LONGEST_HEADER + 1).read_to_end(&mut text);
        read.map_err(|e| self.damaged(name, &e))?;
        if text.len() as u64 > LONGEST_HEADER {
            return Err(self.damaged(name, &"a name of more than 64 KiB"));
        }
        Ok(text)
    }

    /// The `path` of a pax header (POSIX.1-2001, pax): lines of `length key=value`.
    fn path_in_pax(&self, text: &[u8], name: &str) -> Result<Option<String>, ArchiveError> {
        let mut path = None;
        let mut rest = text;
        while let Some(space) = rest.iter().position(|b| *b == b' ') {
            let length = std::str::from_utf8(&rest[..space])
                .ok()
                .and_then(|n| n.parse::<usize>().ok());
            let line = length.filter(|n| *n > space).and_then(|n| rest.get(space + 1..n));
            let (Some(length), Some(line)) = (length, line) else {
                return Err(self.damaged(name, &"a pax header that is none"));
            };
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if let Some(value) = line.strip_prefix(b"path=") {
                path = Some(decode(value).0.into_owned());
            } else if line.starts_with(b"size=") || line.starts_with(b"GNU.sparse") {
                return Err(ArchiveError::Unknown {
                    place: self.place(name),
                    reason: "a file of 8 GiB or more, or with holes, in a tar".into(),
                });
            }
            rest = &rest[length..];
        }
        Ok(path)
    }
}
