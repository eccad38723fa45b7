//! Reading the layers of a file that GDAL opens; rows of plain FlatGeobuf and GeoPackage by readers of our own.

use serde::Deserialize;

use super::error::LoadError;
use super::flatgeobuf::{Features, Odd};
use super::geopackage::{self, Table};
use super::job::{Reader, Settings};
use super::pipe::{Setup, Sink, Stop};
use super::read::{About, STRIDE, Source};
use super::report::{Fault, FaultKind};
use super::staging::Opened;
use crate::model::crs::Crs;
use crate::model::feature::FeatureId;
use crate::model::row::Row;
use crate::ogr::OgrError;
use crate::ogr::layer::Layer;
use crate::ogr::spatial_ref::Declared;

/// Tables in which QGIS keeps its own things inside a GeoPackage.
const QGIS_TABLES: [&str; 2] = ["layer_styles", "qgis_projects"];

/// Where a layer's own ids are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OwnIds {
    /// Nowhere: a feature's number is its position.
    Absent,
    /// A feature's number is part of the data.
    Number,
    /// In the feature's JSON; its number is made of it, or of the position.
    Json,
}

impl Source<'_> {
    /// Reads all layers, or the one that the job names. An only layer is named by the file's stem.
    pub(super) fn read_dataset(&mut self) -> Result<(), LoadError> {
        let path = self.path();
        let not_geodata = |reason: String| LoadError::NotGeodata {
            path: path.clone(),
            reason,
        };
        let opened = self.open_dataset()?;
        let dataset = &opened.dataset;
        let format = dataset.driver();
        let mut layers: Vec<(usize, String)> = (0..dataset.layer_count())
            .filter_map(|i| dataset.layer(i).map(|l| (i, l.name())))
            .collect();
        layers.retain(|(_, name)| {
            let own = QGIS_TABLES.contains(&name.as_str());
            if own {
                self.note(format!("the table {name} of QGIS is passed over"));
            }
            !own
        });
        if layers.is_empty() {
            return Err(not_geodata("it holds no layer".into()));
        }
        let wanted = self.job.layer.as_ref();
        if let Some(wanted) = wanted.filter(|w| !layers.iter().any(|(_, name)| name == *w)) {
            return Err(LoadError::Missing {
                path: self.path(),
                layer: wanted.clone(),
                what: "layer of that name".into(),
                there: layers.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", "),
            });
        }
        for (i, in_source) in &layers {
            if wanted.is_some_and(|w| w != in_source) {
                continue;
            }
            let name = if layers.len() == 1 {
                self.free_name(&self.stem())
            } else {
                self.free_name(in_source)
            };
            if let Some(layer) = dataset.layer(*i) {
                self.read_layer(layer, name, &format, &opened)?;
            }
        }
        Ok(())
    }

    fn read_layer(
        &mut self,
        mut layer: Layer<'_>,
        name: String,
        format: &str,
        opened: &Opened,
    ) -> Result<(), LoadError> {
        let settings = self.job.settings_of(&name).clone();
        let wanted = self.override_of(&name, &settings)?;
        let placed = layer.has_geometry();
        let known = match (wanted, layer.crs()) {
            (Some(crs), _) | (None, Declared::Known(crs)) => Some(crs),
            (None, Declared::Unusable(system)) if placed => {
                let reason = format!("its coordinate system \"{system}\" can't be turned into degrees");
                return Err(self.crs_error(&name, reason, &Crs::Epsg(2154)));
            }
            _ => None,
        };
        let own_ids = match format {
            "GeoJSON" => OwnIds::Json,
            _ if layer.id_column().is_some() => OwnIds::Number,
            _ => OwnIds::Absent,
        };
        if own_ids == OwnIds::Json {
            leave_out_made_ids(&mut layer);
        }
        let about = |driver: &str| About {
            name: name.clone(),
            driver: driver.to_owned(),
            format: format.to_owned(),
            encoding: opened.encoding.clone().or_else(|| layer.encoding()),
            geometry_column: layer.geometry_column().unwrap_or_else(|| "geometry".into()),
        };
        let setup = || Setup {
            crs_known: known.is_some(),
            crs: known.clone().unwrap_or(Crs::Crs84),
            placed,
            fields: layer.fields(),
        };
        if self.job.reader == Reader::Auto {
            let total = layer.count().unwrap_or(0);
            let done = match (format, layer.id_column()) {
                ("FlatGeobuf", _) => self.read_flatgeobuf(about("native"), setup(), &settings, total)?,
                ("GPKG", Some(id)) if layer.binary_fields().next().is_none() => {
                    let table = Table {
                        name: layer.name(),
                        id,
                        geometry: layer.geometry_column().filter(|_| placed),
                        fields: layer.fields(),
                    };
                    self.read_table_of_geopackage(&table, about("native"), setup(), &settings, total)?
                }
                _ => false,
            };
            if done {
                return Ok(());
            }
        }
        let (about, setup) = (about(format), setup());
        let in_source = layer.name();
        // Only a reader of our own asks to begin again.
        self.take_layer(about, setup, &settings, |source, sink| {
            for field in layer.binary_fields() {
                sink.fault(Fault::new(
                    FaultKind::BinaryField,
                    format!("the field \"{field}\" holds bytes: left out"),
                    format!("le champ « {field} » contient des octets : écarté"),
                ));
            }
            layer.expect_windows_1252(opened.is_windows_1252);
            source.read_rows(&mut layer, &in_source, own_ids, sink)
        })
        .map(|_| ())
    }

    /// Reads a layer of FlatGeobuf without GDAL; false where something in it is GDAL's to read.
    fn read_flatgeobuf(
        &mut self,
        about: About,
        setup: Setup,
        settings: &Settings,
        total: u64,
    ) -> Result<bool, LoadError> {
        let Ok(mut features) = Features::open(&self.file()) else {
            return Ok(false);
        };
        let read = self.take_layer(about, setup, settings, |source, sink| {
            let mut n = 0u64;
            while let Some(notes) = features.next(sink.row()).map_err(|Odd| Stop::Again)? {
                sink.push(notes)?;
                n += 1;
                sink.share(n, total);
                if n.is_multiple_of(STRIDE) {
                    source.progress(n, total.max(n));
                }
            }
            // Fewer than the file says: GDAL says so in its words.
            if n < total { Err(Stop::Again) } else { Ok(()) }
        })?;
        Ok(read.is_some())
    }

    /// Reads a layer of a GeoPackage without GDAL; false where something in it is GDAL's to read.
    fn read_table_of_geopackage(
        &mut self,
        table: &Table,
        about: About,
        setup: Setup,
        settings: &Settings,
        total: u64,
    ) -> Result<bool, LoadError> {
        let Some(connection) = geopackage::open(&self.file(), table) else {
            return Ok(false);
        };
        let read = self.take_layer(about, setup, settings, |source, sink| {
            let progress = |sink: &mut Sink, n: u64| {
                sink.share(n, total);
                if n.is_multiple_of(STRIDE) {
                    source.progress(n, total.max(n));
                }
            };
            let n = geopackage::read(&connection, table, sink, progress)?;
            // Fewer than the file says: GDAL says so in its words.
            if n < total { Err(Stop::Again) } else { Ok(()) }
        })?;
        Ok(read.is_some())
    }

    fn read_rows(&mut self, layer: &mut Layer<'_>, name: &str, own_ids: OwnIds, sink: &mut Sink) -> Result<(), Stop> {
        let total = layer.count().unwrap_or(0);
        let mut n = 0u64;
        let broken = |source: &Self, n: u64, reason: String| {
            Stop::Error(LoadError::Broken {
                path: source.path(),
                place: format!("after {n} of {total} features of layer \"{name}\""),
                reason: source.without_folders(&reason),
            })
        };
        loop {
            match layer.next(sink.row()) {
                Ok(None) => break,
                Ok(Some(notes)) => {
                    match own_ids {
                        OwnIds::Number => {}
                        OwnIds::Absent => sink.row().id = None,
                        OwnIds::Json => sink.row().id = id_in_json(layer.native_json()),
                    }
                    sink.push(notes)?;
                    n += 1;
                    sink.share(n, total);
                    if n.is_multiple_of(STRIDE) {
                        self.progress(n, total.max(n));
                    }
                }
                Err(OgrError::Stopped { messages, .. }) if total > n || n == 0 => {
                    return Err(broken(self, n, messages.join("; ")));
                }
                Err(OgrError::Stopped { messages, .. }) if messages.iter().any(|m| m.contains("XML parsing")) => {
                    return Err(broken(self, n, messages.join("; ")));
                }
                Err(OgrError::Stopped { messages, .. }) => {
                    for message in messages {
                        let message = self.without_folders(&message);
                        let message_fr = format!("le lecteur signale : {message}");
                        sink.fault(Fault::new(FaultKind::ReaderWarning, message, message_fr));
                    }
                    break;
                }
                Err(e) => return Err(broken(self, n, e.to_string())),
            }
        }
        if n < total {
            return Err(broken(self, n, "the rest can't be read".into()));
        }
        Ok(())
    }
}

/// GDAL makes a field of ids that are text and no number, unless a property has the name; the native
/// reader does not.
fn leave_out_made_ids(layer: &mut Layer<'_>) {
    if !layer.fields().iter().any(|(name, _)| name == "id") {
        return;
    }
    let mut row = Row::default();
    let mut is_property = false;
    while let Ok(Some(_)) = layer.next(&mut row) {
        let json: serde_json::Value = serde_json::from_str(layer.native_json()).unwrap_or_default();
        is_property |= json["properties"].get("id").is_some();
    }
    layer.rewind();
    if !is_property {
        layer.leave_out("id");
    }
}

/// The `id` member of a feature's own JSON, as the native reader takes it.
fn id_in_json(json: &str) -> Option<FeatureId> {
    #[derive(Deserialize)]
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
