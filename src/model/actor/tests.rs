//! The registry against the ways in which the real data write owners.

use super::*;

fn check(text: &str, expected: &[(&str, bool)]) {
    let found = Registry::default().resolve(text);
    let found: Vec<(&str, bool)> = found.iter().map(|o| (o.id.as_str(), o.known)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn every_spelling_of_an_owner_is_that_owner() {
    for text in [
        "Maisons & Cités",
        "Maisons et Cités",
        "Maisons et Cités Soginorpa",
        "MAISONS ET CITES",
        "SA d'HLM Maisons & Cites",
        "maisons-et-cités (ESH)",
        "M&C",
    ] {
        check(text, &[("maisons-et-cites", true)]);
    }
    check("Pas-de-Calais Habitat (OPH)", &[("pas-de-calais-habitat", true)]);
    check("PAS DE CALAIS HABITAT", &[("pas-de-calais-habitat", true)]);
    check("Département du Pas-de-Calais", &[("departement-pas-de-calais", true)]);
    check("Maisons et Cités Accession", &[("maisons-et-cites-accession", true)]);
}

#[test]
fn several_owners_stay_several() {
    let both = [("maisons-et-cites", true), ("sia", true)];
    check("Maisons et Cités / SIA", &both);
    check("Maisons et Cités|SIA", &both);
    check("Maisons & Cités & SIA", &both);
    check("Maisons et Cités et SIA Habitat", &both);
    check("Maisons et Cités, SIA ; MAISONS ET CITES", &both);
    check(
        "Ville de Lens et Maisons et Cités",
        &[("ville-de-lens", false), ("maisons-et-cites", true)],
    );
    check(
        "Société Foncière et Immobilière",
        &[("societe-fonciere-et-immobiliere", false)],
    );
    check("Dupont et Durand et SIA", &[("dupont-et-durand", false), ("sia", true)]);
    check(" / ; ", &[]);
    check("", &[]);
}

#[test]
fn the_unknown_have_the_nearest() {
    let registry = Registry::default();
    let near = |text: &str| registry.nearest(text).map(|a| a.id.as_str());
    assert_eq!(near("Maison et Cité"), Some("maisons-et-cites"));
    assert_eq!(near("Pas de Calias habitat"), Some("pas-de-calais-habitat"));
    assert_eq!(near("Privé"), None);
}

#[test]
fn the_built_in_bodies_do_not_collide_and_have_sources() {
    let mut registry = Registry {
        actors: vec![],
        keys: vec![],
    };
    for actor in known::actors() {
        assert!(!actor.source.is_empty() && actor.id == slug(&actor.id), "{}", actor.id);
        let siren = actor.siren.as_deref();
        assert!(
            siren.is_none_or(|s| super::super::keys::siren(s).is_some_and(|m| !m.mended)),
            "{}",
            actor.id
        );
        registry.add(actor).unwrap();
    }
    assert_eq!(registry.actors().len(), 13);
}

#[test]
fn a_configured_body_keeps_the_aliases_of_the_built_in_one() {
    let mut registry = Registry::default();
    let own = Actor {
        aliases: vec!["Notre bailleur".into()],
        ..registry.actor("maisons-et-cites").unwrap().clone()
    };
    let renamed = Actor {
        name: "M & C".into(),
        aliases: vec!["Notre bailleur".into()],
        ..own
    };
    registry.add(renamed).unwrap();
    assert_eq!(registry.actors().len(), 13);
    let found = registry.resolve("Notre bailleur / Maisons et Cités Soginorpa");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "M & C");
    let thief = Actor {
        id: "autre".into(),
        name: "SIA".into(),
        ..registry.actor("sia").unwrap().clone()
    };
    assert_eq!(
        registry.add(thief),
        Err(RegistryError::Taken {
            text: "SIA".into(),
            other: "sia".into()
        })
    );
}
