//! A GeoJSON feature (RFC 7946, 3.2) into a row.

use super::cursor::{Cursor, Number, Stop};
use super::geometry::read_geometry;
use crate::model::encoding::decode;
use crate::model::feature::{FeatureId, FieldType, ValueRef};
use crate::model::row::{Row, RowNotes};

/// The names of properties met so far; their order is that of columns.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    next: usize,
}

impl Names {
    /// The column of a name; features mostly repeat the order of the last one.
    fn column(&mut self, name: &str) -> usize {
        let guess = if self.next < self.names.len() { self.next } else { 0 };
        let found = if self.names.get(guess).is_some_and(|n| n == name) {
            guess
        } else if let Some(i) = self.names.iter().position(|n| n == name) {
            i
        } else {
            self.names.push(name.to_owned());
            self.names.len() - 1
        };
        self.next = found + 1;
        found
    }
}

/// Reads a feature into a row.
///
/// What is JSON but no GeoJSON costs the feature its geometry or a value, and is noted. An element
/// that is no object is a [`Stop::Shape`].
pub(super) fn read_feature(c: &mut Cursor<'_>, row: &mut Row, names: &mut Names) -> Result<RowNotes, Stop> {
    row.clear();
    let mut notes = RowNotes::default();
    if c.peek()? != b'{' {
        return Err(Stop::Shape("a feature is no object"));
    }
    c.expect(b'{', "an object")?;
    if c.take_if(b'}')? {
        return Ok(notes);
    }
    loop {
        let (key, _) = c.key()?;
        match key {
            b"\"id\"" => read_id(c, row, &mut notes)?,
            b"\"properties\"" => read_properties(c, row, names, &mut notes)?,
            b"\"geometry\"" => or_without_geometry(c, row, &mut notes)?,
            _ => {
                c.skip()?;
            }
        }
        if !c.another(b'}')? {
            return Ok(notes);
        }
    }
}

/// Reads a bare geometry as a feature without properties.
pub(super) fn read_bare_geometry(c: &mut Cursor<'_>, row: &mut Row) -> Result<RowNotes, Stop> {
    row.clear();
    let mut notes = RowNotes::default();
    or_without_geometry(c, row, &mut notes)?;
    Ok(notes)
}

fn or_without_geometry(c: &mut Cursor<'_>, row: &mut Row, notes: &mut RowNotes) -> Result<(), Stop> {
    c.peek()?;
    let start = c.position();
    match read_geometry(c, &mut row.shape, &mut notes.shape) {
        Err(Stop::Shape(reason)) => {
            c.seek(start);
            c.skip()?;
            row.shape.start(crate::model::geometry::GeometryKind::None);
            notes.bad_geometry = Some(reason);
            Ok(())
        }
        result => result,
    }
}

fn read_id(c: &mut Cursor<'_>, row: &mut Row, notes: &mut RowNotes) -> Result<(), Stop> {
    row.id = match c.peek()? {
        b'"' => {
            let (raw, escaped) = c.raw_string()?;
            with_text(raw, escaped, notes, |text| FeatureId::Text(text.to_owned()))
        }
        b'-' | b'0'..=b'9' => {
            let start = c.position();
            Some(match c.number()? {
                Number::Int(n) => FeatureId::Int(n),
                Number::Float(_) => {
                    let raw = c.slice(start, c.position());
                    FeatureId::Text(String::from_utf8_lossy(raw).into_owned())
                }
            })
        }
        _ => {
            c.skip()?;
            None
        }
    };
    Ok(())
}

fn read_properties(c: &mut Cursor<'_>, row: &mut Row, names: &mut Names, notes: &mut RowNotes) -> Result<(), Stop> {
    if c.peek()? != b'{' {
        return c.skip().map(|_| ());
    }
    c.expect(b'{', "an object")?;
    if c.take_if(b'}')? {
        return Ok(());
    }
    names.next = 0;
    loop {
        let (raw, escaped) = c.key()?;
        let column = with_text(raw, escaped, notes, |name| names.column(name));
        let column = column.unwrap_or_else(|| names.column("\u{fffd}"));
        read_value(c, row, column, notes).map_err(|stop| match stop {
            Stop::Shape(reason) => Stop::Syntax(reason),
            stop => stop,
        })?;
        if let Some(bad) = &mut notes.bad_value
            && bad.is_empty()
        {
            bad.clone_from(&names.names[column]);
        }
        if !c.another(b'}')? {
            return Ok(());
        }
    }
}

