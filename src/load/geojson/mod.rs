//! Reading GeoJSON (RFC 7946) ourselves: streaming, typed, memory-safe, ten times as fast as GDAL.
//!
//! In: a file with a FeatureCollection, a Feature or a geometry, or many features and geometries one after
//! the other (JSON Lines; RFC 8142, each behind a record separator), with or without a byte-order mark,
//! a legacy `crs` member (GeoJSON 2008, 3) before or behind the features. Out: rows, the names of
//! their columns, the declared CRS, and per feature what was changed or wrong. Memory: one block, or
//! the largest feature.
//!
//! The same result as GDAL's reader, tested. Deliberate differences: an `id` stays number or text as
//! written; features are not dropped for a bad geometry; a sequence is refused at a line that is no JSON, as
//! a collection is. Not here: TopoJSON, archives.

mod cursor;
mod feature;
mod geometry;
mod kind;
mod window;

pub use kind::{JsonKind, kind_of_json};

use std::io::{self, Read, Seek, SeekFrom};

use cursor::{Cursor, Stop};
use feature::{Names, read_bare_geometry, read_feature};
use window::Window;

use crate::model::row::{Row, RowNotes};

/// Why GeoJSON could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GeoJsonError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no JSON at a place.
    #[error("line {line}: expected {expected}")]
    Syntax {
        /// From 1.
        line: u64,
        /// What should stand there.
        expected: &'static str,
    },
    /// It ends in the middle.
    #[error("the text ends in the middle, at line {line}")]
    CutShort {
        /// From 1.
        line: u64,
    },
    /// It is JSON, but no GeoJSON.
    #[error("{0}")]
    NotGeoJson(&'static str),
}

/// What is expected where a text does not begin as GeoJSON does.
pub const BEGINNING: &str = "GeoJSON, which begins with a brace";

/// What parts the texts of a sequence (RFC 8142): ASCII's record separator.
const SEPARATOR: u8 = 0x1E;

/// The types of geometries, as they are written.
const GEOMETRIES: [&[u8]; 7] = [
    b"\"Point\"",
    b"\"LineString\"",
    b"\"Polygon\"",
    b"\"MultiPoint\"",
    b"\"MultiLineString\"",
    b"\"MultiPolygon\"",
    b"\"GeometryCollection\"",
];

/// What came next.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// A feature; it is in the row.
    Feature(RowNotes),
    /// An element that is no feature, by its line; left out.
    Unreadable {
        /// From 1.
        line: u64,
        /// Why.
        reason: &'static str,
    },
    /// There is no more.
    End,
}

/// What the members around the features say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Members {
    /// The legacy `crs` member: the name of a system (`EPSG:2154`, a URN), or what can't be read.
    pub crs: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Among the features of a collection; the first is still to come.
    First,
    /// Among the features of a collection.
    Features,
    /// Features and geometries one after the other: one of them is mostly the whole text.
    Bare,
    /// After the last.
    Done,
}

/// A GeoJSON text being read.
#[derive(Debug)]
pub struct Reader<R> {
    window: Window<R>,
    names: Names,
    members: Members,
    state: State,
    sequence: bool,
}

impl<R: Read + Seek> Reader<R> {
    /// Reads up to the first feature.
    ///
    /// # Errors
    /// When it can't be read, or is no GeoJSON.
    pub fn new(input: R) -> Result<Self, GeoJsonError> {
        let mut reader = Self {
            window: Window::new(input),
            names: Names::default(),
            members: Members::default(),
            state: State::First,
            sequence: false,
        };
        reader.window.parse(open_object)?;
        match reader.read_members()? {
            Found::Features => Ok(reader),
            Found::Bare => {
                reader.sequence = !reader.at_end_of_text()?;
                // The object itself is a feature: read it again from the start.
                let mut input = reader.window.into_input();
                input.seek(SeekFrom::Start(0))?;
                reader.window = Window::new(input);
                reader.window.parse(skip_mark)?;
                reader.state = State::Bare;
                Ok(reader)
            }
        }
    }
}

/// Where reading members ended.
enum Found {
    Features,
    /// The end of the object, which is a feature or geometry itself.
    Bare,
}

