//! Periods in words ("2024-2027", "T2 2025") get a first and a last day in columns of their own.
//!
//! Only in layers that speak of time to come: operations, programmes, land reserves, candidates; and only where
//! they have no start and end yet. The words stay as they are.

use super::base::Builder;
use super::report::{Fault, FaultKind, Faults};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::keys::period;
use crate::model::role::Role;
use crate::model::schema;

/// The names of the columns that are added.
const ADDED: [&str; 2] = ["debut", "fin"];

/// Adds first and last days where a layer has periods only.
pub(super) fn add(builder: &mut Builder, layer: &str, role: Option<Role>, faults: &mut Faults) {
    if !matches!(
        role,
        Some(Role::Intervention | Role::Programme | Role::LandReserve | Role::Candidate)
    ) {
        return;
    }
    let fields = builder.fields();
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    let known = schema::recognise(layer, &names);
    let has = |domain: &str| known.field(domain).is_some();
    let taken = names.iter().any(|n| ADDED.iter().any(|a| n.eq_ignore_ascii_case(a)));
    let Some(field) = known.field("period").and_then(|f| names.iter().position(|n| *n == f)) else {
        return;
    };
    if has("start") || has("end") || taken || !matches!(fields[field].kind, FieldType::Text | FieldType::Int) {
        return;
    }
    let name = fields[field].name.clone();
    let text = |builder: &Builder, row| {
        let value: ValueRef<'_> = builder.value(row, field);
        value.to_text().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
    };
    let periods: Vec<_> = (0..builder.rows())
        .map(|row| text(builder, row).map(|t| period(&t).ok_or(t)))
        .collect();
    if !periods.iter().flatten().any(Result::is_ok) {
        return;
    }
    let [debut, fin] = ADDED.map(|name| builder.declare(name, FieldType::Date));
    builder.rewrite(debut, FieldType::Date, |row, _| {
        periods[row].as_ref()?.as_ref().ok().map(|p| p.start.clone())
    });
    builder.rewrite(fin, FieldType::Date, |row, _| {
        periods[row].as_ref()?.as_ref().ok().map(|p| p.end.clone())
    });
    faults.add(FaultKind::ReaderWarning, || {
        Fault::new(
            FaultKind::ReaderWarning,
            format!("the fields \"debut\" and \"fin\" were added: first and last days of \"{name}\""),
            format!("les champs « debut » et « fin » ont été ajoutés : premiers et derniers jours de « {name} »"),
        )
    });
    for (row, text) in periods.iter().enumerate() {
        if let Some(Err(text)) = text {
            faults.add(FaultKind::BadDate, || Fault {
                row: Some(row as u64),
                ..Fault::new(
                    FaultKind::BadDate,
                    format!("{name}: \"{text}\" is no period (2024, 2024-2027, T2 2025, a date): without first and last day"),
                    format!("{name} : « {text} » n'est pas une période (2024, 2024-2027, T2 2025, une date) : sans premier ni dernier jour"),
                )
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::base::Cell;
    use crate::model::crs::Crs;
    use crate::model::geometry::Geometry;

    #[test]
    fn periods_become_days() {
        let mut builder = Builder::new(Crs::Crs84);
        builder.field("Bailleur");
        builder.field("Période");
        for text in ["2024-2027", "T2 2025", "un jour", ""] {
            builder
                .push(None, &[Cell::Text("M&C"), Cell::Text(text)], &Geometry::none().as_ref())
                .unwrap();
        }
        let mut faults = Faults::default();
        add(&mut builder, "operations", Some(Role::Intervention), &mut faults);
        let names: Vec<String> = builder.fields().into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["Bailleur", "Période", "debut", "fin"]);
        assert_eq!(builder.value(0, 2), ValueRef::Text("2024-01-01"));
        assert_eq!(builder.value(1, 3), ValueRef::Text("2025-06-30"));
        assert_eq!(
            (builder.value(2, 2), builder.value(3, 3)),
            (ValueRef::Null, ValueRef::Null)
        );
        assert_eq!((faults.count(FaultKind::BadDate), faults.located[1].row), (1, Some(2)));
        let mut other = Faults::default();
        add(&mut builder, "operations", Some(Role::Intervention), &mut other);
        assert!(other.counts.is_empty());
    }
}
