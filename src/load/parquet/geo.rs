//! The `geo` metadata of GeoParquet 1.0 and 1.1, and of the drafts before, as far as it says where things are.
//!
//! In: the JSON. Out: the geometry's column, encoding and system, and columns that only repeat it as boxes.

use serde_json::Value;

/// Why the description of the geometry is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::load) enum GeoError {
    /// It is no JSON of the form.
    #[error("its \"geo\" metadata is wrong: {0}")]
    Wrong(&'static str),
    /// A column that is not there.
    #[error("its \"geo\" metadata names the geometry \"{0}\", which is no column")]
    NoColumn(String),
    /// An encoding that is not read.
    #[error("its geometry is encoded as \"{0}\", which is not read; write it as WKB")]
    Encoding(String),
    /// A column that does not hold what its encoding says.
    #[error("the column \"{column}\" is no geometry of the encoding \"{encoding}\"")]
    NotEncoded {
        /// Its name.
        column: String,
        /// The encoding.
        encoding: String,
    },
}

/// What is said of the coordinates' system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) enum System {
    /// Longitude and latitude, as GeoParquet has it where nothing is said.
    Default,
    /// It is said that it is not known, or nothing is said outside of GeoParquet.
    Unknown,
    /// In words: PROJJSON, WKT or a code.
    Said(String),
}

/// How a geometry is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Encoding {
    /// Well-known binary.
    Wkb,
    /// A structure of x and y.
    Point,
    /// Lists of such structures, one within the other.
    LineString,
    /// See [`Encoding::LineString`].
    Polygon,
    /// See [`Encoding::LineString`].
    MultiPoint,
    /// See [`Encoding::LineString`].
    MultiLineString,
    /// See [`Encoding::LineString`].
    MultiPolygon,
}

impl Encoding {
    fn parse(text: &str) -> Result<Self, GeoError> {
        // The drafts wrote `WKB` for what 1.0 does; `geoarrow.` stood before the native ones for a while.
        let lower = text.to_ascii_lowercase();
        Ok(match lower.strip_prefix("geoarrow.").unwrap_or(&lower) {
            "wkb" => Self::Wkb,
            "point" => Self::Point,
            "linestring" => Self::LineString,
            "polygon" => Self::Polygon,
            "multipoint" => Self::MultiPoint,
            "multilinestring" => Self::MultiLineString,
            "multipolygon" => Self::MultiPolygon,
            _ => return Err(GeoError::Encoding(text.to_owned())),
        })
    }

    /// Lists around the point.
    pub(super) fn lists(self) -> u8 {
        match self {
            Self::Wkb | Self::Point => 0,
            Self::LineString | Self::MultiPoint => 1,
            Self::Polygon | Self::MultiLineString => 2,
            Self::MultiPolygon => 3,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Wkb => "WKB",
            Self::Point => "point",
            Self::LineString => "linestring",
            Self::Polygon => "polygon",
            Self::MultiPoint => "multipoint",
            Self::MultiLineString => "multilinestring",
            Self::MultiPolygon => "multipolygon",
        }
    }
}

/// What the metadata says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Geo {
    /// The geometry's column.
    pub(super) primary: String,
    pub(super) encoding: Encoding,
    pub(super) system: System,
    /// Whether edges follow the sphere.
    pub(super) spherical: bool,
    /// Further geometries.
    pub(super) others: Vec<String>,
    /// Columns that hold the boxes of a geometry.
    pub(super) coverings: Vec<String>,
}

