//! Periods in words: years, halves, quarters, months, days, and from one to another.

use time::{Date, Month};

use super::super::text::fold;
use super::written::{is_invisible, whole_number};

/// The years that a plan can speak of; other numbers are no years.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2199;

/// The months, as they begin once folded.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "janv", "jan", "january"],
    &["fevrier", "fevr", "fev", "feb", "february"],
    &["mars", "march", "mar"],
    &["avril", "avr", "april", "apr"],
    &["mai", "may"],
    &["juin", "june", "jun"],
    &["juillet", "juil", "july", "jul"],
    &["aout", "august", "aug"],
    &["septembre", "sept", "september", "sep"],
    &["octobre", "october", "oct"],
    &["novembre", "november", "nov"],
    &["decembre", "december", "dec"],
];

/// A period: its first and its last day, ISO 8601.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub start: String,
    /// The last day.
    pub end: String,
}

/// Reads a period.
///
/// Understood are `2024`, `2024-2027`, `T2 2025`, `2e trimestre 2025`, `S1 2026`, `03/2025`, `mars 2025`,
/// `12/03/2025`, ISO days and months, and any two of these with `à`, `au`, `/` or a hyphen between them. A season, and what
/// ends before it begins, is `None`.
///
/// ```
/// use terril::model::keys::period;
/// let p = period("T2 2025").unwrap();
/// assert_eq!((p.start.as_str(), p.end.as_str()), ("2025-04-01", "2025-06-30"));
/// ```
#[must_use]
pub fn period(text: &str) -> Option<Period> {
    let (start, end) = span(text)?;
    Some(Period {
        start: start.to_string(),
        end: end.to_string(),
    })
}

/// The day that a text says, in a French or ISO spelling; `None` for anything wider.
pub fn day(text: &str) -> Option<Date> {
    let tidy: String = text.trim().chars().filter(|c| !is_invisible(*c)).collect();
    simple_day(&tidy)
}

fn span(text: &str) -> Option<(Date, Date)> {
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    if let Some(day) = simple_day(text) {
        return Some((day, day));
    }
    if let Some(year) = whole_number(text).filter(|n| n.len() == 4) {
        return point(&[&year]);
    }
    let folded = fold_with_signs(text);
    let words: Vec<&str> = folded.split_whitespace().collect();
    if let Some(found) = point(&words) {
        return Some(found);
    }
    let joints = (1..words.len()).filter(|i| matches!(words[*i], "-" | "/" | "a" | "au" | "et"));
    let mut ways = joints.filter_map(|i| joined(leading(&words[..i]), leading(&words[i + 1..])));
    let found = ways.next()?;
    ways.all(|way| way == found).then_some(found)
}

/// From one to another; the first may leave out the year of the second.
fn joined(from: &[&str], to: &[&str]) -> Option<(Date, Date)> {
    let last = point(to)?;
    let first = point(from).or_else(|| {
        let year = last.1.year().to_string();
        let mut with_year = from.to_vec();
        with_year.push(&year);
        // A number by itself would become a month of that year.
        from.iter()
            .any(|w| w.bytes().any(|b| b.is_ascii_alphabetic()))
            .then(|| point(&with_year))?
    })?;
    (first.0 <= last.1 && first.1 <= last.1).then_some((first.0, last.1))
}

/// Words without "de", "du", "entre".
fn leading<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    match words {
        ["de" | "du" | "d" | "entre" | "le" | "des", rest @ ..] => rest,
        words => words,
    }
}

/// A year, half, quarter, month or day.
fn point(words: &[&str]) -> Option<(Date, Date)> {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .filter(|w| !matches!(*w, "le" | "annee" | "." | "de"))
        .collect();
    match words.as_slice() {
        [word] => year(word).and_then(|y| months(y, 1, 12)).or_else(|| glued(word)),
        [one, two] => pair(one, two).or_else(|| pair(two, one)),
        // 03 / 2025, T2 / 2025, 2025 - 03, 2025 - T2
        [one, "/" | "-", two] => month_number(one)
            .zip(year(two))
            .or_else(|| month_number(two).zip(year(one)).filter(|_| two.len() == 2))
            .and_then(|(m, y)| months(y, m, m))
            .or_else(|| part(one).zip(year(two)).and_then(of_part))
            .or_else(|| part(two).zip(year(one)).and_then(of_part)),
        // 2e trimestre 2025, 12 mars 2025
        [one, two, three] => {
            let y = year(three)?;
            if let Some(n) = ordinal(one) {
                return match *two {
                    "trimestre" | "trim" | "t" => quarter(n).map(|m| (m, m + 2)),
                    "semestre" | "sem" | "s" => half(n).map(|m| (m, m + 5)),
                    _ => {
                        let day = Date::from_calendar_date(y, month_name(two)?, u8::try_from(n).ok()?).ok()?;
                        return Some((day, day));
                    }
                }
                .and_then(|(a, b)| months(y, a, b));
            }
            let n = ordinal(two)?;
            match *one {
                "trimestre" | "trim" | "t" => quarter(n).and_then(|m| months(y, m, m + 2)),
                "semestre" | "sem" | "s" => half(n).and_then(|m| months(y, m, m + 5)),
                _ => None,
            }
        }
        [a, "-", b, "-", c] | [a, "/", b, "/", c] | [a, ".", b, ".", c] => {
            let day =
                simple_day(&format!("{c}-{b:0>2}-{a:0>2}")).or_else(|| simple_day(&format!("{a}-{b:0>2}-{c:0>2}")))?;
            Some((day, day))
        }
        _ => None,
    }
}

