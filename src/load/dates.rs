//! Text columns that hold dates are columns of dates.
//!
//! Formats without a date type (GeoJSON, CSV) write them as text; one rule for all readers. Where every value is
//! written as ISO 8601 has it the column becomes one of dates as it is. Where the field's name says that it is of dates
//! (`DATVALID`, `date_debut`) other spellings are read too; what is none is left empty, and told.

use super::base::Builder;
use super::report::{Fault, FaultKind, Faults};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::keys::period::day;
use crate::model::schema;
use crate::model::text::fold;

/// The least number of dates in a column of which some values are none.
const MIN_DATES: usize = 3;

/// Of five values, at least so many are dates in a column of dates.
const OF_FIVE: usize = 4;

/// Retypes each text column whose every value is a day (`2026-11-21`) or a day and time (RFC 3339, the
/// zone optional), and those that are named for dates and mostly hold some in French spellings.
pub(super) fn retype(builder: &mut Builder, layer: &str, faults: &mut Faults) {
    let fields = builder.fields();
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    let known = schema::recognise(layer, &names);
    let is_time = |name: &str| ["start", "end", "time"].iter().any(|d| known.field(d) == Some(name));
    for (i, field) in fields.iter().enumerate() {
        if field.kind != FieldType::Text {
            continue;
        }
        if let Some(kind) = common_kind(builder, i) {
            builder.retype(i, kind);
        } else if says_date(&field.name) || is_time(&field.name) {
            convert(builder, i, &field.name, faults);
        }
    }
}

/// Whether a field's name says that it holds dates.
fn says_date(name: &str) -> bool {
    let folded = fold(name);
    let mut words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.any(|w| {
        matches!(
            w,
            "date" | "dates" | "datvalid" | "datappro" | "created" | "updated" | "dat" | "datconv" | "maj"
        ) || (w.starts_with("date") && !w.starts_with("dated") && w.len() <= 12)
    })
}

/// Turns a column into days where nearly all of its values are some.
fn convert(builder: &mut Builder, field: usize, name: &str, faults: &mut Faults) {
    let text = |row| match builder.value(row, field) {
        ValueRef::Text(text) => Some(text.trim()).filter(|t| !t.is_empty()),
        _ => None,
    };
    let (mut dates, mut others) = (0, 0);
    for row in 0..builder.rows() {
        match text(row).map(|t| day_of(t).is_some()) {
            Some(true) => dates += 1,
            Some(false) => others += 1,
            None => {}
        }
    }
    if dates < MIN_DATES || dates * 5 < (dates + others) * OF_FIVE {
        return;
    }
    for row in 0..builder.rows() {
        if let Some(text) = text(row).filter(|t| day_of(t).is_none()) {
            faults.add(FaultKind::BadDate, || Fault {
                row: Some(row as u64),
                ..Fault::new(
                    FaultKind::BadDate,
                    format!("{name}: \"{text}\" is no date: left empty"),
                    format!("{name} : « {text} » n'est pas une date : laissée vide"),
                )
            });
        }
    }
    builder.rewrite(field, FieldType::Date, |_, value| match value {
        ValueRef::Text(text) => day_of(text.trim()),
        _ => None,
    });
}

/// The day that a text says, as ISO 8601 writes it; a time behind it must be midnight.
fn day_of(text: &str) -> Option<String> {
    let packed = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    let spaced = packed.then(|| format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    let text = spaced.as_deref().unwrap_or(text);
    let clock = text.split_once(['T', ' ']).map_or("", |(_, clock)| clock);
    let midnight = clock.bytes().all(|b| b"0:.Z".contains(&b));
    day(text).filter(|_| midnight).map(|d| d.to_string())
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

    fn column(name: &str, texts: &[&str]) -> (Builder, Faults) {
        use crate::load::base::Cell;
        let mut builder = Builder::new(crate::model::crs::Crs::Crs84);
        builder.field(name);
        let none = crate::model::geometry::Geometry::none();
        for text in texts {
            let cell = if *text == "-" { Cell::Null } else { Cell::Text(text) };
            builder.push(None, &[cell], &none.as_ref()).unwrap();
        }
        let mut faults = Faults::default();
        retype(&mut builder, "layer", &mut faults);
        (builder, faults)
    }

    #[test]
    fn french_dates_become_days_where_the_name_says_date() {
        let texts = [
            "21/11/2026",
            "2026-11-22",
            "23.11.2026",
            "20261124",
            "bientôt",
            "-",
            "25/11/2026 00:00",
        ];
        let (builder, faults) = column("date_debut", &texts);
        assert_eq!(builder.fields()[0].kind, FieldType::Date);
        let days: Vec<_> = (0..7)
            .map(|r| builder.value(r, 0).to_text().map(|t| t.into_owned()))
            .collect();
        let expected = [
            Some("2026-11-21"),
            Some("2026-11-22"),
            Some("2026-11-23"),
            Some("2026-11-24"),
            None,
            None,
            Some("2026-11-25"),
        ];
        assert_eq!(days, expected.map(|d| d.map(str::to_owned)));
        assert_eq!((faults.count(FaultKind::BadDate), faults.located[0].row), (1, Some(4)));
        assert!(faults.located[0].message.contains("bientôt"));
    }

    #[test]
    fn other_columns_stay_text() {
        let stays = |name: &str, texts: &[&str]| {
            let (builder, faults) = column(name, texts);
            assert_eq!(builder.fields()[0].kind, FieldType::Text, "{name}");
            assert!(faults.counts.is_empty(), "{name}");
        };
        stays("numero", &["20261121", "20261122", "20261123"]);
        stays("libelle", &["21/11/2026", "22/11/2026", "23/11/2026"]);
        stays("date_debut", &["21/11/2026", "22/11/2026"]);
        stays("date_debut", &["21/11/2026", "22/11/2026", "23/11/2026", "un jour"]);
        stays("updated", &["21/11/2026 10:30", "22/11/2026 10:30", "23/11/2026 10:30"]);
        stays("datedness", &["21/11/2026", "22/11/2026", "23/11/2026"]);
    }
}
