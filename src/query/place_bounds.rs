//! A rectangle of a projected system, seen in degrees: a box that holds it and a box that it holds.
//!
//! ```text
//!   ┌───────────────┐  covering: extremes of the four curved edges, and some more
//!   │ ╭───────────╮ │
//!   │ │┌─────────┐│ │  inside: between the innermost points of the edges, and some less; there is
//!   │ │└─────────┘│ │  one only where its middle lies in the rectangle
//!   │ ╰───────────╯ │
//!   └───────────────┘
//! ```

use crate::model::crs::{Crs, LonLatBox, PlanarBox};
use crate::ogr::transform::{TransformError, turn};

/// Points along each edge. Between two of them an edge bows by less than a thousandth of the box.
const STEPS: usize = 64;

/// What the bow between two points can be at most, as a share of the box's size.
const BOW: f64 = 1e-3;

/// Both boxes, as far as there are such.
pub(super) struct Bounds {
    /// Everything in the rectangle is in here; `None` means anywhere.
    pub(super) covering: Option<LonLatBox>,
    /// Everything in here is in the rectangle.
    pub(super) inside: Option<LonLatBox>,
}

/// The bounds of a rectangle. Cost: some 260 points turned.
///
/// # Errors
/// A system that PROJ does not know.
pub(super) fn bounds(area: &PlanarBox) -> Result<Bounds, TransformError> {
    let anywhere = Bounds {
        covering: None,
        inside: None,
    };
    let (min, max) = (area.min(), area.max());
    let along = |i: usize, axis: usize| min[axis] + (max[axis] - min[axis]) * (i as f64 / STEPS as f64);
    let all = 0..=STEPS;
    let mut points: Vec<[f64; 2]> = all.clone().map(|i| [min[0], along(i, 1)]).collect();
    points.extend(all.clone().map(|i| [max[0], along(i, 1)]));
    points.extend(all.clone().map(|i| [along(i, 0), min[1]]));
    points.extend(all.map(|i| [along(i, 0), max[1]]));
    match turn(area.crs(), &Crs::Crs84, &mut points) {
        Ok(()) => {}
        // A corner beyond what the system holds: nothing is known of where its edges run.
        Err(TransformError::Points(_)) => return Ok(anywhere),
        Err(error) => return Err(error),
    }
    if holds_a_pole(area)? {
        return Ok(anywhere);
    }
    let edge = |i: usize| &points[i * (STEPS + 1)..(i + 1) * (STEPS + 1)];
    let extremes = |points: &[[f64; 2]], axis: usize| {
        let values = || points.iter().map(|p| p[axis]);
        (
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
        )
    };
    let ((west, east), (south, north)) = (extremes(&points, 0), extremes(&points, 1));
    if east - west > 180.0 {
        // The antimeridian runs through it.
        return Ok(anywhere);
    }
    let (bow_x, bow_y) = ((east - west) * BOW + 1e-9, (north - south) * BOW + 1e-9);
    let covering = LonLatBox::new(
        (west - bow_x).max(-180.0),
        (south - bow_y).max(-90.0),
        (east + bow_x).min(180.0),
        (north + bow_y).min(90.0),
    );
    let inner_west = extremes(edge(0), 0).1 + bow_x;
    let inner_east = extremes(edge(1), 0).0 - bow_x;
    let inner_south = extremes(edge(2), 1).1 + bow_y;
    let inner_north = extremes(edge(3), 1).0 - bow_y;
    let mut inside = None;
    if inner_west < inner_east && inner_south < inner_north {
        // No edge runs through this box, so it lies in or out as a whole, as its middle does.
        let mut middle = [[
            f64::midpoint(inner_west, inner_east),
            f64::midpoint(inner_south, inner_north),
        ]];
        let turned = turn(&Crs::Crs84, area.crs(), &mut middle).is_ok();
        let within = |axis: usize| (min[axis]..=max[axis]).contains(&middle[0][axis]);
        if turned && within(0) && within(1) {
            inside = LonLatBox::new(inner_west, inner_south, inner_east, inner_north).ok();
        }
    }
    Ok(Bounds {
        covering: covering.ok(),
        inside,
    })
}

fn holds_a_pole(area: &PlanarBox) -> Result<bool, TransformError> {
    let mut poles = [[0.0, 90.0], [0.0, -90.0]];
    match turn(&Crs::Crs84, area.crs(), &mut poles) {
        Ok(()) | Err(TransformError::Points(_)) => {}
        Err(error) => return Err(error),
    }
    let (min, max) = (area.min(), area.max());
    Ok(poles
        .iter()
        .any(|p| (min[0]..=max[0]).contains(&p[0]) && (min[1]..=max[1]).contains(&p[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of a grid over and around a rectangle: what is inside is inside, what is outside is not.
    fn check(code: u32, min: [f64; 2], max: [f64; 2]) {
        let crs = Crs::Epsg(code);
        let bounds = bounds(&PlanarBox::new(crs.clone(), min, max).unwrap()).unwrap();
        let covering = bounds.covering.unwrap();
        let holds = |b: &LonLatBox, p: [f64; 2]| {
            (b.west()..=b.east()).contains(&p[0]) && (b.south()..=b.north()).contains(&p[1])
        };
        let mut inner = 0;
        for i in -5..=105 {
            for j in -5..=105 {
                let share = |k: i32, axis: usize| min[axis] + (max[axis] - min[axis]) * f64::from(k) / 100.0;
                let planar = [share(i, 0), share(j, 1)];
                let mut turned = [planar];
                turn(&crs, &Crs::Crs84, &mut turned).unwrap();
                let within = (0..=100).contains(&i) && (0..=100).contains(&j);
                assert!(
                    !within || holds(&covering, turned[0]),
                    "{code} {planar:?} is not covered"
                );
                if bounds.inside.is_some_and(|b| holds(&b, turned[0])) {
                    inner += 1;
                    assert!(within, "{code} {planar:?} is not inside");
                }
            }
        }
        assert!(inner > 6_000, "{code}: {inner} of 10,201 points are surely inside");
    }

    #[test]
    fn bounds_are_sure() {
        check(2154, [600_000.0, 6_900_000.0], [700_000.0, 7_050_000.0]);
        check(2154, [100_000.0, 6_100_000.0], [1_200_000.0, 7_100_000.0]);
        check(3950, [1_600_000.0, 9_100_000.0], [1_700_000.0, 9_300_000.0]);
        check(3857, [250_000.0, 6_500_000.0], [300_000.0, 6_600_000.0]);
        check(27572, [600_000.0, 2_500_000.0], [700_000.0, 2_600_000.0]);
        check(3035, [3_700_000.0, 3_000_000.0], [3_900_000.0, 3_200_000.0]);
    }

    #[test]
    fn where_nothing_is_known_everywhere_is_looked() {
        // The pole lies in it: longitudes mean nothing.
        let area = PlanarBox::new(Crs::Epsg(3035), [3e6, 2e6], [6e6, 8e6]).unwrap();
        assert!(bounds(&area).unwrap().covering.is_none());
    }
}
