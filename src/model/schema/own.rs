//! Our own: the templates that landlords fill, and the layers of the demonstration territory, which have the same names.

use super::table::Schema;
use crate::model::keys::KeyKind::{Commune, Parcel};
use crate::model::role::Role;

pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "terril-candidats",
        role: Some(Role::Candidate),
        has: &["acteur", "statut", "concours"],
        fields: &[
            ("reference", "id"),
            ("name", "nom"),
            ("owner", "acteur"),
            ("status", "statut"),
            ("area", "surface_declaree_m2"),
            ("parcels", "parcelles"),
            ("commune", "code_insee"),
            ("commune_name", "commune"),
            ("place_layer", "couche"),
            ("place_id", "id_couche"),
            ("lon", "lon"),
            ("lat", "lat"),
            ("time", "date_depot"),
            ("comment", "commentaire"),
        ],
        keys: &[("parcelles", Parcel), ("code_insee", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-operations",
        role: Some(Role::Intervention),
        has: &["acteur", "type", "statut"],
        any: &["annee_debut", "nb_logements", "objet"],
        fields: &[
            ("name", "nom"),
            ("owner", "acteur"),
            ("object", "objet"),
            ("reference", "ref"),
            ("type", "type"),
            ("status", "statut"),
            ("dwellings", "nb_logements"),
            ("cost", "cout_eur"),
            ("start", "annee_debut"),
            ("end", "annee_fin"),
            ("period", "periode"),
            ("parcels", "parcelles"),
            ("commune", "code_insee"),
            ("commune_name", "commune"),
            ("estate_name", "cite"),
            ("place_layer", "couche"),
            ("place_id", "id_couche"),
            ("lon", "lon"),
            ("lat", "lat"),
            ("comment", "commentaire"),
        ],
        keys: &[("parcelles", Parcel), ("code_insee", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-reserves",
        role: Some(Role::LandReserve),
        has: &["acteur", "statut", "surface_declaree_m2"],
        fields: &[
            ("reference", "id"),
            ("name", "nom"),
            ("owner", "acteur"),
            ("status", "statut"),
            ("area", "surface_declaree_m2"),
            ("parcels", "parcelles"),
            ("commune", "code_insee"),
            ("commune_name", "commune"),
            ("zone", "zone_plu"),
            ("cost", "prix_reference_eur"),
            ("place_layer", "couche"),
            ("place_id", "id_couche"),
            ("lon", "lon"),
            ("lat", "lat"),
            ("comment", "commentaire"),
        ],
        keys: &[("parcelles", Parcel), ("code_insee", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-programmes",
        role: Some(Role::Programme),
        layer: &["programme"],
        has: &["code", "nom", "annee_debut", "annee_fin"],
        fields: &[
            ("name", "nom"),
            ("code", "code"),
            ("start", "annee_debut"),
            ("end", "annee_fin"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-espaces-publics",
        role: Some(Role::PublicSpace),
        layer: &["espace"],
        has: &["nom", "type", "statut", "etat"],
        fields: &[
            ("name", "nom"),
            ("type", "type"),
            ("status", "statut"),
            ("owner", "proprietaire"),
            ("owner", "maitre_ouvrage"),
            ("area", "surface_m2"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-cites",
        role: Some(Role::Estate),
        has: &["id_lsm", "nom", "type", "acteur"],
        fields: &[
            ("name", "nom"),
            ("type", "type"),
            ("owner", "acteur"),
            ("area", "surface_m2"),
            ("reference", "id_lsm"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-communes",
        role: Some(Role::Territory),
        layer: &["commune"],
        has: &["nom", "code_insee", "surface_m2"],
        fields: &[
            ("name", "nom"),
            ("code", "code_insee"),
            ("commune", "code_insee"),
            ("type", "type"),
            ("area", "surface_m2"),
        ],
        keys: &[("code_insee", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "terril-stock",
        role: Some(Role::Stock),
        has: &["nom", "nb_logements", "annee_construction"],
        fields: &[("name", "nom"), ("dwellings", "nb_logements")],
        ..Schema::EMPTY
    },
];
