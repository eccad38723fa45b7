//! Which systems coordinates are probably in, by where these would put them.
//!
//! For messages only: nothing is ever loaded by guess. The systems are those that French administrations
//! use, and a system fits where it puts the coordinates into France and into its own area of use.

use crate::model::crs::Crs;
use crate::ogr::crs_facts;
use crate::ogr::transform::to_crs84;

/// Systems in metres, the likeliest first; those that put places where another does are left out.
const METRIC: [u32; 24] = [
    2154, 3942, 3943, 3944, 3945, 3946, 3947, 3948, 3949, 3950, 27572, 27561, 27562, 27563, 5490, 2972, 2975, 4471,
    4467, 3857, 32631, 32630, 32632, 3035,
];

/// Degrees by which places may lie outside of a system's area of use.
const AROUND: f64 = 0.5;

/// One place in this many may lie elsewhere.
const STRAY: usize = 50;

/// Metropolitan France, wide by some tens of kilometres, the sea left out where other systems would put places.
const METROPOLE: [[f64; 2]; 22] = [
    [-5.7, 48.9],
    [-5.4, 47.5],
    [-2.9, 46.9],
    [-1.6, 45.5],
    [-2.1, 43.1],
    [-0.7, 42.5],
    [1.8, 42.2],
    [3.5, 42.2],
    [3.7, 43.0],
    [5.4, 42.8],
    [7.0, 43.0],
    [8.0, 43.7],
    [7.4, 45.2],
    [7.4, 47.1],
    [8.5, 49.1],
    [6.3, 49.9],
    [4.6, 50.5],
    [2.6, 51.4],
    [1.2, 51.0],
    [-0.2, 50.0],
    [-2.2, 50.0],
    [-3.6, 49.1],
];

/// Corsica and the overseas territories: west, south, east, north.
const ISLANDS: [[f64; 4]; 8] = [
    [8.3, 41.2, 9.8, 43.2],
    [-61.9, 15.7, -60.9, 16.6],
    [-61.4, 14.2, -60.6, 15.0],
    [-54.8, 1.9, -51.4, 6.0],
    [55.0, -21.6, 56.0, -20.7],
    [44.8, -13.2, 45.5, -12.4],
    [-56.7, 46.6, -56.0, 47.3],
    // Saint-Martin and Saint-Barthélemy.
    [-63.3, 17.7, -62.6, 18.3],
];

/// Whether a place, in degrees, lies in France or near it.
pub(super) fn in_france([x, y]: [f64; 2]) -> bool {
    let on_island = ISLANDS
        .iter()
        .any(|[w, s, e, n]| (*w..=*e).contains(&x) && (*s..=*n).contains(&y));
    on_island || in_metropole([x, y])
}

/// By crossings of the outline west of the place.
fn in_metropole([x, y]: [f64; 2]) -> bool {
    let edges = METROPOLE.iter().zip(METROPOLE.iter().cycle().skip(1));
    let crossed = edges.filter(|([ax, ay], [bx, by])| {
        let spans = (*ay <= y) != (*by <= y);
        spans && ax + (y - ay) / (by - ay) * (bx - ax) < x
    });
    crossed.count() % 2 == 1
}

/// Whether nearly all of some places lie in France.
pub(super) fn nearly_all_in_france(places: impl Iterator<Item = [f64; 2]> + Clone) -> bool {
    let n = places.clone().count();
    let there = places.filter(|p| in_france(*p)).count();
    n > 0 && (n - there) * STRAY <= n
}

/// Whether a point can be a longitude and a latitude.
pub(super) fn is_degrees([x, y]: [f64; 2]) -> bool {
    x.abs() <= 180.0 && y.abs() <= 90.0
}

/// The systems in metres that put points into France, the likeliest first, each with its name.
/// Cost: milliseconds for each system that is tried.
pub(super) fn guess(points: &[[f64; 2]]) -> Vec<(Crs, String)> {
    let fits = |code: &u32| {
        let facts = crs_facts::of_epsg(*code).ok()?;
        let crs = Crs::Epsg(*code);
        let mut places = points.to_vec();
        // Points without a place there are NaN, and in no country.
        let _ = to_crs84(&crs, &mut places);
        let at_home = |p: &[f64; 2]| facts.area.is_none_or(|area| area.holds_around(*p, AROUND));
        let there = places
            .iter()
            .copied()
            .map(|p| if at_home(&p) { p } else { [f64::NAN; 2] });
        nearly_all_in_france(there).then_some((crs, facts.name))
    };
    METRIC.iter().filter_map(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogr::transform::from_crs84;

    #[test]
    fn france_is_in_france_and_the_sea_is_not() {
        for place in [
            [2.68, 50.44],
            [-4.78, 48.4],
            [7.75, 48.58],
            [5.37, 43.3],
            [8.73, 41.92],
            [-61.53, 16.23],
            [-52.3, 4.9],
            [55.45, -20.88],
            [45.23, -12.78],
            [2.37, 51.03],
            [7.26, 43.7],
            [-1.77, 43.37],
        ] {
            assert!(in_france(place), "{place:?}");
        }
        for place in [
            [-2.5, 46.0],
            [6.3, 50.9],
            [-0.1, 51.5],
            [12.5, 41.9],
            [0.0, 0.0],
            [f64::NAN, 50.0],
        ] {
            assert!(!in_france(place), "{place:?}");
        }
    }

    #[test]
    fn places_are_found_in_the_system_they_were_turned_into() {
        let check = |place: [f64; 2], code: u32| {
            let mut points = [place, [place[0] + 0.01, place[1] + 0.01]];
            from_crs84(&Crs::Epsg(code), &mut points).unwrap();
            let found = guess(&points);
            assert_eq!(
                found.first().map(|f| &f.0),
                Some(&Crs::Epsg(code)),
                "{place:?} {points:?} {found:?}"
            );
        };
        let lens = [2.83, 50.43];
        for code in [2154, 3950, 27572, 27561, 3857] {
            check(lens, code);
        }
        check([5.37, 43.3], 3943);
        check([-1.55, 47.21], 3947);
        check([-61.0, 14.65], 5490);
        check([-52.3, 4.9], 2972);
        check([55.45, -20.88], 2975);
        check([45.23, -12.78], 4471);
        check([-56.18, 46.78], 4467);
    }
}
