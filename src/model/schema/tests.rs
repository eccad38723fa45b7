//! Each schema by the fields that its publisher writes.

use super::*;

fn check(layer: &str, fields: &str, schema: Option<&str>, role: Option<Role>) -> Recognised {
    let fields: Vec<&str> = fields.split(' ').collect();
    let found = recognise(layer, &fields);
    assert_eq!((found.schema, found.role), (schema, role), "{layer}");
    found
}

#[test]
fn the_cadastre() {
    let parcels = "id commune prefixe section numero contenance arpente created updated";
    let found = check(
        "cadastre-91027-parcelles",
        parcels,
        Some("etalab-parcelles"),
        Some(Role::Parcel),
    );
    assert_eq!(found.keys[0], ("id".to_owned(), KeyKind::Parcel));
    assert_eq!(found.field("area"), Some("contenance"));
    check(
        "cadastre-91027-feuilles",
        "id commune prefixe section numero qualite modeConfection echelle created updated",
        Some("etalab-feuilles"),
        None,
    );
    // A shapefile's names.
    check(
        "feuilles",
        "id commune prefixe section numero qualite modeconfec echelle created updated",
        Some("etalab-feuilles"),
        None,
    );
    check(
        "27412-sections",
        "fid id commune prefixe code created updated",
        Some("etalab-sections"),
        None,
    );
    check(
        "cadastre-62737-batiments",
        "commune nom type created updated",
        Some("etalab-batiments"),
        None,
    );
    check(
        "cadastre-62737-lieux_dits",
        "commune nom created updated",
        Some("etalab-lieux-dits"),
        None,
    );
    check(
        "subdivisions_fiscales",
        "parcelle lettre created updated",
        Some("etalab-subdivisions-fiscales"),
        None,
    );
    check(
        "cadastre-62-prefixes_sections",
        "id commune prefixe ancienne nom",
        Some("etalab-prefixes-sections"),
        None,
    );
    check(
        "cadastre-62-communes",
        "id nom created updated",
        Some("etalab-communes"),
        Some(Role::Territory),
    );
    let express = "IDU NUMERO FEUILLE SECTION CODE_DEP NOM_COM CODE_COM COM_ABS CODE_ARR CONTENANCE";
    let found = check(
        "PARCELLE",
        express,
        Some("parcellaire-express-parcelle"),
        Some(Role::Parcel),
    );
    assert_eq!(found.field("prefix"), Some("COM_ABS"));
    check(
        "PARCELLE_id",
        "OBJECT_RID COAR IDU INDP SUPF TEX CREAT_DATE UPDATE_DATE",
        Some("edigeo-parcelle"),
        Some(Role::Parcel),
    );
    check(
        "BATIMENT_id",
        "OBJECT_RID DUR TEX CREAT_DATE UPDATE_DATE",
        Some("edigeo-batiment"),
        None,
    );
}

#[test]
fn parcels_of_legal_persons() {
    let fields = [
        "Département (Champ géographique)",
        "Code Commune (Champ géographique)",
        "Nom Commune (Champ géographique)",
        "Préfixe (Références cadastrales)",
        "Section (Références cadastrales)",
        "N° plan (Références cadastrales)",
        "Contenance (Caractéristiques parcelle)",
        "N° SIREN (Propriétaire(s) parcelle)",
        "Dénomination (Propriétaire(s) parcelle)",
        "Code droit (Propriétaire(s) parcelle)",
    ];
    let found = recognise("PM_22_NB_620", &fields);
    assert_eq!((found.schema, found.role), (Some("dgfip-personnes-morales"), None));
    assert_eq!(found.field("number"), Some(fields[5]));
    assert_eq!(found.field("owner"), Some(fields[8]));
    // Words lost their accents on the way.
    let found = recognise(
        "pm",
        &[
            "Section (R?f?rences cadastrales)",
            "N? SIREN (Propri?taire(s) parcelle)",
        ],
    );
    assert_eq!(found.schema, None, "a lost letter is not guessed");
}

#[test]
fn planning_rules() {
    let constraint = Some(Role::Constraint);
    let zones = "LIBELLE LIBELONG TYPEZONE NOMFIC URLFIC IDURBA DATVALID";
    check(
        "30014_ZONE_URBA_20171013",
        zones,
        Some("cnig-plu-zone-urba"),
        constraint,
    );
    check(
        "zone-urba",
        "gid partition libelle libelong typezone",
        Some("cnig-plu-zone-urba"),
        constraint,
    );
    check(
        "PRESCRIPTION_PCT",
        "LIBELLE TXT TYPEPSC NOMFIC",
        Some("cnig-plu-prescription"),
        constraint,
    );
    check(
        "INFO_SURF",
        "LIBELLE TXT TYPEINF STYPEINF",
        Some("cnig-plu-information"),
        constraint,
    );
    check(
        "DOC_URBA",
        "IDURBA TYPEDOC ETAT NOMPROC DATAPPRO",
        Some("cnig-doc-urba"),
        None,
    );
    check(
        "ACTE_SUP",
        "idActe nomActe reference typeActe fichier decision",
        Some("cnig-sup-acte"),
        None,
    );
    check(
        "ASSIETTE_SUP_S",
        "idAss idGen nomAss typeAss modeGeoAss",
        Some("cnig-sup-assiette"),
        constraint,
    );
    check(
        "GENERATEUR_SUP_S",
        "idGen idSup nomGen typeGen",
        Some("cnig-sup-generateur"),
        constraint,
    );
    check(
        "SERVITUDE",
        "idSup nomSup nomSupLitt categorie",
        Some("cnig-sup-servitude"),
        None,
    );
    check(
        "friches",
        "site_id site_nom site_type comm_nom comm_insee geompoint",
        Some("cnig-friches"),
        None,
    );
    let cut = check(
        "friches",
        "site_id site_nom site_type comm_insee unite_fonc",
        Some("cnig-friches"),
        None,
    );
    assert_eq!(cut.field("area"), Some("unite_fonc"));
}

