//! Where a table's rows lie: which columns say it, and in which system.
//!
//! A column of geometries comes before a pair of coordinates, polygons before lines before points; where the
//! chosen one is empty in a row, the next one places it. The system is the settings', else what the rows
//! themselves say (EWKT, a column of codes), else what the columns' or the file's name says.

use std::collections::BTreeMap;

use super::axes::{self, Axis};
use super::cell::Cell;
use super::number::{self, number};
use super::types::Column;
use super::written;
use crate::model::crs::Crs;
use crate::model::text::fold;

/// Different systems in one table.
const SYSTEMS: usize = 64;

/// Names under which geometries are written, the best first.
const GEOMETRY_NAMES: [&str; 12] = [
    "wkt",
    "geom",
    "geometry",
    "geometrie",
    "the_geom",
    "wkt_geom",
    "geomsurf",
    "geo shape",
    "geo_shape",
    "wkb_geometry",
    "shape",
    "geompoint",
];

/// Names of columns of `latitude, longitude` in one cell, as portals of open data write them.
const PAIR_NAMES: [&str; 7] = [
    "geo point 2d",
    "geo point",
    "geopoint",
    "coordonnees gps",
    "lat lon",
    "latlon",
    "coordonnees geographiques",
];

/// What says where a row lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) enum Placing {
    /// Nothing.
    Nowhere,
    /// Columns of geometries, the best first.
    Geometry(Vec<usize>),
    /// A column of each coordinate.
    Axes { x: usize, y: usize },
    /// Latitude and longitude in one cell.
    Pair(usize),
}

/// Places as they are written, by whether they can be degrees.
#[derive(Debug, Clone, Copy, Default)]
struct Points {
    degrees: u64,
    others: u64,
}

impl Points {
    fn add(&mut self, point: [f64; 2]) {
        if point[0].abs() <= 180.0 && point[1].abs() <= 90.0 {
            self.degrees += 1;
        } else {
            self.others += 1;
        }
    }

    /// Whether most of them can be, or there are none.
    fn are_degrees(self) -> bool {
        self.degrees >= self.others
    }
}

/// What was met in a column of geometries or a pair of coordinates.
#[derive(Debug, Clone, Default)]
struct Seen {
    count: u64,
    dimension: u8,
    points: Points,
    srids: BTreeMap<u32, u64>,
}

/// A pair of columns.
#[derive(Debug, Clone)]
struct Axes {
    x: usize,
    y: usize,
    crs: Option<Crs>,
    degrees: bool,
    points: Points,
}

/// Columns that may say where rows lie, while the table is read first.
#[derive(Debug, Default)]
pub(in crate::load) struct Candidates {
    geometries: Vec<Seen>,
    axes: Vec<Axes>,
    pairs: BTreeMap<usize, u64>,
    /// The column of systems, and how often each stands in it.
    system: Option<(usize, BTreeMap<String, u64>)>,
}

/// Columns that the settings name.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::load) struct Named {
    pub(in crate::load) geometry: Option<usize>,
    pub(in crate::load) axes: Option<(usize, usize)>,
    pub(in crate::load) system: Option<usize>,
}

/// Where the rows lie.
#[derive(Debug, Clone)]
pub(in crate::load) struct Chosen {
    pub(in crate::load) placing: Placing,
    /// The column of systems, where rows are to be read by it.
    pub(in crate::load) system: Option<usize>,
    /// The systems that rows name, with how often.
    pub(in crate::load) said: BTreeMap<String, u64>,
    /// The system in a column's name.
    pub(in crate::load) named: Option<Crs>,
    /// Whether what was seen of the coordinates could be degrees.
    pub(in crate::load) fits_degrees: bool,
}

