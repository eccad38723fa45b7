//! Recognising a coordinate reference system.
//!
//! In: OGR's object or a user's text (`EPSG:2154`, WKT). Out: a [`Crs`] with a registered code
//! wherever one can be found: the authority's, then by parameters, since the same system is written
//! in many ways.

use gdal_sys as sys;

use super::{OgrError, c_string, errors, text_of};
use crate::model::crs::Crs;

/// How sure a match by parameters has to be, in percent; 90 means equal but for names.
const CONFIDENCE: i32 = 90;

/// An owned spatial reference in x, y order.
pub(super) struct SpatialRef(pub(super) sys::OGRSpatialReferenceH);

impl Drop for SpatialRef {
    #[allow(unsafe_code)] // OGR's C interface.
    fn drop(&mut self) {
        // SAFETY: made by us, destroyed once.
        unsafe { sys::OSRDestroySpatialReference(self.0) }
    }
}

/// What a layer says of its coordinates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Declared {
    /// Nothing.
    Nothing,
    /// A system that can be used.
    Known(Crs),
    /// A system that PROJ can't turn into degrees (local, engineering), by its name.
    Unusable(String),
}

impl SpatialRef {
    /// The spatial reference of a CRS.
    #[allow(unsafe_code)] // OGR's C interface.
    pub(super) fn of(crs: &Crs) -> Result<Self, OgrError> {
        match crs {
            Crs::Crs84 => Self::from_text("EPSG:4326"),
            Crs::Epsg(code) => Self::from_text(&format!("EPSG:{code}")),
            Crs::Wkt(wkt) => Self::from_text(wkt),
        }
    }

    #[allow(unsafe_code)] // OGR's C interface.
    fn from_text(text: &str) -> Result<Self, OgrError> {
        errors::quiet();
        let unknown = || OgrError::UnknownCrs(text.chars().take(80).collect());
        let c_text = c_string(text)?;
        // SAFETY: a new object of ours; the text outlives the calls.
        unsafe {
            let made = Self(sys::OSRNewSpatialReference(std::ptr::null()));
            if made.0.is_null() || sys::OSRSetFromUserInput(made.0, c_text.as_ptr()) != sys::OGRErr::OGRERR_NONE {
                errors::take();
                return Err(unknown());
            }
            sys::OSRSetAxisMappingStrategy(made.0, sys::OSRAxisMappingStrategy::OAMS_TRADITIONAL_GIS_ORDER);
            Ok(made)
        }
    }
}

/// The CRS that a user or a file names: `EPSG:2154`, `CRS84`, an OGC URI or URN, WKT, or PROJJSON.
///
/// # Errors
/// A text that PROJ does not know, or one that names a file or an address.
pub fn parse(text: &str) -> Result<Crs, OgrError> {
    let text = text.trim();
    let unknown = || OgrError::UnknownCrs(text.chars().take(80).collect());
    if text.to_ascii_uppercase().ends_with("CRS84") && text.len() < 80 {
        return Ok(Crs::Crs84);
    }
    // `SetFromUserInput` would also open files and fetch addresses; the OGC's own name is no fetch.
    let upper = text.to_ascii_uppercase();
    let named = upper.starts_with("EPSG:") || upper.starts_with("URN:OGC:DEF:CRS:") || upper.starts_with("IGNF:");
    let uri = text.split_once("opengis.net/def/crs/EPSG/").map(|(_, rest)| rest);
    let code = uri.and_then(|rest| rest.rsplit('/').next());
    let text = match code {
        Some(code) => format!("EPSG:{code}"),
        None if named || upper.contains("CS[") || upper.contains("CRS[") || upper.starts_with('{') => text.to_owned(),
        None => return Err(unknown()),
    };
    let reference = SpatialRef::from_text(&text)?;
    match declared(reference.0) {
        Declared::Known(crs) => Ok(crs),
        _ => Err(unknown()),
    }
}

/// What an OGR spatial reference says.
#[allow(unsafe_code)] // OGR's C interface.
pub(super) fn declared(handle: sys::OGRSpatialReferenceH) -> Declared {
    if handle.is_null() {
        return Declared::Nothing;
    }
    errors::quiet();
    // SAFETY: a live object; what is asked of it is copied, clones and lists are freed.
    unsafe {
        let name = text_of(sys::OSRGetName(handle)).0;
        if name.to_lowercase().starts_with("undefined") {
            return Declared::Nothing;
        }
        if sys::OSRIsLocal(handle) != 0 {
            return Declared::Unusable(name);
        }
        if let Some(crs) = by_authority(handle)
            .or_else(|| by_parameters(handle))
            .or_else(|| by_coordinates(handle))
        {
            return Declared::Known(crs);
        }
        let mut wkt = std::ptr::null_mut();
        let options = [c"FORMAT=WKT2_2019".as_ptr(), std::ptr::null()];
        sys::OSRExportToWktEx(handle, &raw mut wkt, options.as_ptr());
        let text = text_of(wkt).0;
        sys::VSIFree(wkt.cast());
        errors::take();
        if text.is_empty() {
            Declared::Unusable(name)
        } else {
            Declared::Known(Crs::Wkt(text))
        }
    }
}

#[allow(unsafe_code)] // OGR's C interface.
unsafe fn by_authority(handle: sys::OGRSpatialReferenceH) -> Option<Crs> {
    // SAFETY: the caller's object is live; the strings are copied.
    let (authority, code) = unsafe {
        (
            text_of(sys::OSRGetAuthorityName(handle, std::ptr::null())).0,
            text_of(sys::OSRGetAuthorityCode(handle, std::ptr::null())).0,
        )
    };
    match authority.to_ascii_uppercase().as_str() {
        "EPSG" => code.parse().ok().map(Crs::from_epsg),
        "OGC" if code == "CRS84" => Some(Crs::Crs84),
        _ => None,
    }
}

