//! The public bodies that the project's founding documents name, and the two other landlords of its open data.
//!
//! Sources: S0, press note of 20 October 2020; S1, Action Logement, 29 March 2017; S3, decision of the board of Pas-de-Calais
//! habitat, 16 February 2024; S4, Action Logement and ADCF; MBM, field `proprietaire` of the layers of cités. A type
//! or SIREN stands here only where these, or a layer of theirs, say it. Communes are not listed: each is known by its INSEE code.

use super::{Actor, ActorType};

struct Known {
    id: &'static str,
    name: &'static str,
    sigle: Option<&'static str>,
    siren: Option<&'static str>,
    kind: Option<ActorType>,
    aliases: &'static [&'static str],
    source: &'static str,
}

const NONE: Known = Known {
    id: "",
    name: "",
    sigle: None,
    siren: None,
    kind: None,
    aliases: &[],
    source: "",
};

const DECISION: &str = "Décision du conseil d'administration de Pas-de-Calais habitat, 16 février 2024";
const PRESS: &str =
    "Communiqué du 20 octobre 2020 ; décision du conseil d'administration de Pas-de-Calais habitat, 16 février 2024";
const CIET: &str = "Action Logement, 29 mars 2017";
const MBM: &str = "Mission Bassin Minier, couches des cités (champ « proprietaire »)";

const KNOWN: [Known; 13] = [
    Known {
        id: "pas-de-calais-habitat",
        name: "Pas-de-Calais habitat",
        sigle: Some("PdCh"),
        kind: Some(ActorType::Oph),
        aliases: &[
            "Pas de Calais Habitat",
            "Pas-de-Calais habitat, office public de l'habitat",
        ],
        source: PRESS,
        ..NONE
    },
    Known {
        id: "maisons-et-cites",
        name: "Maisons & Cités",
        sigle: Some("M&C"),
        kind: Some(ActorType::Esh),
        aliases: &["Maisons et Cités", "Maisons et Cités Soginorpa"],
        source: PRESS,
        ..NONE
    },
    Known {
        id: "cdc-habitat",
        name: "CDC Habitat",
        aliases: &["Groupe CDC Habitat"],
        source: PRESS,
        ..NONE
    },
    Known {
        id: "coopartois",
        name: "Coopartois",
        kind: Some(ActorType::CoopHlm),
        source: DECISION,
        ..NONE
    },
    Known {
        id: "maisons-et-cites-accession",
        name: "Maisons & Cités Accession",
        kind: Some(ActorType::CoopHlm),
        aliases: &["Maisons et Cités Accession", "M&C Accession"],
        source: DECISION,
        ..NONE
    },
    Known {
        id: "sia",
        name: "SIA",
        aliases: &["SIA Habitat"],
        source: MBM,
        ..NONE
    },
    Known {
        id: "partenord",
        name: "Partenord",
        aliases: &["Partenord Habitat"],
        source: MBM,
        ..NONE
    },
    Known {
        id: "departement-pas-de-calais",
        name: "Département du Pas-de-Calais",
        kind: Some(ActorType::Departement),
        aliases: &["Conseil départemental du Pas-de-Calais"],
        source: PRESS,
        ..NONE
    },
    Known {
        id: "banque-des-territoires",
        name: "Banque des Territoires",
        kind: Some(ActorType::BanqueTerritoires),
        source: DECISION,
        ..NONE
    },
    Known {
        id: "action-logement",
        name: "Action Logement",
        kind: Some(ActorType::ActionLogement),
        source: "Action Logement, 29 mars 2017 ; convention entre Action Logement et l'ADCF",
        ..NONE
    },
    Known {
        id: "metropole-europeenne-de-lille",
        name: "Métropole Européenne de Lille",
        sigle: Some("MEL"),
        siren: Some("200093201"),
        kind: Some(ActorType::Epci),
        source: CIET,
        ..NONE
    },
    Known {
        id: "union-regionale-habitat-hauts-de-france",
        name: "Union Régionale pour l'Habitat des Hauts-de-France",
        sigle: Some("URH HdF"),
        kind: Some(ActorType::Association),
        aliases: &["Union Régionale pour l'Habitat"],
        source: "Communiqué du 20 octobre 2020",
        ..NONE
    },
    Known {
        id: "etat",
        name: "État",
        kind: Some(ActorType::Etat),
        aliases: &["L'État"],
        source: "Les bailleurs sociaux en Sambre Avesnois Thiérache ; convention entre Action Logement et l'ADCF",
        ..NONE
    },
];

/// All of them.
pub(super) fn actors() -> impl Iterator<Item = Actor> {
    KNOWN.iter().map(|k| Actor {
        id: k.id.to_owned(),
        name: k.name.to_owned(),
        sigle: k.sigle.map(str::to_owned),
        siren: k.siren.map(str::to_owned),
        kind: k.kind,
        group: None,
        aliases: k.aliases.iter().map(|a| (*a).to_owned()).collect(),
        source: k.source.to_owned(),
    })
}
