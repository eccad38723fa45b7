//! Tiles of real layers, read back and judged by GEOS; and hostile shapes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where something is wrong")]

mod decode;
mod hostile;
mod source;

use std::collections::BTreeSet;

use gdal::vector::Geometry as GdalGeometry;
use geo::Intersects;
use hostile::{HABITS, Habit, Random};
use source::Layer;
use terril::encode::mvt::make_layer;
use terril::model::feature::{IdRef, Value, ValueRef};
use terril::model::geometry::{Geometry, GeometryKind};
use terril::model::tile::TileCoord;
use terril::model::world::{WorldPoint, lon_lat, world_point};

const BUFFER: i64 = 64;

fn make(layer: &Layer, tile: TileCoord, rows: impl Iterator<Item = usize>) -> Vec<u8> {
    let features = rows.map(|i| {
        let row = &layer.rows[i];
        (
            row.number,
            IdRef::Int(row.number as i64),
            row.geometry.as_ref(),
            row.values.iter().map(Value::as_ref),
        )
    });
    make_layer(tile, &layer.name, &layer.fields, features, &|| false).unwrap()
}

/// Checks all rules on a tile; gives the numbers of its features.
fn check(tile: TileCoord, bytes: &[u8]) -> BTreeSet<u64> {
    if bytes.is_empty() {
        return BTreeSet::new();
    }
    let layers = decode::tile(bytes);
    assert_eq!(layers.len(), 1);
    assert!(!layers[0].name.is_empty());
    for feature in &layers[0].features {
        let where_is = || format!("{tile:?} feature {} {:?}", feature.id, feature.paths);
        for &c in feature.paths.iter().flatten().flatten() {
            assert!((-BUFFER..=4096 + BUFFER).contains(&c), "{}", where_is());
        }
        assert_eq!(feature.properties["id"], decode::Property::Int(feature.id as i64));
        if feature.kind == 3 {
            let shape = GdalGeometry::from_wkb(&multi_polygon(&feature.paths)).unwrap();
            assert!(shape.is_valid(), "{}", where_is());
        }
    }
    layers[0].features.iter().map(|f| f.id).collect()
}

/// Well-known binary of rings grouped by their winding, as a reader of tiles does it.
fn multi_polygon(rings: &[Vec<[i64; 2]>]) -> Vec<u8> {
    let mut polygons: Vec<Vec<&Vec<[i64; 2]>>> = Vec::new();
    for ring in rings {
        let area = decode::doubled_area(ring);
        assert_ne!(area, 0);
        if area > 0 {
            polygons.push(vec![ring]);
        } else {
            polygons.last_mut().expect("the first ring is a shell").push(ring);
        }
    }
    let mut wkb = vec![1];
    let number = |wkb: &mut Vec<u8>, n: usize| wkb.extend((n as u32).to_le_bytes());
    number(&mut wkb, 6);
    number(&mut wkb, polygons.len());
    for polygon in polygons {
        wkb.push(1);
        number(&mut wkb, 3);
        number(&mut wkb, polygon.len());
        for ring in polygon {
            number(&mut wkb, ring.len() + 1);
            for p in ring.iter().chain(ring.first()) {
                p.iter().for_each(|&c| wkb.extend((c as f64).to_le_bytes()));
            }
        }
    }
    wkb
}

/// The tile's bounds in degrees.
fn bounds(tile: TileCoord) -> geo::Rect<f64> {
    let b = tile.world_box(0);
    let degrees = |p: WorldPoint| {
        let [lon, lat] = lon_lat(p);
        geo::Coord { x: lon, y: lat }
    };
    geo::Rect::new(degrees(b.min()), degrees(b.max()))
}

/// Columns and rows that a box in degrees touches at a zoom, widened by the buffer.
fn tiles_of(shape: &geo::Geometry<f64>, z: u8) -> impl Iterator<Item = TileCoord> {
    let b = source::bounds(shape);
    let nw = world_point(b.min().x, b.max().y);
    let se = world_point(b.max().x, b.min().y);
    let shift = 32 - u32::from(z);
    let range = move |axis: usize| (u64::from(nw[axis]) >> shift) as u32..=(u64::from(se[axis]) >> shift) as u32;
    range(0).flat_map(move |x| range(1).map(move |y| TileCoord::new(z, x, y).unwrap()))
}

