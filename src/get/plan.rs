//! What has to be asked for an entry: one address for each commune or département, one for all, or a walk through a WFS.

use std::collections::BTreeMap;

use super::catalogue::{Entry, Kind, Select};
use super::failure::GetError;
use super::features::Bounds;
use super::manifest::Commune;
use super::place::department;
use super::template;

/// Something to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    /// One address.
    One(String),
    /// A WFS, from its address.
    Walk(String),
}

impl Ask {
    /// The address, of a walk that of its service.
    pub(super) fn url(&self) -> &str {
        match self {
            Self::One(url) | Self::Walk(url) => url,
        }
    }
}

/// The values that are known for an entry: what was said, else its defaults.
pub(super) fn values<'a>(entry: &'a Entry, parameters: &'a BTreeMap<String, String>) -> BTreeMap<&'a str, String> {
    let both = entry.defaults.iter().chain(parameters);
    both.map(|(name, value)| (name.as_str(), value.clone())).collect()
}

/// Whether an entry is asked by the territory's box, or its answer cut to it.
pub(super) fn needs_box(entry: &Entry) -> bool {
    let names = template::names(&entry.url).unwrap_or_default();
    names.iter().any(|n| template::BOX.contains(n))
        || entry.select == Some(Select::Bbox)
        || (entry.kind == Kind::Wfs && entry.bbox)
}

/// The communes of a territory that an entry holds for.
pub(super) fn holds_for<'a>(entry: &Entry, communes: &'a [Commune]) -> Vec<&'a Commune> {
    let here = |c: &&Commune| entry.only_in.is_empty() || entry.only_in.iter().any(|d| d == department(&c.code));
    communes.iter().filter(here).collect()
}

/// The codes of a commune's arrondissements, for the three that have some; else its own.
fn arrondissements(code: &str) -> Vec<String> {
    let all = match code {
        "75056" => 75101..=75120,
        "69123" => 69381..=69389,
        "13055" => 13201..=13216,
        _ => return vec![code.to_owned()],
    };
    all.map(|code: u32| code.to_string()).collect()
}

/// What to ask for an entry.
///
/// # Errors
/// A name in its address that nothing was said of.
pub(super) fn asks(
    id: &str,
    entry: &Entry,
    parameters: &BTreeMap<String, String>,
    communes: &[Commune],
    bounds: Option<Bounds>,
) -> Result<Vec<Ask>, GetError> {
    let mut values = values(entry, parameters);
    if let Some(b) = bounds {
        for (name, value) in template::BOX.iter().zip([b.west, b.south, b.east, b.north]) {
            values.insert(name, value.to_string());
        }
    }
    let names = template::names(&entry.url).unwrap_or_default();
    let mut rounds: Vec<BTreeMap<&str, String>> = vec![];
    let held = holds_for(entry, communes).into_iter().map(|c| c.code.as_str());
    let codes = held.flat_map(|code| match entry.arrondissements {
        true => arrondissements(code),
        false => vec![code.to_owned()],
    });
    for code in codes {
        let mut round = values.clone();
        if names.contains(&"commune") || names.contains(&"departement") {
            round.insert("departement", department(&code).to_owned());
        }
        if names.contains(&"commune") {
            round.insert("commune", code);
        }
        if !rounds.contains(&round) {
            rounds.push(round);
        }
    }
    if rounds.is_empty() && communes.is_empty() {
        rounds.push(values);
    }
    let filled = rounds.iter().map(|values| {
        let url = template::fill(&entry.url, values).map_err(|name| GetError::Lacks {
            entry: id.to_owned(),
            name: name.to_owned(),
            help: match name {
                "commune" | "departement" => "name a commune by its INSEE code, such as 62737".to_owned(),
                name if template::BOX.contains(&name) => "name a commune by its INSEE code, such as 62737".to_owned(),
                name => format!("say it with --param {name}=…"),
            },
        })?;
        Ok(match entry.kind {
            Kind::Wfs => Ask::Walk(url),
            Kind::File | Kind::Api => Ask::One(url),
        })
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::get::catalogue::Catalogue;

    fn commune(code: &str) -> Commune {
        Commune {
            code: code.into(),
            name: String::new(),
        }
    }

    #[test]
    fn one_address_for_each_commune_department_or_all() {
        let catalogue = Catalogue::with(&[]).unwrap();
        let communes = [commune("62737"), commune("59028"), commune("62498"), commune("97411")];
        let none = BTreeMap::new();
        let check = |id: &str, expected: &[&str]| {
            let asks = asks(id, &catalogue.entries[id], &none, &communes, None).unwrap();
            let urls: Vec<&str> = asks.iter().map(Ask::url).collect();
            assert_eq!(urls, expected);
        };
        let parcels = |d: &str, c: &str| {
            format!(
                "https://cadastre.data.gouv.fr/data/etalab-cadastre/latest/geojson/communes/{d}/{c}/cadastre-{c}-parcelles.json.gz"
            )
        };
        let expected = [
            parcels("62", "62737"),
            parcels("59", "59028"),
            parcels("62", "62498"),
            parcels("974", "97411"),
        ];
        check("cadastre-parcelles", &expected.each_ref().map(String::as_str));
        let department = |d: &str| {
            format!(
                "https://cadastre.data.gouv.fr/data/etalab-cadastre/latest/geojson/departements/{d}/cadastre-{d}-parcelles.json.gz"
            )
        };
        let expected = [department("62"), department("59"), department("974")];
        check(
            "cadastre-departement-parcelles",
            &expected.each_ref().map(String::as_str),
        );
        check(
            "mbm-cites-erbm",
            &["https://www.geo2france.fr/geoserver/mission_bassin_minier/ows"],
        );
        let elsewhere = [commune("27412")];
        let asks = asks(
            "mbm-cites-erbm",
            &catalogue.entries["mbm-cites-erbm"],
            &none,
            &elsewhere,
            None,
        );
        assert_eq!(asks.unwrap(), []);
    }

    #[test]
    fn three_communes_stand_in_the_cadastre_by_arrondissement() {
        let catalogue = Catalogue::with(&[]).unwrap();
        let count = |id: &str, code: &str| {
            let entry = &catalogue.entries[id];
            asks(id, entry, &BTreeMap::new(), &[commune(code)], None).unwrap().len()
        };
        assert_eq!(count("cadastre-parcelles", "75056"), 20);
        assert_eq!(count("cadastre-parcelles", "69123"), 9);
        assert_eq!(count("cadastre-parcelles", "13055"), 16);
        assert_eq!(
            (count("cadastre-parcelles", "75101"), count("plu-zones", "13055")),
            (1, 1)
        );
    }

    #[test]
    fn what_is_not_said_is_named() {
        let catalogue = Catalogue::with(&[]).unwrap();
        let entry = &catalogue.entries["cadastre-parcelles"];
        let said = BTreeMap::from([("millesime".to_owned(), "2026-07-01".to_owned())]);
        let error = asks("cadastre-parcelles", entry, &said, &[], None).unwrap_err();
        assert!(error.to_string().contains("cadastre-parcelles needs"), "{error}");
        let asks = asks("cadastre-parcelles", entry, &said, &[commune("62737")], None).unwrap();
        assert!(asks[0].url().contains("/2026-07-01/"));
        assert!(needs_box(&catalogue.entries["qpv"]) && !needs_box(entry));
    }
}
