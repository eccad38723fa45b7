//! What a stored value means: parquet-format's LogicalTypes.md, and the older converted types.
//!
//! In: a stored number or bytes. Out: a truth, a number or a text of a kind. Instants keep their fractions of a second
//! as far as they are not zero; one without a zone is written without. Decimals become numbers; one with more digits
//! than a number holds says so.

use std::borrow::Cow;
use std::fmt::Write;

use ::parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use ::parquet::schema::types::ColumnDescriptor;
use serde_json::Value as Json;
use time::{Date, OffsetDateTime};

use crate::model::encoding::{Reading, decode};
use crate::model::feature::{FieldType, ValueRef};

/// Digits of a whole number that always fits.
const WHOLE_DIGITS: i32 = 18;

const NS_PER_DAY: i128 = 86_400_000_000_000;

/// The Julian day on which Unix time begins.
const JULIAN_EPOCH: i64 = 2_440_588;

/// What the values of a stored column mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Logic {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// One without a sign.
    Unsigned,
    /// A number.
    Float,
    /// A number of 16 bits.
    Half,
    /// A number of so many digits after the point.
    Decimal { scale: u32, whole: bool },
    /// Text.
    Text,
    /// A JSON document.
    Json,
    /// Sixteen bytes, written as usual.
    Uuid,
    /// A day.
    Date,
    /// A time of day.
    Time(i128),
    /// An instant, in units of so many nanoseconds.
    Instant { unit_ns: i128, utc: bool },
    /// The old twelve bytes: nanoseconds and a Julian day.
    Instant96,
    /// Months, days and milliseconds.
    Interval,
    /// Bytes; with the system of coordinates where they are a geometry by their type.
    Bytes { geometry: Option<Option<String>> },
}

/// A value as it is stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    Bool(bool),
    I32(i32),
    I64(i64),
    I96(&'a [u32]),
    Float(f64),
    Bytes(&'a [u8]),
}

/// A value as it is meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meant<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(FieldType, Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// What there is to say of a value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::load) struct Said {
    /// How its text was read.
    pub(in crate::load) reading: Reading,
    /// A number has more digits than is kept.
    pub(in crate::load) rounded: bool,
    /// It is none of its kind.
    pub(in crate::load) bad: bool,
}

fn nanoseconds(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::MILLIS => 1_000_000,
        TimeUnit::MICROS => 1_000,
        TimeUnit::NANOS => 1,
    }
}

