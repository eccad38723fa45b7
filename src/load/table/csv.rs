//! Rows of a file of text with delimiters (RFC 4180 and its relatives).
//!
//! In: a file, and what the settings say of it. Out: rows by line, in the memory of one. Delimiter and encoding
//! are found by looking. Cells may hold line ends; rows may be of different widths, which is the caller's to say.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::{ByteRecord, ReaderBuilder};

use super::cell::{Cell, GridRow};
use super::error::GridError;
use super::text_file::{self, Encoding};
use crate::model::encoding::Reading;

/// Bytes of one row: what a quote that nobody closed may swallow.
pub(in crate::load) const ROW_BYTES: u64 = 64 << 20;

/// Bytes in which the delimiter is looked for.
const LOOKED_AT: u64 = 1 << 20;

/// Rows in which the delimiter is looked for.
const ROWS_LOOKED_AT: usize = 200;

/// What may part cells; of those that fit equally well the first is taken, since commas part decimals too.
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// A file of text with delimiters.
#[derive(Debug)]
pub(in crate::load) struct CsvGrid {
    path: PathBuf,
    pub(in crate::load) encoding: Encoding,
    pub(in crate::load) delimiter: u8,
    /// A first line `sep=;`, which Excel writes and reads.
    says_delimiter: bool,
}

impl CsvGrid {
    /// Looks at a file.
    pub(in crate::load) fn open(
        path: &Path,
        encoding: Option<Encoding>,
        delimiter: Option<u8>,
    ) -> Result<Self, GridError> {
        let encoding = encoding.map_or_else(|| text_file::encoding_of(path), Ok)?;
        let mut sample = vec![];
        text_file::open(path, encoding)?
            .take(LOOKED_AT)
            .read_to_end(&mut sample)?;
        if sample.contains(&0) {
            return Err(GridError::NoTable("it holds zero bytes, which no text does".into()));
        }
        let said = said_delimiter(&sample);
        let cut = sample.len() as u64 == LOOKED_AT;
        Ok(Self {
            path: path.to_owned(),
            encoding,
            delimiter: delimiter.or(said).unwrap_or_else(|| delimiter_of(&sample, cut)),
            says_delimiter: said.is_some(),
        })
    }

    /// Gives every row with the bytes read so far, until `each` says false.
    pub(in crate::load) fn visit(&self, each: &mut dyn FnMut(&GridRow, u64) -> bool) -> Result<(), GridError> {
        let watch = Rc::new(RefCell::new(Watch::default()));
        let bounded = Bounded {
            inner: text_file::open(&self.path, self.encoding)?,
            watch: Rc::clone(&watch),
        };
        let mut reader = builder(self.delimiter).from_reader(bounded);
        let (mut record, mut row) = (ByteRecord::new(), GridRow::default());
        let (mut first, mut last) = (true, None);
        loop {
            watch.borrow_mut().since_row = 0;
            let before = reader.position().line();
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return self.check_end(last),
                Err(e) => return Err(error_of(e, before)),
            }
            // The crate's own number is of where it began to look: at the rest of a line end, or at blank lines.
            let (end, byte) = (reader.position(), record.position().map_or(0, csv::Position::byte));
            let inside: u64 = record
                .iter()
                .map(|c| c.iter().filter(|b| **b == b'\n').count() as u64)
                .sum();
            let line = end.line() - inside - u64::from(watch.borrow_mut().line_ended_at(end.byte()));
            last = (inside > 0).then_some((line, byte));
            if std::mem::take(&mut first) && self.says_delimiter {
                continue;
            }
            row.start(line);
            for bytes in &record {
                let (text, reading) = self.encoding.text(bytes);
                // Lost here, or by whoever wrote the file.
                let lost = text.contains('\u{fffd}');
                row.reading = row.reading.max(if lost { Reading::Lossy } else { reading });
                row.push(Cell::Text(&text));
            }
            if !each(&row, byte) {
                return Ok(());
            }
        }
    }

    /// Whether the last row ends in quotes that nobody closed: it would hold the rest of the file in one cell.
    /// In: line and byte of the last row, where that holds line ends.
    fn check_end(&self, last: Option<(u64, u64)>) -> Result<(), GridError> {
        let Some((line, byte)) = last.filter(|_| !matches!(self.encoding, Encoding::Utf16 { .. })) else {
            return Ok(());
        };
        let mut file = File::open(&self.path)?;
        let mut mark = [0; 3];
        let marked = file.read(&mut mark)? == 3 && mark == [0xEF, 0xBB, 0xBF];
        file.seek(SeekFrom::Start(byte + if marked { 3 } else { 0 }))?;
        let mut rest = vec![];
        file.take(ROW_BYTES).read_to_end(&mut rest)?;
        if rest.iter().filter(|b| **b == b'"').count() % 2 == 1 {
            // The last line feed of the file was taken for the end of a row, and is part of the cell.
            let fed = rest.ends_with(b"\n") && !rest.ends_with(b"\r\n");
            return Err(unclosed(line + u64::from(fed)));
        }
        Ok(())
    }
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 << 10);
    builder
}

fn unclosed(line: u64) -> GridError {
    let reason = format!(
        "a quote that opens in the row of that line is not closed within {} MB",
        ROW_BYTES >> 20
    );
    GridError::broken(format!("at line {line}"), reason)
}

fn error_of(error: csv::Error, line: u64) -> GridError {
    match error.into_kind() {
        csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::FileTooLarge => unclosed(line),
        csv::ErrorKind::Io(e) => GridError::Io(e),
        other => GridError::broken(format!("at line {line}"), format!("{other:?}")),
    }
}

