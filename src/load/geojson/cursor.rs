//! JSON, token by token, over bytes that may still be growing.
//!
//! In: a slice, and whether it is the last. Out: tokens, or why not: more bytes are needed, the text
//! is no JSON, or it is JSON of another shape than asked for. Nesting costs no stack. `NaN` and
//! `Infinity`, which some writers put out, are read as the numbers they name.

/// Why a token could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The slice ends here; it may go on.
    Incomplete,
    /// No JSON; what was expected.
    Syntax(&'static str),
    /// JSON, but not what GeoJSON has here.
    Shape(&'static str),
}

/// A number as it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// Without fraction and exponent, and within 64 bits.
    Int(i64),
    /// Any other.
    Float(f64),
}

impl Number {
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Self::Int(n) => n as f64,
            Self::Float(x) => x,
        }
    }
}

/// A place in a slice.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    last: bool,
}

impl<'a> Cursor<'a> {
    /// At the start of a slice; `last`: nothing follows it.
    pub(super) fn new(bytes: &'a [u8], last: bool) -> Self {
        Self { bytes, at: 0, last }
    }

    /// Bytes from the start.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes back (or on) to a position.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// The bytes between two positions.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        &self.bytes[from..to]
    }

    /// Whether only white space is left.
    pub(super) fn at_end(&mut self) -> Result<bool, Stop> {
        match self.peek() {
            Ok(_) => Ok(false),
            Err(Stop::Incomplete) if self.last => Ok(true),
            Err(stop) => Err(stop),
        }
    }

    /// The next byte that is not white space.
    pub(super) fn peek(&mut self) -> Result<u8, Stop> {
        while let Some(&b) = self.bytes.get(self.at) {
            if !matches!(b, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(b);
            }
            self.at += 1;
        }
        Err(Stop::Incomplete)
    }

    /// Takes a byte after white space if it is the given one.
    pub(super) fn take_if(&mut self, wanted: u8) -> Result<bool, Stop> {
        let found = self.peek()? == wanted;
        self.at += usize::from(found);
        Ok(found)
    }

    /// Takes a byte that has to be there.
    pub(super) fn expect(&mut self, wanted: u8, what: &'static str) -> Result<(), Stop> {
        if self.take_if(wanted)? {
            Ok(())
        } else {
            Err(Stop::Syntax(what))
        }
    }

    /// After a member or element: true where another follows, false where `close` was taken.
    pub(super) fn another(&mut self, close: u8) -> Result<bool, Stop> {
        if self.take_if(b',')? {
            return Ok(true);
        }
        self.expect(close, "a comma or the closing bracket")?;
        Ok(false)
    }

    /// A string with its quotes, as written, and whether it has escapes.
    pub(super) fn raw_string(&mut self) -> Result<(&'a [u8], bool), Stop> {
        self.expect(b'"', "a string")?;
        let start = self.at;
        let mut escaped = false;
        while let Some(&b) = self.bytes.get(self.at) {
            self.at += 1;
            match b {
                b'"' => return Ok((&self.bytes[start - 1..self.at], escaped)),
                b'\\' => {
                    escaped = true;
                    self.at += 1;
                }
                _ => {}
            }
        }
        Err(Stop::Incomplete)
    }

    /// The key of a member and its colon. Keys with escapes are told apart by the caller's copy.
    pub(super) fn key(&mut self) -> Result<(&'a [u8], bool), Stop> {
        let key = self.raw_string()?;
        self.expect(b':', "a colon")?;
        Ok(key)
    }

    /// A literal such as `true`.
    pub(super) fn literal(&mut self, word: &'static str) -> Result<(), Stop> {
        self.peek()?;
        let rest = &self.bytes[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        if word.as_bytes().starts_with(rest) && !self.last {
            return Err(Stop::Incomplete);
        }
        Err(Stop::Syntax("a value"))
    }

    /// A number. Written digits are read to the nearest f64, exactly.
    pub(super) fn number(&mut self) -> Result<Number, Stop> {
        let first = self.peek()?;
        if matches!(first, b'N' | b'I') || (first == b'-' && self.bytes.get(self.at + 1) == Some(&b'I')) {
            return self.not_finite(first);
        }
        let start = self.at;
        let bytes = self.bytes;
        let mut i = start + usize::from(first == b'-');
        let (mut digits, mut mantissa, mut scale, mut seen) = (0u32, 0u64, 0i32, false);
        let mut plain = true;
        while let Some(&b) = bytes.get(i) {
            match b {
                b'0'..=b'9' => {
                    mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(b - b'0'));
                    digits += u32::from(mantissa != 0);
                    scale += i32::from(seen);
                }
                b'.' if !seen => seen = true,
                b'e' | b'E' | b'+' | b'-' | b'.' => plain = false,
                _ => break,
            }
            i += 1;
        }
        if i == bytes.len() && !self.last {
            return Err(Stop::Incomplete);
        }
        self.at = i;
        let negative = first == b'-';
        if i == start + usize::from(negative) {
            return Err(Stop::Syntax("a number"));
        }
        if plain && digits <= 18 && !seen {
            let n = mantissa as i64;
            return Ok(Number::Int(if negative { -n } else { n }));
        }
        // Both factors are exact in f64, so that one division rounds once (Clinger 1990).
        if plain && digits <= 15 && (scale as usize) < TENS.len() {
            let x = mantissa as f64 / TENS[scale as usize];
            return Ok(Number::Float(if negative { -x } else { x }));
        }
        let text = std::str::from_utf8(&bytes[start..i]).map_err(|_| Stop::Syntax("a number"))?;
        if plain
            && !seen
            && let Ok(n) = text.parse()
        {
            return Ok(Number::Int(n));
        }
        text.parse().map(Number::Float).map_err(|_| Stop::Syntax("a number"))
    }

    fn not_finite(&mut self, first: u8) -> Result<Number, Stop> {
        let (word, value) = match first {
            b'N' => ("NaN", f64::NAN),
            b'I' => ("Infinity", f64::INFINITY),
            _ => ("-Infinity", f64::NEG_INFINITY),
        };
        self.literal(word)?;
        Ok(Number::Float(value))
    }

    /// Passes over a value and returns it as written.
    pub(super) fn skip(&mut self) -> Result<&'a [u8], Stop> {
        self.peek()?;
        let start = self.at;
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.raw_string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    if depth == 0 {
                        return Err(Stop::Syntax("a value"));
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' | b':' => {
                    if depth == 0 {
                        return Err(Stop::Syntax("a value"));
                    }
                    self.at += 1;
                    continue;
                }
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                _ => {
                    self.number()?;
                }
            }
            if depth == 0 {
                return Ok(&self.bytes[start..self.at]);
            }
        }
    }
}

