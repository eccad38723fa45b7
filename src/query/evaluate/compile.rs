//! Names resolved, types compared, geometries prepared: a tree becomes a [`Truth`].

use super::lists::{Item, List};
use super::scalar::Scalar;
use super::shape::Shape;
use super::spatial::{Spatial, mirrored};
use super::times::Extent;
use super::truth::{Known, Truth};
use super::types::{Class, name_of};
use super::words::{Folding, Pattern};
use super::{Filter, GEOMETRY_NAMES, Subject};
use crate::model::feature::Value;
use crate::model::predicate::{Node, Op, Predicate, SpatialOp};
use crate::model::time::TimeSpan;
use crate::ogr::transform;
use crate::query::cql2::{FilterError, Language, MAX_PATTERN};

/// What a property's name means.
enum Named {
    Field(usize),
    Geometry,
}

/// One side of a spatial relation.
enum Side {
    Row,
    Literal(Box<Shape>),
}

struct Compiler<'a> {
    filter: &'a Filter,
    subject: &'a Subject<'a>,
}

/// Makes a filter ready for a subject.
pub(super) fn condition(filter: &Filter, subject: &Subject<'_>) -> Result<Truth, FilterError> {
    Compiler { filter, subject }.truth(&filter.predicate)
}

impl Compiler<'_> {
    fn truth(&self, part: &Predicate) -> Result<Truth, FilterError> {
        let (op, parts) = match &part.node {
            Node::Bool(truth) => return Ok(Truth::Const(Some(*truth))),
            Node::Call(op, parts) => (*op, parts.as_slice()),
            Node::Function(name, _) => return Err(unknown_function(name, part)),
            _ => {
                let (scalar, class) = self.scalar(part)?;
                if class != Class::Truth {
                    return Err(wrong(
                        part,
                        format!(
                            "{} is {}, which is neither true nor false; compare it",
                            name_of(part),
                            class.said()
                        ),
                    ));
                }
                return Ok(Truth::Is(scalar));
            }
        };
        let all = || parts.iter().map(|p| self.truth(p)).collect::<Result<Vec<_>, _>>();
        Ok(match (op, parts) {
            (Op::And, _) => Truth::And(all()?),
            (Op::Or, _) => Truth::Or(all()?),
            (Op::Not, [inner]) => Truth::Not(Box::new(self.truth(inner)?)),
            (Op::Compare(op), [left, right]) => {
                let (left, right) = self.alike(part, left, right)?;
                Truth::Compare(op, Box::new([left, right]))
            }
            (Op::Between, [found, low, high]) => {
                let (_, low) = self.alike(part, found, low)?;
                let (found, high) = self.alike(part, found, high)?;
                Truth::Between(Box::new([found, low, high]))
            }
            (Op::In, [found, list]) => {
                let Node::Array(items) = &list.node else {
                    return Err(wrong(list, "IN takes a list".to_owned()));
                };
                let item = |item: &Predicate| self.alike(item, found, item).map(|(_, item)| item);
                let items = items.iter().map(item).collect::<Result<_, _>>()?;
                Truth::In(self.scalar(found)?.0, items)
            }
            (Op::Like, [text, pattern]) => self.like(text, pattern)?,
            (Op::IsNull, [operand]) => Truth::IsNull(self.known(operand)?),
            (Op::Spatial(op), [left, right]) => self.spatial(op, left, right)?,
            (Op::Temporal(op), [left, right]) => {
                Truth::Temporal(op, Box::new([self.extent(left)?, self.extent(right)?]))
            }
            (Op::Array(op), [left, right]) => Truth::Lists(op, Box::new([self.list(left)?, self.list(right)?])),
            _ => {
                let (_, class) = self.scalar(part)?;
                return Err(wrong(
                    part,
                    format!(
                        "{} gives {}, not true or false; compare it",
                        name_of(part),
                        class.said()
                    ),
                ));
            }
        })
    }

    /// Two expressions of one kind; a text beside a time is read as one.
    fn alike(&self, whole: &Predicate, left: &Predicate, right: &Predicate) -> Result<(Scalar, Scalar), FilterError> {
        let ((l, l_class), (r, r_class)) = (self.scalar(left)?, self.scalar(right)?);
        match (l_class, r_class) {
            (Class::Time, Class::Text) => return Ok((l, said_time(right)?)),
            (Class::Text, Class::Time) => return Ok((said_time(left)?, r)),
            (a, b) if a == b => return Ok((l, r)),
            _ => {}
        }
        if self.filter.language == Language::OldText {
            // GDAL has no literals of truth.
            let truth = |part: &Predicate| match part.node {
                Node::Number(Value::Int(n @ (0 | 1))) => Some(Scalar::Literal(Value::Bool(n == 1))),
                _ => None,
            };
            match (l_class, r_class) {
                (Class::Truth, Class::Number) => {
                    if let Some(r) = truth(right) {
                        return Ok((l, r));
                    }
                }
                (Class::Number, Class::Truth) => {
                    if let Some(l) = truth(left) {
                        return Ok((l, r));
                    }
                }
                _ => {}
            }
        }
        Err(wrong(
            whole,
            format!(
                "{} is {} and {} is {}; they can't be compared",
                name_of(left),
                l_class.said(),
                name_of(right),
                r_class.said()
            ),
        ))
    }

    /// An expression of one value, and of which kind it is.
    fn scalar(&self, part: &Predicate) -> Result<(Scalar, Class), FilterError> {
        Ok(match &part.node {
            Node::Bool(truth) => (Scalar::Literal(Value::Bool(*truth)), Class::Truth),
            Node::Number(n) => (Scalar::Literal(n.clone()), Class::Number),
            Node::Text(text) => (Scalar::Literal(Value::Text(text.clone())), Class::Text),
            Node::Time(time) => (Scalar::Time(*time), Class::Time),
            Node::Property(name) => match self.named(name, part)? {
                Named::Geometry => return Err(instead(part, Class::Geometry, "S_INTERSECTS and its kin")),
                Named::Field(field) => match Class::of_field(self.subject.fields[field].kind) {
                    Class::List => return Err(instead(part, Class::List, "A_CONTAINS and its kin")),
                    Class::Time => (Scalar::TimeField(field), Class::Time),
                    class => (Scalar::Field(field), class),
                },
            },
            Node::Interval(_) => return Err(instead(part, Class::Interval, "T_INTERSECTS and its kin")),
            Node::Geometry(_) | Node::Bbox(_) => {
                return Err(instead(part, Class::Geometry, "S_INTERSECTS and its kin"));
            }
            Node::Array(_) => return Err(instead(part, Class::List, "IN, A_CONTAINS and its kin")),
            Node::Function(name, _) => return Err(unknown_function(name, part)),
            Node::Call(op @ (Op::CaseI | Op::AccentI), parts) => {
                let [inner] = parts.as_slice() else {
                    return Err(wrong(part, "it takes one text".to_owned()));
                };
                let scalar = self.of_class(inner, Class::Text, op.name())?;
                (Scalar::Folded(folding(*op), Box::new(scalar)), Class::Text)
            }
            Node::Call(Op::Arithmetic(op), parts) => {
                let [a, b] = parts.as_slice() else {
                    return Err(wrong(part, "it takes two numbers".to_owned()));
                };
                let sides = [
                    self.of_class(a, Class::Number, op.name())?,
                    self.of_class(b, Class::Number, op.name())?,
                ];
                (Scalar::Arithmetic(*op, Box::new(sides)), Class::Number)
            }
            Node::Call(..) => (Scalar::Truth(Box::new(self.truth(part)?)), Class::Truth),
        })
    }

    fn of_class(&self, part: &Predicate, wanted: Class, by: &str) -> Result<Scalar, FilterError> {
        let (scalar, class) = self.scalar(part)?;
        if class == wanted {
            return Ok(scalar);
        }
        let (name, is) = (name_of(part), class.said());
        Err(wrong(
            part,
            format!("{name} is {is}; {} takes {}", by.to_uppercase(), wanted.said()),
        ))
    }

    fn named(&self, name: &str, part: &Predicate) -> Result<Named, FilterError> {
        if let Some(field) = self.subject.fields.iter().position(|f| f.name == name) {
            return Ok(Named::Field(field));
        }
        if name == self.subject.geometry || GEOMETRY_NAMES.contains(&name) {
            return Ok(Named::Geometry);
        }
        let mut known: Vec<&str> = self.subject.fields.iter().map(|f| f.name.as_str()).collect();
        if !known.contains(&self.subject.geometry) {
            known.push(self.subject.geometry);
        }
        Err(FilterError::UnknownProperty {
            name: name.chars().take(60).collect(),
            known: known.join(", "),
            place: part.place.clone(),
        })
    }

    fn like(&self, text: &Predicate, pattern: &Predicate) -> Result<Truth, FilterError> {
        let scalar = self.of_class(text, Class::Text, "like")?;
        let written = folded_literal(pattern).ok_or_else(|| {
            let words = "the pattern of LIKE is a text in quotes, perhaps within CASEI or ACCENTI";
            wrong(pattern, words.to_owned())
        })?;
        if written.chars().count() > MAX_PATTERN {
            return Err(FilterError::LongPattern(pattern.place.clone()));
        }
        Ok(Truth::Like(scalar, Pattern::new(&written)))
    }

    fn known(&self, part: &Predicate) -> Result<Known, FilterError> {
        Ok(match &part.node {
            Node::Property(name) => match self.named(name, part)? {
                Named::Geometry => Known::Place,
                Named::Field(field) => Known::Scalar(Scalar::Field(field)),
            },
            Node::Interval(_) => Known::Extent(self.extent(part)?),
            Node::Array(_) => Known::List(self.list(part)?),
            Node::Geometry(_) | Node::Bbox(_) => {
                self.side(part)?;
                Known::Always
            }
            _ => Known::Scalar(self.scalar(part)?.0),
        })
    }

    fn extent(&self, part: &Predicate) -> Result<Extent, FilterError> {
        let time = |part: &Predicate| match &part.node {
            Node::Text(_) => said_time(part),
            _ => self.of_class(part, Class::Time, "a temporal function"),
        };
        Ok(match &part.node {
            Node::Interval(sides) => {
                let side = |i: usize| sides[i].as_ref().map(time).transpose();
                Extent::Between(Box::new([side(0)?, side(1)?]))
            }
            _ => Extent::Point(time(part)?),
        })
    }

    fn list(&self, part: &Predicate) -> Result<List, FilterError> {
        match &part.node {
            Node::Array(items) => {
                let item = |item: &Predicate| match &item.node {
                    Node::Array(_) => self.list(item).map(Item::Many),
                    Node::Property(name) if self.is_list(name) => self.list(item).map(Item::Many),
                    _ => self.scalar(item).map(|(scalar, _)| Item::One(scalar)),
                };
                items.iter().map(item).collect::<Result<_, _>>().map(List::Items)
            }
            Node::Property(name) => match self.named(name, part)? {
                Named::Field(field) if self.is_list(name) => Ok(List::Field(field)),
                Named::Field(field) => {
                    let class = Class::of_field(self.subject.fields[field].kind);
                    Err(wrong(
                        part,
                        format!("{} is {}, not a list", name_of(part), class.said()),
                    ))
                }
                Named::Geometry => Err(wrong(part, "the geometry is not a list".to_owned())),
            },
            Node::Function(name, _) => Err(unknown_function(name, part)),
            _ => Err(wrong(part, format!("{} is not a list", name_of(part)))),
        }
    }

    fn is_list(&self, name: &str) -> bool {
        let field = self.subject.fields.iter().find(|f| f.name == name);
        field.is_some_and(|f| Class::of_field(f.kind) == Class::List)
    }

    fn spatial(&self, op: SpatialOp, left: &Predicate, right: &Predicate) -> Result<Truth, FilterError> {
        let (op, shape) = match (self.side(left)?, self.side(right)?) {
            (Side::Row, Side::Row) => return Ok(Truth::Spatial(Box::new(Spatial::ToItself(op)))),
            (Side::Row, Side::Literal(shape)) => (op, shape),
            (Side::Literal(shape), Side::Row) => (mirrored(op), shape),
            (Side::Literal(left), Side::Literal(right)) => {
                return Ok(Truth::Const(Some(right.relation(op, left.geometry()))));
            }
        };
        let (from, to) = (self.subject.crs, &self.filter.crs);
        let way = (from != to).then(|| transform::cached(from, to).map_err(|_| FilterError::NoWay));
        Ok(Truth::Spatial(Box::new(Spatial::ToShape {
            op,
            shape,
            transform: way.transpose()?,
        })))
    }

    fn side(&self, part: &Predicate) -> Result<Side, FilterError> {
        let (crs, storage) = (&self.filter.crs, self.subject.crs);
        match &part.node {
            Node::Geometry(geometry) => Shape::of_geometry(geometry, crs, storage)
                .map(|shape| Side::Literal(Box::new(shape)))
                .map_err(|e| e.at(&part.place)),
            Node::Bbox(edges) => Shape::of_box(*edges, crs, storage)
                .map(|shape| Side::Literal(Box::new(shape)))
                .map_err(|e| e.at(&part.place)),
            Node::Property(name) => match self.named(name, part)? {
                Named::Geometry => Ok(Side::Row),
                Named::Field(field) => {
                    let class = Class::of_field(self.subject.fields[field].kind);
                    Err(wrong(
                        part,
                        format!("{} is {}, not a geometry", name_of(part), class.said()),
                    ))
                }
            },
            Node::Function(name, _) => Err(unknown_function(name, part)),
            _ => Err(wrong(part, format!("{} is not a geometry", name_of(part)))),
        }
    }
}

