//! The template of sites proposed to a competition (Candidature).

use super::Template;
use super::column::{Column, Kind};
use super::reserves::{
    COMMENT, COMMUNE, DECLARED_AREA, ID, INSEE, LAT, LAYER, LAYER_ID, LON, NAME, OWNER, PARCELS, PURPOSES,
};
use crate::model::role::Role;

pub(super) const TEMPLATE: Template = Template {
    name: "candidats",
    role: Role::Candidate,
    title: ["Sites candidats à un concours", "Sites proposed to a competition"],
    sheet: ["Candidats", "Candidates"],
    purpose: [
        "Les sites que vous proposez à un concours d'urbanisme ou d'architecture : une ligne par site.",
        "The sites that you propose to a competition of planning or architecture: one row for each site.",
    ],
    columns: &[
        ID,
        NAME.like("Site fictif", "Fictional site"),
        OWNER.like("Bailleur fictif", "Fictional landlord"),
        Column::text(
            "concours",
            ["Concours", "Competition"],
            ["Nom du concours.", "Name of the competition."],
        )
        .like("Concours fictif", "Fictional competition"),
        Column::text(
            "edition",
            ["Édition", "Edition"],
            ["Année ou numéro de l'édition.", "Year or number of the edition."],
        )
        .like("2026", "2026"),
        PARCELS.like("62737999ZZ0001", "62737999ZZ0001"),
        COMMUNE.like("Sains-en-Gohelle", "Sains-en-Gohelle"),
        INSEE.like("62737", "62737"),
        LON,
        LAT,
        LAYER,
        LAYER_ID,
        DECLARED_AREA.like("21000", "21000"),
        Column::text(
            "vocation_pressentie",
            ["Vocation pressentie", "Intended purpose"],
            ["Ce que le site pourrait devenir.", "What the site could become."],
        )
        .of(PURPOSES)
        .like("MIXTE", "MIXTE"),
        Column::text(
            "statut",
            ["Statut", "Status"],
            [
                "Où en est la candidature. « proposée » pour un dépôt.",
                "How far the candidature is. “proposed” for a new one.",
            ],
        )
        .of(Kind::Codes(&[
            "proposee",
            "recevable",
            "irrecevable",
            "notee",
            "preselectionnee",
            "retenue",
            "ecartee",
            "attribuee",
        ]))
        .like("proposee", "proposee"),
        Column::text(
            "accord_commune",
            ["Accord de la commune", "Consent of the commune"],
            [
                "Si la commune a donné son accord.",
                "Whether the commune has consented.",
            ],
        )
        .of(Kind::Codes(&["OUI", "NON", "EN_ATTENTE"]))
        .like("EN_ATTENTE", "EN_ATTENTE"),
        Column::text(
            "pieces",
            ["Pièces jointes", "Documents"],
            [
                "Noms ou adresses des pièces du dossier ; plusieurs se séparent par « ; ».",
                "Names or addresses of the file's documents; several are separated by “;”.",
            ],
        ),
        Column::text(
            "date_depot",
            ["Date de dépôt", "Date of submission"],
            ["Jour du dépôt.", "Day of the submission."],
        )
        .of(Kind::Date)
        .like("2026-01-15", "2026-01-15"),
        COMMENT.like(
            "Ligne d'exemple, à effacer ou à laisser : elle n'est pas chargée.",
            "A row of example, to be erased or left: it is not loaded.",
        ),
    ],
};
