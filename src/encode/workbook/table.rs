//! The sheet that is filled.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Formula,
    Worksheet, XlsxError,
};

use super::{TEMPLATE_ROWS, style};
use crate::model::template::{Column, Kind, LISTS, Lang, Need, Template};

/// Characters that a spreadsheet takes for the title of a message.
const TITLE_LENGTH: usize = 32;

/// Writes headings, the example, and what helps to fill the rows below.
pub(super) fn write(
    sheet: &mut Worksheet,
    template: &Template,
    lang: Lang,
    lists: &[&'static Column],
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick(&template.sheet))?;
    sheet.set_row_height(0, 36)?.set_freeze_panes(1, 2)?;
    sheet.set_landscape().set_repeat_rows(0, 0)?;
    for (at, column) in (0..).zip(template.columns) {
        sheet.set_column_format(at, &style::cells(column, lang))?;
        sheet.set_column_width(at, style::width(column))?;
        sheet.write_with_format(0, at, column.heading(lang), &style::heading(column))?;
        example(sheet, at, column, lang)?;
        let list = lists.iter().position(|l| l.name == column.name);
        sheet.add_data_validation(1, at, TEMPLATE_ROWS, at, &validation(column, lang, list)?)?;
    }
    let mark = Template::example_mark(lang);
    if let Some(first) = template.columns.first() {
        sheet.write_with_format(1, 0, mark, &style::example(first, lang))?;
    }
    show_missing(sheet, template)
}

fn example(sheet: &mut Worksheet, at: u16, column: &Column, lang: Lang) -> Result<(), XlsxError> {
    let format = style::example(column, lang);
    let text = lang.pick(&column.example);
    if text.is_empty() {
        sheet.write_blank(1, at, &format)?;
        return Ok(());
    }
    match column.kind {
        Kind::Date => sheet.write_with_format(1, at, &ExcelDateTime::parse_from_str(text)?, &format)?,
        Kind::Whole { .. } | Kind::Decimal { .. } => {
            let number = text
                .parse::<f64>()
                .map_err(|_| XlsxError::ParameterError(text.to_owned()))?;
            sheet.write_with_format(1, at, number, &format)?
        }
        Kind::Text => sheet.write_with_format(1, at, text, &format)?,
        Kind::Codes(codes) => {
            let code = codes.iter().find(|c| **c == text);
            sheet.write_with_format(1, at, code.map_or(text, |c| column.label_of(c, lang)), &format)?
        }
    };
    Ok(())
}

/// What a cell takes, and the message beside it. Lists are kept to; of numbers and days one is warned only, for a
/// cell may need words ("en cours").
fn validation(column: &Column, lang: Lang, list: Option<usize>) -> Result<DataValidation, XlsxError> {
    let title: String = column.heading(lang).chars().take(TITLE_LENGTH).collect();
    let plain = DataValidation::new()
        .set_input_title(&title)?
        .set_input_message(lang.pick(&column.help))?;
    let warned = |rule: DataValidation, message: [&str; 2]| {
        rule.set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title(&title)?
            .set_error_message(lang.pick(&message))
    };
    Ok(match column.kind {
        Kind::Text => plain.allow_any_value(),
        Kind::Whole { least, most } => warned(
            plain.allow_whole_number(DataValidationRule::Between(least, most)),
            ["Un nombre entier est attendu.", "A whole number is expected."],
        )?,
        Kind::Decimal { least, most } => warned(
            plain.allow_decimal_number(DataValidationRule::Between(least, most)),
            [
                "Un nombre est attendu, sans unité : elle est dans l'en-tête.",
                "A number is expected, without its unit: that is in the heading.",
            ],
        )?,
        Kind::Date => {
            let (first, last) = (
                ExcelDateTime::from_ymd(1950, 1, 1)?,
                ExcelDateTime::from_ymd(2100, 12, 31)?,
            );
            warned(
                plain.allow_date(DataValidationRule::Between(first, last)),
                ["Un jour est attendu : 15/01/2026.", "A day is expected: 2026-01-15."],
            )?
        }
        Kind::Codes(codes) => {
            let column = list.map(|l| letters(l * 2)).unwrap_or_default();
            let range = format!("={}!${column}$2:${column}${}", lang.pick(&LISTS), codes.len() + 1);
            plain
                .allow_list_formula(Formula::new(range))
                .set_error_title(&title)?
                .set_error_message(lang.pick(&["Choisissez dans la liste.", "Choose from the list."]))?
        }
    })
}

/// Colours the owner's cell, and those of the place, of a row that is begun and lacks them.
fn show_missing(sheet: &mut Worksheet, template: &Template) -> Result<(), XlsxError> {
    let of = |need: Need| -> Vec<usize> {
        let columns = template.columns.iter().enumerate();
        columns.filter(|(_, c)| c.need == need).map(|(i, _)| i).collect()
    };
    let last = letters(template.columns.len().saturating_sub(1));
    let begun = format!("COUNTA($A2:${last}2)>0");
    let blank = |i: &usize| format!("LEN(TRIM(${}2))=0", letters(*i));
    for at in of(Need::Owner) {
        let rule = format!("=AND({begun},{})", blank(&at));
        colour(sheet, at as u16, rule)?;
    }
    let places: Vec<String> = of(Need::Place).iter().map(blank).collect();
    let halves: Vec<String> = of(Need::Coordinate).iter().map(blank).collect();
    let rule = format!("=AND({begun},{},OR({}))", places.join(","), halves.join(","));
    for at in of(Need::Place).into_iter().chain(of(Need::Coordinate)) {
        colour(sheet, at as u16, rule.clone())?;
    }
    Ok(())
}

fn colour(sheet: &mut Worksheet, at: u16, rule: String) -> Result<(), XlsxError> {
    let format = ConditionalFormatFormula::new()
        .set_rule(Formula::new(rule))
        .set_format(style::missing());
    sheet.add_conditional_format(1, at, TEMPLATE_ROWS, at, &format)?;
    Ok(())
}

/// A column's letters, from 0: A, B, …, Z, AA.
fn letters(mut column: usize) -> String {
    let mut letters = vec![];
    loop {
        letters.push(char::from(b'A' + (column % 26) as u8));
        if column < 26 {
            return letters.into_iter().rev().collect();
        }
        column = column / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!(
            [0, 25, 26, 27, 701, 702].map(letters),
            ["A", "Z", "AA", "AB", "ZZ", "AAA"]
        );
    }
}
