//! Names of well-known fields and codes, in French and English: the tables of the map (`viewer/src/labels/`), so that
//! a field is called the same everywhere.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::lang::Lang;
use crate::model::role::Label;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    common: HashMap<String, Label>,
    /// Where a role gives a word a narrower meaning than the common one.
    by_role: HashMap<String, HashMap<String, Label>>,
}

/// Read once: they are part of the binary.
static FIELDS: LazyLock<Fields> = LazyLock::new(|| {
    let text = include_str!("../../../viewer/src/labels/fields.json");
    serde_json::from_str(text).expect("a test reads this file")
});

static VALUES: LazyLock<HashMap<String, Label>> = LazyLock::new(|| {
    let text = include_str!("../../../viewer/src/labels/values.json");
    serde_json::from_str(text).expect("a test reads this file")
});

/// What a field is called in a collection of a role; `None` where the table does not know it.
pub(super) fn of_field(name: &str, role: Option<&str>, lang: Lang) -> Option<&'static str> {
    let name = name.to_lowercase();
    let narrow = role.and_then(|role| FIELDS.by_role.get(role)?.get(&name));
    narrow
        .or_else(|| FIELDS.common.get(&name))
        .map(|label| in_language(label, lang))
}

/// A code of the domain in words; `None` for everything else that a source says, which is not ours to reword.
pub(super) fn of_value(field: &str, value: &str, lang: Lang) -> Option<&'static str> {
    let key = format!("{}={value}", field.to_lowercase());
    VALUES.get(&key).map(|label| in_language(label, lang))
}

fn in_language(label: &'static Label, lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => &label.fr,
        Lang::En => &label.en,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_on_the_map() {
        let check = |name, role, lang, expected| assert_eq!(of_field(name, role, lang), expected, "{name}");
        check("contenance", None, Lang::Fr, Some("Contenance (fiscale)"));
        check("STATUT", None, Lang::En, Some("Status"));
        check("statut", Some("land-reserve"), Lang::Fr, Some("Statut de la réserve"));
        check("x", None, Lang::Fr, None);
    }

    #[test]
    fn codes_are_in_words() {
        assert_eq!(of_value("statut", "financee", Lang::Fr), Some("financée"));
        assert_eq!(of_value("statut", "financee", Lang::En), Some("funded"));
        assert_eq!(of_value("nom", "financee", Lang::En), None);
    }
}
