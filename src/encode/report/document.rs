//! A report as JSON.

use serde_json::{Value, json};

use crate::load::report::{Fault, FaultKind, LoadReport};

/// The report without its faults: what the source is, and how many features and faults there are.
#[must_use]
pub fn summary(report: &LoadReport) -> Value {
    let mut value = json!(report);
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("faults");
    }
    value
}

/// Each kind that occurs: how often, how many are located, its words in both languages.
#[must_use]
pub fn kinds(report: &LoadReport) -> Vec<Value> {
    let kind = |(kind, count): (&FaultKind, &u64)| {
        let words = kind.words();
        json!({
            "kind": kind,
            "count": count,
            "located": report.faults.iter().filter(|f| f.kind == *kind).count(),
            "loss": kind.is_loss(),
            "label": words.label,
            "meaning": words.meaning,
            "remedy": words.remedy,
        })
    };
    report.counts.iter().map(kind).collect()
}

/// One fault.
#[must_use]
pub fn fault(fault: &Fault) -> Value {
    json!(fault)
}
