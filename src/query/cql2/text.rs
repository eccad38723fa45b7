//! CQL2 text (OGC 21-065r2, 9; BNF 1.0.1), read by descent; operators by how strongly they bind.
//!
//! ```text
//! OR < AND < NOT < = LIKE IN… < + - < * / % div < ^ < sign, operand
//! ```
//! Wider than the grammar in this: every expression may stand in parentheses, and an operand of any kind where one is
//! expected; `evaluate` says what does not go together.

use super::bounds::{MAX_BYTES, MAX_DEPTH, MAX_TERMS};
use super::error::FilterError;
use super::lexer::{Lexer, Token};
use super::{Language, checked_count, wkt};
use crate::model::feature::Value;
use crate::model::predicate::{ArithmeticOp, Comparison, Node, Op, Place, Predicate};
use crate::model::time::TimeSpan;

/// How strongly operators bind.
const EITHER: u8 = 1;
const BOTH: u8 = 2;
const NEGATION: u8 = 3;
const PREDICATE: u8 = 4;
const SUM: u8 = 5;
const PRODUCT: u8 = 6;
const POWER: u8 = 7;

/// Words that are no properties unless they are quoted.
const RESERVED: [&str; 10] = [
    "AND", "OR", "NOT", "LIKE", "ILIKE", "BETWEEN", "IN", "IS", "NULL", "DIV",
];

/// Reads a filter.
pub(super) fn parse(filter: &str, language: Language) -> Result<Predicate, FilterError> {
    let mut parser = Parser::new(filter, language)?;
    let predicate = parser.expression(EITHER)?;
    parser.end("AND, OR or the end of the filter")?;
    if filter.len() - parser.coordinate_bytes > MAX_BYTES {
        return Err(FilterError::TooLong);
    }
    Ok(predicate)
}

/// A filter, the next word, and where it stands.
pub(super) struct Parser<'a> {
    lexer: Lexer<'a>,
    pub(super) token: Token,
    /// The character of the next word, from 1.
    pub(super) at: usize,
    /// How many words were taken.
    taken: usize,
    /// The last group in parentheses: the words before and after it.
    group: Option<(usize, usize)>,
    depth: usize,
    terms: usize,
    /// Bytes of geometries.
    coordinate_bytes: usize,
    language: Language,
}

impl<'a> Parser<'a> {
    fn new(filter: &'a str, language: Language) -> Result<Self, FilterError> {
        let mut lexer = Lexer::new(filter);
        let (token, at) = lexer.next()?;
        Ok(Self {
            lexer,
            token,
            at,
            taken: 0,
            group: None,
            depth: 0,
            terms: 0,
            coordinate_bytes: 0,
            language,
        })
    }

    /// The next word, taken.
    pub(super) fn take(&mut self) -> Result<Token, FilterError> {
        let (token, at) = self.lexer.next()?;
        self.at = at;
        self.taken += 1;
        Ok(std::mem::replace(&mut self.token, token))
    }

    pub(super) fn place(&self) -> Place {
        Place::Character(self.at)
    }

