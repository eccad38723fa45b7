//! How a row's geometry lies to one of the filter.
//!
//! It is turned into the filter's system first and judged there, on the plane of its coordinates; boxes on the world
//! grid spare that where they lie apart, or one in the other.

use std::rc::Rc;

use super::Record;
use super::shape::Shape;
use crate::model::predicate::SpatialOp;
use crate::model::world::WorldBox;
use crate::ogr::transform::Transform;

/// A relation that is asked of each row.
#[derive(Debug)]
pub(super) enum Spatial {
    /// Of the row's geometry to one of the filter.
    ToShape {
        op: SpatialOp,
        shape: Box<Shape>,
        /// From the layer's system to the filter's; absent where they are the same.
        transform: Option<Rc<Transform>>,
    },
    /// Of the row's geometry to itself.
    ToItself(SpatialOp),
}

/// The relation with its sides exchanged.
pub(super) fn mirrored(op: SpatialOp) -> SpatialOp {
    match op {
        SpatialOp::Within => SpatialOp::Contains,
        SpatialOp::Contains => SpatialOp::Within,
        same => same,
    }
}

impl Spatial {
    pub(super) fn of(&self, row: &dyn Record) -> Option<bool> {
        let geometry = row.geometry();
        let envelope = geometry.world_box()?;
        let (op, shape, transform) = match self {
            Self::ToShape { op, shape, transform } => (*op, shape, transform),
            Self::ToItself(op) => {
                return Some(matches!(
                    op,
                    SpatialOp::Intersects | SpatialOp::Equals | SpatialOp::Within | SpatialOp::Contains
                ));
            }
        };
        if !shape.covering.iter().any(|c| c.intersects(&envelope)) {
            return Some(op == SpatialOp::Disjoint);
        }
        if shape.inside.iter().any(|i| i.contains(&envelope)) {
            match op {
                SpatialOp::Intersects | SpatialOp::Within => return Some(true),
                SpatialOp::Disjoint => return Some(false),
                _ => {}
            }
        }
        let turned = match transform {
            None => geometry.to_geo(),
            // Without a place in the filter's system there is no answer.
            Some(transform) => geometry.turned(|c| transform.apply(c).is_ok())?.as_ref().to_geo(),
        };
        Some(shape.relation(op, &turned?))
    }

    /// Boxes outside of which it is never true.
    pub(super) fn covering(&self) -> Option<&[WorldBox]> {
        match self {
            Self::ToShape { op, shape, .. } if *op != SpatialOp::Disjoint => Some(&shape.covering),
            _ => None,
        }
    }
}