fn read_value(c: &mut Cursor<'_>, row: &mut Row, column: usize, notes: &mut RowNotes) -> Result<(), Stop> {
    let (kind, value) = match c.peek()? {
        b'"' => {
            let (raw, escaped) = c.raw_string()?;
            let set = |text: &str| row.set(column, FieldType::Text, ValueRef::Text(text));
            if with_text(raw, escaped, notes, set).is_none() {
                row.set(column, FieldType::Text, ValueRef::Null);
                notes.bad_value.get_or_insert_default();
            }
            return Ok(());
        }
        b't' => (FieldType::Bool, c.literal("true").map(|()| ValueRef::Bool(true))?),
        b'f' => (FieldType::Bool, c.literal("false").map(|()| ValueRef::Bool(false))?),
        b'n' => (FieldType::Text, c.literal("null").map(|()| ValueRef::Null)?),
        b'{' | b'[' => {
            let raw = c.skip()?;
            match serde_json::from_slice::<serde_json::Value>(raw) {
                Ok(json) => row.set(column, FieldType::Json, ValueRef::Text(&json.to_string())),
                Err(_) => {
                    row.set(column, FieldType::Text, ValueRef::Null);
                    notes.bad_value.get_or_insert_default();
                }
            }
            return Ok(());
        }
        _ => match c.number()? {
            Number::Int(n) => (FieldType::Int, ValueRef::Int(n)),
            Number::Float(x) if x.is_finite() => (FieldType::Float, ValueRef::Float(x)),
            Number::Float(_) => {
                notes.bad_value.get_or_insert_default();
                (FieldType::Float, ValueRef::Null)
            }
        },
    };
    row.set(column, kind, value);
    Ok(())
}

/// The text of a string as written; `None` where its escapes are wrong.
fn with_text<T>(raw: &[u8], escaped: bool, notes: &mut RowNotes, then: impl FnOnce(&str) -> T) -> Option<T> {
    let (text, reading) = decode(raw);
    notes.reading = notes.reading.max(reading);
    if escaped {
        return serde_json::from_str::<String>(&text).ok().map(|text| then(&text));
    }
    // Without its quotes, which are one byte each in both encodings.
    Some(then(&text[1..text.len() - 1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Row, RowNotes, Vec<String>) {
        let (mut row, mut names) = (Row::default(), Names::default());
        let notes = read_feature(&mut Cursor::new(text.as_bytes(), true), &mut row, &mut names).unwrap();
        (row, notes, names.names)
    }

    #[test]
    fn values_keep_their_types() {
        let (row, notes, names) = read(
            r#"{"type":"Feature","id":"0","properties":{"a":"é\n","b":1,"c":2.5,"d":true,"e":null,"f":{"x":[1, 2]}},"geometry":null}"#,
        );
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
        let values: Vec<_> = row.values().map(|(_, v)| v).collect();
        assert_eq!(
            values,
            [
                ValueRef::Text("é\n"),
                ValueRef::Int(1),
                ValueRef::Float(2.5),
                ValueRef::Bool(true),
                ValueRef::Null,
                ValueRef::Text(r#"{"x":[1,2]}"#)
            ]
        );
        assert_eq!(row.id, Some(FeatureId::Text("0".into())));
        assert_eq!(notes, RowNotes::default());
    }

    #[test]
    fn a_bad_geometry_or_value_costs_only_itself() {
        let (row, notes, _) =
            read(r#"{"id":7,"geometry":{"type":"Point","coordinates":"here"},"properties":{"a":"\ud800","b":1}}"#);
        assert_eq!(row.id, Some(FeatureId::Int(7)));
        assert!(notes.bad_geometry.is_some());
        assert_eq!(notes.bad_value.as_deref(), Some("a"));
        assert_eq!(row.values().nth(1).unwrap().1, ValueRef::Int(1));
    }
}
