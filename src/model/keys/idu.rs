//! A parcel's id in the national cadastre (IDU).
//!
//! ```text
//! 62737 000 AB 0012
//! │     │   │  └ number, padded with zeros
//! │     │   └ section, a single letter padded: 0B; two digits in Alsace-Moselle
//! │     └ prefix: 000, or the last three digits of the commune that was absorbed
//! └ the commune's INSEE code
//! ```

use std::fmt;

use super::insee::{department_of, in_full, insee, is_insee};
use super::written::{digits, squeezed, whole_number};

/// The départements whose sections are numbered (land registers of German origin).
const NUMBERED_SECTIONS: [&str; 3] = ["57", "67", "68"];

/// A parcel's id, 14 characters, in its normal form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Idu([u8; 14]);

impl Idu {
    /// The id in its normal form; `None` for any other spelling.
    ///
    /// ```
    /// use terril::model::keys::Idu;
    /// let idu = Idu::exact("62737000AB0012").unwrap();
    /// assert_eq!((idu.commune(), idu.prefix(), idu.section(), idu.number()), ("62737", "000", "AB", "0012"));
    /// assert_eq!(Idu::exact("62737000ab12"), None);
    /// ```
    #[must_use]
    pub fn exact(text: &str) -> Option<Self> {
        let bytes: [u8; 14] = text.as_bytes().try_into().ok()?;
        let at = |range: std::ops::Range<usize>| text.get(range);
        Self::of_parts(
            at(0..5)?,
            at(5..8)?,
            at(8..10)?.as_bytes().try_into().ok()?,
            at(10..14)?,
        )
        .filter(|idu| idu.0 == bytes)
    }

    /// The id of parts in their normal form.
    pub(super) fn of_parts(commune: &str, prefix: &str, section: [u8; 2], number: &str) -> Option<Self> {
        let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        let numbered = section.iter().all(u8::is_ascii_digit);
        let section_fits = match section {
            [b'0', b'0'] => false,
            [b'0'..=b'9', b'0'..=b'9'] => has_numbered_sections(commune),
            [b'0' | b'A'..=b'Z', b'A'..=b'Z'] => !numbered,
            _ => false,
        };
        let fits = is_insee(commune)
            && prefix.len() == 3
            && all_digits(prefix)
            && section_fits
            && number.len() == 4
            && all_digits(number)
            && number != "0000";
        let mut bytes = [0; 14];
        for (i, b) in commune
            .bytes()
            .chain(prefix.bytes())
            .chain(section)
            .chain(number.bytes())
            .enumerate()
        {
            *bytes.get_mut(i)? = b;
        }
        fits.then_some(Self(bytes))
    }

    /// The INSEE code of its commune.
    #[must_use]
    pub fn commune(&self) -> &str {
        self.part(0..5)
    }

    /// The prefix, `000` where no commune was absorbed.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.part(5..8)
    }

    /// The section, padded: `AB`, `0B`.
    #[must_use]
    pub fn section(&self) -> &str {
        self.part(8..10)
    }

    /// The number, padded: `0012`.
    #[must_use]
    pub fn number(&self) -> &str {
        self.part(10..14)
    }

    /// All 14 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.part(0..14)
    }

    fn part(&self, range: std::ops::Range<usize>) -> &str {
        // ASCII by construction.
        std::str::from_utf8(&self.0[range]).unwrap_or_default()
    }

    /// The parcel in the words of after its commune was absorbed by another; `None` where it had been already.
    ///
    /// ```
    /// use terril::model::keys::Idu;
    /// let old = Idu::exact("62386000AB0012").unwrap();
    /// let new = old.absorbed_by("62737").unwrap();
    /// assert_eq!(new.as_str(), "62737386AB0012");
    /// assert_eq!(new.before_merger(), Some(old));
    /// ```
    #[must_use]
    pub fn absorbed_by(&self, commune: &str) -> Option<Self> {
        let same_department = department_of(commune) == department_of(self.commune());
        let fits = self.prefix() == "000" && same_department && commune != self.commune();
        let mut new = *self;
        new.0[..5].copy_from_slice(commune.as_bytes().get(..5)?);
        new.0[5..8].copy_from_slice(&self.0[2..5]);
        (fits && is_insee(commune)).then_some(new)
    }

    /// The parcel in the words of before its commune was absorbed; `None` for the prefix 000.
    #[must_use]
    pub fn before_merger(&self) -> Option<Self> {
        let mut old = *self;
        old.0[2..5].copy_from_slice(&self.0[5..8]);
        old.0[5..8].copy_from_slice(b"000");
        (self.prefix() != "000" && is_insee(old.commune())).then_some(old)
    }
}

impl fmt::Display for Idu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Idu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Idu({self})")
    }
}

/// Whether a commune's sections are numbers.
pub(super) fn has_numbered_sections(commune: &str) -> bool {
    NUMBERED_SECTIONS.contains(&department_of(commune))
}