impl<R: Read> Reader<R> {
    /// The columns met so far.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names.names
    }

    /// Bytes read so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.window.passed()
    }

    /// Whether the text is several features and geometries, one after the other.
    #[must_use]
    pub fn is_sequence(&self) -> bool {
        self.sequence
    }

    /// What the members around the features say; complete after [`Next::End`].
    #[must_use]
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// Reads the next feature into a row.
    ///
    /// # Errors
    /// When the text is no JSON from here on, or ends.
    pub fn next(&mut self, row: &mut Row) -> Result<Next, GeoJsonError> {
        let names = &mut self.names;
        match self.state {
            State::Done => Ok(Next::End),
            State::Bare => {
                let line = self.window.line_if(|_| self.sequence);
                let next = self.window.parse(|c| {
                    skip_separators(c)?;
                    let start = c.position();
                    let kind = kind_of_element(c);
                    c.seek(start);
                    match kind? {
                        Element::Feature => read_feature(c, row, names).map(Next::Feature),
                        Element::Geometry => read_bare_geometry(c, row).map(Next::Feature),
                        Element::Neither(reason) => {
                            c.skip()?;
                            Ok(Next::Unreadable { line, reason })
                        }
                    }
                })?;
                if self.at_end_of_text()? {
                    self.state = State::Done;
                }
                Ok(next)
            }
            State::First | State::Features => {
                let first = self.state == State::First;
                self.state = State::Features;
                let more = self.window.parse(|c| match first {
                    true => c.take_if(b']').map(|closed| !closed),
                    false => c.another(b']'),
                })?;
                if !more {
                    self.state = State::Done;
                    self.read_rest()?;
                    return Ok(Next::End);
                }
                self.window.parse(|c| c.peek())?;
                let line = self.window.line_if(|c| c.peek().is_ok_and(|b| b != b'{'));
                self.window.parse(|c| match read_feature(c, row, names) {
                    Err(Stop::Shape(reason)) => {
                        c.seek(0);
                        c.skip()?;
                        Ok(Next::Unreadable { line, reason })
                    }
                    result => result.map(Next::Feature),
                })
            }
        }
    }

    /// Reads members up to an array of features.
    fn read_members(&mut self) -> Result<Found, GeoJsonError> {
        let mut kind = String::new();
        let mut has = [false; 3];
        let mut empty = self.window.parse(|c| c.take_if(b'}'))?;
        while !empty {
            let key = self.window.parse(|c| c.key().map(|(key, _)| key.to_vec()))?;
            match key.as_slice() {
                b"\"features\"" if kind != "Feature" && self.window.parse(|c| c.peek())? == b'[' => {
                    self.window.parse(|c| c.expect(b'[', "an array"))?;
                    return Ok(Found::Features);
                }
                b"\"type\"" => {
                    let raw = self.window.parse(|c| c.skip().map(<[u8]>::to_vec))?;
                    kind = serde_json::from_slice(&raw).unwrap_or_default();
                }
                b"\"crs\"" => self.read_crs()?,
                key => {
                    for (i, wanted) in [&b"\"geometry\""[..], b"\"coordinates\"", b"\"geometries\""]
                        .iter()
                        .enumerate()
                    {
                        has[i] |= key == *wanted;
                    }
                    self.window.parse(|c| c.skip().map(|_| ()))?;
                }
            }
            empty = !self.window.parse(|c| c.another(b'}'))?;
        }
        match kind.as_str() {
            "Topology" => Err(GeoJsonError::NotGeoJson("it is TopoJSON; convert it to GeoJSON")),
            "FeatureCollection" => Err(GeoJsonError::NotGeoJson("the collection has no array of features")),
            "Feature" => Ok(Found::Bare),
            _ if has.contains(&true) => Ok(Found::Bare),
            _ => Err(GeoJsonError::NotGeoJson("it is JSON, but has no features")),
        }
    }

    /// Reads the members behind the features and the end of the text.
    fn read_rest(&mut self) -> Result<(), GeoJsonError> {
        while self.window.parse(|c| c.another(b'}'))? {
            let is_crs = self.window.parse(|c| c.key().map(|(key, _)| key == b"\"crs\""))?;
            if is_crs {
                self.read_crs()?;
            } else {
                self.window.parse(|c| c.skip().map(|_| ()))?;
            }
        }
        self.end_of_text()
    }

    fn end_of_text(&mut self) -> Result<(), GeoJsonError> {
        self.window.parse(|c| match c.at_end() {
            Ok(true) => Ok(()),
            Ok(false) => Err(Stop::Syntax("the end of the text")),
            Err(stop) => Err(stop),
        })
    }

    /// Whether nothing but space and separators follows; an object may, nothing else.
    fn at_end_of_text(&mut self) -> Result<bool, GeoJsonError> {
        self.window.parse(|c| {
            match skip_separators(c) {
                Ok(()) => {}
                // The text ends here, or goes on behind what was read of it: the cursor knows.
                Err(Stop::Incomplete) => return c.at_end(),
                Err(stop) => return Err(stop),
            }
            match c.at_end() {
                Ok(false) if c.peek()? != b'{' => Err(Stop::Syntax("the end of the text, or a further feature")),
                result => result,
            }
        })
    }

    fn read_crs(&mut self) -> Result<(), GeoJsonError> {
        let raw = self.window.parse(|c| c.skip().map(<[u8]>::to_vec))?;
        let member: serde_json::Value = serde_json::from_slice(&raw).unwrap_or_default();
        self.members.crs = match &member {
            serde_json::Value::Null => None,
            member => Some(crs_name(member)),
        };
        Ok(())
    }
}

