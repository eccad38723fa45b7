//! What a version changed: ids of features that were added, removed and changed, page by page.
//!
//! The pages go through those added, then those removed, then those changed, each by id.

use serde_json::{Value, json};

use super::super::ask::Ask;
use super::super::error::ApiError;
use super::super::links::{Base, HTML, JSON};
use super::super::negotiate::Format;
use super::super::page::address;
use super::super::params::{shortened, whole_number};
use super::super::question::{DEFAULT_LIMIT, MAX_LIMIT};
use super::link;
use crate::encode::changes::{self, Line};
use crate::model::role::Language;
use crate::query::diff::Pair;
use crate::query::view::{Row, View};
use crate::serve::versions::{Compared, Listed};

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Added,
    Removed,
    Changed,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Added, Self::Removed, Self::Changed];

    fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }

    fn label(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Added, Language::French) => "ajoutée",
            (Self::Removed, Language::French) => "supprimée",
            (Self::Changed, Language::French) => "modifiée",
            (_, Language::English) => self.name(),
        }
    }
}

/// Names of the kinds, as `kind` takes them.
pub(in crate::http) const KINDS: [&str; 3] = ["added", "removed", "changed"];

/// Which changes are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    kind: Option<Kind>,
    offset: usize,
    limit: usize,
}

impl Choice {
    /// Takes `kind`, `limit` and `offset`; a table has all rows where no limit is said.
    pub(super) fn take(ask: &mut Ask, format: Format) -> Result<Self, ApiError> {
        let kind = ask.params.take("kind").map(|name| {
            let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
            found.ok_or_else(|| {
                let reason = format!(
                    "\"{}\" is no kind of change; use {}",
                    shortened(&name),
                    KINDS.join(", ")
                );
                ApiError::parameter("kind", reason)
            })
        });
        let limit = ask.params.take("limit").map(|text| whole_number("limit", &text, 1));
        let offset = ask.params.take("offset").map(|text| whole_number("offset", &text, 0));
        ask.params.finish(&["f", "lang", "kind", "limit", "offset"])?;
        let most = if format == Format::Csv { u64::MAX } else { DEFAULT_LIMIT };
        let limit = limit.transpose()?.map_or(most, |n| n.min(MAX_LIMIT));
        Ok(Self {
            kind: kind.transpose()?,
            offset: usize::try_from(offset.transpose()?.unwrap_or(0)).unwrap_or(usize::MAX),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
        })
    }

    fn address(&self, path: &str, offset: usize, f: Option<&str>) -> String {
        let kind = self.kind.map(|kind| ("kind".to_owned(), kind.name().to_owned()));
        let limit = Some(self.limit)
            .filter(|limit| *limit != DEFAULT_LIMIT as usize)
            .map(|limit| ("limit".to_owned(), limit.to_string()));
        let offset = (offset > 0).then(|| ("offset".to_owned(), offset.to_string()));
        let f = f.map(|f| ("f".to_owned(), f.to_owned()));
        address(path, kind.into_iter().chain(limit).chain(offset).chain(f))
    }
}

/// One change.
#[derive(Debug, Clone, Copy)]
enum Change {
    Added(Row),
    Removed(Row),
    Changed(Row, Row),
}

/// How many changes of the kind asked for there are, and the page of them.
fn page(compared: &Compared, choice: &Choice) -> (usize, Vec<Change>) {
    let diff = &compared.diff;
    let wanted = |kind: Kind| choice.kind.is_none_or(|only| only == kind);
    let lengths = [diff.added.len(), diff.removed.len(), diff.changed.len()];
    let shown = [0, 1, 2].map(|i| if wanted(Kind::ALL[i]) { lengths[i] } else { 0 });
    let total: usize = shown.iter().sum();
    let end = choice.offset.saturating_add(choice.limit).min(total);
    let at = |position: usize| {
        if position < shown[0] {
            Change::Added(diff.added[position])
        } else if position < shown[0] + shown[1] {
            Change::Removed(diff.removed[position - shown[0]])
        } else {
            let (before, after) = diff.changed[position - shown[0] - shown[1]];
            Change::Changed(before, after)
        }
    };
    (total, (choice.offset.min(end)..end).map(at).collect())
}