impl Logic {
    /// By a column's type; one that contradicts its storage is taken for what is stored.
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        let physical = column.physical_type();
        let number = matches!(physical, Physical::INT32 | Physical::INT64);
        let bytes = matches!(physical, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY);
        let scale = u32::try_from(column.type_scale()).unwrap_or(0);
        let decimal = Self::Decimal {
            scale,
            whole: scale == 0 && column.type_precision() <= WHOLE_DIGITS,
        };
        match column.logical_type_ref() {
            Some(LogicalType::String | LogicalType::Enum) if bytes => return Self::Text,
            Some(LogicalType::Json) if bytes => return Self::Json,
            Some(LogicalType::Uuid) if bytes => return Self::Uuid,
            Some(LogicalType::Float16) if bytes => return Self::Half,
            Some(LogicalType::Decimal(_)) if number || bytes => return decimal,
            Some(LogicalType::Date) if number => return Self::Date,
            Some(LogicalType::Time(t)) if number => return Self::Time(nanoseconds(t.unit)),
            Some(LogicalType::Timestamp(t)) if number => {
                return Self::Instant {
                    unit_ns: nanoseconds(t.unit),
                    utc: t.is_adjusted_to_u_t_c,
                };
            }
            // Nulls only, stored as any type.
            Some(LogicalType::Unknown) => return Self::Text,
            Some(LogicalType::Integer(i)) if number && !i.is_signed => return Self::Unsigned,
            Some(LogicalType::Geometry(g)) if bytes => {
                return Self::Bytes {
                    geometry: Some(g.crs.clone()),
                };
            }
            Some(LogicalType::Geography(g)) if bytes => {
                return Self::Bytes {
                    geometry: Some(g.crs.clone()),
                };
            }
            _ => {}
        }
        let instant = |unit_ns| Self::Instant { unit_ns, utc: true };
        match (physical, column.converted_type()) {
            (_, ConvertedType::UTF8 | ConvertedType::ENUM) if bytes => Self::Text,
            (_, ConvertedType::JSON) if bytes => Self::Json,
            (_, ConvertedType::INTERVAL) if bytes => Self::Interval,
            (_, ConvertedType::DECIMAL) if number || bytes => decimal,
            (_, ConvertedType::DATE) if number => Self::Date,
            (_, ConvertedType::TIME_MILLIS) if number => Self::Time(1_000_000),
            (_, ConvertedType::TIME_MICROS) if number => Self::Time(1_000),
            (_, ConvertedType::TIMESTAMP_MILLIS) if number => instant(1_000_000),
            (_, ConvertedType::TIMESTAMP_MICROS) if number => instant(1_000),
            (_, ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64)
                if number =>
            {
                Self::Unsigned
            }
            (Physical::BOOLEAN, _) => Self::Bool,
            (Physical::INT32 | Physical::INT64, _) => Self::Int,
            (Physical::INT96, _) => Self::Instant96,
            (Physical::FLOAT | Physical::DOUBLE, _) => Self::Float,
            _ => Self::Bytes { geometry: None },
        }
    }

    /// The type of a field of such values; `None` for bytes.
    pub(super) fn field_type(&self) -> Option<FieldType> {
        Some(match self {
            Self::Bool => FieldType::Bool,
            Self::Int | Self::Unsigned | Self::Decimal { whole: true, .. } => FieldType::Int,
            Self::Float | Self::Half | Self::Decimal { .. } => FieldType::Float,
            Self::Text | Self::Uuid | Self::Time(_) | Self::Interval => FieldType::Text,
            Self::Json => FieldType::Json,
            Self::Date => FieldType::Date,
            Self::Instant { .. } | Self::Instant96 => FieldType::DateTime,
            Self::Bytes { .. } => return None,
        })
    }

    /// What a stored value means, and what there is to say of it.
    pub(super) fn read<'a>(&self, raw: Raw<'a>) -> (Meant<'a>, Said) {
        let fine = Said::default();
        let bad = || {
            let said = Said { bad: true, ..fine };
            (Meant::Null, said)
        };
        let text = |kind, text: Option<String>| text.map_or_else(bad, |t| (Meant::Text(kind, t.into()), fine));
        match (self, raw) {
            (_, Raw::Bool(b)) => (Meant::Bool(b), fine),
            (Self::Decimal { scale, whole }, Raw::I32(n)) => decimal(i128::from(n), *scale, *whole),
            (Self::Decimal { scale, whole }, Raw::I64(n)) => decimal(i128::from(n), *scale, *whole),
            (Self::Decimal { scale, whole }, Raw::Bytes(bytes)) => match big_endian(bytes) {
                Some(n) => decimal(n, *scale, *whole),
                None => bad(),
            },
            (Self::Date, raw) => text(
                FieldType::Date,
                raw.whole().and_then(|n| day(n.checked_mul(NS_PER_DAY)?)),
            ),
            (Self::Time(unit), raw) => text(FieldType::Text, raw.whole().and_then(|n| clock(n.checked_mul(*unit)?))),
            (Self::Instant { unit_ns, utc }, raw) => {
                let ns = raw.whole().and_then(|n| n.checked_mul(*unit_ns));
                text(FieldType::DateTime, ns.and_then(|ns| instant(ns, *utc)))
            }
            (_, Raw::I96(&[low, high, days])) => {
                let ns = (i128::from(high) << 32) + i128::from(low);
                let days = i128::from(i64::from(days.cast_signed()) - JULIAN_EPOCH);
                text(FieldType::DateTime, instant(days * NS_PER_DAY + ns, false))
            }
            (_, Raw::I96(_)) => bad(),
            (Self::Unsigned, Raw::I32(n)) => (Meant::Int(i64::from(n.cast_unsigned())), fine),
            (Self::Unsigned, Raw::I64(n)) if n < 0 => {
                (Meant::Text(FieldType::Text, n.cast_unsigned().to_string().into()), fine)
            }
            (_, Raw::I32(n)) => (Meant::Int(i64::from(n)), fine),
            (_, Raw::I64(n)) => (Meant::Int(n), fine),
            (_, Raw::Float(x)) if x.is_finite() => (Meant::Float(x), fine),
            // No number, as sources without nulls write one that is missing.
            (_, Raw::Float(_)) => (Meant::Null, fine),
            (Self::Half, Raw::Bytes(&[low, high])) => self.read(Raw::Float(half(u16::from_le_bytes([low, high])))),
            (Self::Uuid, Raw::Bytes(bytes)) => text(FieldType::Text, uuid(bytes)),
            (Self::Interval, Raw::Bytes(bytes)) => text(FieldType::Text, interval(bytes)),
            (Self::Text, Raw::Bytes(bytes)) => {
                let (text, reading) = decode(bytes);
                (Meant::Text(FieldType::Text, text), Said { reading, ..fine })
            }
            (Self::Json, Raw::Bytes(bytes)) => {
                let (text, reading) = decode(bytes);
                let said = Said { reading, ..fine };
                match serde_json::from_str::<Json>(&text) {
                    Ok(json) => (Meant::Text(FieldType::Json, json.to_string().into()), said),
                    Err(_) => (Meant::Text(FieldType::Text, text), said),
                }
            }
            (Self::Bytes { .. }, Raw::Bytes(bytes)) => (Meant::Bytes(bytes), fine),
            (_, Raw::Bytes(_)) => bad(),
        }
    }
}

