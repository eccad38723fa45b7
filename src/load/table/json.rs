//! Rows of JSON: arrays of objects, and objects of objects by a code.
//!
//! ```text
//! [{"a": 1}, …]                                 one table
//! {"62737": {"a": 1}, …}                        one table; the key becomes the column `code`
//! {"meta": {…}, "communes": {"62737": {…}, …}}  a table per such member; `meta` is passed on as a note
//! ```
//! In: a file up to [`FILE_BYTES`]. Out: its tables, their columns in the order in which they appear.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use super::cell::{Cell, GridRow};
use super::error::GridError;
use super::ods::ROWS;
use super::workbook::COLUMNS;

/// Bytes of a JSON table: it is held in memory.
pub(in crate::load) const FILE_BYTES: u64 = 256 << 20;

/// The column that keys become.
const CODE: &str = "code";

/// Members that describe the file, in the words of those who write such files.
const ABOUT: [&str; 5] = ["meta", "metadata", "$schema", "info", "licence"];

/// A table of JSON.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) struct Records {
    /// The member's name; `None` where the file is the table.
    pub(in crate::load) name: Option<String>,
    /// The columns.
    pub(in crate::load) names: Vec<String>,
    rows: Vec<(Option<String>, Map<String, Value>)>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) struct JsonFile {
    pub(in crate::load) tables: Vec<Records>,
    /// What it says of itself, and what was passed over.
    pub(in crate::load) notes: Vec<String>,
}

