//! Whether coordinates can be in the system that they are said to be in.
//!
//! In: a sample of a layer's raw coordinates and its system. Out: nothing, or why not, with the system that
//! they probably are in. Only what can't be is doubted: a layer in Spain may be in Lambert-93, one in Chad may not.
//! Not here: single features whose coordinates have no place (`intake`).

use super::guess_crs::{guess, is_degrees, nearly_all_in_france};
use crate::model::crs::Crs;
use crate::ogr::crs_facts::{self, AxisUnit};
use crate::ogr::transform::to_crs84;

/// Points that are looked at.
const SAMPLE: usize = 1_024;

/// Degrees by which a layer may lie outside of its system's area of use: some hundred kilometres.
const AROUND: f64 = 4.0;

/// The systems that are named where several fit.
const NAMED: usize = 3;

/// A point of some features, evenly spread over the layer.
#[derive(Debug)]
pub(super) struct Sample {
    points: Vec<[f64; 2]>,
    stride: u64,
    seen: u64,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            points: vec![],
            stride: 1,
            seen: 0,
        }
    }
}

impl Sample {
    /// Takes a feature's point; every so many are kept.
    pub(super) fn add(&mut self, point: [f64; 2]) {
        if self.seen.is_multiple_of(self.stride) {
            if self.points.len() == SAMPLE {
                let mut i = 0;
                self.points.retain(|_| {
                    i += 1;
                    i % 2 == 1
                });
                self.stride *= 2;
            }
            if self.seen.is_multiple_of(self.stride) {
                self.points.push(point);
            }
        }
        self.seen += 1;
    }
}

/// Who says which system it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nobody: degrees were assumed.
    Assumed,
    /// The source.
    Source,
    /// The settings.
    Settings,
}

/// Why coordinates can't be in their system.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Doubt {
    /// They are in another; the likeliest.
    Other { reason: String, guess: Crs },
    /// Their axes are swapped.
    Swapped { reason: String },
}

/// Judges a sample of a layer.
pub(super) fn judge(crs: &Crs, origin: Origin, sample: &Sample) -> Option<Doubt> {
    let points = sample.points.as_slice();
    let [x, y] = *points.first()?;
    let facts = crs_facts::of(crs).ok()?;
    let label = match crs {
        Crs::Wkt(_) => facts.name.clone(),
        crs => format!("{} ({})", crs.label(), facts.name),
    };
    let swapped: Vec<[f64; 2]> = points.iter().map(|[x, y]| [*y, *x]).collect();
    let france = |points: &[[f64; 2]]| nearly_all_in_france(points.iter().copied());
    let latitude_first = |said: &str| Doubt::Swapped {
        reason: format!("coordinates such as {x} {y} {said}"),
    };
    let degrees = points.iter().all(|p| is_degrees(*p));
    let places = placed(crs, points);
    let outside = places.iter().filter(|p| !at_home(&facts, **p)).count() * 2 > places.len();
    if facts.unit == AxisUnit::Metre && degrees && (outside || france(points) || france(&swapped)) {
        if !france(points) && france(&swapped) {
            return Some(latitude_first(&format!(
                "can't be metres of {label}: they look like degrees, the latitude first"
            )));
        }
        return Some(Doubt::Other {
            reason: format!(
                "coordinates such as {x} {y} can't be metres of {label}; they look like longitude and latitude in degrees"
            ),
            guess: Crs::Crs84,
        });
    }
    let swapped_places = placed(crs, &swapped);
    if outside {
        if france(&swapped_places) {
            return Some(latitude_first(&format!(
                "can't be in {label}; they can be with their axes swapped"
            )));
        }
        let origin = match origin {
            Origin::Assumed => {
                format!("the file names no coordinate system, and coordinates such as {x} {y} are no degrees")
            }
            _ => format!("coordinates such as {x} {y} can't be in {label}"),
        };
        let likely = guess(points);
        if let Some((first, _)) = likely.first() {
            return Some(Doubt::Other {
                reason: format!("{origin}; they look like {}", listed(&likely)),
                guess: first.clone(),
            });
        }
        let likely = guess(&swapped);
        if !likely.is_empty() {
            return Some(latitude_first(&format!(
                "can't be in {label}; they look like {} with the axes swapped",
                listed(&likely)
            )));
        }
        let nowhere = places.iter().filter(|p| !p[0].is_finite()).count() * 2 > places.len();
        return nowhere.then(|| Doubt::Other {
            reason: format!("{origin}; they look like no system that is common in France"),
            guess: Crs::Epsg(2154),
        });
    }
    let none_in_france = !places.iter().any(|p| super::guess_crs::in_france(*p));
    (origin != Origin::Settings && none_in_france && france(&swapped_places)).then(|| {
        let code = if *crs == Crs::Crs84 {
            "EPSG:4326".to_owned()
        } else {
            crs.label()
        };
        latitude_first(&format!(
            "lie outside of France in {label}, and with their axes swapped all lie in it \
             (where they are right, say so: crs = \"{code}\" for this layer in terril.toml)"
        ))
    })
}

