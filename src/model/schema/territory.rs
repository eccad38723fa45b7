//! Territories: QPV, Admin Express, geo.api.gouv.fr and plain outlines with a code and a name.
//!
//! Sources: ANCT, QPV 2024; IGN, Admin Express; geo.api.gouv.fr.

use super::table::Schema;
use crate::model::keys::KeyKind::{Commune, Department, Siren};
use crate::model::role::Role;

const TERRITORY: Schema = Schema {
    role: Some(Role::Territory),
    ..Schema::EMPTY
};

pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "qpv-2024",
        has: &["code_qp", "lib_qp"],
        // A quarter may lie in several communes: its field of communes is a list, not a key.
        fields: &[("name", "lib_qp"), ("code", "code_qp")],
        keys: &[("insee_dep", Department), ("siren_epci", Siren)],
        ..TERRITORY
    },
    Schema {
        name: "mbm-communes",
        has: &["insee", "nom", "epci_siren"],
        fields: &[
            ("name", "nom"),
            ("code", "insee"),
            ("commune", "insee"),
            ("type", "statut"),
        ],
        keys: &[("insee", Commune), ("epci_siren", Siren)],
        ..TERRITORY
    },
    Schema {
        name: "mbm-communes",
        has: &["insee_com", "nom_min"],
        fields: &[
            ("name", "nom_min"),
            ("code", "insee_com"),
            ("commune", "insee_com"),
            ("type", "statut"),
        ],
        keys: &[("insee_com", Commune)],
        ..TERRITORY
    },
    Schema {
        name: "admin-express-commune",
        has: &["INSEE_COM", "NOM"],
        fields: &[
            ("name", "NOM"),
            ("code", "INSEE_COM"),
            ("commune", "INSEE_COM"),
            ("department", "INSEE_DEP"),
            ("type", "STATUT"),
        ],
        keys: &[("INSEE_COM", Commune), ("INSEE_DEP", Department), ("SIREN_EPCI", Siren)],
        ..TERRITORY
    },
    Schema {
        name: "admin-express-commune",
        has: &["code_insee", "nom_officiel", "code_insee_du_departement"],
        fields: &[
            ("name", "nom_officiel"),
            ("code", "code_insee"),
            ("commune", "code_insee"),
            ("department", "code_insee_du_departement"),
            ("type", "statut"),
        ],
        keys: &[("code_insee", Commune), ("code_insee_du_departement", Department)],
        ..TERRITORY
    },
    Schema {
        name: "admin-express-departement",
        has: &["INSEE_DEP", "NOM"],
        lacks: &["INSEE_COM"],
        fields: &[("name", "NOM"), ("code", "INSEE_DEP"), ("department", "INSEE_DEP")],
        keys: &[("INSEE_DEP", Department)],
        ..TERRITORY
    },
    Schema {
        name: "epci",
        has: &["code_siren", "nom"],
        fields: &[("name", "nom"), ("code", "code_siren"), ("siren", "code_siren")],
        keys: &[("code_siren", Siren)],
        ..TERRITORY
    },
    Schema {
        name: "geo-api-communes",
        has: &["code", "nom"],
        any: &["codeEpci", "codeDepartement", "codesPostaux"],
        fields: &[
            ("name", "nom"),
            ("code", "code"),
            ("commune", "code"),
            ("department", "codeDepartement"),
        ],
        keys: &[("code", Commune), ("codeDepartement", Department), ("codeEpci", Siren)],
        ..TERRITORY
    },
    Schema {
        name: "communes",
        layer: &["commune"],
        has: &["code", "nom"],
        fields: &[("name", "nom"), ("code", "code"), ("commune", "code")],
        keys: &[("code", Commune)],
        ..TERRITORY
    },
    Schema {
        name: "epci",
        layer: &["epci"],
        has: &["code", "nom"],
        fields: &[("name", "nom"), ("code", "code"), ("siren", "code")],
        keys: &[("code", Siren)],
        ..TERRITORY
    },
    // A canton or an arrondissement of a département has that in the layer's name too: before it.
    Schema {
        name: "outlines",
        layer: &["canton", "arrondissement", "region"],
        has: &["code", "nom"],
        fields: &[("name", "nom"), ("code", "code")],
        ..TERRITORY
    },
    Schema {
        name: "departements",
        layer: &["departement"],
        has: &["code", "nom"],
        fields: &[("name", "nom"), ("code", "code"), ("department", "code")],
        keys: &[("code", Department)],
        ..TERRITORY
    },
    Schema {
        name: "communes",
        has: &["insee", "nom"],
        fields: &[("name", "nom"), ("code", "insee"), ("commune", "insee")],
        keys: &[("insee", Commune)],
        ..TERRITORY
    },
];