    pub(super) fn wrong(&self, wanted: &str) -> FilterError {
        FilterError::Syntax {
            wanted: wanted.to_owned(),
            found: self.token.said(),
            place: self.place(),
        }
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.token, Token::Sign(s) if s == sign)
    }

    /// Whether the next word is a keyword, in any case.
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        matches!(&self.token, Token::Word(w) if w.eq_ignore_ascii_case(keyword))
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), FilterError> {
        if !self.is_sign(sign) {
            return Err(self.wrong(&format!("\"{sign}\"")));
        }
        self.take().map(|_| ())
    }

    /// Takes a keyword if it is next.
    fn took_word(&mut self, keyword: &str) -> Result<bool, FilterError> {
        let there = self.is_word(keyword);
        if there {
            self.take()?;
        }
        Ok(there)
    }

    fn end(&self, wanted: &str) -> Result<(), FilterError> {
        if self.token == Token::End {
            return Ok(());
        }
        Err(self.wrong(wanted))
    }

    /// Reads a part one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, FilterError>) -> Result<T, FilterError> {
        if self.depth == MAX_DEPTH {
            return Err(FilterError::TooDeep(self.place()));
        }
        self.depth += 1;
        let part = read(self);
        self.depth -= 1;
        part
    }

    fn term(&mut self) -> Result<(), FilterError> {
        self.terms += 1;
        // Arithmetic and lists count here and once more in the tree: this bound is against endless ones.
        if self.terms > 4 * MAX_TERMS {
            return Err(FilterError::TooManyTerms(self.place()));
        }
        Ok(())
    }

    /// An expression whose operators bind at least so strongly.
    ///
    /// One function for all strengths: one for each would take eight times the stack at every parenthesis.
    fn expression(&mut self, least: u8) -> Result<Predicate, FilterError> {
        let mut left = if least <= NEGATION && self.is_word("NOT") {
            self.negation()?
        } else {
            self.factor()?
        };
        // Comparisons and powers stand alone: `a = b = c` is no expression.
        let mut most = u8::MAX;
        let mut links = 0;
        while let Some(strength) = self.strength()
            && (least..=most).contains(&strength)
        {
            left = match strength {
                EITHER | BOTH => self.join(left, strength)?,
                PREDICATE => self.predicate(left)?,
                _ => {
                    // Each link is a level of the tree.
                    links += 1;
                    if self.depth + links > MAX_DEPTH {
                        return Err(FilterError::TooDeep(self.place()));
                    }
                    self.reckon(left, strength)?
                }
            };
            most = if matches!(strength, PREDICATE | POWER) {
                strength - 1
            } else {
                strength
            };
        }
        Ok(left)
    }

    /// How strongly the next word binds, where it is an operator between two.
    fn strength(&self) -> Option<u8> {
        match &self.token {
            Token::Sign("+" | "-") => Some(SUM),
            Token::Sign("*" | "/" | "%") => Some(PRODUCT),
            Token::Sign("^") => Some(POWER),
            Token::Sign("(" | ")" | ",") => None,
            Token::Sign(_) => Some(PREDICATE),
            Token::Word(word) => {
                let is = |known: &str| word.eq_ignore_ascii_case(known);
                if is("OR") {
                    Some(EITHER)
                } else if is("AND") {
                    Some(BOTH)
                } else if is("div") {
                    Some(PRODUCT)
                } else {
                    let old = self.language == Language::OldText;
                    let known = ["IS", "NOT", "LIKE", "BETWEEN", "IN"];
                    (known.into_iter().any(is) || (old && is("ILIKE"))).then_some(PREDICATE)
                }
            }
            _ => None,
        }
    }

    fn negation(&mut self) -> Result<Predicate, FilterError> {
        let place = self.place();
        self.take()?;
        let inner = self.deeper(|p| p.expression(NEGATION))?;
        Ok(Predicate::at(Node::Call(Op::Not, vec![inner]), place))
    }

    fn join(&mut self, left: Predicate, strength: u8) -> Result<Predicate, FilterError> {
        let op = if strength == EITHER { Op::Or } else { Op::And };
        let place = left.place.clone();
        let mut members = vec![left];
        while self.strength() == Some(strength) {
            self.take()?;
            self.term()?;
            members.push(self.expression(strength + 1)?);
        }
        Ok(Predicate::joined(op, members, place))
    }

    fn reckon(&mut self, left: Predicate, strength: u8) -> Result<Predicate, FilterError> {
        self.term()?;
        let place = self.place();
        let name = match self.take()? {
            Token::Sign(sign) => sign,
            _ => "div",
        };
        let op = ArithmeticOp::ALL.iter().find(|op| op.name() == name);
        let op = *op.ok_or_else(|| self.wrong("an operator"))?;
        let right = self.expression(strength + 1)?;
        Ok(Predicate::at(Node::Call(Op::Arithmetic(op), vec![left, right]), place))
    }

    /// What follows the first operand of a comparison.
    fn predicate(&mut self, left: Predicate) -> Result<Predicate, FilterError> {
        let place = self.place();
        let call = |op, parts| Predicate::at(Node::Call(op, parts), place.clone());
        if let Token::Sign(sign) = self.token {
            let op = Comparison::ALL.iter().find(|c| c.name() == sign);
            let op = *op.ok_or_else(|| self.wrong("a comparison"))?;
            self.take()?;
            let right = self.expression(SUM)?;
            return Ok(call(Op::Compare(op), vec![left, right]));
        }
        if self.took_word("IS")? {
            let not = self.took_word("NOT")?;
            if !self.took_word("NULL")? {
                return Err(self.wrong("NULL"));
            }
            return Ok(negated(not, call(Op::IsNull, vec![left])));
        }
        let not = self.took_word("NOT")?;
        let old = self.language == Language::OldText;
        let found = if self.took_word("LIKE")? {
            let pattern = self.expression(SUM)?;
            call(Op::Like, vec![left, pattern])
        } else if old && self.took_word("ILIKE")? {
            let pattern = self.expression(SUM)?;
            let folded = |part| call(Op::CaseI, vec![part]);
            call(Op::Like, vec![folded(left), folded(pattern)])
        } else if self.took_word("BETWEEN")? {
            let low = self.expression(SUM)?;
            if !self.took_word("AND")? {
                return Err(self.wrong("AND"));
            }
            let high = self.expression(SUM)?;
            call(Op::Between, vec![left, low, high])
        } else if self.took_word("IN")? {
            let place = self.place();
            self.sign("(")?;
            let items = self.deeper(|p| p.list(|p| p.expression(SUM)))?;
            if items.is_empty() {
                return Err(self.wrong("at least one value"));
            }
            call(Op::In, vec![left, Predicate::at(Node::Array(items), place)])
        } else {
            return Err(self.wrong("LIKE, BETWEEN or IN"));
        };
        Ok(negated(not, found))
    }

    fn factor(&mut self) -> Result<Predicate, FilterError> {
        let place = self.place();
        let minus = self.is_sign("-");
        if minus || self.is_sign("+") {
            self.take()?;
            if let Token::Number(_) = self.token {
                let node = self.number(minus)?;
                return Ok(Predicate::at(node, place));
            }
            if !minus {
                return Err(self.wrong("a number"));
            }
            let operand = self.deeper(Self::operand)?;
            let one = Predicate::at(Node::Number(Value::Int(-1)), place.clone());
            let op = Op::Arithmetic(ArithmeticOp::Multiply);
            return Ok(Predicate::at(Node::Call(op, vec![one, operand]), place));
        }
        self.operand()
    }

    fn number(&mut self, minus: bool) -> Result<Node, FilterError> {
        let place = self.place();
        let Token::Number(text) = self.take()? else {
            return Err(self.wrong("a number"));
        };
        read_number(&text, minus, place)
    }

    /// A number that may have a sign, as coordinates are.
    pub(super) fn coordinate(&mut self) -> Result<f64, FilterError> {
        let minus = self.is_sign("-");
        if minus || self.is_sign("+") {
            self.take()?;
        }
        if !matches!(self.token, Token::Number(_)) {
            return Err(self.wrong("a number"));
        }
        Ok(match self.number(minus)? {
            Node::Number(Value::Int(n)) => n as f64,
            Node::Number(Value::Float(x)) => x,
            _ => f64::NAN,
        })
    }

    fn operand(&mut self) -> Result<Predicate, FilterError> {
        let place = self.place();
        let node = match &self.token {
            Token::Sign("(") => return self.group(),
            Token::Number(_) => self.number(false)?,
            Token::Text(_) => match self.take()? {
                Token::Text(text) => Node::Text(text),
                _ => return Err(self.wrong("a text")),
            },
            Token::Quoted(_) => match self.take()? {
                Token::Quoted(name) => Node::Property(name),
                _ => return Err(self.wrong("a property")),
            },
            Token::Word(word) if !RESERVED.iter().any(|r| r.eq_ignore_ascii_case(word)) => {
                let word = word.clone();
                self.take()?;
                return self.named(&word, place);
            }
            _ => return Err(self.wrong("a property, a literal or a function")),
        };
        Ok(Predicate::at(node, place))
    }

    /// An expression in parentheses, or a list.
    fn group(&mut self) -> Result<Predicate, FilterError> {
        let (place, before) = (self.place(), self.taken);
        self.sign("(")?;
        let mut items = self.deeper(|p| p.list(Self::item))?;
        self.group = Some((before, self.taken));
        match items.len() {
            1 => items.pop().ok_or_else(|| self.wrong("an expression")),
            _ => Ok(Predicate::at(Node::Array(items), place)),
        }
    }

    /// What stands up to the closing parenthesis, which is taken.
    fn list(
        &mut self,
        item: impl Fn(&mut Self) -> Result<Predicate, FilterError>,
    ) -> Result<Vec<Predicate>, FilterError> {
        let mut items = vec![];
        if !self.is_sign(")") {
            items.push(item(self)?);
            while self.is_sign(",") {
                self.take()?;
                self.term()?;
                items.push(item(self)?);
            }
        }
        if !self.is_sign(")") {
            return Err(self.wrong("\",\" or \")\""));
        }
        self.take()?;
        Ok(items)
    }

    /// Any expression.
    fn item(&mut self) -> Result<Predicate, FilterError> {
        self.expression(EITHER)
    }

    /// An expression where lists stand: `(1)` is a list of one.
    fn array_item(&mut self) -> Result<Predicate, FilterError> {
        let (place, before) = (self.place(), self.taken);
        let item = self.expression(EITHER)?;
        let whole = self.group == Some((before, self.taken));
        if whole && !matches!(item.node, Node::Array(_)) {
            return Ok(Predicate::at(Node::Array(vec![item]), place));
        }
        Ok(item)
    }

    /// What begins with a word: a literal, a function, a property.
    fn named(&mut self, word: &str, place: Place) -> Result<Predicate, FilterError> {
        let upper = word.to_ascii_uppercase();
        match upper.as_str() {
            "TRUE" => return Ok(Predicate::at(Node::Bool(true), place)),
            "FALSE" => return Ok(Predicate::at(Node::Bool(false), place)),
            _ => {}
        }
        if wkt::is_geometry(&upper) && (self.is_sign("(") || self.is_word("Z") || self.is_word("EMPTY")) {
            let left = self.lexer.left();
            let node = wkt::geometry(self, &upper, &place)?;
            self.coordinate_bytes += left - self.lexer.left();
            return Ok(Predicate::at(node, place));
        }
        if !self.is_sign("(") {
            return Ok(Predicate::at(Node::Property(word.to_owned()), place));
        }
        self.take()?;
        let node = match upper.as_str() {
            "DATE" | "TIMESTAMP" => {
                let time = self.time(upper == "DATE")?;
                self.sign(")")?;
                Node::Time(time)
            }
            "INTERVAL" => {
                let from = self.deeper(Self::bound)?;
                self.sign(",")?;
                let to = self.deeper(Self::bound)?;
                self.sign(")")?;
                Node::Interval(Box::new([from, to]))
            }
            _ => return self.function(word, place),
        };
        Ok(Predicate::at(node, place))
    }

    fn function(&mut self, word: &str, place: Place) -> Result<Predicate, FilterError> {
        let op = Op::of_name(word).filter(|op| {
            matches!(
                op,
                Op::CaseI | Op::AccentI | Op::Spatial(_) | Op::Temporal(_) | Op::Array(_)
            )
        });
        let node = match op {
            Some(op) => {
                let lists = matches!(op, Op::Array(_));
                let item = if lists { Self::list_of_lists } else { Self::list_of_any };
                let parts = self.deeper(item)?;
                checked_count(op, parts.len(), &place)?;
                Node::Call(op, parts)
            }
            None => Node::Function(word.to_owned(), self.deeper(Self::list_of_any)?),
        };
        self.term()?;
        Ok(Predicate::at(node, place))
    }

    fn list_of_any(&mut self) -> Result<Vec<Predicate>, FilterError> {
        self.list(Self::item)
    }

    fn list_of_lists(&mut self) -> Result<Vec<Predicate>, FilterError> {
        self.list(Self::array_item)
    }

    /// A text that is a day or an instant.
    fn time(&mut self, day: bool) -> Result<TimeSpan, FilterError> {
        let place = self.place();
        let Token::Text(text) = &self.token else {
            return Err(self.wrong("a time in quotes"));
        };
        let time = read_time(text, Some(day), &place)?;
        self.take()?;
        Ok(time)
    }

    /// One side of an interval; `..` is open.
    fn bound(&mut self) -> Result<Option<Predicate>, FilterError> {
        let place = self.place();
        let time = match &self.token {
            Token::Text(text) if text == ".." => None,
            Token::Text(text) => Some(Predicate::at(Node::Time(read_time(text, None, &place)?), place)),
            _ => return self.operand().map(Some),
        };
        self.take()?;
        Ok(time)
    }
}

