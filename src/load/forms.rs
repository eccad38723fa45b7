//! Rows of a template that somebody filled: labels become codes, the example is left out, what is missing is said.
//!
//! In: rows with a template's columns (`model::template::canonical_headers`), from whatever reader. Out: the same rows, or
//! none for the example. Nothing is dropped for being incomplete: a row without an owner or a place stays, and has
//! its fault. Other layers pass untouched.

use super::base::Builder;
use super::intake::Intake;
use super::report::{Fault, FaultKind};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::geometry::GeometryKind;
use crate::model::keys;
use crate::model::row::Row;
use crate::model::template::{Coded, Filled, Lang, Missing};

/// A layer as a form, where it is one.
pub(super) struct Form {
    filled: Option<Filled>,
    /// With how many fields that was found out.
    fields: usize,
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is taken in.
    Take,
    /// It is the template's example.
    LeaveOut,
}

impl Form {
    /// Looks at a layer's fields.
    pub(super) fn of(builder: &Builder) -> Self {
        let fields = builder.fields();
        Self {
            filled: Filled::of(fields.iter().map(|f| f.name.as_str())),
            fields: fields.len(),
        }
    }

    /// Years are numbers, also in columns that were left empty and are filled from periods.
    pub(super) fn open_years(&self, builder: &mut Builder) {
        let Some(filled) = &self.filled else { return };
        for column in ["annee_debut", "annee_fin"]
            .into_iter()
            .filter_map(|name| filled.column(name))
        {
            builder.open_type(column);
        }
    }

