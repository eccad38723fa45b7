//! Columns of coordinates, by their names.
//!
//! `longitude`, `X_L93`, `coordY`, `CoordXLambert2Etendue`: which axis, and the system where the name
//! says one. Not here: whether the values are numbers.

use super::codes::words;
use crate::model::crs::Crs;

/// Which coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Axis {
    /// Longitude or east.
    X,
    /// Latitude or north.
    Y,
}

/// What a column's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) struct Coordinate {
    pub(in crate::load) axis: Axis,
    /// Named as a longitude or latitude.
    pub(in crate::load) degrees: bool,
    /// The system in the name.
    pub(in crate::load) crs: Option<Crs>,
}

/// Names of systems as they stand in names of columns and files, the longest first.
const SYSTEMS: [(&str, u32); 46] = [
    ("lambert2etendue", 27572),
    ("lambert2etendu", 27572),
    ("lambertiietendue", 27572),
    ("lambertiietendu", 27572),
    ("lambert2carto", 27572),
    ("lambert2e", 27572),
    ("lambiie", 27572),
    ("lamb2e", 27572),
    ("lambert93", 2154),
    ("lambertnord", 27561),
    ("lambert1", 27561),
    ("lamb93", 2154),
    ("lam93", 2154),
    ("rgf93cc42", 3942),
    ("rgf93cc43", 3943),
    ("rgf93cc44", 3944),
    ("rgf93cc45", 3945),
    ("rgf93cc46", 3946),
    ("rgf93cc47", 3947),
    ("rgf93cc48", 3948),
    ("rgf93cc49", 3949),
    ("rgf93cc50", 3950),
    ("rgf93", 2154),
    ("l93", 2154),
    ("l2e", 27572),
    ("cc42", 3942),
    ("cc43", 3943),
    ("cc44", 3944),
    ("cc45", 3945),
    ("cc46", 3946),
    ("cc47", 3947),
    ("cc48", 3948),
    ("cc49", 3949),
    ("cc50", 3950),
    ("webmercator", 3857),
    ("rgaf09", 5490),
    ("rgfg95", 2972),
    ("rgr92", 2975),
    ("rgm04", 4471),
    ("rgspm06", 4467),
    ("27572", 27572),
    ("4326", 4326),
    ("2154", 2154),
    ("3857", 3857),
    ("wgs84", 4326),
    ("wgs", 4326),
];

/// Words around the axis that say nothing of it.
const FILLERS: [&str; 18] = [
    "coordonnees",
    "coordonnee",
    "coordinates",
    "coordinate",
    "coords",
    "coord",
    "centroide",
    "centroid",
    "position",
    "point",
    "decimal",
    "degres",
    "metres",
    "epsg",
    "geo",
    "gps",
    "pos",
    "dd",
];

/// What a column's name says; `None` where it names no coordinate.
pub(in crate::load) fn coordinate(name: &str) -> Option<Coordinate> {
    let mut squashed: String = words(name).chars().filter(|c| !c.is_whitespace()).collect();
    if squashed.len() > 40 {
        return None;
    }
    let mut crs = None;
    if let Some((word, code)) = SYSTEMS.iter().find(|(word, _)| squashed.contains(word)) {
        crs = Some(Crs::from_epsg(*code));
        squashed = squashed.replacen(word, "", 1);
    }
    loop {
        let stripped = FILLERS
            .iter()
            .find_map(|f| squashed.strip_prefix(f).or_else(|| squashed.strip_suffix(f)));
        match stripped {
            Some(rest) => squashed = rest.to_owned(),
            None => break,
        }
    }
    let (axis, degrees) = match squashed.as_str() {
        "longitude" | "long" | "lon" | "lng" => (Axis::X, true),
        "latitude" | "lat" => (Axis::Y, true),
        "x" | "easting" | "abscisse" => (Axis::X, false),
        "y" | "northing" | "ordonnee" => (Axis::Y, false),
        _ => return None,
    };
    Some(Coordinate { axis, degrees, crs })
}

