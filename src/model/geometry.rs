//! Geometries as flat arrays: coordinates, and where rings and parts begin.
//!
//! ```text
//! feature ─ parts ─ rings ─ points       MultiPolygon: a part per polygon, its first ring outside
//!                                        LineString:   one part, one ring
//!                                        Point:        one part, one ring, one point
//! ```
//! Each point stands twice: in storage coordinates (f64, x, y, as loaded) and on the world grid.
//! Two dimensions: a third is dropped, and counted, while loading.

use geo::geometry as g;

use super::world::{WorldBox, WorldPoint};

/// What a feature's geometry is. The numbers are those of base files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum GeometryKind {
    /// A feature without a place.
    None = 0,
    /// One point.
    Point = 1,
    /// One line.
    LineString = 2,
    /// One polygon.
    Polygon = 3,
    /// Several points.
    MultiPoint = 4,
    /// Several lines.
    MultiLineString = 5,
    /// Several polygons.
    MultiPolygon = 6,
}

impl GeometryKind {
    /// The kind for a number of a base file; `None` for a number without one.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::None,
            1 => Self::Point,
            2 => Self::LineString,
            3 => Self::Polygon,
            4 => Self::MultiPoint,
            5 => Self::MultiLineString,
            6 => Self::MultiPolygon,
            _ => return None,
        })
    }

    /// The name GeoJSON gives it (RFC 7946, 1.4); `None` without a place.
    #[must_use]
    pub fn geojson_name(self) -> Option<&'static str> {
        Some(match self {
            Self::None => return None,
            Self::Point => "Point",
            Self::LineString => "LineString",
            Self::Polygon => "Polygon",
            Self::MultiPoint => "MultiPoint",
            Self::MultiLineString => "MultiLineString",
            Self::MultiPolygon => "MultiPolygon",
        })
    }

    /// 0 for points, 1 for lines, 2 for polygons; `None` without a place.
    #[must_use]
    pub fn dimension(self) -> Option<u8> {
        match self {
            Self::None => None,
            Self::Point | Self::MultiPoint => Some(0),
            Self::LineString | Self::MultiLineString => Some(1),
            Self::Polygon | Self::MultiPolygon => Some(2),
        }
    }

    /// Whether it has several parts by kind.
    #[must_use]
    pub fn is_multi(self) -> bool {
        matches!(self, Self::MultiPoint | Self::MultiLineString | Self::MultiPolygon)
    }
}

/// A borrowed geometry. Offsets are absolute in the coordinate slices: part `i` has the rings
/// `parts[i]..parts[i + 1]`, ring `j` the points `rings[j]..rings[j + 1]`.
#[derive(Debug, Clone, Copy)]
pub struct GeometryRef<'a> {
    kind: GeometryKind,
    parts: &'a [u32],
    rings: &'a [u32],
    coords: &'a [[f64; 2]],
    world: &'a [WorldPoint],
}

impl<'a> GeometryRef<'a> {
    /// A view of flat arrays.
    ///
    /// `parts` holds one offset more than there are parts (empty or one offset: no part); its
    /// offsets index `rings`, whose offsets index `coords` and `world`, which run in step.
    #[must_use]
    pub fn new(
        kind: GeometryKind,
        parts: &'a [u32],
        rings: &'a [u32],
        coords: &'a [[f64; 2]],
        world: &'a [WorldPoint],
    ) -> Self {
        Self {
            kind,
            parts,
            rings,
            coords,
            world,
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    /// Its parts, each as the range of its rings.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = std::ops::Range<usize>> + use<'a> {
        self.parts.windows(2).map(|w| w[0] as usize..w[1] as usize)
    }

    /// A ring's points in storage coordinates.
    #[must_use]
    pub fn ring(&self, ring: usize) -> &'a [[f64; 2]] {
        &self.coords[self.rings[ring] as usize..self.rings[ring + 1] as usize]
    }

