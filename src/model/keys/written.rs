//! How spreadsheets and people write codes: spaces of all kinds, `.0`, powers of ten, O for 0.

use unicode_normalization::UnicodeNormalization;

/// The letters, digits and signs of a code: upper case, without spaces of any kind and without the
/// apostrophe or quotes by which spreadsheets are told that it is text.
pub(super) fn squeezed(text: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !is_invisible(*c) && !matches!(c, '\'' | '"' | '’' | '`');
    text.nfkc().filter(kept).flat_map(char::to_uppercase).collect()
}

/// Zero-width spaces and joiners, the byte order mark, the soft hyphen.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The digits of a whole number as spreadsheets write it: `62737`, `62737.0`, `62737,00`, `6.2737E+4`.
///
/// `None` where it is no whole number, and where a power of ten hides digits: `6.2737E+13` stands for
/// any number from 62736500000000 to 62737499999999.
///
/// ```
/// use terril::model::keys::whole_number;
/// assert_eq!(whole_number("62737.0").as_deref(), Some("62737"));
/// assert_eq!(whole_number("6,2737E+04").as_deref(), Some("62737"));
/// assert_eq!(whole_number("6.2737E+13"), None);
/// ```
#[must_use]
pub fn whole_number(text: &str) -> Option<String> {
    let text = squeezed(text);
    let (mantissa, power) = match text.split_once('E') {
        Some((mantissa, power)) => (
            mantissa,
            power.strip_prefix('+').unwrap_or(power).parse::<usize>().ok()?,
        ),
        None => (text.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if whole.is_empty() || ![whole, fraction].iter().all(|p| p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    if power > fraction.len() || fraction.bytes().skip(power).any(|b| b != b'0') {
        return None;
    }
    Some(format!("{whole}{}", &fraction[..power]))
}

/// Whether a text is a number with a power of ten, as spreadsheets show long ones.
pub(super) fn is_power_of_ten(text: &str) -> bool {
    let text = squeezed(text);
    let Some((mantissa, power)) = text.split_once('E') else {
        return false;
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let signed = power.starts_with(['+', '-']);
    let dotted = mantissa.contains(['.', ',']);
    // `627370000E0012` is a parcel of section 0E.
    (signed || dotted) && digits(power.trim_start_matches(['+', '-'])) && digits(&mantissa.replace(['.', ','], ""))
}

/// Digits with `O` read as 0; `None` where anything else stands there.
pub(super) fn digits(text: &str) -> Option<String> {
    let digit = |c| match c {
        'O' => Some('0'),
        c if char::is_ascii_digit(&c) => Some(c),
        _ => None,
    };
    text.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_digit_or_are_none() {
        let check = |text, expected: Option<&str>| assert_eq!(whole_number(text).as_deref(), expected, "{text}");
        check("01004", Some("01004"));
        check(" 62\u{202f}737 ", Some("62737"));
        check("62737.0", Some("62737"));
        check("62737,00", Some("62737"));
        check("62737.5", None);
        check("6.2737E+4", Some("62737"));
        check("6.7482000010012E+13", Some("67482000010012"));
        check("6.2737E+13", None);
        check("", None);
        check("AB", None);
        check("-5", None);
    }

    #[test]
    fn a_parcel_of_section_e_is_no_power_of_ten() {
        assert!(is_power_of_ten("6.2737E+13"));
        assert!(is_power_of_ten("6,2737E13"));
        assert!(is_power_of_ten("6E+13"));
        assert!(!is_power_of_ten("627370000E0012"));
        assert!(!is_power_of_ten("E12"));
    }
}
