//! The mining basin: cités, terrils, cavaliers, shafts, the UNESCO property and its buffer zone.
//!
//! Source: Mission Bassin Minier, layers of `mission_bassin_minier` at geo2france and as published since. Commune names
//! stand in up to six columns and in four spellings: they are no keys.

use super::table::Schema;
use crate::model::role::Role;

pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "mbm-cites",
        role: Some(Role::Estate),
        layer: &["cite", "zt"],
        has: &["nom", "type", "compagnie", "interet"],
        fields: &[
            ("name", "nom"),
            ("type", "type"),
            ("owner", "proprietaire"),
            ("commune_name", "commune_1"),
            ("reference", "id_lsm"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-puits",
        role: Some(Role::Constraint),
        has: &["fosse", "puits"],
        fields: &[
            ("name", "fosse"),
            ("reference", "puits"),
            ("commune_name", "commune"),
            ("start", "creusement"),
            ("end", "fermeture"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-terrils",
        has: &["no_terril", "nom"],
        fields: &[
            ("name", "nom"),
            ("reference", "no_terril"),
            ("type", "forme"),
            ("commune_name", "commune_1"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-terrils",
        layer: &["terril", "zt"],
        has: &["nom", "nom_usuel", "forme"],
        fields: &[("name", "nom"), ("type", "forme"), ("commune_name", "commune_1")],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-cavaliers",
        layer: &["cavalier", "zt"],
        has: &["commune_1"],
        any: &["longueur_m", "id_troncon"],
        fields: &[
            ("name", "nom"),
            ("reference", "id_troncon"),
            ("reference", "id_unesco"),
            ("commune_name", "commune_1"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-batis",
        has: &["typologie", "inscrit_mh", "classe_mh"],
        fields: &[
            ("name", "nom"),
            ("type", "typologie"),
            ("owner", "proprietaire"),
            ("period", "periode"),
            ("commune_name", "commune_1"),
            ("reference", "id_unesco"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-bien-inscrit",
        role: Some(Role::Territory),
        has: &["no_section", "no_element", "nom"],
        fields: &[("name", "nom"), ("reference", "no_element"), ("area", "surface_ha")],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-zone-tampon",
        role: Some(Role::Territory),
        layer: &["tampon"],
        has: &["surface_ha"],
        fields: &[("area", "surface_ha")],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-bassin-minier",
        role: Some(Role::Territory),
        layer: &["bassin"],
        has: &["nom", "surface_km2", "population"],
        fields: &[("name", "nom"), ("area", "surface_km2")],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-parvis-agricoles",
        has: &["qualite_vue", "vue_sur"],
        fields: &[("type", "qualite_vue")],
        ..Schema::EMPTY
    },
    Schema {
        name: "mbm-espaces-neonaturels",
        layer: &["espace", "zt"],
        has: &["nom", "commune_1", "commune_2"],
        any: &["id_unesco", "commune_3"],
        lacks: &["type", "forme"],
        fields: &[("name", "nom"), ("commune_name", "commune_1")],
        ..Schema::EMPTY
    },
];
