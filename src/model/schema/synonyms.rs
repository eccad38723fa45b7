//! Headings as landlords write them: "Réf. cadastrale", "Surf. (m2)", "Année début", "Nb logts".
//!
//! A heading is taken apart into words, its unit aside; words that say nothing are dropped, abbreviations
//! opened, plurals cut. What is left is looked up as a whole: a heading that only contains a known word ("Date de la
//! réunion avec le propriétaire") is not understood, and stays unguessed.

use super::super::keys::KeyKind;
use super::super::role::Role;
use super::super::text::fold;
use super::{Guess, Recognised, units};

/// Domain field → headings, the best first.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "nom",
            "name",
            "designation",
            "intitule",
            "nom operation",
            "nom reserve",
            "nom site",
            "libelle",
            "titre",
            "operation",
            "site",
            "nom programme",
        ],
    ),
    (
        "type",
        &[
            "type",
            "nature",
            "type operation",
            "nature operation",
            "type intervention",
            "nature travaux",
            "type travaux",
        ],
    ),
    (
        "owner",
        &[
            "proprietaire",
            "owner",
            "bailleur",
            "acteur",
            "landlord",
            "organisme",
            "nom proprietaire",
            "nom bailleur",
            "denomination",
            "proprietaire foncier",
            "bailleur social",
            "maitre ouvrage",
            "detenteur",
        ],
    ),
    (
        "status",
        &[
            "statut",
            "status",
            "etat",
            "avancement",
            "etat avancement",
            "stade",
            "phase",
        ],
    ),
    (
        "area",
        &[
            "surface",
            "superficie",
            "area",
            "surface parcelle",
            "surface terrain",
            "surface totale",
            "contenance",
            "surface cadastrale",
            "surface declaree",
            "surface fonciere",
            "emprise",
        ],
    ),
    (
        "start",
        &[
            "annee debut",
            "debut",
            "date debut",
            "annee demarrage",
            "date demarrage",
            "demarrage",
            "debut travaux",
            "annee debut travaux",
            "start",
            "start year",
            "start date",
            "annee lancement",
        ],
    ),
    (
        "end",
        &[
            "annee fin",
            "fin",
            "date fin",
            "annee livraison",
            "date livraison",
            "livraison",
            "fin travaux",
            "annee fin travaux",
            "end",
            "end year",
            "end date",
            "annee achevement",
        ],
    ),
    (
        "period",
        &[
            "periode",
            "period",
            "calendrier",
            "planning",
            "echeance",
            "periode travaux",
            "annee travaux",
            "annee",
            "programmation",
        ],
    ),
    (
        "parcels",
        &[
            "reference cadastrale",
            "parcelle",
            "parcelle cadastrale",
            "idu",
            "identifiant parcelle",
            "id parcelle",
            "cadastre",
            "parcel",
            "parcel id",
            "liste parcelle",
            "numero parcelle cadastrale",
            "reference parcelle",
            "reference cadastre",
            "refcad",
            "code parcelle",
            "assiette cadastrale",
            "section numero",
            "section et numero",
        ],
    ),
    (
        "commune",
        &[
            "code insee",
            "insee",
            "code commune",
            "insee commune",
            "code insee commune",
            "codeinsee",
            "depcom",
            "insee code",
            "commune insee",
            "numero insee",
        ],
    ),
    (
        "commune_name",
        &[
            "commune",
            "nom commune",
            "ville",
            "libelle commune",
            "municipality",
            "localite",
            "commune nom",
        ],
    ),
    (
        "department",
        &["departement", "code departement", "numero departement", "dept", "dep"],
    ),
    ("prefix", &["prefixe", "com abs", "prefixe section", "commune absorbee"]),
    ("section", &["section", "section cadastrale"]),
    ("number", &["numero plan", "numero", "numero section"]),
    (
        "siren",
        &[
            "siren",
            "numero siren",
            "siren proprietaire",
            "siren bailleur",
            "code siren",
        ],
    ),
    (
        "object",
        &["objet", "object", "niveau", "patrimoine", "type patrimoine"],
    ),
    (
        "reference",
        &[
            "reference",
            "ref operation",
            "code operation",
            "numero operation",
            "id operation",
            "code",
            "groupe",
            "code groupe",
            "numero groupe",
            "groupe immobilier",
            "residence",
            "identifiant",
            "programme",
            "code programme",
        ],
    ),
    (
        "dwellings",
        &[
            "nb logement",
            "logement",
            "dwelling",
            "number of dwelling",
            "nb total logement",
            "total logement",
        ],
    ),
    (
        "cost",
        &[
            "montant",
            "cout",
            "cost",
            "budget",
            "montant travaux",
            "cout travaux",
            "prix",
            "cout total",
            "montant total",
            "prix reference",
            "cout previsionnel",
            "montant previsionnel",
            "estimation",
            "investissement",
        ],
    ),
    ("place_layer", &["couche", "layer"]),
    ("place_id", &["id couche", "layer id", "identifiant couche"]),
    (
        "estate_name",
        &[
            "cite",
            "nom cite",
            "cite miniere",
            "estate",
            "mining estate",
            "quartier",
        ],
    ),
    ("lon", &["lon", "longitude", "lng", "long"]),
    ("lat", &["lat", "latitude"]),
    ("x", &["x", "coord x", "coordonnee x", "x l93", "x lambert93"]),
    ("y", &["y", "coord y", "coordonnee y", "y l93", "y lambert93"]),
    ("crs", &["epsg", "crs", "srid", "projection", "systeme coordonnee"]),
    (
        "comment",
        &["commentaire", "observation", "remarque", "note", "comment", "precision"],
    ),
    (
        "address",
        &[
            "adresse",
            "address",
            "localisation",
            "adresse site",
            "adresse operation",
            "voie",
        ],
    ),
    ("zone", &["zone plu", "zonage plu", "zonage", "zone urba", "zone"]),
];