/// What went by on the way to the parser.
#[derive(Debug, Default)]
struct Watch {
    /// Bytes since the row began, and a little of what is read ahead.
    since_row: u64,
    /// Bytes in all.
    total: u64,
    last: u8,
    /// Where line feeds without a carriage return stand, of the bytes read ahead.
    feeds: VecDeque<u64>,
}

impl Watch {
    fn see(&mut self, bytes: &[u8]) {
        for (i, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' && self.last != b'\r' {
                self.feeds.push_back(self.total + i as u64);
            }
            self.last = *byte;
        }
        self.total += bytes.len() as u64;
        self.since_row += bytes.len() as u64;
    }

    /// Whether a lone line feed is the last byte before a place.
    fn line_ended_at(&mut self, place: u64) -> bool {
        while self.feeds.front().is_some_and(|feed| feed + 1 < place) {
            self.feeds.pop_front();
        }
        self.feeds.front().is_some_and(|feed| feed + 1 == place)
    }
}

/// A reader that gives up where one row needs more than [`ROW_BYTES`].
struct Bounded {
    inner: Box<dyn Read>,
    watch: Rc<RefCell<Watch>>,
}

impl Read for Bounded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        let mut watch = self.watch.borrow_mut();
        watch.see(&out[..n]);
        if watch.since_row > ROW_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(n)
    }
}

/// The delimiter that a first line `sep=;` says.
fn said_delimiter(sample: &[u8]) -> Option<u8> {
    let line = sample.split(|b| *b == b'\n').next()?.trim_ascii_end();
    let line = line
        .strip_prefix(b"\"")
        .and_then(|l| l.strip_suffix(b"\""))
        .unwrap_or(line);
    match line.to_ascii_lowercase().as_slice() {
        [b's', b'e', b'p', b'=', delimiter] => Some(*delimiter),
        b"sep=" => Some(b'\t'),
        _ => None,
    }
}

/// The delimiter by which the most rows have the same number of cells.
fn delimiter_of(sample: &[u8], cut: bool) -> u8 {
    let mut best = (0.0, b',');
    for delimiter in DELIMITERS {
        let mut widths: Vec<usize> = builder(delimiter)
            .from_reader(sample)
            .into_byte_records()
            .map_while(Result::ok)
            .filter(|r| r.iter().any(|c| !c.trim_ascii().is_empty()))
            .take(ROWS_LOOKED_AT)
            .map(|r| r.len())
            .collect();
        if cut && widths.len() > 1 && widths.len() < ROWS_LOOKED_AT {
            widths.pop();
        }
        let often = |n: usize| widths.iter().filter(|w| **w == n).count();
        let agreeing = widths.iter().filter(|w| **w > 1).map(|w| often(*w)).max().unwrap_or(0);
        let share = agreeing as f64 / widths.len().max(1) as f64;
        if share > best.0 {
            best = (share, delimiter);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found = (u8, Vec<(u64, Vec<String>)>);

    fn read(bytes: &[u8]) -> Result<Found, GridError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let grid = CsvGrid::open(file.path(), None, None)?;
        let mut rows = vec![];
        grid.visit(&mut |row, _| {
            let cells = row.cells().map(|c| match c {
                Cell::Text(t) => t.to_owned(),
                _ => String::new(),
            });
            rows.push((row.number, cells.collect()));
            true
        })?;
        Ok((grid.delimiter, rows))
    }

    fn check(text: &str, delimiter: u8, rows: &[(u64, &[&str])]) {
        let found = read(text.as_bytes()).unwrap();
        let rows = rows
            .iter()
            .map(|(n, cells)| (*n, cells.iter().map(ToString::to_string).collect()))
            .collect();
        assert_eq!(found, (delimiter, rows), "{text}");
    }

    #[test]
    fn the_delimiter_is_found() {
        check("a;b\n1,5;2,5\n", b';', &[(1, &["a", "b"]), (2, &["1,5", "2,5"])]);
        check(
            "1,5;2,5\n3,5;4,5\n",
            b';',
            &[(1, &["1,5", "2,5"]), (2, &["3,5", "4,5"])],
        );
        check("a,b\n\"x;y\",2\n", b',', &[(1, &["a", "b"]), (2, &["x;y", "2"])]);
        check("a\tb\n1,2\t3\n", b'\t', &[(1, &["a", "b"]), (2, &["1,2", "3"])]);
        check("a|b\r\n1|2\r\n", b'|', &[(1, &["a", "b"]), (2, &["1", "2"])]);
        check("sep=;\r\na;b\r\n", b';', &[(2, &["a", "b"])]);
        check("parcelle\nAB 12\n", b',', &[(1, &["parcelle"]), (2, &["AB 12"])]);
    }

    #[test]
    fn rows_are_numbered_by_line() {
        check(
            "a;b\n\"1\n1\";2\n\n3;\"say \"\"no\"\"\"\n4\n",
            b';',
            &[
                (1, &["a", "b"]),
                (2, &["1\n1", "2"]),
                (5, &["3", "say \"no\""]),
                (6, &["4"]),
            ],
        );
    }

    #[test]
    fn a_quote_that_nobody_closes_is_located() {
        let error = read(b"a;b\n1;2\n3;\"4\n5;6\n7;8\n").unwrap_err().to_string();
        assert!(error.contains("line 3"), "{error}");
        assert!(read(b"a;b\n1;\"2\n3\"\n").is_ok());
    }

    #[test]
    fn windows_1252_and_lost_letters_are_told() {
        assert_eq!(read(b"nom\nN\x9cux\n").unwrap().1[1].1, ["Nœux"]);
        assert!(matches!(read(&[b'a', 0, b'b']), Err(GridError::NoTable(_))));
    }
}
