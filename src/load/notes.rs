//! The words for what readers changed or could not read.

use super::intake::Intake;
use super::report::{Fault, FaultKind};
use crate::model::encoding::Reading;
use crate::model::feature::FieldType;
use crate::model::row::RowNotes;

impl Intake {
    /// Counts what a reader noted of the row that is taken next.
    pub(super) fn note(&mut self, notes: &RowNotes) {
        if notes.shape.third_dimension {
            self.faults.add_once(FaultKind::ThirdDimension, || {
                Fault::new(
                    FaultKind::ThirdDimension,
                    "heights or measures (Z, M) left out",
                    "altitudes ou mesures (Z, M) écartées",
                )
            });
        }
        if notes.shape.curved {
            self.fault(FaultKind::Curve, None, || {
                ["curves became lines".into(), "courbes transformées en lignes".into()]
            });
        }
        if notes.shape.mixed {
            self.fault(FaultKind::MixedCollection, None, || {
                [
                    "a mixed collection: parts of a lower dimension left out".into(),
                    "collection mixte : les éléments de dimension inférieure sont écartés".into(),
                ]
            });
        }
        if let Some(reason) = notes.bad_geometry {
            self.fault(FaultKind::UnrepairableGeometry, None, || {
                [
                    format!("{reason}: kept without a place"),
                    format!("{reason} : conservée sans lieu"),
                ]
            });
        }
        self.place_is_explained = notes.no_place.is_some();
        if let Some(words) = &notes.no_place {
            self.fault(FaultKind::UnreadableValue, None, || (**words).clone());
        }
        if let Some(field) = &notes.bad_value {
            self.fault(FaultKind::UnreadableValue, None, || {
                [
                    format!("a value of \"{field}\" can't be read: left empty"),
                    format!("une valeur de « {field} » est illisible : laissée vide"),
                ]
            });
        }
        match notes.reading {
            Reading::Utf8 => {}
            Reading::Guessed => self.fault(FaultKind::EncodingGuessed, None, || {
                [
                    "text that is not in the declared encoding: read as Windows-1252".into(),
                    "texte qui n'est pas dans l'encodage déclaré : lu en Windows-1252".into(),
                ]
            }),
            Reading::Lossy => self.fault(FaultKind::LostCharacters, None, || {
                [
                    "text with bytes of no known encoding: replaced by U+FFFD".into(),
                    "texte dont des octets ne sont d'aucun encodage connu : remplacés par U+FFFD".into(),
                ]
            }),
        }
    }

    /// Declares a reader's fields; a later one of the same name is renamed.
    pub(super) fn declare_fields(&mut self, fields: &[(String, FieldType)]) {
        let mut taken: Vec<String> = vec![];
        for (name, kind) in fields {
            let numbered = (2..).map(|n| format!("{name}_{n}"));
            let mut candidates = std::iter::once(name.clone()).chain(numbered);
            let unique = candidates.find(|c| !taken.contains(c)).unwrap_or_default();
            if unique != *name {
                self.faults.add(FaultKind::DuplicateField, || {
                    Fault::new(
                        FaultKind::DuplicateField,
                        format!("the field \"{name}\" stands twice: the later is \"{unique}\""),
                        format!("le champ « {name} » figure deux fois : le second devient « {unique} »"),
                    )
                });
            }
            self.builder.declare(&unique, *kind);
            taken.push(unique);
        }
    }
}