/// Headings that are a parcel's number beside a section, and the whole parcel where there is none.
const NUMBER_OR_PARCEL: [&str; 3] = ["numero parcelle", "parcelle numero", "parcelle"];

/// Words that say nothing.
const DROPPED: [&str; 14] = [
    "de", "du", "des", "la", "le", "les", "l", "d", "en", "et", "un", "une", "the", "s",
];

/// Abbreviations.
const OPENED: [(&str, &str); 26] = [
    ("ref", "reference"),
    ("refs", "reference"),
    ("cad", "cadastrale"),
    ("cadast", "cadastrale"),
    ("cadastral", "cadastrale"),
    ("parc", "parcelle"),
    ("surf", "surface"),
    ("sup", "superficie"),
    ("nbre", "nb"),
    ("nombre", "nb"),
    ("nbr", "nb"),
    ("logt", "logement"),
    ("logts", "logement"),
    ("lgt", "logement"),
    ("lgts", "logement"),
    ("log", "logement"),
    ("n", "numero"),
    ("no", "numero"),
    ("num", "numero"),
    ("proprio", "proprietaire"),
    ("prop", "proprietaire"),
    ("obs", "observation"),
    ("com", "commune"),
    ("op", "operation"),
    ("previsionnelle", "previsionnel"),
    ("mo", "maitre ouvrage"),
];

/// A heading's words as they are compared: "Réf. cadastrale(s)" becomes "reference cadastrale".
fn words(heading: &str) -> String {
    let folded = fold(&heading.replace("(s)", "").replace("(S)", ""));
    let mut words: Vec<&str> = vec![];
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        let opened = OPENED.iter().find(|(short, _)| *short == word).map(|(_, long)| *long);
        let single = || match word.strip_suffix('s') {
            Some(one) if one.len() > 3 && !word.ends_with("ss") => one,
            _ => word,
        };
        words.extend(opened.unwrap_or_else(single).split(' '));
    }
    // A heading of such words only ("N°", "Com", "S") keeps them.
    let kept: Vec<&str> = words.iter().copied().filter(|w| !DROPPED.contains(w)).collect();
    if kept.is_empty() {
        words.join(" ")
    } else {
        kept.join(" ")
    }
}

