//! What is known of one version: whence and when it came, and what is needed to tell it from others.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::crs::Crs;
use crate::model::feature::Field;
use crate::model::layer::{LayerId, Stage};

/// One version of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The layer.
    pub layer: LayerId,
    /// 1, 2, 3… for each layer.
    pub number: u64,
    /// When it was loaded (RFC 3339, UTC).
    pub loaded: String,
    /// The source's file name, without folders.
    pub source: String,
    /// Tells sources of one name apart: a hash of where it stands.
    pub origin: String,
    /// Bytes of the source, where it is a file.
    pub source_bytes: Option<u64>,
    /// When the source was written (RFC 3339, UTC), where it is a file.
    pub source_modified: Option<String>,
    /// The licence as it was known then.
    pub licence: Option<String>,
    /// The line that maps had to show then.
    pub attribution: Option<String>,
    /// The system of its coordinates.
    pub crs: Crs,
    /// All of its fields.
    pub fields: Vec<Field>,
    /// Its features.
    pub features: u64,
    /// Sum of the features' hashes, in hexadecimal.
    pub content: String,
    /// The number of its data format.
    pub format: u32,
    /// The name of its base file.
    pub base: String,
    /// How far the work on it came.
    pub stage: Stage,
    /// What everyone saw of it when it was loaded.
    pub shown: Shown,
}

/// A state as everyone saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Names the public view.
    pub by: String,
    /// Names the content that it showed.
    pub version: String,
}

impl Record {
    /// The file of the record.
    pub(super) fn name(&self) -> String {
        format!("{}.json", self.number)
    }

    /// The file of the report.
    pub(super) fn report_name(&self) -> String {
        format!("{}.report.json", self.number)
    }

    /// Its files, the record first.
    pub(super) fn files(&self) -> [String; 3] {
        [self.name(), self.report_name(), self.base.clone()]
    }

    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read(path).map_err(|error| error.to_string())?;
        let record: Self = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let named = path.file_name().unwrap_or_default().to_string_lossy() == record.name();
        // A name that led elsewhere would be somebody else's file.
        let inside = !record.base.contains(['/', '\\']) && record.base.ends_with(".base");
        if named && inside {
            Ok(record)
        } else {
            Err("it names other files than its own".into())
        }
    }

    /// Whether another load found the same: content, fields and system.
    #[must_use]
    pub fn has_content(&self, content: &str, fields: &[Field], crs: &Crs) -> bool {
        self.content == content && self.fields == fields && self.crs == *crs
    }
}

/// Whether a path has the name of a record.
pub(super) fn is_record(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".json")
        .is_some_and(|stem| !stem.is_empty() && stem.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn shown(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Writes a file aside, syncs it and gives it its name.
pub(super) fn put(folder: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    let aside = folder.join(format!("{name}.part"));
    let mut file = File::create(&aside)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&aside, folder.join(name))
}
