//! How a schema is written down.

use super::super::keys::KeyKind;
use super::super::role::Role;
use super::super::text::fold;
use super::names::Names;
use super::{Guess, Recognised, units};

/// A schema: by what it is known, and what its fields mean.
pub(super) struct Schema {
    /// Its name: who defines it, and what of it.
    pub(super) name: &'static str,
    /// What a layer of it is to the territory.
    pub(super) role: Option<Role>,
    /// Starts of words one of which the layer's name has to have; none needed where empty.
    pub(super) layer: &'static [&'static str],
    /// Fields that it has to have.
    pub(super) has: &'static [&'static str],
    /// Fields of which it has to have one; none needed where empty.
    pub(super) any: &'static [&'static str],
    /// Fields that it must not have: these belong to a schema that it would be mistaken for.
    pub(super) lacks: &'static [&'static str],
    /// Domain field → field of the schema. Where a domain field stands twice, the first that is there counts.
    pub(super) fields: &'static [(&'static str, &'static str)],
    /// Fields that hold keys.
    pub(super) keys: &'static [(&'static str, KeyKind)],
}

impl Schema {
    /// A schema without anything, to be completed.
    pub(super) const EMPTY: Self = Self {
        name: "",
        role: None,
        layer: &[],
        has: &[],
        any: &[],
        lacks: &[],
        fields: &[],
        keys: &[],
    };

    /// Whether a layer is of this schema.
    pub(super) fn fits(&self, layer: &str, names: &Names<'_>) -> bool {
        let named = || {
            let folded = fold(layer);
            let starts = |word: &str| self.layer.iter().any(|w| word.starts_with(w));
            folded.split(|c: char| !c.is_alphanumeric()).any(starts)
        };
        self.has.iter().all(|f| names.has(f))
            && (self.any.is_empty() || self.any.iter().any(|f| names.has(f)))
            && !self.lacks.iter().any(|f| names.has(f))
            && (self.layer.is_empty() || named())
    }

    /// What the fields of a layer of this schema mean.
    pub(super) fn read(&self, names: &Names<'_>) -> Recognised {
        let mut fields: Vec<Guess> = vec![];
        for (domain, wanted) in self.fields {
            if let Some(source) = names.find(wanted)
                && !fields.iter().any(|g| g.domain == *domain)
            {
                fields.push(Guess {
                    domain,
                    source: source.to_owned(),
                    unit: units::of_heading(wanted),
                });
            }
        }
        let key = |(wanted, kind): &(&str, KeyKind)| names.find(wanted).map(|f| (f.to_owned(), *kind));
        Recognised {
            schema: Some(self.name),
            role: self.role,
            fields,
            keys: self.keys.iter().filter_map(key).collect(),
        }
    }
}
