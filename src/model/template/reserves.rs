//! The template of land reserves (ReserveFonciere).

use super::Template;
use super::column::{Column, Kind, Need};
use crate::model::role::Role;

/// The largest area that a cell takes: a département.
pub(super) const AREA: Kind = Kind::Decimal {
    least: 0.0,
    most: 10_000_000_000.0,
};

/// The largest sum that a cell takes.
pub(super) const MONEY: Kind = Kind::Decimal {
    least: 0.0,
    most: 10_000_000_000.0,
};

/// What the landlord would like to become of it.
pub(super) const PURPOSES: Kind = Kind::Codes(&[
    "LOGEMENT_LOCATIF",
    "ACCESSION",
    "EQUIPEMENT",
    "ESPACE_PUBLIC",
    "JARDINS",
    "ACTIVITE",
    "RENATURATION",
    "MIXTE",
]);

pub(super) const ID: Column = Column::text(
    "id",
    ["Identifiant", "Identifier"],
    [
        "Votre référence, la même d'un envoi à l'autre. Chaque ligne a la sienne ; vide, un identifiant est calculé.",
        "Your reference, the same each time you send the table. Each row has its own; where empty, one is derived.",
    ],
);
pub(super) const NAME: Column = Column::text(
    "nom",
    ["Nom", "Name"],
    [
        "Nom d'usage, tel qu'il doit paraître sur la carte.",
        "Usual name, as it should appear on the map.",
    ],
);
pub(super) const OWNER: Column = Column::text(
    "acteur",
    ["Propriétaire", "Owner"],
    [
        "Obligatoire. Nom du propriétaire ou du bailleur ; plusieurs se séparent par « / ».",
        "Compulsory. Name of the owner or landlord; several are separated by “/”.",
    ],
)
.needed(Need::Owner);
pub(super) const PARCELS: Column = Column::text(
    "parcelles",
    ["Parcelles cadastrales", "Cadastral parcels"],
    [
        "Identifiants à 14 caractères (62737000AB0012) ou « AB 12 et 13 » avec la commune ; plusieurs se séparent par « ; ».",
        "Identifiers of 14 characters (62737000AB0012), or “AB 12 et 13” with the commune; several are separated by “;”.",
    ],
)
.needed(Need::Place);
pub(super) const COMMUNE: Column = Column::text(
    "commune",
    ["Commune", "Commune"],
    ["Nom de la commune.", "Name of the commune."],
);
pub(super) const INSEE: Column = Column::text(
    "code_insee",
    ["Code INSEE", "INSEE code"],
    [
        "Code INSEE de la commune, 5 caractères (62737). Ce n'est pas le code postal.",
        "INSEE code of the commune, 5 characters (62737). It is not the postcode.",
    ],
);
pub(super) const LON: Column = Column::text(
    "lon",
    ["Longitude", "Longitude"],
    [
        "Degrés décimaux (WGS 84), à défaut de parcelles : 2,6857.",
        "Decimal degrees (WGS 84), where there are no parcels: 2.6857.",
    ],
)
.of(Kind::Decimal {
    least: -180.0,
    most: 180.0,
})
.needed(Need::Coordinate);
pub(super) const LAT: Column = Column::text(
    "lat",
    ["Latitude", "Latitude"],
    [
        "Degrés décimaux (WGS 84) : 50,4420.",
        "Decimal degrees (WGS 84): 50.4420.",
    ],
)
.of(Kind::Decimal {
    least: -90.0,
    most: 90.0,
})
.needed(Need::Coordinate);
pub(super) const LAYER: Column = Column::text(
    "couche",
    ["Couche de référence", "Reference layer"],
    [
        "Couche du service où l'objet est déjà dessiné : cites, par exemple. Va avec l'identifiant dans cette couche.",
        "Layer of the service where the object is drawn already, such as cites. Goes with the identifier in that layer.",
    ],
);
pub(super) const LAYER_ID: Column = Column::text(
    "id_couche",
    ["Identifiant dans la couche", "Identifier in the layer"],
    [
        "Identifiant de l'objet dans la couche de référence.",
        "Identifier of the object in the reference layer.",
    ],
)
.needed(Need::Place);
pub(super) const DECLARED_AREA: Column = Column::text(
    "surface_declaree_m2",
    ["Surface déclarée", "Declared area"],
    [
        "En mètres carrés. Un hectare fait 10 000 m².",
        "In square metres. A hectare is 10,000 m².",
    ],
)
.of(AREA)
.in_unit("m²");
pub(super) const COMMENT: Column = Column::text(
    "commentaire",
    ["Commentaire", "Comment"],
    [
        "Note de travail. Elle n'est publiée que si votre configuration le dit.",
        "A working note. It is published only where your configuration says so.",
    ],
);

