//! Reading tables of a database: one snapshot for all of them.

use std::collections::BTreeMap;
use std::error::Error as _;

use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Config, IsolationLevel, NoTls, Transaction};

use super::error::LoadError;
use super::pipe::{Setup, Sink, Stop};
use super::postgis::address::MOST_TABLES;
use super::postgis::tables::{self, FIRST, GEOMETRY, TURNED, Table};
use super::postgis::{Access, CONNECTING, LOCKED, PORTION, STATEMENT};
use super::read::{About, STRIDE, Source};
use super::report::{Fault, FaultKind};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, ValueRef};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Row, RowNotes};
use crate::ogr::spatial_ref;
use crate::ogr::wkb::read_wkb;

impl Source<'_> {
    /// Reads the tables that the address names, or all spatial ones.
    pub(super) fn read_database(&mut self, access: &Access) -> Result<(), LoadError> {
        let mut client = connect(access).map_err(|reason| LoadError::Unreadable {
            path: self.path(),
            reason,
        })?;
        let failed = |e: postgres::Error| self.database_error(&e);
        let mut tx = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .map_err(failed)?;
        let settings = format!(
            "SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; \
             SET LOCAL IntervalStyle = 'iso_8601'; SET LOCAL extra_float_digits = 1; SET LOCAL row_security = on",
            STATEMENT.as_millis(),
            LOCKED.as_millis()
        );
        tx.batch_execute(&settings).map_err(failed)?;
        let postgis = tables::extension(&mut tx).map_err(failed)?;
        let found = self.tables(&mut tx, access, postgis.as_deref())?;
        let names = layer_names(&found);
        let mut refused = vec![];
        for (table, name) in found.iter().zip(names) {
            let name = self.job.name.clone().filter(|_| found.len() == 1).unwrap_or(name);
            match self.read_table_of(&mut tx, table, name, postgis.as_deref()) {
                // Of all tables those that can be read are; one that is named is wanted.
                Err(
                    error @ (LoadError::Crs { .. }
                    | LoadError::Swapped { .. }
                    | LoadError::Missing { .. }
                    | LoadError::TooLarge { .. }),
                ) if access.tables.is_empty() => {
                    refused.push(error);
                }
                done => done?,
            }
        }
        if refused.len() == found.len()
            && let Some(first) = refused.pop()
        {
            return Err(first);
        }
        for error in refused {
            self.add_fault(Fault::new(
                FaultKind::ReaderWarning,
                format!("a table is not read: {error}"),
                format!("une table n'est pas lue : {error}"),
            ));
        }
        Ok(())
    }

    fn tables(
        &self,
        tx: &mut Transaction<'_>,
        access: &Access,
        postgis: Option<&str>,
    ) -> Result<Vec<Table>, LoadError> {
        let failed = |e: postgres::Error| self.database_error(&e);
        let mut oids = vec![];
        for written in &access.tables {
            let Some(oid) = tables::find(tx, written).map_err(failed)? else {
                let there = tables::names(tx).map_err(failed)?;
                return Err(LoadError::Missing {
                    path: self.path(),
                    layer: written.clone(),
                    what: "table of that name".into(),
                    there: if there.is_empty() {
                        "no spatial tables".into()
                    } else {
                        there.join(", ")
                    },
                });
            };
            if !oids.contains(&oid) {
                oids.push(oid);
            }
        }
        if access.tables.is_empty() {
            if postgis.is_none() {
                return Err(self.not_geodata("the database has no PostGIS; name a table: ?table=schema.name".into()));
            }
            oids = tables::spatial(tx, MOST_TABLES).map_err(failed)?;
            if oids.is_empty() {
                let reason =
                    "the database has no spatial table that this user may read; name a table: ?table=schema.name";
                return Err(self.not_geodata(reason.into()));
            }
            if oids.len() > MOST_TABLES {
                return Err(self.not_geodata(format!(
                    "more than {MOST_TABLES} spatial tables; name those wanted: ?table=schema.name"
                )));
            }
        }
        oids.into_iter()
            .map(|oid| tables::describe(tx, oid, postgis).map_err(failed))
            .collect()
    }

    fn read_table_of(
        &mut self,
        tx: &mut Transaction<'_>,
        table: &Table,
        name: String,
        postgis: Option<&str>,
    ) -> Result<(), LoadError> {
        let settings = self.job.settings_of(&name).clone();
        let known = match (self.override_of(&name, &settings)?, &table.place, postgis) {
            (Some(crs), ..) => Some(crs),
            (None, Some(place), Some(postgis)) if place.srid != 0 => Some(self.system(tx, &name, place.srid, postgis)?),
            _ => None,
        };
        let about = About {
            name,
            driver: "native".into(),
            format: "PostGIS".into(),
            encoding: None,
            geometry_column: table.place.as_ref().map_or("geometry", |p| &p.name).to_owned(),
        };
        let setup = Setup {
            crs_known: known.is_some(),
            crs: known.unwrap_or(Crs::Crs84),
            placed: table.place.is_some(),
            fields: table
                .columns
                .iter()
                .map(|c| (c.name.clone(), c.means.field_type()))
                .collect(),
        };
        self.take_layer(about, setup, &settings, |source, sink| {
            left_out(table, sink);
            source.read_table_rows(tx, table, postgis, sink)
        })
        .map(|_| ())
    }

    /// The system of a number, by the database's own table of them.
    fn system(&self, tx: &mut Transaction<'_>, layer: &str, srid: i32, postgis: &str) -> Result<Crs, LoadError> {
        let said = tables::system(tx, srid, postgis).map_err(|e| self.database_error(&e))?;
        let [code, wkt] = said.unwrap_or_else(|| [format!("EPSG:{srid}"), String::new()]);
        let by_code = spatial_ref::parse(&code);
        by_code.or_else(|e| spatial_ref::parse(&wkt).map_err(|_| self.unknown_crs(layer, &e)))
    }

    fn read_table_rows(
        &mut self,
        tx: &mut Transaction<'_>,
        table: &Table,
        postgis: Option<&str>,
        sink: &mut Sink,
    ) -> Result<(), Stop> {
        let mut done = 0u64;
        let mut rounded = vec![false; table.columns.len()];
        let failed = |source: &Self, done: u64, e: postgres::Error| {
            Stop::Error(LoadError::Broken {
                path: source.path(),
                place: format!("after {done} rows of table \"{}.{}\"", table.schema, table.name),
                reason: words(&e),
            })
        };
        let portal = tx.bind(&table.select(postgis), &[]).map_err(|e| failed(self, 0, e))?;
        loop {
            let mut rows = tx
                .query_portal_raw(&portal, PORTION)
                .map_err(|e| failed(self, done, e))?;
            let before = done;
            while let Some(row) = rows.next().map_err(|e| failed(self, done, e))? {
                let notes = read_row(table, &row, sink, &mut rounded).map_err(|e| failed(self, done, e))?;
                sink.push(notes)?;
                done += 1;
                if done.is_multiple_of(STRIDE) {
                    self.progress(done, table.rows.max(done));
                }
            }
            if done - before < u64::from(PORTION.unsigned_abs()) {
                return Ok(());
            }
        }
    }

    fn database_error(&self, error: &postgres::Error) -> LoadError {
        self.not_geodata(words(error))
    }
}

