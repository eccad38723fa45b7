//! What is read of a file: which columns are attributes, which one the geometry, and what is left out.

use super::ParquetFault;
use super::geo::{self, Encoding, GeoError, System};
use super::logic::Logic;
use super::native;
use super::schema::{Kind, Node};
use crate::model::feature::FieldType;

/// Names that columns of well-known binary have where nothing says that they are.
const USUAL: [&str; 6] = ["geometry", "geom", "wkb_geometry", "the_geom", "wkb", "shape"];

/// A column that is read.
#[derive(Debug)]
pub(in crate::load) struct Attribute(Node);

impl Attribute {
    /// Its name.
    pub(in crate::load) fn name(&self) -> &str {
        &self.0.name
    }

    /// The type of its field.
    pub(in crate::load) fn field_type(&self) -> FieldType {
        self.0
            .flat()
            .map_or(Some(FieldType::Json), Logic::field_type)
            .unwrap_or(FieldType::Text)
    }

    pub(super) fn node(&self) -> &Node {
        &self.0
    }
}

/// The geometry.
#[derive(Debug)]
pub(in crate::load) struct Place {
    /// Its column.
    pub(in crate::load) column: Attribute,
    /// What is said of its coordinates' system.
    pub(in crate::load) system: System,
    /// Whether the file says that it is one; else it is taken for one by its name, where its values are.
    pub(in crate::load) declared: bool,
    /// Whether edges follow the sphere.
    pub(in crate::load) spherical: bool,
    encoding: Encoding,
}

impl Place {
    /// Whether it is well-known binary.
    pub(in crate::load) fn is_wkb(&self) -> bool {
        self.encoding == Encoding::Wkb
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }
}

/// See the module.
#[derive(Debug)]
pub(in crate::load) struct Plan {
    /// The geometry, where there is one.
    pub(in crate::load) place: Option<Place>,
    /// The attributes, in their order.
    pub(in crate::load) attributes: Vec<Attribute>,
    /// Columns of bytes that are no geometry.
    pub(in crate::load) bytes: Vec<String>,
    /// Geometries beside the primary one.
    pub(in crate::load) other_places: Vec<String>,
    /// The column of the rows' numbers, where the writer says so.
    pub(in crate::load) number: Option<Attribute>,
}

impl Plan {
    /// The plan for a file's columns; `key` looks its metadata up.
    pub(super) fn make(nodes: Vec<Node>, key: &dyn Fn(&str) -> Option<String>) -> Result<Self, ParquetFault> {
        let geo = key("geo").map(|text| geo::parse(&text)).transpose()?;
        let mut plan = Self {
            place: None,
            attributes: vec![],
            bytes: vec![],
            other_places: vec![],
            number: None,
        };
        let primary = match &geo {
            Some(geo) => geo.primary.clone(),
            None => primary_of(&nodes).unwrap_or_default(),
        };
        let fid = key("gdal:schema").and_then(|text| {
            let json: serde_json::Value = serde_json::from_str(&text).ok()?;
            Some(json["fid"].as_str()?.to_owned())
        });
        for node in nodes {
            let own = geo.as_ref();
            let said = typed_geometry(&node);
            if node.name == primary && plan.place.is_none() {
                plan.place = Some(place_of(node, own, key)?);
            } else if own.is_some_and(|g| g.others.contains(&node.name)) || said {
                plan.other_places.push(node.name);
            } else if own.is_some_and(|g| g.coverings.contains(&node.name)) || is_covering(&node, &primary) {
                // Boxes of the geometry: they are made anew.
            } else if fid.as_ref() == Some(&node.name) && matches!(node.flat(), Some(Logic::Int)) {
                plan.number = Some(Attribute(node));
            } else if matches!(node.flat(), Some(Logic::Bytes { .. })) {
                plan.bytes.push(node.name);
            } else {
                plan.attributes.push(Attribute(node));
            }
        }
        if geo.is_some() && plan.place.is_none() {
            return Err(GeoError::NoColumn(primary).into());
        }
        Ok(plan)
    }

    /// The columns that are opened.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        let all = self
            .place
            .iter()
            .map(|p| &p.column)
            .chain(&self.number)
            .chain(&self.attributes);
        all.map(Attribute::node)
    }

    /// Takes the geometry for what it is: bytes of something else.
    pub(in crate::load) fn without_place(&mut self) {
        if let Some(place) = self.place.take() {
            self.bytes.push(place.column.0.name);
        }
    }
}

fn typed_geometry(node: &Node) -> bool {
    matches!(node.flat(), Some(Logic::Bytes { geometry: Some(_) }))
}

/// The geometry of a file that says nothing of one: the first by its type, else by a usual name.
fn primary_of(nodes: &[Node]) -> Option<String> {
    let typed = nodes.iter().find(|n| typed_geometry(n));
    let usual = || {
        USUAL.iter().find_map(|name| {
            let named = |n: &&Node| n.name.eq_ignore_ascii_case(name);
            nodes
                .iter()
                .filter(named)
                .find(|n| matches!(n.flat(), Some(Logic::Bytes { .. })))
        })
    };
    typed.or_else(usual).map(|n| n.name.clone())
}

fn place_of(node: Node, geo: Option<&geo::Geo>, key: &dyn Fn(&str) -> Option<String>) -> Result<Place, ParquetFault> {
    let typed = match node.flat() {
        Some(Logic::Bytes { geometry: Some(crs) }) => Some(crs.clone()),
        _ => None,
    };
    let encoding = geo.map_or(Encoding::Wkb, |g| g.encoding);
    let fits = match encoding {
        Encoding::Wkb => matches!(node.flat(), Some(Logic::Bytes { .. })),
        native => native::fits(&node, native),
    };
    if !fits {
        return Err(ParquetFault::Geo(GeoError::NotEncoded {
            column: node.name,
            encoding: encoding.name().into(),
        }));
    }
    Ok(Place {
        system: match (geo, &typed) {
            (Some(geo), _) => geo.system.clone(),
            (None, Some(crs)) => geo::system_of(crs.as_deref(), key),
            (None, None) => System::Unknown,
        },
        declared: geo.is_some() || typed.is_some(),
        spherical: geo.is_some_and(|g| g.spherical),
        encoding,
        column: Attribute(node),
    })
}

/// Whether a column holds the boxes of a geometry, as writers made them before 1.1 said how.
fn is_covering(node: &Node, primary: &str) -> bool {
    let named = node.name == "bbox" || node.name == format!("{primary}_bbox");
    let Kind::Group(members) = &node.kind else { return false };
    let sides = ["xmin", "ymin", "xmax", "ymax"];
    let all = sides.iter().all(|side| node.member(side).is_some());
    let numbers = members.iter().all(|m| matches!(m.flat(), Some(Logic::Float)));
    !primary.is_empty() && named && all && numbers && members.len() <= 6
}
