//! The templates against the rest of the vocabulary.

use super::super::schema::recognise;
use super::*;

fn headings(template: &Template, lang: Lang) -> Vec<String> {
    template.columns.iter().map(|c| c.heading(lang)).collect()
}

#[test]
fn headings_become_the_columns_in_both_languages() {
    for template in &ALL {
        for lang in Lang::ALL {
            let names = canonical_headers(&headings(template, lang));
            let expected: Vec<&str> = template.columns.iter().map(|c| c.name).collect();
            assert_eq!(names, expected, "{} {lang:?}", template.name);
        }
    }
}

#[test]
fn a_filled_template_has_its_role_and_its_fields() {
    for template in &ALL {
        let names: Vec<&str> = template.columns.iter().map(|c| c.name).collect();
        let found = recognise("feuille1", &names);
        assert_eq!(found.role, Some(template.role), "{}", template.name);
        assert_eq!(found.field("owner"), Some("acteur"));
        assert_eq!(found.field("parcels"), Some("parcelles"));
        assert_eq!(found.field("place_id"), Some("id_couche"));
        assert_eq!(
            Filled::of(names.into_iter()).map(|f| f.template.name),
            Some(template.name)
        );
    }
}

#[test]
fn other_tables_are_left_alone() {
    let headers = ["Nom", "Propriétaire", "Commune", "Statut"].map(String::from);
    assert_eq!(canonical_headers(&headers), headers);
    // The demonstration's layers have the same names, and are no forms.
    let demonstration = [
        "id",
        "nom",
        "acteur",
        "parcelles",
        "surface_declaree_m2",
        "statut",
        "occupation",
        "bati",
    ];
    assert!(Filled::of(demonstration.into_iter()).is_none());
}

#[test]
fn columns_may_be_left_out_and_added() {
    let mut headers = headings(&ALL[0], Lang::Fr);
    headers.retain(|h| !h.starts_with("Servitudes") && !h.starts_with("Prix"));
    headers.insert(1, "Notre secteur".into());
    let names = canonical_headers(&headers);
    assert_eq!((names[1].as_str(), names[3].as_str()), ("Notre secteur", "acteur"));
}

#[test]
fn labels_become_codes() {
    let names = ["acteur", "statut", "vocation_pressentie", "couche"];
    let all: Vec<&str> = ALL[0].columns.iter().map(|c| c.name).collect();
    let filled = Filled::of(all.iter().copied()).unwrap();
    let at = |name: &str| all.iter().position(|n| *n == name).unwrap();
    let check = |text, expected| assert_eq!(filled.code(at(names[1]), text), expected, "{text}");
    check("identifiee", Coded::AsItIs);
    check("Identifiée", Coded::Code("identifiee"));
    check("proposed for the competition", Coded::Code("proposee_concours"));
    check(" À CÉDER ", Coded::Code("a_ceder"));
    assert!(matches!(filled.code(at("statut"), "en vente"), Coded::Unknown(_)));
    assert_eq!(filled.code(at("nom"), "Identifiée"), Coded::AsItIs);
    assert_eq!(
        filled.code(at("vocation_pressentie"), "Logement locatif"),
        Coded::Code("LOGEMENT_LOCATIF")
    );
}

#[test]
fn rows_lack_an_owner_or_a_place() {
    let all: Vec<&str> = ALL[1].columns.iter().map(|c| c.name).collect();
    let filled = Filled::of(all.iter().copied()).unwrap();
    let check = |given: &[&str], placed, expected: &[Missing]| {
        assert_eq!(
            filled.missing(|i| given.contains(&all[i]), placed),
            expected,
            "{given:?}"
        );
    };
    check(&["acteur", "parcelles"], false, &[]);
    check(&["acteur", "lon", "lat"], false, &[]);
    check(&["acteur", "lon"], false, &[Missing::Place]);
    check(&["acteur", "cite"], false, &[]);
    check(&["acteur", "couche"], false, &[Missing::Place]);
    check(&["acteur"], true, &[]);
    check(&[], false, &[Missing::Owner, Missing::Place]);
}

#[test]
fn every_code_has_a_label_and_every_text_both_languages() {
    for template in &ALL {
        for column in template.columns {
            for code in column.codes() {
                let known = code.len() == 1 || super::super::labels::of_value(column.name, code).is_some();
                assert!(known, "{}={code}", column.name);
            }
            let texts = column.label.iter().chain(&column.help);
            assert!(texts.into_iter().all(|t| !t.is_empty()), "{}", column.name);
            // What a spreadsheet takes for a message.
            assert!(column.help.iter().all(|h| h.chars().count() <= 255), "{}", column.name);
        }
        assert_eq!(template.columns[0].name, "id");
    }
}
