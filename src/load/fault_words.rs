//! What each kind of fault is called, what it means and what to do about it, in French and English: one table.
//!
//! The pages, the CSV, the map, `terril load --check` and `docs/reports.md` are made from it. Not here: the words of
//! one fault, which name its place and its values (`Fault::message`).

use super::report::FaultKind;
use crate::model::role::Label;

/// The words of a kind of fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultWords {
    /// What it is called.
    pub label: Label,
    /// What it is, and what was done.
    pub meaning: Label,
    /// What the owner of the data can do.
    pub remedy: Label,
}

macro_rules! table {
    ($($kind:ident: $fr:literal, $en:literal; $meaning_fr:literal, $meaning_en:literal; $remedy_fr:literal, $remedy_en:literal;)*) => {
        impl FaultKind {
            /// All kinds, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its words.
            #[must_use]
            pub fn words(self) -> FaultWords {
                let label = |fr: &str, en: &str| Label { fr: fr.to_owned(), en: en.to_owned() };
                match self {
                    $(Self::$kind => FaultWords {
                        label: label($fr, $en),
                        meaning: label($meaning_fr, $meaning_en),
                        remedy: label($remedy_fr, $remedy_en),
                    },)*
                }
            }
        }
    };
}

#[rustfmt::skip]
table! {
    InvalidGeometry:
        "géométrie invalide, réparée", "invalid geometry, repaired";
        "Le contour se croise, se touche ou se superpose à lui-même. Il a été réparé ; l’aire avant et après est donnée.", "The outline crosses, touches or covers itself. It was repaired; the area before and after is given.";
        "Comparer l’aire avant et après ; si elles diffèrent, redessiner l’entité à l’endroit indiqué.", "Compare the area before and after; where they differ, redraw the feature at the place named.";
    UnrepairableGeometry:
        "géométrie irréparable", "geometry beyond repair";
        "Le contour n’enferme aucune surface ou n’a pu être réparé. L’entité est gardée sans géométrie.", "The outline encloses nothing or could not be repaired. The feature is kept without a geometry.";
        "Redessiner l’entité dans la source.", "Redraw the feature in the source.";
    NullGeometry:
        "sans géométrie", "no geometry";
        "La source ne donne pas de géométrie à cette entité. Elle est dans les listes, pas sur la carte.", "The source has no geometry for this feature. It is in lists, not on the map.";
        "Compléter la géométrie dans la source, ou la prendre d’une autre couche par une clé.", "Add the geometry in the source, or take it from another layer by a key.";
    NotFinite:
        "coordonnées qui ne sont pas des nombres", "coordinates that are no numbers";
        "Des coordonnées manquent ou sont infinies. L’entité est gardée sans géométrie.", "Coordinates are missing or infinite. The feature is kept without a geometry.";
        "Corriger les coordonnées dans la source.", "Correct the coordinates in the source.";
    OutOfRange:
        "coordonnées hors limites", "coordinates out of range";
        "Les coordonnées ne peuvent pas être dans le système déclaré. L’entité est gardée sans géométrie.", "The coordinates cannot be in the system that is declared. The feature is kept without a geometry.";
        "Vérifier le système de coordonnées et l’ordre des axes ; indiquer « crs » dans terril.toml s’il est faux.", "Check the coordinate system and the order of axes; say “crs” in terril.toml where it is wrong.";
    UnclosedRing:
        "contour non fermé", "ring not closed";
        "Le contour ne revenait pas à son point de départ. Il a été fermé.", "The outline did not end where it began. It was closed.";
        "Rien à faire si le contour est juste ; sinon compléter les points qui manquent.", "Nothing where the outline is right; else add the points that are missing.";
    TooFewPoints:
        "trop peu de points", "too few points";
        "Un contour de moins de quatre points ou une ligne de moins de deux a été laissé de côté.", "A ring of fewer than four points, or a line of fewer than two, was left out.";
        "Redessiner cette partie de l’entité, ou la supprimer.", "Redraw this part of the feature, or remove it.";
    Curve:
        "courbes", "curves";
        "Des arcs de cercle ont été remplacés par des segments.", "Arcs became straight segments.";
        "Rien à faire, sauf si l’exactitude des arcs compte.", "Nothing, unless the arcs must be exact.";
    ThirdDimension:
        "altitudes laissées de côté", "heights left out";
        "Les altitudes et mesures portées par les points ne sont pas gardées.", "Heights and measures of points are not kept.";
        "Rien à faire ; garder la source si les altitudes servent ailleurs.", "Nothing; keep the source where heights are needed elsewhere.";
    MixedCollection:
        "géométries de natures mêlées", "mixed geometries";
        "L’entité mêlait surfaces, lignes ou points. Seules les parties de la plus haute dimension sont gardées.", "The feature mixed areas, lines or points. The parts of the highest dimension are kept.";
        "Séparer les lignes et les points dans une autre couche.", "Put lines and points into another layer.";
    DuplicateId:
        "identifiant en double", "duplicate id";
        "Deux entités ont le même identifiant. Un suffixe a été ajouté à la seconde.", "Two features have the same id. A suffix was added to the second.";
        "Donner à chaque entité son identifiant, ou choisir un autre champ par « id » dans terril.toml.", "Give each feature its own id, or choose another field by “id” in terril.toml.";
    MissingId:
        "identifiant manquant", "missing id";
        "L’entité n’a rien dans le champ des identifiants. Un identifiant a été calculé.", "The feature has nothing in the field of ids. One was derived.";
        "Compléter l’identifiant dans la source.", "Add the id in the source.";
    DerivedIds:
        "identifiants calculés", "derived ids";
        "La couche n’a pas d’identifiant : il est calculé de la géométrie et des attributs, et change avec eux.", "The layer has no ids: they are derived from geometry and attributes, and change with them.";
        "Ajouter un champ d’identifiants stables et uniques.", "Add a field of stable and unique ids.";
    CrsAssumed:
        "système de coordonnées supposé", "coordinate system assumed";
        "La source ne nomme pas son système de coordonnées. Celui que les coordonnées indiquent a été pris.", "The source does not name its coordinate system. The one that the coordinates point to was taken.";
        "Fournir le .prj, ou indiquer « crs » dans terril.toml.", "Supply the .prj, or say “crs” in terril.toml.";
    EncodingGuessed:
        "encodage des textes deviné", "text encoding guessed";
        "Les textes ne sont pas dans l’encodage que dit la source. Ils ont été lus dans un autre.", "Texts are not in the encoding that the source says. They were read in another.";
        "Vérifier quelques accents ; fournir le .cpg, ou enregistrer en UTF-8.", "Check some accents; supply the .cpg, or save as UTF-8.";
    LostCharacters:
        "caractères perdus", "lost characters";
        "Des octets n’existent pas dans l’encodage du texte et sont remplacés par « � ».", "Bytes that the encoding does not have were replaced by “�”.";
        "Retrouver le fichier d’origine et l’enregistrer en UTF-8 : ces lettres ne sont plus dans celui-ci.", "Find the original file and save it as UTF-8: the letters are no longer in this one.";
    BinaryField:
        "champ binaire", "binary field";
        "Un champ d’octets (image, document) a été laissé de côté.", "A field of bytes (a picture, a document) was left out.";
        "Rien à faire ; donner plutôt l’adresse du document.", "Nothing; rather give the address of the document.";
    DuplicateField:
        "champ en double", "duplicate field";
        "Deux champs ont le même nom. Le second a été renommé.", "Two fields have the same name. The later was renamed.";
        "Renommer l’un des deux dans la source.", "Rename one of the two in the source.";
    UnreadableFeature:
        "entité illisible", "unreadable feature";
        "L’entité n’a pas pu être lue. Elle est laissée de côté.", "The feature could not be read. It was left out.";
        "Corriger la ligne indiquée dans la source.", "Correct the row named in the source.";
    UnreadableValue:
        "valeur illisible", "unreadable value";
        "La valeur n’est pas du type de son champ. Elle est laissée vide.", "The value is not of its field’s type. It was left empty.";
        "Corriger la valeur à la ligne indiquée.", "Correct the value in the row named.";
    DuplicatePoints:
        "points en double", "duplicate points";
        "Des points se suivent au même endroit. Le contour reste le même ; les coordonnées sont gardées.", "Points follow each other at the same place. The outline is the same; the coordinates are kept.";
        "Rien à faire.", "Nothing.";
    NullIsland:
        "placée en 0, 0", "placed at 0, 0";
        "Les coordonnées sont 0, 0 : la place n’est pas connue. L’entité est gardée sans géométrie.", "The coordinates are 0, 0: the place is not known. The feature is kept without a geometry.";
        "Donner la place de l’entité, ou laisser les coordonnées vides.", "Give the feature its place, or leave the coordinates empty.";
    OtherCrs:
        "autre système de coordonnées", "another coordinate system";
        "La ligne est dans un autre système que sa couche. Ses coordonnées ont été converties.", "The row is in another system than its layer. Its coordinates were converted.";
        "Rien à faire si la place est juste sur la carte.", "Nothing where the place is right on the map.";
    SkippedRow:
        "ligne passée", "row passed over";
        "La ligne n’est pas une entité : titre, ligne vide, exemple ou total. Elle est laissée de côté.", "The row is no feature: a title, an empty row, an example or a total. It was left out.";
        "Rien à faire, sauf si la ligne portait des données.", "Nothing, unless the row held data.";
    MendedKey:
        "clé corrigée", "key mended";
        "La clé était écrite autrement ou avait perdu des zéros. Elle a été remise en forme.", "The key was written in another way or had lost zeros. It was put right.";
        "Vérifier quelques clés ; garder la colonne en texte dans le tableur.", "Check some keys; keep the column as text in the spreadsheet.";
    BadKey:
        "clé impossible", "impossible key";
        "Ce texte ne peut pas être une telle clé. Il est gardé tel quel.", "This text cannot be such a key. It is kept as it is.";
        "Corriger la clé à la ligne indiquée.", "Correct the key in the row named.";
    BadDate:
        "date illisible", "unreadable date";
        "Ce texte n’est pas une date, dans une colonne de dates.", "This text is no date, in a column of dates.";
        "Écrire les dates en AAAA-MM-JJ ou JJ/MM/AAAA.", "Write dates as YYYY-MM-DD or DD/MM/YYYY.";
    UnmatchedKey:
        "clé sans correspondance", "key without a match";
        "La couche de référence n’a pas cette clé. La ligne reste sans place.", "The layer joined to does not have this key. The row stays without a place.";
        "Corriger la clé : les plus proches sont proposées ; une parcelle disparue se retrouve par la table de filiation.", "Correct the key: the nearest are offered; a parcel that is gone is found by the filiation table.";
    AmbiguousKey:
        "clé ambiguë", "ambiguous key";
        "La clé convient à plusieurs entités. Aucune n’a été prise.", "The key fits several features. None was taken.";
        "Préciser la clé : ajouter le code de la commune ou du département.", "Make the key precise: add the code of the commune or the department.";
    ClaimedTwice:
        "parcelle revendiquée deux fois", "parcel claimed twice";
        "Deux propriétaires déclarent la même parcelle. Les deux sont gardés.", "Two owners claim the same parcel. Both are kept.";
        "Vérifier le droit de chacun (propriété, bail emphytéotique, indivision) et corriger l’une des listes.", "Check the right of each (ownership, long lease, joint ownership) and correct one of the lists.";
    Replaced:
        "parcelle remplacée", "parcel replaced";
        "La parcelle n’existe plus. Celles qui en sont issues ont été prises.", "The parcel is gone. Those that came of it were taken.";
        "Mettre la liste à jour avec les nouveaux numéros.", "Bring the list up to date with the new numbers.";
    Unplaced:
        "opération sans place", "operation without a place";
        "Rien de ce que la ligne nomme n’a été trouvé. Elle est dans les listes, pas sur la carte.", "Nothing that the row names was found. It is in lists, not on the map.";
        "Donner les numéros de parcelles, l’identifiant d’une cité ou des coordonnées.", "Give parcel numbers, the id of an estate, or coordinates.";
    UnknownOwner:
        "acteur inconnu", "unknown owner";
        "Le registre des acteurs ne connaît pas ce nom. Il est gardé tel quel.", "The registry of actors does not know this name. It is kept as it is.";
        "Corriger le nom, ou ajouter l’acteur ou son alias au registre.", "Correct the name, or add the actor or its alias to the registry.";
    Contradiction:
        "sources en désaccord", "sources disagree";
        "Les sources d’une entité composée ne disent pas la même chose. La première a été suivie.", "The sources of a derived feature say different things. The first was followed.";
        "Corriger l’une des sources, ou mettre devant celle qui fait foi.", "Correct one of the sources, or put the one to be trusted first.";
    DuplicateGeometry:
        "géométrie en double", "duplicate geometry";
        "L’entité a exactement la même géométrie qu’une autre. Les deux sont gardées.", "The feature has exactly the geometry of another. Both are kept.";
        "Supprimer l’une des deux, ou corriger son contour.", "Remove one of the two, or correct its outline.";
    Overlap:
        "superposition de parcelles", "overlapping parcels";
        "Deux parcelles couvrent le même sol ; l’aire commune est donnée. Rien n’a été changé.", "Two parcels cover the same ground; the area they share is given. Nothing was changed.";
        "Quelques dm² viennent des coordonnées arrondies ; au-delà, redessiner la limite commune des deux parcelles.", "Some dm² come of rounded coordinates; beyond, redraw the border that the two parcels share.";
    Gap:
        "vide entre parcelles", "gap between parcels";
        "Un vide de moins de 50 m² ou de moins d’un mètre de large est enfermé entre des parcelles.", "A gap of less than 50 m² or less than a metre in width is enclosed by parcels.";
        "Accrocher les limites voisines l’une à l’autre, ou ajouter la parcelle qui manque.", "Snap the borders around it to each other, or add the parcel that is missing.";
    AreaDiffers:
        "contenance éloignée de l’aire", "fiscal area differs";
        "La contenance déclarée et l’aire de la géométrie diffèrent de plus de 5 %. Les deux sont gardées.", "The declared (fiscal) area and that of the geometry differ by more than 5 %. Both are kept.";
        "Ne pas prendre l’une pour l’autre ; une parcelle divisée ou arpentée depuis, ou une contenance mal saisie, se vérifie au cadastre.", "Do not take one for the other; a parcel divided or surveyed since, or a mistyped area, is checked at the land registry.";
    ReaderWarning:
        "avertissement du lecteur", "warning of the reader";
        "Le lecteur du format a signalé autre chose.", "The reader of the format told of something else.";
        "Lire le message ; ouvrir la source dans le logiciel qui l’a écrite et l’enregistrer de nouveau.", "Read the message; open the source in the software that wrote it and save it anew.";
}

