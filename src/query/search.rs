//! Places and layers by name, without case or accents.

use super::select::Cancelled;
use super::view::{Row, View};
use crate::model::feature::ValueRef;
use crate::model::role::Role;
use crate::model::text::fold;

/// Fields that hold a feature's name, best first.
const NAME_FIELDS: [&str; 8] = [
    "nom",
    "name",
    "libelle",
    "lib_qp",
    "nom_com",
    "titre",
    "title",
    "designation",
];

/// The field that names a layer's features.
#[must_use]
pub fn name_field(view: &View) -> Option<usize> {
    let configured = view.info().fields.get("name").and_then(|f| view.field(f));
    let known = || {
        NAME_FIELDS
            .iter()
            .find_map(|n| view.fields().iter().position(|f| f.name.eq_ignore_ascii_case(n)))
    };
    configured.or_else(known)
}

/// How well a name answers: the whole name, its start, the start of one of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// The whole name.
    Whole,
    /// It starts so.
    Start,
    /// One of its words starts so.
    Word,
}

/// How a name answers a folded question; `None` where it does not.
#[must_use]
pub fn match_name(name: &str, folded_question: &str) -> Option<Match> {
    let name = fold(name);
    if name == folded_question {
        return Some(Match::Whole);
    }
    let at = name.match_indices(folded_question).map(|(i, _)| i);
    at.filter(|&i| i == 0 || name.as_bytes()[i - 1] == b' ')
        .map(|i| if i == 0 { Match::Start } else { Match::Word })
        .min()
}

/// Features of a view whose name answers, best first, then by name and id.
///
/// # Errors
/// When called off.
pub fn features<'a>(
    view: &'a View,
    folded_question: &str,
    limit: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<(Match, &'a str, Row)>, Cancelled> {
    let Some(field) = name_field(view) else {
        return Ok(vec![]);
    };
    let mut found = vec![];
    for (i, row) in view.rows().into_iter().enumerate() {
        if i % 256 == 0 && cancelled() {
            return Err(Cancelled);
        }
        if let ValueRef::Text(name) = view.value(row, field)
            && let Some(how) = match_name(name, folded_question)
        {
            found.push((how, name, row));
        }
    }
    found.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    found.truncate(limit);
    Ok(found)
}

/// Whether a layer's features are places that people search by name: territories first of all,
/// then everything that is not as numerous and nameless as parcels.
#[must_use]
pub fn is_searched(view: &View) -> bool {
    view.info().role != Some(Role::Parcel) && name_field(view).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_answer_without_case_or_accents() {
        let check = |name: &str, question: &str, expected| assert_eq!(match_name(name, &fold(question)), expected);
        check("Liévin", "lievin", Some(Match::Whole));
        check("Nœux-les-Mines", "NOEUX", Some(Match::Start));
        check("Sains-en-Gohelle", "gohelle", Some(Match::Word));
        check("Loos-en-Gohelle", "hell", None);
        check("Éleu-dit-Leauwette", "dit l", Some(Match::Word));
    }
}