/// The domain field that a heading means, and the unit that it says.
///
/// ```
/// use terril::model::schema::synonyms::of_heading;
/// use terril::model::schema::units::Unit;
/// assert_eq!(of_heading("Surf. (m2)"), Some(("area", Some(Unit::SquareMetre))));
/// assert_eq!(of_heading("Année de fin"), Some(("end", None)));
/// assert_eq!(of_heading("Date de la réunion"), None);
/// ```
#[must_use]
pub fn of_heading(heading: &str) -> Option<(&'static str, Option<units::Unit>)> {
    let (stem, unit) = units::split(heading);
    let said = words(&stem);
    let means = |synonyms: &[&str]| synonyms.iter().any(|s| words(s) == said);
    let domain = SYNONYMS.iter().find(|(_, s)| means(s)).map(|(domain, _)| *domain)?;
    Some((domain, unit))
}

/// Reads the headings of a layer of no known schema.
pub(super) fn read(layer: &str, fields: &[&str]) -> Recognised {
    let headings: Vec<(&str, String, Option<units::Unit>)> = fields
        .iter()
        .map(|f| {
            let (stem, unit) = units::split(f);
            (*f, words(&stem), unit)
        })
        .collect();
    let mut guesses: Vec<Guess> = vec![];
    for (domain, synonyms) in SYNONYMS {
        // The best synonym that is there; of several columns of that heading, the first.
        let found = synonyms.iter().find_map(|s| {
            let said = words(s);
            headings.iter().find(|(_, heading, _)| *heading == said)
        });
        if let Some((source, _, unit)) = found {
            guesses.push(Guess {
                domain,
                source: (*source).to_owned(),
                unit: *unit,
            });
        }
    }
    number_or_parcel(&headings, &mut guesses);
    let mut read = Recognised {
        fields: guesses,
        ..Recognised::default()
    };
    read.role = role(layer, &read);
    read.keys = keys(&read);
    read
}

/// "N° parcelle" is the number where a section stands beside it, else the whole parcel.
fn number_or_parcel(headings: &[(&str, String, Option<units::Unit>)], guesses: &mut Vec<Guess>) {
    let has = |guesses: &[Guess], domain: &str| guesses.iter().any(|g| g.domain == domain);
    let found = headings.iter().find(|(_, h, _)| NUMBER_OR_PARCEL.contains(&h.as_str()));
    let Some((source, ..)) = found else { return };
    let guess = |domain| Guess {
        domain,
        source: (*source).to_owned(),
        unit: None,
    };
    if has(guesses, "section") && !has(guesses, "number") {
        guesses.retain(|g| g.source != *source);
        guesses.push(guess("number"));
    } else if !has(guesses, "section") && !has(guesses, "parcels") {
        guesses.push(guess("parcels"));
    }
}

/// The role of a table by its name, where it also has the fields of such a table.
fn role(layer: &str, read: &Recognised) -> Option<Role> {
    let folded = fold(layer);
    let named = |starts: &[&str]| {
        let mut words = folded.split(|c: char| !c.is_alphanumeric());
        words.any(|w| starts.iter().any(|s| w.starts_with(s)))
    };
    let has = |domain: &str| read.field(domain).is_some();
    if !has("owner") {
        return None;
    }
    let placed = has("parcels") || has("section") || has("place_id") || has("estate_name");
    if named(&["candidat", "concours"]) && placed {
        Some(Role::Candidate)
    } else if named(&["operation", "psp", "intervention", "programmation", "travaux"])
        && (has("start") || has("period") || has("dwellings"))
    {
        Some(Role::Intervention)
    } else if named(&["reserve", "foncier", "fonciere"]) && (placed || has("area")) {
        Some(Role::LandReserve)
    } else {
        None
    }
}

