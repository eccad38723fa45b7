//! Parcels that cover the same ground.
//!
//! Each polygon is compared with those after it whose boxes meet its own; [`crossing`](super::crossing) says for most
//! pairs that only borders meet, and of the few others the intersection is measured. Two features with the same
//! geometry are told as duplicates and not again here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use geo::{Area, BooleanOps, InteriorPoint, MultiPolygon};
use rustc_hash::FxHashMap;

use super::crossing::{Scratch, interiors_meet};
use super::outline::Outline;
use super::plane::Planes;
use super::{Findings, LOCATED_PER_KIND, ROWS_AT_ONCE, SMALLEST_M2, Stopped};
use crate::load::report::{Fault, FaultKind};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::store::snapshot::Snapshot;

/// Pairs whose intersection is measured; beyond, those that meet are counted without their area.
const MEASURED_PAIRS: usize = 100_000;

/// Edges of outlines that are kept from one comparison to the next.
const KEPT_EDGES: usize = 500_000;

/// Outlines of fewer edges are made anew each time: that costs less than keeping them.
const KEPT_FROM: usize = 32;

struct Overlap {
    rows: [u32; 2],
    area_m2: Option<f64>,
    place: Option<[f64; 2]>,
}

/// Finds them; the largest come first. `duplicates` are pairs of rows with the same geometry, the first of each
/// geometry in front.
pub(super) fn find(
    snapshot: &Snapshot,
    duplicates: &[[u32; 2]],
    go_on: &dyn Fn() -> bool,
    findings: &mut Findings,
) -> Result<(), Stopped> {
    let Some(planes) = Planes::of(&snapshot.directory().crs) else {
        return Ok(());
    };
    let first_of: FxHashMap<u32, u32> = duplicates.iter().map(|[first, row]| (*row, *first)).collect();
    let original = |row: u32| first_of.get(&row).copied().unwrap_or(row);
    let (mut found, mut unlisted, mut scratch, mut kept) = (vec![], 0, Scratch::default(), Kept::default());
    for (n, row) in snapshot.rows().into_iter().enumerate() {
        if n % ROWS_AT_ONCE == 0 && !go_on() {
            return Err(Stopped);
        }
        let geometry = snapshot.geometry(row);
        let Some((area, outline)) = geometry.world_box().zip(kept.outline(row, &geometry)) else {
            continue;
        };
        for (m, other) in snapshot.rows_in(&area).into_iter().enumerate() {
            if other <= row || !is_polygon(snapshot, other) || original(row) == original(other) {
                continue;
            }
            if m % ROWS_AT_ONCE == ROWS_AT_ONCE - 1 && !go_on() {
                return Err(Stopped);
            }
            let its = snapshot.geometry(other);
            let meet = kept
                .outline(other, &its)
                .is_some_and(|o| interiors_meet(&outline, &o, &mut scratch));
            if !meet {
                continue;
            }
            if found.len() >= MEASURED_PAIRS {
                unlisted += 1;
                continue;
            }
            let shared = measure(&geometry, &its, &planes);
            if shared.is_none_or(|(area, _)| area >= SMALLEST_M2) {
                found.push(Overlap {
                    rows: [row, other],
                    area_m2: shared.map(|(area, _)| (area * 1e4).round() / 1e4),
                    place: shared.map(|(_, place)| place),
                });
            }
        }
    }
    found.sort_by(|a, b| {
        let area = |o: &Overlap| o.area_m2.unwrap_or(f64::INFINITY);
        area(b).total_cmp(&area(a)).then(a.rows.cmp(&b.rows))
    });
    let located = found
        .iter()
        .take(LOCATED_PER_KIND)
        .map(|overlap| fault(snapshot, overlap));
    findings.add(FaultKind::Overlap, found.len() + unlisted, located.collect());
    Ok(())
}

fn is_polygon(snapshot: &Snapshot, row: u32) -> bool {
    matches!(snapshot.kind(row), GeometryKind::Polygon | GeometryKind::MultiPolygon)
}

/// Outlines that are met again and again.
#[derive(Default)]
struct Kept {
    outlines: FxHashMap<u32, Rc<Outline>>,
    edges: usize,
}

impl Kept {
    fn outline(&mut self, row: u32, geometry: &GeometryRef<'_>) -> Option<Rc<Outline>> {
        if let Some(known) = self.outlines.get(&row) {
            return Some(Rc::clone(known));
        }
        let outline = Rc::new(Outline::of(geometry)?);
        if outline.len() >= KEPT_FROM {
            if self.edges + outline.len() > KEPT_EDGES {
                self.outlines.clear();
                self.edges = 0;
            }
            self.edges += outline.len();
            self.outlines.insert(row, Rc::clone(&outline));
        }
        Some(outline)
    }
}

