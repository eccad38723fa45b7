//! What the EPSG register, as PROJ carries it, says of a system.

use gdal_sys as sys;

use super::spatial_ref::SpatialRef;
use super::{OgrError, errors, text_of};
use crate::model::crs::{Crs, LonLatBox};

/// In which order a system's definition names its axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisOrder {
    /// East first, or longitude first: as inside the program.
    EastNorth,
    /// North first, or latitude first.
    NorthEast,
}

/// The unit of a system's coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisUnit {
    /// Degrees of longitude and latitude.
    Degree,
    /// Metres, or another length.
    Metre,
}

/// What is registered of a system.
#[derive(Debug, Clone, PartialEq)]
pub struct CrsFacts {
    /// Its name.
    pub name: String,
    /// The order of its axes.
    pub order: AxisOrder,
    /// The unit of its axes.
    pub unit: AxisUnit,
    /// Where it is made for; absent where the register does not say.
    pub area: Option<LonLatBox>,
}

/// Looks an EPSG code up. Cost: a fraction of a millisecond.
///
/// # Errors
/// A code that the register does not have.
pub fn of_epsg(code: u32) -> Result<CrsFacts, OgrError> {
    // 4326 stands for its definition here, not for the CRS84 that `Crs` holds it as.
    of(&Crs::Epsg(code))
}

/// What is known of a system; of one without a registered code no area.
///
/// # Errors
/// A system that PROJ does not know.
#[allow(unsafe_code)] // OGR's C interface.
pub fn of(crs: &Crs) -> Result<CrsFacts, OgrError> {
    let reference = SpatialRef::of(crs)?;
    let (mut west, mut south, mut east, mut north) = (0.0, 0.0, 0.0, 0.0);
    // SAFETY: a live object of ours; four doubles to be filled; the name is copied.
    unsafe {
        let north_first =
            sys::OSREPSGTreatsAsLatLong(reference.0) != 0 || sys::OSREPSGTreatsAsNorthingEasting(reference.0) != 0;
        let has_area = sys::OSRGetAreaOfUse(
            reference.0,
            &raw mut west,
            &raw mut south,
            &raw mut east,
            &raw mut north,
            std::ptr::null_mut(),
        ) != 0;
        let facts = CrsFacts {
            name: text_of(sys::OSRGetName(reference.0)).0,
            order: if north_first {
                AxisOrder::NorthEast
            } else {
                AxisOrder::EastNorth
            },
            unit: if sys::OSRIsGeographic(reference.0) != 0 {
                AxisUnit::Degree
            } else {
                AxisUnit::Metre
            },
            area: has_area
                .then(|| LonLatBox::new(west, south, east, north).ok())
                .flatten(),
        };
        errors::take();
        Ok(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::crs::{LOCAL_CODES, METROPOLITAN_CODES, SUCCESSOR_CODES, WORLDWIDE_CODES};

    #[test]
    fn axes_are_as_registered() {
        let check = |code, order, unit| {
            let facts = of_epsg(code).unwrap();
            assert_eq!((facts.order, facts.unit), (order, unit), "{code} {}", facts.name);
        };
        check(4326, AxisOrder::NorthEast, AxisUnit::Degree);
        check(4258, AxisOrder::NorthEast, AxisUnit::Degree);
        check(3035, AxisOrder::NorthEast, AxisUnit::Metre);
        check(2154, AxisOrder::EastNorth, AxisUnit::Metre);
        check(3950, AxisOrder::EastNorth, AxisUnit::Metre);
        check(3857, AxisOrder::EastNorth, AxisUnit::Metre);
        check(27572, AxisOrder::EastNorth, AxisUnit::Metre);
    }

    #[test]
    fn all_that_is_offered_is_registered_and_has_an_area() {
        let all = [
            &WORLDWIDE_CODES[..],
            &METROPOLITAN_CODES,
            &LOCAL_CODES,
            &SUCCESSOR_CODES,
        ]
        .concat();
        assert_eq!(all.len(), 50);
        for code in all {
            assert!(of_epsg(code).unwrap().area.is_some(), "{code}");
        }
        assert!(of_epsg(1).is_err());
    }
}