/// A part of a year and the year.
fn pair(one: &str, two: &str) -> Option<(Date, Date)> {
    let y = year(two)?;
    if let Some(month) = month_name(one) {
        return months(y, u8::from(month), u8::from(month));
    }
    part(one).and_then(|part| of_part((part, y)))
}

fn of_part(((from, to), year): ((u8, u8), i32)) -> Option<(Date, Date)> {
    months(year, from, to)
}

/// `2T2025`, `T22025`, `S12026`.
fn glued(word: &str) -> Option<(Date, Date)> {
    let (start, end) = word.split_at_checked(word.len().checked_sub(4)?)?;
    part(start).zip(year(end)).and_then(of_part)
}

/// `T2`, `2T`, `Q2`, `S1`, `1S`: its months.
fn part(word: &str) -> Option<(u8, u8)> {
    let number = |c: u8| c.is_ascii_digit().then(|| u32::from(c - b'0'));
    match *word.as_bytes() {
        [b't' | b'q', n] | [n, b't' | b'q'] => quarter(number(n)?).map(|m| (m, m + 2)),
        [b's', n] | [n, b's'] => half(number(n)?).map(|m| (m, m + 5)),
        _ => None,
    }
}

fn quarter(n: u32) -> Option<u8> {
    (1..=4).contains(&n).then(|| (n as u8 - 1) * 3 + 1)
}

fn half(n: u32) -> Option<u8> {
    (1..=2).contains(&n).then(|| (n as u8 - 1) * 6 + 1)
}

/// `2`, `2e`, `2eme`, `1er`, `premier`.
fn ordinal(word: &str) -> Option<u32> {
    match word {
        "premier" => return Some(1),
        "deuxieme" | "second" => return Some(2),
        "troisieme" => return Some(3),
        "quatrieme" | "dernier" => return Some(4).filter(|_| word == "quatrieme"),
        _ => {}
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = word.split_at(digits);
    matches!(suffix, "" | "e" | "er" | "eme" | "nd" | "nde" | "st" | "rd" | "th").then_some(())?;
    number.parse().ok().filter(|_| digits <= 2)
}

fn month_name(word: &str) -> Option<Month> {
    let word = word.trim_end_matches('.');
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    Month::try_from(at as u8 + 1).ok()
}

fn month_number(word: &str) -> Option<u8> {
    let fits = matches!(word.len(), 1 | 2) && word.bytes().all(|b| b.is_ascii_digit());
    word.parse().ok().filter(|m| fits && (1..=12).contains(m))
}

fn year(word: &str) -> Option<i32> {
    let fits = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    word.parse().ok().filter(|y| fits && YEARS.contains(y))
}

/// From the first day of a month to the last of another.
fn months(year: i32, from: u8, to: u8) -> Option<(Date, Date)> {
    let month = |m: u8| Month::try_from(m).ok();
    let last = month(to)?;
    Some((
        Date::from_calendar_date(year, month(from)?, 1).ok()?,
        Date::from_calendar_date(year, last, last.length(year)).ok()?,
    ))
}

/// `2025-03-12`, `12/03/2025`, `12.03.2025`, `12-03-2025`, each with or without a time behind it.
fn simple_day(text: &str) -> Option<Date> {
    let (day, clock) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    if clock.is_some_and(|c| !is_clock(c)) {
        return None;
    }
    let sign = day.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = day.split(sign).collect();
    let (y, m, d) = match (sign, parts.as_slice()) {
        ('-' | '/', [y, m, d]) if y.len() == 4 => (y, m, d),
        ('-' | '/' | '.', [d, m, y]) if y.len() == 4 => (y, m, d),
        _ => return None,
    };
    let number = |t: &str| (t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<i32>().ok())?;
    let small = |t: &str| {
        (t.len() <= 2)
            .then(|| number(t))
            .flatten()
            .and_then(|n| u8::try_from(n).ok())
    };
    let (year, month, day) = (number(y)?, small(m)?, small(d)?);
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day)
        .ok()
        .filter(|_| YEARS.contains(&year))
}