fn every_tile(z: std::ops::RangeInclusive<u8>, some: impl Fn(u64) -> bool) -> (usize, usize) {
    let (mut tiles, mut features, mut largest) = (0, 0, 0);
    for layer in source::real_layers() {
        for z in z.clone() {
            let mut wanted: std::collections::BTreeMap<TileCoord, Vec<usize>> = Default::default();
            for (i, row) in layer.rows.iter().enumerate() {
                tiles_of(&row.shape, z).for_each(|t| wanted.entry(t).or_default().push(i));
            }
            for (n, (tile, rows)) in wanted.into_iter().enumerate() {
                if !some(n as u64 * 7919 + u64::from(z)) {
                    continue;
                }
                let made = make(&layer, tile, rows.iter().copied());
                let held = check(tile, &made);
                let bounds = bounds(tile);
                for &i in &rows {
                    if layer.rows[i].shape.intersects(&bounds) {
                        assert!(
                            held.contains(&layer.rows[i].number),
                            "{} {tile:?} lacks {i}",
                            layer.name
                        );
                    }
                }
                tiles += 1;
                features += held.len();
                largest = largest.max(made.len());
            }
        }
    }
    println!("{tiles} tiles, {features} features, largest {largest} bytes");
    (tiles, features)
}

#[test]
fn all_tiles_of_all_real_layers_to_zoom_12_are_valid_and_whole() {
    let (tiles, features) = every_tile(0..=12, |_| true);
    assert!(tiles > 1000 && features > 100_000, "{tiles} {features}");
}

#[test]
fn some_tiles_of_all_real_layers_at_zoom_13_to_16_are_valid_and_whole() {
    let (tiles, features) = every_tile(13..=16, |n| n % 97 < 4);
    assert!(tiles >= 2000 && features > 4000, "{tiles} {features}");
}

fn one(tile: TileCoord, geometry: &Geometry) -> Vec<u8> {
    let features = [(0, IdRef::Int(0), geometry.as_ref(), std::iter::empty::<ValueRef>())];
    make_layer(tile, "one", &[], features, &|| false).unwrap()
}

#[test]
fn the_judge_knows_a_bow_tie() {
    let bow_tie = vec![vec![[0, 0], [4, 4], [4, 0], [0, 5]]];
    assert!(!GdalGeometry::from_wkb(&multi_polygon(&bow_tie)).unwrap().is_valid());
}

#[test]
fn hostile_rings_come_out_valid_at_every_zoom() {
    let mut random = Random(6);
    let mut held = 0;
    for round in 0..3000 {
        let z = [0, 3, 14, 20, 21, 22][round % 6];
        let tile = TileCoord::new(z, random.below(1 << z) as u32, random.below(1 << z) as u32).unwrap();
        let parts: Vec<Vec<Vec<WorldPoint>>> = (0..1 + random.below(3))
            .map(|_| {
                (0..1 + random.below(3))
                    .map(|_| {
                        let habit = HABITS[random.below(5) as usize];
                        let points = random.below([4, 9, 40, 200][round % 4]) as usize;
                        let reach = [0.001, 0.01, 0.3, 1.0, 3.0][random.below(5) as usize];
                        hostile::ring(habit, points, reach, tile, &mut random)
                    })
                    .collect()
            })
            .collect();
        let geometry = hostile::geometry(GeometryKind::MultiPolygon, &parts);
        held += check(tile, &one(tile, &geometry)).len();
    }
    assert!(held > 2500, "{held}");
}

#[test]
fn long_rings_come_out_valid_in_time() {
    let mut random = Random(7);
    let tile = TileCoord::new(12, 2078, 1375).unwrap();
    for habit in HABITS {
        for points in [5_000, 100_000, 1_000_000] {
            let ring = hostile::ring(habit, points, 1.0, tile, &mut random);
            let geometry = hostile::geometry(GeometryKind::Polygon, &[vec![ring]]);
            let began = std::time::Instant::now();
            let bytes = one(tile, &geometry);
            let took = began.elapsed();
            println!("{habit:?} {points}: {took:?}, {} bytes", bytes.len());
            assert_eq!(check(tile, &bytes).len(), 1);
            assert!(took.as_secs() < 10, "{habit:?} {points}: {took:?}");
        }
    }
}