/// The area that two polygons share, in square metres, and a place in it in degrees; `None` where it can't be told.
fn measure(a: &GeometryRef<'_>, b: &GeometryRef<'_>, planes: &Planes) -> Option<(f64, [f64; 2])> {
    let points = |g: &GeometryRef<'_>| super::plane::bounds(g.all_rings().flat_map(|r| g.ring(r)));
    let ([a_min, a_max], [b_min, b_max]) = (points(a)?, points(b)?);
    let window = [
        [a_min[0].max(b_min[0]), a_min[1].max(b_min[1])],
        [a_max[0].min(b_max[0]), a_max[1].min(b_max[1])],
    ];
    let plane = planes.around(window)?;
    let metres = |g: &GeometryRef<'_>| -> Option<MultiPolygon<f64>> {
        match g.to_geo_with(|p| plane.metres(p))? {
            geo::Geometry::Polygon(p) => Some(MultiPolygon(vec![p])),
            geo::Geometry::MultiPolygon(m) => Some(m),
            _ => None,
        }
    };
    let (a, b) = (metres(a)?, metres(b)?);
    // A panic in there is that pair's.
    let shared = catch_unwind(AssertUnwindSafe(|| a.intersection(&b))).ok()?;
    let largest = shared
        .0
        .iter()
        .max_by(|p, q| p.unsigned_area().total_cmp(&q.unsigned_area()));
    let inside = |p: &geo::Polygon<f64>| catch_unwind(AssertUnwindSafe(|| p.interior_point())).ok().flatten();
    let place = largest.and_then(inside).map_or([0.0; 2], |p| [p.x(), p.y()]);
    Some((shared.unsigned_area(), plane.degrees(place)))
}

fn fault(snapshot: &Snapshot, overlap: &Overlap) -> Fault {
    let [id, other] = overlap.rows.map(|row| snapshot.id(row));
    let (en, fr) = match overlap.area_m2 {
        Some(area) => {
            let text = area_text(area);
            (format!("{text} m²"), format!("{} m²", text.replace('.', ",")))
        }
        None => (
            "an area that could not be measured".to_owned(),
            "une aire qui n’a pu être mesurée".to_owned(),
        ),
    };
    Fault {
        feature: Some(id.to_owned()),
        other: Some(other.to_owned()),
        place: overlap.place,
        area_m2: overlap.area_m2,
        ..Fault::new(
            FaultKind::Overlap,
            format!("overlaps parcel {other}: they share {en}"),
            format!("se superpose à la parcelle {other} : elles partagent {fr}"),
        )
    }
}

/// An area with as many decimals as it needs.
pub(super) fn area_text(m2: f64) -> String {
    if m2 < 1.0 {
        format!("{m2:.4}")
    } else {
        format!("{m2:.1}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{layer, polygon};
    use super::super::{Findings, duplicates};
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> geo::Geometry<f64> {
        polygon(&[&[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]])
    }

    #[test]
    fn pairs_are_found_with_the_area_they_share() {
        let features = [
            square(0.0, 0.0, 10.0),
            square(10.0, 0.0, 10.0),
            square(19.0, 0.0, 10.0),
            square(2.0, 2.0, 2.0),
            square(0.0, 0.0, 10.0),
            geo::Point::new(2.5, 50.5).into(),
        ];
        let features: Vec<_> = features.into_iter().map(|g| (g, None)).collect();
        let snapshot = layer(&features);
        let pairs = duplicates::pairs(&snapshot, &|| true).unwrap();
        let mut findings = Findings::default();
        find(&snapshot, &pairs, &|| true, &mut findings).unwrap();
        let found = &findings.found[0];
        let told: Vec<(String, String, f64)> = found
            .located
            .iter()
            .map(|f| {
                let id = |id: &Option<crate::model::feature::FeatureId>| id.as_ref().unwrap().to_string();
                (id(&f.feature), id(&f.other), f.area_m2.unwrap().round())
            })
            .collect();
        let pair = |a: &str, b: &str, area| (a.to_owned(), b.to_owned(), area);
        assert_eq!(told, [pair("1", "2", 10.0), pair("0", "3", 4.0), pair("3", "4", 4.0)]);
        let [lon, lat] = found.located[1].place.unwrap();
        assert!((lon - (2.5 + 3.0 / 70_967.0)).abs() < 1e-7 && (lat - (50.5 + 3.0 / 111_244.0)).abs() < 1e-7);
    }
}
