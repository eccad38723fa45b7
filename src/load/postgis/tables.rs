//! Which tables a database has, and how one of them is asked for.
//!
//! In: a transaction. Out: tables with their columns, geometry, system and key, and the statement that reads one.
//! Names come from the database's own catalogue and go into statements quoted by it (`format('%I')`), never by us.

use postgres::{Row, Transaction};

use super::value::Means;

/// Names of tables that are told where one is missing.
const TOLD: i64 = 20;

/// A table to read.
#[derive(Debug)]
pub(in crate::load) struct Table {
    /// Its schema.
    pub(in crate::load) schema: String,
    /// Its name.
    pub(in crate::load) name: String,
    /// Both, quoted.
    quoted: String,
    /// The columns that are attributes, in their order.
    pub(in crate::load) columns: Vec<Column>,
    /// The geometry.
    pub(in crate::load) place: Option<Place>,
    /// Columns of bytes and the like.
    pub(in crate::load) bytes: Vec<String>,
    /// Geometries after the first.
    pub(in crate::load) other_places: Vec<String>,
    /// The attribute that is the primary key, where it is one.
    pub(in crate::load) key: Option<usize>,
    /// About how many rows there are, as the database last counted.
    pub(in crate::load) rows: u64,
}

/// An attribute.
#[derive(Debug)]
pub(in crate::load) struct Column {
    /// Its name.
    pub(in crate::load) name: String,
    quoted: String,
    /// What its text means.
    pub(in crate::load) means: Means,
}

/// The geometry.
#[derive(Debug)]
pub(in crate::load) struct Place {
    /// The column's name.
    pub(in crate::load) name: String,
    quoted: String,
    /// The number of its system; 0 where none is known.
    pub(in crate::load) srid: i32,
    /// Whether rows may be in other systems than that.
    mixed: bool,
}

/// What a statement of a table gives before its attributes.
pub(in crate::load) const GEOMETRY: usize = 0;

/// Whether the geometry was in another system.
pub(in crate::load) const TURNED: usize = 1;

/// The first attribute.
pub(in crate::load) const FIRST: usize = 2;

/// Where PostGIS is installed, quoted; `None` without it.
pub(in crate::load) fn extension(tx: &mut Transaction<'_>) -> Result<Option<String>, postgres::Error> {
    let found = tx.query_opt(
        "SELECT format('%I', n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'",
        &[],
    )?;
    found.map(|row| row.try_get(0)).transpose()
}

/// Kinds of relations that have rows, none of them a part of another.
const RELATIONS: &str =
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') ";

/// Those with a geometry, outside of the system's own schemas, that may be read.
const SPATIAL: &str = "AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'topology', 'tiger') \
     AND n.nspname NOT LIKE 'pg\\_%' AND c.relname NOT IN ('raster_columns', 'raster_overviews', 'geometry_columns', 'geography_columns') \
     AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') \
     AND EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 \
     AND NOT a.attisdropped AND t.typname IN ('geometry', 'geography')) ";

