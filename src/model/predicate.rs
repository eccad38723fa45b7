//! The predicate over features: what a filter means, whatever syntax it came in.
//!
//! A tree of CQL2 (OGC 21-065r2): operators, literals, names of properties. Where each part stood in the
//! filter is kept for errors and plays no part in equality. Nothing is known here of a layer:
//! `query::evaluate` brings tree and fields together.

use std::fmt;

use geo::geometry::Geometry;
use geo::{Coord, MapCoordsInPlace};

use super::feature::Value;
use super::time::TimeSpan;

/// Where a part of a filter stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Place {
    /// It was never written.
    #[default]
    Nowhere,
    /// The character of the text, counted from 1.
    Character(usize),
    /// The JSON pointer (RFC 6901).
    Pointer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => Ok(()),
            Self::Character(n) => write!(f, " (at character {n})"),
            Self::Pointer(p) if p.is_empty() => f.write_str(" (at the top of the JSON)"),
            Self::Pointer(p) => write!(f, " (at {p})"),
        }
    }
}

/// A part of a filter.
#[derive(Debug, Clone)]
pub struct Predicate {
    /// What it is.
    pub node: Node,
    /// Where it stood.
    pub place: Place,
}

/// Equal where the same is meant, wherever it stood.
impl PartialEq for Predicate {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

/// What a part of a filter is.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `TRUE`, `FALSE`.
    Bool(bool),
    /// A number: [`Value::Int`] where it is whole, else [`Value::Float`].
    Number(Value),
    /// Text.
    Text(String),
    /// A day or an instant.
    Time(TimeSpan),
    /// From one time to another; open where absent.
    Interval(Box<[Option<Predicate>; 2]>),
    /// A property by its name.
    Property(String),
    /// A geometry, in the axis order of the filter's system.
    Geometry(Box<Geometry<f64>>),
    /// A box: least and largest first and second coordinate, as `BBOX` has them.
    Bbox([f64; 4]),
    /// A list.
    Array(Vec<Predicate>),
    /// An operator of CQL2 with its operands.
    Call(Op, Vec<Predicate>),
    /// Another function by its name.
    Function(String, Vec<Predicate>),
}

impl Predicate {
    /// A part that was never written.
    #[must_use]
    pub fn new(node: Node) -> Self {
        Self {
            node,
            place: Place::Nowhere,
        }
    }

    /// A part and its place.
    #[must_use]
    pub fn at(node: Node, place: Place) -> Self {
        Self { node, place }
    }

    /// All of these; one alone is itself.
    #[must_use]
    pub fn all(mut parts: Vec<Self>) -> Option<Self> {
        match parts.len() {
            0 | 1 => parts.pop(),
            _ => Some(Self::joined(Op::And, parts, Place::Nowhere)),
        }
    }

    /// AND or OR of several, those of the same kind within it opened: `(a AND b) AND c` is `a AND b AND c`.
    #[must_use]
    pub fn joined(op: Op, parts: Vec<Self>, place: Place) -> Self {
        let mut open = Vec::with_capacity(parts.len());
        for part in parts {
            match part.node {
                Node::Call(inner, members) if inner == op => open.extend(members),
                node => open.push(Self { node, ..part }),
            }
        }
        Self::at(Node::Call(op, open), place)
    }

    /// A number, whole where it is: `5.0` is `5`.
    #[must_use]
    pub fn number(x: f64) -> Node {
        let whole = x.fract() == 0.0 && x.abs() < 9_007_199_254_740_992.0;
        Node::Number(if whole { Value::Int(x as i64) } else { Value::Float(x) })
    }

    /// Exchanges first and second coordinate of its geometries.
    pub fn swap_axes(&mut self) {
        match &mut self.node {
            Node::Geometry(geometry) => geometry.map_coords_in_place(|c| Coord { x: c.y, y: c.x }),
            Node::Bbox([a, b, c, d]) => {
                std::mem::swap(a, b);
                std::mem::swap(c, d);
            }
            Node::Array(parts) | Node::Call(_, parts) | Node::Function(_, parts) => {
                parts.iter_mut().for_each(Self::swap_axes);
            }
            _ => {}
        }
    }

    /// The properties that it names.
    #[must_use]
    pub fn properties(&self) -> Vec<&str> {
        match &self.node {
            Node::Property(name) => vec![name],
            Node::Array(parts) | Node::Call(_, parts) | Node::Function(_, parts) => {
                parts.iter().flat_map(Self::properties).collect()
            }
            Node::Interval(bounds) => bounds.iter().flatten().flat_map(Self::properties).collect(),
            _ => vec![],
        }
    }
}

/// An operator of CQL2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// All hold.
    And,
    /// At least one holds.
    Or,
    /// It does not hold.
    Not,
    /// `=` and its kin.
    Compare(Comparison),
    /// The text matches a pattern: `%` any run, `_` one character, `\` takes the next as it is.
    Like,
    /// Between two values, both included.
    Between,
    /// Equal to an item of a list.
    In,
    /// Without a value.
    IsNull,
    /// Text without its case.
    CaseI,
    /// Text without its accents.
    AccentI,
    /// How geometries lie to each other.
    Spatial(SpatialOp),
    /// How times lie to each other.
    Temporal(TemporalOp),
    /// How lists compare.
    Array(ArrayOp),
    /// Reckoning.
    Arithmetic(ArithmeticOp),
}

