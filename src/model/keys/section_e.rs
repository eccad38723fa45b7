//! Parcels of section E that a spreadsheet took for numbers.
//!
//! `627370000E0005` reads as 627370000 × 10⁵: a spreadsheet keeps the number 62737000000000 and shows `6.2737E+13`.
//! Nothing but a parcel of a section E is written so, and its number is the power.

use super::idu::Idu;
use super::written::{is_power_of_ten, squeezed};

/// Digits before the E of an id: commune, prefix and the first of the section.
const BEFORE_E: usize = 9;

/// Digits that a spreadsheet's general format shows of a long number.
const SHOWN_DIGITS: usize = 6;

/// The parcel of section E behind a number such as `6.2737E+13` or `62737000000000`; `None` where there is none.
pub(super) fn parcel_of_section_e(text: &str) -> Option<Idu> {
    let text = squeezed(text);
    if text.contains('E') && !is_power_of_ten(&text) {
        return None;
    }
    let (mantissa, power) = text.split_once('E').unwrap_or((&text, "0"));
    let power: usize = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if whole.is_empty() || ![whole, fraction].iter().all(|p| p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    // digits × 10^(places - 1), without zeros at the end.
    let places = whole.len() + power;
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() || digits.len() >= BEFORE_E || digits.starts_with('0') {
        return None;
    }
    // Six digits before a power are what a narrow cell shows: more may be hidden.
    if power > 0 && digits.len() == SHOWN_DIGITS {
        return None;
    }
    let number = places.checked_sub(BEFORE_E).filter(|n| (1..=9999).contains(n))?;
    Idu::exact(&format!("{digits:0<8}0E{number:04}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_as_its_parcel() {
        let check = |text: &str, id: Option<&str>| {
            assert_eq!(
                parcel_of_section_e(text).map(|i| i.to_string()).as_deref(),
                id,
                "{text}"
            );
        };
        check("6.2737E+13", Some("627370000E0005"));
        check("6,2737E13", Some("627370000E0005"));
        check("62737000000000", Some("627370000E0005"));
        check("6.2737215E+13", Some("627372150E0005"));
        check("9.1027E+176", Some("910270000E0168"));
        check("6.251E+20", Some("625100000E0012"));
        check("6.27372E+13", None);
        check("62737", None);
        check("627370000", None);
        check("6.7482000010012E+13", None);
        check("jardin", None);
        // Every parcel of a section E comes back from the float that a spreadsheet makes of it.
        for number in 1..290 {
            let id = format!("627370000E{number:04}");
            let value: f64 = id.parse().unwrap();
            check(&format!("{value:e}").replace('e', "E+"), Some(&id));
        }
    }
}
