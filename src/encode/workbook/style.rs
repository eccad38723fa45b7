//! How the cells of a template look: quiet, readable when printed without colour.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::model::template::{Column, Kind, Lang, Need};

/// Headings.
pub(super) fn heading(column: &Column) -> Format {
    let ground = match column.need {
        Need::Owner => 0x1F_4E_5F,
        Need::Place | Need::Coordinate => 0x2F_6F_7E,
        Need::No => 0x5B_6B_73,
    };
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::VerticalCenter)
        .set_font_color(Color::White)
        .set_background_color(Color::RGB(ground))
        .set_border_right(FormatBorder::Thin)
        .set_border_color(Color::White)
}

/// The cells below: text stays text, so that codes keep their zeros.
pub(super) fn cells(column: &Column, lang: Lang) -> Format {
    let shape = match (column.kind, lang) {
        (Kind::Text | Kind::Codes(_), _) => "@",
        (Kind::Whole { .. }, _) => "0",
        (Kind::Decimal { .. }, _) if column.unit.is_some() => "#,##0.##",
        (Kind::Decimal { .. }, _) => "0.000000",
        (Kind::Date, Lang::Fr) => "dd/mm/yyyy",
        (Kind::Date, Lang::En) => "yyyy-mm-dd",
    };
    Format::new().set_num_format(shape)
}

/// The example's cells.
pub(super) fn example(column: &Column, lang: Lang) -> Format {
    cells(column, lang)
        .set_italic()
        .set_font_color(Color::RGB(0x6B_6B_6B))
        .set_background_color(Color::RGB(0xF2_F2_F2))
}

/// Cells that have to be filled yet.
pub(super) fn missing() -> Format {
    Format::new()
        .set_background_color(Color::RGB(0xFB_E3_D6))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xC0_50_4D))
}

/// Width in characters.
pub(super) fn width(column: &Column) -> f64 {
    match (column.kind, column.name) {
        (_, "commentaire") => 48.0,
        (_, "parcelles" | "nom" | "acteur") => 30.0,
        (_, "id") => 20.0,
        (Kind::Codes(codes), _) if codes.iter().all(|c| c.len() == 1) => 12.0,
        (Kind::Codes(_), _) => 26.0,
        (Kind::Text, _) => 20.0,
        _ => 14.0,
    }
}