/// The system that a legacy `crs` member names, or in words what it is instead.
fn crs_name(member: &serde_json::Value) -> String {
    let properties = &member["properties"];
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let code = || match &properties["code"] {
        serde_json::Value::Number(code) => Some(format!("EPSG:{code}")),
        serde_json::Value::String(code) => Some(format!("EPSG:{code}")),
        _ => None,
    };
    let name = match member["type"].as_str() {
        Some("EPSG" | "epsg") => code(),
        Some("link") => text(&properties["href"]).map(|href| format!("behind the link {href}, which is not followed,")),
        _ => text(&properties["name"]),
    };
    name.or_else(|| text(member)).unwrap_or_else(|| member.to_string())
}

/// The byte-order mark, if any, and the opening brace.
fn open_object(c: &mut Cursor<'_>) -> Result<(), Stop> {
    skip_mark(c)?;
    skip_separators(c)?;
    c.expect(b'{', BEGINNING)
}

fn skip_mark(c: &mut Cursor<'_>) -> Result<(), Stop> {
    if c.peek()? == 0xEF {
        c.literal("\u{feff}")?;
    }
    Ok(())
}

/// Passes over record separators (RFC 8142, 2.1).
fn skip_separators(c: &mut Cursor<'_>) -> Result<(), Stop> {
    while c.take_if(SEPARATOR)? {}
    Ok(())
}

