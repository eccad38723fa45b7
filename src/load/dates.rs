//! Text columns that hold dates only are columns of dates.
//!
//! Formats without a date type (GeoJSON, CSV) write them as text; one rule for all readers.

use super::base::Builder;
use crate::model::feature::{FieldType, ValueRef};

/// Retypes each text column whose every value is a day (`2026-11-21`) or a day and time
/// (RFC 3339, the zone optional).
pub(super) fn retype(builder: &mut Builder) {
    for (i, field) in builder.fields().iter().enumerate() {
        if field.kind == FieldType::Text
            && let Some(kind) = common_kind(builder, i)
        {
            builder.retype(i, kind);
        }
    }
}

fn common_kind(builder: &Builder, field: usize) -> Option<FieldType> {
    let mut common = None;
    for row in 0..builder.rows() {
        let ValueRef::Text(text) = builder.value(row, field) else {
            continue;
        };
        let kind = kind_of(text)?;
        if *common.get_or_insert(kind) != kind {
            return None;
        }
    }
    common
}

/// What a text is: a day, a day and time, or (`None`) neither.
fn kind_of(text: &str) -> Option<FieldType> {
    let bytes = text.as_bytes();
    let day = bytes.get(..10)?;
    let two = |at: usize| -> Option<u8> {
        let pair = bytes.get(at..at + 2)?;
        pair.iter()
            .all(u8::is_ascii_digit)
            .then(|| (pair[0] - b'0') * 10 + pair[1] - b'0')
    };
    two(0)?;
    two(2)?;
    let in_calendar = day[4] == b'-' && day[7] == b'-' && (1..=12).contains(&two(5)?) && (1..=31).contains(&two(8)?);
    if !in_calendar {
        return None;
    }
    if bytes.len() == 10 {
        return Some(FieldType::Date);
    }
    let on_clock = bytes[10] == b'T'
        && bytes.get(13) == Some(&b':')
        && bytes.get(16) == Some(&b':')
        && two(11)? < 24
        && two(14)? < 60
        && two(17)? <= 60;
    (on_clock && is_zone(after_fraction(&bytes[19..])?)).then_some(FieldType::DateTime)
}

/// What follows an optional fraction of a second.
fn after_fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some((b'.', digits)) = rest.split_first() else {
        return Some(rest);
    };
    let n = digits.iter().take_while(|d| d.is_ascii_digit()).count();
    (n > 0).then(|| &digits[n..])
}

fn is_zone(rest: &[u8]) -> bool {
    match rest {
        [] | [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|d| d.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_told_apart() {
        let check = |text, kind| assert_eq!(kind_of(text), kind, "{text}");
        check("2026-11-21", Some(FieldType::Date));
        check("2026-11-21T10:00:00Z", Some(FieldType::DateTime));
        check("2026-11-21T10:00:00.25+01:00", Some(FieldType::DateTime));
        check("2026-11-21T10:00:00", Some(FieldType::DateTime));
        check("2026-13-21", None);
        check("2026-11-21 10:00", None);
        check("20261121", None);
        check("2026-11-2é", None);
    }
}
