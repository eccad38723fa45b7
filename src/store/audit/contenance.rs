//! Parcels whose declared (fiscal) area is far from that of their geometry.
//!
//! Both areas are told and neither is changed: they are different things (DESIGN §3, Measures).

use super::plane::{Plane, Planes, bounds, doubled_area};
use super::{Findings, LOCATED_PER_KIND, Stopped, each_row, first_place};
use crate::load::report::{Fault, FaultKind};
use crate::model::feature::ValueRef;
use crate::model::geometry::GeometryRef;
use crate::model::layer::LayerInfo;
use crate::model::text::fold;
use crate::store::snapshot::Snapshot;

/// The part of the declared area from which on a difference is a fault.
const MOST_OFF: f64 = 0.05;

/// Fields that hold the declared area in square metres where the configuration names none: Etalab's and IGN's
/// parcels, EDIGEO, fichiers fonciers.
const FIELDS: [&str; 4] = ["contenance", "contenance m2", "supf", "dcntpa"];

struct Off {
    row: u32,
    declared: f64,
    measured: f64,
}

impl Off {
    fn ratio(&self) -> f64 {
        (self.measured - self.declared).abs() / self.declared
    }
}

/// Finds them; those that are farthest off come first. Nothing where no field declares an area.
pub(super) fn find(
    snapshot: &Snapshot,
    info: &LayerInfo,
    go_on: &dyn Fn() -> bool,
    findings: &mut Findings,
) -> Result<(), Stopped> {
    let (Some(field), Some(planes)) = (field(snapshot, info), Planes::of(&snapshot.directory().crs)) else {
        return Ok(());
    };
    let mut off = vec![];
    each_row(&snapshot.rows(), go_on, |row| {
        let declared = number(snapshot.value(row, field)).filter(|area| *area > 0.0);
        if let Some(declared) = declared
            && let Some(measured) = area_m2(&snapshot.geometry(row), &planes)
        {
            let found = Off {
                row,
                declared,
                measured,
            };
            if found.ratio() > MOST_OFF {
                off.push(found);
            }
        }
    })?;
    off.sort_by(|a, b| b.ratio().total_cmp(&a.ratio()).then(a.row.cmp(&b.row)));
    let located = off.iter().take(LOCATED_PER_KIND).map(|off| fault(snapshot, off));
    findings.add(FaultKind::AreaDiffers, off.len(), located.collect());
    Ok(())
}

/// The field that declares the area: the one configured, else one that is named like it.
fn field(snapshot: &Snapshot, info: &LayerInfo) -> Option<usize> {
    let fields = &snapshot.directory().fields;
    let configured = info
        .fields
        .get("area")
        .and_then(|name| fields.iter().position(|f| f.name == *name));
    configured.or_else(|| {
        FIELDS
            .iter()
            .find_map(|name| fields.iter().position(|f| fold(&f.name) == *name))
    })
}

fn number(value: ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Int(n) => Some(n as f64),
        ValueRef::Float(x) => Some(x).filter(|x| x.is_finite()),
        ValueRef::Text(text) => text
            .trim()
            .replace(',', ".")
            .parse()
            .ok()
            .filter(|x: &f64| x.is_finite()),
        _ => None,
    }
}

/// Square metres of a polygon on the ellipsoid, holes taken away; `None` for other geometries.
pub(super) fn area_m2(geometry: &GeometryRef<'_>, planes: &Planes) -> Option<f64> {
    if geometry.kind().dimension() != Some(2) {
        return None;
    }
    let plane: Plane = planes.around(bounds(geometry.all_rings().flat_map(|r| geometry.ring(r)))?)?;
    let mut doubled = 0.0;
    for part in geometry.parts() {
        let outer = part.start;
        for ring in part {
            let area = doubled_area(geometry.ring(ring)).abs();
            doubled += if ring == outer { area } else { -area };
        }
    }
    Some(doubled / 2.0 * plane.scale())
}

fn fault(snapshot: &Snapshot, off: &Off) -> Fault {
    let percent = (off.measured - off.declared) / off.declared * 100.0;
    let (declared, measured) = (off.declared, off.measured);
    Fault {
        feature: Some(snapshot.id(off.row).to_owned()),
        place: first_place(snapshot, off.row),
        area_m2: Some((measured * 100.0).round() / 100.0),
        declared_m2: Some(declared),
        ..Fault::new(
            FaultKind::AreaDiffers,
            format!("{declared} m² are declared, the geometry has {measured:.1} m² ({percent:+.1} %)"),
            format!("{declared} m² déclarés, {measured:.1} m² par la géométrie ({percent:+.1} %)").replace('.', ","),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{layer, polygon};
    use super::*;
    use crate::model::layer::LayerId;

    #[test]
    fn five_per_cent_either_way_are_told_with_both_areas() {
        // About 10,000 m².
        let square = polygon(&[&[[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0], [0.0, 0.0]]]);
        let declared = [Some(10_000), Some(9_400), Some(10_700), Some(0), None, Some(5_000)];
        let features: Vec<_> = declared.iter().map(|c| (square.clone(), *c)).collect();
        let snapshot = layer(&features);
        let info = LayerInfo::new(LayerId::from_name("a"));
        let mut findings = Findings::default();
        find(&snapshot, &info, &|| true, &mut findings).unwrap();
        let found = &findings.found[0];
        let ids: Vec<String> = found
            .located
            .iter()
            .map(|f| f.feature.as_ref().unwrap().to_string())
            .collect();
        assert_eq!(
            (found.count, ids.join(" ").as_str()),
            (3, "5 2 1"),
            "the farthest off comes first"
        );
        assert_eq!(found.located[0].declared_m2, Some(5_000.0));
        assert!((found.located[0].area_m2.unwrap() - 10_000.0).abs() < 20.0);
        assert!(
            found.located[0].message.contains("(+99.9 %)"),
            "{}",
            found.located[0].message
        );
    }
}
