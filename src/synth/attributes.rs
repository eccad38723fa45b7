//! Who owns a fictive parcel, in which planning zone, and what its fiscal area is.
//!
//! In: the texture of the block and the geometric area. Out: attributes with the clustering and the gaps of real ones. Owners are
//! invented; no real body is named.

use super::fabric::Texture;
use super::rng::Rng;

const PRIVATE: &str = "Particulier (fictif)";
const LANDLORD_A: &str = "Bailleur A (fictif)";
const LANDLORD_B: &str = "Bailleur B (fictif)";
const COMMUNE: &str = "Commune (fictif)";

/// The chances that a single parcel away from estates is a given owner's.
const OWNERS: [(&str, f64); 6] = [
    (PRIVATE, 0.86),
    (COMMUNE, 0.05),
    (LANDLORD_A, 0.03),
    (LANDLORD_B, 0.02),
    ("Société civile (fictif)", 0.03),
    ("Département (fictif)", 0.01),
];

/// The states of a land reserve, with their chances.
const RESERVE: [(&str, f64); 7] = [
    ("identifiee", 0.34),
    ("qualifiee", 0.22),
    ("gelee", 0.08),
    ("proposee_concours", 0.05),
    ("en_etude", 0.15),
    ("a_ceder", 0.12),
    ("engagee", 0.04),
];

/// What the parcels of one block have in common.
#[derive(Debug)]
pub(super) struct BlockCharacter {
    /// The landlord of an estate.
    estate: Option<&'static str>,
    zone: &'static str,
}

impl BlockCharacter {
    pub fn draw(texture: &Texture, rng: &mut Rng) -> Self {
        let estate = rng
            .chance(0.14)
            .then(|| if rng.chance(0.55) { LANDLORD_A } else { LANDLORD_B });
        let zones: [(&str, f64); 5] = match texture {
            Texture::Lots(_) => [("U", 0.95), ("AUc", 0.03), ("AUs", 0.01), ("A", 0.0), ("N", 0.01)],
            Texture::Large(_) => [("U", 0.70), ("AUc", 0.12), ("AUs", 0.06), ("A", 0.02), ("N", 0.10)],
            Texture::Fields(_) => [("U", 0.0), ("AUc", 0.02), ("AUs", 0.05), ("A", 0.73), ("N", 0.20)],
        };
        Self {
            estate,
            zone: draw(&zones, rng),
        }
    }

    pub fn zone(&self) -> &'static str {
        self.zone
    }

    pub fn owner(&self, rng: &mut Rng) -> &'static str {
        match self.estate {
            Some(landlord) if rng.chance(0.9) => landlord,
            _ => draw(&OWNERS, rng),
        }
    }

    /// Only land of landlords and the commune can be a reserve.
    pub fn status(&self, owner: &str, rng: &mut Rng) -> Option<&'static str> {
        let share = match owner {
            LANDLORD_A | LANDLORD_B => 0.25,
            COMMUNE => 0.15,
            _ => return None,
        };
        rng.chance(share).then(|| draw(&RESERVE, rng))
    }
}

fn draw(table: &[(&'static str, f64)], rng: &mut Rng) -> &'static str {
    table[rng.pick(table.iter().map(|(_, w)| *w))].0
}

/// The fiscal area of a parcel of `area_m2`: `(geometry − fiscal) ÷ fiscal` is as large as the table says, on either side;
/// missing on 1 parcel in 1,000, zero on 1 in 10,000.
pub(super) fn contenance(area_m2: f64, gaps: &[(f64, f64)], rng: &mut Rng) -> Option<u32> {
    let rank = rng.unit();
    let sign = if rng.chance(0.5) { 1.0 } else { -1.0 };
    let fate = rng.unit();
    if fate < 0.001 {
        return None;
    }
    if fate < 0.0011 {
        return Some(0);
    }
    let gap = gaps.windows(2).find(|w| rank > w[1].1).map_or(0.0, |w| {
        w[0].0 + (w[1].0 - w[0].0) * (w[0].1 - rank) / (w[0].1 - w[1].1)
    });
    let fiscal = area_m2 / (1.0 + (sign * gap).max(-0.6));
    Some(fiscal.round().max(1.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::Fabric;

    #[test]
    fn fiscal_gaps_follow_the_table() {
        let gaps = Fabric::Suburb.profile().fiscal_gaps;
        let mut rng = Rng::stream(3, 0);
        let n = 20_000;
        let over = (0..n)
            .filter_map(|_| contenance(50_000.0, gaps, &mut rng))
            .filter(|c| *c > 0 && (50_000.0 / f64::from(*c) - 1.0).abs() > 0.05)
            .count();
        let share = over as f64 / f64::from(n);
        assert!((share - 0.1115).abs() < 0.01, "{share}");
    }

    #[test]
    fn every_owner_is_marked_fictive() {
        assert!(OWNERS.iter().all(|(name, _)| name.ends_with("(fictif)")));
    }
}
