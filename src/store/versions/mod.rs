//! Former states of layers on the disk: for each version a base file and what is known of its load.
//!
//! ```text
//! STATE/versions/<layer>/3-0f3a….base     the base file, the same file as the layer's own by a hard link
//!                        3.report.json    the load report
//!                        3.json           the record; written last: a version is whole or not there
//! ```
//! In: base files that were opened and checked. Out: [`Record`]s, and former [`View`]s, which show of a former
//! state what everyone may see today. Because of the link, the folders of `load::cache` come and go as they like.
//!
//! Not here: which versions are kept and who may see them (`serve::versions`), what lies between two (`query::diff`).

mod record;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use record::{Record, Shown};

use super::base::{BaseFile, Checked};
use super::catalog::EditError;
use super::snapshot::Snapshot;
use super::view::View;
use crate::load::base::{FOOTER_BYTES, FORMAT, MAGIC};
use crate::load::report::LoadReport;
use crate::model::layer::{LayerId, LayerInfo};

/// The longest id that names its folder itself.
const LONGEST_NAME: usize = 100;

/// How a base file comes to stand among the versions.
#[derive(Debug)]
pub enum Put {
    /// It is there.
    Linked,
    /// The disk has no links: this is to be copied.
    ToCopy(File),
}

/// The folder of all versions.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// A shelf in a folder, which is made when the first version comes.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The file with a version's features.
    #[must_use]
    pub fn base(&self, record: &Record) -> PathBuf {
        self.of(&record.layer).join(&record.base)
    }

    /// The records of a layer, the oldest first; what can't be used is removed, and said.
    pub fn read(&self, layer: &LayerId) -> Vec<Record> {
        let folder = self.of(layer);
        let mut records: Vec<Record> = vec![];
        for path in files_of(&folder) {
            if !record::is_record(&path) {
                continue;
            }
            match Record::read(&path).and_then(|record| whole(&folder, record)) {
                Ok(record) if record.layer == *layer => records.push(record),
                Ok(_) => {}
                Err(reason) => {
                    tracing::warn!(
                        layer = layer.as_str(),
                        file = record::shown(&path),
                        "a former version can't be read any more and is removed: {reason}"
                    );
                    let _ = fs::remove_file(&path);
                }
            }
        }
        records.sort_by_key(|record| record.number);
        // What an end in the middle of the work left, and what belonged to records that went.
        for path in files_of(&folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !records.iter().any(|record| record.files().contains(&name)) {
                let _ = fs::remove_file(&path);
            }
        }
        records
    }

    /// Puts a base file where a record says that it stands, in place of what is there. Cost: a link.
    ///
    /// # Errors
    /// A folder that can't be written, a file that can't be read.
    pub fn put(&self, record: &Record, base: &Path) -> io::Result<Put> {
        fs::create_dir_all(self.of(&record.layer))?;
        let target = self.base(record);
        let aside = target.with_extension("link");
        let _ = fs::remove_file(&aside);
        if fs::hard_link(base, &aside).is_err() {
            return File::open(base).map(Put::ToCopy);
        }
        let named = fs::rename(&aside, &target);
        // Where both were links to one file already, renaming leaves both.
        let _ = fs::remove_file(&aside);
        named.map(|()| Put::Linked)
    }

    /// Writes a version for good: its base where that is to be copied, its report, and last its record.
    ///
    /// # Errors
    /// A disk that is full, a folder that went.
    pub fn write(&self, record: &Record, copied: Option<&File>, report: &LoadReport) -> io::Result<()> {
        let folder = self.of(&record.layer);
        let base = self.base(record);
        if let Some(mut from) = copied
            && !base.exists()
        {
            let aside = folder.join(format!("{}.part", record.base));
            io::copy(&mut from, &mut File::create(&aside)?)?;
            fs::rename(&aside, &base)?;
        }
        File::open(&base)?.sync_all()?;
        record::put(&folder, &record.report_name(), &serde_json::to_vec(report)?)?;
        record::put(&folder, &record.name(), &serde_json::to_vec_pretty(record)?)?;
        File::open(&folder)?.sync_all()
    }

    /// A version's whole report.
    ///
    /// # Errors
    /// Where it is no longer there.
    pub fn report(&self, record: &Record) -> io::Result<LoadReport> {
        let text = fs::read(self.of(&record.layer).join(record.report_name()))?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Removes what one record has and another, which took its number or place, has not. What is mapped stays
    /// readable until it is let go.
    pub fn remove(&self, record: &Record, but_for: Option<&Record>) {
        let kept = but_for.map(Record::files).unwrap_or_default();
        // The record first: without it the rest is nothing.
        for name in record.files().iter().filter(|name| !kept.contains(name)) {
            let _ = fs::remove_file(self.of(&record.layer).join(name));
        }
    }

    /// Removes a layer's versions.
    pub fn forget(&self, layer: &LayerId) {
        let _ = fs::remove_dir_all(self.of(layer));
    }

    /// Removes the versions of layers that are neither among these nor wanted by their newest record.
    pub fn prune(&self, layers: &[LayerId], wanted: &dyn Fn(&Record) -> bool) {
        let kept: Vec<PathBuf> = layers.iter().map(|layer| self.of(layer)).collect();
        // What is being written has no record yet.
        for folder in files_of(&self.folder)
            .into_iter()
            .filter(|folder| !kept.contains(folder))
        {
            let records = files_of(&folder).into_iter().filter(|path| record::is_record(path));
            let newest = records
                .filter_map(|path| Record::read(&path).ok())
                .max_by_key(|record| record.number);
            if !newest.as_ref().is_some_and(wanted) {
                if let Some(record) = newest {
                    tracing::info!(
                        layer = record.layer.as_str(),
                        "its source is no longer among those served: its former versions are removed"
                    );
                }
                let _ = fs::remove_dir_all(&folder);
            }
        }
    }

    /// Removes everything.
    pub fn clear(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }

    fn of(&self, layer: &LayerId) -> PathBuf {
        let id = layer.as_str();
        let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if id.len() <= LONGEST_NAME && id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.chars().all(fit) {
            return self.folder.join(id);
        }
        // With a character that no id has, so that the two never meet.
        self.folder
            .join(format!("+{}", &blake3::hash(id.as_bytes()).to_hex()[..32]))
    }
}

