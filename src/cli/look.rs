//! What sources look like from outside, and whether they rest.
//!
//! In: the paths of the command line. Out: each source's look, made of size, time and inode of the file and its
//! sidecars. Not here: reading a source, and what is done about one that changed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::keeper::SETTLING;
use crate::load::Job;
use crate::load::cache::Sidecars;
use crate::load::remote::Remotes;
use crate::load::sources::find_again;

/// What a source looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Look {
    /// It is there.
    There {
        /// Names this state of the file, its sidecars and the settings.
        key: String,
        /// The file alone: another one where it was replaced rather than written.
        inode: u64,
        /// When it was written last, where the system tells.
        written: Option<SystemTime>,
    },
    /// It can't be seen.
    Hidden {
        /// Why.
        reason: String,
    },
    /// It is not there.
    Gone,
}

impl Look {
    /// Whether what looked like this, and less than a second later like `later`, may be taken as it is: nobody is
    /// writing it. A file that was moved into another's place came whole.
    pub(super) fn rests(&self, later: &Self) -> bool {
        match (self, later) {
            (Self::There { inode: before, .. }, Self::There { inode, .. }) if before != inode => true,
            _ => self == later,
        }
    }

    /// Whether another file stands where this one was, and was written a while ago: it was moved into place, and
    /// there is no need to look twice.
    pub(super) fn was_replaced_by(&self, now: &Self) -> bool {
        let (Self::There { inode: before, .. }, Self::There { inode, written, .. }) = (self, now) else {
            return false;
        };
        // A time that is still to come is another machine's, and says nothing.
        let rested = written.and_then(|w| w.elapsed().ok());
        before != inode && rested.is_some_and(|time| time >= SETTLING)
    }
}

/// The looks of all sources that are in `paths` now, and of those that were `known` before.
///
/// A source in a folder that can't be read is hidden, not gone: a share that is away for a moment takes no layer
/// with it. Cost: lists every folder, opens every source.
pub(super) fn look_at<'a>(
    paths: &[PathBuf],
    known: impl Iterator<Item = &'a PathBuf>,
    job: impl Fn(&Path) -> Job,
    remotes: &Remotes,
) -> BTreeMap<PathBuf, Look> {
    let found = find_again(paths);
    let mut sidecars = Sidecars::default();
    let mut looks: BTreeMap<PathBuf, Look> = BTreeMap::new();
    for source in found.sources {
        if let Some(key) = remotes.look(&source) {
            let (inode, written) = (0, None);
            looks.insert(source, Look::There { key, inode, written });
            continue;
        }
        let look = match fs::metadata(&source) {
            Ok(is) => Look::There {
                key: sidecars.key(&job(&source)),
                inode: is.ino(),
                written: is.modified().ok(),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => Look::Hidden {
                reason: error.to_string(),
            },
        };
        looks.insert(source, look);
    }
    for source in known {
        if looks.contains_key(source) {
            continue;
        }
        let above = found.warnings.iter().find(|w| source.starts_with(&w.path));
        let look = above.map_or(Look::Gone, |warning| Look::Hidden {
            reason: format!("{}: {}", warning.path.display(), warning.reason),
        });
        looks.insert(source.clone(), look);
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(folder: &Path, known: &[PathBuf]) -> BTreeMap<PathBuf, Look> {
        look_at(
            &[folder.to_owned()],
            known.iter(),
            |source| Job::new(source, folder),
            &Remotes::default(),
        )
    }

    #[test]
    fn a_written_file_looks_otherwise_and_a_replaced_one_rests() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "x,y\n").unwrap();
        let first = look(folder.path(), &[])[&path].clone();
        assert!(first.rests(&look(folder.path(), &[])[&path]));
        fs::write(&path, "x,y\n1,2\n").unwrap();
        let written = look(folder.path(), &[])[&path].clone();
        assert!(written != first && !first.rests(&written));
        fs::write(folder.path().join("new"), "x,y\n1,2\n3,4\n").unwrap();
        fs::rename(folder.path().join("new"), &path).unwrap();
        let replaced = look(folder.path(), &[])[&path].clone();
        assert!(replaced != written && written.rests(&replaced));
        assert!(!written.was_replaced_by(&replaced), "it was written just now");
        let minute = std::time::Duration::from_secs(60);
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - minute).unwrap();
        let replaced = look(folder.path(), &[])[&path].clone();
        assert!(written.was_replaced_by(&replaced) && !replaced.was_replaced_by(&replaced));
        file.set_modified(SystemTime::now() + minute).unwrap();
        assert!(!written.was_replaced_by(&look(folder.path(), &[])[&path]));
    }

    #[test]
    fn a_sidecar_is_part_of_the_look() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.shp");
        fs::write(&path, "x").unwrap();
        let alone = look(folder.path(), &[])[&path].clone();
        fs::write(folder.path().join("a.prj"), "x").unwrap();
        assert_ne!(look(folder.path(), &[])[&path], alone);
    }

    #[test]
    fn what_vanished_is_gone_and_what_can_not_be_seen_is_hidden() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, hidden) = (folder.path().join("gone.csv"), folder.path().join("hidden.json"));
        fs::write(&hidden, "{\"no\": \"geodata\"}").unwrap();
        let looks = look(folder.path(), &[gone.clone(), hidden.clone()]);
        assert_eq!(looks[&gone], Look::Gone);
        assert!(matches!(&looks[&hidden], Look::Hidden { reason } if reason.contains("no GeoJSON")));
    }
}
