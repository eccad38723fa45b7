//! Reading GeoJSON with the native reader.

use std::fs::File;
use std::io::Seek;

use super::error::LoadError;
use super::geojson::{self, GeoJsonError, Next};
use super::job::Identity;
use super::pipe::{Setup, Sink, Stop};
use super::read::{About, STRIDE, Source};
use super::report::{Fault, FaultKind};
use crate::model::crs::Crs;
use crate::ogr::spatial_ref;

type Reader = geojson::Reader<File>;

impl Source<'_> {
    /// Reads the file as one layer, named by its stem. Gives what the file was from beginning to end, though
    /// another may stand at its path by then.
    pub(super) fn read_geojson(&mut self) -> Result<Identity, LoadError> {
        let mut file = File::open(self.file()).map_err(|e| self.geojson_error(e.into()))?;
        let is = |file: &File| file.metadata().map(Identity::from);
        let before = is(&file).map_err(|e| self.geojson_error(e.into()))?;
        self.length = before.length;
        let result = self.read_open_geojson(&mut file);
        // What a file that was written meanwhile says of itself is of no use, be it well or ill.
        if is(&file).ok() != Some(before) {
            return Err(LoadError::Changed { path: self.path() });
        }
        result.map(|()| before)
    }

    fn read_open_geojson(&mut self, file: &mut File) -> Result<(), LoadError> {
        let name = self.free_name(&self.stem());
        let settings = self.job.settings_of(&name).clone();
        let wanted = self.override_of(&name, &settings)?;
        // The `crs` member may stand behind the features: then they are read again, in its system.
        let mut behind = None;
        loop {
            let start = file.rewind().and_then(|()| file.try_clone());
            let reader = start.map_err(GeoJsonError::from).and_then(Reader::new);
            let mut reader = reader.map_err(|e| self.geojson_error(e))?;
            let member = self.crs_member(&name, &reader)?;
            let crs = wanted
                .clone()
                .or(member)
                .or_else(|| behind.clone())
                .unwrap_or(Crs::Crs84);
            let about = About {
                name: name.clone(),
                driver: "native".into(),
                format: if reader.is_sequence() { "GeoJSONSeq" } else { "GeoJSON" }.into(),
                encoding: None,
                geometry_column: "geometry".into(),
            };
            let setup = Setup {
                crs: crs.clone(),
                crs_known: true,
                placed: true,
                fields: vec![],
            };
            let done = self.take_layer(about, setup, &settings, |source, sink| {
                source.read_features(&mut reader, sink)?;
                let member = source.crs_member(&name, &reader).map_err(Stop::Error)?;
                if let Some(member) = member.filter(|m| wanted.is_none() && *m != crs) {
                    behind = Some(member);
                    return Err(Stop::Again);
                }
                Ok(())
            })?;
            if done.is_some() {
                return Ok(());
            }
        }
    }

    fn read_features(&mut self, reader: &mut Reader, sink: &mut Sink) -> Result<(), Stop> {
        let (mut n, mut known) = (0u64, 0);
        loop {
            let next = reader.next(sink.row());
            match next.map_err(|e| Stop::Error(self.geojson_error(e)))? {
                Next::End => return Ok(()),
                Next::Unreadable { line, reason } => sink.fault(Fault::new(
                    FaultKind::UnreadableFeature,
                    format!("line {line}: {reason}: left out"),
                    format!("ligne {line} : {reason} : écartée"),
                )),
                Next::Feature(notes) => {
                    for new in &reader.names()[known..] {
                        sink.add_field(new);
                    }
                    known = reader.names().len();
                    sink.push(notes)?;
                    n += 1;
                    sink.share(reader.bytes_read(), self.length);
                    if n.is_multiple_of(STRIDE) {
                        self.progress(reader.bytes_read(), self.length);
                    }
                }
            }
        }
    }

    fn crs_member(&self, layer: &str, reader: &Reader) -> Result<Option<Crs>, LoadError> {
        let declared = |text: &String| spatial_ref::parse(text).map_err(|e| self.unknown_crs(layer, &e));
        reader.members().crs.as_ref().map(declared).transpose()
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
            GeoJsonError::Syntax { line: 1, expected } if expected == geojson::BEGINNING => LoadError::NotGeodata {
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
}
