//! Features found by a text: an id, a name, a code.

use rustc_hash::FxHashMap;

use super::merge::key_of;
use super::place::{Found, Targets};
use crate::model::feature::{FeatureId, ValueRef};
use crate::model::layer::LayerId;
use crate::model::text::fold;
use crate::store::Table;

/// Candidates that are named for a text that nothing has.
const CANDIDATES: usize = 3;

/// Features by folded text.
#[derive(Debug, Default)]
pub(super) struct TextIndex {
    by_text: FxHashMap<String, Vec<Found>>,
    /// The texts as they are written, by their folded form.
    written: FxHashMap<String, String>,
}

/// What a text is among the features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// All features of one layer that have it, or the pieces of one thing in several.
    Here(Vec<Found>),
    /// Several different things have it.
    Several(Vec<String>),
    /// None has it; the nearest.
    Nowhere(Vec<String>),
}

impl TextIndex {
    /// Features by a field, or by their ids where none is named.
    pub(super) fn of(targets: &Targets, layers: &[LayerId], on: Option<&str>, known: impl Fn(&str) -> String) -> Self {
        let mut index = Self::default();
        for (target, input, table) in targets.of(layers) {
            let named = on.map(|name| input.fields.get(name).map_or(name, String::as_str));
            let field = named.and_then(|name| table.field(name));
            if named.is_some() && field.is_none() {
                continue;
            }
            for row in table.rows() {
                let value = field.map_or_else(|| Some(table.id(row).to_string()), |f| key_of(table.value(row, f)));
                if let Some(text) = value {
                    index.add(known(&text), text, Found { target, row });
                }
            }
        }
        index
    }

    /// Estates by id, by every field that is an id of theirs, and by name.
    pub(super) fn of_estates(targets: &Targets, layers: &[LayerId]) -> Self {
        let mut index = Self::default();
        for (target, input, table) in targets.of(layers) {
            let names = ["name", "reference"].map(|domain| input.fields.get(domain).map(String::as_str));
            let own = ["id_lsm", "id_unesco", "nom", "nom_2", "name"].map(Some);
            let mut fields: Vec<usize> = names
                .into_iter()
                .chain(own)
                .flatten()
                .filter_map(|n| table.field(n))
                .collect();
            fields.sort_unstable();
            fields.dedup();
            for row in table.rows() {
                let found = Found { target, row };
                index.add(fold(&table.id(row).to_string()), table.id(row).to_string(), found);
                for text in fields.iter().filter_map(|f| key_of(table.value(row, *f))) {
                    index.add(estate(&text), text, found);
                }
            }
        }
        index
    }

    fn add(&mut self, folded: String, written: String, found: Found) {
        self.written.entry(folded.clone()).or_insert(written);
        let same = self.by_text.entry(folded).or_default();
        if !same.contains(&found) {
            same.push(found);
        }
    }

    /// What a folded text is. Where several features have it, they are one thing in pieces when they are of different
    /// layers or `pieces` allows it; else they are several.
    pub(super) fn find(&self, folded: &str, targets: &Targets, pieces: bool) -> Named {
        match self.by_text.get(folded) {
            None => Named::Nowhere(self.nearest(folded)),
            Some(all) => {
                let mut layers: Vec<usize> = all.iter().map(|f| f.target).collect();
                layers.dedup();
                if pieces || layers.len() == all.len() {
                    // A layer that was made of the others has the whole thing: its pieces need not be added.
                    let layer = |f: &Found| &targets.input(f.target).layer;
                    let made_of = |f: &&Found| {
                        let others = all.iter().filter(|o| o.target != f.target);
                        others.clone().count() > 0
                            && others
                                .into_iter()
                                .all(|o| targets.input(f.target).made_of.contains(layer(o)))
                    };
                    let whole = all.iter().find(made_of);
                    Named::Here(whole.map_or_else(|| all.clone(), |w| vec![*w]))
                } else {
                    let name = |f: &Found| format!("{}/{}", targets.input(f.target).layer, targets.id(*f));
                    Named::Several(all.iter().map(name).take(CANDIDATES).collect())
                }
            }
        }
    }

    fn nearest(&self, folded: &str) -> Vec<String> {
        let distance = |text: &String| strsim::damerau_levenshtein(text, folded);
        let mut ranked: Vec<(usize, &String)> = self.by_text.keys().map(|t| (distance(t), t)).collect();
        ranked.sort_unstable();
        let most = folded.chars().count().max(3) / 2;
        let near = ranked.into_iter().filter(|(d, _)| *d <= most).take(CANDIDATES);
        near.filter_map(|(_, text)| self.written.get(text).cloned()).collect()
    }
}

/// The name of an estate, folded, without the word that it is one: "Cité n°10 de Béthune" and "cite 10 de bethune".
pub(super) fn estate(text: &str) -> String {
    let folded = fold(text).replace("n°", " ").replace(['(', ')', '.', ','], " ");
    let small = [
        "cite", "n", "no", "numero", "la", "le", "les", "des", "du", "de", "d", "l",
    ];
    let words: Vec<&str> = folded.split_whitespace().filter(|w| !small.contains(w)).collect();
    if words.is_empty() { folded } else { words.join(" ") }
}

/// A feature by a layer and an id in it.
pub(super) fn by_id(targets: &Targets, layer: &str, id: ValueRef<'_>) -> Option<Found> {
    let wanted = fold(layer);
    let (target, _, table) = targets
        .all()
        .find(|(_, input, _)| fold(input.layer.as_str()) == wanted)?;
    row_of(table, &key_of(id)?).map(|row| Found { target, row })
}

fn row_of(table: &Table, id: &str) -> Option<u32> {
    let number = id.parse().ok().and_then(|n| table.row_of(&FeatureId::Int(n)));
    number.or_else(|| table.row_of(&FeatureId::Text(id.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estate_is_known_by_what_is_its_own() {
        assert_eq!(estate("Cité n°10 de Béthune"), estate("CITE N° 10 DE BETHUNE"));
        assert_eq!(estate("Cité de Belgique"), estate("Belgique"));
        assert_ne!(estate("Cité n°10 de Béthune"), estate("Cité n°11 de Béthune"));
        assert_eq!(estate("Cité"), "cite");
    }
}
