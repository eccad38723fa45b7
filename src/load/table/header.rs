//! Which row of a table names its columns.
//!
//! ```text
//! Patrimoine foncier 2025                        ┐ above the header: left out, and said
//!                                                ┘
//! Commune │ Parcelle          │ Surface (m²)     ┐ one row, or two: a group's name stands
//!         │ Section │ Numéro  │                  ┘ before those names below it that stand twice
//! Grenay  │ AB      │ 12      │ 1 250
//! ```
//! In: the first rows, and which cells are merged where the format says so. Out: the rows of the header
//! and its names. Not here: what the columns mean.

use super::cell::{Cell, GridRow};
use super::number::number;
use crate::model::text::fold;

/// Rows among which the header is looked for.
pub(in crate::load) const HEADER_ROWS: usize = 64;

/// Characters of a column's name; what is beyond is cut.
const LONGEST_NAME: usize = 200;

/// Merged cells, rows and columns from 0, the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct Merged {
    pub(in crate::load) rows: (u64, u64),
    pub(in crate::load) columns: (usize, usize),
}

/// The header that was found.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) struct Header {
    /// Position of its first row among the rows looked at.
    pub(in crate::load) first: usize,
    /// Its rows: none where the table has no header, else one or two.
    pub(in crate::load) rows: usize,
    /// Its names by column, trimmed; empty where it names none.
    pub(in crate::load) names: Vec<String>,
}

/// Finds the header. `merged` is `None` where the format knows no merged cells.
pub(in crate::load) fn find(sample: &[GridRow], merged: Option<&[Merged]>) -> Header {
    let widest = sample.iter().map(|r| r.filled().count()).max().unwrap_or(0);
    // Titles fill a cell or two; a header names more than half of the columns.
    let enough = (widest * 3).div_ceil(5).max(1);
    let Some(at) = sample.iter().position(|r| r.filled().count() >= enough) else {
        return nameless(0);
    };
    if !is_named(&sample[at]) || has_shape_of_next(sample, at) {
        return nameless(at);
    }
    let (first, rows) = match () {
        () if at > 0 && groups_above(sample, at, merged) => (at - 1, 2),
        () if names_below(sample, at, merged) => (at, 2),
        () => (at, 1),
    };
    Header {
        first,
        rows,
        names: names(&sample[first..first + rows], merged),
    }
}

/// The header in the row of a number, as the settings say.
pub(in crate::load) fn at_row(sample: &[GridRow], number: u64) -> Option<Header> {
    let first = sample.iter().position(|r| r.number == number)?;
    Some(Header {
        first,
        rows: 1,
        names: names(&sample[first..=first], None),
    })
}

fn nameless(first: usize) -> Header {
    Header {
        first,
        rows: 0,
        names: vec![],
    }
}

/// Whether a row is one of words: half of it or more. Years may stand in a header.
fn is_named(row: &GridRow) -> bool {
    let words = row.filled().filter(|(_, c)| is_word(*c)).count();
    words * 2 >= row.filled().count()
}

fn is_word(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Text(text) if number(text).is_none())
}

fn has_digit(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => text.bytes().any(|b| b.is_ascii_digit()),
        Cell::Empty | Cell::Bool(_) | Cell::Error(_) => false,
        _ => true,
    }
}

/// Whether most cells of a row are written as those below, digit for digit: a list without a header.
fn has_shape_of_next(sample: &[GridRow], at: usize) -> bool {
    let Some(next) = sample[at + 1..].iter().find(|r| !r.is_empty()) else {
        return false;
    };
    let same = |(i, cell): &(usize, Cell<'_>)| match (cell, next.cell(*i)) {
        (Cell::Text(a), Cell::Text(b)) => has_digit(*cell) && shape(a) == shape(b),
        _ => false,
    };
    let row = &sample[at];
    row.filled().filter(same).count() * 2 > row.filled().count()
}

/// Digits as 9, letters as A.
fn shape(text: &str) -> String {
    let one = |c: char| match c {
        c if c.is_numeric() => '9',
        c if c.is_alphabetic() => 'A',
        c => c,
    };
    text.trim().chars().take(LONGEST_NAME).map(one).collect()
}

