//! What changed from one version to the next, as a table for spreadsheets: a row per feature.

use super::csv::Csv;
use crate::model::role::Language;

/// One feature that came, went or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its id.
    pub id: String,
    /// What became of it, in words.
    pub change: &'a str,
    /// Whether its geometry changed; absent where it is not in both versions.
    pub geometry: Option<bool>,
    /// The fields that changed.
    pub fields: Vec<&'a str>,
}

/// The table.
#[must_use]
pub fn table<'a>(lines: impl Iterator<Item = Line<'a>>, language: Language) -> Vec<u8> {
    let (columns, yes, no) = match language {
        Language::French => (
            ["entité", "changement", "géométrie modifiée", "champs modifiés"],
            "oui",
            "non",
        ),
        Language::English => (["feature", "change", "geometry changed", "fields changed"], "yes", "no"),
    };
    let mut csv = Csv::default();
    columns.iter().for_each(|column| csv.text(column));
    csv.end_row();
    for line in lines {
        csv.text(&line.id);
        csv.text(line.change);
        match line.geometry {
            Some(changed) => csv.text(if changed { yes } else { no }),
            None => csv.empty(),
        }
        csv.text(&line.fields.join(", "));
        csv.end_row();
    }
    csv.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_per_feature() {
        let lines = [
            Line {
                id: "=1".into(),
                change: "changed",
                geometry: Some(true),
                fields: vec!["a", "b;c"],
            },
            Line {
                id: "2".into(),
                change: "added",
                geometry: None,
                fields: vec![],
            },
        ];
        let text = String::from_utf8(table(lines.into_iter(), Language::English)).unwrap();
        let rows: Vec<&str> = text.trim_start_matches('\u{feff}').split("\r\n").collect();
        assert_eq!(
            rows,
            [
                "feature;change;geometry changed;fields changed",
                "'=1;changed;yes;\"a, b;c\"",
                "2;added;;",
                ""
            ]
        );
    }
}
