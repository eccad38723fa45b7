//! A file seen through a buffer that holds one value at a time.
//!
//! In: bytes of any length. Out: what a parser makes of the next value; where the value is longer
//! than the buffer, the buffer grows to it and the parser starts again.

use std::io::Read;

use super::GeoJsonError;
use super::cursor::{Cursor, Stop};

/// Bytes read at a time.
const BLOCK: usize = 1 << 20;

/// A value longer than this is refused: no feature is.
const LONGEST_VALUE: usize = 1 << 30;

/// A file and the part of it that is in memory.
#[derive(Debug)]
pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    passed: u64,
    lines: u64,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::with_capacity(BLOCK),
            start: 0,
            ended: false,
            passed: 0,
            lines: 0,
        }
    }

    /// Bytes that were parsed.
    pub(super) fn passed(&self) -> u64 {
        self.passed + self.start as u64
    }

    /// The line, from 1, that lies `ahead` bytes ahead.
    fn line(&self, ahead: usize) -> u64 {
        self.lines + 1 + newlines(&self.buffer[..(self.start + ahead).min(self.buffer.len())])
    }

    /// The line of what is parsed next where the test holds, else 0: counting lines costs a pass.
    pub(super) fn line_if(&self, test: impl FnOnce(&mut Cursor<'_>) -> bool) -> u64 {
        let mut cursor = Cursor::new(&self.buffer[self.start..], self.ended);
        if test(&mut cursor) {
            self.line(cursor.position())
        } else {
            0
        }
    }

    /// The file, what was read of it being given up.
    pub(super) fn into_input(self) -> R {
        self.input
    }

    /// Parses what is next. `parse` runs again from the start where the buffer was too short.
    pub(super) fn parse<T>(
        &mut self,
        mut parse: impl FnMut(&mut Cursor<'_>) -> Result<T, Stop>,
    ) -> Result<T, GeoJsonError> {
        loop {
            let mut cursor = Cursor::new(&self.buffer[self.start..], self.ended);
            match parse(&mut cursor) {
                Ok(value) => {
                    self.start += cursor.position();
                    return Ok(value);
                }
                Err(Stop::Incomplete) if !self.ended => self.fill()?,
                Err(Stop::Incomplete) => {
                    return Err(GeoJsonError::CutShort {
                        line: self.line(usize::MAX - self.start),
                    });
                }
                Err(Stop::Syntax(expected) | Stop::Shape(expected)) => {
                    let ahead = cursor.position();
                    return Err(GeoJsonError::Syntax {
                        line: self.line(ahead),
                        expected,
                    });
                }
            }
        }
    }

    /// Moves what is left to the front and reads more: as much again as there is, at least a block.
    fn fill(&mut self) -> Result<(), GeoJsonError> {
        self.lines += newlines(&self.buffer[..self.start]);
        self.passed += self.start as u64;
        self.buffer.drain(..self.start);
        self.start = 0;
        let held = self.buffer.len();
        if held > LONGEST_VALUE {
            return Err(GeoJsonError::Syntax {
                line: self.line(0),
                expected: "a value shorter than 1 GiB",
            });
        }
        let more = held.max(BLOCK);
        let read = (&mut self.input).take(more as u64).read_to_end(&mut self.buffer)?;
        self.ended = read < more;
        Ok(())
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_longer_than_a_block_are_read_whole() {
        let long = format!("\"{}\" 7", "x".repeat(3 * BLOCK));
        let mut window = Window::new(long.as_bytes());
        let length = window.parse(|c| c.raw_string().map(|(s, _)| s.len())).unwrap();
        assert_eq!(length, 3 * BLOCK + 2);
        assert_eq!(window.parse(|c| c.number().map(|n| n.as_f64())).unwrap(), 7.0);
        assert_eq!(window.passed(), long.len() as u64);
    }

    #[test]
    fn faults_name_their_line() {
        let mut window = Window::new(&b"1\n2\n x"[..]);
        window.parse(|c| c.number().map(|_| ())).unwrap();
        window.parse(|c| c.number().map(|_| ())).unwrap();
        let error = window.parse(|c| c.number().map(|_| ())).unwrap_err();
        assert!(matches!(error, GeoJsonError::Syntax { line: 3, .. }), "{error}");
    }
}
