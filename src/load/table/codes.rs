//! Columns whose digits are no numbers, by their names: codes, references, telephone numbers.

use crate::model::text::fold;

/// Words that make a column one of codes wherever they stand in its name.
const CODES: [&str; 35] = [
    "code",
    "codes",
    "cod",
    "insee",
    "siren",
    "siret",
    "idu",
    "cp",
    "postal",
    "telephone",
    "tel",
    "phone",
    "fax",
    "depcom",
    "codgeo",
    "codcom",
    "coddep",
    "codepostal",
    "codeinsee",
    "inseecom",
    "majic",
    "rivoli",
    "fantoir",
    "finess",
    "uai",
    "naf",
    "ape",
    "prefixe",
    "prefix",
    "section",
    "idpar",
    "refcad",
    "rna",
    "rnb",
    "iris",
];

/// Names that are codes where they stand alone, or with `id`, `no`, `num`, `ref`.
const ALONE: [&str; 12] = [
    "commune",
    "departement",
    "dept",
    "dep",
    "region",
    "epci",
    "canton",
    "parcelle",
    "parcelles",
    "com abs",
    "insee com",
    "arrondissement",
];

/// Words that make a column a quantity, whatever else is in its name.
const QUANTITIES: [&str; 24] = [
    "nb",
    "nbre",
    "nombre",
    "count",
    "number",
    "surface",
    "surf",
    "superficie",
    "contenance",
    "aire",
    "area",
    "taux",
    "rate",
    "pct",
    "part",
    "montant",
    "prix",
    "cout",
    "valeur",
    "total",
    "population",
    "pop",
    "longueur",
    "hauteur",
];

/// Whether a column's name says that its digits are a code.
pub(in crate::load) fn is_code(name: &str) -> bool {
    let folded = words(name);
    let of: Vec<&str> = folded.split_whitespace().collect();
    if of.iter().any(|w| QUANTITIES.contains(w)) {
        return false;
    }
    let rest: Vec<&str> = of
        .iter()
        .copied()
        .filter(|w| {
            !matches!(
                *w,
                "id" | "no" | "n" | "num" | "ref" | "reference" | "identifiant" | "de" | "la"
            )
        })
        .collect();
    of.iter().any(|w| CODES.contains(w)) || ALONE.contains(&rest.join(" ").as_str())
}

/// Whether a column's name says that its values are days, such as CNIG's `DATVALID` (`20191231`).
pub(in crate::load) fn is_day(name: &str) -> bool {
    words(name).split_whitespace().any(|w| w.starts_with("dat"))
}

/// A name as folded words: at marks, and where a small letter meets a capital one.
pub(in crate::load) fn words(name: &str) -> String {
    let mut parted = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            parted.push(' ');
        }
        parted.push(if c.is_alphanumeric() { c } else { ' ' });
        before = c;
    }
    fold(&parted).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_name() {
        for name in [
            "Code Commune (Champ géographique)",
            "N° SIREN (Propriétaire(s) parcelle)",
            "insee_com",
            "INSEE",
            "code_postal",
            "codePostal",
            "Tél.",
            "commune",
            "DEPCOM",
            "Préfixe (Références cadastrales)",
            "id_parcelle",
            "comm_insee",
            "Code droit",
            "departement",
            "num_siret",
        ] {
            assert!(is_code(name), "{name}");
        }
        for name in [
            "nb_logements",
            "contenance",
            "Surface (m2)",
            "nb_parcelles",
            "longitude",
            "annee_debut",
            "population commune",
            "Contenance (Caractéristiques parcelle)",
            "valeur_fonciere",
            "element",
            "numero",
        ] {
            assert!(!is_code(name), "{name}");
        }
        assert!(is_day("DATVALID") && is_day("date_mutation") && !is_day("candidat"));
    }
}
