//! Reading Parquet with the native reader.

use std::fs::File;
use std::path::Path;

use super::error::LoadError;
use super::parquet::{Cursors, Parquet, ParquetFault, Place, System};
use super::pipe::{Setup, Sink, Stop};
use super::read::{About, STRIDE, Source};
use super::report::{Fault, FaultKind};
use crate::model::crs::Crs;
use crate::model::feature::FeatureId;
use crate::model::feature::ValueRef;
use crate::model::geometry::GeometryKind;
use crate::model::row::{Row, RowNotes};
use crate::ogr::spatial_ref;
use crate::ogr::wkb::{looks_like_wkb, read_wkb};

impl Source<'_> {
    /// Reads the file as one layer, named by its stem.
    pub(super) fn read_parquet(&mut self, path: &Path) -> Result<(), LoadError> {
        let file = File::open(path).map_err(|e| LoadError::Unreadable {
            path: self.path(),
            reason: e.to_string(),
        })?;
        let mut parquet = Parquet::open(file).map_err(|e| self.parquet_error(e, None))?;
        let guessed = parquet.plan.place.as_ref().is_some_and(|p| !p.declared);
        if guessed && !has_geometry(&parquet).map_err(|e| self.parquet_error(e, Some(0)))? {
            parquet.plan.without_place();
        }
        let name = self.free_name(&self.stem());
        let settings = self.job.settings_of(&name).clone();
        let place = parquet.plan.place.as_ref();
        let known = match (self.override_of(&name, &settings)?, place.map(|p| &p.system)) {
            (Some(crs), _) => Some(crs),
            (None, Some(System::Said(text))) => {
                Some(spatial_ref::parse(text).map_err(|e| self.unknown_crs(&name, &e))?)
            }
            (None, Some(System::Default)) => Some(Crs::Crs84),
            (None, Some(System::Unknown) | None) => None,
        };
        let about = About {
            name,
            driver: "native".into(),
            format: if place.is_some_and(|p| p.declared) {
                "GeoParquet"
            } else {
                "Parquet"
            }
            .into(),
            encoding: None,
            geometry_column: place.map_or("geometry", |p| p.column.name()).to_owned(),
        };
        let setup = Setup {
            crs_known: known.is_some(),
            crs: known.unwrap_or(Crs::Crs84),
            placed: place.is_some(),
            fields: parquet
                .plan
                .attributes
                .iter()
                .map(|a| (a.name().to_owned(), a.field_type()))
                .collect(),
        };
        self.take_layer(about, setup, &settings, |source, sink| {
            left_out(&parquet, sink);
            source.read_groups(&parquet, sink)
        })
        .map(|_| ())
    }

    fn read_groups(&mut self, parquet: &Parquet, sink: &mut Sink) -> Result<(), Stop> {
        let total = parquet.rows();
        let mut rounded = vec![false; parquet.plan.attributes.len()];
        let mut done = 0;
        for group in 0..parquet.groups() {
            let broken = |source: &Self, error| Stop::Error(source.parquet_error(error, Some(done)));
            let mut cursors = parquet.cursors(group).map_err(|e| broken(self, e))?;
            for _ in 0..parquet.rows_of(group) {
                let notes = read_row(parquet, &mut cursors, sink, &mut rounded);
                let notes = notes.map_err(|e| Stop::Error(self.parquet_error(e, Some(done))))?;
                sink.push(notes)?;
                done += 1;
                if done.is_multiple_of(STRIDE) {
                    self.progress(done, total);
                }
            }
        }
        Ok(())
    }

    /// `row`: where it was met; absent for the footer.
    fn parquet_error(&self, error: ParquetFault, row: Option<u64>) -> LoadError {
        match (&error, row) {
            (ParquetFault::Column { .. }, Some(row)) => LoadError::Broken {
                path: self.path(),
                place: format!("after {row} rows"),
                reason: error.to_string(),
            },
            _ => self.not_geodata(error.to_string()),
        }
    }
}

/// Whether a column that is only called a geometry holds one: its first value that is there.
fn has_geometry(parquet: &Parquet) -> Result<bool, ParquetFault> {
    let Some(place) = &parquet.plan.place else {
        return Ok(false);
    };
    for group in 0..parquet.groups() {
        let mut cursors = parquet.cursors(group)?;
        for _ in 0..parquet.rows_of(group) {
            if let Some(bytes) = cursors.bytes(&place.column)? {
                return Ok(looks_like_wkb(bytes));
            }
        }
    }
    Ok(false)
}

/// Says what of the file is not read.
fn left_out(parquet: &Parquet, sink: &mut Sink) {
    for field in &parquet.plan.bytes {
        sink.fault(Fault::new(
            FaultKind::BinaryField,
            format!("the field \"{field}\" holds bytes: left out"),
            format!("le champ « {field} » contient des octets : écarté"),
        ));
    }
    for column in &parquet.plan.other_places {
        sink.fault(Fault::new(
            FaultKind::ReaderWarning,
            format!("\"{column}\" is a further geometry: left out, the primary one is taken"),
            format!("« {column} » est une géométrie de plus : écartée, la principale est prise"),
        ));
    }
    if parquet.plan.place.as_ref().is_some_and(|p| p.spherical) {
        sink.fault(Fault::new(
            FaultKind::ReaderWarning,
            "its edges follow the sphere: taken as straight lines between their points",
            "ses côtés suivent la sphère : pris comme des droites entre leurs points",
        ));
    }
}

fn read_row(
    parquet: &Parquet,
    cursors: &mut Cursors,
    sink: &mut Sink,
    rounded: &mut [bool],
) -> Result<RowNotes, ParquetFault> {
    let mut notes = RowNotes::default();
    let mut newly_rounded = vec![];
    let row = sink.row();
    row.clear();
    if let Some(place) = &parquet.plan.place {
        read_place(place, cursors, row, &mut notes)?;
    }
    if let Some(number) = &parquet.plan.number {
        // Read into a field of its own first, since that is where values go.
        cursors.read(number, 0, row)?;
        let id = match row.values().next() {
            Some((_, ValueRef::Int(n))) => Some(FeatureId::Int(n)),
            _ => None,
        };
        row.id = id;
        row.set(0, number.field_type(), ValueRef::Null);
    }
    for (i, attribute) in parquet.plan.attributes.iter().enumerate() {
        let said = cursors.read(attribute, i, row)?;
        notes.reading = notes.reading.max(said.reading);
        if said.bad {
            notes.bad_value = Some(attribute.name().to_owned());
        }
        if said.rounded && !std::mem::replace(&mut rounded[i], true) {
            newly_rounded.push(attribute.name());
        }
    }
    for field in newly_rounded {
        sink.fault(Fault::new(
            FaultKind::ReaderWarning,
            format!("\"{field}\" has numbers of more digits than are kept (about 16): rounded"),
            format!("« {field} » a des nombres de plus de chiffres que l'on n'en garde (environ 16) : arrondis"),
        ));
    }
    Ok(notes)
}

fn read_place(place: &Place, cursors: &mut Cursors, row: &mut Row, notes: &mut RowNotes) -> Result<(), ParquetFault> {
    if !place.is_wkb() {
        notes.shape = place.read_native(&place.column, cursors, &mut row.shape)?;
        return Ok(());
    }
    if let Some(bytes) = cursors.bytes(&place.column)? {
        match read_wkb(bytes, &mut row.shape) {
            Ok(shape) => notes.shape = shape,
            Err(reason) => {
                row.shape.start(GeometryKind::None);
                notes.bad_geometry = Some(reason);
            }
        }
    }
    Ok(())
}