/// A closed set of operators with their names in CQL2-JSON.
macro_rules! operators {
    ($(#[$about:meta])* $kind:ident { $($(#[$what:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $kind {
            $($(#[$what])* $variant),*
        }

        impl $kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in CQL2-JSON.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }
    };
}

operators! {
    /// How a value compares to another.
    Comparison {
        /// `=`
        Equal = "=",
        /// `<>`
        NotEqual = "<>",
        /// `<`
        Less = "<",
        /// `<=`
        LessOrEqual = "<=",
        /// `>`
        Greater = ">",
        /// `>=`
        GreaterOrEqual = ">=",
    }
}

operators! {
    /// How two geometries lie to each other (OGC 06-103r4, 6.1.15).
    SpatialOp {
        /// They share a point.
        Intersects = "s_intersects",
        /// They are the same points.
        Equals = "s_equals",
        /// They share no point.
        Disjoint = "s_disjoint",
        /// They share points of their boundaries alone.
        Touches = "s_touches",
        /// The first lies in the second.
        Within = "s_within",
        /// Each has its own part, and they share one of the same dimension.
        Overlaps = "s_overlaps",
        /// They share some of their inner points, of a lower dimension than the larger has.
        Crosses = "s_crosses",
        /// The second lies in the first.
        Contains = "s_contains",
    }
}

operators! {
    /// How two times lie to each other (OGC 21-065r2, 7.9).
    TemporalOp {
        /// Later.
        After = "t_after",
        /// Earlier.
        Before = "t_before",
        /// Begins before and ends after.
        Contains = "t_contains",
        /// Earlier or later.
        Disjoint = "t_disjoint",
        /// Begins after and ends before.
        During = "t_during",
        /// The same.
        Equals = "t_equals",
        /// Begins before and ends with.
        FinishedBy = "t_finishedBy",
        /// Begins after and ends with.
        Finishes = "t_finishes",
        /// Neither earlier nor later.
        Intersects = "t_intersects",
        /// Ends where the other begins.
        Meets = "t_meets",
        /// Begins where the other ends.
        MetBy = "t_metBy",
        /// Begins within and ends after.
        OverlappedBy = "t_overlappedBy",
        /// Begins before and ends within.
        Overlaps = "t_overlaps",
        /// Begins with and ends after.
        StartedBy = "t_startedBy",
        /// Begins with and ends before.
        Starts = "t_starts",
    }
}

operators! {
    /// How two lists compare, as sets.
    ArrayOp {
        /// The same items.
        Equals = "a_equals",
        /// The first has all of the second.
        Contains = "a_contains",
        /// The second has all of the first.
        ContainedBy = "a_containedBy",
        /// They share an item.
        Overlaps = "a_overlaps",
    }
}

operators! {
    /// Reckoning.
    ArithmeticOp {
        /// `+`
        Add = "+",
        /// `-`
        Subtract = "-",
        /// `*`
        Multiply = "*",
        /// `/`, with what is left after the point
        Divide = "/",
        /// `%`, of the sign of the first
        Modulo = "%",
        /// `div`, the whole number of times
        WholeDivide = "div",
        /// `^`
        Power = "^",
    }
}

impl Op {
    /// The operator of a name, in any case.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let is = |known: &str| known.eq_ignore_ascii_case(name);
        let simple = [
            Self::And,
            Self::Or,
            Self::Not,
            Self::Like,
            Self::Between,
            Self::In,
            Self::IsNull,
            Self::CaseI,
            Self::AccentI,
        ];
        let simple = simple.into_iter();
        let comparisons = Comparison::ALL.iter().map(|c| Self::Compare(*c));
        let spatial = SpatialOp::ALL.iter().map(|o| Self::Spatial(*o));
        let temporal = TemporalOp::ALL.iter().map(|o| Self::Temporal(*o));
        let arrays = ArrayOp::ALL.iter().map(|o| Self::Array(*o));
        let arithmetic = ArithmeticOp::ALL.iter().map(|o| Self::Arithmetic(*o));
        let mut all = simple
            .chain(comparisons)
            .chain(spatial)
            .chain(temporal)
            .chain(arrays)
            .chain(arithmetic);
        all.find(|op| is(op.name()))
    }

    /// Its name in CQL2-JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Not => "not",
            Self::Compare(op) => op.name(),
            Self::Like => "like",
            Self::Between => "between",
            Self::In => "in",
            Self::IsNull => "isNull",
            Self::CaseI => "casei",
            Self::AccentI => "accenti",
            Self::Spatial(op) => op.name(),
            Self::Temporal(op) => op.name(),
            Self::Array(op) => op.name(),
            Self::Arithmetic(op) => op.name(),
        }
    }

    /// How many operands it takes: at least, at most.
    #[must_use]
    pub fn operands(self) -> (usize, usize) {
        match self {
            Self::And | Self::Or => (2, usize::MAX),
            Self::Not | Self::IsNull | Self::CaseI | Self::AccentI => (1, 1),
            Self::Between => (3, 3),
            _ => (2, 2),
        }
    }
}

impl Comparison {
    /// Whether an ordering satisfies it.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}
