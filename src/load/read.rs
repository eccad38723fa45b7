//! Driving a reader into an intake, layer by layer: what the loading process does.
//!
//! In: a job and the folder for its results. Out: a base file per layer, named by position, and a
//! message per layer. GeoJSON goes to the native reader, all else to GDAL.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::error::LoadError;
use super::geojson::{self, GeoJsonError, Next};
use super::guess_crs::{RawBox, guess};
use super::intake::{Intake, IntakeError};
use super::job::{Job, Line, LoadedLayer, Progress, Reader, Settings};
use super::report::{Fault, FaultKind, LoadReport};
use crate::model::crs::Crs;
use crate::model::role::guess_role;
use crate::model::row::Row;
use crate::ogr::OgrError;
use crate::ogr::dataset::Dataset;
use crate::ogr::layer::Layer;
use crate::ogr::spatial_ref::{self, Declared};

/// Features between two progress messages.
const STRIDE: u64 = 20_000;

/// Reads a source; `say` gets a line for each step.
pub(super) fn read_source(job: &Job, out: &Path, say: &mut dyn FnMut(&Line)) -> Result<(), LoadError> {
    let path = &job.source;
    let before = identity(path)?;
    if before.0 == 0 {
        return Err(LoadError::Empty { path: path.clone() });
    }
    let mut source = Source {
        job,
        out,
        say,
        written: 0,
    };
    if job.reader == Reader::Auto && is_geojson(path) {
        source.read_geojson()?;
    } else {
        source.read_dataset()?;
    }
    if identity(path)? != before {
        return Err(LoadError::Changed { path: path.clone() });
    }
    Ok(())
}

/// What changes when a file is written: length, time, inode.
fn identity(path: &Path) -> Result<(u64, i64, i64, u64), LoadError> {
    use std::os::unix::fs::MetadataExt;
    let unreadable = |e: std::io::Error| LoadError::Unreadable {
        path: path.to_owned(),
        reason: e.to_string(),
    };
    let found = fs::metadata(path).map_err(unreadable)?;
    if found.is_file() {
        fs::File::open(path).map_err(unreadable)?;
    }
    Ok((found.len(), found.mtime(), found.mtime_nsec(), found.ino()))
}

/// Whether a file is the native reader's.
fn is_geojson(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    matches!(extension.as_str(), "geojson" | "json")
}

struct Source<'a> {
    job: &'a Job,
    out: &'a Path,
    say: &'a mut dyn FnMut(&Line),
    written: usize,
}

/// A layer that was read, on its way out.
struct Read {
    intake: Intake,
    name: String,
    driver: String,
    format: String,
    crs: Crs,
    encoding: Option<String>,
    geometry_column: String,
    started: Instant,
}

