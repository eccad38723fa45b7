//! The catalogue: entries by id, the one built in and those of other files laid over it.
//!
//! In: TOML. Out: [`Entry`]s, checked: known keys, a known kind, addresses that are http(s). Not here: asking them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::template;
use crate::model::layer::Nature;
use crate::model::role::{Label, Role};

/// The catalogue that is part of the program.
const BUILT_IN: &str = include_str!("../../data/catalogue.toml");

/// Features of a page of a WFS, where the entry does not say.
const PAGE: usize = 1000;

/// Why a catalogue is refused.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// It is no TOML, has an unknown key, or a value of the wrong kind.
    #[error("{name} is no catalogue")]
    Toml {
        /// The file.
        name: String,
        /// Where and why.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// An entry that can't be asked.
    #[error("{name}: entry \"{entry}\": {reason}")]
    Entry {
        /// The file.
        name: String,
        /// The entry's id.
        entry: String,
        /// What is wrong.
        reason: String,
    },
}

/// How an entry is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One answer is the data.
    File,
    /// One answer, of a service that may give less than there is.
    Api,
    /// A WFS 2.0, page by page.
    Wfs,
}

/// Which features of an answer are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Select {
    /// Those whose box meets the territory's.
    Bbox,
    /// Those whose field `code` is one of the territory's communes.
    Commune,
}

/// Some open data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name, in French and English.
    pub title: Label,
    /// One or two sentences.
    pub description: Option<Label>,
    /// The address, with `{names}`.
    pub url: String,
    /// How it is asked.
    pub kind: Kind,
    /// The layer of a WFS.
    pub typename: Option<String>,
    /// Features of a page of a WFS.
    #[serde(default = "page")]
    pub count: usize,
    /// Whether a WFS is asked for the territory only.
    #[serde(default = "yes")]
    pub bbox: bool,
    /// The most features that the service gives.
    pub cap: Option<usize>,
    /// How the name of the file inside a zip ends.
    pub inside: Option<String>,
    /// Which features are kept.
    pub select: Option<Select>,
    /// The field of the commune's code, for `select = "commune"`.
    pub code: Option<String>,
    /// Whether Paris, Lyon and Marseille stand in it by arrondissement.
    #[serde(default)]
    pub arrondissements: bool,
    /// The départements that it holds for; all where empty.
    #[serde(default)]
    pub only_in: Vec<String>,
    /// The entry to ask where this one has nothing or not all.
    pub otherwise: Option<String>,
    /// Names under which entries are brought together.
    #[serde(default)]
    pub sets: Vec<String>,
    /// What parameters are where nobody says.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
    /// What the layer is to the territory.
    pub role: Option<Role>,
    /// Observed, schematic or made up.
    pub nature: Option<Nature>,
    /// The field that ids come from.
    pub id: Option<String>,
    /// The CRS, where the data do not say it.
    pub crs: Option<String>,
    /// Whether all of it may be shown to everyone, owners' names included.
    #[serde(default)]
    pub public: bool,
    /// Domain field → source field.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Who made it, and who hands it out.
    pub producer: String,
    /// Under which licence.
    pub licence: String,
    /// Where the licence stands.
    pub licence_url: Option<String>,
    /// The line that maps must show.
    pub attribution: String,
    /// Of when it is.
    pub vintage: Option<String>,
}

/// Which entries tell communes and their neighbours.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Territory {
    /// The entry of outlines of communes, by département.
    pub outlines: String,
    /// The field of a commune's code.
    pub code: String,
    /// The field of a commune's name.
    pub name: String,
    /// The entry of outlines of départements.
    pub departments: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    territory: Option<Territory>,
    #[serde(default)]
    entry: BTreeMap<String, Entry>,
}

/// Entries by id.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Which entries tell communes and their neighbours.
    pub territory: Territory,
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
}

impl Catalogue {
    /// The catalogue of the program, with others laid over it, each with its name.
    ///
    /// # Errors
    /// One that can't be understood, or an entry that can't be asked.
    pub fn with(others: &[(String, String)]) -> Result<Self, CatalogueError> {
        let built_in = ("the catalogue".to_owned(), BUILT_IN.to_owned());
        let mut territory = None;
        let mut entries = BTreeMap::new();
        for (name, text) in std::iter::once(&built_in).chain(others) {
            let file: File = toml::from_str(text).map_err(|cause| CatalogueError::Toml {
                name: name.clone(),
                cause: Box::new(cause),
            })?;
            for (id, entry) in &file.entry {
                check(id, entry).map_err(|reason| CatalogueError::Entry {
                    name: name.clone(),
                    entry: id.clone(),
                    reason,
                })?;
            }
            territory = file.territory.or(territory);
            entries.extend(file.entry);
        }
        let lacks = |entry: &str, reason: &str| CatalogueError::Entry {
            name: others.last().map_or_else(|| built_in.0.clone(), |o| o.0.clone()),
            entry: entry.to_owned(),
            reason: reason.to_owned(),
        };
        let territory = territory.ok_or_else(|| lacks("territory", "is missing"))?;
        let catalogue = Self { territory, entries };
        let named = [&catalogue.territory.outlines, &catalogue.territory.departments];
        let otherwise = catalogue.entries.values().filter_map(|e| e.otherwise.as_ref());
        for id in named.into_iter().chain(otherwise) {
            if !catalogue.entries.contains_key(id) {
                return Err(lacks(id, "is named, but stands nowhere"));
            }
        }
        Ok(catalogue)
    }

