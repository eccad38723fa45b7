//! Schemas that are known: what a layer's fields mean, by their names.

use super::keys::KeyKind;
use super::role::Role;

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

/// A source field that was taken for a domain field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The domain's name for it.
    pub domain: &'static str,
    /// The source's.
    pub source: String,
}