    /// A ring's points on the world grid.
    #[must_use]
    pub fn world_ring(&self, ring: usize) -> &'a [WorldPoint] {
        &self.world[self.rings[ring] as usize..self.rings[ring + 1] as usize]
    }

    /// All rings, across parts.
    pub fn all_rings(&self) -> impl Iterator<Item = usize> + use<'a> {
        match (self.parts.first(), self.parts.last()) {
            (Some(&a), Some(&b)) => a as usize..b as usize,
            _ => 0..0,
        }
    }

    /// The number of points.
    #[must_use]
    pub fn point_count(&self) -> usize {
        self.all_rings().map(|r| self.ring(r).len()).sum()
    }

    /// The smallest world box around it; `None` without a place.
    #[must_use]
    pub fn world_box(&self) -> Option<WorldBox> {
        let geometry = *self;
        WorldBox::around(
            self.all_rings()
                .flat_map(move |r| geometry.world_ring(r).iter().copied()),
        )
    }

    /// An owned copy whose storage coordinates `turn` has changed, without world points; `None` where
    /// `turn` says that it could not.
    pub fn turned(&self, turn: impl FnOnce(&mut [[f64; 2]]) -> bool) -> Option<Geometry> {
        let mut copy = Geometry::start(self.kind);
        for part in self.parts() {
            for ring in part {
                copy.coords.extend_from_slice(self.ring(ring));
                copy.end_ring();
            }
            copy.end_part();
        }
        turn(&mut copy.coords).then_some(copy)
    }

    /// The same geometry for the `geo` crate, in storage coordinates; `None` without a place.
    #[must_use]
    pub fn to_geo(&self) -> Option<g::Geometry<f64>> {
        self.to_geo_with(|p| p)
    }

    /// The same geometry for the `geo` crate, each point mapped; `None` without a place.
    pub fn to_geo_with(&self, map: impl Fn([f64; 2]) -> [f64; 2]) -> Option<g::Geometry<f64>> {
        let line =
            |ring: usize| -> g::LineString<f64> { self.ring(ring).iter().map(|&p| g::Coord::from(map(p))).collect() };
        let point = |rings: std::ops::Range<usize>| -> Option<g::Point<f64>> {
            self.ring(rings.start)
                .first()
                .map(|&p| g::Point(g::Coord::from(map(p))))
        };
        let polygon = |mut rings: std::ops::Range<usize>| {
            let outer = rings.next().map_or_else(|| g::LineString::new(vec![]), line);
            g::Polygon::new(outer, rings.map(line).collect())
        };
        let mut parts = self.parts();
        Some(match self.kind {
            GeometryKind::None => return None,
            GeometryKind::Point => g::Geometry::Point(point(parts.next()?)?),
            GeometryKind::LineString => g::Geometry::LineString(line(parts.next()?.start)),
            GeometryKind::Polygon => g::Geometry::Polygon(polygon(parts.next()?)),
            GeometryKind::MultiPoint => g::Geometry::MultiPoint(parts.filter_map(point).collect()),
            GeometryKind::MultiLineString => {
                g::Geometry::MultiLineString(g::MultiLineString(parts.map(|r| line(r.start)).collect()))
            }
            GeometryKind::MultiPolygon => g::Geometry::MultiPolygon(g::MultiPolygon(parts.map(polygon).collect())),
        })
    }
}

/// An owned geometry, in the same layout with offsets from zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    kind: GeometryKind,
    parts: Vec<u32>,
    rings: Vec<u32>,
    coords: Vec<[f64; 2]>,
    world: Vec<WorldPoint>,
}

impl Geometry {
    /// A feature without a place.
    #[must_use]
    pub fn none() -> Self {
        Self::start(GeometryKind::None)
    }

    /// An empty geometry of a kind, to be filled by [`push_point`](Self::push_point),
    /// [`end_ring`](Self::end_ring) and [`end_part`](Self::end_part).
    #[must_use]
    pub fn start(kind: GeometryKind) -> Self {
        Self {
            kind,
            parts: vec![0],
            rings: vec![0],
            coords: vec![],
            world: vec![],
        }
    }

    /// Adds a point to the open ring. `world` is left empty by a reader whose CRS is not CRS84 and
    /// filled by [`set_world`](Self::set_world).
    pub fn push_point(&mut self, point: [f64; 2]) {
        self.coords.push(point);
    }

    /// Ends the open ring.
    pub fn end_ring(&mut self) {
        self.rings.push(self.coords.len() as u32);
    }