/// The registered system with the same parameters. Cost: milliseconds; once per layer.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn by_parameters(handle: sys::OGRSpatialReferenceH) -> Option<Crs> {
    // SAFETY: the caller's object is live; the list and its members are freed together.
    unsafe {
        let copy = SpatialRef(sys::OSRClone(handle));
        if sys::OSRAutoIdentifyEPSG(copy.0) == sys::OGRErr::OGRERR_NONE
            && let Some(crs) = by_authority(copy.0)
        {
            return Some(crs);
        }
        let (mut n, mut confidence) = (0, std::ptr::null_mut());
        let matches = sys::OSRFindMatches(handle, std::ptr::null_mut(), &raw mut n, &raw mut confidence);
        let mut found = None;
        if !matches.is_null() {
            for i in 0..usize::try_from(n).unwrap_or(0) {
                if found.is_none() && *confidence.add(i) >= CONFIDENCE {
                    found = by_authority(*matches.add(i));
                }
            }
            sys::OSRFreeSRSArray(matches);
        }
        sys::VSIFree(confidence.cast());
        errors::take();
        found
    }
}

/// Systems that sources of the territories are mostly in, each with places that it is made for.
const COMMON: [(&[u32], &[[f64; 2]]); 6] = [
    (
        &[
            2154, 3942, 3943, 3944, 3945, 3946, 3947, 3948, 3949, 3950, 27572, 27561, 27562, 27563, 27571, 27573, 3857,
            3035, 32631, 32630, 32632, 25831, 25830, 25832,
        ],
        &[[2.5, 50.3], [-1.5, 47.2], [5.4, 43.3], [7.7, 48.6]],
    ),
    (&[5490, 4559, 32620], &[[-61.5, 16.2], [-61.0, 14.6]]),
    (&[2972], &[[-52.3, 4.9], [-54.0, 3.0]]),
    (&[2975], &[[55.2, -20.9], [55.8, -21.4]]),
    (&[4471], &[[45.0, -12.7], [45.3, -13.0]]),
    (&[4467], &[[-56.2, 46.8], [-56.4, 47.1]]),
];

/// The common system that puts the same places at the same coordinates, within a millimetre: the one
/// thing that two wordings of a system have in common. Cost: some tens of milliseconds.
#[allow(unsafe_code)] // OGR's C interface.
unsafe fn by_coordinates(handle: sys::OGRSpatialReferenceH) -> Option<Crs> {
    // SAFETY: the caller's object is live; the clone is ours.
    let wanted = unsafe {
        if sys::OSRIsProjected(handle) == 0 {
            return None;
        }
        let wanted = SpatialRef(sys::OSRClone(handle));
        sys::OSRSetAxisMappingStrategy(wanted.0, sys::OSRAxisMappingStrategy::OAMS_TRADITIONAL_GIS_ORDER);
        wanted
    };
    let found = COMMON.iter().find_map(|(codes, places)| {
        let at = place(&wanted, places)?;
        codes.iter().copied().find(|code| {
            let candidate = SpatialRef::of(&Crs::Epsg(*code)).ok();
            candidate.and_then(|c| place(&c, places)).is_some_and(|other| {
                let near = |(a, b): (&[f64; 2], &[f64; 2])| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-3;
                at.iter().zip(&other).all(near)
            })
        })
    });
    errors::take();
    found.map(Crs::Epsg)
}

/// Where a system puts places given in degrees; `None` where it can't.
fn place(system: &SpatialRef, places: &[[f64; 2]]) -> Option<Vec<[f64; 2]>> {
    let degrees = SpatialRef::of(&Crs::Crs84).ok()?;
    let mut points = places.to_vec();
    let transform = super::transform::Transform::between(&degrees, system)?;
    transform.apply(&mut points).ok()?;
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised() {
        let check = |text: &str, crs: Crs| assert_eq!(parse(text).unwrap(), crs, "{text}");
        check("EPSG:2154", Crs::Epsg(2154));
        check("epsg:4326", Crs::Crs84);
        check("urn:ogc:def:crs:OGC:1.3:CRS84", Crs::Crs84);
        check("urn:ogc:def:crs:EPSG::3950", Crs::Epsg(3950));
        check("http://www.opengis.net/def/crs/EPSG/0/2154", Crs::Epsg(2154));
    }

    #[test]
    fn a_system_in_other_words_is_recognised() {
        let wkt = r#"PROJCS["Lambert 93 de quelqu'un",GEOGCS["x",DATUM["y",SPHEROID["z",6378137,298.257222101]],
            PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic_2SP"],
            PARAMETER["standard_parallel_1",44],PARAMETER["standard_parallel_2",49],PARAMETER["latitude_of_origin",46.5],
            PARAMETER["central_meridian",3],PARAMETER["false_easting",700000],PARAMETER["false_northing",6600000],
            UNIT["metre",1]]"#;
        assert_eq!(parse(wkt).unwrap(), Crs::Epsg(2154));
    }

    #[test]
    fn what_is_no_crs_is_refused() {
        for text in ["", "EPSG:999999", "Lambert", "/etc/passwd", "http://example.org/x.prj"] {
            assert!(matches!(parse(text), Err(OgrError::UnknownCrs(_))), "{text}");
        }
    }
}
