//! Features with the same geometry.
//!
//! Two geometries are the same where they have the same parts, in whatever order, of the same rings, whatever point
//! each begins with and whichever way it runs; lines, too, may run either way. Coordinates are compared as they are
//! stored, to the bit.
//!
//! A number is made of each geometry that such changes leave as it is; only features whose numbers are equal are
//! compared. Memory: 16 bytes a feature.

use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::{Findings, LOCATED_PER_KIND, Stopped, each_row, first_place};
use crate::load::report::{Fault, FaultKind};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::store::snapshot::Snapshot;

/// Points, by the bits of their coordinates.
type Points = Vec<[u64; 2]>;

/// Parts of rings of points, in an order that depends on the points alone.
type Normal = Vec<Vec<Points>>;

/// Tells of pairs that were found: each feature after the first of its geometry is a fault.
pub(super) fn tell(snapshot: &Snapshot, pairs: &[[u32; 2]], findings: &mut Findings) {
    let located = pairs.iter().take(LOCATED_PER_KIND).map(|pair| fault(snapshot, *pair));
    findings.add(FaultKind::DuplicateGeometry, pairs.len(), located.collect());
}

/// Each row whose geometry an earlier row has, after that row; by row.
pub(super) fn pairs(snapshot: &Snapshot, go_on: &dyn Fn() -> bool) -> Result<Vec<[u32; 2]>, Stopped> {
    let mut numbers: Vec<(u64, u32)> = vec![];
    each_row(&snapshot.rows(), go_on, |row| {
        let geometry = snapshot.geometry(row);
        if geometry.kind() != GeometryKind::None {
            numbers.push((number(&geometry), row));
        }
    })?;
    numbers.sort_unstable();
    let mut pairs = vec![];
    for alike in numbers.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > 1) {
        if !go_on() {
            return Err(Stopped);
        }
        let normal = |row: u32| normal_form(&snapshot.geometry(row));
        let mut rows: Vec<(Normal, u32)> = alike.iter().map(|(_, row)| (normal(*row), *row)).collect();
        rows.sort_unstable();
        for same in rows.chunk_by(|a, b| a.0 == b.0) {
            pairs.extend(same[1..].iter().map(|(_, row)| [same[0].1, *row]));
        }
    }
    pairs.sort_unstable_by_key(|[_, row]| *row);
    Ok(pairs)
}

/// A number that the order of parts and points leaves as it is.
fn number(geometry: &GeometryRef<'_>) -> u64 {
    let closed = geometry.kind().dimension() == Some(2);
    let (mut sum, mut points) = (0u64, 0u64);
    for ring in geometry.all_rings() {
        for point in own_points(geometry.ring(ring), closed) {
            let mut hasher = FxHasher::default();
            bits(*point).iter().for_each(|b| hasher.write_u64(*b));
            // The end of a hash is mixed once more: sums of its raw bits are too often equal.
            sum = sum.wrapping_add(hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29));
            points += 1;
        }
    }
    sum ^ (points << 8) ^ geometry.kind() as u64
}

/// A ring without the point at its end that it began with.
fn own_points(ring: &[[f64; 2]], closed: bool) -> &[[f64; 2]] {
    if closed && ring.len() > 1 {
        &ring[..ring.len() - 1]
    } else {
        ring
    }
}

fn bits(point: [f64; 2]) -> [u64; 2] {
    // 0 and -0 are one place.
    point.map(|v| (v + 0.0).to_bits())
}

/// Parts of rings of points, each in an order that depends on the points alone; a polygon's outer ring stays first.
fn normal_form(geometry: &GeometryRef<'_>) -> Normal {
    let closed = geometry.kind().dimension() == Some(2);
    let ring = |ring: usize| {
        let points: Points = own_points(geometry.ring(ring), closed)
            .iter()
            .map(|p| bits(*p))
            .collect();
        if closed {
            normal_ring(points)
        } else {
            normal_line(points)
        }
    };
    let mut parts: Normal = geometry
        .parts()
        .map(|part| {
            let mut rings: Vec<_> = part.map(ring).collect();
            if rings.len() > 2 {
                rings[1..].sort_unstable();
            }
            rings
        })
        .collect();
    parts.sort_unstable();
    parts
}

