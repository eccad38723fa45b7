//! A column of a template.

use super::super::labels;

/// The language of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// French.
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.code() == code)
    }

    /// Of a text in both languages, the one in this.
    #[must_use]
    pub fn pick<'a>(self, both: &[&'a str; 2]) -> &'a str {
        both[self as usize]
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Whole {
        /// The least.
        least: i32,
        /// The most.
        most: i32,
    },
    /// A number.
    Decimal {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// A day.
    Date,
    /// One of these codes, shown by their labels (`model::labels`).
    Codes(&'static [&'static str]),
}

/// Whether a column has to be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may stay empty.
    No,
    /// The owner: always.
    Owner,
    /// A place by itself: one such column has to be filled.
    Place,
    /// A place together with the others of this kind.
    Coordinate,
}

/// A column. Texts are in French and English.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// The domain's name, by which it is served.
    pub name: &'static str,
    /// Its heading, without the unit.
    pub label: [&'static str; 2],
    /// Its unit.
    pub unit: Option<&'static str>,
    /// What to write, and how.
    pub help: [&'static str; 2],
    /// What it holds.
    pub kind: Kind,
    /// Whether it has to be filled.
    pub need: Need,
    /// Its value in the example row, as a person writes it: a code for codes.
    pub example: [&'static str; 2],
}

impl Column {
    /// A column of text that may stay empty, to be completed.
    pub(super) const fn text(name: &'static str, label: [&'static str; 2], help: [&'static str; 2]) -> Self {
        Self {
            name,
            label,
            unit: None,
            help,
            kind: Kind::Text,
            need: Need::No,
            example: ["", ""],
        }
    }

    pub(super) const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    pub(super) const fn in_unit(self, unit: &'static str) -> Self {
        Self {
            unit: Some(unit),
            ..self
        }
    }

    pub(super) const fn needed(self, need: Need) -> Self {
        Self { need, ..self }
    }

    pub(super) const fn like(self, fr: &'static str, en: &'static str) -> Self {
        Self {
            example: [fr, en],
            ..self
        }
    }

    /// Its heading with the unit: `Surface déclarée (m²)`. The owner's carries a star.
    #[must_use]
    pub fn heading(&self, lang: Lang) -> String {
        let label = lang.pick(&self.label);
        let star = if self.need == Need::Owner { " *" } else { "" };
        match self.unit {
            Some(unit) => format!("{label} ({unit}){star}"),
            None => format!("{label}{star}"),
        }
    }

    /// Its codes; none where it holds something else.
    #[must_use]
    pub fn codes(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Codes(codes) => codes,
            _ => &[],
        }
    }

    /// What a code of this column is called; the code itself where no table has it.
    #[must_use]
    pub fn label_of(&self, code: &'static str, lang: Lang) -> &'static str {
        match (labels::of_value(self.name, code), lang) {
            (Some(label), Lang::Fr) => &label.fr,
            (Some(label), Lang::En) => &label.en,
            (None, _) => code,
        }
    }
}