/// Whether the row above names groups of columns.
fn groups_above(sample: &[GridRow], at: usize, merged: Option<&[Merged]>) -> bool {
    let (above, row) = (&sample[at - 1], &sample[at]);
    let count = above.filled().count();
    let words = above.filled().all(|(_, c)| is_word(c) && !is_sentence(c));
    if above.number + 1 != row.number || !words || count == 0 || count >= row.filled().count() {
        return false;
    }
    match merged {
        Some(merged) => above.filled().any(|(i, _)| {
            let group = group_at(merged, above.number - 1, i);
            // One that spans the whole table is its title.
            group.is_some_and(|g| g.0 != g.1 && g.1 - g.0 + 1 < row.filled().count())
        }),
        None => count > 1,
    }
}

/// A cell that says something instead of naming something: `Date : 12/03/2025`.
fn is_sentence(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Text(text) if text.contains(':') || text.len() > LONGEST_NAME)
}

/// Whether the row below names the columns of groups in this row.
fn names_below(sample: &[GridRow], at: usize, merged: Option<&[Merged]>) -> bool {
    let (row, Some(below)) = (&sample[at], sample.get(at + 1)) else {
        return false;
    };
    if below.number != row.number + 1 || !below.filled().all(|(_, c)| is_word(c)) || below.is_empty() {
        return false;
    }
    let opens = below.filled().any(|(i, _)| row.cell(i).is_empty());
    let closes = row.filled().any(|(i, _)| below.cell(i).is_empty());
    let grouped = merged.is_none_or(|merged| {
        row.filled()
            .any(|(i, _)| group_at(merged, row.number - 1, i).is_some_and(|g| g.0 != g.1))
    });
    // What follows is of another kind than these names: numbers, codes, days.
    let data = &sample[at + 2..];
    let named = below.filled().any(|(i, cell)| {
        let filled = data.iter().filter(|r| !r.cell(i).is_empty());
        let (all, with_digits) = filled.fold((0, 0), |(a, d), r| (a + 1, d + usize::from(has_digit(r.cell(i)))));
        !has_digit(cell) && all > 0 && with_digits * 2 >= all
    });
    opens && closes && grouped && named
}

/// The columns of the merged cells that hold a cell.
fn group_at(merged: &[Merged], row: u64, column: usize) -> Option<(usize, usize)> {
    let holds = |m: &&Merged| (m.rows.0..=m.rows.1).contains(&row) && (m.columns.0..=m.columns.1).contains(&column);
    merged.iter().find(holds).map(|m| m.columns)
}

/// The names of one or two rows.
fn names(rows: &[GridRow], merged: Option<&[Merged]>) -> Vec<String> {
    let width = rows.iter().map(GridRow::filled_width).max().unwrap_or(0);
    let [upper, lower] = match rows {
        [one] => return (0..width).map(|i| name_of(one.cell(i))).collect(),
        [upper, lower, ..] => [upper, lower],
        [] => return vec![],
    };
    let mut group = String::new();
    let both: Vec<(String, String)> = (0..width)
        .map(|i| {
            let (own, name) = (name_of(upper.cell(i)), name_of(lower.cell(i)));
            let over = match merged {
                Some(merged) => match group_at(merged, upper.number - 1, i) {
                    Some((first, _)) => name_of(upper.cell(first)),
                    None => own.clone(),
                },
                None => {
                    if !own.is_empty() {
                        group.clone_from(&own);
                    }
                    group.clone()
                }
            };
            if name.is_empty() {
                // A column of its own: what stands to the right is not in its group.
                group.clear();
                (String::new(), own)
            } else {
                (over, name)
            }
        })
        .collect();
    // Headings as people know them, with their group where they would not tell columns apart.
    let again = |name: &str| both.iter().filter(|(_, other)| fold(other) == fold(name)).count() > 1;
    both.iter()
        .map(|(over, name)| {
            if over.is_empty() || name.is_empty() || !again(name) {
                name.clone()
            } else {
                format!("{over} {name}")
            }
        })
        .collect()
}

/// A cell as a name: in one line, without blanks around it.
fn name_of(cell: Cell<'_>) -> String {
    let text = match cell {
        Cell::Text(s) | Cell::Date(s) | Cell::DateTime(s) | Cell::Json(s) => s.to_owned(),
        Cell::Number(x) => super::number::written(x),
        Cell::Int(n) => n.to_string(),
        Cell::Bool(b) => b.to_string(),
        Cell::Empty | Cell::Error(_) => String::new(),
    };
    let blank = |c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}';
    let words: Vec<&str> = text.split(blank).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(LONGEST_NAME).collect()
}

