//! Templates: the tables that landlords fill, as data.
//!
//! In: nothing. Out: three tables of columns (reserves, operations, candidates: `docs`, DOMAIN §2), each with its heading in
//! French and English, its help, its codes and an example; and how a filled one is read back: its headings as the
//! domain's column names ([`canonical_headers`]), its labels as codes ([`Filled`]). The workbook itself is
//! written by `encode::workbook`, tables are read by `load`.

mod candidates;
mod column;
mod filled;
mod operations;
mod reserves;

pub use column::{Column, Kind, Lang, Need};
pub use filled::{Coded, Filled, Missing};

use super::role::Role;
use super::schema::plain;

/// The version of the templates, in the mark of each workbook. It changes with their columns.
pub const VERSION: u32 = 1;

/// The hidden sheet that says which template a workbook is: `A1` [`MARK`], `B1` the name, `A2`–`B2` the version,
/// `A3`–`B3` the language.
pub const MARK_SHEET: &str = "terril";

/// What stands first in it.
pub const MARK: &str = "terril-template";

/// How the example row begins: [`Filled::is_mark`] knows it.
const EXAMPLE: [&str; 2] = ["Exemple (fictif)", "Example (fictional)"];

/// Columns of which a table must have this share to be a filled template.
const SHARE: (usize, usize) = (1, 2);

/// A template.
#[derive(Debug)]
pub struct Template {
    /// Its name in addresses and commands.
    pub name: &'static str,
    /// What a filled one is to the territory.
    pub role: Role,
    /// Its title: French, English.
    pub title: [&'static str; 2],
    /// The name of its sheet of data.
    pub sheet: [&'static str; 2],
    /// What it is for.
    pub purpose: [&'static str; 2],
    /// Its columns, in order. The first holds the example's mark.
    pub columns: &'static [Column],
}

/// All templates.
pub static ALL: [Template; 3] = [reserves::TEMPLATE, operations::TEMPLATE, candidates::TEMPLATE];

/// A template by its name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Template> {
    ALL.iter().find(|t| t.name == name)
}

/// The name of the sheet of explanations.
pub const READ_ME: [&str; 2] = ["Lisez-moi", "Read me"];

/// The name of the hidden sheet of lists.
pub const LISTS: [&str; 2] = ["listes", "lists"];

impl Template {
    /// The value of the first column in the example row.
    #[must_use]
    pub fn example_mark(lang: Lang) -> &'static str {
        EXAMPLE[lang as usize]
    }

    /// The column that has a heading, in either language.
    fn column_of(&self, heading: &str) -> Option<&'static Column> {
        let wanted = plain(heading);
        let said = |c: &&Column| [Lang::Fr, Lang::En].into_iter().any(|l| plain(&c.heading(l)) == wanted);
        self.columns.iter().find(said)
    }
}

/// The headings of a filled template as the domain's column names; others stay as they are, and so does a table that is
/// no template. A table is one where it has the owner's heading and half of the template's.
///
/// ```
/// use terril::model::template::{canonical_headers, find, Lang};
/// let template = find("reserves").unwrap();
/// let mut headings: Vec<String> = template.columns.iter().map(|c| c.heading(Lang::Fr)).collect();
/// headings.push("Ma colonne".into());
/// let names = canonical_headers(&headings);
/// assert_eq!((names[2].as_str(), names.last().unwrap().as_str()), ("acteur", "Ma colonne"));
/// ```
#[must_use]
pub fn canonical_headers(headers: &[String]) -> Vec<String> {
    let named = |template: &'static Template| -> Vec<Option<&'static Column>> {
        let mut taken: Vec<&str> = vec![];
        headers
            .iter()
            .map(|h| {
                let column = template.column_of(h).filter(|c| !taken.contains(&c.name))?;
                taken.push(column.name);
                Some(column)
            })
            .collect()
    };
    let count = |columns: &[Option<&Column>]| columns.iter().flatten().count();
    let best = const { &ALL }
        .iter()
        .map(|t| (t, named(t)))
        .max_by_key(|(_, c)| count(c));
    let Some((template, columns)) = best else {
        return headers.to_vec();
    };
    let has_owner = columns.iter().flatten().any(|c| c.need == Need::Owner);
    if !has_owner || count(&columns) * SHARE.1 < template.columns.len() * SHARE.0 {
        return headers.to_vec();
    }
    let name = |(heading, column): (&String, &Option<&Column>)| column.map_or(heading.clone(), |c| c.name.to_owned());
    headers.iter().zip(&columns).map(name).collect()
}

#[cfg(test)]
mod tests;