/// What an object among others is.
enum Element {
    Feature,
    Geometry,
    Neither(&'static str),
}

/// Looks through the members of an object for what it is; mostly the first says it.
fn kind_of_element(c: &mut Cursor<'_>) -> Result<Element, Stop> {
    c.expect(b'{', "a feature")?;
    let mut empty = c.take_if(b'}')?;
    while !empty {
        let (key, _) = c.key()?;
        match key {
            b"\"type\"" => {
                return Ok(match c.skip()? {
                    b"\"Feature\"" => Element::Feature,
                    b"\"FeatureCollection\"" => Element::Neither("a collection among features"),
                    kind if GEOMETRIES.contains(&kind) => Element::Geometry,
                    _ => Element::Neither("an object of another type than GeoJSON has"),
                });
            }
            b"\"geometry\"" | b"\"properties\"" => return Ok(Element::Feature),
            b"\"coordinates\"" | b"\"geometries\"" => return Ok(Element::Geometry),
            _ => {
                c.skip()?;
            }
        }
        empty = !c.another(b'}')?;
    }
    Ok(Element::Neither("an object without a type"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor as Bytes;

    fn read_all(text: &str) -> Result<(usize, usize, Members), GeoJsonError> {
        let mut reader = Reader::new(Bytes::new(text.as_bytes().to_vec()))?;
        let (mut row, mut features, mut unreadable) = (Row::default(), 0, 0);
        loop {
            match reader.next(&mut row)? {
                Next::Feature(_) => features += 1,
                Next::Unreadable { .. } => unreadable += 1,
                Next::End => return Ok((features, unreadable, reader.members().clone())),
            }
        }
    }

    const FEATURE: &str = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}"#;

    #[test]
    fn collections_features_and_geometries_are_read() {
        let check = |text: &str, features| assert_eq!(read_all(text).unwrap().0, features, "{text}");
        check(
            &format!(r#"{{"type":"FeatureCollection","features":[{FEATURE},{FEATURE}]}}"#),
            2,
        );
        check(
            &format!("\u{feff}{{\"features\":[{FEATURE}],\"type\":\"FeatureCollection\"}}\n"),
            1,
        );
        check(r#"{"type":"FeatureCollection","properties":{},"features":[]}"#, 0);
        check(FEATURE, 1);
        check(&format!("\u{feff}{FEATURE}"), 1);
        check(r#"{"geometry":null,"properties":{"a":1},"type":"Feature"}"#, 1);
        check(r#"{"coordinates":[1,2],"type":"Point"}"#, 1);
    }

    #[test]
    fn a_crs_member_is_found_on_either_side() {
        let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}"#;
        for text in [
            format!(r#"{{{crs},"features":[{FEATURE}]}}"#),
            format!(r#"{{"features":[{FEATURE}],{crs}}}"#),
        ] {
            assert_eq!(
                read_all(&text).unwrap().2.crs.as_deref(),
                Some("urn:ogc:def:crs:EPSG::2154")
            );
        }
        let old = format!(r#"{{"crs":{{"type":"EPSG","properties":{{"code":2154}}}},"features":[{FEATURE}]}}"#);
        assert_eq!(read_all(&old).unwrap().2.crs.as_deref(), Some("EPSG:2154"));
    }

    #[test]
    fn sequences_are_read_however_they_are_parted() {
        let check = |text: &str, expected| {
            let (features, unreadable, _) = read_all(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!((features, unreadable), expected, "{text}");
        };
        let point = r#"{"type":"Point","coordinates":[1,2]}"#;
        check(&format!("{FEATURE}\n{FEATURE}\n"), (2, 0));
        check(&format!("\u{feff}{FEATURE}\r\n\r\n{FEATURE}"), (2, 0));
        check(&format!("\u{1e}{FEATURE}\n\u{1e}{FEATURE}\n"), (2, 0));
        check(&format!("\u{1e}{FEATURE}\n\u{1e}"), (1, 0));
        check(&format!("{point}\n{FEATURE}\n{point}"), (3, 0));
        check(
            &format!("{FEATURE}\n{{\"type\":\"FeatureCollection\",\"features\":[]}}\n{{}}\n{FEATURE}"),
            (2, 2),
        );
        let cut = format!("{FEATURE}\n{FEATURE}\n{{\"type\":\"Feat");
        assert!(matches!(read_all(&cut), Err(GeoJsonError::CutShort { line: 3 })));
        let broken = format!("{FEATURE}\n{FEATURE}\nx");
        assert!(matches!(read_all(&broken), Err(GeoJsonError::Syntax { line: 3, .. })));
        let text = format!("{FEATURE}\n{FEATURE}");
        assert!(Reader::new(Bytes::new(text.into_bytes())).unwrap().is_sequence());
        assert!(
            !Reader::new(Bytes::new(FEATURE.as_bytes().to_vec()))
                .unwrap()
                .is_sequence()
        );
    }

    #[test]
    fn systems_are_named_in_old_ways() {
        let check = |crs: &str, expected: &str| {
            let text = format!(r#"{{"type":"Feature","crs":{crs},"properties":{{}},"geometry":null}}"#);
            assert_eq!(read_all(&text).unwrap().2.crs.as_deref().unwrap_or("none"), expected);
        };
        check("null", "none");
        check(r#"{"type":"name","properties":{"name":"EPSG:2154"}}"#, "EPSG:2154");
        check(r#"{"type":"EPSG","properties":{"code":2154}}"#, "EPSG:2154");
        check(r#"{"type":"EPSG","properties":{"code":"2154"}}"#, "EPSG:2154");
        check(r#""EPSG:2154""#, "EPSG:2154");
        check(
            r#"{"type":"link","properties":{"href":"http://x/y","type":"proj4"}}"#,
            "behind the link http://x/y, which is not followed,",
        );
    }

    #[test]
    fn an_element_that_is_no_feature_is_left_out() {
        let text = format!(r#"{{"features":[{FEATURE},null,7,{FEATURE}]}}"#);
        let (features, unreadable, _) = read_all(&text).unwrap();
        assert_eq!((features, unreadable), (2, 2));
    }

    #[test]
    fn broken_texts_say_where() {
        let cut = format!("{{\"features\":[\n{FEATURE},\n{{\"type\":\"Fea");
        assert!(matches!(read_all(&cut), Err(GeoJsonError::CutShort { line: 3 })));
        let wrong = format!("{{\"features\":[\n{FEATURE}\n{FEATURE}]}}");
        assert!(matches!(read_all(&wrong), Err(GeoJsonError::Syntax { line: 3, .. })));
        let script = format!("var x = {FEATURE}");
        assert!(matches!(read_all(&script), Err(GeoJsonError::Syntax { line: 1, .. })));
        assert!(matches!(read_all("{}"), Err(GeoJsonError::NotGeoJson(_))));
        assert!(matches!(read_all(""), Err(GeoJsonError::CutShort { .. })));
        let twice = format!("{{\"features\":[]}}{FEATURE}");
        assert!(matches!(read_all(&twice), Err(GeoJsonError::Syntax { .. })));
    }
}
