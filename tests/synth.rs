//! `synth` through its public door: one seed gives one file, in every format.

use std::collections::BTreeSet;
use std::io::Cursor;

use sha2::{Digest, Sha256};
use terril::synth::{Fabric, SynthParams, parcels, write_flatgeobuf, write_geojson, write_geojsonseq};

fn order(seed: u64, fabric: Fabric) -> SynthParams {
    SynthParams::new(2_500, seed, fabric).expect("a territory")
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn geojson(params: &SynthParams) -> String {
    let mut file = Vec::new();
    write_geojson(parcels(params), &mut file).expect("a vector takes all");
    hex(&file)
}

fn flatgeobuf(params: &SynthParams) -> String {
    let mut file = Cursor::new(Vec::new());
    write_flatgeobuf(parcels(params), params.parcels(), &mut file).expect("a vector takes all");
    hex(file.get_ref())
}

#[test]
fn one_seed_gives_one_sha_256_and_another_seed_another() {
    for (fabric, name) in Fabric::ALL {
        let (first, again) = (order(7, fabric), order(7, fabric));
        assert_eq!(geojson(&first), geojson(&again), "{name}");
        assert_eq!(flatgeobuf(&first), flatgeobuf(&again), "{name}");
        assert_ne!(geojson(&first), geojson(&order(8, fabric)), "{name}");
    }
}

/// The bytes are the same on every machine. Where the generator is changed on purpose these are replaced, and the change says so.
#[test]
fn the_bytes_are_those_of_every_other_machine() {
    let expected = [
        (
            "suburb",
            "2f34efa87ce78a62ee5a34b41430c8677b86e94704caba4dd4b81bc0fc310d64",
        ),
        (
            "town",
            "a6cb878175469b2bf76a4c95353db71d0d1b9f50faa14ce181b2b4c00186719c",
        ),
        (
            "rural",
            "03528f78f319839f058052937554f1f604641a91791787e5e8f887c309c6e1de",
        ),
        (
            "mixed",
            "6d08f2836b48a2d0ce88f56cd234d9050b175062b9829342200661821093e852",
        ),
    ];
    let found = Fabric::ALL.map(|(fabric, name)| (name, geojson(&order(1, fabric))));
    assert_eq!(
        found.each_ref().map(|(name, digest)| (*name, digest.as_str())),
        expected
    );
}

#[test]
fn the_formats_hold_the_same_parcels() {
    let params = order(3, Fabric::Rural);
    let mut lines = Vec::new();
    write_geojsonseq(parcels(&params), &mut lines).expect("a vector takes all");
    let text = String::from_utf8(lines).expect("UTF-8");
    let ids: BTreeSet<String> = text
        .split('\u{1e}')
        .skip(1)
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["id"]
                .as_str()
                .expect("a text")
                .to_owned()
        })
        .collect();
    let expected: BTreeSet<String> = parcels(&params).map(|p| p.id).collect();
    assert_eq!(ids.len(), 2_500);
    assert_eq!(ids, expected);
}

#[test]
fn a_stream_shorter_than_announced_is_an_error() {
    let params = order(1, Fabric::Town);
    let short = write_flatgeobuf(parcels(&params).take(10), 11, Cursor::new(Vec::new()));
    assert!(short.is_err());
}

#[test]
fn origin_and_commune_move_the_territory_and_nothing_else() {
    let here = order(1, Fabric::Suburb);
    let there = here
        .clone()
        .from_corner(2.75, 50.42)
        .and_then(|p| p.from_commune("62386"))
        .expect("a territory");
    let first = parcels(&there).next().expect("a parcel");
    assert!(first.id.starts_with("62386999"), "{}", first.id);
    assert!((first.rings[0][0].lon() - 2.75).abs() < 0.1 && (first.rings[0][0].lat() - 50.42).abs() < 0.1);
    assert_eq!(parcels(&there).count(), 2_500);
}
