//! Spans of time: what a day, an instant, a year or an interval covers.
//!
//! A span is closed on both sides, in nanoseconds of UTC; `None` is an open side. A day reaches from its
//! first nanosecond to its last, a year and a month likewise. A time without a zone is read as UTC.

use std::cmp::Ordering;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime};

const DAY_NS: i128 = 86_400_000_000_000;

/// A closed span, each side open where absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeSpan {
    start: Option<i128>,
    end: Option<i128>,
}

/// A text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a day (2026-11-21), an instant (2026-11-21T10:00:00Z), an interval (a/b, a/.., ../b) or a start with a duration \
     (2026-11-21/P2D) is wanted"
)]
pub struct NoTime;

impl TimeSpan {
    /// What an attribute says: a year, a month, a day or an instant.
    ///
    /// ```
    /// use terril::model::time::TimeSpan;
    /// let year = TimeSpan::of_value("2024").unwrap();
    /// assert!(year.meets(&TimeSpan::of_value("2024-12-31T23:00:00Z").unwrap()));
    /// assert!(!year.meets(&TimeSpan::of_value("2025-01-01").unwrap()));
    /// ```
    #[must_use]
    pub fn of_value(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.len() {
            4 => Self::of_year(text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))?),
            7 => {
                let (year, month) = text.split_once('-')?;
                let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
                let first = Date::from_calendar_date(year.parse().ok()?, month, 1).ok()?;
                let days = i128::from(month.length(first.year()));
                let start = start_of(first);
                Some(Self::closed(start, start + days * DAY_NS - 1))
            }
            _ => Self::of_point(text),
        }
    }

    /// A calendar year.
    #[must_use]
    pub fn of_year(year: i32) -> Option<Self> {
        let first = |year| Date::from_calendar_date(year, Month::January, 1).ok().map(start_of);
        Some(Self::closed(first(year)?, first(year + 1)? - 1))
    }

    /// From the start of one to the end of the other.
    #[must_use]
    pub fn between(start: Option<Self>, end: Option<Self>) -> Self {
        Self {
            start: start.and_then(|s| s.start),
            end: end.and_then(|e| e.end),
        }
    }

    /// Reads a `datetime` parameter: an instant, a day, an interval of these with open sides (RFC 3339;
    /// OGC 17-069r4, 7.15.4), or a start and an ISO 8601 duration of whole days, weeks, months, years or
    /// clock time, as clients send them.
    ///
    /// # Errors
    /// Anything else; an interval whose end lies before its start, or without any side.
    pub fn parse(text: &str) -> Result<Self, NoTime> {
        let Some((from, to)) = text.split_once('/') else {
            return Self::of_point(text).ok_or(NoTime);
        };
        let side = |t: &str| match t {
            "" | ".." => Ok(None),
            t => Self::of_point(t).map(Some).ok_or(NoTime),
        };
        let start = side(from)?;
        let end = match (start, to.strip_prefix('P')) {
            (Some(start), Some(duration)) => Some(start.later(duration).ok_or(NoTime)?),
            _ => side(to)?,
        };
        let span = Self::between(start, end);
        let upside_down = span.start.zip(span.end).is_some_and(|(s, e)| s > e);
        if upside_down || (span.start.is_none() && span.end.is_none()) {
            return Err(NoTime);
        }
        Ok(span)
    }

    /// Whether they share an instant.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let before = |end: Option<i128>, start: Option<i128>| end.zip(start).is_none_or(|(e, s)| s <= e);
        before(self.end, other.start) && before(other.end, self.start)
    }

    /// The smallest span that holds both; a side that one leaves open is that of the other.
    #[must_use]
    pub fn around(self, other: Self) -> Self {
        let pick = |a: Option<i128>, b: Option<i128>, of: fn(i128, i128) -> i128| match (a, b) {
            (Some(a), Some(b)) => Some(of(a, b)),
            (a, b) => a.or(b),
        };
        Self {
            start: pick(self.start, other.start, i128::min),
            end: pick(self.end, other.end, i128::max),
        }
    }

    /// Both sides as RFC 3339, seconds precise.
    #[must_use]
    pub fn written(&self) -> [Option<String>; 2] {
        let write = |ns: i128| {
            let at = OffsetDateTime::from_unix_timestamp_nanos(ns).ok()?;
            at.replace_nanosecond(0).ok()?.format(&Rfc3339).ok()
        };
        [self.start.and_then(write), self.end.and_then(write)]
    }

    fn closed(start: i128, end: i128) -> Self {
        Self {
            start: Some(start),
            end: Some(end),
        }
    }

    /// The order of two times; equal where one lies within the other, as an instant in its day. `None` where a side
    /// is open, or where they overlap otherwise.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let (a, b) = ((self.start?, self.end?), (other.start?, other.end?));
        if a.1 < b.0 {
            return Some(Ordering::Less);
        }
        if a.0 > b.1 {
            return Some(Ordering::Greater);
        }
        let within = |a: (i128, i128), b: (i128, i128)| b.0 <= a.0 && a.1 <= b.1;
        (within(a, b) || within(b, a)).then_some(Ordering::Equal)
    }

    /// A day or an instant; `2026-11-21T`, as a client writes a day, is the day.
    #[must_use]
    pub fn of_point(text: &str) -> Option<Self> {
        Self::of_day(text.strip_suffix('T').unwrap_or(text)).or_else(|| Self::of_instant(text))
    }

    /// A day, as `2026-11-21`.
    #[must_use]
    pub fn of_day(text: &str) -> Option<Self> {
        let day = format_description!("[year]-[month]-[day]");
        let start = start_of(Date::parse(text, &day).ok()?);
        Some(Self::closed(start, start + DAY_NS - 1))
    }

    /// An instant, as `2026-11-21T10:00:00Z`; without a zone it is UTC.
    #[must_use]
    pub fn of_instant(text: &str) -> Option<Self> {
        let no_zone = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");
        let instant = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| PrimitiveDateTime::parse(text, &no_zone).map(PrimitiveDateTime::assume_utc));
        let ns = instant.ok()?.unix_timestamp_nanos();
        Some(Self::closed(ns, ns))
    }

    /// The instant that lies a duration (what follows `P`) after the start.
    fn later(&self, duration: &str) -> Option<Self> {
        let mut at = OffsetDateTime::from_unix_timestamp_nanos(self.start?).ok()?;
        let (days, clock) = duration.split_once('T').unwrap_or((duration, ""));
        if days.is_empty() && clock.is_empty() {
            return None;
        }
        for (number, unit) in numbers(days)? {
            let count = i64::from(number);
            at = match unit {
                'Y' => months_later(at, number.checked_mul(12)?)?,
                'M' => months_later(at, number)?,
                'W' => at.checked_add(time::Duration::weeks(count))?,
                'D' => at.checked_add(time::Duration::days(count))?,
                _ => return None,
            };
        }
        for (number, unit) in numbers(clock)? {
            let count = i64::from(number);
            at = at.checked_add(match unit {
                'H' => time::Duration::hours(count),
                'M' => time::Duration::minutes(count),
                'S' => time::Duration::seconds(count),
                _ => return None,
            })?;
        }
        let ns = at.unix_timestamp_nanos();
        Some(Self::closed(ns, ns))
    }
}