    /// Reads a row before it is taken in.
    pub(super) fn read(&mut self, row: &mut Row, intake: &mut Intake) -> Verdict {
        if intake.builder.field_count() != self.fields {
            *self = Self::of(&intake.builder);
        }
        let Some(filled) = &self.filled else {
            return Verdict::Take;
        };
        let mut codes: Vec<(usize, &'static str)> = vec![];
        let mut unknown: Vec<[String; 2]> = vec![];
        let mut given: Vec<bool> = vec![];
        let mut is_example = false;
        for (column, (_, value)) in row.values().enumerate() {
            let ValueRef::Text(text) = value else {
                given.push(value != ValueRef::Null);
                continue;
            };
            let blank = text.trim().is_empty();
            is_example |= filled.is_mark(column, text);
            given.push(!blank);
            match filled.code(column, text) {
                Coded::Code(code) => codes.push((column, code)),
                Coded::Unknown(of) if !blank => unknown.push(no_code(of.heading(Lang::Fr), of.heading(Lang::En), text)),
                Coded::AsItIs | Coded::Unknown(_) => {}
            }
        }
        if is_example {
            intake.faults.add(FaultKind::SkippedRow, || {
                Fault::new(
                    FaultKind::SkippedRow,
                    "the template's example row: left out",
                    "ligne d'exemple du modèle : laissée de côté",
                )
            });
            return Verdict::LeaveOut;
        }
        let placed = row.shape.kind() != GeometryKind::None;
        let missing = filled.missing(|column| given.get(column).copied().unwrap_or(false), placed);
        for (column, code) in codes {
            row.set(column, FieldType::Text, ValueRef::Text(code));
        }
        if let Some((years, words)) = years_of_period(filled, row) {
            for (column, year) in years {
                row.set(column, FieldType::Int, ValueRef::Int(year));
            }
            intake.fault(FaultKind::MendedKey, None, || words);
        }
        for words in unknown {
            intake.fault(FaultKind::BadKey, None, || words);
        }
        for lack in missing {
            let kind = match lack {
                Missing::Owner => FaultKind::UnknownOwner,
                Missing::Place => FaultKind::Unplaced,
            };
            intake.fault(kind, None, || lack.words().map(str::to_owned));
        }
        Verdict::Take
    }
}

/// Years, by the columns that they go to.
type Years = [(usize, i64); 2];

/// The years of a row that gives its period only ("T2 2027", "2026-2028"): where they go, and what is said of it.
fn years_of_period(filled: &Filled, row: &Row) -> Option<(Years, [String; 2])> {
    let [start, end, period] = ["annee_debut", "annee_fin", "periode"].map(|name| filled.column(name));
    let (start, end, period) = (start?, end?, period?);
    let text_of = |column: usize| {
        let value = row
            .values()
            .nth(column)
            .map(|(_, value)| value.to_text().map(|t| t.trim().to_owned()));
        value.flatten().filter(|text| !text.is_empty())
    };
    if text_of(start).is_some() || text_of(end).is_some() {
        return None;
    }
    let text = text_of(period)?;
    let read = keys::period(&text)?;
    let year = |day: &str| day.get(..4).and_then(|y| y.parse::<i64>().ok());
    let (first, last) = (year(&read.start)?, year(&read.end)?);
    let words = [
        format!("start and end year, {first} and {last}, were taken from the period \"{text}\""),
        format!("les années de début et de fin, {first} et {last}, ont été prises de la période « {text} »"),
    ];
    Some(([(start, first), (end, last)], words))
}

fn no_code(column_fr: String, column_en: String, text: &str) -> [String; 2] {
    // What somebody pasted may be long.
    let text: String = text.chars().take(80).collect();
    [
        format!(
            "\"{text}\" is not in the list of \"{column_en}\": kept as it is; choose from the list of the template"
        ),
        format!(
            "« {text} » ne figure pas dans la liste de « {column_fr} » : conservé tel quel ; choisissez dans la liste du modèle"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::crs::Crs;
    use crate::model::template;

    fn row(values: &[(&str, &str)], names: &[&str]) -> Row {
        let mut row = Row::default();
        row.clear();
        for (name, text) in values {
            let at = names.iter().position(|n| n == name).unwrap();
            row.set(at, FieldType::Text, ValueRef::Text(text));
        }
        row
    }

    #[test]
    fn a_filled_row_has_codes_and_its_faults() {
        let columns = template::find("reserves").unwrap().columns;
        let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
        let mut intake = Intake::new(Crs::Crs84, false).unwrap();
        names.iter().for_each(|n| {
            intake.builder.field(n);
        });
        let mut form = Form::of(&intake.builder);
        let mut full = row(
            &[("acteur", "A"), ("parcelles", "AB 12"), ("statut", "À céder")],
            &names,
        );
        assert_eq!(form.read(&mut full, &mut intake), Verdict::Take);
        let statut = names.iter().position(|n| *n == "statut").unwrap();
        assert_eq!(full.values().nth(statut).unwrap().1, ValueRef::Text("a_ceder"));
        assert!(intake.faults.counts.is_empty());
        let mut bad = row(&[("nom", "B"), ("statut", "vendu"), ("parcelles", " ")], &names);
        assert_eq!(form.read(&mut bad, &mut intake), Verdict::Take);
        let kinds: Vec<FaultKind> = intake.faults.located.iter().map(|f| f.kind).collect();
        assert_eq!(kinds, [FaultKind::BadKey, FaultKind::UnknownOwner, FaultKind::Unplaced]);
        let columns = template::find("operations").unwrap().columns;
        let of: Vec<&str> = columns.iter().map(|c| c.name).collect();
        let filled = Filled::of(of.iter().copied()).unwrap();
        let by_period = row(&[("acteur", "A"), ("periode", "2026-2028")], &of);
        assert_eq!(
            years_of_period(&filled, &by_period).unwrap().0.map(|(_, year)| year),
            [2026, 2028]
        );
        let both = row(&[("annee_debut", "2026"), ("periode", "2026-2028")], &of);
        assert!(years_of_period(&filled, &both).is_none());
        let mut example = row(&[("id", "Exemple (fictif)")], &names);
        assert_eq!(form.read(&mut example, &mut intake), Verdict::LeaveOut);
    }
}