/// `10:30`, `10:30:00`, with a fraction and a zone.
fn is_clock(text: &str) -> bool {
    let digits = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    digits(hours)
        && digits(minutes.get(..2).unwrap_or_default())
        && text.len() <= 40
        && text.bytes().all(|b| b.is_ascii_digit() || b":.+-Z ".contains(&b))
}

/// Folded, with the signs between as words of their own.
fn fold_with_signs(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '→' => spaced.push_str(" @ "),
            '/' => spaced.push_str(" / "),
            '(' | ')' | ',' | '.' => spaced.push(' '),
            c => spaced.push(c),
        }
    }
    fold(&spaced).replace('@', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_a_first_and_a_last_day() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = period(text);
            assert_eq!(
                found.as_ref().map(|p| (p.start.as_str(), p.end.as_str())),
                expected,
                "{text}"
            );
        };
        let year = Some(("2024-01-01", "2024-12-31"));
        for text in ["2024", " 2024 ", "2024.0", "année 2024", "2024\u{a0}"] {
            check(text, year);
        }
        let years = Some(("2024-01-01", "2027-12-31"));
        for text in [
            "2024-2027",
            "2024 - 2027",
            "2024–2027",
            "2024/2027",
            "2024 à 2027",
            "de 2024 à 2027",
            "entre 2024 et 2027",
        ] {
            check(text, years);
        }
        let quarter = Some(("2025-04-01", "2025-06-30"));
        for text in [
            "T2 2025",
            "t2 2025",
            "2025 T2",
            "2025-T2",
            "T2/2025",
            "T2-2025",
            "2T 2025",
            "2T2025",
            "2e trimestre 2025",
            "2ème trimestre 2025",
            "2nd trimestre 2025",
            "Q2 2025",
            "deuxième trimestre 2025",
            "2e trim. 2025",
            "trimestre 2 2025",
            "2e trimestre de 2025",
        ] {
            check(text, quarter);
        }
        let half = Some(("2026-01-01", "2026-06-30"));
        for text in [
            "S1 2026",
            "1er semestre 2026",
            "2026 S1",
            "premier semestre 2026",
            "1er semestre de 2026",
        ] {
            check(text, half);
        }
        for text in [
            "03/2025",
            "2025-03",
            "mars 2025",
            "Mars 2025",
            "3/2025",
            "03-2025",
            "2025/03",
        ] {
            check(text, Some(("2025-03-01", "2025-03-31")));
        }
        check("févr. 2024", Some(("2024-02-01", "2024-02-29")));
        for text in [
            "12/03/2025",
            "2025-03-12",
            "12.03.2025",
            "12-03-2025",
            "12 mars 2025",
            "2025-03-12T10:00:00Z",
            "12/03/2025 10:30",
            "2025/03/12",
            "12 / 03 / 2025",
        ] {
            check(text, Some(("2025-03-12", "2025-03-12")));
        }
        check("1er mars 2025", Some(("2025-03-01", "2025-03-01")));
        check("du 12/03/2025 au 15/04/2026", Some(("2025-03-12", "2026-04-15")));
        check("12/03/2025 - 15/04/2026", Some(("2025-03-12", "2026-04-15")));
        check("2025-03-12/2026-04-15", Some(("2025-03-12", "2026-04-15")));
        check("T2 2025 - T1 2026", Some(("2025-04-01", "2026-03-31")));
        check("T2 à T4 2025", Some(("2025-04-01", "2025-12-31")));
        check("mars à mai 2025", Some(("2025-03-01", "2025-05-31")));
        check("03/2025 - 06/2026", Some(("2025-03-01", "2026-06-30")));
        check("S2 2025 - 2027", Some(("2025-07-01", "2027-12-31")));
        for text in [
            "",
            "printemps 2025",
            "2027-2024",
            "T5 2025",
            "S3 2025",
            "13/2025",
            "31/02/2025",
            "fin 2025",
            "2024-27",
            "12/03/25",
            "45000",
            "0024",
            "à définir",
            "2025 ?",
            "- 2025",
            "é",
        ] {
            check(text, None);
        }
    }
}
