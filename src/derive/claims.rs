//! Parcels that two owners claim.

use std::collections::BTreeMap;

use super::words;
use crate::load::report::{FaultKind, Faults};
use crate::model::actor::Registry;
use crate::model::feature::FeatureId;
use crate::model::keys::Idu;

/// Claims so far: parcel → row and owner.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeMap<Idu, Vec<(FeatureId, String)>>);

impl Claims {
    /// A row of an owner names a parcel.
    pub(super) fn add(&mut self, parcel: Idu, row: &FeatureId, owner: &str) {
        self.0.entry(parcel).or_default().push((row.clone(), owner.to_owned()));
    }

    /// Says which parcels have several owners, with all of them, at the first row of each.
    pub(super) fn report(&self, same_owner: impl Fn(&str) -> String, faults: &mut Faults) {
        for (parcel, claims) in &self.0 {
            let mut owners: Vec<String> = claims.iter().map(|(_, owner)| same_owner(owner)).collect();
            owners.sort_unstable();
            owners.dedup();
            if owners.len() < 2 {
                continue;
            }
            let listed: Vec<(String, String)> = claims
                .iter()
                .map(|(row, owner)| (row.to_string(), owner.clone()))
                .collect();
            faults.add(FaultKind::ClaimedTwice, || {
                words::of(
                    FaultKind::ClaimedTwice,
                    &claims[0].0,
                    words::claimed(&parcel.to_string(), &listed),
                )
            });
        }
    }
}

/// The bodies that a text of owners names, as they are compared.
pub(super) fn owners_of(registry: &Registry, text: &str) -> String {
    let mut ids: Vec<String> = registry.resolve(text).into_iter().map(|owner| owner.id).collect();
    ids.sort_unstable();
    ids.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::keys::parcel_of_columns;

    #[test]
    fn one_owner_in_two_spellings_is_one() {
        let parcel = parcel_of_columns("62737", None, "AB", "12").unwrap();
        let (mut claims, registry) = (Claims::default(), Registry::default());
        claims.add(parcel, &FeatureId::Int(1), "Maisons & Cités");
        claims.add(parcel, &FeatureId::Int(2), "MAISONS ET CITES");
        let mut faults = Faults::default();
        claims.report(|text| owners_of(&registry, text), &mut faults);
        assert_eq!(faults.count(FaultKind::ClaimedTwice), 0);
        claims.add(parcel, &FeatureId::Int(3), "Bailleur fictif B");
        claims.report(|text| owners_of(&registry, text), &mut faults);
        assert_eq!(faults.count(FaultKind::ClaimedTwice), 1);
        let said = &faults.located[0].message;
        assert!(
            said.contains("Maisons & Cités (feature 1)") && said.contains("Bailleur fictif B (feature 3)"),
            "{said}"
        );
    }
}
