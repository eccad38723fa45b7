//! Rows that are no features: empty ones, totals, a template's example.
//!
//! Left out, each said with its number. The rules read one row alone, so that two readings of a table
//! agree; the example stands above the first row of data only.

use super::cell::{Cell, GridRow};
use super::number::number;
use crate::model::text::fold;

/// What a row below the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) enum Sort {
    /// A feature.
    Data,
    /// Nothing.
    Empty,
    /// Sums of the rows above it.
    Total,
    /// A template's example.
    Example,
}

/// What a row is; `begun`: rows of data stand above it.
pub(in crate::load) fn sort_of(row: &GridRow, begun: bool) -> Sort {
    let Some((_, first)) = row.filled().next() else {
        return Sort::Empty;
    };
    if !begun && is_example(first) {
        return Sort::Example;
    }
    if is_total(row) { Sort::Total } else { Sort::Data }
}

/// A first cell that says that the row is made up.
fn is_example(cell: Cell<'_>) -> bool {
    let Cell::Text(text) = cell else { return false };
    if text.len() > 200 {
        return false;
    }
    let folded = fold(text);
    let first = folded.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty());
    matches!(first, Some("fictif" | "fictive" | "exemple" | "example" | "fictitious"))
}

/// A label of sums, and beside it nothing but numbers.
fn is_total(row: &GridRow) -> bool {
    let mut filled = row.filled();
    let Some((_, Cell::Text(label))) = filled.next() else {
        return false;
    };
    if label.len() > 100 {
        return false;
    }
    let folded = fold(label);
    let mut words = folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let summed = match words.next() {
        Some("total" | "totaux" | "totals" | "subtotal" | "grandtotal") => true,
        Some("sous" | "grand" | "sub") => matches!(words.next(), Some("total" | "totaux")),
        _ => false,
    };
    summed
        && filled.all(|(_, cell)| match cell {
            Cell::Number(_) | Cell::Int(_) | Cell::Error(_) => true,
            Cell::Text(text) => number(text.trim_end_matches(['%', '€', 'a', 'h', 'm', '²', ' '])).is_some(),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_no_features_are_told() {
        let check = |cells: &[&str], begun, expected| {
            let mut row = GridRow::default();
            row.start(1);
            cells.iter().for_each(|c| row.push(Cell::Text(c)));
            assert_eq!(sort_of(&row, begun), expected, "{cells:?}");
        };
        check(&["", " "], true, Sort::Empty);
        check(&["TOTAL GÉNÉRAL", "", "1 250", "3,5"], true, Sort::Total);
        check(&["", "Sous-total Grenay", "", "12"], true, Sort::Total);
        check(&["Total :", "12 ha"], true, Sort::Total);
        check(&["Total"], true, Sort::Total);
        check(&["Total Energies", "Lens", "12"], true, Sort::Data);
        check(&["Totale rénovation", "Lens"], true, Sort::Data);
        check(&["EXEMPLE (fictif)", "Lens"], false, Sort::Example);
        check(&["fictif", "Lens"], false, Sort::Example);
        check(&["fictif", "Lens"], true, Sort::Data);
        check(&["Grenay", "fictif"], false, Sort::Data);
    }
}
