//! Shapefiles whose files GDAL would not find, or would read in a wrong encoding.
//!
//! In: the path of a `.shp` (or of a `.dbf` alone). Out: an open dataset, what is known of its encoding, and
//! in words what is missing. Where names differ by case (`A.SHP`, `a.dbf`, `A.Prj`), or the index (`.shx`) is
//! missing or damaged, the files are linked under one name in the folder for results, where GDAL makes the
//! index anew. Nothing is ever written beside the source.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::dbf_text::{self, Texts};
use super::error::LoadError;
use super::read::Source;
use super::report::{Fault, FaultKind};
use super::sniff::SNIFFED;
use super::xml_look::{self, Look};
use crate::ogr::OgrError;
use crate::ogr::dataset::{Dataset, Opening};

/// The folder for links, in the folder for results.
const FOLDER: &str = "staged";

/// The files of a shapefile that are read.
const FILES: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// A dataset, open.
pub(super) struct Opened {
    pub(super) dataset: Dataset,
    /// What its texts are in, where its files say or show it; else GDAL says it.
    pub(super) encoding: Option<String>,
    /// Whether texts that are no UTF-8 are what they say to be: Windows-1252.
    pub(super) is_windows_1252: bool,
}

impl Source<'_> {
    /// Opens the file with GDAL; a shapefile with all its files, wherever their names differ.
    pub(super) fn open_dataset(&mut self) -> Result<Opened, LoadError> {
        let file = self.file();
        let shapefile = match extension_of(&file).as_str() {
            "shp" => Shapefile::at(&file),
            "dbf" => Shapefile::table(&file),
            _ => {
                let look = look_at(&file);
                let dataset = Dataset::open(&file, Opening::default()).map_err(|error| {
                    let why = look.as_ref().and_then(Look::why_not);
                    why.map_or_else(|| self.not_recognised(&error), |why| self.not_geodata(why))
                })?;
                look.iter().for_each(|look| self.tell_geometries(look));
                return Ok(Opened {
                    dataset,
                    encoding: None,
                    is_windows_1252: false,
                });
            }
        };
        let texts = shapefile.texts();
        let opening = Opening {
            encoding: texts.as_ref().map(|t| t.option),
            makes_index: false,
        };
        let is_shapes = shapefile.file("shp").is_some();
        let has_index = shapefile.file("shx").is_some();
        let in_place = || Dataset::open(&file, opening);
        let dataset = if !is_shapes || (has_index && !shapefile.differs_by_case(&file)) {
            in_place().or_else(|error| {
                // The index may be what is damaged.
                let made = is_shapes.then(|| self.open_staged(&shapefile, opening, Index::Anew));
                made.and_then(Result::ok)
                    .inspect(|_| self.add_fault(index_made_anew("damaged", "endommagé")))
                    .ok_or(error)
            })
        } else if has_index {
            self.open_staged(&shapefile, opening, Index::Linked)
        } else {
            let made = self.open_staged(&shapefile, opening, Index::Anew);
            made.inspect(|_| self.add_fault(index_made_anew("missing", "absent")))
        };
        let dataset = dataset.map_err(|e| self.not_recognised(&e))?;
        if is_shapes && shapefile.file("dbf").is_none() {
            self.add_fault(Fault::new(
                FaultKind::ReaderWarning,
                "the table (.dbf) is missing: shapes without attributes; copy it beside the .shp",
                "la table (.dbf) est absente : formes sans attributs ; la copier à côté du .shp",
            ));
        }
        if let Some(lie) = texts.as_ref().and_then(|t| t.declared_otherwise.as_ref()) {
            self.add_fault(Fault::new(
                FaultKind::EncodingGuessed,
                format!("the texts are declared as {lie}, but are UTF-8: read as UTF-8"),
                format!("les textes sont déclarés en {lie}, mais sont en UTF-8 : lus en UTF-8"),
            ));
        }
        if let Some(n) = texts.as_ref().map(|t| t.guessed).filter(|n| *n > 0) {
            self.add_fault(Fault::new(
                FaultKind::EncodingGuessed,
                format!("nothing (.cpg) says the encoding of {n} texts, which are no UTF-8: read as Windows-1252"),
                format!("rien (.cpg) ne dit l'encodage de {n} textes, qui ne sont pas en UTF-8 : lus en Windows-1252"),
            ));
        }
        Ok(Opened {
            dataset,
            is_windows_1252: texts.as_ref().is_some_and(|t| t.option.is_empty()),
            encoding: texts.map(|t| t.said),
        })
    }

    /// Says which of several geometries of a feature type is read.
    fn tell_geometries(&mut self, look: &Look) {
        for (feature, properties) in &look.geometries {
            if let [others @ .., last] = properties.as_slice()
                && !others.is_empty()
            {
                let others = others.join(", ");
                self.add_fault(Fault::new(
                    FaultKind::ReaderWarning,
                    format!("\"{feature}\" has several geometries: \"{last}\", the last, is read, {others} left out"),
                    format!(
                        "« {feature} » a plusieurs géométries : « {last} », la dernière, est lue, {others} écartées"
                    ),
                ));
            }
        }
    }

    fn not_recognised(&self, error: &OgrError) -> LoadError {
        self.not_geodata(error.to_string())
    }

    /// Opens links to the files under one name.
    fn open_staged(&self, shapefile: &Shapefile, opening: Opening, index: Index) -> Result<Dataset, OgrError> {
        let folder = self.out().join(FOLDER);
        let link = || -> std::io::Result<PathBuf> {
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir(&folder)?;
            let name = |extension: &str| folder.join("shapefile").with_extension(extension);
            for extension in FILES {
                if let Some(file) = shapefile
                    .file(extension)
                    .filter(|_| extension != "shx" || index == Index::Linked)
                {
                    std::os::unix::fs::symlink(file.canonicalize()?, name(extension))?;
                }
            }
            Ok(name("shp"))
        };
        let path = link().map_err(|e| OgrError::NotRecognised(vec![e.to_string()]))?;
        let makes_index = index == Index::Anew;
        Dataset::open(&path, Opening { makes_index, ..opening })
    }

    /// Removes the links, once the dataset is closed.
    pub(super) fn remove_staged(&self) {
        // Where there were none, nothing is to be done; where they stay, they go with the folder.
        let _ = fs::remove_dir_all(self.out().join(FOLDER));
    }
}