pub(super) const TEMPLATE: Template = Template {
    name: "reserves",
    role: Role::LandReserve,
    title: ["Réserves foncières", "Land reserves"],
    sheet: ["Réserves", "Reserves"],
    purpose: [
        "Le foncier que vous tenez en réserve pour une opération ultérieure : une ligne par réserve.",
        "The land that you hold for a later operation: one row for each reserve.",
    ],
    columns: &[
        ID,
        NAME.like("Terrain fictif", "Fictional site"),
        OWNER.like("Bailleur fictif", "Fictional landlord"),
        PARCELS.like("62737999ZZ0001;62737999ZZ0002", "62737999ZZ0001;62737999ZZ0002"),
        COMMUNE.like("Sains-en-Gohelle", "Sains-en-Gohelle"),
        INSEE.like("62737", "62737"),
        LON,
        LAT,
        LAYER,
        LAYER_ID,
        DECLARED_AREA.like("12500", "12500"),
        Column::text(
            "statut",
            ["Statut", "Status"],
            [
                "Où en est la réserve, de « identifiée » à « cédée ».",
                "How far the reserve is, from “identified” to “sold”.",
            ],
        )
        .of(Kind::Codes(&[
            "identifiee",
            "qualifiee",
            "gelee",
            "proposee_concours",
            "en_etude",
            "a_ceder",
            "engagee",
            "cedee",
            "affectee_espace_public",
            "abandonnee",
        ]))
        .like("identifiee", "identifiee"),
        Column::text(
            "occupation",
            ["Occupation", "Occupancy"],
            ["Qui occupe le terrain aujourd'hui.", "Whether the land is occupied today."],
        )
        .of(Kind::Codes(&["LIBRE", "OCCUPE_PARTIEL", "OCCUPE", "TRANSITOIRE", "INCONNU"]))
        .like("LIBRE", "LIBRE"),
        Column::text(
            "bati",
            ["Bâti", "Buildings"],
            ["Terrain nu, bâti, ou bâti à démolir.", "Bare land, built, or built and to be demolished."],
        )
        .of(Kind::Codes(&["NU", "BATI", "A_DEMOLIR"]))
        .like("NU", "NU"),
        Column::text(
            "pollution",
            ["Pollution du sol", "Soil pollution"],
            [
                "Ce que l'on sait du sol (liste du standard CNIG Friches).",
                "What is known of the soil (list of the CNIG standard Friches).",
            ],
        )
        .of(Kind::Codes(&[
            "pollution inexistante",
            "pollution traitée",
            "pollution peu probable",
            "pollution supposée",
            "pollution avérée",
            "inconnu",
        ]))
        .like("inconnu", "inconnu"),
        Column::text(
            "servitudes",
            ["Servitudes", "Easements and constraints"],
            [
                "Servitudes et contraintes connues ; plusieurs se séparent par « ; ».",
                "Known easements and constraints; several are separated by “;”.",
            ],
        ),
        Column::text(
            "zone_plu",
            ["Zone du PLU", "Zone of the local plan"],
            ["Zone du document d'urbanisme : UB, 1AU, N…", "Zone of the planning document: UB, 1AU, N…"],
        )
        .like("UB", "UB"),
        Column::text(
            "vocation_pressentie",
            ["Vocation pressentie", "Intended purpose"],
            ["Ce que le terrain pourrait devenir.", "What the land could become."],
        )
        .of(PURPOSES)
        .like("JARDINS", "JARDINS"),
        Column::text(
            "prix_reference_eur",
            ["Prix de référence", "Reference price"],
            [
                "Facultatif, en euros hors taxes. Donnée sensible : elle reste chez vous tant que vous ne la publiez pas.",
                "Optional, in euros without tax. Sensitive: it stays with you until you publish it.",
            ],
        )
        .of(MONEY)
        .in_unit("€"),
        Column::text(
            "confidentialite",
            ["Confidentialité", "Confidentiality"],
            [
                "Qui peut voir la réserve : vous seul, vos partenaires, ou tous.",
                "Who may see the reserve: you alone, your partners, or everyone.",
            ],
        )
        .of(Kind::Codes(&["PRIVE", "PARTENAIRES", "PUBLIC"]))
        .like("PRIVE", "PRIVE"),
        Column::text(
            "convention",
            ["Convention", "Agreement"],
            [
                "Convention ou protocole qui concerne la réserve.",
                "Agreement or protocol that concerns the reserve.",
            ],
        ),
        Column::text(
            "date_maj",
            ["Date de mise à jour", "Date of the update"],
            ["Jour où la ligne a été vérifiée.", "Day on which the row was checked."],
        )
        .of(Kind::Date)
        .like("2026-01-15", "2026-01-15"),
        COMMENT.like("Ligne d'exemple, à effacer ou à laisser : elle n'est pas chargée.", "A row of example, to be erased or left: it is not loaded."),
    ],
};
