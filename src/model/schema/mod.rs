//! Schemas that are known: what a layer's fields mean, by their names.
//!
//! In: a layer's name and the names of its fields. Out: the schema's name, the layer's role, which field is
//! which of the domain's, and which hold keys. Values are not looked at, and nothing is changed here: a guess is
//! shown to the user and the configuration overrules it. Schemas are data, a file per family; where none
//! fits, headings are read as people write them ([`synonyms`]).

mod cadastre;
mod mining;
mod names;
mod own;
mod planning;
mod stock;
pub mod synonyms;
mod table;
mod territory;
pub mod units;

pub use super::template::canonical_headers;

use super::keys::KeyKind;
use super::role::Role;
pub(super) use names::plain;

use names::Names;
use table::Schema;
use units::Unit;

/// What was understood of a layer's fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recognised {
    /// The schema's name, where it is a known one.
    pub schema: Option<&'static str>,
    /// What the layer is to the territory.
    pub role: Option<Role>,
    /// Domain field → source field.
    pub fields: Vec<Guess>,
    /// Source fields that hold keys.
    pub keys: Vec<(String, KeyKind)>,
}

impl Recognised {
    /// The source's field for a domain field.
    #[must_use]
    pub fn field(&self, domain: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|g| g.domain == domain)
            .map(|g| g.source.as_str())
    }
}

/// A source field that was taken for a domain field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The domain's name for it.
    pub domain: &'static str,
    /// The source's.
    pub source: String,
    /// The unit that the source's name says.
    pub unit: Option<Unit>,
}

/// The families, those whose fields are the most particular first: the first schema that fits is taken.
const FAMILIES: [&[Schema]; 6] = [
    own::SCHEMAS,
    planning::SCHEMAS,
    stock::SCHEMAS,
    cadastre::SCHEMAS,
    mining::SCHEMAS,
    territory::SCHEMAS,
];

/// Recognises a layer by its name and its fields' names, compared without case, accents and signs, and cut to
/// 10 characters where a shapefile cut them.
///
/// ```
/// use terril::model::role::Role;
/// use terril::model::schema::recognise;
/// let parcels = recognise("cadastre-62737-parcelles", &["id", "commune", "prefixe", "section", "numero", "contenance"]);
/// assert_eq!((parcels.schema, parcels.role), (Some("etalab-parcelles"), Some(Role::Parcel)));
/// assert_eq!(parcels.field("area"), Some("contenance"));
/// let table = recognise("tableau", &["Réf. cadastrale", "Propriétaire", "Surf. (m2)"]);
/// assert_eq!(table.field("parcels"), Some("Réf. cadastrale"));
/// ```
#[must_use]
pub fn recognise(layer: &str, fields: &[&str]) -> Recognised {
    let names = Names::new(fields);
    let known = FAMILIES.iter().copied().flatten().find(|s| s.fits(layer, &names));
    match known {
        Some(schema) => schema.read(&names),
        None => synonyms::read(layer, fields),
    }
}

/// The names of all schemas that are known.
pub fn known() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().copied().flatten().map(|s| s.name)
}

#[cfg(test)]
mod tests;
