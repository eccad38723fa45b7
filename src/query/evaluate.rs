//! A predicate made ready for a layer, and its truth for a row.

use crate::model::feature::{Value, ValueRef};
use crate::model::predicate::{Comparison, Predicate};

/// A predicate whose fields are resolved to places; unknown fields are null.
#[derive(Debug, Clone)]
pub struct Condition(Node);

#[derive(Debug, Clone)]
enum Node {
    Const(Option<bool>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Compare(usize, Comparison, Value),
    IsNull(usize),
    In(usize, Vec<Value>),
    Like(usize, Vec<Glyph>),
    Between(usize, Value, Value),
}

/// One position of a LIKE pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Glyph {
    Run,
    One,
    Char(char),
}

impl Condition {
    /// Resolves a predicate's fields with `place`.
    pub fn new(predicate: &Predicate, place: impl Fn(&str) -> Option<usize>) -> Self {
        Self(resolve(predicate, &place))
    }

    /// Whether the predicate is true (neither false nor unknown) of a row.
    pub fn holds<'a>(&self, value: impl Fn(usize) -> ValueRef<'a>) -> bool {
        truth(&self.0, &value) == Some(true)
    }
}

fn resolve(predicate: &Predicate, place: &impl Fn(&str) -> Option<usize>) -> Node {
    let all = |list: &[Predicate]| list.iter().map(|p| resolve(p, place)).collect();
    match predicate {
        Predicate::Const(truth) => Node::Const(Some(*truth)),
        Predicate::And(list) => Node::And(all(list)),
        Predicate::Or(list) => Node::Or(all(list)),
        Predicate::Not(inner) => Node::Not(Box::new(resolve(inner, place))),
        Predicate::IsNull(field) => place(field).map_or(Node::Const(Some(true)), Node::IsNull),
        Predicate::Compare { field, op, value } => {
            place(field).map_or(Node::Const(None), |f| Node::Compare(f, *op, value.clone()))
        }
        Predicate::In { field, values } => place(field).map_or(Node::Const(None), |f| Node::In(f, values.clone())),
        Predicate::Like { field, pattern } => {
            place(field).map_or(Node::Const(None), |f| Node::Like(f, glyphs(pattern)))
        }
        Predicate::Between { field, low, high } => {
            place(field).map_or(Node::Const(None), |f| Node::Between(f, low.clone(), high.clone()))
        }
    }
}

/// Kleene's three-valued truth; `None` is unknown.
fn truth<'a>(node: &Node, value: &impl Fn(usize) -> ValueRef<'a>) -> Option<bool> {
    match node {
        Node::Const(truth) => *truth,
        Node::And(all) => all.iter().try_fold_kleene(false, |n| truth(n, value)),
        Node::Or(any) => any.iter().try_fold_kleene(true, |n| truth(n, value)),
        Node::Not(inner) => truth(inner, value).map(|t| !t),
        Node::IsNull(field) => Some(value(*field) == ValueRef::Null),
        Node::Compare(field, op, literal) => value(*field).compare(literal.as_ref()).map(|o| op.holds(o)),
        Node::In(field, literals) => {
            let found = value(*field);
            (found != ValueRef::Null).then(|| {
                literals
                    .iter()
                    .any(|l| found.compare(l.as_ref()) == Some(std::cmp::Ordering::Equal))
            })
        }
        Node::Like(field, pattern) => match value(*field) {
            ValueRef::Text(text) => Some(like(text, pattern)),
            _ => None,
        },
        Node::Between(field, low, high) => {
            let found = value(*field);
            let above = found.compare(low.as_ref())?.is_ge();
            let below = found.compare(high.as_ref())?.is_le();
            Some(above && below)
        }
    }
}

/// AND and OR differ only in the truth that decides them at once.
trait Kleene<T> {
    fn try_fold_kleene(self, decisive: bool, of: impl FnMut(T) -> Option<bool>) -> Option<bool>;
}

impl<T, I: Iterator<Item = T>> Kleene<T> for I {
    fn try_fold_kleene(self, decisive: bool, mut of: impl FnMut(T) -> Option<bool>) -> Option<bool> {
        let mut unknown = false;
        for item in self {
            match of(item) {
                Some(t) if t == decisive => return Some(decisive),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(!decisive)
    }
}

fn glyphs(pattern: &str) -> Vec<Glyph> {
    let mut chars = pattern.chars();
    let mut glyphs = vec![];
    while let Some(c) = chars.next() {
        glyphs.push(match c {
            '%' => Glyph::Run,
            '_' => Glyph::One,
            '\\' => Glyph::Char(chars.next().unwrap_or('\\')),
            c => Glyph::Char(c),
        });
    }
    glyphs.dedup_by(|a, b| *a == Glyph::Run && *b == Glyph::Run);
    glyphs
}

/// Matches by walking once and going back to the last `%` only: at most text × pattern steps.
fn like(text: &str, pattern: &[Glyph]) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut t, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(Glyph::Run) => {
                back = Some((p, t));
                p += 1;
            }
            Some(Glyph::One) => (t, p) = (t + 1, p + 1),
            Some(Glyph::Char(c)) if *c == text[t] => (t, p) = (t + 1, p + 1),
            _ => match back {
                Some((run, from)) => {
                    back = Some((run, from + 1));
                    (t, p) = (from + 1, run + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|g| *g == Glyph::Run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::filter::parse;

    #[test]
    fn truth_is_three_valued() {
        let row = [ValueRef::Int(5), ValueRef::Null, ValueRef::Text("Nœux-les-Mines")];
        let check = |filter: &str, expected: bool| {
            let place = |n: &str| ["a", "b", "nom"].iter().position(|f| *f == n);
            let condition = Condition::new(&parse(filter).unwrap(), place);
            assert_eq!(condition.holds(|f| row[f]), expected, "{filter}");
        };
        check("a = 5", true);
        check("a <> 5", false);
        check("a > 4.5 AND a <= 5", true);
        check("b = 1", false);
        check("NOT (b = 1)", false);
        check("b = 1 OR a = 5", true);
        check("b = 1 AND a = 6", false);
        check("NOT (b = 1 AND a = 6)", true);
        check("b IS NULL", true);
        check("a IS NOT NULL", true);
        check("a IN (1, 5)", true);
        check("a NOT IN (1, 5)", false);
        check("b IN (1)", false);
        check("nom LIKE 'N_ux%Mines'", true);
        check("nom LIKE '%les'", false);
        check("nom LIKE 'N\\_ux%'", false);
        check("a BETWEEN 5 AND 6", true);
        check("a BETWEEN 6 AND 7", false);
        check("nom = 'x' OR 'Nœux-les-Mines' = nom", true);
        check("true", true);
    }
}