/// All spatial tables, by schema and name, one more than `most` at most.
pub(in crate::load) fn spatial(tx: &mut Transaction<'_>, most: usize) -> Result<Vec<u32>, postgres::Error> {
    let text = format!(
        "SELECT c.oid {RELATIONS}{SPATIAL}ORDER BY n.nspname, c.relname LIMIT {}",
        most + 1
    );
    let rows = tx.query(text.as_str(), &[])?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// The names of some spatial tables, as they are written in an address.
pub(in crate::load) fn names(tx: &mut Transaction<'_>) -> Result<Vec<String>, postgres::Error> {
    let text = format!("SELECT n.nspname || '.' || c.relname {RELATIONS}{SPATIAL}ORDER BY 1 LIMIT {TOLD}");
    let rows = tx.query(text.as_str(), &[])?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// The table of a name as it was written, `schema.name` or `name`, quoted or not.
pub(in crate::load) fn find(tx: &mut Transaction<'_>, written: &str) -> Result<Option<u32>, postgres::Error> {
    let (schema, name) = split(written);
    // As it is written, or in lower case, as the database takes what is not quoted.
    let text = format!(
        "SELECT c.oid {RELATIONS}AND c.relname::text IN ($2::text, lower($2::text)) \
         AND CASE WHEN $1::text IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname::text IN ($1::text, lower($1::text)) END \
         ORDER BY c.relname::text <> $2::text, n.nspname::text <> $1::text LIMIT 1"
    );
    let found = tx.query_opt(text.as_str(), &[&schema, &name])?;
    found.map(|row| row.try_get(0)).transpose()
}

/// `schema.name` in its parts; quotes keep a dot.
fn split(written: &str) -> (Option<String>, String) {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    let mut letters = written.chars().peekable();
    while let Some(c) = letters.next() {
        // Within quotes two of them are one.
        let doubled = quoted && c == '"' && letters.next_if_eq(&'"').is_some();
        match c {
            '"' if !doubled => quoted = !quoted,
            '.' if !quoted && parts.len() < 2 => parts.push(String::new()),
            c => parts.iter_mut().last().into_iter().for_each(|part| part.push(c)),
        }
    }
    let name = parts.pop().unwrap_or_default();
    (parts.pop(), name)
}

/// What there is to know of a table.
pub(in crate::load) fn describe(
    tx: &mut Transaction<'_>,
    oid: u32,
    postgis: Option<&str>,
) -> Result<Table, postgres::Error> {
    let row = tx.query_one(
        "SELECT n.nspname::text, c.relname::text, format('%I.%I', n.nspname, c.relname), greatest(c.reltuples, 0)::float8 \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1",
        &[&oid],
    )?;
    let rows: f64 = row.try_get(3)?;
    let mut table = Table {
        schema: row.try_get(0)?,
        name: row.try_get(1)?,
        quoted: row.try_get(2)?,
        columns: vec![],
        place: None,
        bytes: vec![],
        other_places: vec![],
        key: None,
        rows: rows as u64,
    };
    let key = tx.query_opt(
        "SELECT indkey[0]::int2 FROM pg_index WHERE indrelid = $1 AND indisprimary AND indnatts = 1",
        &[&oid],
    )?;
    let key: Option<i16> = key.map(|row| row.try_get(0)).transpose()?;
    // Of a domain, the type under it.
    let columns = tx.query(
        "WITH RECURSIVE base AS ( \
           SELECT a.attnum, a.attname, a.atttypid AS type, a.atttypmod AS modifier FROM pg_attribute a \
           WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped \
           UNION ALL \
           SELECT b.attnum, b.attname, t.typbasetype, CASE WHEN t.typtypmod < 0 THEN b.modifier ELSE t.typtypmod END \
           FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd') \
         SELECT b.attnum, b.attname::text, format('%I', b.attname), t.typname::text, t.typcategory::text, t.typtype::text, b.modifier \
         FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype <> 'd' ORDER BY b.attnum",
        &[&oid],
    )?;
    for row in &columns {
        let column = Described::of(row)?;
        if column.kind == "geometry" || column.kind == "geography" {
            if table.place.is_some() {
                table.other_places.push(column.name);
            } else if let Some(postgis) = postgis {
                table.place = Some(place(tx, &table, column, postgis)?);
            }
        } else if let Some(means) = Means::of(&column.kind, &column.category, &column.variety, column.modifier) {
            if key == Some(column.number) {
                table.key = Some(table.columns.len());
            }
            table.columns.push(Column {
                name: column.name,
                quoted: column.quoted,
                means,
            });
        } else {
            table.bytes.push(column.name);
        }
    }
    Ok(table)
}

struct Described {
    number: i16,
    name: String,
    quoted: String,
    kind: String,
    category: String,
    variety: String,
    modifier: i32,
}

impl Described {
    fn of(row: &Row) -> Result<Self, postgres::Error> {
        Ok(Self {
            number: row.try_get(0)?,
            name: row.try_get(1)?,
            quoted: row.try_get(2)?,
            kind: row.try_get(3)?,
            category: row.try_get(4)?,
            variety: row.try_get(5)?,
            modifier: row.try_get(6)?,
        })
    }
}

fn place(tx: &mut Transaction<'_>, table: &Table, column: Described, postgis: &str) -> Result<Place, postgres::Error> {
    let typed = tx.query_one(
        format!("SELECT {postgis}.postgis_typmod_srid($1)").as_str(),
        &[&column.modifier],
    )?;
    let mut srid: i32 = typed.try_get(0)?;
    let geography = column.kind == "geography";
    if srid == 0 && geography {
        srid = 4326;
    }
    let mixed = srid == 0;
    if mixed {
        // A view, or a column of any system: that of the first row which has one.
        let (from, name) = (&table.quoted, &column.quoted);
        let text = format!("SELECT {postgis}.ST_SRID({name}) FROM {from} WHERE {postgis}.ST_SRID({name}) <> 0 LIMIT 1");
        let first = tx.query_opt(text.as_str(), &[])?;
        srid = first.map_or(Ok(0), |row| row.try_get(0))?;
    }
    Ok(Place {
        name: column.name,
        // A geography says the same as a geometry.
        quoted: if geography {
            format!("{}::{postgis}.geometry", column.quoted)
        } else {
            column.quoted
        },
        srid,
        mixed: mixed && srid != 0,
    })
}

/// What a database says of a system: its authority, number there, and description.
pub(in crate::load) fn system(
    tx: &mut Transaction<'_>,
    srid: i32,
    postgis: &str,
) -> Result<Option<[String; 2]>, postgres::Error> {
    let text = format!(
        "SELECT coalesce(upper(auth_name) || ':' || auth_srid, ''), coalesce(srtext, '') FROM {postgis}.spatial_ref_sys WHERE srid = $1"
    );
    let found = tx.query_opt(text.as_str(), &[&srid])?;
    found.map(|row| Ok([row.try_get(0)?, row.try_get(1)?])).transpose()
}

impl Table {
    /// The statement that reads it.
    pub(in crate::load) fn select(&self, postgis: Option<&str>) -> String {
        let mut parts = match (&self.place, postgis) {
            (Some(place), Some(postgis)) => {
                let (name, srid) = (&place.quoted, place.srid);
                if place.mixed {
                    let turned = format!("{postgis}.ST_SRID({name}) NOT IN (0, {srid})");
                    vec![
                        format!(
                            "{postgis}.ST_AsEWKB(CASE WHEN {turned} THEN {postgis}.ST_Transform({name}, {srid}) ELSE {name} END)"
                        ),
                        turned,
                    ]
                } else {
                    vec![format!("{postgis}.ST_AsEWKB({name})"), "false".to_owned()]
                }
            }
            _ => vec!["NULL::bytea".to_owned(), "false".to_owned()],
        };
        parts.extend(
            self.columns
                .iter()
                .map(|column| column.means.expression(&column.quoted)),
        );
        format!("SELECT {} FROM {}", parts.join(", "), self.quoted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let check = |written: &str, schema: Option<&str>, name: &str| {
            assert_eq!(
                split(written),
                (schema.map(str::to_owned), name.to_owned()),
                "{written}"
            );
        };
        check("zone", None, "zone");
        check("plu.zone_urba", Some("plu"), "zone_urba");
        check("\"a.b\".\"C d\"", Some("a.b"), "C d");
        check("a.b.c", Some("a"), "b.c");
        check("\"say \"\"x\"\"\"", None, "say \"x\"");
    }
}
