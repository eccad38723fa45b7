//! Places at 0, 0: what writers put where they know none.
//!
//! Such a feature loses its place where the rest of the layer lies elsewhere. Where the others lie around 0, 0
//! it stays; where there are no others, the layer is refused.

use super::intake::{Intake, IntakeError};
use super::report::{Fault, FaultKind};
use crate::model::geometry::GeometryKind;
use crate::model::row::Shape;

/// The places at 0, 0, and where the others lie.
#[derive(Debug)]
pub(super) struct ZeroPlaces {
    /// Rows that still have their place.
    rows: Vec<usize>,
    /// Rows that lost it, having none in degrees or no extent.
    lost: u64,
    min: [f64; 2],
    max: [f64; 2],
}

impl Default for ZeroPlaces {
    fn default() -> Self {
        Self {
            rows: vec![],
            lost: 0,
            min: [f64::INFINITY; 2],
            max: [f64::NEG_INFINITY; 2],
        }
    }
}

impl ZeroPlaces {
    /// Notes a place that is elsewhere.
    pub(super) fn elsewhere(&mut self, [x, y]: [f64; 2]) {
        self.min = [self.min[0].min(x), self.min[1].min(y)];
        self.max = [self.max[0].max(x), self.max[1].max(y)];
    }

    fn are_amid_others(&self) -> bool {
        (0..2).all(|axis| self.min[axis] <= 0.0 && self.max[axis] >= 0.0)
    }
}

impl Intake {
    /// Whether a shape is at 0, 0 and nothing else, and was taken care of.
    pub(super) fn at_zero(&mut self, shape: &mut Shape) -> bool {
        let Some(first) = shape.coords().first().copied() else {
            return false;
        };
        if !shape.coords().iter().all(|p| *p == [0.0, 0.0]) {
            self.zeros.elsewhere(first);
            return false;
        }
        let is_point = matches!(shape.kind(), GeometryKind::Point | GeometryKind::MultiPoint);
        if is_point && self.fill_world(shape) {
            self.zeros.rows.push(self.row() as usize);
        } else {
            self.zeros.lost += 1;
            self.fault(FaultKind::NullIsland, None, words);
            self.lose_place(shape);
        }
        true
    }

    /// Takes the places at 0, 0 away where the rest of the layer lies elsewhere.
    pub(super) fn settle_zeros(&mut self) -> Result<(), IntakeError> {
        let any = self.zeros.lost > 0 || !self.zeros.rows.is_empty();
        if any && self.with_place == 0 {
            return Err(IntakeError::AllAtZero);
        }
        let rows = std::mem::take(&mut self.zeros.rows);
        if rows.is_empty() || self.zeros.are_amid_others() {
            return Ok(());
        }
        self.builder.lose_places(&rows)?;
        self.null_geometries += rows.len() as u64;
        for row in rows {
            self.faults.add(FaultKind::NullIsland, || {
                let [message, message_fr] = words();
                Fault {
                    row: Some(row as u64),
                    ..Fault::new(FaultKind::NullIsland, message, message_fr)
                }
            });
        }
        Ok(())
    }
}

fn words() -> [String; 2] {
    [
        "its place is 0 0, far from the others: kept without a place".into(),
        "son lieu est 0 0, loin des autres : conservée sans lieu".into(),
    ]
}