fn index_made_anew(what: &str, what_fr: &str) -> Fault {
    Fault::new(
        FaultKind::ReaderWarning,
        format!("the index (.shx) is {what}: made anew from the shapes"),
        format!("l'index (.shx) est {what_fr} : refait d'après les formes"),
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    Linked,
    Anew,
}

/// The files of a shapefile, whatever the case of their names.
struct Shapefile(Vec<(&'static str, PathBuf)>);

impl Shapefile {
    fn at(shapes: &Path) -> Self {
        let stem = shapes.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = shapes
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let mut beside: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|e| e.ok().map(|e| e.path()))
            .collect();
        // The very stem first, then capitals.
        let is_stem = |p: &Path| p.file_stem().is_some_and(|s| s == stem.as_str());
        beside.sort_by_key(|p| (!is_stem(p), p.clone()));
        let of_stem = |p: &&PathBuf| {
            let other = p.file_stem().unwrap_or_default().to_string_lossy();
            other.to_lowercase() == stem.to_lowercase()
        };
        let find = |extension: &'static str| {
            let is_it = |p: &&PathBuf| extension_of(p) == extension;
            beside
                .iter()
                .filter(of_stem)
                .find(is_it)
                .map(|p| (extension, p.clone()))
        };
        let mut files: Vec<_> = FILES.into_iter().filter(|e| *e != "shp").filter_map(find).collect();
        files.push(("shp", shapes.to_owned()));
        Self(files)
    }

    /// A table alone.
    fn table(table: &Path) -> Self {
        let mut found = Self::at(table);
        found.0.retain(|(extension, _)| *extension == "cpg");
        found.0.push(("dbf", table.to_owned()));
        found
    }

    fn file(&self, extension: &str) -> Option<&Path> {
        let found = self.0.iter().find(|(e, _)| *e == extension);
        found.map(|(_, path)| path.as_path())
    }

    /// Whether GDAL would not find a file: it looks for the stem with an extension in small letters or capitals.
    fn differs_by_case(&self, shapes: &Path) -> bool {
        self.0.iter().any(|(extension, path)| {
            let as_found = |extension: &str| shapes.with_extension(extension).file_name() == path.file_name();
            *extension != "shp" && !as_found(extension) && !as_found(&extension.to_uppercase())
        })
    }

    /// What the texts of its table are in; `None` where GDAL may read them as it does.
    fn texts(&self) -> Option<Texts> {
        let declared = self.file("cpg").and_then(|path| fs::read_to_string(path).ok());
        dbf_text::texts_of(self.file("dbf")?, declared.as_deref().map(str::trim))
    }
}

/// What the beginning of a file says, where it is XML.
fn look_at(file: &Path) -> Option<Look> {
    let mut head = vec![];
    fs::File::open(file).ok()?.take(SNIFFED).read_to_end(&mut head).ok()?;
    xml_look::look(&head)
}

fn extension_of(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}