fn start_of(date: Date) -> i128 {
    date.midnight().assume_utc().unix_timestamp_nanos()
}

fn months_later(at: OffsetDateTime, months: u32) -> Option<OffsetDateTime> {
    let count = i32::from(u8::from(at.month())) - 1 + i32::try_from(months).ok()?;
    let year = at.year().checked_add(count / 12)?;
    let month = Month::try_from(u8::try_from(count % 12 + 1).ok()?).ok()?;
    let day = at.day().min(month.length(year));
    Some(at.replace_date(Date::from_calendar_date(year, month, day).ok()?))
}

/// `1Y2M` as numbers with their units.
fn numbers(text: &str) -> Option<Vec<(u32, char)>> {
    let mut found = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = rest[digits..].chars().next()?;
        found.push((rest[..digits].parse().ok()?, unit));
        rest = &rest[digits + unit.len_utf8()..];
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> TimeSpan {
        TimeSpan::parse(text).unwrap()
    }

    #[test]
    fn spans_meet_where_they_share_an_instant() {
        let check = |a: &str, b: &str, expected| assert_eq!(span(a).meets(&span(b)), expected, "{a} {b}");
        check("2024-01-01", "2024-01-01T23:59:59Z", true);
        check("2024-01-01", "2024-01-02T00:00:00Z", false);
        check("2024-01-01/2024-02-01", "2024-02-01T12:00:00Z", true);
        check("2024-01-01/..", "1999-01-01", false);
        check("../2024-01-01", "1999-01-01", true);
        check("/2024-01-01", "2024-01-02", false);
        check("2024-01-01/", "2025-01-02", true);
        check("2021-03-01/P2D", "2021-03-02T10:00:00Z", true);
        check("2021-03-01/P2D", "2021-03-03T00:00:01Z", false);
        check("2021-01-31/P1M", "2021-02-28", true);
        check("2021-01-31/P1M", "2021-03-01", false);
        check("2021-03-01/PT36H", "2021-03-02T11:00:00Z", true);
        check("2024-06-01T02:00:00+02:00", "2024-06-01T00:00:00Z", true);
        check("0000-01-01T00:00:00Z/2024-01-01T00:00:00.000Z", "2023-01-01", true);
        check("2024-01-01T", "2024-01-01T10:00:00Z", true);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "..",
            "../..",
            "/",
            "2024",
            "2024-13-01",
            "yesterday",
            "2024-02-01/2024-01-01",
            "2024-01-01/P",
            "2024-01-01/P2X",
            "P2D/2024-01-01",
            "2024-01-01/2024-02-01/2024-03-01",
            "2024-01-01/PD",
            "2024-01-01/P99999999999D",
        ] {
            assert_eq!(TimeSpan::parse(bad), Err(NoTime), "{bad}");
        }
    }

    #[test]
    fn values_cover_their_whole_year_month_or_day() {
        let covers = |text: &str| TimeSpan::of_value(text).map(|s| s.written().map(Option::unwrap_or_default));
        assert_eq!(
            covers("2024").unwrap(),
            ["2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z"]
        );
        assert_eq!(
            covers("2024-02").unwrap(),
            ["2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z"]
        );
        assert_eq!(
            covers("2024-02-03").unwrap(),
            ["2024-02-03T00:00:00Z", "2024-02-03T23:59:59Z"]
        );
        assert_eq!(covers("T2 2025"), None);
        assert_eq!(covers("é024"), None);
    }
}
