//! From paths to sources: files, folders with all that is in them, globs.
//!
//! In: what the user wrote. Out: source files in path order and, apart, what was passed over and why.
//! One bad file among good ones never stops the others. Symbolic links are followed, each folder
//! once. Addresses (`https://…`, `postgres://…`) are sources as they are written. Not here: reading; a
//! file that looks like a source may still be refused.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::geojson::{JsonKind, kind_of_json};
use super::sniff::{self, SNIFFED};
use crate::model::layer::LayerId;

/// Extensions of sources.
const SOURCES: [&str; 19] = [
    "geojson",
    "json",
    "geojsonl",
    "geojsons",
    "geojsonseq",
    "ndjson",
    "jsonl",
    "shp",
    "gpkg",
    "fgb",
    "csv",
    "kml",
    "kmz",
    "gml",
    "tab",
    "mif",
    "parquet",
    "geoparquet",
    "thf",
];

/// Extensions of further sources, which have no geometry of their own mostly.
const TABLES: [&str; 6] = ["xlsx", "xlsm", "xlsb", "ods", "tsv", "txt"];

/// Extensions of archives.
const ARCHIVES: [&str; 8] = ["zip", "gz", "tgz", "bz2", "tbz", "tbz2", "tar", "taz"];

/// What addresses of sources begin with.
const SCHEMES: [&str; 4] = ["http://", "https://", "postgres://", "postgresql://"];

/// Extensions of files that belong to a source.
const SIDECARS: [&str; 17] = [
    "dbf", "shx", "prj", "cpg", "qpj", "sbn", "sbx", "qix", "xsd", "gfs", "id", "map", "dat", "ind", "mid", "csvt",
    "qmd",
];

/// Folders nested deeper than this are passed over.
const DEEPEST: usize = 64;

/// Why there is nothing to load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourcesError {
    /// A path that is not there.
    #[error("{}: no such file or folder", .0.display())]
    NoSuchPath(PathBuf),
    /// A glob that is none, or that nothing fits.
    #[error("{0}: nothing fits this pattern")]
    NoMatch(String),
    /// Paths without a source.
    #[error("no geodata in {}; known formats: {}", join(.0), formats())]
    Nothing(Vec<PathBuf>),
}

fn join(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    names.join(", ")
}

fn formats() -> String {
    let all = SOURCES.iter().chain(&TABLES).chain(&ARCHIVES);
    let names: Vec<String> = all.map(|e| format!(".{e}")).collect();
    names.join(" ")
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Source files, in path order, each once.
    pub sources: Vec<PathBuf>,
    /// What was passed over.
    pub warnings: Vec<Warning>,
}

/// A path that was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The path.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

/// Whether an extension is that of a file beside a source.
#[must_use]
pub fn is_sidecar(extension: &str) -> bool {
    SIDECARS.contains(&extension.to_lowercase().as_str())
}

/// Whether a path is the address of a source on another machine, or in a database.
#[must_use]
pub fn is_address(path: &Path) -> bool {
    let text = path.to_string_lossy().to_lowercase();
    SCHEMES.iter().any(|scheme| text.starts_with(scheme))
}

/// Finds the sources that paths name.
///
/// A file that is named is taken whatever its extension, an address as it is; of folders (searched with
/// their sub-folders) the files with known extensions are, `.json` and `.txt` only where they look like
/// GeoJSON or a table. Hidden files are passed over.
///
/// # Errors
/// A path that is not there, and paths without any source.
pub fn find(paths: &[PathBuf]) -> Result<Found, SourcesError> {
    let mut search = Search::default();
    paths.iter().try_for_each(|path| search.add_path(path))?;
    let found = search.found;
    if found.sources.is_empty() {
        return Err(SourcesError::Nothing(paths.to_vec()));
    }
    Ok(found)
}

/// Finds the sources that paths name by now: as [`find`], but what is there no longer is no error.
#[must_use]
pub fn find_again(paths: &[PathBuf]) -> Found {
    let mut search = Search::default();
    for path in paths {
        // A path that is gone and a pattern that nothing fits any more have no sources.
        let _ = search.add_path(path);
    }
    search.found
}

#[derive(Default)]
struct Search {
    found: Found,
    seen: BTreeSet<PathBuf>,
}

impl Search {
    fn warn(&mut self, path: &Path, reason: &str) {
        self.found.warnings.push(Warning {
            path: path.to_owned(),
            reason: reason.to_owned(),
        });
    }