impl Raw<'_> {
    fn whole(self) -> Option<i128> {
        match self {
            Self::I32(n) => Some(n.into()),
            Self::I64(n) => Some(n.into()),
            _ => None,
        }
    }
}

impl Meant<'_> {
    /// As a cell of a row; the kind that a text is set with.
    pub(super) fn cell(&self) -> (FieldType, ValueRef<'_>) {
        match self {
            Self::Null | Self::Bytes(_) => (FieldType::Text, ValueRef::Null),
            Self::Bool(b) => (FieldType::Bool, ValueRef::Bool(*b)),
            Self::Int(n) => (FieldType::Int, ValueRef::Int(*n)),
            Self::Float(x) => (FieldType::Float, ValueRef::Float(*x)),
            Self::Text(kind, text) => (*kind, ValueRef::Text(text)),
        }
    }

    /// Within a list or structure.
    pub(super) fn json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(b) => (*b).into(),
            Self::Int(n) => (*n).into(),
            Self::Float(x) => (*x).into(),
            Self::Text(FieldType::Json, text) => serde_json::from_str(text).unwrap_or_default(),
            Self::Text(_, text) => text.as_ref().into(),
            Self::Bytes(bytes) => hex(bytes).into(),
        }
    }
}

/// Bytes as hexadecimal digits, as databases show them.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A signed number in two's complement, the highest byte first.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let sign = if bytes.first().is_some_and(|b| *b >= 0x80) {
        0xff
    } else {
        0
    };
    let extra = bytes.len().saturating_sub(16);
    if bytes.is_empty() || bytes[..extra].iter().any(|b| *b != sign) {
        return None;
    }
    let mut whole = [sign; 16];
    let kept = &bytes[extra..];
    whole[16 - kept.len()..].copy_from_slice(kept);
    let number = i128::from_be_bytes(whole);
    // Cut to sixteen bytes it must have kept its sign.
    ((number < 0) == (sign == 0xff)).then_some(number)
}

fn decimal(unscaled: i128, scale: u32, whole: bool) -> (Meant<'static>, Said) {
    let text = decimal_text(unscaled, scale);
    if let Some(n) = text.parse().ok().filter(|_| whole) {
        return (Meant::Int(n), Said::default());
    }
    number(&text)
}

fn decimal_text(unscaled: i128, scale: u32) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale as usize + 1);
    let (before, after) = digits.split_at(digits.len() - scale as usize);
    let sign = if unscaled < 0 { "-" } else { "" };
    let point = if scale > 0 { "." } else { "" };
    format!("{sign}{before}{point}{after}")
}

/// A decimal as the nearest number, and whether that is another one as people write it.
fn number(text: &str) -> (Meant<'static>, Said) {
    let Some(x) = text.parse::<f64>().ok().filter(|x| x.is_finite()) else {
        let said = Said {
            bad: true,
            ..Said::default()
        };
        return (Meant::Null, said);
    };
    let said = Said {
        rounded: crate::load::decimals::is_rounded(text, x),
        ..Said::default()
    };
    (Meant::Float(x), said)
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        e => (1.0 + fraction / 1024.0) * 2f64.powi(e - 15),
    }
}

fn uuid(bytes: &[u8]) -> Option<String> {
    let hex = hex(bytes);
    (bytes.len() == 16).then(|| {
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    })
}

/// Months, days and milliseconds as an ISO 8601 duration.
fn interval(bytes: &[u8]) -> Option<String> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (months, days, ms) = (number(0)?, number(4)?, number(8)?);
    Some(format!("P{months}M{days}DT{}.{:03}S", ms / 1000, ms % 1000))
}

fn date_time(ns: i128) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::from_unix_timestamp_nanos(ns).ok()?;
    // What ISO 8601 writes with four digits.
    (0..=9999).contains(&at.year()).then_some(at)
}

fn day(ns: i128) -> Option<String> {
    Some(written_day(date_time(ns)?.date()))
}