/// A record whose base file is there and of our format; its checksum is read when it is opened.
fn whole(folder: &Path, record: Record) -> Result<Record, String> {
    if record.format != FORMAT {
        return Err(format!("it is of data format {}, ours is {FORMAT}", record.format));
    }
    if !looks_whole(&folder.join(&record.base)) {
        return Err("its base file is not whole".into());
    }
    if !folder.join(record.report_name()).is_file() {
        return Err("its report is missing".into());
    }
    Ok(record)
}

/// Whether a file begins and ends as a base file does.
fn looks_whole(path: &Path) -> bool {
    let ends = || -> io::Result<bool> {
        let file = File::open(path)?;
        let last = file.metadata()?.len().checked_sub(MAGIC.len() as u64);
        let Some(last) = last.filter(|at| *at >= FOOTER_BYTES as u64) else {
            return Ok(false);
        };
        let (mut first, mut end) = ([0; MAGIC.len()], [0; MAGIC.len()]);
        file.read_exact_at(&mut first, 0)?;
        file.read_exact_at(&mut end, last)?;
        Ok(first == MAGIC && end == MAGIC)
    };
    ends().unwrap_or(false)
}

/// The entries of a folder, sorted; none where it can't be read.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    found.sort();
    found
}

/// What everyone may see today of a former state: under the layer's present configuration. A field that the public
/// view names and that the state lacks is not there; rows that can't be judged, since a field of their condition is
/// missing, are an error.
///
/// Cost: with [`Checked::Now`] all of the file is read.
///
/// # Errors
/// A base file that can't be used; rows that can't be judged.
pub fn former_view(
    base: &Path,
    checked: Checked,
    record: &Record,
    info: &LayerInfo,
    report: LoadReport,
) -> Result<View, EditError> {
    let snapshot = Arc::new(Snapshot::of_base(BaseFile::open_as(base, checked)?));
    Ok(View::former(snapshot, info.clone(), Arc::new(report), record.stage)?)
}

/// The name that a state has whose rows and fields are all visible, without opening it.
#[must_use]
pub fn whole_version(record: &Record) -> String {
    let content = u128::from_str_radix(&record.content, 16).unwrap_or(0);
    super::view::version_of(content, &record.fields, &record.crs)
}

#[cfg(test)]
mod tests;