/// The id of a parcel whose parts stand in columns of their own.
///
/// The commune is an INSEE code; the prefix blank, `000`, its digits without zeros, or the INSEE code of the
/// absorbed commune; section and number with or without zeros, or as numbers (`12.0`).
///
/// ```
/// use terril::model::keys::parcel_of_columns;
/// assert_eq!(parcel_of_columns("62737", Some("   "), "B", "12").unwrap().as_str(), "627370000B0012");
/// ```
#[must_use]
pub fn parcel_of_columns(commune: &str, prefix: Option<&str>, section: &str, number: &str) -> Option<Idu> {
    let commune = insee(commune, None)?.value;
    let prefix = prefix_of(prefix.unwrap_or_default())?;
    let section = section_of(section, &commune)?;
    let number = number_of(number)?;
    Idu::of_parts(&commune, &prefix, section, &number)
}

/// A prefix by itself: blank is `000`.
pub(super) fn prefix_of(text: &str) -> Option<String> {
    let written = whole_number(text).unwrap_or_else(|| squeezed(text));
    if let Some(absorbed) = in_full(&written) {
        return Some(absorbed[2..].to_owned());
    }
    let number = digits(&written)?;
    (number.len() <= 3).then(|| format!("{number:0>3}"))
}

/// A section by itself, of a commune.
pub(super) fn section_of(text: &str, commune: &str) -> Option<[u8; 2]> {
    let written = whole_number(text).unwrap_or_else(|| squeezed(text));
    match *written.as_bytes() {
        [one] => section(b'0', one, commune, Zeros::AsWritten),
        [first, second] => section(first, second, commune, Zeros::AsWritten),
        _ => None,
    }
}

/// A number by itself; a `p` behind it ("for a part") is left out.
pub(super) fn number_of(text: &str) -> Option<String> {
    let written = whole_number(text).unwrap_or_else(|| squeezed(text));
    let number = digits(written.trim_end_matches('P'))?;
    let significant = number.trim_start_matches('0');
    (!significant.is_empty() && significant.len() <= 4).then(|| format!("{significant:0>4}"))
}

/// Whether the writer is known to have put the letter O for zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    AsWritten,
    AsLetters,
}

/// The two characters of a section, O and 0 told apart by what can stand there.
///
/// A letter behind 0 is a section of one letter; two digits are one only where sections are numbered. So `A0` is
/// AO, `00` is 0O, `O1` is 01. `OB` is a section of two letters, unless the same writer put O for zeros elsewhere.
pub(super) fn section(first: u8, second: u8, commune: &str, zeros: Zeros) -> Option<[u8; 2]> {
    Some(match (first, second) {
        (b'0', b'0' | b'O') | (b'O', b'0') => *b"0O",
        (b'O', b'A'..=b'Z') if zeros == Zeros::AsLetters => [b'0', second],
        (b'A'..=b'Z', b'0') => [first, b'O'],
        (b'0' | b'A'..=b'Z', b'A'..=b'Z') => [first, second],
        (b'0'..=b'9' | b'O', b'0'..=b'9') if has_numbered_sections(commune) => {
            [if first == b'O' { b'0' } else { first }, second]
        }
        (b'1'..=b'9', b'O') if has_numbered_sections(commune) => [first, b'0'],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_normal_form_is_exact() {
        for good in [
            "62737000AB0012",
            "627370000B0012",
            "97209000 0O0498",
            "2A004000AB0012",
            "67482000120034",
        ] {
            let good = good.replace(' ', "");
            assert_eq!(Idu::exact(&good).unwrap().to_string(), good);
        }
        for bad in [
            "62737000AB0000",
            "62737000A10012",
            "62737000010012",
            "62000000AB0012",
            "62737000ab0012",
            "62737OOOAB0012",
            "6273700AB0012",
            "62737000éB012",
            "",
        ] {
            assert_eq!(Idu::exact(bad), None, "{bad}");
        }
    }

    #[test]
    fn columns_make_ids() {
        let check = |commune, prefix, section, number, expected: Option<&str>| {
            let found = parcel_of_columns(commune, prefix, section, number);
            assert_eq!(
                found.as_ref().map(Idu::as_str),
                expected,
                "{commune} {prefix:?} {section} {number}"
            );
        };
        check("62737", None, "AB", "12", Some("62737000AB0012"));
        check("62737.0", Some("   "), "b", "12.0", Some("627370000B0012"));
        check("62737", Some("386"), "0B", "0012", Some("627373860B0012"));
        check("62737", Some("86.0"), "B", "12p", Some("627370860B0012"));
        check("62737", Some("62386"), "AB", "12", Some("62737386AB0012"));
        check("62737", None, "AB", "1O", Some("62737000AB0010"));
        check("97209", None, "O", "498", Some("972090000O0498"));
        check("97209", None, "00", "498", Some("972090000O0498"));
        check("67482", None, "1", "12", Some("67482000010012"));
        check("62737", None, "1", "12", None);
        check("62737", None, "A0", "12", Some("62737000AO0012"));
        check("62737", None, "OB", "12", Some("62737000OB0012"));
        check("1004", None, "AB", "12", None);
        check("62737", None, "ABC", "12", None);
        check("62737", None, "AB", "0", None);
        check("62737", None, "AB", "12345", None);
        check("62737", Some("1234"), "AB", "12", None);
    }
}
