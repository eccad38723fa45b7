//! A report as lines for a terminal.

use super::Entry;
use crate::load::report::Fault;
use crate::model::role::Language;

/// The lines of one layer: what was read, each kind of fault with its remedy, the first faults with their places.
#[must_use]
pub fn lines(entry: &Entry<'_>, language: Language) -> Vec<String> {
    let report = entry.report;
    let source = report.source.file_name().unwrap_or_default().to_string_lossy();
    let french = language == Language::French;
    let mut lines = vec![if french {
        format!(
            "{} ({source}) : {} entités, {} sans géométrie, {} réparées",
            entry.layer, report.features, report.null_geometries, report.repaired
        )
    } else {
        format!(
            "{} ({source}): {} features, {} without a geometry, {} repaired",
            entry.layer, report.features, report.null_geometries, report.repaired
        )
    }];
    for (kind, count) in &report.counts {
        let words = kind.words();
        lines.push(format!("  {count:>8}  {}", words.label.in_language(language)));
        lines.push(format!("            → {}", words.remedy.in_language(language)));
    }
    for fault in entry.faults {
        let message = if french { &fault.message_fr } else { &fault.message };
        lines.push(format!("  {}: {message}", place_in_source(&source, fault)));
    }
    let all: u64 = report.counts.values().sum();
    let more = all.saturating_sub(entry.faults.len() as u64);
    if more > 0 && !entry.faults.is_empty() {
        lines.push(if french {
            format!("  … et {more} autres")
        } else {
            format!("  … and {more} more")
        });
    }
    lines
}

/// `file:row: feature`, as far as the fault has them; rows count from 1.
#[must_use]
pub fn place_in_source(source: &str, fault: &Fault) -> String {
    let row = fault.row.map(|row| format!(":{}", row + 1)).unwrap_or_default();
    let feature = fault.feature.as_ref().map(|id| format!(" [{id}]")).unwrap_or_default();
    format!("{source}{row}{feature}")
}
