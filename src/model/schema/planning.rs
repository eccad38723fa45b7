//! Planning: CNIG's PLU, SUP and Friches, plans of risks (COVADIS).
//!
//! Sources: CNIG, standards "PLU/PLUi" (2014, 2017 and later), "SUP" (2016) and "Friches" (1.0.4), as the validator of
//! IGNF has them; the same in lower case as the Géoportail de l'urbanisme gives them.

use super::table::Schema;
use crate::model::keys::KeyKind::{Commune, Parcel};
use crate::model::role::Role;

const CONSTRAINT: Schema = Schema {
    role: Some(Role::Constraint),
    ..Schema::EMPTY
};

pub(super) const SCHEMAS: &[Schema] = &[
    Schema {
        name: "cnig-plu-zone-urba",
        has: &["LIBELLE", "TYPEZONE"],
        fields: &[
            ("name", "LIBELLE"),
            ("type", "TYPEZONE"),
            ("zone", "TYPEZONE"),
            ("commune", "INSEE"),
            ("reference", "IDURBA"),
        ],
        keys: &[("INSEE", Commune)],
        ..CONSTRAINT
    },
    Schema {
        name: "cnig-plu-prescription",
        has: &["TYPEPSC"],
        fields: &[
            ("name", "LIBELLE"),
            ("type", "TYPEPSC"),
            ("commune", "INSEE"),
            ("reference", "IDURBA"),
        ],
        keys: &[("INSEE", Commune)],
        ..CONSTRAINT
    },
    Schema {
        name: "cnig-plu-information",
        has: &["TYPEINF"],
        any: &["LIBELLE", "TXT", "IDURBA"],
        fields: &[
            ("name", "LIBELLE"),
            ("type", "TYPEINF"),
            ("commune", "INSEE"),
            ("reference", "IDURBA"),
        ],
        keys: &[("INSEE", Commune)],
        ..CONSTRAINT
    },
    Schema {
        name: "cnig-cc-secteur",
        has: &["LIBELLE", "TYPESECT"],
        fields: &[
            ("name", "LIBELLE"),
            ("type", "TYPESECT"),
            ("zone", "TYPESECT"),
            ("reference", "IDURBA"),
        ],
        ..CONSTRAINT
    },
    Schema {
        name: "cnig-doc-urba",
        has: &["IDURBA", "TYPEDOC"],
        any: &["ETAT", "DATAPPRO", "NOMPROC"],
        fields: &[("reference", "IDURBA"), ("type", "TYPEDOC"), ("status", "ETAT")],
        ..Schema::EMPTY
    },
    Schema {
        name: "cnig-sup-acte",
        has: &["IDACTE", "NOMACTE"],
        fields: &[("reference", "IDACTE"), ("name", "NOMACTE"), ("type", "TYPEACTE")],
        ..Schema::EMPTY
    },
    Schema {
        name: "cnig-sup-assiette",
        has: &["IDASS", "IDGEN"],
        fields: &[("reference", "IDASS"), ("name", "NOMASS"), ("type", "TYPEASS")],
        ..CONSTRAINT
    },
    Schema {
        name: "cnig-sup-generateur",
        has: &["IDGEN", "IDSUP"],
        fields: &[("reference", "IDGEN"), ("name", "NOMGEN"), ("type", "TYPEGEN")],
        ..CONSTRAINT
    },
    Schema {
        name: "cnig-sup-servitude",
        has: &["IDSUP"],
        any: &["NOMSUPLITT", "NOMSUP", "SUPTYPE", "CATEGORIE"],
        fields: &[
            ("reference", "IDSUP"),
            ("name", "NOMSUPLITT"),
            ("name", "NOMSUP"),
            ("type", "SUPTYPE"),
            ("type", "CATEGORIE"),
        ],
        ..Schema::EMPTY
    },
    Schema {
        name: "covadis-ppr-zone",
        has: &["codeprocedure", "codezonereglement"],
        fields: &[
            ("name", "libellezonereglement"),
            ("type", "typereglement"),
            ("zone", "codezonereglement"),
            ("reference", "codeprocedure"),
        ],
        ..CONSTRAINT
    },
    Schema {
        name: "covadis-ppr-perimetre",
        has: &["codeprocedure", "idperimetre"],
        fields: &[("reference", "codeprocedure"), ("status", "etatprocedure")],
        ..CONSTRAINT
    },
    // A friche is not a reserve: who holds it, and for what, it does not say.
    Schema {
        name: "cnig-friches",
        has: &["site_id", "site_nom", "site_type", "comm_insee"],
        fields: &[
            ("reference", "site_id"),
            ("name", "site_nom"),
            ("type", "site_type"),
            ("status", "site_statut"),
            ("address", "site_adresse"),
            ("commune", "comm_insee"),
            ("commune_name", "comm_nom"),
            ("parcels", "unite_fonciere_refcad"),
            ("area", "unite_fonciere_surface"),
            ("owner", "proprio_nom"),
            ("zone", "urba_zone_type"),
        ],
        keys: &[("comm_insee", Commune), ("unite_fonciere_refcad", Parcel)],
        ..Schema::EMPTY
    },
];
