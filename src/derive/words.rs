//! What a join says of a row, in English and French.

use crate::load::report::{Fault, FaultKind};
use crate::model::feature::FeatureId;

/// A fault of a feature.
pub(super) fn of(kind: FaultKind, feature: &FeatureId, words: [String; 2]) -> Fault {
    let [message, message_fr] = words;
    Fault {
        feature: Some(feature.clone()),
        ..Fault::new(kind, message, message_fr)
    }
}

/// A key that nothing has, and what is near it.
pub(super) fn unmatched(written: &str, read_as: Option<&str>, near: &[String]) -> [String; 2] {
    let as_read = read_as.filter(|r| *r != written);
    let (en, fr) = match as_read {
        Some(read) => (format!("\"{written}\" ({read})"), format!("« {written} » ({read})")),
        None => (format!("\"{written}\""), format!("« {written} »")),
    };
    if near.is_empty() {
        return [
            format!("{en} is in no layer joined to, and nothing is like it"),
            format!("{fr} ne figure dans aucune couche jointe, et rien n'y ressemble"),
        ];
    }
    let near = near.join(", ");
    [
        format!("{en} is in no layer joined to; the nearest: {near}"),
        format!("{fr} ne figure dans aucune couche jointe ; au plus proche : {near}"),
    ]
}

/// A key that several have.
pub(super) fn ambiguous(written: &str, several: &[String]) -> [String; 2] {
    let several = several.join(", ");
    [
        format!("\"{written}\" may be any of {several}: none was taken; name its layer and id"),
        format!("« {written} » peut désigner {several} : rien n'a été retenu ; nommez la couche et l'identifiant"),
    ]
}

/// A text that is no key.
pub(super) fn bad(written: &str, what: [&str; 2]) -> [String; 2] {
    [
        format!("\"{written}\" is no {}", what[0]),
        format!("« {written} » n'est pas {}", what[1]),
    ]
}

/// A key that was read as another way of writing.
pub(super) fn mended(written: &str, read_as: &str) -> [String; 2] {
    [
        format!("\"{written}\" was read as {read_as}"),
        format!("« {written} » a été lu {read_as}"),
    ]
}

/// A parcel that is gone, and its children.
pub(super) fn replaced(parent: &str, children: &str) -> [String; 2] {
    [
        format!("the parcel {parent} is gone; its children were taken: {children}"),
        format!("la parcelle {parent} n'existe plus ; ses parcelles filles sont retenues : {children}"),
    ]
}

/// A row that nothing placed.
pub(super) fn unplaced(names_something: bool) -> [String; 2] {
    if names_something {
        [
            "nothing that it names was found: kept without a place".into(),
            "rien de ce qu'elle nomme n'a été trouvé : conservée sans lieu".into(),
        ]
    } else {
        [
            "it names no parcel, commune or feature: kept without a place".into(),
            "elle ne nomme ni parcelle, ni commune, ni entité : conservée sans lieu".into(),
        ]
    }
}

/// A parcel that two owners claim.
pub(super) fn claimed(parcel: &str, claims: &[(String, String)]) -> [String; 2] {
    let list = |en: bool| {
        let one = |(row, owner): &(String, String)| match en {
            true => format!("{owner} (feature {row})"),
            false => format!("{owner} (entité {row})"),
        };
        claims.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    [
        format!("the parcel {parcel} is claimed by {}", list(true)),
        format!("la parcelle {parcel} est revendiquée par {}", list(false)),
    ]
}
