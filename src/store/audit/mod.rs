//! Comparing the features of a layer with each other, once it is served.
//!
//! In: a snapshot and what is said of the layer. Out: faults, counted and, the first of each kind, located.
//! Nothing is repaired. Each file here is one question, a pure function of the snapshot; none keeps more than a
//! bounded part of the layer in memory. Not here: when this runs (`cli::audits`) and what of it a reader may see
//! (the view).

mod contenance;
mod crossing;
mod duplicates;
mod gaps;
mod outline;
mod overlaps;
mod plane;

use super::snapshot::Snapshot;
use crate::load::report::{Fault, FaultKind, LoadReport};
use crate::model::layer::LayerInfo;
use crate::model::role::Role;
use crate::model::world::lon_lat;

/// Faults of one kind that an audit keeps with their places: the largest; beyond, they are counted only.
const LOCATED_PER_KIND: usize = 2_500;

/// Overlaps and gaps of less than this, in square metres, are not told: coordinates are rounded.
const SMALLEST_M2: f64 = 0.001;

/// Rows between two questions whether to go on.
const ROWS_AT_ONCE: usize = 1_024;

/// An audit was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped;

/// What an audit found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Found>,
}

/// Faults of one kind.
#[derive(Debug)]
struct Found {
    kind: FaultKind,
    count: u64,
    located: Vec<Fault>,
}

impl Findings {
    /// Adds what one question found; nothing where it found nothing.
    fn add(&mut self, kind: FaultKind, count: usize, located: Vec<Fault>) {
        if count > 0 {
            let count = count as u64;
            self.found.push(Found { kind, count, located });
        }
    }

    /// A load's report with these in it.
    pub(super) fn added_to(self, report: &LoadReport) -> LoadReport {
        let mut report = report.clone();
        for found in self.found {
            *report.counts.entry(found.kind).or_default() += found.count;
            report.faults.extend(found.located);
        }
        report
    }
}

/// Audits a layer.
///
/// # Errors
/// When `go_on` says no.
pub(super) fn audit(snapshot: &Snapshot, info: &LayerInfo, go_on: &dyn Fn() -> bool) -> Result<Findings, Stopped> {
    let mut findings = Findings::default();
    let duplicates = duplicates::pairs(snapshot, go_on)?;
    duplicates::tell(snapshot, &duplicates, &mut findings);
    if info.role == Some(Role::Parcel) {
        contenance::find(snapshot, info, go_on, &mut findings)?;
        overlaps::find(snapshot, &duplicates, go_on, &mut findings)?;
        gaps::find(snapshot, go_on, &mut findings)?;
    }
    Ok(findings)
}

/// Goes through rows, asking now and then whether to go on.
fn each_row(rows: &[u32], go_on: &dyn Fn() -> bool, mut with: impl FnMut(u32)) -> Result<(), Stopped> {
    for some in rows.chunks(ROWS_AT_ONCE) {
        if !go_on() {
            return Err(Stopped);
        }
        some.iter().for_each(|row| with(*row));
    }
    Ok(())
}

/// The first place of a feature, in degrees.
fn first_place(snapshot: &Snapshot, row: u32) -> Option<[f64; 2]> {
    let geometry = snapshot.geometry(row);
    let ring = geometry.all_rings().next()?;
    geometry.world_ring(ring).first().map(|p| lon_lat(*p))
}

#[cfg(test)]
pub(super) mod sample {
    //! Layers of polygons for the tests of this folder.

    use super::super::base::BaseFile;
    use super::super::snapshot::Snapshot;
    use crate::load::base::{Builder, Cell, write};
    use crate::model::crs::Crs;
    use crate::model::feature::FeatureId;
    use crate::model::geometry::Geometry;
    use crate::model::world::world_point;

    /// A layer in degrees of these geometries and contenances; ids are 0, 1, 2…
    pub(in crate::store) fn layer(features: &[(geo::Geometry<f64>, Option<i64>)]) -> Snapshot {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = Builder::new(Crs::Crs84);
        builder.field("contenance");
        let mut ids = vec![];
        for (n, (geometry, contenance)) in features.iter().enumerate() {
            let mut flat = Geometry::from_geo(geometry).unwrap();
            let world = flat.coords().iter().map(|p| world_point(p[0], p[1])).collect();
            assert!(flat.set_world(world));
            ids.push(FeatureId::Int(n as i64));
            let cell = contenance.map_or(Cell::Null, Cell::Int);
            builder.push(None, &[cell], &flat.as_ref()).unwrap();
        }
        let path = folder.path().join("layer.base");
        write(&builder, &ids, None, "geometry", &path).unwrap();
        Snapshot::of_base(BaseFile::open(&path).unwrap())
    }

    /// A polygon of rings in metres (about) from 2.5° E, 50.5° N.
    pub(in crate::store) fn polygon(rings: &[&[[f64; 2]]]) -> geo::Geometry<f64> {
        let degrees = |p: &[f64; 2]| geo::Coord {
            x: 2.5 + p[0] / 70_967.0,
            y: 50.5 + p[1] / 111_244.0,
        };
        let mut lines = rings
            .iter()
            .map(|r| r.iter().map(degrees).collect::<geo::LineString<f64>>());
        geo::Polygon::new(lines.next().unwrap(), lines.collect()).into()
    }
}
