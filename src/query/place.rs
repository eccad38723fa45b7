//! Where features lie: boxes judged on the true geometry, in the system that the box is named in.

use geo::{Intersects, Rect, coord};

use super::place_bounds::bounds;
use super::view::{Row, View};
use crate::model::crs::{Area, Crs, LonLatBox, PlanarBox};
use crate::model::world::WorldBox;
use crate::ogr::transform::{Transform, TransformError};

/// Judges a view's features against one box (which, in degrees, may cross the antimeridian).
///
/// A feature meets the box when its geometry does, edges and corners included; only features whose
/// envelope is neither inside nor outside cost a geometry test.
pub struct BoxTest {
    halves: Vec<Half>,
    /// From the layer's system to the box's; absent where they are the same.
    transform: Option<Transform>,
}

struct Half {
    rect: Rect<f64>,
    covering: WorldBox,
    surely_inside: Option<WorldBox>,
}

impl BoxTest {
    /// A test for features of a CRS.
    ///
    /// # Errors
    /// A system between which and the layer's PROJ knows no way.
    pub fn new(area: &Area, crs: &Crs) -> Result<Self, TransformError> {
        let (halves, named_in) = match area {
            Area::LonLat(b) => (b.halves().into_iter().map(of_degrees).collect(), &Crs::Crs84),
            Area::Planar(b) => (vec![of_plane(b, crs)?], b.crs()),
        };
        let transform = if crs == named_in {
            None
        } else {
            Some(Transform::new(crs, named_in)?)
        };
        Ok(Self { halves, transform })
    }

    /// Rows that may meet the box, by id: a superset.
    #[must_use]
    pub fn candidates(&self, view: &View) -> Vec<Row> {
        let boxes: Vec<WorldBox> = self.halves.iter().map(|h| h.covering).collect();
        super::select::candidates(view, &boxes)
    }

    /// Whether a row's geometry meets the box.
    #[must_use]
    pub fn meets(&self, view: &View, row: Row) -> bool {
        let geometry = view.geometry(row);
        let Some(envelope) = geometry.world_box() else {
            return false;
        };
        let mut exact = None;
        self.halves.iter().any(|half| {
            if half.surely_inside.is_some_and(|inner| inner.contains(&envelope)) {
                return true;
            }
            if !half.covering.intersects(&envelope) {
                return false;
            }
            let exact = exact.get_or_insert_with(|| match &self.transform {
                None => geometry.to_geo(),
                Some(transform) => geometry.turned(|c| transform.apply(c).is_ok())?.as_ref().to_geo(),
            });
            exact.as_ref().is_some_and(|g| half.rect.intersects(g))
        })
    }
}

fn of_degrees(b: LonLatBox) -> Half {
    Half {
        rect: rect([b.west(), b.south()], [b.east(), b.north()]),
        covering: WorldBox::covering(&b),
        surely_inside: WorldBox::surely_inside(&b),
    }
}

fn of_plane(b: &PlanarBox, storage: &Crs) -> Result<Half, TransformError> {
    let bounds = bounds(b, storage)?;
    Ok(Half {
        rect: rect(b.min(), b.max()),
        covering: bounds.covering.map_or_else(WorldBox::whole, |c| WorldBox::covering(&c)),
        surely_inside: bounds.inside.and_then(|i| WorldBox::surely_inside(&i)),
    })
}

fn rect(min: [f64; 2], max: [f64; 2]) -> Rect<f64> {
    Rect::new(coord! { x: min[0], y: min[1] }, coord! { x: max[0], y: max[1] })
}