fn keys(read: &Recognised) -> Vec<(String, KeyKind)> {
    let kinds = [
        ("parcels", KeyKind::Parcel),
        ("commune", KeyKind::Commune),
        ("department", KeyKind::Department),
        ("siren", KeyKind::Siren),
    ];
    let key = |(domain, kind): (&str, KeyKind)| read.field(domain).map(|f| (f.to_owned(), kind));
    kinds.into_iter().filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_landlords_are_understood() {
        let check = |heading, expected| assert_eq!(of_heading(heading).map(|(d, _)| d), expected, "{heading}");
        check("Réf. cadastrale", Some("parcels"));
        check("Référence cadastrale", Some("parcels"));
        check("Références cadastrales", Some("parcels"));
        check("REF_CAD", Some("parcels"));
        check("Parcelle(s)", Some("parcels"));
        check("N° de parcelle cadastrale", Some("parcels"));
        check("Surf. (m2)", Some("area"));
        check("Surface (m²)", Some("area"));
        check("Superficie", Some("area"));
        check("Surface de la parcelle (ha)", Some("area"));
        check("Année début", Some("start"));
        check("Année de début", Some("start"));
        check("Année de fin", Some("end"));
        check("Propriétaire", Some("owner"));
        check("Bailleur", Some("owner"));
        check("Maître d'ouvrage", Some("owner"));
        check("Commune", Some("commune_name"));
        check("Code INSEE", Some("commune"));
        check("Nb logts", Some("dwellings"));
        check("Nombre de logements", Some("dwellings"));
        check("Montant (€)", Some("cost"));
        check("Coût", Some("cost"));
        check("Coût prévisionnel (k€)", Some("cost"));
        check("Observations", Some("comment"));
        check("Cité", Some("estate_name"));
        check("Groupe", Some("reference"));
        check("Adresse", Some("address"));
        check("N° SIREN", Some("siren"));
        check("Logements vacants", None);
        check("Date de la réunion avec le propriétaire", None);
        check("Surface habitable", None);
    }

    #[test]
    fn a_number_beside_a_section_is_not_a_parcel() {
        let with = read("t", &["Commune", "Section", "N° parcelle"]);
        assert_eq!(
            (with.field("number"), with.field("parcels")),
            (Some("N° parcelle"), None)
        );
        let without = read("t", &["Commune", "N° parcelle"]);
        assert_eq!(
            (without.field("number"), without.field("parcels")),
            (None, Some("N° parcelle"))
        );
        let beside = read("t", &["Section", "Parcelle"]);
        assert_eq!(
            (beside.field("number"), beside.field("parcels")),
            (Some("Parcelle"), None)
        );
    }

    #[test]
    fn a_table_has_a_role_by_its_name_and_its_fields() {
        let check = |layer, fields: &[&str], expected| assert_eq!(read(layer, fields).role, expected, "{layer}");
        check(
            "Réserves foncières 2024",
            &["Bailleur", "Parcelles"],
            Some(Role::LandReserve),
        );
        check(
            "psp_2025",
            &["Bailleur", "Cité", "Année début"],
            Some(Role::Intervention),
        );
        check("Candidatures", &["Bailleur", "Réf. cadastrale"], Some(Role::Candidate));
        check("reserves", &["nom", "statut"], None);
        check("feuille1", &["Bailleur", "Parcelles"], None);
    }

    #[test]
    fn no_synonym_stands_under_two_fields() {
        let mut seen: Vec<(String, &str)> = vec![];
        for (domain, synonyms) in SYNONYMS {
            for synonym in *synonyms {
                let said = words(synonym);
                let other = seen.iter().find(|(s, d)| *s == said && d != domain);
                assert_eq!(other, None, "{synonym}");
                seen.push((said, domain));
            }
        }
    }
}
