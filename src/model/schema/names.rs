//! Names of fields as they are compared.

use super::super::text::fold;

/// Characters that the table of a shapefile has for a name.
const CUT: usize = 10;

/// A name without case, accents, spaces and signs.
pub(in crate::model) fn plain(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The fields of a layer, to be looked up by the names of a schema.
pub(super) struct Names<'a> {
    fields: Vec<(&'a str, String)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(fields: &[&'a str]) -> Self {
        Self {
            fields: fields.iter().map(|f| (*f, plain(f))).collect(),
        }
    }

    /// The field of that name; where there is none, the one whose name is its first ten characters.
    pub(super) fn find(&self, wanted: &str) -> Option<&'a str> {
        let by = |name: &str| self.fields.iter().find(|(_, p)| p == name).map(|(f, _)| *f);
        by(&plain(wanted)).or_else(|| {
            let head: String = wanted.chars().take(CUT).collect();
            let cut = head.len() < wanted.len();
            by(&plain(&head)).filter(|f| cut && f.chars().count() == CUT)
        })
    }

    pub(super) fn has(&self, wanted: &str) -> bool {
        self.find(wanted).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_signs_and_cut_names_do_not_matter() {
        let names = Names::new(&["PROPRIETAI", "N° plan", "Préfixe (R", "code", "nom_commun"]);
        let check = |wanted, expected| assert_eq!(names.find(wanted), expected, "{wanted}");
        check("proprietaire", Some("PROPRIETAI"));
        check("n_plan", Some("N° plan"));
        check("Préfixe (Références cadastrales)", Some("Préfixe (R"));
        check("CODE", Some("code"));
        check("code_insee", None);
        check("nom_commune_complet", Some("nom_commun"));
        check("nom_com", None);
    }
}
