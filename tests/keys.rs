//! Parcel ids of the real cadastre, read back from every spelling that its own columns make.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;

use serde_json::Value;
use terril::model::keys::{Idu, ParcelHints, parcel_of_columns, parse_parcels};

/// Id, commune, prefix, section and number of every parcel there is; section and number without zeros, as Etalab has them.
fn parcels() -> Vec<[String; 5]> {
    let shared = std::env::var_os("TERRIL_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let files = [
        "27412-parcelles.geojson",
        "cadastre-91027-parcelles.json",
        "cadastre-91326-parcelles.json",
    ];
    let mut found = vec![];
    for file in files {
        let text = std::fs::read(shared.join("data/cadastre").join(file)).unwrap();
        let whole: Value = serde_json::from_slice(&text).unwrap();
        for feature in whole["features"].as_array().unwrap() {
            let of = |name: &str| feature["properties"][name].as_str().map(str::to_owned);
            let id = of("id").unwrap();
            found.push([
                id.clone(),
                of("commune").unwrap_or_else(|| id[..5].to_owned()),
                of("prefixe").unwrap_or_else(|| id[5..8].to_owned()),
                of("section").unwrap(),
                of("numero").unwrap(),
            ]);
        }
    }
    found
}

#[test]
fn every_parcel_of_the_cadastre_is_read_back() {
    let parcels = parcels();
    assert_eq!(parcels.len(), 6_759 + 2_859 + 1_990);
    let none = ParcelHints::default();
    for [id, commune, prefix, section, number] in &parcels {
        let expected = Idu::exact(id).unwrap();
        assert_eq!(expected.to_string(), *id);
        assert_eq!(
            parcel_of_columns(commune, Some(prefix), section, number),
            Some(expected),
            "{id}"
        );
        let hints = ParcelHints {
            commune: Some(commune),
            ..none
        };
        let with_prefix = ParcelHints {
            prefix: Some(prefix),
            ..hints
        };
        let letters_for_zeros = format!("{}{section}{}", &id[..8], &id[10..]);
        for (text, hints) in [
            (id.clone(), none),
            (id.to_lowercase(), none),
            (format!("{commune} {prefix} {section} {number}"), none),
            (format!("{prefix}{section}{number}"), hints),
            (format!("{section} {number}"), with_prefix),
            (format!("{section}{number}"), with_prefix),
            (format!("section {section} n°{number}"), with_prefix),
            (format!("{commune} {section} {number}"), with_prefix),
            (letters_for_zeros, none),
        ] {
            let read = parse_parcels(&text, &hints);
            assert_eq!((read.ids.as_slice(), read.rest.len()), (&[expected][..], 0), "{text}");
        }
    }
}

#[test]
fn a_whole_commune_in_one_cell_is_bounded_and_said() {
    let parcels = parcels();
    let cell: Vec<&str> = parcels.iter().map(|p| p[0].as_str()).collect();
    let read = parse_parcels(&cell.join("; "), &ParcelHints::default());
    assert_eq!(read.ids.len(), terril::model::keys::MAX_PARCELS);
    assert_eq!(read.ids.len() + read.rest.len(), parcels.len());
    assert!(!read.mended);
}
