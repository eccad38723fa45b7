//! Where features lie: boxes judged on the true geometry.

use geo::{Intersects, Rect, coord};

use super::view::{Row, View};
use crate::model::crs::{Crs, LonLatBox};
use crate::model::world::WorldBox;
use crate::ogr::transform::Transform;

/// Judges a view's features against one lon/lat box (which may cross the antimeridian).
///
/// A feature meets the box when its geometry does, edges and corners included; only features whose
/// envelope is neither inside nor outside cost a geometry test.
pub struct BoxTest {
    halves: Vec<Half>,
    transform: Option<Transform>,
}

struct Half {
    rect: Rect<f64>,
    covering: WorldBox,
    surely_inside: Option<WorldBox>,
}

impl BoxTest {
    /// A test for features of a CRS.
    #[must_use]
    pub fn new(area: &LonLatBox, crs: &Crs) -> Self {
        let half = |b: LonLatBox| Half {
            rect: Rect::new(
                coord! { x: b.west(), y: b.south() },
                coord! { x: b.east(), y: b.north() },
            ),
            covering: WorldBox::covering(&b),
            surely_inside: WorldBox::surely_inside(&b),
        };
        let transform = (*crs != Crs::Crs84)
            .then(|| Transform::new(crs, &Crs::Crs84).ok())
            .flatten();
        Self {
            halves: area.halves().into_iter().map(half).collect(),
            transform,
        }
    }

    /// Rows that may meet the box, by id: a superset.
    #[must_use]
    pub fn candidates(&self, view: &View) -> Vec<Row> {
        match self.halves.as_slice() {
            [one] => view.rows_in(&one.covering),
            halves => {
                // Rows come by id from each half; a row in both must come once.
                let mut rows: Vec<Row> = halves.iter().flat_map(|h| view.rows_in(&h.covering)).collect();
                rows.sort_by(|a, b| view.id(*a).cmp(&view.id(*b)));
                rows.dedup();
                rows
            }
        }
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