    /// Ends the open part.
    pub fn end_part(&mut self) {
        self.parts.push(self.rings.len() as u32 - 1);
    }

    /// Storage coordinates of all points, in order.
    #[must_use]
    pub fn coords(&self) -> &[[f64; 2]] {
        &self.coords
    }

    /// Sets the world points, one per coordinate; false (and nothing changed) where the counts differ.
    pub fn set_world(&mut self, world: Vec<WorldPoint>) -> bool {
        let fits = world.len() == self.coords.len();
        if fits {
            self.world = world;
        }
        fits
    }

    /// A geometry of the `geo` crate, flattened. A collection, or a geometry without a point, has no
    /// kind here and gives `None`.
    #[must_use]
    pub fn from_geo(geometry: &g::Geometry<f64>) -> Option<Self> {
        let kind = match geometry {
            g::Geometry::Point(_) => GeometryKind::Point,
            g::Geometry::Line(_) | g::Geometry::LineString(_) => GeometryKind::LineString,
            g::Geometry::Polygon(_) | g::Geometry::Rect(_) | g::Geometry::Triangle(_) => GeometryKind::Polygon,
            g::Geometry::MultiPoint(_) => GeometryKind::MultiPoint,
            g::Geometry::MultiLineString(_) => GeometryKind::MultiLineString,
            g::Geometry::MultiPolygon(_) => GeometryKind::MultiPolygon,
            g::Geometry::GeometryCollection(_) => return None,
        };
        let mut flat = Self::start(kind);
        match geometry {
            g::Geometry::Point(p) => flat.push_part(&[&[p.0]]),
            g::Geometry::Line(l) => flat.push_part(&[&[l.start, l.end]]),
            g::Geometry::LineString(l) => flat.push_part(&[&l.0]),
            g::Geometry::Polygon(p) => flat.push_polygon(p),
            g::Geometry::Rect(r) => flat.push_polygon(&r.to_polygon()),
            g::Geometry::Triangle(t) => flat.push_polygon(&t.to_polygon()),
            g::Geometry::MultiPoint(m) => m.iter().for_each(|p| flat.push_part(&[&[p.0]])),
            g::Geometry::MultiLineString(m) => m.iter().for_each(|l| flat.push_part(&[&l.0])),
            g::Geometry::MultiPolygon(m) => m.iter().for_each(|p| flat.push_polygon(p)),
            g::Geometry::GeometryCollection(_) => return None,
        }
        (!flat.coords.is_empty()).then_some(flat)
    }

    fn push_polygon(&mut self, polygon: &g::Polygon<f64>) {
        if polygon.exterior().0.is_empty() {
            return;
        }
        let rings: Vec<&[g::Coord<f64>]> = std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|r| r.0.as_slice())
            .collect();
        self.push_part(&rings);
    }

    fn push_part(&mut self, rings: &[&[g::Coord<f64>]]) {
        for ring in rings {
            ring.iter().for_each(|c| self.push_point([c.x, c.y]));
            self.end_ring();
        }
        self.end_part();
    }

    /// The geometry, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> GeometryRef<'_> {
        GeometryRef::new(self.kind, &self.parts, &self.rings, &self.coords, &self.world)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_geometry_comes_back_from_the_flat_form() {
        let check = |which: &str| {
            let geometry = sample(which);
            let flat = Geometry::from_geo(&geometry).unwrap();
            assert_eq!(flat.as_ref().to_geo().unwrap(), geometry, "{which}");
        };
        check("point");
        check("multipolygon with a hole");
        check("multiline");
    }

    fn sample(which: &str) -> g::Geometry<f64> {
        let ring =
            |at: f64, side: f64| g::LineString::from(vec![(at, at), (at + side, at), (at + side, at + side), (at, at)]);
        match which {
            "point" => g::Geometry::Point(g::Point::new(2.5, 50.5)),
            "multiline" => g::Geometry::MultiLineString(g::MultiLineString(vec![ring(0.0, 1.0), ring(2.0, 1.0)])),
            _ => g::Geometry::MultiPolygon(g::MultiPolygon(vec![
                g::Polygon::new(ring(0.0, 9.0), vec![ring(1.0, 0.5)]),
                g::Polygon::new(ring(20.0, 1.0), vec![]),
            ])),
        }
    }
}
