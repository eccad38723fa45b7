//! Numbers, measures and dates as people read them, in the rules of the map (`viewer/src/format.ts`).
//!
//! French groups thousands and sets units apart with a narrow no-break space (U+202F), so that
//! « 12 500 m² » never breaks over two lines; English uses commas and an ordinary no-break space.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

use super::lang::Lang;
use super::words::Word;

const NARROW: char = '\u{202f}';
const NO_BREAK: char = '\u{a0}';

/// Between a number and its unit.
fn unit_space(lang: Lang) -> char {
    match lang {
        Lang::Fr => NARROW,
        Lang::En => NO_BREAK,
    }
}

/// A whole number, grouped.
pub(super) fn whole(number: u64, lang: Lang) -> String {
    localised(&number.to_string(), lang)
}

/// A number of JSON with all its digits, grouped.
pub(super) fn number(number: &serde_json::Number, lang: Lang) -> String {
    localised(&plain(number), lang)
}

/// A number of JSON without exponent and without the `.0` of whole floats, as it names a year or a code.
pub(super) fn plain(number: &serde_json::Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(n), _, _) => n.to_string(),
        (_, Some(n), _) => n.to_string(),
        (_, _, Some(x)) => x.to_string(),
        _ => number.to_string(),
    }
}

/// A number with at most so many digits after the point.
pub(super) fn decimal(number: f64, digits: usize, lang: Lang) -> String {
    localised(&rounded(number, digits), lang)
}

/// Rounded half away from zero as it is written, which is how people round; trailing zeros left out.
/// (`format!` rounds the binary value: 1.005 would become 1.00.)
fn rounded(number: f64, digits: usize) -> String {
    let text = number.abs().to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut kept: Vec<u8> = whole
        .bytes()
        .chain(part.bytes().chain(std::iter::repeat(b'0')).take(digits))
        .collect();
    if part.as_bytes().get(digits).is_some_and(|d| *d >= b'5') {
        let mut at = kept.len();
        loop {
            if at == 0 {
                kept.insert(0, b'1');
                break;
            }
            at -= 1;
            if kept[at] < b'9' {
                kept[at] += 1;
                break;
            }
            kept[at] = b'0';
        }
    }
    let point = kept.len() - digits;
    let text: String = kept.iter().map(|b| char::from(*b)).collect();
    let (whole, part) = text.split_at(point);
    let part = part.trim_end_matches('0');
    let sign = if number < 0.0 && (whole != "0" || !part.is_empty()) {
        "-"
    } else {
        ""
    };
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// Plain digits with the signs of a language.
fn localised(text: &str, lang: Lang) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return text.to_owned();
    }
    let (group, point) = match lang {
        Lang::Fr => (NARROW, ','),
        Lang::En => (',', '.'),
    };
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !part.is_empty() {
        out.push(point);
        out.push_str(part);
    }
    out
}

/// « 1,25 ha / 12 500 m² ». Below 100 m² a figure in hectares says nothing: square metres alone.
pub(super) fn area(square_metres: f64, lang: Lang) -> String {
    let space = unit_space(lang);
    let size = square_metres.abs();
    let metres = decimal(square_metres, usize::from(size < 100.0), lang);
    if size < 100.0 {
        return format!("{metres}{space}m²");
    }
    let digits = if size < 1000.0 { 3 } else { 2 };
    let hectares = decimal(square_metres / 10_000.0, digits, lang);
    format!("{hectares}{space}ha / {metres}{space}m²")
}

/// « 350 m », « 1,2 km / 1 200 m ».
pub(super) fn length(metres: f64, lang: Lang) -> String {
    let space = unit_space(lang);
    if metres.abs() < 1000.0 {
        return format!("{}{space}m", decimal(metres, 1, lang));
    }
    let kilometres = decimal(metres / 1000.0, 2, lang);
    format!("{kilometres}{space}km / {}{space}m", decimal(metres, 0, lang))
}

/// A number of degrees.
pub(super) fn degrees(angle: f64, lang: Lang) -> String {
    format!("{}°", decimal(angle, 6, lang))
}

/// A day or an instant in words; `None` for other text.
pub(super) fn date(text: &str, lang: Lang) -> Option<String> {
    if let Ok(day) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        return Some(day_in_words(day, lang));
    }
    if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
        let zone = if moment.offset().is_utc() {
            "UTC".to_owned()
        } else {
            let (h, m, _) = moment.offset().as_hms();
            format!("UTC{h:+03}:{:02}", m.abs())
        };
        let clock = format!("{} {zone}", clock(moment.time()));
        return Some(at(&day_in_words(moment.date(), lang), &clock, lang));
    }
    // Where the source has no zone, none is made up.
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");
    let moment = PrimitiveDateTime::parse(text, format).ok()?;
    Some(at(&day_in_words(moment.date(), lang), &clock(moment.time()), lang))
}

fn at(day: &str, time: &str, lang: Lang) -> String {
    Word::DayAndTime.with(lang, &[("day", day), ("time", time)])
}

