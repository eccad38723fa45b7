//! The box of many features in degrees.

use crate::model::crs::{Crs, LonLatBox};
use crate::model::geometry::GeometryRef;
use crate::model::world::{WorldBox, lon_lat};

/// The box in degrees around geometries whose storage coordinates are in `crs`; `None` without a place.
///
/// To the bit where that is CRS84; else from the world grid, at most 2 cm wider on each side.
/// Cost: a pass over all points.
pub fn extent_of<'a>(crs: &Crs, geometries: impl Iterator<Item = GeometryRef<'a>>) -> Option<LonLatBox> {
    if *crs == Crs::Crs84 {
        let points = geometries.flat_map(|g| g.all_rings().flat_map(move |ring| g.ring(ring)));
        let around = points.fold(None, |found: Option<[f64; 4]>, p| {
            let [w, s, e, n] = found.unwrap_or([p[0], p[1], p[0], p[1]]);
            Some([w.min(p[0]), s.min(p[1]), e.max(p[0]), n.max(p[1])])
        });
        // Rounding may have moved a point over the edge.
        let (lon, lat) = (|x: f64| x.clamp(-180.0, 180.0), |y: f64| y.clamp(-90.0, 90.0));
        return around.and_then(|[w, s, e, n]| LonLatBox::new(lon(w), lat(s), lon(e), lat(n)).ok());
    }
    let area = geometries.filter_map(|g| g.world_box()).reduce(WorldBox::union)?;
    let nw = lon_lat(area.min().map(|v| v.saturating_sub(1)));
    let se = lon_lat(area.max().map(|v| v.saturating_add(1)));
    LonLatBox::new(nw[0], se[1], se[0], nw[1]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::geometry::Geometry;

    #[test]
    fn an_extent_in_degrees_is_exact() {
        let line = geo::LineString::from(vec![(2.680_000_1, 50.44), (2.69, 50.446_000_3)]);
        let flat = Geometry::from_geo(&geo::Geometry::LineString(line)).unwrap();
        let found = extent_of(&Crs::Crs84, [flat.as_ref()].into_iter());
        assert_eq!(found, LonLatBox::new(2.680_000_1, 50.44, 2.69, 50.446_000_3).ok());
        assert_eq!(extent_of(&Crs::Crs84, [Geometry::none().as_ref()].into_iter()), None);
    }
}