    /// The entries of a set, by id.
    pub fn set(&self, name: &str) -> impl Iterator<Item = (&String, &Entry)> {
        self.entries
            .iter()
            .filter(move |(_, e)| e.sets.iter().any(|s| s == name))
    }

    /// The names of all sets.
    #[must_use]
    pub fn sets(&self) -> Vec<&str> {
        let mut sets: Vec<&str> = self
            .entries
            .values()
            .flat_map(|e| &e.sets)
            .map(String::as_str)
            .collect();
        sets.sort_unstable();
        sets.dedup();
        sets
    }

    /// The id or set whose name is nearest to one that is not there.
    #[must_use]
    pub fn nearest(&self, name: &str) -> &str {
        let known = self.entries.keys().map(String::as_str).chain(self.sets());
        known
            .min_by_key(|k| strsim::damerau_levenshtein(k, name))
            .unwrap_or_default()
    }
}

fn page() -> usize {
    PAGE
}

fn yes() -> bool {
    true
}

/// What is wrong with an entry.
fn check(id: &str, entry: &Entry) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || !id.chars().all(plain) {
        return Err("its id may have a–z, 0–9 and -; it names the file and the layer".into());
    }
    if !entry.url.starts_with("https://") && !entry.url.starts_with("http://") {
        return Err(format!("\"{}\" is no address of the web", entry.url));
    }
    template::names(&entry.url)?;
    match (entry.kind, &entry.typename) {
        (Kind::Wfs, None) => return Err("a WFS needs its typename".into()),
        (Kind::File | Kind::Api, Some(_)) => return Err("typename is for kind = \"wfs\"".into()),
        _ => {}
    }
    if entry.select == Some(Select::Commune) && entry.code.is_none() {
        return Err("select = \"commune\" needs code, the field of the commune's code".into());
    }
    if entry.count == 0 {
        return Err("count has to be at least 1".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_whole() {
        let catalogue = Catalogue::with(&[]).unwrap();
        assert!(catalogue.entries.len() >= 20);
        let brought: Vec<_> = catalogue.set("territoire").map(|(id, _)| id.as_str()).collect();
        for id in [
            "communes",
            "cadastre-parcelles",
            "cadastre-batiments",
            "qpv",
            "plu-zones",
            "mbm-cites-erbm",
        ] {
            assert!(brought.contains(&id), "{id} is not in {brought:?}");
        }
        for (id, entry) in &catalogue.entries {
            assert!(!entry.licence.is_empty() && !entry.attribution.is_empty(), "{id}");
            assert!(entry.url.starts_with("https://"), "{id}");
        }
    }

    #[test]
    fn another_file_adds_and_replaces() {
        let text = "[entry.qpv]\ntitle = { fr = \"Q\", en = \"Q\" }\nurl = \"https://exemple.fr/{departement}.geojson\"\nkind = \"file\"\n\
                    producer = \"p\"\nlicence = \"l\"\nattribution = \"a\"\n[entry.mine]\ntitle = { fr = \"M\", en = \"M\" }\n\
                    url = \"https://exemple.fr/x\"\nkind = \"api\"\nproducer = \"p\"\nlicence = \"l\"\nattribution = \"a\"\n";
        let catalogue = Catalogue::with(&[("mine.toml".into(), text.into())]).unwrap();
        assert_eq!(catalogue.entries["qpv"].title.fr, "Q");
        assert!(catalogue.entries.contains_key("mine") && catalogue.entries.contains_key("communes"));
        assert_eq!(catalogue.nearest("cadastre-parcels"), "cadastre-parcelles");
        assert_eq!(catalogue.nearest("territory"), "territoire");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let head =
            "[entry.x]\ntitle = { fr = \"M\", en = \"M\" }\nproducer = \"p\"\nlicence = \"l\"\nattribution = \"a\"\n";
        let check = |more: &str, expected: &str| {
            let error = Catalogue::with(&[("mine.toml".into(), format!("{head}{more}"))]).unwrap_err();
            let chain = format!("{:#}", anyhow::Error::new(error));
            assert!(chain.contains("mine.toml") && chain.contains(expected), "{chain}");
        };
        check("url = \"file:///etc/passwd\"\nkind = \"file\"", "no address of the web");
        check("url = \"https://a/{b\"\nkind = \"file\"", "brace");
        check("url = \"https://a/b\"\nkind = \"wfs\"", "typename");
        check("url = \"https://a/b\"\nkind = \"ftp\"", "unknown variant");
        check(
            "url = \"https://a/b\"\nkind = \"file\"\nlicense = \"x\"",
            "unknown field `license`",
        );
        check(
            "url = \"https://a/b\"\nkind = \"file\"\notherwise = \"nobody\"",
            "stands nowhere",
        );
    }
}
