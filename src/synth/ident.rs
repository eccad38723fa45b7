//! Names of fictive communes, sections and parcels.
//!
//! In: how far into the territory and the commune we are. Out: codes that never repeat, all with the prefix `999`.

use super::SynthError;
use super::parcel::Parcel;

/// Numbers of communes in a département, 001 to 999.
const COMMUNES: u32 = 999;

/// A five-digit commune code from which those of later communes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CommuneCode(u32);

impl CommuneCode {
    /// Reads `62737`: two digits of a département (01–95), three of a commune (001–999).
    pub fn parse(text: &str) -> Result<Self, SynthError> {
        let bad = || SynthError::BadCommune(text.to_owned());
        if text.len() != 5 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad());
        }
        let n: u32 = text.parse().map_err(|_| bad())?;
        let (department, commune) = (n / 1000, n % 1000);
        if !(1..=95).contains(&department) || commune == 0 {
            Err(bad())
        } else {
            Ok(Self((department - 1) * COMMUNES + commune - 1))
        }
    }

    /// The code of the commune `index` places further; after 95999 comes 01001.
    pub fn nth(self, index: u64) -> String {
        let n = (u64::from(self.0) + index) % Self::capacity();
        format!("{:02}{:03}", n / u64::from(COMMUNES) + 1, n % u64::from(COMMUNES) + 1)
    }

    /// How many codes there are.
    pub fn capacity() -> u64 {
        95 * u64::from(COMMUNES)
    }
}

/// Numbers parcels within one commune: sections A–Z, then AA–ZZ, each of about `per_section` parcels.
#[derive(Debug)]
pub(super) struct Numbering {
    commune: String,
    section: u32,
    number: u16,
    per_section: u16,
}

impl Numbering {
    pub fn new(commune: String) -> Self {
        Self {
            commune,
            section: 0,
            number: 0,
            per_section: 280,
        }
    }

    /// Called between blocks: a full section ends here.
    pub fn block_ends(&mut self) {
        if self.number >= self.per_section {
            self.section += 1;
            self.number = 0;
        }
    }

    /// The next `(id, section, number)`.
    pub fn next(&mut self) -> (String, String, u16) {
        if self.number >= 9_999 {
            self.section += 1;
            self.number = 0;
        }
        self.number += 1;
        let section = section_name(self.section);
        let id = format!("{}{}{:0>2}{:04}", self.commune, Parcel::PREFIX, section, self.number);
        (id, section, self.number)
    }

    pub fn commune(&self) -> &str {
        &self.commune
    }
}

fn section_name(n: u32) -> String {
    let letter = |k: u32| char::from(b'A' + (k % 26) as u8);
    match n.checked_sub(26) {
        None => letter(n).to_string(),
        Some(m) => [letter(m / 26), letter(m)].iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_fourteen_characters_and_the_fictive_prefix() {
        let mut n = Numbering::new(CommuneCode::parse("62998").expect("valid").nth(0));
        assert_eq!(n.next().0, "629989990A0001");
        n.section = 27;
        assert_eq!(n.next().0, "62998999AB0002");
    }

    #[test]
    fn communes_go_on_in_the_next_department() {
        let first = CommuneCode::parse("62999").expect("valid");
        assert_eq!((first.nth(0).as_str(), first.nth(1).as_str()), ("62999", "63001"));
        assert_eq!(CommuneCode::parse("95999").expect("valid").nth(1), "01001");
    }

    #[test]
    fn bad_codes_are_refused() {
        for bad in ["", "6273", "627377", "62000", "00001", "96001", "2A004", "６２７３７"] {
            assert!(CommuneCode::parse(bad).is_err(), "{bad}");
        }
    }
}
