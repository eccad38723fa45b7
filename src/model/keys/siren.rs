//! SIREN numbers of bodies, also out of the SIRET numbers of their establishments.

use super::Mended;
use super::written::{squeezed, whole_number};

/// La Poste: the digits of its establishments' numbers add up to a multiple of five instead (INSEE).
const LA_POSTE: &str = "356000000";

/// Leading zeros that a number can have lost; beyond, it is none.
const LOST_ZEROS: usize = 3;

/// The normal form of a SIREN: nine digits whose check digit holds. Of a SIRET, the SIREN in it.
///
/// Mended are spaces, points, `.0`, lost leading zeros. `U…`, by which the land registry names bodies
/// without a number, is `None`.
///
/// ```
/// use terril::model::keys::siren;
/// assert_eq!(siren("246 200 364").unwrap().value, "246200364");
/// assert_eq!(siren("246200363"), None);
/// assert_eq!(siren("U12345678"), None);
/// ```
#[must_use]
pub fn siren(text: &str) -> Option<Mended> {
    let written = match whole_number(text) {
        Some(number) => number,
        None => squeezed(text).replace(['.', '-', '_'], ""),
    };
    if written.is_empty() || !written.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let least = |length: usize| length - LOST_ZEROS..=length;
    let value = match written.len() {
        n if least(9).contains(&n) => format!("{written:0>9}"),
        n if least(14).contains(&n) => {
            let siret = format!("{written:0>14}");
            let (siren, _) = siret.split_at(9);
            let sum: u32 = siret.bytes().map(|b| u32::from(b - b'0')).sum();
            let of_la_poste = siren == LA_POSTE && sum.is_multiple_of(5);
            if !luhn(&siret) && !of_la_poste {
                return None;
            }
            siren.to_owned()
        }
        _ => return None,
    };
    let real = luhn(&value) && value.bytes().any(|b| b != b'0');
    real.then(|| Mended::new(value, text))
}

/// Whether the check digit holds (ISO/IEC 7812-1, annex B).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b - b'0');
            match (i % 2, digit * 2) {
                (0, _) => digit,
                (_, doubled) => doubled / 10 + doubled % 10,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_bodies_are_checked() {
        let check = |text, expected: Option<(&str, bool)>| {
            let found = siren(text);
            assert_eq!(found.as_ref().map(|m| (m.value.as_str(), m.mended)), expected, "{text}");
        };
        // The agglomération of Lens-Liévin (DOMAIN 8), La Poste and one of its post offices.
        check("246200364", Some(("246200364", false)));
        check("246 200 364", Some(("246200364", true)));
        check("246200364.0", Some(("246200364", true)));
        check("246200363", None);
        check("356000000", Some(("356000000", false)));
        check("35600000000010", Some(("356000000", true)));
        check("35600000000050", None);
        check("24620036400007", Some(("246200364", true)));
        check("24620036400018", None);
        // Lost zeros: the check digit holds without them.
        check("5520135", Some(("005520135", true)));
        check("U12345678", None);
        check("0", None);
        check("000000000", None);
        check("2.462E+8", None);
        check("", None);
    }
}