#[test]
fn stock_and_market() {
    let rpls = "DROIT DEPCOM LIBCOM NBPIECE SURFHAB CONSTRUCT LOCAT PATRIMOINE EPSG X Y";
    let found = check("RPLS2023_detail", rpls, Some("sdes-rpls"), Some(Role::Stock));
    assert_eq!((found.field("x"), found.field("crs")), (Some("X"), Some("EPSG")));
    let dvf = "id_mutation date_mutation nature_mutation valeur_fonciere code_commune id_parcelle longitude latitude";
    let found = check("62", dvf, Some("dvf"), None);
    assert_eq!(
        (found.field("time"), found.field("lon")),
        (Some("date_mutation"), Some("longitude"))
    );
    check(
        "BATIMENT",
        "ID NATURE USAGE1 LEGER ETAT NB_LOGTS NB_ETAGES HAUTEUR",
        Some("bdtopo-batiment"),
        None,
    );
}

#[test]
fn territories() {
    let territory = Some(Role::Territory);
    check("qpv_2024_59_62", "code_qp lib_qp insee", Some("qpv-2024"), territory);
    let admin = "ID NOM NOM_M INSEE_COM STATUT POPULATION INSEE_CAN INSEE_ARR INSEE_DEP INSEE_REG SIREN_EPCI";
    check("COMMUNE", admin, Some("admin-express-commune"), territory);
    check("communes", "code nom codeEpci", Some("geo-api-communes"), territory);
    check("communes-62", "code nom", Some("communes"), territory);
    check("cantons-62-pas-de-calais", "code nom", Some("outlines"), territory);
    check("departements", "code nom", Some("departements"), territory);
    check("epci", "code_siren nom", Some("epci"), territory);
    check(
        "communes-mbm",
        "insee nom statut population surface_km2 epci_siren epci_nom",
        Some("mbm-communes"),
        territory,
    );
    check("codes", "code nom", None, None);
}

#[test]
fn the_mining_basin() {
    let cites = "id_lsm nom nom_2 commune_1 type compagnie interet proprietaire";
    let found = check("zt-cites-minieres", cites, Some("mbm-cites"), Some(Role::Estate));
    assert_eq!(found.field("owner"), Some("proprietaire"));
    let cut = "nom commune_1 type compagnie interet proprietai";
    let found = check("cites_minieres_cc50", cut, Some("mbm-cites"), Some(Role::Estate));
    assert_eq!(found.field("owner"), Some("proprietai"));
    check(
        "puits-de-mines",
        "commune compagnie fosse puits creusement",
        Some("mbm-puits"),
        Some(Role::Constraint),
    );
    check("terrils", "no_terril nom commune_1 forme", Some("mbm-terrils"), None);
    check(
        "zt-terrils",
        "nom nom_usuel commune_1 commune_2 commune_3 forme",
        Some("mbm-terrils"),
        None,
    );
    check(
        "cavaliers",
        "id_unesco element objet commune_1 longueur_m",
        Some("mbm-cavaliers"),
        None,
    );
    check("zt-cavaliers", "id_troncon nom commune_1", Some("mbm-cavaliers"), None);
    check(
        "bien-inscrit",
        "no_section section no_element nom surface_ha",
        Some("mbm-bien-inscrit"),
        Some(Role::Territory),
    );
    check(
        "zone-tampon",
        "surface_ha",
        Some("mbm-zone-tampon"),
        Some(Role::Territory),
    );
    check(
        "bassin-minier",
        "nom surface_km2 population",
        Some("mbm-bassin-minier"),
        Some(Role::Territory),
    );
    check(
        "espace-neonaturel",
        "nom commune_1 commune_2 id_unesco element objet",
        Some("mbm-espaces-neonaturels"),
        None,
    );
    check(
        "batis",
        "commune_1 typologie inscrit_mh classe_mh nom proprietaire",
        Some("mbm-batis"),
        None,
    );
}

#[test]
fn no_domain_field_is_taken_twice() {
    let fields = [
        "Nom",
        "Nom de l'opération",
        "Propriétaire",
        "Bailleur",
        "Surface (m²)",
        "Superficie (ha)",
    ];
    let found = recognise("t", &fields);
    let mut domains: Vec<&str> = found.fields.iter().map(|g| g.domain).collect();
    domains.dedup();
    assert_eq!(domains.len(), found.fields.len());
    assert_eq!(
        (found.field("name"), found.field("owner")),
        (Some("Nom"), Some("Propriétaire"))
    );
    assert_eq!(found.fields[2].unit, Some(Unit::SquareMetre));
}
