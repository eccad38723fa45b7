//! INSEE codes of communes and départements, as text.

use super::Mended;
use super::written::{digits, squeezed, whole_number};

/// The normal form of a commune's code: five characters, `2A` or `2B` in Corsica.
///
/// Mended are spaces, `62737.0`, `O` for 0, lower case. With `department` also a lost leading zero (`1004` in
/// `01`) and a commune's number within its département (`737` in 62, `209` or `09` in 972).
/// Without it a code that lost its zero is `None`: it might as well have lost its last digit.
///
/// ```
/// use terril::model::keys::insee;
/// assert_eq!(insee("62737.0", None).unwrap().value, "62737");
/// assert_eq!(insee("1004", Some("01")).unwrap().value, "01004");
/// assert_eq!(insee("1004", None), None);
/// ```
#[must_use]
pub fn insee(text: &str, department: Option<&str>) -> Option<Mended> {
    if is_insee(text) {
        return Some(Mended::new(text.to_owned(), text));
    }
    let written = whole_number(text).unwrap_or_else(|| squeezed(text));
    if let Some(code) = in_full(&written) {
        return Some(Mended::new(code, text));
    }
    let department = super::department(department?)?.value;
    let number = digits(&written).filter(|n| !n.is_empty())?;
    let code = match (department.len(), number.len()) {
        (_, 4) => format!("0{number}"),
        (2, 1..=3) => format!("{department}{number:0>3}"),
        (3, 1 | 2) => format!("{department}{number:0>2}"),
        (3, 3) => format!("97{number}"),
        _ => return None,
    };
    (is_insee(&code) && department_of(&code) == department).then(|| Mended::new(code, text))
}

/// The normal form of a code that has all of its characters.
pub(super) fn in_full(written: &str) -> Option<String> {
    let (island, number) = match written.as_bytes() {
        [b'2', b'A' | b'B', ..] => written.split_at_checked(2)?,
        _ => ("", written),
    };
    let code = format!("{island}{}", digits(number)?);
    is_insee(&code).then_some(code)
}

/// Whether a text is a commune's code in its normal form: of a département that exists, and not its 000.
pub(super) fn is_insee(code: &str) -> bool {
    let bytes = code.as_bytes();
    if bytes.len() != 5 || !bytes[2..].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = if &bytes[..2] == b"97" || &bytes[..2] == b"98" {
        3
    } else {
        2
    };
    is_department(&code[..number]) && bytes[number..].iter().any(|b| *b != b'0')
}

/// The département of a commune's code in its normal form: `62`, `2A`, `972`.
///
/// ```
/// assert_eq!(terril::model::keys::department_of("97209"), "972");
/// ```
#[must_use]
pub fn department_of(code: &str) -> &str {
    let n = if code.starts_with("97") || code.starts_with("98") {
        3
    } else {
        2
    };
    code.get(..n).unwrap_or(code)
}

/// The normal form of a département's code: `01`, `2A`, `62`, `972`. A lone digit lost its zero.
///
/// ```
/// use terril::model::keys::department;
/// assert_eq!(department("1").unwrap().value, "01");
/// assert_eq!(department("2a").unwrap().value, "2A");
/// assert_eq!(department("20"), None);
/// ```
#[must_use]
pub fn department(text: &str) -> Option<Mended> {
    let written = whole_number(text).unwrap_or_else(|| squeezed(text));
    let code = match written.as_str() {
        "2A" | "2B" => written,
        // As in registers that write three characters throughout.
        "02A" | "02B" => written[1..].to_owned(),
        _ => {
            let number = digits(&written).filter(|n| !n.is_empty())?;
            match number.len() {
                1 => format!("0{number}"),
                3 if number.starts_with('0') => number[1..].to_owned(),
                _ => number,
            }
        }
    };
    is_department(&code).then(|| Mended::new(code, text))
}

fn is_department(code: &str) -> bool {
    match code.len() {
        2 => match code {
            "2A" | "2B" => true,
            "20" => false,
            _ => code.parse().is_ok_and(|n: u8| (1..=95).contains(&n)) && code.bytes().all(|b| b.is_ascii_digit()),
        },
        3 => matches!(code.parse(), Ok(971..=978u16 | 984 | 986..=989)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_mended_where_they_are_certain() {
        let check = |text, department, expected: Option<(&str, bool)>| {
            let found = insee(text, department);
            assert_eq!(
                found.as_ref().map(|m| (m.value.as_str(), m.mended)),
                expected,
                "{text} {department:?}"
            );
        };
        check("62737", None, Some(("62737", false)));
        check("62737.0", None, Some(("62737", true)));
        check(" 62 737", None, Some(("62737", true)));
        check("62\u{a0}737", None, Some(("62737", true)));
        check("'62737", None, Some(("62737", true)));
        check("6.2737E+4", None, Some(("62737", true)));
        check("6.27E+4", None, None);
        check("O1004", None, Some(("01004", true)));
        check("2a004", None, Some(("2A004", true)));
        check("2B033", Some("2B"), Some(("2B033", false)));
        check("1004", None, None);
        check("1004", Some("01"), Some(("01004", true)));
        check("1004.0", Some("1"), Some(("01004", true)));
        check("1004", Some("62"), None);
        check("8190", Some("08"), Some(("08190", true)));
        check("737", Some("62"), Some(("62737", true)));
        check("4", Some("2A"), Some(("2A004", true)));
        check("209", Some("972"), Some(("97209", true)));
        check("9", Some("972"), Some(("97209", true)));
        check("309", Some("972"), None);
        check("62000", None, None);
        check("97000", None, None);
        check("20004", None, None);
        check("96001", None, None);
        check("627370", None, None);
        check("", Some("62"), None);
        check("Lens", Some("62"), None);
        // Another département than the column says: what is written in full stands.
        check("59350", Some("62"), Some(("59350", false)));
    }

    #[test]
    fn departments_have_two_or_three_characters() {
        let check = |text, expected: Option<&str>| assert_eq!(department(text).map(|m| m.value).as_deref(), expected);
        check("62", Some("62"));
        check("62.0", Some("62"));
        check("1", Some("01"));
        check("062", Some("62"));
        check("2b", Some("2B"));
        check("974", Some("974"));
        check("97", None);
        check("99", None);
        check("0", None);
        check("+6", None);
    }
}
