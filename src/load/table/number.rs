//! Numbers as people and spreadsheets write them.
//!
//! In: a text. Out: what number it is and how it was written, or that it is none. Whether a column of
//! such texts is one of numbers is decided in [`super::types`].

/// The largest whole number up to which every one has a floating point of its own: 2⁵³.
pub(in crate::load) const EXACT: i64 = 1 << 53;

/// What stands between the units and the tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Mark {
    Point,
    Comma,
}

/// A number and how it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::load) struct Number {
    pub(in crate::load) value: f64,
    /// The same as a whole number, where it is written as one and lies within ±2⁵³.
    pub(in crate::load) whole: Option<i64>,
    /// What parts the decimals, where there are any.
    pub(in crate::load) mark: Option<Mark>,
    /// Digits before the mark.
    pub(in crate::load) digits: usize,
    /// Such as `0012`: digits that a number would lose.
    pub(in crate::load) leading_zero: bool,
    /// Such as `6.2737E+13`.
    pub(in crate::load) exponent: bool,
}

/// The number that a text is: `12`, `-3.5`, `1 234,5` (thousands parted by spaces of any width), `1e-3`.
/// None for signs before a plus, words, infinities and units.
pub(in crate::load) fn number(text: &str) -> Option<Number> {
    let text = text.trim();
    // No number that a user can mean is longer; and texts such as outlines are not walked through.
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let (negative, rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut clean = String::with_capacity(rest.len() + 1);
    if negative {
        clean.push('-');
    }
    let mut chars = rest.chars().peekable();
    let (mut digits, mut group, mut grouped) = (0usize, 0usize, false);
    let first = rest.chars().next();
    while let Some(&c) = chars.peek() {
        if c.is_ascii_digit() {
            clean.push(c);
            digits += 1;
            group += 1;
        } else if is_space(c) {
            // The first group is of one to three digits, each other of three.
            if group == 0 || group > 3 || (grouped && group != 3) {
                return None;
            }
            grouped = true;
            group = 0;
        } else {
            break;
        }
        chars.next();
    }
    if grouped && group != 3 {
        return None;
    }
    let mark = match chars.peek() {
        Some('.') => Some(Mark::Point),
        Some(',') => Some(Mark::Comma),
        _ => None,
    };
    let mut decimals = 0;
    if mark.is_some() {
        chars.next();
        clean.push('.');
        while let Some(c) = chars.next_if(char::is_ascii_digit) {
            clean.push(c);
            decimals += 1;
        }
    }
    if digits + decimals == 0 || (mark.is_some() && decimals == 0) {
        return None;
    }
    let exponent = chars.next_if(|c| matches!(c, 'e' | 'E')).is_some();
    if exponent {
        clean.push('e');
        if let Some(sign) = chars.next_if(|c| matches!(c, '+' | '-')) {
            clean.push(sign);
        }
        let mut any = false;
        while let Some(c) = chars.next_if(char::is_ascii_digit) {
            clean.push(c);
            any = true;
        }
        if !any {
            return None;
        }
    }
    if chars.next().is_some() {
        return None;
    }
    let value: f64 = clean.parse().ok().filter(|v: &f64| v.is_finite())?;
    let whole = (mark.is_none() && !exponent)
        .then(|| clean.parse::<i64>().ok())
        .flatten();
    Some(Number {
        value,
        whole: whole.filter(|n| n.abs() <= EXACT),
        mark,
        digits,
        leading_zero: digits > 1 && first == Some('0'),
        exponent,
    })
}

/// Bytes beyond which a text is no number.
const LONGEST: usize = 64;

/// A space that parts thousands: plain, no-break, narrow no-break, thin.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// A number of a spreadsheet as text: whole ones without decimals, as the sheet shows them.
pub(in crate::load) fn written(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e21 {
        format!("{value:.0}")
    } else if value.abs() < 1e-6 || value.abs() >= 1e21 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// The whole number that a floating point is, up to ±2⁵³.
pub(in crate::load) fn whole(value: f64) -> Option<i64> {
    (value == value.trunc() && value.abs() <= EXACT as f64).then_some(value as i64)
}

/// Whether digits end with their check digit, as SIREN and SIRET numbers do (ISO/IEC 7812-1, annex B).
pub(in crate::load) fn luhn(text: &str) -> bool {
    let digits = text
        .bytes()
        .rev()
        .filter(u8::is_ascii_digit)
        .map(|b| u32::from(b - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(i, d)| match (i % 2, d * 2) {
            (0, _) => d,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_what_only_looks_like_one() {
        let check = |text: &str, value: Option<f64>| assert_eq!(number(text).map(|n| n.value), value, "{text}");
        check("12", Some(12.0));
        check(" -3.5 ", Some(-3.5));
        check("−3,5", Some(-3.5));
        check("1 234 567,25", Some(1_234_567.25));
        check("1\u{202f}234", Some(1234.0));
        check("12\u{a0}500", Some(12_500.0));
        check(".5", Some(0.5));
        check("6.2737E+13", Some(6.2737e13));
        check("1e-3", Some(1e-3));
        for text in [
            "",
            "-",
            ".",
            "1.",
            "12 34",
            "1234 567",
            "03 21 44 55 66",
            "+33",
            "1.2.3",
            "1,2,3",
            "12 m²",
            "NaN",
            "inf",
            "1e",
            "0x10",
            "12/03/2025",
            "2A004",
            "1e999",
            "1 ",
            "é",
        ] {
            let expected = (text == "1 ").then_some(1.0);
            check(text, expected);
        }
    }

    #[test]
    fn how_a_number_is_written_is_kept() {
        assert!(number("0012").unwrap().leading_zero);
        assert!(!number("0").unwrap().leading_zero && !number("0,5").unwrap().leading_zero);
        assert_eq!(number("1,5").unwrap().mark, Some(Mark::Comma));
        assert_eq!(number("9007199254740993").unwrap().whole, None);
        assert_eq!(number("9007199254740992").unwrap().whole, Some(EXACT));
        assert_eq!(number("-12").unwrap().whole, Some(-12));
        assert!(number("6E+13").unwrap().exponent && number("6E+13").unwrap().whole.is_none());
    }

    #[test]
    fn numbers_of_sheets_are_written_as_sheets_show_them() {
        assert_eq!(written(62737.0), "62737");
        assert_eq!(written(62737000000000.0), "62737000000000");
        assert_eq!(written(12.5), "12.5");
        assert_eq!(written(-0.25), "-0.25");
        assert_eq!(whole(2f64.powi(53) + 2.0), None);
    }

    #[test]
    fn check_digits() {
        // CA Lens-Liévin; La Poste's own SIREN is one of the few known to pass.
        assert!(luhn("246200364") && luhn("356000000") && !luhn("246200365"));
    }
}