    /// Whether a file or folder was not met before, by whatever way.
    fn is_new(&mut self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|real| self.seen.insert(real))
    }

    /// A path as the user wrote it.
    fn add_path(&mut self, path: &Path) -> Result<(), SourcesError> {
        if is_address(path) {
            if self.seen.insert(path.to_owned()) {
                self.found.sources.push(path.to_owned());
            }
            return Ok(());
        }
        if path.exists() {
            self.add_named(path);
            return Ok(());
        }
        let text = path.to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            return Err(SourcesError::NoSuchPath(path.to_owned()));
        }
        let no_match = || SourcesError::NoMatch(text.clone().into_owned());
        let mut matched = false;
        for entry in glob::glob(&text).map_err(|_| no_match())? {
            match entry {
                Ok(found) => {
                    matched = true;
                    self.add_matched(&found);
                }
                Err(e) => self.warn(e.path(), &e.error().to_string()),
            }
        }
        if matched { Ok(()) } else { Err(no_match()) }
    }

    fn add_named(&mut self, path: &Path) {
        if path.is_dir() {
            self.add_folder(path, 0);
        } else if self.is_new(path) {
            self.found.sources.push(path.to_owned());
        }
    }

    /// A file or folder that a glob names: sidecars are no sources.
    fn add_matched(&mut self, path: &Path) {
        if path.is_dir() {
            self.add_folder(path, 0);
        } else if path.is_file() {
            self.add_if_source(path);
        }
    }

    fn add_folder(&mut self, folder: &Path, depth: usize) {
        if !self.is_new(folder) {
            return;
        }
        if depth > DEEPEST {
            return self.warn(folder, "nested too deep");
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(e) => return self.warn(folder, &e.to_string()),
        };
        let mut inside: Vec<PathBuf> = vec![];
        for entry in entries {
            match entry {
                Ok(entry) => inside.push(entry.path()),
                Err(e) => self.warn(folder, &e.to_string()),
            }
        }
        inside.sort();
        for path in inside {
            let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
            match fs::metadata(&path) {
                _ if hidden => {}
                Ok(found) if found.is_dir() => self.add_folder(&path, depth + 1),
                Ok(found) if !found.is_file() && has_source_extension(&path) => self.warn(&path, "no regular file"),
                Ok(_) => self.add_if_source(&path),
                Err(e) if has_source_extension(&path) || path.is_symlink() => self.warn(&path, &e.to_string()),
                Err(_) => {}
            }
        }
    }

    fn add_if_source(&mut self, path: &Path) {
        let is_table = extension(path) == "dbf" && !belongs_to_another(path);
        if !(has_source_extension(path) || is_table) || is_prose(path) {
            return;
        }
        match no_source(path) {
            Ok(None) => {}
            Ok(Some(reason)) => return self.warn(path, reason),
            Err(e) => return self.warn(path, &e.to_string()),
        }
        if self.is_new(path) {
            self.found.sources.push(path.to_owned());
        }
    }
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn has_source_extension(path: &Path) -> bool {
    let extension = extension(path);
    [&SOURCES[..], &TABLES, &ARCHIVES]
        .iter()
        .any(|known| known.contains(&extension.as_str()))
}

/// Whether a dBASE table is that of a shapefile or a MapInfo file beside it.
fn belongs_to_another(table: &Path) -> bool {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let folder = table.parent().filter(|p| !p.as_os_str().is_empty());
    let beside = fs::read_dir(folder.unwrap_or(Path::new(".")))
        .into_iter()
        .flatten()
        .flatten();
    let mut beside = beside.map(|entry| entry.path());
    beside.any(|path| matches!(extension(&path).as_str(), "shp" | "tab") && stem(&path) == stem(table))
}

/// Whether a file is text for people, or the manifest of `terril get`, of which nobody needs to be told.
fn is_prose(path: &Path) -> bool {
    let mut beginning = vec![];
    let mut read = || fs::File::open(path)?.take(SNIFFED).read_to_end(&mut beginning);
    if path.file_name().is_some_and(|name| name == "sources.json") {
        return read().is_ok() && beginning.starts_with(b"{\n  \"program\": \"terril ");
    }
    extension(path) == "txt" && read().is_ok() && !sniff::is_delimited(&beginning)
}

/// Why a file in a folder is no source in spite of its extension; `None` where it is one.
fn no_source(path: &Path) -> std::io::Result<Option<&'static str>> {
    let mut file = fs::File::open(path)?;
    if extension(path) != "json" {
        return Ok(None);
    }
    let mut beginning = vec![];
    file.by_ref().take(SNIFFED).read_to_end(&mut beginning)?;
    Ok(match kind_of_json(&beginning) {
        // What is broken or in JavaScript is refused by name, with its line.
        JsonKind::GeoJson | JsonKind::Table | JsonKind::Script => None,
        JsonKind::Schema => {
            Some("a description of a table (Table Schema), no table: it tells the fields that data have")
        }
        JsonKind::Other => Some("JSON, but no GeoJSON and no table"),
    })
}

