//! Tables for spreadsheets in French settings: `;` between cells, a comma before decimals, a byte order mark, CRLF.
//!
//! Texts come from the data and are not trusted: one that a spreadsheet would take for a formula gets an apostrophe
//! in front (CWE-1236). Numbers are written by us and stay numbers, the negative ones too.

/// Tells spreadsheets that the text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Characters with which a formula can begin.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Decimals of a number at most: a square centimetre, a centimetre of longitude.
const DECIMALS: usize = 7;

/// A table being written, cell by cell.
#[derive(Debug)]
pub struct Csv {
    out: Vec<u8>,
    first: bool,
}

impl Default for Csv {
    fn default() -> Self {
        Self {
            out: BYTE_ORDER_MARK.to_vec(),
            first: true,
        }
    }
}

impl Csv {
    /// A cell of text.
    pub fn text(&mut self, text: &str) {
        let apostrophe = if text.starts_with(FORMULA_STARTS) { "'" } else { "" };
        let plain = !text.contains([';', '"', '\n', '\r']) && text.trim() == text;
        let cell = if plain {
            format!("{apostrophe}{text}")
        } else {
            format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
        };
        self.cell(&cell);
    }

    /// A cell with a number.
    pub fn number(&mut self, number: f64) {
        let text = format!("{number:.DECIMALS$}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        let text = if text == "-0" { "0" } else { text };
        self.cell(&text.replace('.', ","));
    }

    /// A cell with a whole number.
    pub fn whole(&mut self, number: u64) {
        self.cell(&number.to_string());
    }

    /// A cell with nothing in it.
    pub fn empty(&mut self) {
        self.cell("");
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.out.extend_from_slice(b"\r\n");
        self.first = true;
    }

    /// The table.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn cell(&mut self, text: &str) {
        if !self.first {
            self.out.push(b';');
        }
        self.first = false;
        self.out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(write: impl FnOnce(&mut Csv)) -> String {
        let mut csv = Csv::default();
        write(&mut csv);
        let text = String::from_utf8(csv.into_bytes()).unwrap();
        text.strip_prefix('\u{feff}').unwrap().to_owned()
    }

    #[test]
    fn what_looks_like_a_formula_is_defused() {
        let check = |text: &str, expected: &str| assert_eq!(row(|csv| csv.text(text)), expected, "{text:?}");
        check("AB 12", "AB 12");
        check("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"");
        check("+33", "'+33");
        check("-1", "'-1");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\tx", "\"'\tx\"");
        check("a;b\nc", "\"a;b\nc\"");
        check("5 %", "5 %");
    }

    #[test]
    fn numbers_have_a_comma_and_stay_numbers() {
        let check = |number, expected: &str| assert_eq!(row(|csv| csv.number(number)), expected);
        check(1294.5, "1294,5");
        check(-61.083_330_1, "-61,0833301");
        check(2.0, "2");
        check(-1e-12, "0");
        assert_eq!(
            row(|csv| {
                csv.whole(3);
                csv.empty();
                csv.text("x");
                csv.end_row();
            }),
            "3;;x\r\n"
        );
    }
}
