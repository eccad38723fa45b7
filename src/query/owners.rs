//! Who owns how much: the owners' texts of a view, and the bodies that they name.
//!
//! In: views (what their reader may see, nothing else) and the registry of actors. Out: features counted per body and layer,
//! and per text that names no known body. A feature of several owners counts for each.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::select::Cancelled;
use super::view::View;
use crate::model::actor::{Owner, Registry};
use crate::model::feature::{FieldType, ValueRef};

/// Rows between two questions whether to go on.
const STRIDE: usize = 4096;

/// The owners of one view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    /// The field that names them.
    pub field: String,
    /// Visible features that name an owner.
    pub owned: u64,
    /// Features per actor, by its id.
    pub known: BTreeMap<String, u64>,
    /// Features per unknown owner, by its id, and its name as it stands most often.
    pub unknown: BTreeMap<String, (String, u64)>,
}

/// The visible field that names the owners of a view.
#[must_use]
pub fn field(view: &View) -> Option<usize> {
    view.info().fields.get("owner").and_then(|name| view.field(name))
}

/// Counts the owners of a view; `None` where no visible field names them. Cost: a pass over its features; each text
/// is resolved once.
///
/// # Errors
/// When called off.
pub fn of(view: &View, registry: &Registry, cancelled: &dyn Fn() -> bool) -> Result<Option<Owners>, Cancelled> {
    let Some(at) = field(view) else {
        return Ok(None);
    };
    let mut texts: FxHashMap<&str, u64> = FxHashMap::default();
    for position in 0..view.count() {
        if position % STRIDE == 0 && cancelled() {
            return Err(Cancelled);
        }
        let value = view.row_at(position).map(|row| view.value(row, at));
        if let Some(ValueRef::Text(text)) = value {
            *texts.entry(text).or_default() += 1;
        }
    }
    let is_list = view.fields()[at].kind == FieldType::Json;
    let mut owners = Owners {
        field: view.fields()[at].name.clone(),
        ..Owners::default()
    };
    // In a fixed order, so that the same view gives the same words.
    let mut texts: Vec<(&str, u64)> = texts.into_iter().collect();
    texts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (i, (text, features)) in texts.into_iter().enumerate() {
        if i % STRIDE == 0 && cancelled() {
            return Err(Cancelled);
        }
        let named = named(registry, text, is_list);
        owners.owned += if named.is_empty() { 0 } else { features };
        for owner in named {
            if owner.known {
                *owners.known.entry(owner.id).or_default() += features;
            } else {
                owners.unknown.entry(owner.id).or_insert((owner.name, 0)).1 += features;
            }
        }
    }
    Ok(Some(owners))
}

/// The owners of a value, each once: of a list, those of its members.
fn named(registry: &Registry, text: &str, is_list: bool) -> Vec<Owner> {
    let listed: Option<Vec<serde_json::Value>> = if is_list { serde_json::from_str(text).ok() } else { None };
    let Some(listed) = listed else {
        return registry.resolve(text);
    };
    let mut owners: Vec<Owner> = vec![];
    for owner in listed
        .iter()
        .filter_map(|v| v.as_str())
        .flat_map(|text| registry.resolve(text))
    {
        if !owners.iter().any(|o| o.id == owner.id) {
            owners.push(owner);
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_list_are_owners_each_once() {
        let registry = Registry::default();
        let check = |text, is_list, expected: &[&str]| {
            let found: Vec<String> = named(&registry, text, is_list).into_iter().map(|o| o.id).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            r#"["Maisons et Cités / SIA", "SIA", 3]"#,
            true,
            &["maisons-et-cites", "sia"],
        );
        check("Maisons et Cités / SIA", false, &["maisons-et-cites", "sia"]);
        check("Privé", false, &["prive"]);
        check("", false, &[]);
    }
}