/// The name of a source: its file's without the extensions of archive and format, `parcelles` for
/// `parcelles.json.gz`.
#[must_use]
pub fn stem_of(path: &Path) -> String {
    let mut name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut cut = |known: &[&str]| {
        let found = name
            .rsplit_once('.')
            .filter(|(stem, extension)| !stem.is_empty() && known.contains(&extension.to_lowercase().as_str()));
        let stem = found.map(|(stem, _)| stem.to_owned());
        let was_cut = stem.is_some();
        stem.into_iter().for_each(|stem| name = stem);
        was_cut
    };
    let mut archived = false;
    while cut(&ARCHIVES) {
        archived = true;
    }
    if archived {
        cut(&SOURCES);
        cut(&TABLES);
        return name;
    }
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Collection ids for the layers of sources, in the same order.
///
/// Where two collide the later in path order gets the prefix of [`free_id`]; the first keeps its id.
#[must_use]
pub fn layer_ids(sources: &[(PathBuf, Vec<String>)]) -> Vec<Vec<LayerId>> {
    let mut taken: BTreeSet<LayerId> = BTreeSet::new();
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by(|a, b| sources[*a].0.cmp(&sources[*b].0));
    let mut ids: Vec<Vec<LayerId>> = vec![vec![]; sources.len()];
    for source in order {
        let (path, layers) = &sources[source];
        for layer in layers {
            let id = free_id(path, layer, layers, &taken);
            taken.insert(id.clone());
            ids[source].push(id);
        }
    }
    ids
}

/// A collection id for one of a source's layers that is not taken.
///
/// A source with one layer is named by its file stem, layers of a container by their own name,
/// slugged only where not URL-safe. Where that is taken it is prefixed by its file (a layer of a
/// container) or folder (a file), then numbered.
#[must_use]
pub fn free_id(path: &Path, layer: &str, layers: &[String], taken: &BTreeSet<LayerId>) -> LayerId {
    let text = |name: Option<&std::ffi::OsStr>| name.unwrap_or_default().to_string_lossy().into_owned();
    let stem = stem_of(path);
    let folder = text(path.parent().and_then(Path::file_name));
    // The only file of an archive that could be read keeps its own name, by which it is configured.
    let sole = layers.len() == 1 && (layer == stem || !ARCHIVES.contains(&extension(path).as_str()));
    let (name, prefix) = if is_address(path) {
        // The loading process names the layer by what came from there.
        let machine = path.components().nth(1);
        (layer, machine.and_then(|c| c.as_os_str().to_str()).unwrap_or_default())
    } else if sole {
        (stem.as_str(), folder.as_str())
    } else {
        (layer, stem.as_str())
    };
    let mut id = LayerId::from_name(name);
    let mut n = 1;
    while taken.contains(&id) {
        let number = if n == 1 { String::new() } else { format!("-{n}") };
        // A file of the folder that one is in has no folder in its path.
        let prefixed = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}-{name}")
        };
        id = LayerId::from_name(&format!("{prefixed}{number}"));
        n += 1;
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn folders_are_searched_and_sidecars_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        for name in [
            "b.shp",
            "B.dbf",
            "b.prj",
            "alone.dbf",
            "a.gpkg",
            "deep/er/c.fgb",
            "terril.toml",
            ".hidden.csv",
            "readme.txt",
        ] {
            write(at, name, "x");
        }
        write(at, "schema.json", "{\"fields\":[]}");
        write(at, "d.json", "{\"type\":\"FeatureCollection\",\"features\":[]}");
        // A loop of links is walked once.
        std::os::unix::fs::symlink(at, at.join("deep/loop")).unwrap();
        let found = find(&[at.to_owned()]).unwrap();
        let names: Vec<_> = found
            .sources
            .iter()
            .map(|p| p.strip_prefix(at).unwrap().display().to_string())
            .collect();
        assert_eq!(names, ["a.gpkg", "alone.dbf", "b.shp", "d.json", "deep/er/c.fgb"]);
        assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
        assert!(found.warnings[0].path.ends_with("schema.json"));
    }

    #[test]
    fn companions_are_passed_over_and_tables_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        write(
            at,
            "schema.json",
            r#"{"$schema":"https://specs.frictionlessdata.io/schemas/table-schema.json","fields":[{"name":"site_id","type":"string"}]}"#,
        );
        write(
            at,
            "table.json",
            r#"{"meta":{"source":"x"},"communes":{"01053":{"label":"Bourg"}}}"#,
        );
        write(at, "style.json", r#"{"version":8,"sources":{},"layers":[{"id":"a"}]}"#);
        write(at, "readme.txt", "About this folder.\nNothing; here.");
        write(at, "parcels.txt", "a;b;c\n1;2;3\n4;5;6\n");
        write(at, "x.tar.bz2", "x");
        write(at, "x.xsd", "x");
        let found = find(&[at.to_owned()]).unwrap();
        let name = |p: &Path| p.file_name().unwrap().to_string_lossy().into_owned();
        let names: Vec<_> = found.sources.iter().map(|p| name(p)).collect();
        assert_eq!(names, ["parcels.txt", "table.json", "x.tar.bz2"]);
        let said: Vec<_> = found
            .warnings
            .iter()
            .map(|w| (name(&w.path), w.reason.as_str()))
            .collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            said.iter()
                .any(|(n, why)| n == "schema.json" && why.contains("Table Schema")),
            "{said:?}"
        );
    }

    #[test]
    fn addresses_are_sources_as_they_are() {
        let written = [
            PathBuf::from("https://example.org/a//b.geojson?x=*"),
            PathBuf::from("postgres://u@h/db?table=t"),
        ];
        assert_eq!(find(&written).unwrap().sources, written);
        assert_eq!(
            find(&[written[0].clone(), written[0].clone()]).unwrap().sources.len(),
            1
        );
    }

    #[test]
    fn archives_are_named_without_their_extensions() {
        let check = |path: &str, stem: &str| assert_eq!(stem_of(Path::new(path)), stem, "{path}");
        check("d/cadastre-62737-parcelles.json.gz", "cadastre-62737-parcelles");
        check("edigeo-25354000AB01.tar.bz2", "edigeo-25354000AB01");
        check("a.b.zip", "a.b");
        check("a.b.geojson", "a.b");
        check("PM_22_B_620.ZIP", "PM_22_B_620");
        check(".gz", ".gz");
    }

    #[test]
    fn a_broken_link_among_good_files_is_a_warning() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a.geojson", "{}");
        std::os::unix::fs::symlink("nowhere", folder.path().join("b.geojson")).unwrap();
        let found = find(&[folder.path().to_owned()]).unwrap();
        assert_eq!((found.sources.len(), found.warnings.len()), (1, 1));
    }

    #[test]
    fn globs_and_repeated_paths_give_each_file_once() {
        let folder = tempfile::tempdir().unwrap();
        let a = write(folder.path(), "a.geojson", "{}");
        write(folder.path(), "a.prj", "x");
        let found = find(&[folder.path().join("*"), a.clone()]).unwrap();
        assert_eq!(found.sources, [a]);
    }

    #[test]
    fn nothing_to_load_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_owned();
        assert_eq!(
            find(std::slice::from_ref(&at)),
            Err(SourcesError::Nothing(vec![at.clone()]))
        );
        assert_eq!(find(&[at.join("x")]), Err(SourcesError::NoSuchPath(at.join("x"))));
        assert!(matches!(find(&[at.join("*.shp")]), Err(SourcesError::NoMatch(_))));
    }

    #[test]
    fn colliding_layers_are_prefixed() {
        let source =
            |path: &str, layers: &[&str]| (PathBuf::from(path), layers.iter().map(|l| (*l).to_owned()).collect());
        let ids = layer_ids(&[
            source("d/b/cités.shp", &["cités"]),
            source("d/a/cités.shp", &["cités"]),
            source("d/pprt.gpkg", &["zone", "parcelle"]),
            source("d/zone.geojson", &["zone"]),
            source("d/zzz.gpkg", &["zone", "x"]),
            source("d/one-left.zip", &["inside"]),
            source("d/whole.zip", &["whole"]),
            source("./y.gml", &["y"]),
            source("y.csv", &["y"]),
        ]);
        let names: Vec<Vec<&str>> = ids.iter().map(|l| l.iter().map(LayerId::as_str).collect()).collect();
        assert_eq!(
            names,
            [
                vec!["b-cites"],
                vec!["cites"],
                vec!["zone", "parcelle"],
                vec!["d-zone"],
                vec!["zzz-zone", "x"],
                vec!["inside"],
                vec!["whole"],
                vec!["y"],
                vec!["y-2"]
            ]
        );
    }
}
