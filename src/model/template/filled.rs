//! A template that somebody filled: codes for labels, and what is missing in a row.

use super::super::text::fold;
use super::{ALL, Column, EXAMPLE, Kind, Lang, Need, Template};

/// What a value of a column of codes is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coded {
    /// The column holds no codes, or the value is one as it stands.
    AsItIs,
    /// The label of this code.
    Code(&'static str),
    /// Neither a code nor a label of the column.
    Unknown(&'static Column),
}

/// What a row lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Its owner.
    Owner,
    /// Everything that would give it a place.
    Place,
}

impl Missing {
    /// In English and French: what is missing, and the remedy.
    #[must_use]
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::Owner => [
                "no owner is named: fill the owner's column",
                "le propriétaire n'est pas nommé : remplissez sa colonne",
            ],
            Self::Place => [
                "nothing says where it is: fill the parcels, both coordinates, or the identifier in a layer",
                "rien ne dit où il se trouve : indiquez les parcelles, les deux coordonnées ou l'identifiant dans une couche",
            ],
        }
    }
}

/// A filled template: its columns by their place in the table.
#[derive(Debug, Clone)]
pub struct Filled {
    /// Which it is.
    pub template: &'static Template,
    columns: Vec<Option<&'static Column>>,
}

impl Filled {
    /// The template whose columns, by their canonical names, a table has; `None` for other tables. Where the
    /// place is looked up in another layer stands in every template and in no other table of ours.
    #[must_use]
    pub fn of<'a>(names: impl Iterator<Item = &'a str>) -> Option<Self> {
        let names: Vec<&str> = names.collect();
        let has = |name: &str| names.contains(&name);
        if !(has("acteur") && (has("couche") || has("id_couche"))) {
            return None;
        }
        let count = |t: &Template| t.columns.iter().filter(|c| has(c.name)).count();
        let template = ALL.iter().max_by_key(|t| count(t))?;
        if count(template) * 2 < template.columns.len() {
            return None;
        }
        let column = |name: &&str| template.columns.iter().find(|c| c.name == *name);
        Some(Self {
            template,
            columns: names.iter().map(column).collect(),
        })
    }

    /// Where a column of the template stands in the table.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.is_some_and(|c| c.name == name))
    }

    /// Whether a text in a column is the mark of the template's example row.
    #[must_use]
    pub fn is_mark(&self, column: usize, text: &str) -> bool {
        let first = self.template.columns.first().map(|c| c.name);
        let here = self.columns.get(column).copied().flatten().map(|c| c.name);
        here == first && EXAMPLE.iter().any(|mark| fold(text).starts_with(&fold(mark)))
    }

    /// The code for a text in a column: its label in either language, without case or accents, or the code itself
    /// written in another way.
    #[must_use]
    pub fn code(&self, column: usize, text: &str) -> Coded {
        let Some(column) = self.columns.get(column).copied().flatten() else {
            return Coded::AsItIs;
        };
        let Kind::Codes(codes) = column.kind else {
            return Coded::AsItIs;
        };
        if codes.contains(&text) {
            return Coded::AsItIs;
        }
        let said = fold(text);
        let means = |code: &&&'static str| {
            fold(code) == said || Lang::ALL.into_iter().any(|l| fold(column.label_of(code, l)) == said)
        };
        match codes.iter().find(means) {
            Some(code) => Coded::Code(code),
            None => Coded::Unknown(column),
        }
    }

    /// What a row lacks: `filled` says of a column, by its place, whether something stands in it; `placed`
    /// whether the row has a geometry of its own.
    #[must_use]
    pub fn missing(&self, filled: impl Fn(usize) -> bool, placed: bool) -> Vec<Missing> {
        let mut missing = vec![];
        let of = |need: Need| {
            self.columns
                .iter()
                .enumerate()
                .filter(move |(_, c)| c.is_some_and(|c| c.need == need))
        };
        if !of(Need::Owner).any(|(i, _)| filled(i)) {
            missing.push(Missing::Owner);
        }
        let by_one = of(Need::Place).any(|(i, _)| filled(i));
        let by_both = of(Need::Coordinate).filter(|(i, _)| filled(*i)).count() >= 2;
        if !(placed || by_one || by_both) {
            missing.push(Missing::Place);
        }
        missing
    }
}