fn negated(not: bool, predicate: Predicate) -> Predicate {
    if !not {
        return predicate;
    }
    let place = predicate.place.clone();
    Predicate::at(Node::Call(Op::Not, vec![predicate]), place)
}

fn read_number(text: &str, minus: bool, place: Place) -> Result<Node, FilterError> {
    let signed = if minus { format!("-{text}") } else { text.to_owned() };
    if let Ok(n) = signed.parse::<i64>() {
        return Ok(Node::Number(Value::Int(n)));
    }
    match signed.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(Predicate::number(x)),
        _ => Err(FilterError::Syntax {
            wanted: "a number of 64 bits".to_owned(),
            found: Token::Number(text.to_owned()).said(),
            place,
        }),
    }
}

/// A day (`Some(true)`), an instant (`Some(false)`), or either.
pub(super) fn read_time(text: &str, day: Option<bool>, place: &Place) -> Result<TimeSpan, FilterError> {
    let (time, wanted) = match day {
        Some(true) => (TimeSpan::of_day(text), "day as 2026-11-21"),
        Some(false) => (TimeSpan::of_instant(text), "instant as 2026-11-21T10:00:00Z"),
        None => (
            TimeSpan::of_point(text),
            "day as 2026-11-21, instant as 2026-11-21T10:00:00Z or \"..\"",
        ),
    };
    time.ok_or_else(|| FilterError::Time {
        text: super::lexer::short(text),
        wanted,
        place: place.clone(),
    })
}