/// Adds a page of changes to a version's document.
pub(super) fn add(
    entry: &mut Value,
    base: &Base,
    list: &str,
    choice: &Choice,
    compared: Option<&Compared>,
    earlier: Option<&Listed>,
) {
    let own = own_path(entry, list);
    let Some(compared) = compared else {
        entry["numberMatched"] = json!(0);
        entry["numberReturned"] = json!(0);
        ["added", "removed", "changed"]
            .iter()
            .for_each(|name| entry[*name] = json!([]));
        return;
    };
    let (matched, changes) = page(compared, choice);
    let pair = Pair::of(&compared.earlier, &compared.later);
    let (mut added, mut removed, mut changed) = (vec![], vec![], vec![]);
    let id = |view: &View, row: Row| json!(view.id(row).to_owned());
    for change in &changes {
        match *change {
            Change::Added(row) => added.push(id(&compared.later, row)),
            Change::Removed(row) => removed.push(id(&compared.earlier, row)),
            Change::Changed(before, after) => {
                let what = pair.changes(before, after);
                changed.push(json!({
                    "id": id(&compared.later, after), "geometry": what.geometry, "fields": what.fields,
                }));
            }
        }
    }
    entry["diff"]["fieldsAdded"] = json!(pair.fields_added());
    entry["diff"]["fieldsRemoved"] = json!(pair.fields_removed());
    entry["numberMatched"] = json!(matched);
    entry["numberReturned"] = json!(changes.len());
    entry["added"] = added.into();
    entry["removed"] = removed.into();
    entry["changed"] = changed.into();
    let mut more = vec![];
    if let Some(earlier) = earlier {
        let version = &earlier.glimpse.version;
        let items = super::items_path(&compared.later, version);
        more.push(link(base, "predecessor-version", JSON, &items, "The features before"));
    }
    let end = choice.offset.saturating_add(changes.len());
    if end < matched {
        more.push(link(
            base,
            "next",
            JSON,
            &choice.address(&own, end, None),
            "The next page",
        ));
    }
    if choice.offset > 0 {
        let back = choice.offset.min(matched).saturating_sub(choice.limit);
        more.push(link(
            base,
            "prev",
            JSON,
            &choice.address(&own, back, None),
            "The page before",
        ));
    }
    if let Some(links) = entry["links"].as_array_mut() {
        for (rel, f) in [("self", None), ("alternate", Some("html"))] {
            let kind = if f.is_some() { HTML } else { JSON };
            let found = links.iter_mut().find(|l| l["rel"] == rel && l["type"] == kind);
            if let Some(found) = found {
                found["href"] = json!(base.url(&choice.address(&own, choice.offset, f)));
            }
        }
        links.extend(more);
    }
}

/// The path of a version's document, from its own link.
fn own_path(entry: &Value, list: &str) -> String {
    let own = entry["links"][0]["href"].as_str().unwrap_or_default();
    let last = own.rsplit('/').next().unwrap_or_default();
    format!("{list}/{last}")
}

/// The changes that are asked for, as a table.
pub(super) fn table(compared: Option<&Compared>, choice: &Choice, language: Language) -> Vec<u8> {
    let Some(compared) = compared else {
        return changes::table(std::iter::empty(), language);
    };
    let pair = Pair::of(&compared.earlier, &compared.later);
    let line = |change: Change| match change {
        Change::Added(row) => Line {
            id: compared.later.id(row).to_string(),
            change: Kind::Added.label(language),
            geometry: None,
            fields: vec![],
        },
        Change::Removed(row) => Line {
            id: compared.earlier.id(row).to_string(),
            change: Kind::Removed.label(language),
            geometry: None,
            fields: vec![],
        },
        Change::Changed(before, after) => {
            let what = pair.changes(before, after);
            Line {
                id: compared.later.id(after).to_string(),
                change: Kind::Changed.label(language),
                geometry: Some(what.geometry),
                fields: what.fields,
            }
        }
    };
    changes::table(page(compared, choice).1.into_iter().map(line), language)
}
