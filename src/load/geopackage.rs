//! Rows of a GeoPackage's table, read without GDAL where they are plain.
//!
//! In: a file that GDAL has opened, which says its layers, fields and systems. Out: rows, the same as GDAL's, in a third
//! of the time; or [`Stop::Again`] at the first thing that is not plain (a view, dates, JSON, bytes, a value of
//! another type than its column's, an unmerged journal, damage): the layer is then read by GDAL.
//!
//! Format: OGC 12-128r19, §2.1.3 for the geometries' header.

use std::path::{Path, PathBuf};

use rusqlite::types::ValueRef as Value;
use rusqlite::{Connection, OpenFlags};

use super::pipe::{Sink, Stop};
use super::plain_wkb;
use crate::model::encoding::decode;
use crate::model::feature::{FeatureId, FieldType, ValueRef};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Row, RowNotes};

/// The place of the two bytes in SQLite's header that say whether a write-ahead log is kept (2 each).
const LOG: std::ops::Range<usize> = 18..20;

/// Bytes of a geometry's header before its envelope.
const HEADER: usize = 8;

/// Bytes of the envelope, by its code in the header's flags.
const ENVELOPES: [usize; 5] = [0, 32, 48, 48, 64];

/// What GDAL says of a table.
pub(super) struct Table {
    pub(super) name: String,
    /// The column of the feature ids.
    pub(super) id: String,
    /// The column of the geometries, where there is one.
    pub(super) geometry: Option<String>,
    pub(super) fields: Vec<(String, FieldType)>,
}

impl Table {
    /// Whether all of the fields are of types that are read here.
    pub(super) fn is_plain(&self) -> bool {
        use FieldType::{Bool, Float, Int, Text};
        let plain = |kind: &FieldType| matches!(kind, Bool | Int | Float | Text);
        self.fields.iter().all(|(_, kind)| plain(kind))
    }

    /// The question for all rows: the id, the geometry where there is one, the fields.
    fn question(&self) -> String {
        let columns = std::iter::once(&self.id).chain(&self.geometry);
        let columns = columns.chain(self.fields.iter().map(|(name, _)| name));
        let columns: Vec<String> = columns.map(|name| quoted(name)).collect();
        format!("SELECT {} FROM {}", columns.join(", "), quoted(&self.name))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Opens a file that nobody else writes to; `None` where it is GDAL's to read.
pub(super) fn open(path: &Path, table: &Table) -> Option<Connection> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    if !table.is_plain() || beside("-wal").exists() || beside("-journal").exists() || keeps_a_log(path)? {
        return None;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(path, flags, "unix-none").ok()?;
    // Nothing but plain tables: what a schema may compute is not for us to run.
    connection.pragma_update(None, "trusted_schema", false).ok()?;
    let kind = "SELECT type = 'table' AND sql LIKE 'CREATE TABLE %' FROM sqlite_master WHERE name = ?1";
    let plain: bool = connection.query_row(kind, [&table.name], |row| row.get(0)).ok()?;
    plain.then_some(connection)
}

fn keeps_a_log(path: &Path) -> Option<bool> {
    use std::io::Read;
    let mut header = [0; LOG.end];
    std::fs::File::open(path).ok()?.read_exact(&mut header).ok()?;
    Some(header[LOG].contains(&2))
}

/// Reads all rows into the sink; `progress` is told the number of each.
pub(super) fn read(
    connection: &Connection,
    table: &Table,
    sink: &mut Sink,
    mut progress: impl FnMut(&mut Sink, u64),
) -> Result<u64, Stop> {
    let odd = |_: rusqlite::Error| Stop::Again;
    let mut statement = connection.prepare(&table.question()).map_err(odd)?;
    let mut rows = statement.query([]).map_err(odd)?;
    let mut n = 0;
    while let Some(found) = rows.next().map_err(odd)? {
        let notes = read_row(found, table, sink.row()).ok_or(Stop::Again)?;
        sink.push(notes)?;
        n += 1;
        progress(sink, n);
    }
    Ok(n)
}

fn read_row(found: &rusqlite::Row<'_>, table: &Table, row: &mut Row) -> Option<RowNotes> {
    row.clear();
    let mut notes = RowNotes::default();
    let Value::Integer(id) = found.get_ref(0).ok()? else {
        return None;
    };
    row.id = Some(FeatureId::Int(id));
    let mut at = 1;
    if table.geometry.is_some() {
        match found.get_ref(at).ok()? {
            Value::Null => {}
            Value::Blob(bytes) => read_geometry(bytes, row)?,
            _ => return None,
        }
        at += 1;
    }
    for (field, (_, kind)) in table.fields.iter().enumerate() {
        let value = found.get_ref(at + field).ok()?;
        let value = match (kind, value) {
            (_, Value::Null) => continue,
            (FieldType::Bool, Value::Integer(n)) => ValueRef::Bool(n != 0),
            // GDAL reads columns of 32 bits as such, and does not say which these are.
            (FieldType::Int, Value::Integer(n)) => ValueRef::Int(i32::try_from(n).ok()?.into()),
            (FieldType::Float, Value::Real(x)) if x.is_finite() => ValueRef::Float(x),
            (FieldType::Text, Value::Text(bytes)) if !bytes.contains(&0) => {
                let (text, reading) = decode(bytes);
                notes.reading = notes.reading.max(reading);
                row.set(field, *kind, ValueRef::Text(&text));
                continue;
            }
            _ => return None,
        };
        row.set(field, *kind, value);
    }
    Some(notes)
}

/// A geometry behind its header: magic, version 0, flags, system, envelope.
fn read_geometry(bytes: &[u8], row: &mut Row) -> Option<()> {
    let flags = *bytes.get(3)?;
    let envelope = *ENVELOPES.get(usize::from(flags >> 1 & 7))?;
    let (is_empty, is_extended) = (flags & 0x10 != 0, flags & 0x20 != 0);
    (bytes.starts_with(b"GP\0") && !is_extended).then_some(())?;
    plain_wkb::read(bytes.get(HEADER + envelope..)?, &mut row.shape)?;
    // A header that says otherwise than what follows.
    (is_empty == (row.shape.kind() == GeometryKind::None)).then_some(())
}