/// Points in degrees, NaN where they have no place.
fn placed(crs: &Crs, points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut places = points.to_vec();
    let turned = to_crs84(crs, &mut places);
    if turned.is_err() && places == points {
        places.fill([f64::NAN; 2]);
    }
    let on_earth = |p: [f64; 2]| if is_degrees(p) { p } else { [f64::NAN; 2] };
    places.into_iter().map(on_earth).collect()
}

/// Whether a place lies in a system's area of use or not far from it.
fn at_home(facts: &crs_facts::CrsFacts, place: [f64; 2]) -> bool {
    place[0].is_finite() && facts.area.is_none_or(|area| area.holds_around(place, AROUND))
}

fn listed(likely: &[(Crs, String)]) -> String {
    let one = |(crs, name): &(Crs, String)| format!("{name} ({})", crs.label());
    likely.iter().take(NAMED).map(one).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogr::transform::from_crs84;

    /// Places of the mining basin, or overseas, in a system.
    fn sample(place: [f64; 2], code: u32) -> Sample {
        let mut sample = Sample::default();
        for i in 0..20 {
            let mut point = [[place[0] + 0.01 * f64::from(i % 5), place[1] + 0.01 * f64::from(i / 5)]];
            if code != 4326 {
                from_crs84(&Crs::Epsg(code), &mut point).unwrap();
            }
            sample.add(point[0]);
        }
        sample
    }

    fn swap(mut sample: Sample) -> Sample {
        sample.points.iter_mut().for_each(|p| p.reverse());
        sample
    }

    const LENS: [f64; 2] = [2.83, 50.43];
    const REUNION: [f64; 2] = [55.45, -20.95];

    #[test]
    fn what_can_be_is_not_doubted() {
        for code in [
            2154, 9793, 9794, 3950, 9830, 9850, 27572, 27561, 3857, 3035, 25831, 32631, 4171, 4258, 4326,
        ] {
            assert_eq!(
                judge(&Crs::from_epsg(code), Origin::Source, &sample(LENS, code)),
                None,
                "{code}"
            );
        }
        for (place, code) in [
            ([-61.5, 16.2], 5490),
            ([-61.5, 16.2], 4559),
            ([-52.3, 4.9], 2972),
            (REUNION, 2975),
            ([45.2, -12.8], 4471),
            ([-56.2, 46.8], 4467),
            // Elsewhere, in a system of its own, of France, or of the world.
            ([-3.7, 40.4], 25830),
            ([-3.7, 40.4], 2154),
            ([-74.0, 40.7], 4326),
            ([-74.0, 40.7], 3857),
        ] {
            assert_eq!(
                judge(&Crs::from_epsg(code), Origin::Source, &sample(place, code)),
                None,
                "{place:?} {code}"
            );
        }
        assert_eq!(judge(&Crs::Epsg(2154), Origin::Source, &Sample::default()), None);
    }

    #[test]
    fn another_system_is_named() {
        let check = |said: u32, place: [f64; 2], real: u32| {
            let doubt = judge(&Crs::from_epsg(said), Origin::Settings, &sample(place, real));
            let Some(Doubt::Other { reason, guess }) = doubt else {
                panic!("{said} {real}: {doubt:?}");
            };
            assert_eq!(guess, Crs::from_epsg(real), "{said}: {reason}");
        };
        for said in [2154, 3950, 27572, 27561, 3857, 5490, 2975, 9794, 9850] {
            check(said, LENS, 4326);
        }
        for (said, real) in [
            (2154, 3950),
            (3950, 2154),
            (2154, 27572),
            (27572, 2154),
            (4326, 2154),
            (4326, 27572),
            (3949, 3950),
            (9794, 3950),
            (9842, 2154),
            (27561, 2154),
            (5490, 2154),
            (2975, 3950),
            (4258, 3857),
            (27572, 27561),
        ] {
            check(said, LENS, real);
        }
        for (said, place, real) in [
            (2154, [-61.5, 16.2], 5490),
            (2154, REUNION, 2975),
            (5490, REUNION, 2975),
            (4326, [45.2, -12.8], 4471),
            (2154, REUNION, 4326),
            (2154, [-56.2, 46.8], 4467),
            (4326, [-52.3, 4.9], 2972),
        ] {
            if (said, real) == (2154, 5490) {
                // Lambert II étendu would put Guadeloupe into the Aude.
                let doubt = judge(&Crs::Epsg(said), Origin::Source, &sample(place, real));
                assert!(
                    matches!(&doubt, Some(Doubt::Other { reason, .. }) if reason.contains("EPSG:5490")),
                    "{doubt:?}"
                );
                continue;
            }
            check(said, place, real);
        }
    }

    #[test]
    fn swapped_axes_are_seen() {
        let check = |place: [f64; 2], said: u32, real: u32, origin| {
            let doubt = judge(&Crs::from_epsg(said), origin, &swap(sample(place, real)));
            assert!(matches!(doubt, Some(Doubt::Swapped { .. })), "{said} {real}: {doubt:?}");
        };
        for code in [2154, 3950, 27572, 3857, 4326, 4258, 4171, 32631] {
            check(LENS, code, code, Origin::Source);
        }
        check(LENS, 2154, 2154, Origin::Settings);
        check(REUNION, 2975, 2975, Origin::Source);
        check(REUNION, 4326, 4326, Origin::Source);
        check(LENS, 4326, 2154, Origin::Source);
        check(LENS, 2154, 4326, Origin::Source);
        // Somalia, says who should know.
        let somalia = swap(sample(LENS, 4326));
        assert_eq!(judge(&Crs::Crs84, Origin::Settings, &somalia), None);
    }

    #[test]
    fn a_sample_is_spread_over_the_layer() {
        let mut sample = Sample::default();
        (0..100_000).for_each(|i| sample.add([f64::from(i), 0.0]));
        assert!((SAMPLE / 2..=SAMPLE).contains(&sample.points.len()));
        let gaps: Vec<f64> = sample.points.windows(2).map(|w| w[1][0] - w[0][0]).collect();
        assert!(gaps.iter().all(|g| (g - gaps[0]).abs() < 0.5), "{:?}", &gaps[..5]);
    }

    #[test]
    fn a_stray_point_does_not_hide_the_rest() {
        let mut sample = sample(LENS, 3950);
        (0..100).for_each(|i| sample.add(sample.points[i % 20]));
        sample.add([12.0, 3.0]);
        let doubt = judge(&Crs::Epsg(2154), Origin::Source, &sample);
        assert!(
            matches!(
                doubt,
                Some(Doubt::Other {
                    guess: Crs::Epsg(3950),
                    ..
                })
            ),
            "{doubt:?}"
        );
    }
}
