//! What well-known fields and codes are called, in French and English: the tables of the map
//! (`viewer/src/labels/`), so that a field is called the same everywhere.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::role::Label;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    common: HashMap<String, Label>,
    /// Where a role gives a word a narrower meaning than the common one.
    by_role: HashMap<String, HashMap<String, Label>>,
}

/// Read once: they are part of the binary.
static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let text = include_str!("../../viewer/src/labels/fields.json");
    serde_json::from_str(text).expect("a test reads this file")
});

static VALUES: LazyLock<HashMap<String, Label>> = LazyLock::new(|| {
    let text = include_str!("../../viewer/src/labels/values.json");
    serde_json::from_str(text).expect("a test reads this file")
});

/// What a field is called in a layer of a role; `None` where the table does not know it.
#[must_use]
pub fn of_field(name: &str, role: Option<&str>) -> Option<&'static Label> {
    let name = name.to_lowercase();
    let narrow = role.and_then(|role| FIELDS.by_role.get(role)?.get(&name));
    narrow.or_else(|| FIELDS.common.get(&name))
}

/// A code of the domain in words; `None` for everything else that a source says, which is not ours to reword.
#[must_use]
pub fn of_value(field: &str, value: &str) -> Option<&'static Label> {
    VALUES.get(&format!("{}={value}", field.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read() {
        assert_eq!(of_field("contenance", None).unwrap().fr, "Contenance (fiscale)");
        assert_eq!(of_value("statut", "financee").unwrap().en, "funded");
    }
}
