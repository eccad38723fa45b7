//! Tiles of real layers, read back and judged by GEOS; and hostile shapes.

mod decode;
mod source;

use std::collections::BTreeSet;

use gdal::vector::Geometry as GdalGeometry;
use geo::Intersects;
use source::Layer;
use terril::encode::mvt::make_layer;
use terril::model::feature::{IdRef, Value};
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
