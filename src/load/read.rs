//! Reading a source, layer by layer: what the loading process does.
//!
//! In: a job and the folder for its results. Out: a base file per layer, named by position, and a
//! message per layer. What a file is, [`sniff`] says by its content; each kind has its reader:
//!
//! ```text
//! GeoJSON ─ read_geojson     archive ─ unpacked, then each file inside as a source of its own
//! all else ─ read_layers: GDAL, which leaves the rows of plain FlatGeobuf and GeoPackage to readers of our own
//! ```

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::error::LoadError;
use super::intake::IntakeError;
use super::job::{Identity, Job, Line, LoadedLayer, Progress, Reader, Settings};
use super::pipe::{self, Setup, Sink, Stop};
use super::plausible::Doubt;
use super::report::{Fault, LOCATED, LoadReport};
use super::sniff::{self, Kind, SNIFFED};
use super::sources::{is_address, stem_of};
use crate::model::crs::Crs;
use crate::ogr::OgrError;
use crate::ogr::spatial_ref;

/// Features between two progress messages.
pub(super) const STRIDE: u64 = 20_000;

/// Reads a source; `say` gets a line for each step.
pub(super) fn read_source(job: &Job, out: &Path, say: &mut dyn FnMut(&Line)) -> Result<(), LoadError> {
    let path = &job.source;
    let mut source = Source {
        job,
        out,
        say,
        written: 0,
        layers: vec![],
        faults: vec![],
        length: 0,
        file: path.clone(),
        inside: None,
        stem: job.name.clone().unwrap_or_else(|| stem_of(path)),
    };
    if is_address(path) {
        return match &job.database {
            Some(access) => source.read_database(access).map(|()| source.say_layers()),
            None => Err(source.not_geodata("it is an address, and nothing was fetched from there".into())),
        };
    }
    let before = identity(path)?;
    if before.length == 0 {
        return Err(LoadError::Empty { path: path.clone() });
    }
    source.length = before.length;
    let whole = source.read_file();
    if whole.is_ok() {
        source.say_layers();
    }
    if let Ok(Some(whole)) = whole {
        // Read through one open file: another one put in its place meanwhile is the next load's.
        (source.say)(&Line::Whole(whole));
        return Ok(());
    }
    // What a file that changed says of itself is of no use, be it well or ill.
    if identity(path)? != before {
        return Err(LoadError::Changed { path: path.clone() });
    }
    whole.map(|_| ())
}

fn identity(path: &Path) -> Result<Identity, LoadError> {
    let found = fs::metadata(path).map_err(|e| LoadError::Unreadable {
        path: path.to_owned(),
        reason: e.to_string(),
    })?;
    Ok(found.into())
}

/// The source being read.
pub(super) struct Source<'a> {
    pub(super) job: &'a Job,
    /// Bytes of the file that is read now.
    pub(super) length: u64,
    /// The file that is read now: the source itself, or one that was unpacked from it.
    file: PathBuf,
    /// Where that lies in an archive.
    inside: Option<PathBuf>,
    /// The name of a sole layer.
    stem: String,
    out: &'a Path,
    say: &'a mut dyn FnMut(&Line),
    /// Base files written.
    written: usize,
    /// The layers read, told when all are.
    layers: Vec<LoadedLayer>,
    /// Faults of the source as a whole.
    faults: Vec<Fault>,
}

/// What is said of a layer besides its features.
pub(super) struct About {
    /// Its name: the file's stem where it is the only one.
    pub(super) name: String,
    /// Who reads it.
    pub(super) driver: String,
    /// The format.
    pub(super) format: String,
    /// The encoding of its texts.
    pub(super) encoding: Option<String>,
    /// The source's name for its geometry.
    pub(super) geometry_column: String,
}

