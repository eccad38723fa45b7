//! A report as a table for spreadsheets: a row per fault, and one per kind for those that are counted only.

use super::Entry;
use crate::encode::csv::Csv;
use crate::load::report::{Fault, FaultKind};
use crate::model::role::{Label, Language};

/// The columns, in French and English.
const COLUMNS: [(&str, &str); 14] = [
    ("couche", "layer"),
    ("anomalie", "fault"),
    ("libellé", "label"),
    ("entité", "feature"),
    ("autre entité", "other feature"),
    ("ligne", "row"),
    ("longitude", "longitude"),
    ("latitude", "latitude"),
    ("aire m²", "area m²"),
    ("aire déclarée m²", "declared area m²"),
    ("aire avant m²", "area before m²"),
    ("aire après m²", "area after m²"),
    ("message", "message"),
    ("que faire", "what to do"),
];

/// The table of several layers' faults. `only` is the kind that is asked for, where one is.
#[must_use]
pub fn table(entries: &[Entry<'_>], only: Option<FaultKind>, language: Language) -> Vec<u8> {
    let mut csv = Csv::default();
    for (fr, en) in COLUMNS {
        csv.text(match language {
            Language::French => fr,
            Language::English => en,
        });
    }
    csv.end_row();
    for entry in entries {
        entry
            .faults
            .iter()
            .for_each(|fault| row(&mut csv, entry.layer, fault, language));
        for (kind, count) in entry
            .report
            .counts
            .iter()
            .filter(|(k, _)| only.is_none_or(|o| o == **k))
        {
            let located = entry.report.faults.iter().filter(|f| f.kind == *kind).count() as u64;
            if *count > located {
                rest(&mut csv, entry.layer, *kind, count - located, language);
            }
        }
    }
    csv.into_bytes()
}

fn row(csv: &mut Csv, layer: &str, fault: &Fault, language: Language) {
    let words = fault.kind.words();
    csv.text(layer);
    csv.text(&fault.kind.name());
    csv.text(words.label.in_language(language));
    for id in [&fault.feature, &fault.other] {
        csv.text(&id.as_ref().map(ToString::to_string).unwrap_or_default());
    }
    // People count rows from 1.
    match fault.row {
        Some(row) => csv.whole(row + 1),
        None => csv.empty(),
    }
    let [x, y] = fault.place.map_or([None; 2], |p| p.map(Some));
    let areas = [
        fault.area_m2,
        fault.declared_m2,
        fault.area_before_m2,
        fault.area_after_m2,
    ];
    for number in [x, y].into_iter().chain(areas) {
        match number {
            Some(number) => csv.number(number),
            None => csv.empty(),
        }
    }
    csv.text(match language {
        Language::French => &fault.message_fr,
        Language::English => &fault.message,
    });
    csv.text(words.remedy.in_language(language));
    csv.end_row();
}

/// The faults of a kind that have no row of their own.
fn rest(csv: &mut Csv, layer: &str, kind: FaultKind, count: u64, language: Language) {
    let words = kind.words();
    csv.text(layer);
    csv.text(&kind.name());
    csv.text(words.label.in_language(language));
    (0..9).for_each(|_| csv.empty());
    let said = Label {
        fr: format!("et {count} autres, comptées sans leur place"),
        en: format!("and {count} more, counted without their place"),
    };
    csv.text(said.in_language(language));
    csv.text(words.remedy.in_language(language));
    csv.end_row();
}