fn connect(access: &Access) -> Result<Client, String> {
    let mut config = Config::new();
    config
        .user(&access.user)
        .dbname(&access.database)
        .port(access.port)
        .application_name("terril")
        .connect_timeout(CONNECTING);
    if access.is_socket() {
        config.host(&access.host);
    }
    // The name was looked up by the server: here is nobody to ask.
    for address in &access.addresses {
        config.hostaddr(*address);
        config.host(&access.host);
    }
    if let Some(password) = access.password() {
        config.password(password);
    }
    config.connect(NoTls).map_err(|error| {
        let said = words(&error);
        let missing = said.contains("password missing");
        if missing {
            "the database wants a password: PGPASSWORD, ~/.pgpass, or postgres://user:password@…".into()
        } else {
            format!("no connection to the database: {said}")
        }
    })
}

/// The database's own words, or those of the way to it.
fn words(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Tables are called by their names; those of one name by their schemas too.
fn layer_names(found: &[Table]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    found.iter().for_each(|t| *times.entry(&t.name).or_default() += 1);
    let name = |t: &Table| match times.get(t.name.as_str()) {
        Some(1) => t.name.clone(),
        _ => format!("{}_{}", t.schema, t.name),
    };
    found.iter().map(name).collect()
}

/// Says what of a table is not read.
fn left_out(table: &Table, sink: &mut Sink) {
    for field in &table.bytes {
        sink.fault(Fault::new(
            FaultKind::BinaryField,
            format!("the field \"{field}\" holds bytes: left out"),
            format!("le champ « {field} » contient des octets : écarté"),
        ));
    }
    for column in &table.other_places {
        sink.fault(Fault::new(
            FaultKind::ReaderWarning,
            format!("\"{column}\" is a further geometry: left out, the first one is taken"),
            format!("« {column} » est une géométrie de plus : écartée, la première est prise"),
        ));
    }
}

fn read_row(
    table: &Table,
    found: &postgres::Row,
    sink: &mut Sink,
    rounded: &mut [bool],
) -> Result<RowNotes, postgres::Error> {
    let mut notes = RowNotes::default();
    let mut faults = vec![];
    let row = sink.row();
    row.clear();
    let geometry: Option<&[u8]> = found.try_get(GEOMETRY)?;
    if let Some(bytes) = geometry {
        match read_wkb(bytes, &mut row.shape) {
            Ok(shape) => notes.shape = shape,
            Err(reason) => {
                row.shape.start(GeometryKind::None);
                notes.bad_geometry = Some(reason);
            }
        }
    }
    if found.try_get::<_, Option<bool>>(TURNED)? == Some(true) {
        faults.push(Fault::new(
            FaultKind::OtherCrs,
            "a row in another coordinate system than the first: turned into that of the first",
            "une ligne dans un autre système de coordonnées que la première : convertie dans celui de la première",
        ));
    }
    for (i, column) in table.columns.iter().enumerate() {
        let text: Option<&str> = found.try_get(FIRST + i)?;
        let Some(text) = text else { continue };
        let said = column.means.read(text, i, row);
        if said.bad {
            notes.bad_value = Some(column.name.clone());
        }
        if said.rounded && !std::mem::replace(&mut rounded[i], true) {
            let field = &column.name;
            faults.push(Fault::new(
                FaultKind::ReaderWarning,
                format!("\"{field}\" has numbers of more digits than are kept (about 16): rounded"),
                format!("« {field} » a des nombres de plus de chiffres que l'on n'en garde (environ 16) : arrondis"),
            ));
        }
    }
    let id = table.key.and_then(|key| key_of(row, key));
    row.id = id;
    faults.into_iter().for_each(|fault| sink.fault(fault));
    Ok(notes)
}

fn key_of(row: &Row, key: usize) -> Option<FeatureId> {
    match row.values().nth(key)?.1 {
        ValueRef::Int(n) => Some(FeatureId::Int(n)),
        ValueRef::Text(text) => Some(FeatureId::Text(text.to_owned())),
        _ => None,
    }
}