impl FaultKind {
    /// Its name in documents, such as `invalid-geometry`.
    #[must_use]
    pub fn name(self) -> String {
        // The derived name of a unit variant is a text.
        serde_json::to_value(self)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// The kind of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
    }

    /// Whether something of a feature was lost: its geometry, or the feature itself.
    #[must_use]
    pub fn is_loss(self) -> bool {
        matches!(
            self,
            Self::UnrepairableGeometry
                | Self::NotFinite
                | Self::OutOfRange
                | Self::NullIsland
                | Self::UnreadableFeature
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The page of `docs/` in both languages, with the words of the table.
    fn page() -> String {
        let mut text = String::from(
            "# Load reports\n\n\
             What each fault in a report means and what the owner of the data can do about it, in English and French: the words of the\n\
             pages, the tables and `terril load --check`. The list below is made from src/load/fault_words.rs by its test\n\
             (`TERRIL_UPDATE_DOCS=1 cargo test --lib docs_reports`), which fails where it differs.\n\n",
        );
        text.push_str(include_str!("fault_guide.md"));
        text.push_str("\n## Every kind of fault\n");
        for kind in FaultKind::ALL {
            let FaultWords { label, meaning, remedy } = kind.words();
            let loss = if kind.is_loss() {
                " *Something is lost: `terril load --check` fails.*"
            } else {
                ""
            };
            text.push_str(&format!(
                "\n### `{}`\n\n**{}.** {} {}{loss}\n\n**{}.** {} {}\n",
                kind.name(),
                label.en,
                meaning.en,
                remedy.en,
                label.fr,
                meaning.fr,
                remedy.fr
            ));
        }
        text
    }

    #[test]
    fn docs_reports_is_made_of_the_table() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reports.md");
        if std::env::var_os("TERRIL_UPDATE_DOCS").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        assert!(
            std::fs::read_to_string(&path).unwrap() == page(),
            "docs/reports.md is not what the table says"
        );
    }

    #[test]
    fn every_kind_stands_once_with_words_of_its_own() {
        let kinds: BTreeSet<FaultKind> = FaultKind::ALL.iter().copied().collect();
        assert_eq!(kinds.len(), FaultKind::ALL.len());
        let mut labels = BTreeSet::new();
        for kind in FaultKind::ALL {
            let words = kind.words();
            assert!(
                labels.insert(words.label.fr.clone()) && labels.insert(words.label.en.clone()),
                "{kind:?}"
            );
            for text in [&words.meaning, &words.remedy] {
                assert!(text.fr.ends_with('.') && text.en.ends_with('.'), "{kind:?}");
                assert!(!text.fr.contains('\''), "{kind:?}: typographic apostrophes");
            }
            assert_eq!(FaultKind::parse(&kind.name()), Some(*kind));
        }
        assert_eq!(FaultKind::InvalidGeometry.name(), "invalid-geometry");
    }
}
