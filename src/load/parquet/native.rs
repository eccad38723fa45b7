//! Geometries that are stored as numbers in lists: GeoParquet 1.1's encodings `point` … `multipolygon`.
//!
//! A point is a structure of `x`, `y` and perhaps `z`, `m`; a line a list of these, and so on. Heights and measures are
//! left out, and noted.

use super::geo::Encoding;
use super::logic::Raw;
use super::nested::Cursors;
use super::plan::{Attribute, Place};
use super::schema::{Kind, Node};
use super::{GeoError, ParquetFault};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Shape, ShapeNotes};

/// Whether a column is made as an encoding has it.
pub(super) fn fits(node: &Node, encoding: Encoding) -> bool {
    let mut node = node;
    for _ in 0..encoding.lists() {
        node = match &node.kind {
            Kind::List(inner) => match &inner.kind {
                Kind::Element(element) => element,
                _ => inner,
            },
            _ => return false,
        };
    }
    let number = |name: &str| node.member(name).is_some_and(|m| m.flat().is_some());
    number("x") && number("y")
}

impl Place {
    /// Reads the next geometry into a shape; one that is null or empty leaves a shape without a place.
    pub(in crate::load) fn read_native(
        &self,
        column: &Attribute,
        cursors: &mut Cursors,
        shape: &mut Shape,
    ) -> Result<ShapeNotes, ParquetFault> {
        let encoding = self.encoding();
        shape.start(match encoding {
            Encoding::LineString => GeometryKind::LineString,
            Encoding::Polygon => GeometryKind::Polygon,
            Encoding::MultiPoint => GeometryKind::MultiPoint,
            Encoding::MultiLineString => GeometryKind::MultiLineString,
            Encoding::MultiPolygon => GeometryKind::MultiPolygon,
            Encoding::Point | Encoding::Wkb => GeometryKind::Point,
        });
        let mut walk = Walk {
            cursors,
            shape,
            notes: ShapeNotes::default(),
        };
        walk.lists(column.node(), encoding.lists(), encoding)?;
        let notes = walk.notes;
        match encoding {
            _ if shape.coords().is_empty() => shape.start(GeometryKind::None),
            Encoding::Point | Encoding::LineString => {
                shape.end_ring();
                shape.end_part();
            }
            Encoding::MultiPoint => shape.part_per_point(),
            Encoding::MultiLineString => shape.part_per_ring(),
            Encoding::Polygon => shape.end_part(),
            Encoding::MultiPolygon | Encoding::Wkb => {}
        }
        Ok(notes)
    }
}

struct Walk<'a> {
    cursors: &'a mut Cursors,
    shape: &'a mut Shape,
    notes: ShapeNotes,
}

impl Walk<'_> {
    /// A list of so many levels, or a point.
    fn lists(&mut self, node: &Node, levels: u8, encoding: Encoding) -> Result<(), ParquetFault> {
        if let Some(level) = node.there
            && !self.cursors.is_there(node, level)?
        {
            return Ok(());
        }
        match &node.kind {
            Kind::List(inner) if levels > 0 => {
                let (there, again) = inner.repeated.unwrap_or_default();
                let before = (self.shape.coords().len(), self.shape.ring_count());
                if self.cursors.is_there(inner, there)? {
                    loop {
                        match &inner.kind {
                            Kind::Element(element) => self.lists(element, levels - 1, encoding)?,
                            _ => self.lists_of_group(inner)?,
                        }
                        if !self.cursors.goes_on(inner, again)? {
                            break;
                        }
                    }
                }
                // Rings of lists of points, parts of lists of rings; nothing of empty ones.
                match levels {
                    1 if encoding.lists() > 1 && self.shape.coords().len() > before.0 => self.shape.end_ring(),
                    2 if encoding.lists() > 2 && self.shape.ring_count() > before.1 => self.shape.end_part(),
                    _ => {}
                }
                Ok(())
            }
            _ => self.lists_of_group(node),
        }
    }

    /// A point. One of NaN, NaN is an empty one.
    fn lists_of_group(&mut self, node: &Node) -> Result<(), ParquetFault> {
        let Kind::Group(members) = &node.kind else {
            return Err(ParquetFault::Geo(GeoError::NotEncoded {
                column: node.name.clone(),
                encoding: "point".into(),
            }));
        };
        let mut point = [f64::NAN; 2];
        for member in members {
            let value = match self.cursors.leaf(member)?.next()? {
                Some(Raw::Float(x)) => x,
                _ => f64::NAN,
            };
            match member.name.as_str() {
                "x" => point[0] = value,
                "y" => point[1] = value,
                _ => self.notes.third_dimension = true,
            }
        }
        if !(point[0].is_nan() && point[1].is_nan()) {
            self.shape.push_point(point);
        }
        Ok(())
    }
}