/// The system that the name of a file or of a column of geometries says, as a word of its own: `cites_l93_wkt`.
pub(in crate::load) fn system_in(name: &str) -> Option<Crs> {
    let folded = words(name);
    let parts: Vec<&str> = folded.split_whitespace().collect();
    let says = |word: &str| {
        // `lambert 93` and `lambert93` are one.
        let pair = |p: &[&str]| p.concat() == word;
        parts.contains(&word) || parts.windows(2).any(pair) || parts.windows(3).any(pair)
    };
    // Numbers alone may be anything.
    let named = SYSTEMS
        .iter()
        .filter(|(word, _)| !word.bytes().all(|b| b.is_ascii_digit()));
    named
        .into_iter()
        .find(|(word, _)| says(word))
        .map(|(_, code)| Crs::from_epsg(*code))
}

/// Whether a column names the system of each row.
pub(in crate::load) fn is_system(name: &str) -> bool {
    let folded = words(name);
    let rest: Vec<&str> = folded
        .split_whitespace()
        .filter(|w| !matches!(*w, "code" | "coordonnees" | "coord" | "geometrie" | "de" | "des"))
        .collect();
    matches!(
        rest.join(" ").as_str(),
        "epsg"
            | "srid"
            | "crs"
            | "scr"
            | "projection"
            | "systeme projection"
            | "systeme"
            | "syst coord"
            | "epsg projection"
    )
}

/// The system that a cell of such a column says: `2154`, `EPSG:2154`, `Lambert 93`.
pub(in crate::load) fn system_of_cell(text: &str) -> Option<Crs> {
    let text = text.trim();
    let number = text.rsplit_once(':').map_or(text, |(_, n)| n).trim();
    let number = number.strip_suffix(".0").unwrap_or(number);
    match number.parse::<u32>() {
        Ok(code) => Some(Crs::from_epsg(code)),
        Err(_) => system_in(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_coordinates() {
        let check = |name: &str, axis, degrees, crs: Option<Crs>| {
            assert_eq!(coordinate(name), Some(Coordinate { axis, degrees, crs }), "{name}");
        };
        check("longitude", Axis::X, true, None);
        check("Lat", Axis::Y, true, None);
        check("latitude_wgs84", Axis::Y, true, Some(Crs::Crs84));
        check("X", Axis::X, false, None);
        check("X_L93", Axis::X, false, Some(Crs::Epsg(2154)));
        check("yl93", Axis::Y, false, Some(Crs::Epsg(2154)));
        check("coord_x", Axis::X, false, None);
        check("coordY", Axis::Y, false, None);
        check("x_wgs84", Axis::X, false, Some(Crs::Crs84));
        check("CoordXLambert2Etendue", Axis::X, false, Some(Crs::Epsg(27572)));
        check("Coordonnée Y (Lambert 93)", Axis::Y, false, Some(Crs::Epsg(2154)));
        check("X CC50", Axis::X, false, Some(Crs::Epsg(3950)));
        for name in [
            "est", "nord", "text", "xy", "prix", "latence", "type", "n", "key", "exemple",
        ] {
            assert_eq!(coordinate(name), None, "{name}");
        }
    }

    #[test]
    fn systems_are_named_in_columns_files_and_cells() {
        assert_eq!(system_in("cites_minieres_l93_wkt"), Some(Crs::Epsg(2154)));
        assert_eq!(system_in("Parcelles Lambert 93"), Some(Crs::Epsg(2154)));
        assert_eq!(system_in("cites_cc50"), Some(Crs::Epsg(3950)));
        assert_eq!(system_in("col93"), None);
        assert_eq!(system_in("export 2154 lignes"), None);
        assert!(is_system("EPSG") && is_system("code_epsg") && is_system("SRID") && !is_system("system"));
        assert_eq!(system_of_cell("EPSG:2975"), Some(Crs::Epsg(2975)));
        assert_eq!(system_of_cell("4326"), Some(Crs::Crs84));
        assert_eq!(system_of_cell("Lambert-93"), Some(Crs::Epsg(2154)));
        assert_eq!(system_of_cell("?"), None);
    }
}