impl Candidates {
    /// The columns that may be, by their names.
    pub(in crate::load) fn new(names: &[String], settings: &Named) -> Self {
        let said: Vec<_> = names.iter().map(|n| axes::coordinate(n)).collect();
        let mut pairs = vec![];
        if let Some((x, y)) = settings.axes {
            let crs = said[x].clone().and_then(|c| c.crs);
            pairs.push((x, y, crs, false));
        } else {
            for (x, found) in said.iter().enumerate() {
                let Some(found) = found.as_ref().filter(|c| c.axis == Axis::X) else {
                    continue;
                };
                let y = said.iter().position(|other| {
                    other
                        .as_ref()
                        .is_some_and(|o| o.axis == Axis::Y && o.degrees == found.degrees && o.crs == found.crs)
                });
                if let Some(y) = y {
                    pairs.push((x, y, found.crs.clone(), found.degrees));
                }
            }
        }
        // Degrees first, then a system that is named, then any.
        pairs.sort_by_key(|(_, _, crs, degrees)| match (degrees, crs) {
            (true, _) | (_, Some(Crs::Crs84)) => 0,
            (_, Some(_)) => 1,
            _ => 2,
        });
        let axes = pairs.into_iter().map(|(x, y, crs, degrees)| Axes {
            x,
            y,
            crs,
            degrees,
            points: Points::default(),
        });
        let is_pair = |n: &String| PAIR_NAMES.contains(&fold(n).as_str());
        Self {
            geometries: vec![Seen::default(); names.len()],
            axes: axes.collect(),
            pairs: names
                .iter()
                .enumerate()
                .filter(|(_, n)| is_pair(n))
                .map(|(i, _)| (i, 0))
                .collect(),
            system: settings
                .system
                .or_else(|| names.iter().position(|n| axes::is_system(n)))
                .map(|i| (i, BTreeMap::new())),
        }
    }

    /// Adds a row's cells; `cell` gives one by its column.
    pub(in crate::load) fn add<'a>(&mut self, width: usize, cell: impl Fn(usize) -> Cell<'a>) {
        if self.geometries.len() < width {
            self.geometries.resize(width, Seen::default());
        }
        let mut placed = false;
        for (i, seen) in self.geometries.iter_mut().enumerate().take(width) {
            let Some(look) = written::look(cell(i)) else { continue };
            placed = true;
            seen.count += 1;
            seen.dimension = seen.dimension.max(look.dimension);
            if let Some(first) = look.first {
                seen.points.add(first);
            }
            if let Some(srid) = look.srid
                && seen.srids.len() < SYSTEMS
            {
                *seen.srids.entry(srid).or_default() += 1;
            }
        }
        for axes in &mut self.axes {
            if let (Some(x), Some(y)) = (coordinate(cell(axes.x)), coordinate(cell(axes.y))) {
                placed = true;
                axes.points.add([x, y]);
            }
        }
        for (i, count) in &mut self.pairs {
            *count += u64::from(pair(cell(*i)).is_some());
        }
        if let Some((i, said)) = self.system.as_mut().filter(|_| placed)
            && let Some(text) = system_text(cell(*i))
            && (said.len() < SYSTEMS || said.contains_key(&text))
        {
            *said.entry(text).or_default() += 1;
        }
    }

    /// Chooses, when all rows were seen.
    pub(in crate::load) fn choose(self, names: &[String], columns: &[Column], settings: &Named) -> Chosen {
        let mut found = Chosen {
            placing: Placing::Nowhere,
            system: None,
            said: BTreeMap::new(),
            named: None,
            fits_degrees: true,
        };
        let mut geometries: Vec<usize> = match settings.geometry {
            Some(column) => vec![column],
            None if settings.axes.is_some() => vec![],
            None => (0..self.geometries.len())
                .filter(|i| self.is_geometry(*i, names, columns))
                .collect(),
        };
        let rank = |i: usize| {
            GEOMETRY_NAMES
                .iter()
                .position(|n| *n == names[i].to_lowercase())
                .unwrap_or(99)
        };
        geometries.sort_by_key(|i| (std::cmp::Reverse(self.geometries[*i].dimension), rank(*i), *i));
        if let Some(best) = geometries.first().copied() {
            let seen = &self.geometries[best];
            found.fits_degrees = seen.points.are_degrees();
            found.named = axes::system_in(&names[best]);
            for (srid, n) in geometries.iter().flat_map(|i| &self.geometries[*i].srids) {
                *found.said.entry(srid.to_string()).or_default() += n;
            }
            found.placing = Placing::Geometry(geometries);
            if found.said.is_empty() {
                found.take_system(self.system);
            }
            return found;
        }
        let both =
            |a: &&Axes| settings.axes.is_some() || (columns[a.x].mostly_numbers() && columns[a.y].mostly_numbers());
        if let Some(axes) = self.axes.iter().find(both) {
            found.placing = Placing::Axes { x: axes.x, y: axes.y };
            found.fits_degrees = axes.points.are_degrees();
            found.named.clone_from(&axes.crs);
            if axes.crs.is_none() && !axes.degrees {
                found.take_system(self.system);
            }
            return found;
        }
        if let Some((column, _)) = self
            .pairs
            .iter()
            .find(|(i, n)| **n > 0 && columns[**i].filled() <= **n * 2)
        {
            found.placing = Placing::Pair(*column);
        }
        found
    }

    /// Whether a column is one of geometries: half of it or more, or any where its name says so.
    fn is_geometry(&self, i: usize, names: &[String], columns: &[Column]) -> bool {
        let count = self.geometries[i].count;
        let named = GEOMETRY_NAMES.contains(&names[i].to_lowercase().as_str());
        count > 0 && (named || columns[i].filled() <= count * 2)
    }
}

