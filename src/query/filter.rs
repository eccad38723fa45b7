//! CQL2 text read into our predicate.
//!
//! Parsed by the `cql2` crate behind bounds on length and depth (its parser is recursive), then
//! compiled; what our predicate does not know yet is refused by name, never ignored.
//! Source: OGC 21-065r2, basic CQL2 and advanced comparison operators.

use cql2::Expr;

use crate::model::feature::Value;
use crate::model::predicate::{Comparison, Predicate};

/// Longest filter, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// Deepest nesting of parentheses, lists and negations.
pub const MAX_DEPTH: usize = 64;

/// Why a filter was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Too long.
    #[error("the filter is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Too deep.
    #[error("the filter is nested deeper than {MAX_DEPTH} levels (at character {0})")]
    TooDeep(usize),
    /// Not CQL2.
    #[error("the filter is not valid CQL2 text: {0}")]
    Syntax(String),
    /// CQL2 that is not known here.
    #[error(
        "the filter uses \"{0}\", which is not supported; use comparisons, AND, OR, NOT, IN, LIKE, BETWEEN, IS NULL"
    )]
    Unsupported(String),
}

/// Reads CQL2 text.
///
/// # Errors
/// Text that is too long, too deep, not CQL2, or beyond what the predicate knows.
pub fn parse(text: &str) -> Result<Predicate, FilterError> {
    check_bounds(text)?;
    let expr = cql2::parse_text(text).map_err(|e| FilterError::Syntax(e.to_string()))?;
    compile(&expr)
}

fn check_bounds(text: &str) -> Result<(), FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::TooLong);
    }
    let (mut depth, mut quoted, mut negations) = (0usize, None, 0usize);
    for (position, c) in text.chars().enumerate() {
        match (quoted, c) {
            (Some(q), c) if c == q => quoted = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quoted = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(FilterError::TooDeep(position));
        }
    }
    // Each NOT or sign is a level of the parser's recursion too.
    for word in text.split_whitespace() {
        negations = if word.eq_ignore_ascii_case("not") || word == "-" || word == "+" {
            negations + 1
        } else {
            0
        };
        if negations > MAX_DEPTH {
            return Err(FilterError::TooDeep(0));
        }
    }
    Ok(())
}

fn compile(expr: &Expr) -> Result<Predicate, FilterError> {
    match expr {
        Expr::Bool(truth) => Ok(Predicate::Const(*truth)),
        Expr::Operation { op, args } => operation(op, args),
        other => Err(unsupported(other)),
    }
}

fn operation(op: &str, args: &[Box<Expr>]) -> Result<Predicate, FilterError> {
    let all = || args.iter().map(|a| compile(a)).collect::<Result<Vec<_>, _>>();
    let arg = |i: usize| {
        args.get(i)
            .map(Box::as_ref)
            .ok_or_else(|| FilterError::Unsupported(op.to_owned()))
    };
    Ok(match op {
        "and" => Predicate::And(all()?),
        "or" => Predicate::Or(all()?),
        "not" => Predicate::Not(Box::new(compile(arg(0)?)?)),
        "isNull" => Predicate::IsNull(property(arg(0)?)?),
        "like" => match (property(arg(0)?)?, literal(arg(1)?)?) {
            (field, Value::Text(pattern)) => Predicate::Like { field, pattern },
            _ => return Err(FilterError::Unsupported("LIKE with a pattern that is no text".into())),
        },
        "between" => Predicate::Between {
            field: property(arg(0)?)?,
            low: literal(arg(1)?)?,
            high: literal(arg(2)?)?,
        },
        "in" => match arg(1)? {
            Expr::Array(items) => {
                let values = items.iter().map(|i| literal(i)).collect::<Result<_, _>>()?;
                Predicate::In {
                    field: property(arg(0)?)?,
                    values,
                }
            }
            other => return Err(unsupported(other)),
        },
        _ => {
            let op = comparison(op).ok_or_else(|| FilterError::Unsupported(op.to_owned()))?;
            match (arg(0)?, arg(1)?) {
                (Expr::Property { property: field }, right) => Predicate::Compare {
                    field: field.clone(),
                    op,
                    value: literal(right)?,
                },
                (left, right) => Predicate::Compare {
                    field: property(right)?,
                    op: mirrored(op),
                    value: literal(left)?,
                },
            }
        }
    })
}

fn comparison(op: &str) -> Option<Comparison> {
    Some(match op {
        "=" => Comparison::Equal,
        "<>" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn mirrored(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

fn property(expr: &Expr) -> Result<String, FilterError> {
    match expr {
        Expr::Property { property } => Ok(property.clone()),
        other => Err(unsupported(other)),
    }
}

fn literal(expr: &Expr) -> Result<Value, FilterError> {
    Ok(match expr {
        Expr::Null => Value::Null,
        Expr::Bool(b) => Value::Bool(*b),
        Expr::Float(x) => Value::Float(*x),
        Expr::Literal(text) => Value::Text(text.clone()),
        Expr::Date { date } | Expr::Timestamp { timestamp: date } => literal(date)?,
        other => return Err(unsupported(other)),
    })
}

fn unsupported(expr: &Expr) -> FilterError {
    let named = match expr {
        Expr::Operation { op, .. } => op.clone(),
        other => other.to_text().unwrap_or_else(|_| "this expression".into()),
    };
    FilterError::Unsupported(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_filters_are_refused_before_the_parser() {
        let deep = format!("{}a = 1{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(matches!(parse(&deep), Err(FilterError::TooDeep(_))));
        let negated = format!("{} a = 1", "NOT ".repeat(10_000));
        assert!(matches!(parse(&negated), Err(FilterError::TooDeep(_))));
        assert_eq!(parse(&"a".repeat(MAX_BYTES + 1)), Err(FilterError::TooLong));
    }

    #[test]
    fn what_is_not_supported_is_named() {
        assert_eq!(
            parse("S_INTERSECTS(geometry, POINT(0 0))"),
            Err(FilterError::Unsupported("s_intersects".into()))
        );
        assert!(matches!(parse("a ="), Err(FilterError::Syntax(_))));
    }
}
