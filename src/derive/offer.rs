//! Finding layers whose features are pieces of the same things: what `terril inspect` offers to merge.

use rustc_hash::FxHashSet;

use super::merge::key_of;
use super::recipe::Input;
use crate::model::layer::LayerId;
use crate::model::role::Role;
use crate::store::Table;

/// Layers that share keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The field.
    pub key: String,
    /// The layers, in the order given.
    pub from: Vec<LayerId>,
    /// Keys that stand in several of them.
    pub shared: usize,
}

/// The estates that stand in several layers, by their role's key; none where there are none, or a base file can't be
/// opened.
#[must_use]
pub fn offer(layers: &[Input]) -> Option<Offer> {
    let estates = layers.iter().filter(|input| input.role == Some(Role::Estate));
    let key = Role::Estate.key_fields().first()?;
    let (mut all, mut shared, mut from) = (FxHashSet::default(), FxHashSet::default(), vec![]);
    for input in estates {
        let table = Table::open(&input.base).ok()?;
        let Some(field) = table.field(key) else { continue };
        let keys: FxHashSet<String> = table.rows().filter_map(|row| key_of(table.value(row, field))).collect();
        shared.extend(keys.intersection(&all).cloned());
        all.extend(keys);
        from.push(input.layer.clone());
    }
    (!shared.is_empty()).then(|| Offer {
        key: (*key).to_owned(),
        from,
        shared: shared.len(),
    })
}
