//! A layer's fields, and one value of them.

use std::fmt::Write;
use std::slice;

use gdal_sys::{self as sys, OGRFieldSubType as Sub, OGRFieldType as Oft};

use super::text_of;
use crate::model::encoding::{Reading, decode};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::row::Row;

/// How a value is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    Bool,
    Int,
    Float,
    Text,
    Date,
    DateTime,
    Json,
    IntList,
    FloatList,
    TextList,
    /// Bytes: left out, and counted.
    Binary,
}

/// How to read a field of an OGR type; `None` for a type without a reading.
pub(super) fn reading(kind: Oft::Type, sub: Sub::Type) -> Read {
    match kind {
        Oft::OFTInteger | Oft::OFTInteger64 if sub == Sub::OFSTBoolean => Read::Bool,
        Oft::OFTInteger | Oft::OFTInteger64 => Read::Int,
        Oft::OFTReal => Read::Float,
        Oft::OFTString if sub == Sub::OFSTJSON => Read::Json,
        Oft::OFTDate => Read::Date,
        Oft::OFTDateTime => Read::DateTime,
        Oft::OFTIntegerList | Oft::OFTInteger64List => Read::IntList,
        Oft::OFTRealList => Read::FloatList,
        Oft::OFTStringList => Read::TextList,
        Oft::OFTBinary => Read::Binary,
        _ => Read::Text,
    }
}

impl Read {
    /// The type of the column that it fills; `None` for what is left out.
    pub(super) fn field_type(self) -> Option<FieldType> {
        Some(match self {
            Self::Bool => FieldType::Bool,
            Self::Int => FieldType::Int,
            Self::Float => FieldType::Float,
            Self::Text => FieldType::Text,
            Self::Date => FieldType::Date,
            Self::DateTime => FieldType::DateTime,
            Self::Json | Self::IntList | Self::FloatList | Self::TextList => FieldType::Json,
            Self::Binary => return None,
        })
    }
}

/// Reads a value into a row; says how its text was read.
///
/// # Safety
/// `feature` is a live feature whose definition has the field `index` of the type that `read` was
/// made from.
#[allow(unsafe_code)] // OGR's C interface.
pub(super) unsafe fn read_value(
    feature: sys::OGRFeatureH,
    index: i32,
    read: Read,
    column: usize,
    row: &mut Row,
    scratch: &mut String,
) -> Reading {
    // SAFETY: see above; strings and lists belong to the feature and are copied before it goes.
    unsafe {
        if sys::OGR_F_IsFieldSetAndNotNull(feature, index) == 0 {
            return Reading::Utf8;
        }
        scratch.clear();
        match read {
            Read::Bool => {
                let value = sys::OGR_F_GetFieldAsInteger(feature, index) != 0;
                row.set(column, FieldType::Bool, ValueRef::Bool(value));
            }
            Read::Int => {
                let value = sys::OGR_F_GetFieldAsInteger64(feature, index);
                row.set(column, FieldType::Int, ValueRef::Int(value));
            }
            Read::Float => {
                let value = sys::OGR_F_GetFieldAsDouble(feature, index);
                let value = if value.is_finite() {
                    ValueRef::Float(value)
                } else {
                    ValueRef::Null
                };
                row.set(column, FieldType::Float, value);
            }
            Read::Date | Read::DateTime => {
                if write_date_time(feature, index, read == Read::DateTime, scratch) {
                    let kind = if read == Read::Date {
                        FieldType::Date
                    } else {
                        FieldType::DateTime
                    };
                    row.set(column, kind, ValueRef::Text(scratch));
                }
            }
            Read::Text => {
                let pointer = sys::OGR_F_GetFieldAsString(feature, index);
                if !pointer.is_null() {
                    let (text, reading) = decode(std::ffi::CStr::from_ptr(pointer).to_bytes());
                    row.set(column, FieldType::Text, ValueRef::Text(&text));
                    return reading;
                }
            }
            Read::Json => {
                let (text, reading) = text_of(sys::OGR_F_GetFieldAsString(feature, index));
                match serde_json::from_str::<serde_json::Value>(&text) {
                    Ok(json) => row.set(column, FieldType::Json, ValueRef::Text(&json.to_string())),
                    Err(_) => row.set(column, FieldType::Text, ValueRef::Text(&text)),
                }
                return reading;
            }
            Read::IntList => {
                let mut n = 0;
                let list = sys::OGR_F_GetFieldAsInteger64List(feature, index, &raw mut n);
                if !list.is_null() && n >= 0 {
                    write_list(scratch, slice::from_raw_parts(list, n as usize).iter());
                } else {
                    let list = sys::OGR_F_GetFieldAsIntegerList(feature, index, &raw mut n);
                    if !list.is_null() && n >= 0 {
                        write_list(scratch, slice::from_raw_parts(list, n as usize).iter());
                    }
                }
                row.set(column, FieldType::Json, ValueRef::Text(scratch));
            }
            Read::FloatList => {
                let mut n = 0;
                let list = sys::OGR_F_GetFieldAsDoubleList(feature, index, &raw mut n);
                if !list.is_null() && n >= 0 {
                    let values = slice::from_raw_parts(list, n as usize);
                    write_list(scratch, values.iter().map(|v| serde_json::Value::from(*v)));
                }
                row.set(column, FieldType::Json, ValueRef::Text(scratch));
            }
            Read::TextList => {
                let mut list = sys::OGR_F_GetFieldAsStringList(feature, index).cast_const();
                let mut texts = vec![];
                while !list.is_null() && !(*list).is_null() {
                    texts.push(serde_json::Value::from(text_of(*list).0));
                    list = list.add(1);
                }
                write_list(scratch, texts.iter());
                row.set(column, FieldType::Json, ValueRef::Text(scratch));
            }
            Read::Binary => {}
        }
    }
    Reading::Utf8
}

fn write_list<T: std::fmt::Display>(out: &mut String, values: impl Iterator<Item = T>) {
    out.push('[');
    for (i, value) in values.enumerate() {
        // Writing to a string can't fail.
        let _ = write!(out, "{}{value}", if i == 0 { "" } else { "," });
    }
    out.push(']');
}

/// Writes a day (`2026-11-21`) or a day and time (RFC 3339; no zone where the source has none).
///
/// # Safety
/// As for [`read_value`].
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn write_date_time(feature: sys::OGRFeatureH, index: i32, with_time: bool, out: &mut String) -> bool {
    let (mut year, mut month, mut day, mut hour, mut minute, mut zone) = (0, 0, 0, 0, 0, 0);
    let mut second = 0f32;
    // SAFETY: see the function's contract; all pointers are to live locals.
    let known = unsafe {
        sys::OGR_F_GetFieldAsDateTimeEx(
            feature,
            index,
            &raw mut year,
            &raw mut month,
            &raw mut day,
            &raw mut hour,
            &raw mut minute,
            &raw mut second,
            &raw mut zone,
        )
    };
    if known == 0 {
        return false;
    }
    let _ = write!(out, "{year:04}-{month:02}-{day:02}");
    if with_time {
        let millis = (f64::from(second) * 1000.0).round() as i64;
        let _ = write!(out, "T{hour:02}:{minute:02}:{:02}", millis / 1000);
        if millis % 1000 != 0 {
            let _ = write!(out, ".{:03}", millis % 1000);
        }
        // 0: unknown, 1: local, 100: UTC, then quarters of an hour around 100.
        if zone == 100 {
            out.push('Z');
        } else if zone > 1 {
            let minutes = (zone - 100) * 15;
            let sign = if minutes < 0 { '-' } else { '+' };
            let _ = write!(out, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        }
    }
    true
}
