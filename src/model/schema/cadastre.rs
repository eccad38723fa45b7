//! The cadastre: Etalab's files, IGN's Parcellaire Express, EDIGEO as GDAL names it, parcels of legal persons.
//!
//! Sources: datagouv/cadastre `lib/shp/schemas.js`; IGN, Parcellaire Express (PCI); norm EDIGEO of the PCI vecteur;
//! DGFiP, "Fichiers des parcelles des personnes morales".

use super::table::Schema;
use crate::model::keys::KeyKind::{Commune, Department, Parcel, Siren};
use crate::model::role::Role;

pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "dgfip-personnes-morales",
        has: &["Section (Références cadastrales)"],
        any: &[
            "N° SIREN (Propriétaire(s) parcelle)",
            "Dénomination (Propriétaire(s) parcelle)",
        ],
        fields: &[
            ("department", "Département (Champ géographique)"),
            ("commune", "Code Commune (Champ géographique)"),
            ("commune_name", "Nom Commune (Champ géographique)"),
            ("prefix", "Préfixe (Références cadastrales)"),
            ("section", "Section (Références cadastrales)"),
            ("number", "N° plan (Références cadastrales)"),
            ("area", "Contenance (Caractéristiques parcelle)"),
            ("siren", "N° SIREN (Propriétaire(s) parcelle)"),
            ("owner", "Dénomination (Propriétaire(s) parcelle)"),
            ("type", "Code droit (Propriétaire(s) parcelle)"),
        ],
        keys: &[
            ("Département (Champ géographique)", Department),
            ("N° SIREN (Propriétaire(s) parcelle)", Siren),
        ],
        ..Schema::EMPTY
    },
    // The same, its headings cut to their first words.
    Schema {
        name: "dgfip-personnes-morales",
        has: &["section", "n_plan", "code_droit"],
        any: &["n_siren", "denomination"],
        fields: &[
            ("department", "departement"),
            ("commune", "code_commune"),
            ("commune_name", "nom_commune"),
            ("prefix", "prefixe"),
            ("section", "section"),
            ("number", "n_plan"),
            ("area", "contenance"),
            ("siren", "n_siren"),
            ("owner", "denomination"),
            ("type", "code_droit"),
        ],
        keys: &[("departement", Department), ("n_siren", Siren)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-feuilles",
        has: &["id", "section", "numero", "qualite", "echelle"],
        fields: &[
            ("commune", "commune"),
            ("prefix", "prefixe"),
            ("section", "section"),
            ("number", "numero"),
        ],
        keys: &[("commune", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "parcellaire-express-parcelle",
        role: Some(Role::Parcel),
        has: &["idu", "numero"],
        fields: &[
            ("parcels", "idu"),
            ("commune", "code_insee"),
            ("commune_name", "nom_com"),
            ("department", "code_dep"),
            ("prefix", "com_abs"),
            ("section", "section"),
            ("number", "numero"),
            ("area", "contenance"),
        ],
        keys: &[("idu", Parcel), ("code_insee", Commune), ("code_dep", Department)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-parcelles",
        role: Some(Role::Parcel),
        has: &["id", "section", "numero"],
        lacks: &["code"],
        fields: &[
            ("parcels", "id"),
            ("commune", "commune"),
            ("prefix", "prefixe"),
            ("section", "section"),
            ("number", "numero"),
            ("area", "contenance"),
            ("owner", "proprietaire"),
        ],
        keys: &[("id", Parcel), ("commune", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-sections",
        has: &["id", "commune", "prefixe", "code"],
        fields: &[("commune", "commune"), ("prefix", "prefixe"), ("section", "code")],
        keys: &[("commune", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-prefixes-sections",
        has: &["id", "commune", "prefixe", "ancienne"],
        fields: &[("name", "nom"), ("commune", "commune"), ("prefix", "prefixe")],
        keys: &[("commune", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-communes",
        role: Some(Role::Territory),
        layer: &["commune"],
        has: &["id", "nom", "created", "updated"],
        fields: &[("name", "nom"), ("code", "id")],
        keys: &[("id", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-batiments",
        layer: &["bati"],
        has: &["commune", "nom", "type", "created", "updated"],
        fields: &[("name", "nom"), ("type", "type"), ("commune", "commune")],
        keys: &[("commune", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-lieux-dits",
        layer: &["lieu"],
        has: &["commune", "nom"],
        fields: &[("name", "nom"), ("commune", "commune")],
        keys: &[("commune", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "etalab-subdivisions-fiscales",
        has: &["parcelle", "lettre"],
        fields: &[("parcels", "parcelle")],
        keys: &[("parcelle", Parcel)],
        ..Schema::EMPTY
    },
    Schema {
        name: "edigeo-parcelle",
        role: Some(Role::Parcel),
        has: &["OBJECT_RID", "IDU", "SUPF"],
        fields: &[("parcels", "IDU"), ("area", "SUPF")],
        keys: &[("IDU", Parcel)],
        ..Schema::EMPTY
    },
    Schema {
        name: "edigeo-batiment",
        has: &["OBJECT_RID", "DUR"],
        fields: &[("name", "TEX"), ("type", "DUR")],
        ..Schema::EMPTY
    },
    Schema {
        name: "edigeo-commune",
        role: Some(Role::Territory),
        layer: &["commune"],
        has: &["OBJECT_RID", "IDU"],
        fields: &[("name", "TEX2"), ("code", "IDU")],
        ..Schema::EMPTY
    },
    Schema {
        name: "edigeo-section",
        layer: &["section", "subdsect"],
        has: &["OBJECT_RID", "IDU"],
        fields: &[("section", "TEX")],
        ..Schema::EMPTY
    },
    Schema {
        name: "edigeo-lieu-dit",
        layer: &["lieudit"],
        has: &["OBJECT_RID", "TEX"],
        fields: &[("name", "TEX")],
        ..Schema::EMPTY
    },
];
