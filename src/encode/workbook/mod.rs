//! A template (`model::template`) as an XLSX workbook that a person fills.
//!
//! In: a template and a language. Out: bytes, the same each time. Sheets: the table, with frozen headings, drop-down lists, a
//! message per column and an example row; what to know before filling it; two hidden ones, for the lists and for
//! the mark by which a filled one can be told. Not here: reading one (`load`).

mod guide;
mod style;
mod table;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use crate::model::template::{Column, LISTS, Lang, MARK, MARK_SHEET, Template, VERSION};

/// Media type of the workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows for which a template has its lists, messages and colours.
pub const TEMPLATE_ROWS: u32 = 10_000;

/// Why a workbook can't be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook can't be written")]
pub struct WorkbookError(#[from] XlsxError);

/// Writes a template.
///
/// # Errors
/// None that a template of ours can cause: its texts fit, as a test writes them all.
pub fn template(template: &Template, lang: Lang) -> Result<Vec<u8>, WorkbookError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(template, lang)?);
    let lists = lists(template);
    table::write(book.add_worksheet(), template, lang, &lists)?;
    guide::write(book.add_worksheet(), template, lang)?;
    write_lists(book.add_worksheet(), lang, &lists)?;
    write_mark(book.add_worksheet(), template, lang)?;
    Ok(book.save_to_buffer()?)
}

/// The columns of codes, in the order of their columns of the sheet of lists.
fn lists(template: &Template) -> Vec<&'static Column> {
    template.columns.iter().filter(|c| !c.codes().is_empty()).collect()
}

/// The date of making is that of the version, not of today: the same template is the same bytes.
fn properties(template: &Template, lang: Lang) -> Result<DocProperties, XlsxError> {
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    Ok(DocProperties::new()
        .set_title(lang.pick(&template.title))
        .set_author("Terril")
        .set_creation_datetime(&made)
        .set_custom_property(MARK, format!("{}/{VERSION}/{}", template.name, lang.code())))
}

/// Two columns per list: labels, for the drop-down, and codes, for who wonders.
fn write_lists(sheet: &mut Worksheet, lang: Lang, lists: &[&'static Column]) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick(&LISTS))?.set_hidden(true);
    for (place, column) in lists.iter().enumerate() {
        let at = place as u16 * 2;
        sheet.write(0, at, column.heading(lang))?;
        sheet.write(0, at + 1, column.name)?;
        for (row, code) in (1..).zip(column.codes()) {
            sheet.write(row, at, column.label_of(code, lang))?;
            sheet.write(row, at + 1, *code)?;
        }
    }
    Ok(())
}

fn write_mark(sheet: &mut Worksheet, template: &Template, lang: Lang) -> Result<(), XlsxError> {
    sheet.set_name(MARK_SHEET)?.set_very_hidden(true);
    sheet.write(0, 0, MARK)?.write(0, 1, template.name)?;
    sheet.write(1, 0, "version")?.write(1, 1, VERSION)?;
    sheet.write(2, 0, "lang")?.write(2, 1, lang.code())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::template::ALL;

    #[test]
    fn every_template_is_written_and_the_same_twice() {
        for of in &ALL {
            for lang in Lang::ALL {
                let bytes = template(of, lang).unwrap();
                assert!(bytes.starts_with(b"PK"), "{}", of.name);
                assert_eq!(bytes, template(of, lang).unwrap());
            }
        }
    }
}