fn folding(op: Op) -> Folding {
    if op == Op::CaseI {
        Folding::Case
    } else {
        Folding::Accents
    }
}

/// A text, folded as often as it says.
fn folded_literal(part: &Predicate) -> Option<String> {
    match &part.node {
        Node::Text(text) => Some(text.clone()),
        Node::Call(op @ (Op::CaseI | Op::AccentI), parts) => {
            let inner = folded_literal(parts.first()?)?;
            Some(folding(*op).fold(&inner).into_owned())
        }
        _ => None,
    }
}

/// The time that a text says.
fn said_time(part: &Predicate) -> Result<Scalar, FilterError> {
    let Node::Text(text) = &part.node else {
        return Err(wrong(part, format!("{} is a text, not a time", name_of(part))));
    };
    TimeSpan::of_point(text)
        .map(Scalar::Time)
        .ok_or_else(|| FilterError::Time {
            text: text.chars().take(40).collect(),
            wanted: "day as DATE('2026-11-21') or instant as TIMESTAMP('2026-11-21T10:00:00Z')",
            place: part.place.clone(),
        })
}

fn wrong(part: &Predicate, reason: String) -> FilterError {
    FilterError::Types {
        reason,
        place: part.place.clone(),
    }
}

fn instead(part: &Predicate, class: Class, means: &str) -> FilterError {
    wrong(part, format!("{} is {}; use {means}", name_of(part), class.said()))
}

fn unknown_function(name: &str, part: &Predicate) -> FilterError {
    FilterError::UnknownFunction {
        name: name.chars().take(60).collect(),
        place: part.place.clone(),
    }
}
