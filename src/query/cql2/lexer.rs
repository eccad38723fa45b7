//! CQL2 text as words, one at a time.
//!
//! Names and numbers are those of the standard's grammar (BNF 1.0.1). In a text a quote is written twice or
//! behind a backslash; other backslashes stay, since patterns of LIKE need them.

use super::error::FilterError;
use crate::model::predicate::Place;

/// One word of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or keyword.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    /// A text in single quotes.
    Text(String),
    /// A number without its sign.
    Number(String),
    /// An operator, comma or parenthesis.
    Sign(&'static str),
    /// The end of the filter.
    End,
}

impl Token {
    /// The word as an error says it.
    pub(super) fn said(&self) -> String {
        match self {
            Self::Word(word) => format!("\"{}\"", short(word)),
            Self::Quoted(name) => format!("the property \"{}\"", short(name)),
            Self::Text(text) => format!("the text '{}'", short(text)),
            Self::Number(number) => format!("the number {}", short(number)),
            Self::Sign(sign) => format!("\"{sign}\""),
            Self::End => "the end of the filter".to_owned(),
        }
    }
}

/// Text of a filter, short enough to be said back.
pub(super) fn short(text: &str) -> String {
    let cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() {
        format!("{cut}…")
    } else {
        cut
    }
}

/// Signs, the longer ones first.
const SIGNS: [&str; 14] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%"];

/// The words of a filter, and where it is.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
    /// Characters passed.
    passed: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, passed: 0 }
    }

    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next word and the character that it begins at, from 1.
    pub(super) fn next(&mut self) -> Result<(Token, usize), FilterError> {
        self.skip_while(char::is_whitespace);
        let at = self.passed + 1;
        let Some(first) = self.rest.chars().next() else {
            return Ok((Token::End, at));
        };
        let token = match first {
            '\'' => Token::Text(self.quoted('\'', at)?),
            '"' => Token::Quoted(self.quoted('"', at)?),
            c if c.is_ascii_digit() => Token::Number(self.number()),
            '.' if self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) => Token::Number(self.number()),
            c if starts_name(c) => Token::Word(self.skip_while(continues_name).to_owned()),
            '^' => self.sign("^"),
            other => match SIGNS.iter().find(|s| self.rest.starts_with(**s)) {
                Some(sign) => self.sign(sign),
                None => {
                    let hint = if other == '!' {
                        "<> (not equal)"
                    } else {
                        "a property, literal or operator"
                    };
                    return Err(FilterError::Syntax {
                        wanted: hint.to_owned(),
                        found: format!("\"{}\"", other.escape_default()),
                        place: Place::Character(at),
                    });
                }
            },
        };
        Ok((token, at))
    }

    fn sign(&mut self, sign: &'static str) -> Token {
        self.take(sign.len());
        Token::Sign(sign)
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.passed += taken.chars().count();
        self.rest = rest;
        taken
    }

    fn skip_while(&mut self, mut of: impl FnMut(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !of(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// What stands between quotes, where the opening one is next.
    fn quoted(&mut self, quote: char, at: usize) -> Result<String, FilterError> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            if c == quote && next != Some(quote) {
                self.take(i + c.len_utf8());
                return Ok(text);
            }
            match (c, next) {
                (c, _) if c == quote => {
                    chars.next();
                    text.push(quote);
                }
                ('\\', Some('\'')) if quote == '\'' => {
                    chars.next();
                    text.push(quote);
                }
                // Two backslashes are two: the second escapes no quote.
                ('\\', Some('\\')) if quote == '\'' => {
                    chars.next();
                    text.push_str("\\\\");
                }
                _ => text.push(c),
            }
        }
        Err(FilterError::Syntax {
            wanted: format!("a closing {quote}"),
            found: "the end of the filter".to_owned(),
            place: Place::Character(at),
        })
    }

    fn number(&mut self) -> String {
        let bytes = self.rest.as_bytes();
        let digits = |mut i: usize| {
            while bytes.get(i).is_some_and(u8::is_ascii_digit) {
                i += 1;
            }
            i
        };
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(signed);
            if exponent > signed {
                end = exponent;
            }
        }
        self.take(end).to_owned()
    }
}

fn starts_name(c: char) -> bool {
    matches!(c, ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFE}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
        && !c.is_whitespace()
}

fn continues_name(c: char) -> bool {
    starts_name(c) || matches!(c, '.' | '0'..='9' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