impl Source<'_> {
    fn path(&self) -> PathBuf {
        self.job.source.clone()
    }

    fn stem(&self) -> String {
        let stem = self.job.source.file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    fn progress(&mut self, done: u64, total: u64) {
        (self.say)(&Line::Progress(Progress { done, total }));
    }

    /// The CRS that the settings give, if any.
    fn override_of(&self, settings: &Settings) -> Result<Option<Crs>, LoadError> {
        let parse = |text: &String| spatial_ref::parse(text).map_err(|e| self.unknown_crs(&self.stem(), &e));
        settings.crs.as_ref().map(parse).transpose()
    }

    fn unknown_crs(&self, layer: &str, error: &OgrError) -> LoadError {
        LoadError::Crs {
            path: self.path(),
            layer: layer.to_owned(),
            reason: error.to_string(),
            guess: "EPSG:2154".into(),
        }
    }

    fn read_geojson(&mut self) -> Result<(), LoadError> {
        let started = Instant::now();
        let name = self.stem();
        let settings = self.job.settings_of(&name).clone();
        let wanted = self.override_of(&settings)?;
        let total = identity(&self.job.source)?.0;
        // The member may stand behind the features: then they are read again, in its system.
        let mut behind = None;
        loop {
            let mut reader = geojson::Reader::open(&self.job.source).map_err(|e| self.geojson_error(e))?;
            let crs_member = |source: &Self, reader: &geojson::Reader<fs::File>| {
                let declared = |text: &String| spatial_ref::parse(text).map_err(|e| source.unknown_crs(&name, &e));
                reader.members().crs.as_ref().map(declared).transpose()
            };
            let member = crs_member(self, &reader)?;
            let crs = wanted
                .clone()
                .or(member)
                .or_else(|| behind.clone())
                .unwrap_or(Crs::Crs84);
            let mut intake = Intake::new(crs.clone(), true).map_err(|e| self.unknown_crs(&name, &e))?;
            let mut row = Row::default();
            let mut known = 0;
            let mut n = 0;
            loop {
                match reader.next(&mut row).map_err(|e| self.geojson_error(e))? {
                    Next::End => break,
                    Next::Unreadable { line, reason } => intake.unreadable(line, reason),
                    Next::Feature(notes) => {
                        for new in &reader.names()[known..] {
                            intake.builder.field(new);
                        }
                        known = reader.names().len();
                        intake.note_feature(&notes);
                        intake.take(&mut row).map_err(|e| self.too_large(&name, &e))?;
                        n += 1;
                        if n % STRIDE == 0 {
                            self.progress(reader.bytes_read(), total);
                        }
                    }
                }
            }
            let member = crs_member(self, &reader)?;
            if wanted.is_none()
                && let Some(member) = member
                && member != crs
            {
                behind = Some(member);
                continue;
            }
            return self.write(
                Read {
                    intake,
                    name,
                    driver: "native".into(),
                    format: "GeoJSON".into(),
                    crs,
                    encoding: None,
                    geometry_column: "geometry".into(),
                    started,
                },
                &settings,
            );
        }
    }

    fn geojson_error(&self, error: GeoJsonError) -> LoadError {
        let path = self.path();
        match error {
            GeoJsonError::Io(e) => LoadError::Unreadable {
                path,
                reason: e.to_string(),
            },
            GeoJsonError::CutShort { line } => LoadError::Broken {
                path,
                place: format!("at line {line}"),
                reason: "the file ends in the middle: it was cut short".into(),
            },
            GeoJsonError::Syntax { line: 1, expected } if expected.starts_with("GeoJSON") => LoadError::NotGeodata {
                path,
                reason: format!("expected {expected}"),
            },
            GeoJsonError::Syntax { line, expected } => LoadError::Broken {
                path,
                place: format!("at line {line}"),
                reason: format!("expected {expected}"),
            },
            GeoJsonError::NotGeoJson(reason) => LoadError::NotGeodata {
                path,
                reason: reason.into(),
            },
        }
    }

    fn too_large(&self, layer: &str, full: &super::base::Full) -> LoadError {
        LoadError::TooLarge {
            path: self.path(),
            layer: layer.to_owned(),
            reason: full.to_string(),
        }
    }

    fn read_dataset(&mut self) -> Result<(), LoadError> {
        let not_geodata = |path: PathBuf, e: OgrError| LoadError::NotGeodata {
            path,
            reason: e.to_string(),
        };
        let dataset = Dataset::open(&self.job.source).map_err(|e| not_geodata(self.path(), e))?;
        let format = dataset.driver();
        let layers: Vec<String> = (0..dataset.layer_count())
            .filter_map(|i| dataset.layer(i).map(|l| l.name()))
            .collect();
        if layers.is_empty() {
            return Err(LoadError::NotGeodata {
                path: self.path(),
                reason: "it holds no layer".into(),
            });
        }
        if let Some(wanted) = &self.job.layer
            && !layers.contains(wanted)
        {
            return Err(LoadError::Missing {
                path: self.path(),
                layer: wanted.clone(),
                what: "layer of that name".into(),
                there: layers.join(", "),
            });
        }
        for (i, in_source) in layers.iter().enumerate() {
            if self.job.layer.as_ref().is_some_and(|wanted| wanted != in_source) {
                continue;
            }
            let name = if layers.len() == 1 {
                self.stem()
            } else {
                in_source.clone()
            };
            if let Some(layer) = dataset.layer(i) {
                self.read_layer(layer, &name, &format)?;
            }
        }
        Ok(())
    }

    fn read_layer(&mut self, mut layer: Layer<'_>, name: &str, format: &str) -> Result<(), LoadError> {
        let started = Instant::now();
        let settings = self.job.settings_of(name).clone();
        let wanted = self.override_of(&settings)?;
        let placed = layer.has_geometry();
        let declared = layer.crs();
        if let Declared::Unusable(system) = &declared
            && wanted.is_none()
            && placed
        {
            let reason = format!("its coordinate system \"{system}\" can't be turned into degrees");
            return Err(self.crs_error(name, reason, &Crs::Epsg(2154)));
        }
        let known = match (wanted, declared) {
            (Some(crs), _) | (None, Declared::Known(crs)) => Some(crs),
            _ => None,
        };
        let crs = known.clone().unwrap_or(Crs::Crs84);
        let mut intake = Intake::new(crs.clone(), placed).map_err(|e| self.unknown_crs(name, &e))?;
        let native_ids = if format == "GeoJSON" {
            NativeIds::InJson
        } else if layer.has_own_ids() {
            NativeIds::Own
        } else {
            NativeIds::None
        };
        intake.declare_fields(&layer.fields());
        for field in layer.binary_fields() {
            intake.binary_field(field);
        }
        let total = layer.count().unwrap_or(0);
        let mut row = Row::default();
        let mut n = 0u64;
        loop {
            match layer.next(&mut row) {
                Ok(None) => break,
                Ok(Some(notes)) => {
                    match native_ids {
                        NativeIds::Own => {}
                        NativeIds::None => row.id = None,
                        NativeIds::InJson => row.id = id_in_json(layer.native_json()),
                    }
                    intake.note(notes.shape);
                    if notes.lost_characters {
                        intake.lost_characters();
                    }
                    intake.take(&mut row).map_err(|e| self.too_large(name, &e))?;
                    n += 1;
                    if n % STRIDE == 0 {
                        self.progress(n, total.max(n));
                    }
                }
                Err(OgrError::Stopped { read, messages }) if total > read || read == 0 => {
                    return Err(LoadError::Broken {
                        path: self.path(),
                        place: format!("after {read} of {total} features of layer \"{name}\""),
                        reason: messages.join("; "),
                    });
                }
                Err(OgrError::Stopped { messages, .. }) => {
                    intake.reader_warnings(&messages);
                    break;
                }
                Err(e) => {
                    return Err(LoadError::NotGeodata {
                        path: self.path(),
                        reason: e.to_string(),
                    });
                }
            }
        }
        if n < total {
            return Err(LoadError::Broken {
                path: self.path(),
                place: format!("after {n} of {total} features of layer \"{name}\""),
                reason: "the rest can't be read".into(),
            });
        }
        if known.is_none() && placed {
            let found = intake.raw_box();
            if !found.fits_degrees() && found != RawBox::empty() {
                let (crs, words) = guess(&found);
                let [x, y] = found.min;
                let reason = format!(
                    "the file names no coordinate system, and coordinates such as {x} {y} are no degrees; they look like {words}"
                );
                return Err(self.crs_error(name, reason, &crs));
            }
            intake.crs_assumed();
        }
        let read = Read {
            intake,
            name: name.to_owned(),
            driver: format.to_owned(),
            format: format.to_owned(),
            crs,
            encoding: layer.encoding(),
            geometry_column: layer.geometry_column().unwrap_or_else(|| "geometry".into()),
            started,
        };
        self.write(read, &settings)
    }

    fn crs_error(&self, layer: &str, reason: String, guess: &Crs) -> LoadError {
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

    fn write(&mut self, read: Read, settings: &Settings) -> Result<(), LoadError> {
        let fields = read.intake.builder.fields();
        let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
        let role = settings.role.or_else(|| guess_role(&read.name, &names));
        let base = self.out.join(format!("{}.base", self.written));
        let taken = read
            .intake
            .finish(settings.id_field.as_deref(), role, &read.geometry_column, &base)
            .map_err(|e| self.intake_error(&read.name, e))?;
        let report = LoadReport {
            source: self.path(),
            layer: read.name.clone(),
            driver: read.driver,
            format: read.format,
            crs: read.crs,
            encoding: read.encoding,
            features: taken.features,
            null_geometries: taken.null_geometries,
            repaired: taken.repaired,
            ids: taken.ids,
            counts: taken.faults.counts,
            faults: taken.faults.located,
            seconds: read.started.elapsed().as_secs_f64(),
        };
        self.written += 1;
        (self.say)(&Line::Layer(Box::new(LoadedLayer {
            name: read.name,
            base,
            report,
            directory: taken.directory,
        })));
        Ok(())
    }

    fn intake_error(&self, layer: &str, error: IntakeError) -> LoadError {
        match error {
            IntakeError::NotInCrs { reason, guess } => self.crs_error(layer, reason, &guess),
            IntakeError::NoField(there) => LoadError::Missing {
                path: self.path(),
                layer: layer.to_owned(),
                what: "field of the configured name".into(),
                there: there.join(", "),
            },
            IntakeError::Write(e) => {
                let cause = std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
                LoadError::Write {
                    path: self.out.to_owned(),
                    reason: cause,
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NativeIds {
    None,
    Own,
    InJson,
}

/// The `id` member of a feature's own JSON, as the native reader takes it.
fn id_in_json(json: &str) -> Option<crate::model::feature::FeatureId> {
    use crate::model::feature::FeatureId;
    #[derive(serde::Deserialize)]
    struct Feature {
        #[serde(default)]
        id: serde_json::Value,
    }
    match serde_json::from_str::<Feature>(json).ok()?.id {
        serde_json::Value::String(s) => Some(FeatureId::Text(s)),
        serde_json::Value::Number(n) => Some(
            n.as_i64()
                .map_or_else(|| FeatureId::Text(n.to_string()), FeatureId::Int),
        ),
        _ => None,
    }
}

impl Intake {
    /// Declares a reader's fields; a later one of the same name is renamed.
    fn declare_fields(&mut self, fields: &[(String, crate::model::feature::FieldType)]) {
        for (i, (name, kind)) in fields.iter().enumerate() {
            let mut unique = name.clone();
            let mut n = 2;
            while self.builder.fields().iter().any(|f| f.name == unique) {
                unique = format!("{name}_{n}");
                n += 1;
            }
            if unique != *name {
                self.faults.add(FaultKind::DuplicateField, || {
                    Fault::new(
                        FaultKind::DuplicateField,
                        format!("the field \"{name}\" stands twice: the later is \"{unique}\""),
                        format!("le champ « {name} » figure deux fois : le second devient « {unique} »"),
                    )
                });
            }
            let declared = self.builder.declare(&unique, *kind);
            debug_assert_eq!(declared, i);
        }
    }

    fn binary_field(&mut self, name: &str) {
        self.faults.add(FaultKind::BinaryField, || {
            Fault::new(
                FaultKind::BinaryField,
                format!("the field \"{name}\" holds bytes: left out"),
                format!("le champ « {name} » contient des octets : écarté"),
            )
        });
    }

    fn lost_characters(&mut self) {
        self.fault(FaultKind::LostCharacters, None, || {
            [
                "text with bytes that its encoding does not have: replaced by U+FFFD".into(),
                "texte dont des octets n'existent pas dans son encodage : remplacés par U+FFFD".into(),
            ]
        });
    }

    fn unreadable(&mut self, line: u64, reason: &str) {
        self.faults.add(FaultKind::UnreadableFeature, || {
            Fault::new(
                FaultKind::UnreadableFeature,
                format!("line {line}: {reason}: left out"),
                format!("ligne {line} : {reason} : écartée"),
            )
        });
    }

    fn note_feature(&mut self, notes: &geojson::FeatureNotes) {
        self.note(notes.shape);
        if let Some(reason) = notes.bad_geometry {
            self.fault(FaultKind::UnrepairableGeometry, None, || {
                [
                    format!("{reason}: kept without a place"),
                    format!("{reason} : conservée sans lieu"),
                ]
            });
        }
        if let Some(field) = &notes.bad_value {
            self.fault(FaultKind::UnreadableValue, None, || {
                [
                    format!("a value of \"{field}\" can't be read: left empty"),
                    format!("une valeur de « {field} » est illisible : laissée vide"),
                ]
            });
        }
        if notes.lost_characters {
            self.lost_characters();
        }
    }

    fn reader_warnings(&mut self, messages: &[String]) {
        for message in messages {
            self.faults.add(FaultKind::ReaderWarning, || {
                Fault::new(FaultKind::ReaderWarning, message.clone(), message.clone())
            });
        }
    }

    fn crs_assumed(&mut self) {
        self.faults.add(FaultKind::CrsAssumed, || {
            Fault::new(
                FaultKind::CrsAssumed,
                "the file names no coordinate system: longitude and latitude in degrees (CRS84) assumed",
                "le fichier ne nomme aucun système de coordonnées : longitude et latitude en degrés (CRS84) supposées",
            )
        });
    }
}
