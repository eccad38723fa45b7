//! What a column's text means: PostgreSQL's types as fields.
//!
//! In: a type of the catalogue; then texts as the database writes them (ISO dates, UTC). Out: cells of rows.

use std::borrow::Cow;

use crate::load::decimals::is_rounded;
use crate::model::feature::{FieldType, ValueRef};
use crate::model::row::Row;

/// Digits of a whole number that always fits.
const WHOLE_DIGITS: i32 = 18;

/// What is added to a numeric's precision and scale (`VARHDRSZ`).
const HEADER: i32 = 4;

/// What the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Means {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A decimal, which may have more digits than a number holds.
    Decimal,
    /// Text.
    Text,
    /// A day.
    Date,
    /// A day and a time; in UTC where it says so.
    Instant,
    /// A document.
    Json,
    /// A list, or a row within the row.
    ToJson,
}

/// What there is to say of a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::load) struct Said {
    /// It has more digits than are kept.
    pub(in crate::load) rounded: bool,
    /// It is none of its kind, or none that is kept (infinity, a year before Christ).
    pub(in crate::load) bad: bool,
}

impl Means {
    /// By a type's name, category, variety and modifier (`pg_type`); `None` for bytes and what is no value.
    pub(in crate::load) fn of(kind: &str, category: &str, variety: &str, modifier: i32) -> Option<Self> {
        Some(match kind {
            "bool" => Self::Bool,
            "int2" | "int4" | "int8" | "oid" => Self::Int,
            "float4" | "float8" => Self::Float,
            "numeric" => {
                // The low half of the modifier is the scale, the high one the precision.
                let (precision, scale) = ((modifier - HEADER) >> 16 & 0xffff, (modifier - HEADER) & 0x7ff);
                let whole = modifier >= HEADER && scale == 0 && precision <= WHOLE_DIGITS;
                if whole { Self::Int } else { Self::Decimal }
            }
            "date" => Self::Date,
            "timestamp" | "timestamptz" => Self::Instant,
            "json" | "jsonb" => Self::Json,
            "bytea" | "raster" | "topogeometry" => return None,
            _ if category == "A" || variety == "c" => Self::ToJson,
            _ => Self::Text,
        })
    }

    /// The type of the field.
    pub(in crate::load) fn field_type(self) -> FieldType {
        match self {
            Self::Bool => FieldType::Bool,
            Self::Int => FieldType::Int,
            Self::Float | Self::Decimal => FieldType::Float,
            Self::Text => FieldType::Text,
            Self::Date => FieldType::Date,
            Self::Instant => FieldType::DateTime,
            Self::Json | Self::ToJson => FieldType::Json,
        }
    }

    /// What is selected of a column.
    pub(super) fn expression(self, column: &str) -> String {
        match self {
            Self::ToJson => format!("to_jsonb({column})::text"),
            _ => format!("{column}::text"),
        }
    }

    /// Reads a text into a row's field.
    pub(in crate::load) fn read(self, text: &str, field: usize, row: &mut Row) -> Said {
        let said = Said::default();
        let value = match self {
            Self::Bool => Some(ValueRef::Bool(text == "true")),
            Self::Int => text.parse().ok().map(ValueRef::Int),
            Self::Float => match text {
                // No number, as sources without nulls write one that is missing.
                "NaN" => return said,
                _ => text.parse().ok().filter(|x: &f64| x.is_finite()).map(ValueRef::Float),
            },
            Self::Decimal => match text.parse::<f64>() {
                _ if text == "NaN" => return said,
                Ok(x) if x.is_finite() => {
                    row.set(field, FieldType::Float, ValueRef::Float(x));
                    let rounded = is_rounded(text, x);
                    return Said { rounded, ..said };
                }
                _ => None,
            },
            Self::Date if is_day(text) => Some(ValueRef::Text(text)),
            Self::Date => None,
            Self::Instant => {
                let Some(instant) = instant(text) else {
                    return Said { bad: true, ..said };
                };
                row.set(field, FieldType::DateTime, ValueRef::Text(&instant));
                return said;
            }
            Self::Text => Some(ValueRef::Text(text)),
            Self::Json | Self::ToJson => match serde_json::from_str::<serde_json::Value>(text) {
                Ok(json) => {
                    row.set(field, FieldType::Json, ValueRef::Text(&json.to_string()));
                    return said;
                }
                Err(_) => Some(ValueRef::Text(text)),
            },
        };
        match value {
            Some(value) => {
                let kind = match (self, &value) {
                    (Self::Date, _) => FieldType::Date,
                    _ => FieldType::Text,
                };
                row.set(field, kind, value);
                said
            }
            None => Said { bad: true, ..said },
        }
    }
}

