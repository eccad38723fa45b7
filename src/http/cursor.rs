//! `after`: a feature's place in an order, as text that clients repeat and do not read.
//!
//! Without sort keys it is the id, marked as number (`n7`) or text (`tabc`); with them a JSON array of
//! the values and then the id, marked `k`.

use serde_json::Value as Json;

use super::error::ApiError;
use crate::model::feature::{FeatureId, Value};
use crate::query::sort::Position;

/// Writes a place.
pub(super) fn write(place: &Position) -> String {
    if place.values.is_empty() {
        return match &place.id {
            FeatureId::Int(n) => format!("n{n}"),
            FeatureId::Text(s) => format!("t{s}"),
        };
    }
    let json = |value: &Value| match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::from(*b),
        Value::Int(n) => Json::from(*n),
        Value::Float(x) => Json::from(*x),
        Value::Text(s) => Json::from(s.as_str()),
    };
    let id = match &place.id {
        FeatureId::Int(n) => Json::from(*n),
        FeatureId::Text(s) => Json::from(s.as_str()),
    };
    let all: Vec<Json> = place.values.iter().map(json).chain([id]).collect();
    format!("k{}", Json::from(all))
}

/// Reads a place in an order of so many keys.
///
/// # Errors
/// A text that is no place in such an order.
pub(super) fn read(text: &str, keys: usize) -> Result<Position, ApiError> {
    let place = if keys == 0 { read_id(text) } else { read_keys(text) };
    place.filter(|p| p.values.len() == keys).ok_or_else(|| {
        ApiError::parameter(
            "after",
            "take it as it stands in the next link of a page, with its sortby",
        )
    })
}

fn read_id(text: &str) -> Option<Position> {
    let number = || text.strip_prefix('n')?.parse().ok().map(FeatureId::Int);
    let words = || text.strip_prefix('t').map(|t| FeatureId::Text(t.to_owned()));
    Some(Position {
        values: vec![],
        id: number().or_else(words)?,
    })
}

fn read_keys(text: &str) -> Option<Position> {
    let mut all: Vec<Json> = serde_json::from_str(text.strip_prefix('k')?).ok()?;
    let id = match all.pop()? {
        Json::Number(n) => FeatureId::Int(n.as_i64()?),
        Json::String(s) => FeatureId::Text(s),
        _ => return None,
    };
    let value = |json: Json| {
        Some(match json {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(b),
            Json::Number(n) => n
                .as_i64()
                .map_or_else(|| n.as_f64().map(Value::Float), |n| Some(Value::Int(n)))?,
            Json::String(s) => Value::Text(s),
            Json::Array(_) | Json::Object(_) => return None,
        })
    };
    let values = all.into_iter().map(value).collect::<Option<_>>()?;
    Some(Position { values, id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back() {
        let check = |values: Vec<Value>, id: FeatureId| {
            let place = Position { values, id };
            let text = write(&place);
            assert_eq!(read(&text, place.values.len()), Ok(place), "{text}");
        };
        check(vec![], FeatureId::Int(-7));
        check(vec![], FeatureId::Text("n7 é/".into()));
        let text = Value::Text("a\"b,\u{0}".into());
        check(
            vec![
                text,
                Value::Null,
                Value::Int(i64::MIN),
                Value::Float(0.1),
                Value::Bool(true),
            ],
            FeatureId::Text(String::new()),
        );
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for (text, keys) in [
            ("", 0),
            ("x7", 0),
            ("nx", 0),
            ("k[1,2]", 0),
            ("n7", 1),
            ("k[1]", 1),
            ("k[[1],2]", 1),
            ("k{", 1),
        ] {
            assert!(read(text, keys).is_err(), "{text}");
        }
    }
}
