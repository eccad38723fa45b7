//! Roles: what a layer is to the territory, and the fields that a role knows.
//!
//! One table of labels, from which interface and glossary are made.

use serde::{Deserialize, Serialize};

/// What a layer is to the territory. A layer without one is generic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Land held for a later operation (réserve foncière).
    LandReserve,
    /// Mining estate (cité).
    Estate,
    /// Public space, built or planned.
    PublicSpace,
    /// Cadastral parcel.
    Parcel,
    /// Operation of an asset plan (PSP).
    Intervention,
    /// Public programme (ERBM, NPNRU…).
    Programme,
    /// Administrative or statistical area.
    Territory,
    /// Rule or risk that binds the land.
    Constraint,
    /// Dwellings or counts per territory.
    Stock,
    /// Site proposed to a competition.
    Candidate,
}

impl Role {
    /// All roles, in the order in which people read them.
    pub const ALL: [Self; 10] = [
        Self::LandReserve,
        Self::Estate,
        Self::PublicSpace,
        Self::Parcel,
        Self::Intervention,
        Self::Programme,
        Self::Territory,
        Self::Constraint,
        Self::Stock,
        Self::Candidate,
    ];

    /// Its name in configuration and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LandReserve => "land-reserve",
            Self::Estate => "estate",
            Self::PublicSpace => "public-space",
            Self::Parcel => "parcel",
            Self::Intervention => "intervention",
            Self::Programme => "programme",
            Self::Territory => "territory",
            Self::Constraint => "constraint",
            Self::Stock => "stock",
            Self::Candidate => "candidate",
        }
    }

    /// French and English label.
    #[must_use]
    pub fn label(self) -> Label {
        let (fr, en) = match self {
            Self::LandReserve => ("Réserves foncières", "Land reserves"),
            Self::Estate => ("Cités minières", "Mining estates"),
            Self::PublicSpace => ("Espaces publics", "Public spaces"),
            Self::Parcel => ("Parcelles cadastrales", "Cadastral parcels"),
            Self::Intervention => ("Opérations (PSP)", "Operations (asset plans)"),
            Self::Programme => ("Programmes", "Programmes"),
            Self::Territory => ("Territoires", "Territories"),
            Self::Constraint => ("Contraintes", "Constraints"),
            Self::Stock => ("Parc de logements", "Housing stock"),
            Self::Candidate => ("Sites candidats", "Candidate sites"),
        };
        Label {
            fr: fr.into(),
            en: en.into(),
        }
    }

    /// The role's own key fields, the first that a layer has being its id (DESIGN §3, Ids).
    #[must_use]
    pub fn key_fields(self) -> &'static [&'static str] {
        match self {
            Self::Parcel => &["idu", "id", "id_par", "geo_parcelle"],
            Self::Estate => &["id_lsm"],
            Self::Territory => &["insee", "code_insee", "insee_com", "code_siren", "code_qp", "code"],
            _ => &[],
        }
    }
}

/// A text in French and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// A language of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// French.
    French,
    /// English.
    English,
}

impl Label {
    /// The text in a language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }

    /// The same text in both languages.
    #[must_use]
    pub fn same(text: &str) -> Self {
        Self {
            fr: text.into(),
            en: text.into(),
        }
    }
}

/// Guesses a layer's role from its id and field names, by the schemas that are known ([`super::schema`]).
///
/// The guess is shown to the user and overruled by the configuration.
#[must_use]
pub fn guess_role(layer: &str, fields: &[&str]) -> Option<Role> {
    super::schema::recognise(layer, fields).role
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_schemas_are_recognised() {
        let check = |layer, fields: &[&str], expected| assert_eq!(guess_role(layer, fields), expected, "{layer}");
        check(
            "cadastre-91027-parcelles",
            &["id", "commune", "prefixe", "section", "numero"],
            Some(Role::Parcel),
        );
        check("27412-sections", &["fid", "id", "commune", "prefixe", "code"], None);
        check(
            "zt-cites-minieres",
            &["id_lsm", "nom", "type", "compagnie", "interet"],
            Some(Role::Estate),
        );
        check("communes-mbm", &["insee", "nom", "statut"], Some(Role::Territory));
        check("departement-62-pas-de-calais", &["code", "nom"], Some(Role::Territory));
        check("puits-de-mines", &["commune", "fosse", "puits"], Some(Role::Constraint));
        check("terrils", &["no_terril", "nom"], None);
    }

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            let json = serde_json::to_string(&role).unwrap();
            assert_eq!(json, format!("\"{}\"", role.name()));
        }
    }
}
