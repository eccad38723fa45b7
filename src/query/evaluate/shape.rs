//! A geometry of a filter, made ready: valid, bounded, with an index of its edges.

use std::cell::OnceCell;

use geo::algorithm::bool_ops::unary_union;
use geo::geometry::{
    Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon,
};
use geo::{BoundingRect, Coord, CoordsIter, Intersects, PreparedGeometry, Rect, Relate};

use super::valid;
use crate::model::crs::{Crs, LonLatBox, PlanarBox};
use crate::model::predicate::SpatialOp;
use crate::model::world::WorldBox;
use crate::ogr::transform::TransformError;
use crate::query::cql2::FilterError;
use crate::query::place_bounds::bounds;

/// Pairs of points from which on an index of the edges is worth its making.
const MANY_PAIRS: usize = 20_000;

/// A geometry of a filter in the filter's system.
pub(super) struct Shape {
    geometry: Geometry<f64>,
    prepared: OnceCell<PreparedGeometry<'static, Geometry<f64>>>,
    /// What meets it lies in one of these.
    pub(super) covering: Vec<WorldBox>,
    /// What lies in one of these lies within it.
    pub(super) inside: Vec<WorldBox>,
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Shape").field(&self.geometry).finish()
    }
}

/// Why a geometry can't be used: in words, or for want of a way between systems.
#[derive(Debug)]
pub(super) enum Unfit {
    Wrong(String),
    NoWay,
}

impl From<TransformError> for Unfit {
    fn from(_: TransformError) -> Self {
        Self::NoWay
    }
}

impl Unfit {
    pub(super) fn at(self, place: &crate::model::predicate::Place) -> FilterError {
        match self {
            Self::Wrong(reason) => FilterError::Geometry {
                reason,
                place: place.clone(),
            },
            Self::NoWay => FilterError::NoWay,
        }
    }
}

impl Shape {
    /// A geometry in a system, for features stored in another.
    pub(super) fn of_geometry(geometry: &Geometry<f64>, crs: &Crs, storage: &Crs) -> Result<Self, Unfit> {
        let geometry = checked(geometry.clone())?;
        let around = geometry
            .bounding_rect()
            .ok_or_else(|| Unfit::Wrong("it is empty".into()))?;
        let (min, max) = ([around.min().x, around.min().y], [around.max().x, around.max().y]);
        let covering = if *crs == Crs::Crs84 {
            let degrees = LonLatBox::new(min[0], min[1], max[0], max[1]).map_err(|e| Unfit::Wrong(e.to_string()))?;
            WorldBox::covering(&degrees)
        } else {
            let plane = PlanarBox::new(crs.clone(), min, max).map_err(|e| Unfit::Wrong(e.to_string()))?;
            let found = bounds(&plane, storage)?.covering;
            found.map_or_else(WorldBox::whole, |c| WorldBox::covering(&c))
        };
        Ok(Self {
            geometry,
            prepared: OnceCell::new(),
            covering: vec![covering],
            inside: vec![],
        })
    }

    /// A box; in degrees its west may lie east of its east, then it crosses the antimeridian.
    pub(super) fn of_box([a, b, c, d]: [f64; 4], crs: &Crs, storage: &Crs) -> Result<Self, Unfit> {
        let wrong = |e: crate::model::crs::BoxError| Unfit::Wrong(e.to_string());
        if *crs != Crs::Crs84 {
            let plane = PlanarBox::new(crs.clone(), [a, b], [c, d]).map_err(wrong)?;
            let found = bounds(&plane, storage)?;
            return Ok(Self {
                geometry: rectangle([a, b], [c, d]),
                prepared: OnceCell::new(),
                covering: vec![found.covering.map_or_else(WorldBox::whole, |c| WorldBox::covering(&c))],
                inside: found
                    .inside
                    .and_then(|i| WorldBox::surely_inside(&i))
                    .into_iter()
                    .collect(),
            });
        }
        let halves = LonLatBox::new(a, b, c, d).map_err(wrong)?.halves();
        let mut parts: Vec<Geometry<f64>> = halves
            .iter()
            .map(|h| rectangle([h.west(), h.south()], [h.east(), h.north()]))
            .collect();
        let geometry = match (parts.pop(), parts.pop()) {
            (Some(one), None) => one,
            (Some(east), Some(west)) => together(vec![west, east]),
            (None, _) => return Err(Unfit::Wrong("it is empty".into())),
        };
        Ok(Self {
            geometry,
            prepared: OnceCell::new(),
            covering: halves.iter().map(WorldBox::covering).collect(),
            inside: halves.iter().filter_map(WorldBox::surely_inside).collect(),
        })
    }