impl Source<'_> {
    /// Reads the file with GDAL.
    fn read_by_gdal(&mut self) -> Result<Option<Identity>, LoadError> {
        let result = self.read_dataset();
        self.remove_staged();
        result.map(|()| None)
    }

    /// Reads the file by the reader of its kind. Gives what the file was from beginning to end, where it was
    /// read through one open file.
    fn read_file(&mut self) -> Result<Option<Identity>, LoadError> {
        let file = self.file();
        let unreadable = |e: std::io::Error| LoadError::Unreadable {
            path: self.path(),
            reason: e.to_string(),
        };
        let mut head = vec![];
        let open = fs::File::open(&file).map_err(unreadable)?;
        open.take(SNIFFED).read_to_end(&mut head).map_err(unreadable)?;
        match sniff::kind_of(&file, &head) {
            Kind::GeoJson if self.job.reader == Reader::Auto => self.read_geojson().map(Some),
            Kind::GeoJson | Kind::Other => self.read_by_gdal(),
            // What lies in an archive, and is one itself, was unpacked with it.
            Kind::Archive(_) if self.inside.is_some() => Err(self.not_geodata("it is an archive".into())),
            Kind::Archive(packing) => self.read_archive(packing).map(Some),
            Kind::Table(rows) => self.read_table(&file, rows).map(|()| None),
            Kind::Parquet => self.read_parquet(&file).map(|()| None),
            Kind::Refused(reason) => Err(self.not_geodata(reason.into())),
        }
    }

    /// Reads a file that was unpacked from an archive, as a source of its own.
    pub(super) fn read_inside(&mut self, file: PathBuf, place: PathBuf, stem: String) -> Result<(), LoadError> {
        self.inside = Some(place);
        let length = identity(&file)?.length;
        if length == 0 {
            return Err(LoadError::Empty { path: self.path() });
        }
        (self.file, self.stem, self.length) = (file, stem, length);
        self.read_file().map(|_| ())
    }

    /// Tells the layers that were read, the first with the faults of the source as a whole.
    fn say_layers(&mut self) {
        let faults = std::mem::take(&mut self.faults);
        if let Some(first) = self.layers.first_mut() {
            for fault in &faults {
                *first.report.counts.entry(fault.kind).or_default() += 1;
            }
            first.report.faults.splice(0..0, faults);
            first.report.faults.truncate(LOCATED);
        }
        for layer in self.layers.drain(..) {
            (self.say)(&Line::Layer(Box::new(layer)));
        }
    }

    /// Adds a fault of the source as a whole, which the report of its first layer holds.
    pub(super) fn add_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// How many layers were read.
    pub(super) fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// Forgets the layers behind the first so many.
    pub(super) fn forget_layers(&mut self, kept: usize) {
        for layer in self.layers.drain(kept..) {
            // What can't be removed goes with the folder, once another result takes its place.
            let _ = fs::remove_file(&layer.base);
        }
    }

    /// The folder for results, in which readers may put what they need meanwhile.
    pub(super) fn out(&self) -> PathBuf {
        self.out.to_owned()
    }

    /// The file that readers open.
    pub(super) fn file(&self) -> PathBuf {
        self.file.clone()
    }

    /// The file in words: of one inside of an archive, the archive and the place in it.
    pub(super) fn path(&self) -> PathBuf {
        match &self.inside {
            Some(inside) => self.job.source.join(inside),
            None => self.job.source.clone(),
        }
    }

    /// The name of a sole layer.
    pub(super) fn stem(&self) -> String {
        self.stem.clone()
    }

    pub(super) fn not_geodata(&self, reason: String) -> LoadError {
        LoadError::NotGeodata {
            path: self.path(),
            reason: self.without_folders(&reason),
        }
    }

    /// A reader's words without the folders of the files that it read: answers do not tell them.
    pub(super) fn without_folders(&self, words: &str) -> String {
        let mut folders = vec![self.out().join("staged"), self.out()];
        folders.extend(
            self.file
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
                .map(Path::to_owned),
        );
        folders.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
        let mut words = words.to_owned();
        for folder in folders {
            words = words.replace(&format!("{}/", folder.display()), "");
        }
        words
    }

    pub(super) fn note(&mut self, note: String) {
        (self.say)(&Line::Note(note));
    }

    pub(super) fn progress(&mut self, done: u64, total: u64) {
        (self.say)(&Line::Progress(Progress { done, total }));
    }

    /// The CRS that the settings give, if any.
    pub(super) fn override_of(&self, layer: &str, settings: &Settings) -> Result<Option<Crs>, LoadError> {
        let parse = |text: &String| spatial_ref::parse(text).map_err(|e| self.unknown_crs(layer, &e));
        settings.crs.as_ref().map(parse).transpose()
    }

    /// The name of a layer, or that name behind the file's where another file of the archive has it already.
    pub(super) fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| self.layers.iter().any(|l| l.name == name);
        let stem = stem_of(&self.file);
        let folder = self.inside.as_deref().and_then(Path::parent).and_then(Path::file_name);
        let folder = folder.map(|f| f.to_string_lossy().into_owned());
        let before = if stem == name { folder.unwrap_or(stem) } else { stem };
        let prefixed = (1..).map(|n| match n {
            1 => format!("{before}-{name}"),
            n => format!("{before}-{name}-{n}"),
        });
        let mut names = std::iter::once(name.to_owned()).chain(prefixed);
        names.find(|n| !taken(n)).unwrap_or_default()
    }

    /// Takes a layer in while `read` fills the sink, writes it and says so.
    ///
    /// `read` runs on this thread, the rest on another. `None` where `read` wants to begin again.
    pub(super) fn take_layer(
        &mut self,
        about: About,
        setup: Setup,
        settings: &Settings,
        read: impl FnOnce(&mut Self, &mut Sink) -> Result<(), Stop>,
    ) -> Result<Option<()>, LoadError> {
        let started = Instant::now();
        let crs = setup.crs.clone();
        let base = self.out.join(format!("{}.base", self.written));
        let finish = pipe::Finish {
            layer: about.name.clone(),
            settings: settings.clone(),
            geometry_column: about.geometry_column,
            base: base.clone(),
            room_bytes: self.job.limits.memory_bytes / 4,
        };
        let taken = match pipe::take_in(setup, finish, |sink| read(self, sink)) {
            Ok(taken) => taken,
            Err(pipe::Failed::Read(Stop::Again)) => return Ok(None),
            Err(pipe::Failed::Read(Stop::Error(error))) => return Err(error),
            Err(pipe::Failed::Intake(error)) => return Err(self.intake_error(&about.name, error)),
            // The intake ended without an answer: it panicked, and so did not say more.
            Err(pipe::Failed::Read(Stop::Gone)) => {
                return Err(LoadError::Ended {
                    path: self.path(),
                    how: "an error of the program".into(),
                });
            }
        };
        self.written += 1;
        let report = LoadReport {
            source: self.job.source.clone(),
            layer: about.name.clone(),
            driver: about.driver,
            format: about.format,
            crs,
            encoding: about.encoding,
            features: taken.features,
            null_geometries: taken.null_geometries,
            repaired: taken.repaired,
            ids: taken.ids,
            counts: taken.faults.counts,
            faults: taken.faults.located,
            seconds: started.elapsed().as_secs_f64(),
        };
        self.layers.push(LoadedLayer {
            name: about.name,
            base,
            report,
            directory: taken.directory,
        });
        Ok(Some(()))
    }

    pub(super) fn unknown_crs(&self, layer: &str, error: &OgrError) -> LoadError {
        self.crs_error(layer, error.to_string(), &Crs::Epsg(2154))
    }

    pub(super) fn crs_error(&self, layer: &str, reason: String, guess: &Crs) -> LoadError {
        LoadError::Crs {
            path: self.path(),
            layer: layer.to_owned(),
            reason,
            guess: if *guess == Crs::Crs84 {
                "EPSG:4326".into()
            } else {
                guess.label()
            },
        }
    }

    fn intake_error(&self, layer: &str, error: IntakeError) -> LoadError {
        match error {
            IntakeError::UnknownCrs(e) => self.unknown_crs(layer, &e),
            IntakeError::NotInCrs(Doubt::Other { reason, guess }) => self.crs_error(layer, reason, &guess),
            IntakeError::NotInCrs(Doubt::Swapped { reason }) => LoadError::Swapped {
                path: self.path(),
                layer: layer.to_owned(),
                reason,
            },
            IntakeError::AllAtZero => LoadError::Broken {
                path: self.path(),
                place: format!("in layer \"{layer}\""),
                reason: "every place is at 0 0, which writers put where they know none".into(),
            },
            IntakeError::NoField(there) => LoadError::Missing {
                path: self.path(),
                layer: layer.to_owned(),
                what: "field of the configured name".into(),
                there: there.join(", "),
            },
            IntakeError::Full(full) => LoadError::TooLarge {
                path: self.path(),
                layer: layer.to_owned(),
                reason: full.to_string(),
            },
            IntakeError::Write(e) => LoadError::Write {
                path: self.path(),
                reason: std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string),
            },
        }
    }
}