/// Powers of ten that are exact in f64.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Number, Stop>) {
        assert_eq!(Cursor::new(text.as_bytes(), true).number(), expected, "{text}");
    }

    #[test]
    fn numbers_are_read_exactly() {
        check("12", Ok(Number::Int(12)));
        check("-0", Ok(Number::Int(0)));
        check("9223372036854775807", Ok(Number::Int(i64::MAX)));
        check("9223372036854775808", Ok(Number::Float(9_223_372_036_854_775_808.0)));
        check("1e3", Ok(Number::Float(1000.0)));
        check("-Infinity", Ok(Number::Float(f64::NEG_INFINITY)));
        check("-", Err(Stop::Syntax("a number")));
        check("1.2.3", Err(Stop::Syntax("a number")));
        let mut seed = 1u64;
        for _ in 0..20_000 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let x = (seed >> 11) as f64 / (1u64 << 53) as f64 * 100.0 - 50.0;
            for text in [format!("{x}"), format!("{x:.7}"), format!("{x:.15}"), format!("{x:e}")] {
                check(&text, Ok(Number::Float(text.parse().unwrap())));
            }
        }
    }

    #[test]
    fn a_value_that_may_go_on_is_incomplete() {
        for text in ["{\"a\":[1,2", "\"ab", "tru", "12", "[1, "] {
            assert_eq!(
                Cursor::new(text.as_bytes(), false).skip(),
                Err(Stop::Incomplete),
                "{text}"
            );
        }
        assert_eq!(Cursor::new(b"{\"a\":[1,2]} x", false).skip(), Ok(&b"{\"a\":[1,2]}"[..]));
    }
}
