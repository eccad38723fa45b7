//! Every word of the pages, in French and English: one table.
//!
//! `{a}` stands for what [`Word::with`] puts there. What the data say, what link titles of the JSON documents say
//! and the names of roles (`model::role`) are not in it.

use super::lang::Lang;

macro_rules! words {
    ($($name:ident: $fr:literal, $en:literal;)*) => {
        /// A word or sentence of the pages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Word { $($name,)* }

        impl Word {
            /// All of them.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];

            /// In a language.
            pub(super) fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$name, Lang::Fr) => $fr, (Self::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

#[rustfmt::skip]
words! {
    // Around every page
    SkipToContent: "Aller au contenu", "Skip to the content";
    Service: "Service", "Service";
    MapOfAll: "Carte", "Map";
    Collections: "Collections", "Collections";
    Tiles: "Tuiles", "Tiles";
    TileGrids: "Grilles de tuiles", "Tile grids";
    Styles: "Styles de carte", "Map styles";
    Loads: "Chargements", "Loading reports";
    Actors: "Acteurs", "Bodies and owners";
    Templates: "Modèles à remplir", "Templates to fill";
    Health: "État du service", "State of the service";
    Search: "Recherche", "Search";
    Conformance: "Conformité", "Conformance";
    Api: "Interface de programmation (API)", "Programming interface (API)";
    ApiShort: "API", "API";
    Breadcrumb: "Fil d’Ariane", "Breadcrumb";
    OtherLanguage: "Page en anglais", "Page in French";
    Formats: "Cette page aussi en :", "This page also as:";
    Links: "Liens", "Links";
    LinksHelp: "Les liens du document, tels que les programmes les lisent.", "The links of the document, as programs read them.";
    LinkTitle: "Lien", "Link";
    LinkRelation: "Relation", "Relation";
    LinkType: "Format", "Format";
    RelSelf: "Ce document", "This document";
    RelAlternate: "Le même dans un autre format", "The same in another format";
    RelRoot: "Accueil du service", "Landing page";
    RelData: "Les collections", "The collections";
    RelCollection: "La collection", "The collection";
    RelItems: "Les entités", "The features";
    RelItem: "Élément", "Item";
    RelNext: "Page suivante", "Next page";
    RelPrev: "Page précédente", "Previous page";
    RelFirst: "Première page", "First page";
    RelLast: "Dernière page", "Last page";
    RelUp: "Niveau supérieur", "One level up";
    RelTilesets: "Jeux de tuiles vectorielles", "Vector tilesets";
    RelTileJson: "Tuiles vectorielles, en TileJSON", "Vector tiles, as TileJSON";
    RelTilingScheme: "Grille de tuiles", "Tile grid";
    RelQueryables: "Champs de filtre", "Filter fields";
    RelSortables: "Champs de tri", "Sorting fields";
    RelSchema: "Schéma des entités", "Schema of the features";
    RelDescribedBy: "Description", "Description";
    RelLicence: "Licence", "Licence";
    RelConformance: "Classes de conformité", "Conformance classes";
    RelServiceDesc: "Interface de programmation, en OpenAPI", "Programming interface, in OpenAPI";
    RelServiceDoc: "Documentation du service", "Documentation of the service";
    RelStyle: "Style de carte", "Map style";
    RelLegend: "Légende", "Legend";
    Template: "Modèle d’adresse, à compléter entre accolades", "Address template, to be completed between the braces";
    Footer: "Page faite du document JSON de même adresse.", "Page made from the JSON document of the same address.";
    // Values
    None: "–", "–";
    NotGiven: "non renseigné", "not given";
    Yes: "oui", "yes";
    No: "non", "no";
    DayAndTime: "{day} à {time}", "{day} at {time}";
    // Collections
    CollectionsIntro: "{n} collections, chacune à consulter, à filtrer, à cartographier ou à télécharger.", "{n} collections, each to browse, filter, map or download.";
    CollectionsOne: "Une collection, à consulter, à filtrer, à cartographier ou à télécharger.", "One collection, to browse, filter, map or download.";
    CollectionsNone: "Ce service ne publie aucune collection.", "This service publishes no collection.";
    CollectionLinks: "Liens de la collection", "Links of the collection";
    Title: "Titre", "Title";
    Role: "Rôle", "Role";
    RoleGuessed: "(deviné d’après les champs)", "(guessed from the fields)";
    RoleGeneric: "Sans rôle", "No role";
    Nature: "Nature", "Nature";
    Count: "Entités", "Features";
    NatureReal: "Données réelles", "Real data";
    NatureSeed: "Données schématiques", "Schematic data";
    NatureSynthetic: "Données fictives", "Fictitious data";
    NatureSeedHelp: "Ces objets sont nommés par un document ; leur emplacement et leur contour sont dessinés schématiquement et ne se mesurent pas.", "These objects are named by a document; their place and outline are drawn schematically and not to be measured.";
    NatureSyntheticHelp: "Ces objets sont inventés pour la démonstration : ils n’existent nulle part.", "These objects are invented for the demonstration: they exist nowhere.";
    // One collection
    Browse: "Consulter les entités", "Browse the features";
    OpenMap: "Ouvrir la carte", "Open the map";
    VectorTiles: "Tuiles vectorielles", "Vector tiles";
    TileJson: "TileJSON", "TileJSON";
    MapStyle: "Style MapLibre", "MapLibre style";
    Queryables: "Champs de filtre", "Filter fields";
    Sortables: "Champs de tri", "Sorting fields";
    Schema: "Schéma", "Schema";
    About: "Présentation", "About";
    Identifier: "Identifiant", "Identifier";
    Source: "Source", "Source";
    Licence: "Licence", "Licence";
    Attribution: "Mention à porter sur les cartes", "Attribution that maps must show";
    GeometryType: "Géométrie", "Geometry";
    WithoutPlace: "Sans géométrie", "Without geometry";
    Repaired: "Géométries réparées", "Repaired geometries";
    Faults: "Anomalies relevées au chargement", "Faults found on loading";
    Version: "Version", "Version";
    Extent: "Emprise", "Extent";
    ExtentNone: "Aucune entité n’a de géométrie.", "No feature has a geometry.";
    West: "Ouest", "West";
    South: "Sud", "South";
    East: "Est", "East";
    North: "Nord", "North";
    TimeInterval: "Période", "Time interval";
    TimeBetween: "du {a} au {b}", "from {a} to {b}";
    TimeFrom: "depuis le {a}", "from {a}";
    TimeUntil: "jusqu’au {b}", "until {b}";
    TimeNone: "sans date", "undated";
    Crs: "Systèmes de coordonnées", "Coordinate systems";
    CrsHelp: "Les coordonnées sont données dans l’un de ces systèmes, au choix par le paramètre « crs ».", "Coordinates come in any of these systems, chosen by the parameter “crs”.";
    CrsName: "Nom", "Name";
    CrsUri: "Adresse (URI)", "Address (URI)";
    StorageCrs: "système de la source", "system of the source";
    DefaultCrs: "par défaut", "by default";
    Fields: "Champs", "Fields";
    Field: "Champ", "Field";
    FieldMeaning: "Signification", "Meaning";
    FieldType: "Type", "Type";
    FieldFormat: "Format", "Format";
    FieldsNone: "Les entités n’ont pas de champ.", "Features have no fields.";
    // Fields that a role knows
    RoleArea: "Superficie", "Area";
    RoleName: "Nom", "Name";
    RoleOwner: "Acteur ou propriétaire", "Owner or body concerned";
    RoleStatus: "Statut", "Status";
    RoleType: "Type", "Type";
    RoleCode: "Code", "Code";
    RoleDwellings: "Logements", "Dwellings";
    RoleStart: "Début", "Start";
    RoleEnd: "Fin", "End";
    RoleTime: "Date", "Date";
    RolePeriod: "Période", "Period";
    RoleParcels: "Parcelles", "Parcels";
    RoleCommune: "Code INSEE de la commune", "INSEE code of the commune";
    RoleCommuneName: "Commune", "Commune";
    RoleDepartment: "Département", "Département";
    RolePrefix: "Préfixe de section", "Section prefix";
    RoleSection: "Section cadastrale", "Cadastral section";
    RoleNumber: "Numéro de parcelle", "Parcel number";
    RoleSiren: "SIREN", "SIREN";
    RoleObject: "Objet concerné", "Object concerned";
    RoleReference: "Référence", "Reference";
    RoleCost: "Coût ou prix", "Cost or price";
    RolePlaceLayer: "Couche du lieu", "Layer of the place";
    RolePlaceId: "Identifiant du lieu", "Identifier of the place";
    RoleEstateName: "Cité", "Mining estate";
    RoleLon: "Longitude", "Longitude";
    RoleLat: "Latitude", "Latitude";
    RoleX: "Coordonnée x", "x coordinate";
    RoleY: "Coordonnée y", "y coordinate";
    RoleCrs: "Système de coordonnées", "Coordinate system";
    RoleComment: "Commentaire", "Comment";
    RoleAddress: "Adresse", "Address";
    RoleZone: "Zone du document d’urbanisme", "Zone of the planning document";
    FieldGuessed: "(deviné d’après le nom)", "(guessed from the name)";
    KnownSchema: "Schéma reconnu", "Known schema";
    // Types of values and geometries
    TypeBool: "oui ou non", "yes or no";
    TypeInt: "nombre entier", "whole number";
    TypeFloat: "nombre", "number";
    TypeText: "texte", "text";
    TypeDate: "jour", "day";
    TypeDateTime: "jour et heure", "day and time";
    TypeJson: "liste ou objet", "list or object";
    TypeGeometry: "géométrie", "geometry";
    GeometryPoint: "Point", "Point";
    GeometryLine: "Ligne", "Line";
    GeometryPolygon: "Polygone", "Polygon";
    GeometryMultiPoint: "Points multiples", "Multipoint";
    GeometryMultiLine: "Lignes multiples", "Multiline";
    GeometryMultiPolygon: "Polygones multiples", "Multipolygon";
    GeometryCollection: "Ensemble de géométries", "Geometry collection";
    GeometryMixed: "Plusieurs types", "Several types";
    GeometryNone: "Sans géométrie", "No geometry";
    // Features
    Features: "Entités", "Features";
    FeaturesOf: "{title} : entités", "{title}: features";
    FeaturesRange: "Entités {a} à {b} sur {n}", "Features {a} to {b} of {n}";
    FeaturesPage: "{k} entités sur {n}", "{k} features of {n}";
    FeaturesCount: "{n} entités", "{n} features";
    FeaturesCountOne: "Une entité", "One feature";
    FeaturesNone: "Aucune entité", "No features";
    FeaturesNoneHere: "Cette collection est vide.", "This collection is empty.";
    FeaturesNoneMatch: "Aucune entité ne répond à ces critères. Retirez-en un pour en trouver davantage.", "No feature meets these criteria. Remove one to find more.";
    FeaturesNonePast: "Il n’y a plus d’entité au-delà de la dernière : revenez à la première page.", "There is no feature past the last one: go back to the first page.";
    FeaturesHitsOnly: "Seul leur nombre a été demandé.", "Only their number was asked for.";
    FeaturesShow: "Afficher les entités", "Show the features";
    TableCaption: "{title} : {range}", "{title}: {range}";
    SortUp: "Trier par {field}, croissant", "Sort by {field}, ascending";
    SortDown: "Trier par {field}, décroissant", "Sort by {field}, descending";
    SortedUp: "trié en ordre croissant", "sorted in ascending order";
    SortedDown: "trié en ordre décroissant", "sorted in descending order";
    Pages: "Pages", "Pages";
    FirstPage: "Première page", "First page";
    PreviousPage: "Page précédente", "Previous page";
    NextPage: "Page suivante", "Next page";
    PerPage: "Par page :", "Per page:";
    Filter: "Filtrer", "Filter";
    FilterHelp: "Une expression CQL2, ou une valeur exacte par champ ; les critères s’ajoutent.", "A CQL2 expression, or one exact value for each field; criteria add up.";
    FilterExpression: "Expression CQL2", "CQL2 expression";
    FilterApply: "Appliquer", "Apply";
    FilterOn: "Filtrer par {field}", "Filter by {field}";
    FilterPeriodHelp: "2024-05-01 ou 2024-01-01/2024-12-31", "2024-05-01 or 2024-01-01/2024-12-31";
    Criteria: "Critères :", "Criteria:";
    RemoveCriterion: "Retirer le critère {name}", "Remove the criterion {name}";
    RemoveAll: "Tout retirer", "Remove all";
    ParamBbox: "emprise", "extent";
    ParamDatetime: "période", "time interval";
    ParamFilter: "filtre", "filter";
    // One feature
    Properties: "Attributs", "Properties";
    Attribute: "Attribut", "Property";
    Value: "Valeur", "Value";
    PropertiesNone: "Cette entité n’a pas d’attribut.", "This feature has no properties.";
    Geometry: "Géométrie", "Geometry";
    NumberOfPoints: "Nombre de points", "Number of points";
    NumberOfParts: "Nombre de parties", "Number of parts";
    NumberOfHoles: "Nombre de trous", "Number of holes";
    FeatureWithoutPlace: "Cette entité n’a pas de géométrie : elle ne figure pas sur la carte.", "This feature has no geometry: it is not on the map.";
    GeometryLeftOut: "La géométrie n’a pas été demandée.", "The geometry was not asked for.";
    SeeOnMap: "Voir sur la carte", "See on the map";
    BackToItems: "Toutes les entités de la collection", "All features of the collection";
    // The small map
    SmallMap: "Carte de {title}", "Map of {title}";
    MapNeedsScript: "La carte a besoin de JavaScript. Tout le reste de cette page fonctionne sans.", "The map needs JavaScript. Everything else on this page works without it.";
    MapFailed: "La carte ne peut pas être dessinée ici ; le reste de la page est complet.", "The map can’t be drawn here; the rest of the page is complete.";
    MapPartly: "Une partie de la carte n’a pas pu être chargée.", "A part of the map could not be loaded.";
    MapOfLayer: "Carte. Flèches pour se déplacer, + et − pour zoomer.", "Map. Arrows to move, + and − to zoom.";
    MapScroll: "Ctrl + molette pour zoomer sur la carte", "Ctrl + scroll to zoom the map";
    MapTouch: "Deux doigts pour déplacer la carte", "Two fingers to move the map";
    MapClose: "Fermer", "Close";
    MapZoomIn: "Zoomer", "Zoom in";
    MapZoomOut: "Dézoomer", "Zoom out";
    MapOpenFeature: "Ouvrir la fiche", "Open the feature";
    // Schemas
    SchemaFields: "{n} champs", "{n} fields";
    SchemaPrimary: "géométrie principale", "primary geometry";
    SchemaId: "identifiant", "identifier";
    SchemaAdditionalNo: "Un autre champ est refusé.", "Any other field is refused.";
    Choices: "Valeurs possibles", "Possible values";
    // Actors
    ActorsIntro: "Les organismes connus du service, leurs autres écritures, et ce que les collections visibles leur attribuent.", "The bodies that the service knows, the other ways in which they are written, and what the visible collections say is theirs.";
    ActorName: "Organisme", "Body";
    ActorKind: "Type", "Type";
    ActorGroup: "Groupe :", "Group:";
    ActorAliases: "Autres écritures", "Other spellings";
    ActorOwns: "Entités par collection", "Features by collection";
    ActorsUnknown: "Propriétaires non reconnus", "Owners that are not known";
    ActorsUnknownHelp: "Ces textes ne désignent aucun organisme connu. Ajoutez-les sous « [actor.…] » dans terril.toml, comme organisme ou comme autre écriture.", "These texts name no body that is known. Add them under “[actor.…]” in terril.toml, as a body or as another spelling.";
    ActorsUnknownNone: "Tous les propriétaires nommés sont reconnus.", "Every owner that is named is known.";
    ActorsUnlisted: "Et {n} autres.", "And {n} more.";
    ActorWritten: "Texte", "Text";
    ActorNearest: "Organisme le plus proche", "Nearest body";
    ActorsLayers: "Collections qui nomment un propriétaire", "Collections that name an owner";
    ActorsLayersNone: "Aucune collection visible ne nomme de propriétaire.", "No visible collection names an owner.";
    ActorWithOwner: "Avec propriétaire", "With an owner";
    // Templates
    TemplatesIntro: "Des tableurs à remplir par les bailleurs. Un modèle rempli se charge tel quel : terril serve fichier.xlsx", "Workbooks for landlords to fill. A filled template loads as it is: terril serve file.xlsx";
    TemplateFr: "Télécharger en français (XLSX)", "Download in French (XLSX)";
    TemplateEn: "Télécharger en anglais (XLSX)", "Download in English (XLSX)";
    TemplateColumns: "Colonnes", "Columns";
    TemplateHeading: "En-tête", "Heading";
    // Conformance
    ConformanceIntro: "Les classes de conformité que ce service déclare, par norme.", "The conformance classes that this service declares, by standard.";
    // API
    ApiTagService: "Le service", "The service";
    ApiTagFeatures: "Les entités", "The features";
    ApiTagTiles: "Les tuiles", "The tiles";
    ApiIntro: "Chaque adresse, ce qu’elle rend et ses paramètres. Le document OpenAPI en donne le détail aux programmes.", "Every address, what it answers and its parameters. The OpenAPI document tells programs the details.";
    ApiPath: "Adresse", "Address";
    ApiSummary: "Réponse", "Answer";
    ApiParameters: "Paramètres", "Parameters";
    ApiRequired: "obligatoire", "required";
    ApiPaths: "Adresses", "Addresses";
    Description: "Description", "Description";
    DefaultValue: "par défaut {value}", "default {value}";
    Between: "de {a} à {b}", "{a} to {b}";
    AtLeast: "au moins {a}", "at least {a}";
    AtMost: "au plus {b}", "at most {b}";
    // Tiles
    TilesOf: "{title} : tuiles vectorielles", "{title}: vector tiles";
    TilesetsIntro: "Les jeux de tuiles vectorielles, pour les logiciels de carte.", "The vector tilesets, for mapping software.";
    TilesetsNone: "Il n’y a pas de jeu de tuiles.", "There are no tilesets.";
    Tileset: "Jeu de tuiles", "Tileset";
    TileGrid: "Grille de tuiles", "Tile grid";
    TileLayers: "Couches", "Layers";
    TileLimits: "Tuiles qui peuvent contenir quelque chose", "Tiles that can hold something";
    GridLevels: "Niveaux de la grille", "Levels of the grid";
    GridScale: "Échelle", "Scale";
    GridCell: "Côté d’une cellule", "Side of a cell";
    GridTiles: "Tuiles", "Tiles";
    Zoom: "Zoom", "Zoom";
    Zooms: "Zooms", "Zooms";
    Rows: "Lignes", "Rows";
    Columns: "Colonnes", "Columns";
    GridsIntro: "Les découpages de la carte en tuiles.", "The ways in which the map is cut into tiles.";
    // Loads
    LoadsIntro: "Ce que le chargement a trouvé dans chaque source.", "What loading found in each source.";
    LoadsNone: "Aucune couche n’est chargée.", "No layer is loaded.";
    FaultsShort: "Anomalies", "Faults";
    Layer: "Couche", "Layer";
    FormatOfSource: "Format", "Format";
    FaultKind: "Anomalie", "Fault";
    FaultFeature: "Entité", "Feature";
    FaultsMore: "et {n} autres, dans le rapport de la couche", "and {n} more, in the report of the layer";
    FaultsByKind: "Anomalies par nature", "Faults by kind";
    FaultsNone: "Aucune anomalie n’a été relevée.", "No fault was found.";
    FaultsAll: "(toutes)", "(all)";
    FaultsRange: "Anomalies {a} à {b} sur {n}.", "Faults {a} to {b} of {n}.";
    FaultsCountedOnly: "{n} autres sont comptées sans leur place.", "{n} more are counted without their place.";
    FaultCount: "Nombre", "Count";
    FaultMeaning: "Ce que c’est", "What it is";
    FaultRemedy: "Que faire", "What to do";
    FaultRow: "Ligne", "Row";
    FaultAreas: "Aire avant → après", "Area before → after";
    FaultPlace: "Place", "Place";
    LoadOf: "{title} : rapport de chargement", "{title}: load report";
    LoadWhole: "Rapport complet", "Whole report";
    Stage: "Étape", "Stage";
    StageOpen: "servie ; comparaison des entités en cours ou en attente", "served; comparison of features under way or waiting";
    StageAudited: "servie et contrôlée", "served and audited";
    RelRelated: "À voir aussi", "See also";
    SourcesPending: "Sources en cours ou refusées", "Sources under way or refused";
    State: "État", "State";
    StateLoading: "en cours de lecture", "being read";
    StateOpen: "servie", "served";
    StateFailed: "refusée", "refused";
    Message: "Message", "Message";
    // Versions
    Versions: "Versions", "Versions";
    VersionsAll: "Toutes les versions", "All versions";
    VersionsOf: "{title} : versions", "{title}: versions";
    VersionOf: "{title} : version {n}", "{title}: version {n}";
    VersionsIntro: "Chaque chargement qui a changé la couche est une version. Les entités de chacune restent lisibles telles qu’elles étaient.", "Each load that changed the layer is a version. The features of each can still be read as they were.";
    VersionsMost: "Les {n} dernières sont gardées.", "The last {n} are kept.";
    VersionsNoState: "Aucune version antérieure n’est gardée : le serveur n’a pas de dossier d’état où écrire.", "No former version is kept: the server has no state folder that it can write to.";
    VersionsOff: "Aucune version antérieure n’est gardée : le serveur a été lancé avec --versions 0.", "No former version is kept: the server was started with --versions 0.";
    VersionNumber: "Numéro", "Number";
    VersionPresent: "état présent", "present state";
    VersionLoaded: "Chargée le", "Loaded";
    VersionSourceModified: "Source écrite le", "Source written";
    VersionAdded: "Ajoutées", "Added";
    VersionRemoved: "Supprimées", "Removed";
    VersionChanged: "Modifiées", "Changed";
    VersionFeatures: "Entités de cette version", "Features of this version";
    VersionChanges: "Ce qu’elle a changé", "What it changed";
    VersionChangesSince: "Depuis l’état du {date} : {added} ajoutées, {removed} supprimées, {changed} modifiées.", "Since the state of {date}: {added} added, {removed} removed, {changed} changed.";
    VersionNoDiff: "C’est la plus ancienne version connue : rien ne la précède à quoi la comparer.", "This is the oldest version known: there is none before it to compare with.";
    VersionNoChanges: "Aucune entité n’a changé.", "No feature changed.";
    VersionFieldsAdded: "Champs apparus", "Fields that came";
    VersionFieldsRemoved: "Champs disparus", "Fields that went";
    VersionChange: "Changement", "Change";
    VersionWhatChanged: "Ce qui a changé", "What changed";
    VersionGeometry: "géométrie", "geometry";
    ChangeAdded: "ajoutée", "added";
    ChangeRemoved: "supprimée", "removed";
    ChangeChanged: "modifiée", "changed";
    ChangesRange: "Changements {a} à {b} sur {n}.", "Changes {a} to {b} of {n}.";
    FormerState: "État du {date}.", "State of {date}.";
    FormerHelp: "Les entités sont celles de cette version, et non de l’état présent.", "The features are those of this version, not of the present state.";
    FormerPresent: "Voir l’état présent", "See the present state";
    RelVersions: "Les versions", "The versions";
    RelPredecessor: "Les entités d’avant", "The features before";
    // Styles
    StylesIntro: "Les styles de carte, pour les logiciels qui lisent le format MapLibre.", "The map styles, for software that reads the MapLibre format.";
    StylesNone: "Il n’y a pas de style.", "There are no styles.";
}

impl Word {
    /// In a language, with what stands for each name in braces.
    pub(super) fn with(self, lang: Lang, parts: &[(&str, &str)]) -> String {
        // One pass: what is put in is never itself read for braces.
        let mut out = String::new();
        let mut rest = self.text(lang);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let part = parts.iter().find(|(n, _)| *n == name);
            out.push_str(part.map_or("", |(_, text)| text));
            rest = after;
        }
        out + rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holes(text: &str) -> Vec<&str> {
        let mut names: Vec<&str> = text.split('{').skip(1).filter_map(|t| t.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn both_languages_have_every_word_with_the_same_holes() {
        assert!(Word::ALL.len() > 100);
        for word in Word::ALL {
            let [fr, en] = Lang::ALL.map(|lang| word.text(lang));
            assert!(!fr.trim().is_empty() && !en.trim().is_empty(), "{word:?}");
            assert_eq!(holes(fr), holes(en), "{word:?}");
        }
    }

    #[test]
    fn french_apostrophes_are_typographic() {
        for word in Word::ALL {
            assert!(!word.text(Lang::Fr).contains('\''), "{word:?}");
        }
    }

    #[test]
    fn what_is_put_in_is_not_read_again() {
        let parts = [("a", "{b}"), ("b", "2"), ("n", "3")];
        assert_eq!(Word::FeaturesRange.with(Lang::En, &parts), "Features {b} to 2 of 3");
    }
}