/// Reads the metadata.
pub(super) fn parse(text: &str) -> Result<Geo, GeoError> {
    let json: Value = serde_json::from_str(text).map_err(|_| GeoError::Wrong("no JSON"))?;
    let columns = json["columns"]
        .as_object()
        .ok_or(GeoError::Wrong("it has no \"columns\""))?;
    let primary = json["primary_column"].as_str().map(str::to_owned);
    // A draft without it had one geometry.
    let primary = primary.or_else(|| columns.keys().next().cloned());
    let primary = primary.ok_or(GeoError::Wrong("it names no geometry"))?;
    let column = columns
        .get(&primary)
        .ok_or(GeoError::Wrong("it does not describe its primary column"))?;
    let encoding = column["encoding"].as_str().unwrap_or("WKB");
    let covering = |column: &Value| Some(column["covering"]["bbox"]["xmin"][0].as_str()?.to_owned());
    Ok(Geo {
        encoding: Encoding::parse(encoding)?,
        system: match column.get("crs") {
            None => System::Default,
            Some(Value::Null) => System::Unknown,
            Some(Value::String(text)) => System::Said(text.clone()),
            Some(json) => System::Said(json.to_string()),
        },
        spherical: column["edges"] == "spherical",
        others: columns.keys().filter(|name| **name != primary).cloned().collect(),
        coverings: columns.values().filter_map(covering).collect(),
        primary,
    })
}

/// The system of a geometry type of Parquet's own: `OGC:CRS84`, `srid:2154`, `projjson:<key of the metadata>`, PROJJSON.
pub(super) fn system_of(crs: Option<&str>, key: &dyn Fn(&str) -> Option<String>) -> System {
    let Some(text) = crs.map(str::trim).filter(|t| !t.is_empty()) else {
        return System::Default;
    };
    if let Some(code) = text.strip_prefix("srid:") {
        return if code.trim() == "0" {
            System::Unknown
        } else {
            System::Said(format!("EPSG:{}", code.trim()))
        };
    }
    match text.strip_prefix("projjson:") {
        Some(name) => key(name).map_or(System::Unknown, System::Said),
        None => System::Said(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_metadata_says_where_the_geometry_is() {
        let text = r#"{"version":"1.1.0","primary_column":"geom","columns":{
            "geom":{"encoding":"WKB","geometry_types":[],"crs":{"id":{"authority":"EPSG","code":2154}},
                    "covering":{"bbox":{"xmin":["bbox","xmin"],"xmax":["bbox","xmax"]}}},
            "centre":{"encoding":"point","geometry_types":["Point"]}}}"#;
        let geo = parse(text).unwrap();
        assert_eq!((geo.primary.as_str(), geo.encoding), ("geom", Encoding::Wkb));
        assert!(matches!(geo.system, System::Said(json) if json.contains("2154")));
        assert_eq!(
            (geo.others, geo.coverings),
            (vec!["centre".to_owned()], vec!["bbox".to_owned()])
        );
    }

    #[test]
    fn no_system_is_degrees_and_a_null_one_is_unknown() {
        let system = |crs: &str| {
            parse(&format!(
                r#"{{"primary_column":"g","columns":{{"g":{{"encoding":"WKB"{crs}}}}}}}"#
            ))
            .unwrap()
            .system
        };
        assert_eq!(system(""), System::Default);
        assert_eq!(system(r#","crs":null"#), System::Unknown);
        assert_eq!(system(r#","crs":"EPSG:2154""#), System::Said("EPSG:2154".into()));
        let none = |_: &str| None;
        assert_eq!(system_of(None, &none), System::Default);
        assert_eq!(system_of(Some("srid:0"), &none), System::Unknown);
        assert_eq!(system_of(Some("srid:2154"), &none), System::Said("EPSG:2154".into()));
        assert_eq!(
            system_of(Some("projjson:x"), &|_| Some("{}".into())),
            System::Said("{}".into())
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |text: &str, expected: &str| {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check("x", "no JSON");
        check("[]", "has no \"columns\"");
        check(r#"{"columns":{}}"#, "names no geometry");
        check(r#"{"primary_column":"b","columns":{"a":{}}}"#, "does not describe");
        check(r#"{"columns":{"a":{"encoding":"TWKB"}}}"#, "encoded as \"TWKB\"");
    }
}
