//! What must hold for every fabric.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn some(fabric: Fabric, n: u64) -> Vec<Parcel> {
    parcels(&SynthParams::new(n, 11, fabric).expect("valid")).collect()
}

fn rings(p: &Parcel) -> impl Iterator<Item = Vec<frame::Node>> + '_ {
    p.rings.iter().map(|r| {
        r[..r.len() - 1]
            .iter()
            .map(|p| frame::Node {
                x: p.lon_e7,
                y: p.lat_e7,
            })
            .collect()
    })
}

#[test]
fn as_many_parcels_as_asked_for_with_ids_that_never_repeat() {
    for (fabric, _) in Fabric::ALL {
        let all = some(fabric, 9_001);
        let ids: BTreeSet<&str> = all.iter().map(|p| p.id.as_str()).collect();
        assert_eq!((all.len(), ids.len()), (9_001, 9_001), "{fabric}");
        assert!(
            ids.iter().all(|id| id.len() == 14 && &id[5..8] == Parcel::PREFIX),
            "{fabric}"
        );
    }
}

#[test]
fn rings_are_closed_simple_and_wound_as_rfc_7946_says() {
    for (fabric, _) in Fabric::ALL {
        for p in some(fabric, 3_000) {
            assert!(p.rings.iter().all(|r| r.first() == r.last()), "{}", p.id);
            for (i, mut ring) in rings(&p).enumerate() {
                if i > 0 {
                    ring.reverse();
                }
                assert!(exact::is_simple(&ring), "{} ring {i} of {fabric}", p.id);
            }
        }
    }
}

/// No edge is used twice in the same direction, and half of all edges have a neighbour that runs along the same two vertices.
#[test]
fn neighbours_share_their_vertices() {
    for (fabric, _) in Fabric::ALL {
        let mut used = BTreeMap::new();
        let mut shared = 0;
        for p in some(fabric, 4_000) {
            for ring in &p.rings {
                for w in ring.windows(2) {
                    assert!(used.insert((w[0], w[1]), ()).is_none(), "{} repeats an edge", p.id);
                    shared += usize::from(used.contains_key(&(w[1], w[0])));
                }
            }
        }
        assert!(shared * 4 > used.len(), "{fabric}: {shared} of {}", used.len());
    }
}

#[test]
fn a_commune_does_not_depend_on_those_before_it() {
    let params = SynthParams::new(30_000, 3, Fabric::Town).expect("valid");
    let second = one_commune(&params, 1);
    let streamed: Vec<Parcel> = parcels(&params).filter(|p| p.commune == second[0].commune).collect();
    assert_eq!(streamed, second);
}

#[test]
fn orders_that_make_no_territory_are_refused() {
    let ok = || SynthParams::new(600, 1, Fabric::Suburb).expect("valid");
    assert!(matches!(
        SynthParams::new(0, 1, Fabric::Mixed),
        Err(SynthError::NoParcels)
    ));
    assert!(matches!(
        SynthParams::new(u64::MAX, 1, Fabric::Mixed),
        Err(SynthError::TooMany { .. })
    ));
    for (lon, lat) in [(f64::NAN, 50.0), (2.0, f64::INFINITY), (181.0, 0.0), (0.0, 71.0)] {
        assert!(
            matches!(ok().from_corner(lon, lat), Err(SynthError::BadOrigin { .. })),
            "{lon} {lat}"
        );
    }
    assert!(matches!(
        ok().from_corner(179.9999, 0.0),
        Err(SynthError::TooLarge { .. })
    ));
    assert!(ok().from_corner(-61.0, -14.5).is_ok());
    assert!("city".parse::<Fabric>().is_err());
}
