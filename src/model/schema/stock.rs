//! Housing, buildings and the land market: RPLS, BD TOPO, DVF.
//!
//! Sources: SDES, RPLS (detail per dwelling); IGN, BD TOPO 3; Etalab, DVF géolocalisées.

use super::table::Schema;
use crate::model::keys::KeyKind::{Commune, Department, Parcel};
use crate::model::role::Role;

pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "sdes-rpls",
        role: Some(Role::Stock),
        has: &["DEPCOM", "NBPIECE", "SURFHAB"],
        fields: &[
            ("commune", "DEPCOM"),
            ("commune_name", "LIBCOM"),
            ("x", "X"),
            ("y", "Y"),
            ("crs", "EPSG"),
        ],
        keys: &[("DEPCOM", Commune)],
        ..Schema::EMPTY
    },
    Schema {
        name: "dvf",
        has: &["id_mutation", "date_mutation", "nature_mutation"],
        fields: &[
            ("reference", "id_mutation"),
            ("time", "date_mutation"),
            ("type", "nature_mutation"),
            ("cost", "valeur_fonciere"),
            ("parcels", "id_parcelle"),
            ("commune", "code_commune"),
            ("commune_name", "nom_commune"),
            ("department", "code_departement"),
            ("area", "surface_terrain"),
            ("lon", "longitude"),
            ("lat", "latitude"),
        ],
        keys: &[
            ("id_parcelle", Parcel),
            ("code_commune", Commune),
            ("code_departement", Department),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "bdtopo-batiment",
        has: &["NATURE", "USAGE1"],
        any: &["NB_LOGTS", "NB_ETAGES", "HAUTEUR", "MAT_MURS", "nombre_de_logements"],
        fields: &[("type", "NATURE"), ("status", "ETAT"), ("dwellings", "NB_LOGTS")],
        ..Schema::EMPTY
    },
    Schema {
        name: "bdtopo-batiment",
        has: &["nature", "usage_1", "nombre_de_logements"],
        fields: &[
            ("type", "nature"),
            ("status", "etat_de_l_objet"),
            ("dwellings", "nombre_de_logements"),
        ],
        ..Schema::EMPTY
    },
];
