//! What can be done of a feature before it is taken in, by a thread of its own.
//!
//! Most features are as they should be: finite, closed, surely valid, on Earth. For these the world points are filled
//! here, and [`intake`](super::intake) has nothing left to do but to store them. All others are left as they came:
//! the intake looks at them again, mends and reports. Nothing is counted here.

use std::rc::Rc;
use std::sync::mpsc::{Receiver, SyncSender};

use super::pipe::Batch;
use super::repair::Mender;
use crate::model::crs::Crs;
use crate::model::geometry::GeometryKind;
use crate::model::row::Shape;
use crate::model::world::{is_on_earth, world_point};
use crate::ogr::transform::{Transform, cached};

/// Passes batches on until there are no more, or nobody takes them.
pub(super) fn run(crs: &Crs, batches: &Receiver<Batch>, prepared: &SyncSender<Batch>) {
    // A system that PROJ does not know is the intake's to report.
    let mut preparer = cached(crs, &Crs::Crs84).ok().map(Preparer::new);
    for mut batch in batches {
        if let Some(preparer) = &mut preparer {
            batch.prepare(|shape| preparer.is_sound(shape));
        }
        if prepared.send(batch).is_err() {
            return;
        }
    }
}

struct Preparer {
    transform: Rc<Transform>,
    mender: Mender,
    degrees: Vec<[f64; 2]>,
}

impl Preparer {
    fn new(transform: Rc<Transform>) -> Self {
        Self {
            transform,
            mender: Mender::default(),
            degrees: vec![],
        }
    }

    /// Whether a shape can be stored as it is; its world points are filled then.
    fn is_sound(&mut self, shape: &mut Shape) -> bool {
        let has_place = shape.kind() != GeometryKind::None;
        let finite = |p: &[f64; 2]| p[0].is_finite() && p[1].is_finite();
        if !has_place || !shape.coords().iter().all(finite) || !self.mender.leaves(shape) {
            return false;
        }
        self.degrees.clear();
        self.degrees.extend_from_slice(shape.coords());
        if self.transform.apply(&mut self.degrees).is_err() || !self.degrees.iter().all(|p| is_on_earth(*p)) {
            return false;
        }
        let world = shape.world_mut();
        world.clear();
        for point in &self.degrees {
            // A ring ends where it began.
            let known = match (self.degrees.first(), world.first()) {
                (Some(first), Some(known)) if first == point => *known,
                _ => world_point(point[0], point[1]),
            };
            world.push(known);
        }
        true
    }
}