fn normal_line(points: Points) -> Points {
    let turned: Points = points.iter().rev().copied().collect();
    points.min(turned)
}

/// The smallest of all ways to write a ring down; those that begin with its smallest point are compared.
fn normal_ring(points: Points) -> Points {
    let Some(smallest) = points.iter().min().copied() else {
        return points;
    };
    let turned: Points = points.iter().rev().copied().collect();
    let ways = [points, turned];
    let starts = ways.iter().flat_map(|way| {
        let at = way.iter().enumerate().filter(|(_, p)| **p == smallest);
        at.map(move |(i, _)| (way, i))
    });
    // A ring that comes by its smallest point many times would be written down as often: a few say enough.
    let forms = starts.take(16).map(|(way, i)| [&way[i..], &way[..i]].concat());
    forms.min().unwrap_or_default()
}

fn fault(snapshot: &Snapshot, [first, row]: [u32; 2]) -> Fault {
    let (id, other) = (snapshot.id(row), snapshot.id(first));
    Fault {
        feature: Some(id.to_owned()),
        other: Some(other.to_owned()),
        place: first_place(snapshot, row),
        ..Fault::new(
            FaultKind::DuplicateGeometry,
            format!("the same geometry as feature {other}; remove one of the two, or correct its outline"),
            format!("même géométrie que l’entité {other} ; supprimer l’une des deux, ou corriger son contour"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{layer, polygon};
    use super::*;

    fn check(features: &[geo::Geometry<f64>], expected: &[[u32; 2]]) {
        let features: Vec<_> = features.iter().map(|g| (g.clone(), None)).collect();
        assert_eq!(pairs(&layer(&features), &|| true).unwrap(), expected);
    }

    const SQUARE: [[f64; 2]; 5] = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0], [0.0, 0.0]];
    const HOLE: [[f64; 2]; 4] = [[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 1.0]];

    #[test]
    fn a_ring_may_begin_anywhere_and_run_either_way() {
        let mut from_third = [SQUARE[2], SQUARE[3], SQUARE[0], SQUARE[1], SQUARE[2]];
        let moved = SQUARE.map(|[x, y]| [x + 0.5, y]);
        let a = polygon(&[&SQUARE]);
        let b = polygon(&[&from_third]);
        from_third.reverse();
        let c = polygon(&[&from_third]);
        check(&[a.clone(), polygon(&[&moved]), b, c], &[[0, 2], [0, 3]]);
        check(&[a.clone(), polygon(&[&SQUARE, &HOLE])], &[]);
        check(
            &[a.clone(), polygon(&[&moved]), polygon(&[&moved]), a],
            &[[1, 2], [0, 3]],
        );
    }

    #[test]
    fn parts_and_lines_may_stand_in_any_order() {
        let line: geo::LineString<f64> = vec![(0.0, 0.0), (1.0, 2.0), (3.0, 3.0)].into();
        let turned: geo::LineString<f64> = line.0.iter().rev().copied().collect();
        let other: geo::LineString<f64> = vec![(0.0, 0.0), (3.0, 3.0), (1.0, 2.0)].into();
        let several = |lines: &[&geo::LineString<f64>]| {
            geo::Geometry::from(geo::MultiLineString(lines.iter().map(|l| (*l).clone()).collect()))
        };
        check(
            &[line.clone().into(), other.clone().into(), turned.clone().into()],
            &[[0, 2]],
        );
        check(&[several(&[&line, &other]), several(&[&other, &turned])], &[[0, 1]]);
        check(&[several(&[&line]), line.into()], &[]);
    }

    #[test]
    fn each_fault_names_the_first() {
        let snapshot = layer(&[(polygon(&[&SQUARE]), None), (polygon(&[&SQUARE]), None)]);
        let mut findings = Findings::default();
        tell(&snapshot, &pairs(&snapshot, &|| true).unwrap(), &mut findings);
        let fault = &findings.found[0].located[0];
        assert_eq!(fault.feature.as_ref().unwrap().to_string(), "1");
        assert_eq!(fault.other.as_ref().unwrap().to_string(), "0");
        let [x, y] = fault.place.unwrap();
        assert!((x - 2.5).abs() < 1e-4 && (y - 50.5).abs() < 1e-4, "{x} {y}");
        assert_eq!(pairs(&snapshot, &|| false), Err(Stopped));
    }
}