/// Names for all columns: those that the header does not name are `column_3`, by position from 1.
pub(in crate::load) fn complete(names: &mut Vec<String>, width: usize) {
    names.resize(names.len().max(width), String::new());
    for (i, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("column_{}", i + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of text; numbers as a sheet has them.
    fn rows(lines: &[&str]) -> Vec<GridRow> {
        let one = |(i, line): (usize, &&str)| {
            let mut row = GridRow::default();
            row.start(i as u64 + 1);
            for cell in line.split('|') {
                match number(cell) {
                    Some(n) if !n.leading_zero => row.push(Cell::Number(n.value)),
                    _ => row.push(Cell::Text(cell)),
                }
            }
            row
        };
        lines.iter().enumerate().map(one).collect()
    }

    fn check(lines: &[&str], merged: Option<&[Merged]>, first: usize, names: &[&str]) {
        let found = find(&rows(lines), merged);
        assert_eq!(
            (found.first, found.names),
            (first, names.iter().map(ToString::to_string).collect()),
            "{lines:?}"
        );
    }

    #[test]
    fn the_first_row_names_the_columns() {
        check(&["A|B", "  valeur A |valeur B"], None, 0, &["A", "B"]);
        check(&["id|geom", "1|POINT(1 2)"], None, 0, &["id", "geom"]);
        check(&["parcelle", "AB 12"], None, 0, &["parcelle"]);
    }

    #[test]
    fn titles_stand_above() {
        check(
            &[
                "Patrimoine foncier||",
                "Édité le 12/03/2025||",
                "||",
                "Commune| Surface\n(m²) |Statut",
                "Grenay|12|libre",
            ],
            None,
            3,
            &["Commune", "Surface (m²)", "Statut"],
        );
    }

    #[test]
    fn two_rows_become_one_name() {
        let below = [
            "Commune|Parcelle||Surface",
            "|Section|Numéro|",
            "Grenay|AB|12|1250",
            "Lens|AC|7|300",
        ];
        let expected = ["Commune", "Section", "Numéro", "Surface"];
        check(&below, None, 0, &expected);
        let merged = [
            Merged {
                rows: (0, 1),
                columns: (0, 0),
            },
            Merged {
                rows: (0, 0),
                columns: (1, 2),
            },
        ];
        check(&below, Some(&merged), 0, &expected);
        let above = ["T1||T2|", "Nombre|Coût|Nombre|Coût", "3|AB|12|libre"];
        check(&above, None, 0, &["T1 Nombre", "T1 Coût", "T2 Nombre", "T2 Coût"]);
    }

    #[test]
    fn a_row_of_data_is_no_second_header() {
        check(
            &["Nom||Ville", "Dupont|Jean|", "Durand|Paul|Lens"],
            None,
            0,
            &["Nom", "", "Ville"],
        );
        // A title over the whole table.
        let merged = [Merged {
            rows: (0, 0),
            columns: (0, 2),
        }];
        check(
            &["Liste||", "Commune|Section|Surface", "Grenay|AB|12"],
            Some(&merged),
            1,
            &["Commune", "Section", "Surface"],
        );
        check(
            &["Date : 1|Auteur : X||", "Commune|Section|Surface|N", "Grenay|AB|12|1"],
            None,
            1,
            &["Commune", "Section", "Surface", "N"],
        );
    }

    #[test]
    fn a_list_without_a_header_has_none() {
        for lines in [["1|2", "3|4"], ["62737000AB0012|x", "62737000AB0013|y"]] {
            assert_eq!(
                find(&rows(&lines), None).rows,
                usize::from(lines[0].contains('x')),
                "{lines:?}"
            );
        }
        assert_eq!(find(&rows(&["62737000AB0012", "62737000AB0013"]), None).rows, 0);
        assert_eq!(find(&[], None).rows, 0);
    }

    #[test]
    fn columns_without_a_name_get_one() {
        let mut names = vec!["a".into(), String::new()];
        complete(&mut names, 3);
        assert_eq!(names, ["a", "column_2", "column_3"]);
    }
}