impl Chosen {
    fn take_system(&mut self, system: Option<(usize, BTreeMap<String, u64>)>) {
        if let Some((column, said)) = system
            && said.keys().any(|text| axes::system_of_cell(text).is_some())
        {
            self.system = Some(column);
            self.said = said;
        }
    }
}

/// What a cell of a column of systems says; nothing where it is empty.
pub(in crate::load) fn system_text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(text) => Some(text.trim().chars().take(80).collect()),
        Cell::Number(x) => Some(number::written(x)),
        Cell::Int(n) => Some(n.to_string()),
        _ => None,
    }
}

/// A coordinate: a number, or a text of one.
pub(in crate::load) fn coordinate(cell: Cell<'_>) -> Option<f64> {
    match cell {
        Cell::Number(x) => Some(x),
        Cell::Int(n) => Some(n as f64),
        Cell::Text(text) => number(text).map(|n| n.value),
        _ => None,
    }
}

/// Longitude and latitude of a cell `50.44, 2.68`: latitude first, in degrees.
pub(in crate::load) fn pair(cell: Cell<'_>) -> Option<[f64; 2]> {
    let text = match cell {
        Cell::Text(text) | Cell::Json(text) => text.trim(),
        _ => return None,
    };
    let text = text.trim_start_matches(['[', '(']).trim_end_matches([']', ')']);
    let (lat, lon) = text.split_once(';').or_else(|| text.split_once(','))?;
    let [lat, lon] = [lat, lon].map(|t| number(t).map(|n| n.value));
    Some([lon?, lat?]).filter(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str], rows: &[&[&str]]) -> Chosen {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let mut columns = vec![Column::default(); names.len()];
        let mut candidates = Candidates::new(&names, &Named::default());
        for row in rows {
            let cell = |i: usize| {
                if row[i].is_empty() {
                    Cell::Empty
                } else {
                    Cell::Text(row[i])
                }
            };
            (0..names.len()).for_each(|i| columns[i].add(cell(i)));
            candidates.add(names.len(), cell);
        }
        candidates.choose(&names, &columns, &Named::default())
    }

    #[test]
    fn polygons_come_before_points_and_geometries_before_numbers() {
        let found = chosen(
            &["longitude", "latitude", "geompoint", "geomsurf"],
            &[
                &["2", "50", "POINT(2 50)", ""],
                &["2", "50", "POINT(2 50)", "POLYGON((0 0,"],
            ],
        );
        assert_eq!(found.placing, Placing::Geometry(vec![3, 2]));
        let found = chosen(&["a", "forme"], &[&["1", "SRID=2154;POINT(1 2)"]]);
        assert_eq!(
            (found.placing, found.said.keys().next().unwrap().as_str()),
            (Placing::Geometry(vec![1]), "2154")
        );
        assert_eq!(
            chosen(&["nom"], &[&["POINT(1 2)"], &["b"], &["c"]]).placing,
            Placing::Nowhere
        );
    }

    #[test]
    fn degrees_come_before_metres_and_systems_stand_in_rows_or_names() {
        let found = chosen(
            &["X_L93", "Y_L93", "lon", "lat"],
            &[&["677680", "7036400", "2.68", "50.4"]],
        );
        assert_eq!(found.placing, Placing::Axes { x: 2, y: 3 });
        let found = chosen(&["X_L93", "Y_L93", "lon", "lat"], &[&["677680,5", "7036400,2", "", ""]]);
        assert_eq!(
            (found.placing, found.named),
            (Placing::Axes { x: 0, y: 1 }, Some(Crs::Epsg(2154)))
        );
        let found = chosen(
            &["EPSG", "X", "Y"],
            &[
                &["2154", "677680", "7036400"],
                &["2975", "340000", "7640000"],
                &["", "", ""],
            ],
        );
        assert_eq!(
            (found.placing, found.system, found.said.len()),
            (Placing::Axes { x: 1, y: 2 }, Some(0), 2)
        );
        assert!(!found.fits_degrees);
        assert_eq!(chosen(&["x", "y"], &[&["a", "b"]]).placing, Placing::Nowhere);
        assert_eq!(chosen(&["geo_point_2d"], &[&["50.44, 2.68"]]).placing, Placing::Pair(0));
        assert_eq!(pair(Cell::Text("50.44, 2.68")), Some([2.68, 50.44]));
    }
}
