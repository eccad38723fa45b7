//! The layers that give a place, and the geometry of what was found in them.

use super::recipe::Input;
use crate::load::base::{Builder, Cell, Full};
use crate::model::crs::Crs;
use crate::model::feature::FeatureId;
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::layer::LayerId;
use crate::model::row::Shape;
use crate::model::world::world_point;
use crate::ogr::OgrError;
use crate::ogr::transform::cached;
use crate::ogr::union::union;
use crate::store::{OpenError, Table};

/// Why a derived layer can't be made of these layers.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeriveError {
    /// A base file.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A system of coordinates.
    #[error(transparent)]
    Crs(#[from] OgrError),
    /// More than a base file can address.
    #[error(transparent)]
    Full(#[from] Full),
    /// Writing.
    #[error(transparent)]
    Write(#[from] crate::load::base::WriteError),
    /// A field that no layer has.
    #[error("none of the layers {layers} has a field \"{field}\"; they have: {there}")]
    NoField {
        layers: String,
        field: String,
        there: String,
    },
}

/// A feature that gives its place: the position of its layer, and its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) target: usize,
    pub(super) row: u32,
}

/// The layers that give a place.
#[derive(Debug)]
pub(super) struct Targets {
    list: Vec<(Input, Table)>,
}

impl Targets {
    pub(super) fn open(inputs: &[Input]) -> Result<Self, DeriveError> {
        let open = |input: &Input| Ok((input.clone(), Table::open(&input.base)?));
        let list = inputs.iter().map(open).collect::<Result<_, DeriveError>>()?;
        Ok(Self { list })
    }

    pub(super) fn input(&self, target: usize) -> &Input {
        &self.list[target].0
    }

    pub(super) fn table(&self, target: usize) -> &Table {
        &self.list[target].1
    }

    /// All of them, by position.
    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Input, &Table)> {
        self.list
            .iter()
            .enumerate()
            .map(|(i, (input, table))| (i, input, table))
    }

    /// Those that are named, by position.
    pub(super) fn of<'a>(&'a self, layers: &'a [LayerId]) -> impl Iterator<Item = (usize, &'a Input, &'a Table)> {
        self.all().filter(|(_, input, _)| layers.contains(&input.layer))
    }

    pub(super) fn id(&self, found: Found) -> FeatureId {
        self.table(found.target).id(found.row).to_owned()
    }

    /// The system of what was found.
    pub(super) fn crs(&self, found: Found) -> &Crs {
        self.table(found.target).crs()
    }

    /// Fills a shape with what the features cover together, in `crs`: one geometry as it stands, polygons
    /// united, others side by side.
    pub(super) fn geometry(&self, found: &[Found], crs: &Crs, shape: &mut Shape) -> Result<(), DeriveError> {
        let mut turned = vec![];
        for one in found {
            let geometry = self.table(one.target).geometry(one.row);
            let mut copy = Shape::default();
            copy_of(&geometry, &mut copy);
            if self.crs(*one) != crs {
                turn(&mut copy, self.crs(*one), crs)?;
            }
            if copy.kind() != GeometryKind::None {
                turned.push(copy);
            }
        }
        together(turned, shape);
        Ok(())
    }
}

/// What several shapes are together; none where there is none.
pub(super) fn together(mut shapes: Vec<Shape>, whole: &mut Shape) {
    if shapes.len() == 1 {
        *whole = shapes.remove(0);
        return;
    }
    let highest = shapes.iter().filter_map(|s| s.kind().dimension()).max();
    let kind = match highest {
        None => return whole.start(GeometryKind::None),
        Some(2) => {
            let polygons: Vec<_> = shapes.iter().filter(|s| s.kind().dimension() == Some(2)).collect();
            let polygons: Vec<_> = polygons.iter().map(|s| s.as_ref()).collect();
            return union(&polygons, whole);
        }
        Some(1) => GeometryKind::MultiLineString,
        Some(_) => GeometryKind::MultiPoint,
    };
    whole.start(kind);
    shapes
        .iter()
        .filter(|s| s.kind().dimension() == highest)
        .for_each(|s| whole.append(s));
}

/// Copies a geometry, without its world points.
pub(super) fn copy_of(geometry: &GeometryRef<'_>, shape: &mut Shape) {
    shape.start(geometry.kind());
    for part in geometry.parts() {
        for ring in part {
            let points = geometry.ring(ring);
            shape.grow(points.len()).copy_from_slice(points);
            shape.end_ring();
        }
        shape.end_part();
    }
}

fn turn(shape: &mut Shape, from: &Crs, to: &Crs) -> Result<(), DeriveError> {
    let mut turned = Shape::default();
    turned.start(shape.kind());
    let transform = cached(from, to)?;
    let mut failed = false;
    for part in shape.as_ref().parts() {
        for ring in part {
            let points = &shape.coords()[shape.ring_range(ring)];
            let place = turned.grow(points.len());
            place.copy_from_slice(points);
            failed |= transform.apply(place).is_err();
            turned.end_ring();
        }
        turned.end_part();
    }
    if failed {
        turned.start(GeometryKind::None);
    }
    *shape = turned;
    Ok(())
}

/// Adds a feature with its world points; a shape whose points have no place in degrees loses it.
pub(super) fn push(builder: &mut Builder, crs: &Crs, cells: &[Cell<'_>], shape: &mut Shape) -> Result<(), DeriveError> {
    let mut degrees = shape.coords().to_vec();
    if cached(crs, &Crs::Crs84)?.apply(&mut degrees).is_err() {
        shape.start(GeometryKind::None);
        degrees.clear();
    }
    let world = shape.world_mut();
    world.clear();
    world.extend(degrees.iter().map(|p| world_point(p[0], p[1])));
    Ok(builder.push(None, cells, &shape.as_ref())?)
}

/// The area of a shape on the ellipsoid, in square metres.
pub(super) fn area_of(shape: &Shape, crs: &Crs) -> Result<f64, DeriveError> {
    let transform = cached(crs, &Crs::Crs84)?;
    let degrees = |p: [f64; 2]| {
        let mut point = [p];
        // A point that fails is NaN, and so is the area: 0 below.
        let _ = transform.apply(&mut point);
        point[0]
    };
    let area = crate::load::area_m2(&shape.as_ref(), degrees);
    Ok(if area.is_finite() {
        (area * 100.0).round() / 100.0
    } else {
        0.0
    })
}