fn clock(time: Time) -> String {
    if time.second() == 0 && time.nanosecond() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }
}

fn day_in_words(date: Date, lang: Lang) -> String {
    let first = if lang == Lang::Fr && date.day() == 1 { "er" } else { "" };
    // The year is no amount: it is not grouped.
    format!(
        "{}{first}{NO_BREAK}{} {}",
        date.day(),
        month(date.month(), lang),
        date.year()
    )
}

fn month(month: Month, lang: Lang) -> &'static str {
    let (fr, en) = match month {
        Month::January => ("janvier", "January"),
        Month::February => ("février", "February"),
        Month::March => ("mars", "March"),
        Month::April => ("avril", "April"),
        Month::May => ("mai", "May"),
        Month::June => ("juin", "June"),
        Month::July => ("juillet", "July"),
        Month::August => ("août", "August"),
        Month::September => ("septembre", "September"),
        Month::October => ("octobre", "October"),
        Month::November => ("novembre", "November"),
        Month::December => ("décembre", "December"),
    };
    match lang {
        Lang::Fr => fr,
        Lang::En => en,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let check = |value: serde_json::Value, fr: &str, en: &str| {
            let number_of = |lang| number(value.as_number().unwrap(), lang);
            assert_eq!(number_of(Lang::Fr), fr);
            assert_eq!(number_of(Lang::En), en);
        };
        check(json!(12500.5), "12\u{202f}500,5", "12,500.5");
        check(json!(0), "0", "0");
        check(json!(999), "999", "999");
        check(json!(1000), "1\u{202f}000", "1,000");
        check(json!(-1_234_567), "-1\u{202f}234\u{202f}567", "-1,234,567");
        check(json!(12500.0), "12\u{202f}500", "12,500");
        check(
            json!(1e21),
            "1\u{202f}000\u{202f}000\u{202f}000\u{202f}000\u{202f}000\u{202f}000\u{202f}000",
            "1,000,000,000,000,000,000,000",
        );
        check(
            json!(u64::MAX),
            "18\u{202f}446\u{202f}744\u{202f}073\u{202f}709\u{202f}551\u{202f}615",
            "18,446,744,073,709,551,615",
        );
        check(json!(1e-7), "0,0000001", "0.0000001");
    }

    #[test]
    fn rounding_is_that_of_the_written_number() {
        let check = |x: f64, digits, expected: &str| assert_eq!(rounded(x, digits), expected, "{x}");
        check(1.005, 2, "1.01");
        check(0.995, 2, "1");
        check(99.95, 1, "100");
        check(-0.004, 2, "0");
        check(-2.5, 0, "-3");
        check(1.25, 2, "1.25");
        check(1234.0, 2, "1234");
    }

    #[test]
    fn areas_are_given_in_hectares_and_square_metres() {
        let check = |m2: f64, fr: &str, en: &str| {
            assert_eq!(area(m2, Lang::Fr), fr.replace('_', "\u{202f}"));
            assert_eq!(area(m2, Lang::En), en.replace('_', "\u{a0}"));
        };
        check(12500.0, "1,25_ha / 12_500_m²", "1.25_ha / 12,500_m²");
        check(1294.0, "0,13_ha / 1_294_m²", "0.13_ha / 1,294_m²");
        check(450.0, "0,045_ha / 450_m²", "0.045_ha / 450_m²");
        check(99.44, "99,4_m²", "99.4_m²");
        check(2_000_000.0, "200_ha / 2_000_000_m²", "200_ha / 2,000,000_m²");
    }

    #[test]
    fn dates_are_in_words() {
        let check = |text: &str, fr: &str, en: &str| {
            assert_eq!(date(text, Lang::Fr).unwrap(), fr.replace('_', "\u{a0}"));
            assert_eq!(date(text, Lang::En).unwrap(), en.replace('_', "\u{a0}"));
        };
        check("2024-05-01", "1er_mai 2024", "1_May 2024");
        check("2026-11-21", "21_novembre 2026", "21_November 2026");
        check(
            "2026-11-21T10:00:00Z",
            "21_novembre 2026 à 10:00 UTC",
            "21_November 2026 at 10:00 UTC",
        );
        check(
            "2026-11-21T10:00:05+02:00",
            "21_novembre 2026 à 10:00:05 UTC+02:00",
            "21_November 2026 at 10:00:05 UTC+02:00",
        );
        check(
            "2026-11-21T10:00:00",
            "21_novembre 2026 à 10:00",
            "21_November 2026 at 10:00",
        );
        for other in ["2024", "2024-13-01", "hier", ""] {
            assert_eq!(date(other, Lang::Fr), None, "{other}");
        }
    }

    #[test]
    fn lengths_gain_kilometres_when_they_are_long() {
        assert_eq!(length(350.0, Lang::Fr), "350\u{202f}m");
        assert_eq!(length(1200.0, Lang::Fr), "1,2\u{202f}km / 1\u{202f}200\u{202f}m");
    }
}
