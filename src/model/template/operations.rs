//! The template of operations of an asset plan (InterventionPSP).

use super::Template;
use super::column::{Column, Kind, Need};
use super::reserves::{COMMENT, COMMUNE, ID, INSEE, LAT, LAYER, LAYER_ID, LON, MONEY, NAME, OWNER, PARCELS};
use crate::model::role::Role;

const YEAR: Kind = Kind::Whole {
    least: 1950,
    most: 2100,
};

const RATING: Kind = Kind::Codes(&["A", "B", "C", "D", "E", "F", "G"]);

pub(super) const TEMPLATE: Template = Template {
    name: "operations",
    role: Role::Intervention,
    title: ["Opérations du plan stratégique de patrimoine", "Operations of the asset-strategy plan"],
    sheet: ["Opérations", "Operations"],
    purpose: [
        "Ce que votre plan stratégique de patrimoine (PSP) prévoit : une ligne par opération, sur un bâtiment, un groupe, une cité ou une parcelle.",
        "What your asset-strategy plan provides for: one row for each operation, on a building, a group, an estate or a parcel.",
    ],
    columns: &[
        ID,
        NAME.like("Réhabilitation fictive", "Fictional refurbishment"),
        OWNER.like("Bailleur fictif", "Fictional landlord"),
        Column::text(
            "objet",
            ["Objet", "Object"],
            [
                "Sur quoi porte l'opération : bâtiment, groupe, cité ou parcelle.",
                "What the operation is on: a building, a group, an estate or a parcel.",
            ],
        )
        .of(Kind::Codes(&["BATIMENT", "GROUPE", "CITE", "PARCELLE"]))
        .like("CITE", "CITE"),
        Column::text(
            "ref",
            ["Référence de l'objet", "Reference of the object"],
            [
                "Votre référence du bâtiment ou du groupe dans votre logiciel.",
                "Your reference of the building or group in your software.",
            ],
        )
        .like("G-000", "G-000"),
        Column::text(
            "cite",
            ["Cité", "Mining estate"],
            [
                "Nom de la cité, tel que la Mission Bassin Minier l'écrit. Il suffit à placer l'opération.",
                "Name of the estate, as the Mission Bassin Minier writes it. It is enough to place the operation.",
            ],
        )
        .needed(Need::Place)
        .like("Cité fictive", "Cité fictive"),
        PARCELS,
        COMMUNE.like("Sains-en-Gohelle", "Sains-en-Gohelle"),
        INSEE.like("62737", "62737"),
        LON,
        LAT,
        LAYER,
        LAYER_ID,
        Column::text(
            "type",
            ["Type d'opération", "Type of operation"],
            ["Réhabilitation, démolition, construction, vente…", "Refurbishment, demolition, construction, sale…"],
        )
        .of(Kind::Codes(&[
            "REHAB",
            "REHAB_LOURDE",
            "DEMOLITION",
            "CONSTRUCTION",
            "VENTE_LOT",
            "VENTE_BLOC",
            "RESIDENTIALISATION",
            "CHANGEMENT_USAGE",
            "RACHAT",
            "AMENAGEMENT",
        ]))
        .like("REHAB", "REHAB"),
        Column::text(
            "segment",
            ["Segment du PSP", "Segment of the plan"],
            ["Segment de votre plan, dans vos mots.", "Segment of your plan, in your words."],
        ),
        Column::text(
            "nb_logements",
            ["Nombre de logements", "Number of dwellings"],
            ["Logements concernés par l'opération.", "Dwellings that the operation concerns."],
        )
        .of(Kind::Whole {
            least: 0,
            most: 1_000_000,
        })
        .like("120", "120"),
        Column::text(
            "cout_eur",
            ["Coût prévisionnel", "Estimated cost"],
            [
                "Facultatif, en euros hors taxes. Donnée sensible : elle reste chez vous tant que vous ne la publiez pas.",
                "Optional, in euros without tax. Sensitive: it stays with you until you publish it.",
            ],
        )
        .of(MONEY)
        .in_unit("€"),
        Column::text(
            "dpe_avant",
            ["DPE avant", "Energy rating before"],
            ["Étiquette énergie avant travaux, de A à G.", "Energy rating before the works, from A to G."],
        )
        .of(RATING)
        .like("F", "F"),
        Column::text(
            "dpe_apres",
            ["DPE après", "Energy rating after"],
            ["Étiquette énergie visée, de A à G.", "Energy rating aimed at, from A to G."],
        )
        .of(RATING)
        .like("B", "B"),
        Column::text(
            "annee_debut",
            ["Année de début", "Start year"],
            ["Année où les travaux ou la vente commencent : 2026.", "Year in which works or sale begin: 2026."],
        )
        .of(YEAR)
        .like("2026", "2026"),
        Column::text(
            "annee_fin",
            ["Année de fin", "End year"],
            ["Année où l'opération s'achève ; la même si elle tient dans l'année.", "Year in which the operation ends; the same where it fits in one."],
        )
        .of(YEAR)
        .like("2028", "2028"),
        Column::text(
            "periode",
            ["Période", "Period"],
            [
                "Si vous la connaissez plus finement : 2026, 2026-2028, T2 2026, S1 2027, 03/2026.",
                "Where you know it more finely: 2026, 2026-2028, T2 2026 (quarter), S1 2027 (half), 03/2026.",
            ],
        ),
        Column::text(
            "statut",
            ["Statut", "Status"],
            ["Où en est l'opération, de « prévue » à « close ».", "How far the operation is, from “planned” to “closed”."],
        )
        .of(Kind::Codes(&[
            "prevue",
            "validee_CA",
            "etudes",
            "financee",
            "travaux",
            "receptionnee",
            "close",
            "reportee",
            "annulee",
        ]))
        .like("prevue", "prevue"),
        Column::text(
            "programmes",
            ["Programmes publics", "Public programmes"],
            [
                "ERBM, NPNRU, ACV… ; plusieurs se séparent par « ; ».",
                "ERBM, NPNRU, ACV…; several are separated by “;”.",
            ],
        )
        .like("ERBM", "ERBM"),
        COMMENT.like("Ligne d'exemple, à effacer ou à laisser : elle n'est pas chargée.", "A row of example, to be erased or left: it is not loaded."),
    ],
};