/// `2026-11-21`: four digits of a year, as ISO 8601 and everybody after has it.
fn is_day(text: &str) -> bool {
    let fits = |(i, b): (usize, u8)| {
        if i == 4 || i == 7 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// `2026-11-21 10:20:30.5+00` as `2026-11-21T10:20:30.500Z`.
fn instant(text: &str) -> Option<String> {
    let (day, clock) = text.split_once(' ')?;
    let (clock, zone) = match clock.strip_suffix("+00") {
        Some(clock) => (clock, "Z"),
        None => (clock, ""),
    };
    if !is_day(day) || !clock.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.') {
        return None;
    }
    // The database leaves zeros at the end out; thousands are the usual measure.
    let clock: Cow<'_, str> = match clock.split_once('.') {
        Some((seconds, fraction)) => {
            let width = if fraction.len() <= 3 { 3 } else { 6 };
            format!("{seconds}.{fraction:0<width$}").into()
        }
        None => clock.into(),
    };
    Some(format!("{day}T{clock}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(means: Means, text: &str) -> (String, Said) {
        let mut row = Row::default();
        let said = means.read(text, 0, &mut row);
        let value = row
            .values()
            .next()
            .map(|(_, v)| v.to_text().map(Cow::into_owned).unwrap_or_default());
        (value.unwrap_or_default(), said)
    }

    #[test]
    fn texts_become_what_their_types_say() {
        let check = |means, text: &str, expected: &str| {
            assert_eq!(read(means, text), (expected.to_owned(), Said::default()), "{text}")
        };
        check(Means::Int, "-9223372036854775808", "-9223372036854775808");
        check(Means::Float, "0.1", "0.1");
        check(Means::Float, "NaN", "");
        check(Means::Decimal, "12345.670", "12345.67");
        check(Means::Date, "2026-11-21", "2026-11-21");
        check(Means::Instant, "2026-11-21 10:20:30.5+00", "2026-11-21T10:20:30.500Z");
        check(
            Means::Instant,
            "2026-11-21 10:20:30.123456",
            "2026-11-21T10:20:30.123456",
        );
        check(Means::Json, "{\"a\" : 1}", "{\"a\":1}");
        for (means, text) in [
            (Means::Date, "infinity"),
            (Means::Date, "0044-03-15 BC"),
            (Means::Instant, "-infinity"),
            (Means::Instant, "0044-03-15 00:00:00+00 BC"),
            (Means::Float, "Infinity"),
        ] {
            assert!(read(means, text).1.bad, "{text}");
        }
        assert!(read(Means::Decimal, "1234567890123456789012.5").1.rounded);
    }

    #[test]
    fn types_are_known_by_the_catalogue() {
        // SELECT atttypmod … numeric(12,2), numeric(10,0), numeric: 786438, 655364, -1
        assert_eq!(Means::of("numeric", "N", "b", 786_438), Some(Means::Decimal));
        assert_eq!(Means::of("numeric", "N", "b", 655_364), Some(Means::Int));
        assert_eq!(Means::of("numeric", "N", "b", -1), Some(Means::Decimal));
        assert_eq!(Means::of("_text", "A", "b", -1), Some(Means::ToJson));
        assert_eq!(Means::of("bytea", "U", "b", -1), None);
        assert_eq!(Means::of("mood", "E", "e", -1), Some(Means::Text));
    }
}