fn written_day(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

fn instant(ns: i128, utc: bool) -> Option<String> {
    let at = date_time(ns)?;
    let clock = clock(ns.rem_euclid(NS_PER_DAY))?;
    Some(format!(
        "{}T{clock}{}",
        written_day(at.date()),
        if utc { "Z" } else { "" }
    ))
}

/// A time of day, its fraction in thousands where there is one.
fn clock(ns: i128) -> Option<String> {
    let ns = u64::try_from(ns).ok().filter(|ns| i128::from(*ns) < NS_PER_DAY)?;
    let (seconds, fraction) = (ns / 1_000_000_000, ns % 1_000_000_000);
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let written = format!("{fraction:09}");
    let digits = match fraction {
        0 => 0,
        f if f % 1_000_000 == 0 => 3,
        f if f % 1_000 == 0 => 6,
        _ => 9,
    };
    if digits > 0 {
        let _ = write!(text, ".{}", &written[..digits]);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(logic: &Logic, raw: Raw<'_>) -> String {
        logic.read(raw).0.json().to_string()
    }

    #[test]
    fn days_and_instants_are_written_as_iso_has_them() {
        let check = |logic: Logic, n: i64, expected: &str| assert_eq!(text(&logic, Raw::I64(n)), expected, "{n}");
        let instant = |unit_ns, utc| Logic::Instant { unit_ns, utc };
        // date -u -d @1700000000
        check(instant(1_000_000, true), 1_700_000_000_000, "\"2023-11-14T22:13:20Z\"");
        check(
            instant(1_000_000, false),
            1_700_000_000_250,
            "\"2023-11-14T22:13:20.250\"",
        );
        check(
            instant(1_000, true),
            1_700_000_000_000_001,
            "\"2023-11-14T22:13:20.000001Z\"",
        );
        check(
            instant(1, true),
            1_700_000_000_000_000_001,
            "\"2023-11-14T22:13:20.000000001Z\"",
        );
        check(instant(1_000_000, true), -1, "\"1969-12-31T23:59:59.999Z\"");
        check(instant(1_000_000, true), i64::MAX, "null");
        check(Logic::Time(1_000), 3_723_000_000, "\"01:02:03\"");
        check(Logic::Time(1), -1, "null");
        assert_eq!(text(&Logic::Date, Raw::I32(-719_528)), "\"0000-01-01\"");
        assert_eq!(text(&Logic::Date, Raw::I32(20_778)), "\"2026-11-21\"");
        // Spark's: midnight of Julian day 2 459 000 and one nanosecond.
        assert_eq!(
            text(&Logic::Instant96, Raw::I96(&[1, 0, 2_459_000])),
            "\"2020-05-30T00:00:00.000000001\""
        );
    }

    #[test]
    fn decimals_are_exact_or_say_that_they_are_not() {
        let price = Logic::Decimal { scale: 2, whole: false };
        let check = |raw: Raw<'_>, expected: &str, rounded: bool| {
            let (meant, said) = price.read(raw);
            assert_eq!((meant.json().to_string().as_str(), said.rounded), (expected, rounded));
        };
        check(Raw::I32(-5), "-0.05", false);
        check(Raw::I64(12_345), "123.45", false);
        check(Raw::Bytes(&[0xff, 0x85]), "-1.23", false);
        check(Raw::Bytes(&[0; 20]), "0.0", false);
        check(Raw::I64(1_234_567_890_123_456_789), "1.2345678901234568e+16", true);
        let whole = Logic::Decimal { scale: 0, whole: true };
        assert_eq!(whole.read(Raw::Bytes(&[1, 0])).0, Meant::Int(256));
        assert!(price.read(Raw::Bytes(&[])).1.bad);
        assert!(price.read(Raw::Bytes(&[1; 17])).1.bad, "more than any decimal");
    }

    #[test]
    fn small_kinds_are_read() {
        assert_eq!(text(&Logic::Unsigned, Raw::I32(-1)), "4294967295");
        assert_eq!(text(&Logic::Unsigned, Raw::I64(-1)), "\"18446744073709551615\"");
        assert_eq!(text(&Logic::Half, Raw::Bytes(&[0x00, 0x3e])), "1.5");
        assert_eq!(text(&Logic::Half, Raw::Bytes(&[0x00, 0x7e])), "null");
        let bytes: Vec<u8> = (0..16).collect();
        assert_eq!(
            text(&Logic::Uuid, Raw::Bytes(&bytes)),
            "\"00010203-0405-0607-0809-0a0b0c0d0e0f\""
        );
        assert_eq!(
            text(&Logic::Interval, Raw::Bytes(&[1, 0, 0, 0, 2, 0, 0, 0, 0xdc, 5, 0, 0])),
            "\"P1M2DT1.500S\""
        );
        assert_eq!(text(&Logic::Json, Raw::Bytes(b"{ \"a\": 1 }")), "{\"a\":1}");
        assert_eq!(Logic::Text.read(Raw::Bytes(b"N\x9cux")).1.reading, Reading::Guessed);
    }
}