    /// How another geometry lies to this one.
    pub(super) fn relation(&self, op: SpatialOp, other: &Geometry<f64>) -> bool {
        if matches!(op, SpatialOp::Intersects | SpatialOp::Disjoint) {
            let many = self.geometry.coords_count().saturating_mul(other.coords_count()) > MANY_PAIRS;
            let meet = if many {
                self.prepared().relate(other).is_intersects()
            } else {
                self.geometry.intersects(other)
            };
            return meet == (op == SpatialOp::Intersects);
        }
        let matrix = self.prepared().relate(other);
        match op {
            SpatialOp::Intersects => matrix.is_intersects(),
            SpatialOp::Disjoint => matrix.is_disjoint(),
            SpatialOp::Equals => matrix.is_equal_topo(),
            SpatialOp::Touches => matrix.is_touches(),
            SpatialOp::Overlaps => matrix.is_overlaps(),
            SpatialOp::Crosses => matrix.is_crosses(),
            // The matrix is of this one first.
            SpatialOp::Within => matrix.is_contains(),
            SpatialOp::Contains => matrix.is_within(),
        }
    }

    /// The geometry itself.
    pub(super) fn geometry(&self) -> &Geometry<f64> {
        &self.geometry
    }

    fn prepared(&self) -> &PreparedGeometry<'static, Geometry<f64>> {
        self.prepared
            .get_or_init(|| PreparedGeometry::from(self.geometry.clone()))
    }
}

/// A rectangle; a line or a point where it has no area.
fn rectangle(min: [f64; 2], max: [f64; 2]) -> Geometry<f64> {
    let corner = |p: [f64; 2]| Coord { x: p[0], y: p[1] };
    match (min[0] < max[0], min[1] < max[1]) {
        (true, true) => Geometry::Polygon(Rect::new(corner(min), corner(max)).to_polygon()),
        (false, false) => Geometry::Point(Point(corner(min))),
        _ => Geometry::LineString(LineString::new(vec![corner(min), corner(max)])),
    }
}

/// A geometry that relations can be asked of, the parts of a collection brought together.
fn checked(geometry: Geometry<f64>) -> Result<Geometry<f64>, Unfit> {
    if geometry.coords_iter().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
        return Err(Unfit::Wrong("every number must be finite".into()));
    }
    let fault = match &geometry {
        Geometry::Polygon(polygon) => valid::fault(std::slice::from_ref(polygon)),
        Geometry::MultiPolygon(polygons) => valid::fault(&polygons.0),
        Geometry::LineString(line) => stays_put(line),
        Geometry::MultiLineString(lines) => lines.iter().find_map(stays_put),
        Geometry::GeometryCollection(members) => {
            let members = members.iter().cloned().map(checked).collect::<Result<Vec<_>, _>>()?;
            return Ok(together(members));
        }
        _ => None,
    };
    fault.map_or(Ok(geometry), |fault| Err(Unfit::Wrong(fault.to_owned())))
}

fn stays_put(line: &LineString<f64>) -> Option<&'static str> {
    let first = line.0.first();
    line.0
        .iter()
        .all(|c| Some(c) == first)
        .then_some("all points of a line are the same")
}

/// Points, lines and polygons as one geometry; polygons that lie over each other are united.
fn together(members: Vec<Geometry<f64>>) -> Geometry<f64> {
    let mut points: Vec<Point<f64>> = vec![];
    let mut lines: Vec<LineString<f64>> = vec![];
    let mut polygons: Vec<Polygon<f64>> = vec![];
    for member in members {
        match member {
            Geometry::Point(p) => points.push(p),
            Geometry::MultiPoint(m) => points.extend(m.0),
            Geometry::LineString(l) => lines.push(l),
            Geometry::MultiLineString(m) => lines.extend(m.0),
            Geometry::Polygon(p) => polygons.push(p),
            Geometry::MultiPolygon(m) => polygons.extend(m.0),
            _ => {}
        }
    }
    if polygons.len() > 1 && valid::fault(&polygons).is_some() {
        polygons = unary_union(&polygons).0;
    }
    let mut kinds = vec![];
    if !points.is_empty() {
        kinds.push(Geometry::MultiPoint(MultiPoint(points)));
    }
    if !lines.is_empty() {
        kinds.push(Geometry::MultiLineString(MultiLineString(lines)));
    }
    if !polygons.is_empty() {
        kinds.push(Geometry::MultiPolygon(MultiPolygon(polygons)));
    }
    if kinds.len() == 1
        && let Some(only) = kinds.pop()
    {
        return only;
    }
    Geometry::GeometryCollection(GeometryCollection(kinds))
}