/// Reads a file.
pub(in crate::load) fn read(path: &Path) -> Result<JsonFile, GridError> {
    let mut bytes = vec![];
    File::open(path)?.take(FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(GridError::TooLarge(format!(
            "a table in JSON of more than {} MB; save it as CSV",
            FILE_BYTES >> 20
        )));
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let value: Value = serde_json::from_slice(text)
        .map_err(|e| GridError::broken(format!("at line {}, column {}", e.line(), e.column()), said(&e)))?;
    of_value(value)
}

/// The parser's words without its place.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

fn of_value(value: Value) -> Result<JsonFile, GridError> {
    let (mut tables, mut notes) = (vec![], vec![]);
    match value {
        Value::Array(items) => tables.extend(of_array(None, items)),
        Value::Object(members) => {
            let (about, members): (Vec<_>, Vec<_>) =
                members.into_iter().partition(|(k, _)| ABOUT.contains(&k.as_str()));
            for (key, value) in about {
                notes.push(format!("\"{key}\" of the file: {value}"));
            }
            let nested = members.iter().any(|(_, v)| is_table(v));
            if !nested && !members.is_empty() && members.iter().all(|(_, v)| v.is_object()) {
                tables.push(of_members(None, members.into_iter().collect()));
            } else {
                for (key, value) in members {
                    match value {
                        Value::Array(items) if is_array_of_objects(&items) => tables.extend(of_array(Some(key), items)),
                        Value::Object(rows) if is_object_of_objects(&rows) => tables.push(of_members(Some(key), rows)),
                        other => notes.push(passed_over(&key, &other)),
                    }
                }
            }
        }
        _ => {}
    }
    if tables.is_empty() {
        return Err(GridError::NoTable(
            "it is JSON, but neither an array of objects nor an object of objects".into(),
        ));
    }
    for table in &tables {
        if table.names.len() > COLUMNS || table.rows.len() as u64 > ROWS * 16 {
            return Err(GridError::TooLarge(format!(
                "a table of more than {COLUMNS} columns or {} rows",
                ROWS * 16
            )));
        }
    }
    Ok(JsonFile { tables, notes })
}

fn passed_over(key: &str, value: &Value) -> String {
    let text: String = value.to_string().chars().take(200).collect();
    format!("\"{key}\" is no table and is passed over: {text}")
}

fn is_table(value: &Value) -> bool {
    match value {
        Value::Array(items) => is_array_of_objects(items),
        Value::Object(members) => is_object_of_objects(members),
        _ => false,
    }
}

fn is_array_of_objects(items: &[Value]) -> bool {
    !items.is_empty() && items.iter().all(Value::is_object)
}

fn is_object_of_objects(members: &Map<String, Value>) -> bool {
    !members.is_empty() && members.values().all(Value::is_object)
}

fn of_array(name: Option<String>, items: Vec<Value>) -> Option<Records> {
    if !is_array_of_objects(&items) {
        return None;
    }
    let objects = items.into_iter().filter_map(|item| match item {
        Value::Object(object) => Some((None, object)),
        _ => None,
    });
    Some(Records::new(name, objects.collect()))
}

fn of_members(name: Option<String>, members: Map<String, Value>) -> Records {
    let rows = members.into_iter().filter_map(|(key, value)| match value {
        Value::Object(object) => Some((Some(key), object)),
        _ => None,
    });
    Records::new(name, rows.collect())
}

impl Records {
    fn new(name: Option<String>, rows: Vec<(Option<String>, Map<String, Value>)>) -> Self {
        let mut names: Vec<String> = vec![];
        let mut known = std::collections::HashSet::new();
        if rows.iter().any(|(key, _)| key.is_some()) {
            // A column of that name in the rows stays; then the key is another.
            let taken = rows.iter().any(|(_, row)| row.contains_key(CODE));
            names.push(if taken { "key".into() } else { CODE.into() });
        }
        for name in rows.iter().flat_map(|(_, row)| row.keys()) {
            if !known.contains(name) {
                known.insert(name.clone());
                names.push(name.clone());
            }
        }
        Self { name, names, rows }
    }

    /// Whether the first column holds the key of each row.
    pub(in crate::load) fn is_keyed(&self) -> bool {
        self.rows.first().is_some_and(|(key, _)| key.is_some())
    }

    /// Gives every row, until `each` says false.
    pub(in crate::load) fn visit(&self, each: &mut dyn FnMut(&GridRow) -> bool) {
        let mut row = GridRow::default();
        for (i, (key, members)) in self.rows.iter().enumerate() {
            row.start(i as u64 + 1);
            let keyed = usize::from(key.is_some());
            if let Some(key) = key {
                row.push(Cell::Text(key));
            }
            for name in &self.names[keyed..] {
                put(&mut row, members.get(name).unwrap_or(&Value::Null));
            }
            if !each(&row) {
                return;
            }
        }
    }
}

fn put(row: &mut GridRow, value: &Value) {
    match value {
        Value::Null => row.push(Cell::Empty),
        Value::Bool(b) => row.push(Cell::Bool(*b)),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(n), _) => row.push(Cell::Int(n)),
            (None, Some(x)) if !n.is_u64() => row.push(Cell::Number(x)),
            // Beyond 64 bits: its digits.
            _ => row.push(Cell::Text(&n.to_string())),
        },
        Value::String(s) => row.push(Cell::Text(s)),
        nested => row.push(Cell::Json(&nested.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<JsonFile, GridError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path())
    }

    #[test]
    fn keys_become_a_column() {
        let file =
            read_text(r#"{"meta":{"n":2},"communes":{"01001":{"label":"A","t":1.5},"2A004":{"label":"B","u":[1]}}}"#)
                .unwrap();
        let [table] = file.tables.as_slice() else { panic!() };
        assert_eq!(
            (table.name.as_deref(), table.names.join(" ")),
            (Some("communes"), "code label t u".into())
        );
        assert!(file.notes[0].contains("meta"));
        let mut rows = vec![];
        table.visit(&mut |row| {
            rows.push(row.cells().map(|c| format!("{c:?}")).collect::<Vec<_>>().join(" "));
            true
        });
        assert_eq!(rows[0], "Text(\"01001\") Text(\"A\") Number(1.5) Empty");
        assert_eq!(rows[1], "Text(\"2A004\") Text(\"B\") Empty Json(\"[1]\")");
    }

    #[test]
    fn shapes_of_files() {
        let names = |text: &str| -> Vec<String> {
            let file = read_text(text).unwrap();
            file.tables
                .iter()
                .map(|t| format!("{}:{}", t.name.clone().unwrap_or_default(), t.names.join(",")))
                .collect()
        };
        assert_eq!(names(r#"[{"a":1},{"b":2}]"#), [":a,b"]);
        assert_eq!(names(r#"{"62737":{"a":1},"62386":{"a":2}}"#), [":code,a"]);
        assert_eq!(names(r#"{"x":[{"a":1}],"y":[{"b":1}],"n":3}"#), ["x:a", "y:b"]);
        assert_eq!(names(r#"{"62737":{"code":1}}"#), [":key,code"]);
        for none in ["[1,2]", "{\"a\":1}", "3", "[]", "{}"] {
            assert!(matches!(read_text(none), Err(GridError::NoTable(_))), "{none}");
        }
        let error = read_text("[{\"a\":1},\n{\"a\":}]").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