#[test]
fn work_on_one_long_feature_stops_when_told() {
    let tile = TileCoord::new(12, 2078, 1375).unwrap();
    let ring = hostile::ring(Habit::Walk, 300_000, 1.0, tile, &mut Random(8));
    let geometry = hostile::geometry(GeometryKind::Polygon, &[vec![ring]]);
    let asked = std::cell::Cell::new(0);
    let run = |limit: u32| {
        asked.set(0);
        let cancel = || {
            asked.set(asked.get() + 1);
            asked.get() > limit
        };
        let features = [(0, IdRef::Int(0), geometry.as_ref(), std::iter::empty::<ValueRef>())];
        let began = std::time::Instant::now();
        let made = make_layer(tile, "one", &[], features, &cancel);
        (made.is_ok(), asked.get(), began.elapsed())
    };
    let (done, questions, whole) = run(u32::MAX);
    assert!(done && questions > 100, "{questions}");
    for limit in [0, questions / 3, questions - 1] {
        let (done, asked, _) = run(limit);
        assert!(!done && asked == limit + 1);
    }
    println!("asked {questions} times in {whole:?}");
}

#[test]
fn the_area_of_a_tile_s_polygons_is_that_of_the_source() {
    use geo::{Area, BooleanOps, BoundingRect, Euclidean, Length, MapCoords};
    let square = geo::Rect::new((-64.0, -64.0), (4160.0, 4160.0)).to_polygon();
    let mut compared = 0;
    for name in [
        "communes-62/communes-62-pas-de-calais.geojson",
        "cadastre/27412-parcelles.geojson",
    ] {
        let layer = source::read(&source::shared().join("data").join(name));
        for row in layer.rows.iter().step_by(7) {
            for z in [9, 12, 15, 18] {
                let Some(tile) = tiles_of(&row.shape, z).next() else {
                    continue;
                };
                let (span, origin) = (tile.span() as f64 / 4096.0, tile.origin().map(|c| c as f64));
                let in_tile = row.shape.map_coords(|c| {
                    let p = world_point(c.x, c.y);
                    geo::Coord {
                        x: (f64::from(p[0]) - origin[0]) / span,
                        y: (f64::from(p[1]) - origin[1]) / span,
                    }
                });
                let parts = match in_tile {
                    geo::Geometry::Polygon(p) => geo::MultiPolygon(vec![p]),
                    geo::Geometry::MultiPolygon(m) => m,
                    _ => continue,
                };
                let expected = parts.intersection(&geo::MultiPolygon(vec![square.clone()]));
                let bytes = one(tile, &row.geometry);
                if bytes.is_empty() {
                    assert!(expected.unsigned_area() < 1.0);
                    continue;
                }
                let found = decode::tile(&bytes).remove(0).features.remove(0);
                let area: i64 = found.paths.iter().map(|r| decode::doubled_area(r)).sum();
                let border: f64 = expected.iter().map(|p| Euclidean.length(p.exterior())).sum();
                let wrong = (area as f64 / 2.0 - expected.unsigned_area()).abs();
                // Nothing moves by more than a unit's half diagonal; most movements cancel out.
                assert!(wrong <= 0.71 * border + 1.0, "{name} {tile:?} {wrong} {border}");
                assert!(expected.bounding_rect().is_some());
                compared += 1;
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}

#[test]
fn the_same_features_give_the_same_bytes() {
    let layer = source::read(&source::shared().join("data/cadastre/27412-parcelles.geojson"));
    let tile = tiles_of(&layer.rows[0].shape, 13).next().unwrap();
    let bytes = make(&layer, tile, 0..layer.rows.len());
    assert!(bytes.len() > 10_000);
    assert_eq!(bytes, make(&layer, tile, 0..layer.rows.len()));
}
