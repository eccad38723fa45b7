//! Names of well-known fields and codes in the language of a page (`model::labels`).

use super::lang::Lang;
use crate::model::labels;
use crate::model::role::Label;

/// What a field is called in a collection of a role; `None` where the table does not know it.
pub(super) fn of_field(name: &str, role: Option<&str>, lang: Lang) -> Option<&'static str> {
    labels::of_field(name, role).map(|label| in_language(label, lang))
}

/// A code of the domain in words; `None` for everything else that a source says, which is not ours to reword.
pub(super) fn of_value(field: &str, value: &str, lang: Lang) -> Option<&'static str> {
    labels::of_value(field, value).map(|label| in_language(label, lang))
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
