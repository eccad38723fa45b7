//! `terril.toml`: titles, roles, fields, provenance and public views of layers; options of `serve`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use toml::Table;

use super::actors::{self, ActorError, ActorTable};
use super::joins::{DERIVED_KEYS, DerivedTable, JOIN_KEYS, JoinTable};
use super::keys;
use crate::load::TableSettings;
use crate::load::remote::Remotes;
use crate::model::actor::Registry;
use crate::model::feature::{Field, FieldType};
use crate::model::layer::{LayerId, LayerInfo, Nature, PublicView};
use crate::model::predicate::Predicate;
use crate::model::role::{Label, Role};
use crate::model::schema;
use crate::query::cql2::{self, FilterError};
use crate::serve::state::BaseMap;

/// The name that is looked for in the folders served.
const FILE_NAME: &str = "terril.toml";

const TOP_KEYS: [&str; 14] = [
    "title",
    "host",
    "port",
    "state",
    "memory",
    "watch",
    "versions",
    "public_url",
    "trust_proxy",
    "base_map",
    "layer",
    "derived",
    "actor",
    "source",
];
const LAYER_KEYS: [&str; 13] = [
    "title",
    "description",
    "role",
    "nature",
    "id",
    "crs",
    "source",
    "licence",
    "attribution",
    "fields",
    "public",
    "join",
    "table",
];
const TABLE_KEYS: [&str; 8] = [
    "sheet",
    "header",
    "delimiter",
    "encoding",
    "x",
    "y",
    "geometry",
    "crs_field",
];
const SOURCE_KEYS: [&str; 1] = ["url"];
const PUBLIC_KEYS: [&str; 2] = ["where", "fields"];

/// Why the configuration is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("{path} can't be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It is not TOML, or a value is of the wrong kind.
    #[error("{path} is wrong")]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        cause: Box<toml::de::Error>,
    },
    /// A key that is not known.
    #[error("\"{key}\" is not a key of terril.toml; did you mean \"{nearest}\"?")]
    UnknownKey {
        /// The key, with the tables around it.
        key: String,
        /// The nearest that is known.
        nearest: String,
    },
    /// A body that can't be what is said of it.
    #[error("actor.{id} is wrong")]
    Actor {
        /// Its id.
        id: String,
        /// Why.
        #[source]
        cause: ActorError,
    },
    /// A public view whose filter is wrong.
    #[error("layer.{layer}.public.where is wrong")]
    Filter {
        /// The layer.
        layer: String,
        /// Why.
        #[source]
        cause: FilterError,
    },
    /// Two files say different things of one layer.
    #[error("layer \"{0}\" stands in two configuration files; leave it in one")]
    Twice(String),
    /// Two files say where different sources of one name are.
    #[error("source \"{0}\" stands in two configuration files; leave it in one")]
    SourceTwice(String),
}

/// A text in one or two languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Text {
    Same(String),
    Both { fr: String, en: String },
}

impl From<Text> for Label {
    fn from(text: Text) -> Self {
        match text {
            Text::Same(text) => Self::same(&text),
            Text::Both { fr, en } => Self { fr, en },
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct File {
    title: Option<Text>,
    host: Option<String>,
    port: Option<u16>,
    state: Option<PathBuf>,
    memory: Option<String>,
    watch: Option<bool>,
    versions: Option<usize>,
    public_url: Option<String>,
    trust_proxy: Option<String>,
    base_map: Option<BaseMap>,
    #[serde(default)]
    layer: BTreeMap<String, LayerTable>,
    #[serde(default)]
    derived: BTreeMap<String, DerivedTable>,
    #[serde(default)]
    actor: BTreeMap<String, ActorTable>,
    #[serde(default)]
    source: BTreeMap<String, SourceTable>,
}

/// A source by address.
#[derive(Deserialize)]
struct SourceTable {
    url: String,
}

impl std::fmt::Debug for SourceTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It may hold a password.
        f.write_str("SourceTable")
    }
}

#[derive(Debug, Clone, Deserialize)]
struct LayerTable {
    title: Option<Text>,
    description: Option<Text>,
    role: Option<Role>,
    nature: Option<Nature>,
    id: Option<String>,
    crs: Option<String>,
    source: Option<String>,
    licence: Option<String>,
    attribution: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    public: Option<PublicTable>,
    join: Option<JoinTable>,
    #[serde(default)]
    table: TableSettings,
}

#[derive(Debug, Clone, Deserialize)]
struct PublicTable {
    #[serde(rename = "where")]
    rows: Option<String>,
    fields: Option<Vec<String>>,
}

/// The configuration, read and checked.
#[derive(Debug, Default)]
pub struct Config {
    /// The service's title.
    pub title: Option<Label>,
    /// Address to listen on.
    pub host: Option<String>,
    /// Port to listen on.
    pub port: Option<u16>,
    /// State folder.
    pub state: Option<PathBuf>,
    /// Memory for layers.
    pub memory: Option<String>,
    /// Whether sources are looked at all the time.
    pub watch: Option<bool>,
    /// Versions of each layer that are kept.
    pub versions: Option<usize>,
    /// The address that links start with.
    pub public_url: Option<String>,
    /// Proxies whose headers make the links.
    pub trust_proxy: Option<String>,
    /// A base map from elsewhere.
    pub base_map: Option<BaseMap>,
    /// Layers made of layers, by id.
    pub derived: BTreeMap<String, DerivedTable>,
    /// The bodies that are known, built in and configured.
    pub actors: Registry,
    layers: BTreeMap<String, (LayerTable, Option<Predicate>)>,
    sources: BTreeMap<String, SourceTable>,
}

impl Config {
    /// Reads the file named, or `terril.toml` in each folder of `paths`.
    ///
    /// # Errors
    /// A file that can't be read, is no TOML, has unknown keys or wrong values.
    pub fn find(named: Option<&Path>, paths: &[PathBuf]) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        let files: Vec<PathBuf> = match named {
            Some(file) => vec![file.to_owned()],
            None => paths
                .iter()
                .map(|p| p.join(FILE_NAME))
                .filter(|p| p.is_file())
                .collect(),
        };
        for file in files {
            config.add(&file)?;
        }
        Ok(config)
    }

    fn add(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Read {
            path: path.to_owned(),
            cause,
        })?;
        let wrong = |mut cause: toml::de::Error| {
            // It quotes the line where it is.
            cause.set_input(Some(&without_addresses(&text)));
            ConfigError::Toml {
                path: path.to_owned(),
                cause: Box::new(cause),
            }
        };
        let table: Table = text.parse().map_err(wrong)?;
        check_keys(&table)?;
        let file: File = toml::from_str(&text).map_err(wrong)?;
        self.title = self.title.take().or(file.title.map(Label::from));
        self.host = self.host.take().or(file.host);
        self.port = self.port.or(file.port);
        self.state = self.state.take().or(file.state);
        self.memory = self.memory.take().or(file.memory);
        self.watch = self.watch.or(file.watch);
        self.versions = self.versions.or(file.versions);
        self.public_url = self.public_url.take().or(file.public_url);
        self.trust_proxy = self.trust_proxy.take().or(file.trust_proxy);
        self.base_map = self.base_map.take().or(file.base_map);
        actors::add(&mut self.actors, file.actor).map_err(|(id, cause)| ConfigError::Actor { id, cause })?;
        for (id, table) in file.derived {
            if self.derived.insert(id.clone(), table).is_some() {
                return Err(ConfigError::Twice(id));
            }
        }
        for (name, source) in file.source {
            if self.sources.insert(name.clone(), source).is_some() {
                return Err(ConfigError::SourceTwice(name));
            }
        }
        for (id, layer) in file.layer {
            let text = layer.public.as_ref().and_then(|p| p.rows.as_deref());
            let rows = text.map(cql2::parse_text).transpose();
            let rows = rows.map_err(|cause| ConfigError::Filter {
                layer: id.clone(),
                cause,
            })?;
            if self.layers.insert(id.clone(), (layer, rows)).is_some() {
                return Err(ConfigError::Twice(id));
            }
        }
        Ok(())
    }

    /// Paths without the addresses among them and with those that it names, each in the form that may be shown.
    ///
    /// # Errors
    /// What is no address; it is named, and never what it says.
    pub fn addresses(&self, paths: &[PathBuf]) -> anyhow::Result<(Vec<PathBuf>, Remotes)> {
        let mut remotes = Remotes::default();
        let mut paths = remotes.take(paths)?;
        for (name, source) in &self.sources {
            let added = remotes.add(&source.url, Some(name));
            paths.push(added.with_context(|| format!("source.{name}.url is wrong"))?);
        }
        Ok((paths, remotes))
    }

    /// The layers that it names.
    pub fn layer_ids(&self) -> impl Iterator<Item = &str> {
        self.layers.keys().map(String::as_str)
    }

    /// Id field, role and CRS of a layer, as far as they are configured.
    #[must_use]
    pub fn reading(&self, id: &str) -> (Option<String>, Option<Role>, Option<String>) {
        self.layers
            .get(id)
            .map_or((None, None, None), |(l, _)| (l.id.clone(), l.role, l.crs.clone()))
    }

    /// How a layer joins others, where the configuration says it.
    #[must_use]
    pub fn join(&self, id: &str) -> Option<&JoinTable> {
        self.layers.get(id)?.0.join.as_ref()
    }

    /// How a layer's table is to be read.
    #[must_use]
    pub fn table(&self, id: &str) -> TableSettings {
        self.layers
            .get(id)
            .map(|(layer, _)| layer.table.clone())
            .unwrap_or_default()
    }

    /// What is said of a layer, its role and the meaning of its fields guessed where they are not configured.
    #[must_use]
    pub fn info(&self, id: LayerId, fields: &[Field]) -> LayerInfo {
        let mut info = LayerInfo::new(id);
        if let Some((layer, rows)) = self.layers.get(info.id.as_str()) {
            let layer = layer.clone();
            info.title = layer.title.map_or(info.title, Label::from);
            info.description = layer.description.map(Label::from);
            info.role = layer.role;
            info.nature = layer.nature.unwrap_or_default();
            info.fields = layer.fields;
            info.source = layer.source;
            info.licence = layer.licence;
            info.attribution = layer.attribution;
            info.public = layer.public.map(|p| PublicView {
                rows: rows.clone(),
                fields: p.fields,
            });
        }
        guess(&mut info, fields);
        info
    }
}

/// Fills in what the configuration does not say, from the fields that everyone may see: the guess is
/// public, and must not tell of the others.
fn guess(info: &mut LayerInfo, fields: &[Field]) {
    let shown = info.public.as_ref().and_then(|p| p.fields.clone());
    let visible = |f: &&Field| shown.as_ref().is_none_or(|names| names.contains(&f.name));
    let fields: Vec<&Field> = fields.iter().filter(visible).collect();
    let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
    let found = schema::recognise(info.id.as_str(), &names);
    info.schema = found.schema;
    if info.role.is_none() {
        info.role = found.role;
        info.role_guessed = info.role.is_some();
    }
    for guess in found.fields {
        let kind = fields.iter().find(|f| f.name == guess.source).map(|f| f.kind);
        let said = info.fields.get(guess.domain);
        if let Some(unit) = guess.unit.filter(|_| said.is_none_or(|f| *f == guess.source)) {
            info.units.insert(guess.domain.to_owned(), unit.to_string());
        }
        if said.is_none() && kind.is_some_and(|kind| may_be(guess.domain, kind)) {
            info.fields_guessed.insert(guess.domain.to_owned());
            info.fields.insert(guess.domain.to_owned(), guess.source);
        }
    }
}

/// Whether a guess holds for values of a type: times are read from years and days, and a layer's extent in time
/// and the answers to `datetime` hang on them.
fn may_be(domain: &str, kind: FieldType) -> bool {
    match domain {
        "start" | "end" | "time" => matches!(kind, FieldType::Int | FieldType::Date | FieldType::DateTime),
        _ => true,
    }
}

/// A text of the same length in which addresses can't be read: they may hold passwords.
fn without_addresses(text: &str) -> String {
    let hidden = |line: &str| match line.find("://") {
        Some(at) => format!(
            "{}{}",
            &line[..at + 3],
            "*".repeat(line.trim_end().len().saturating_sub(at + 3))
        ),
        None => line.to_owned(),
    };
    let lines: Vec<String> = text.split('\n').map(hidden).collect();
    lines.join("\n")
}

fn check_keys(table: &Table) -> Result<(), ConfigError> {
    keys::check(table, "", &TOP_KEYS)?;
    actors::check_keys(table)?;
    let layers = table.get("layer").and_then(|l| l.as_table());
    for (id, layer) in layers.into_iter().flatten() {
        let Some(layer) = layer.as_table() else { continue };
        keys::check(layer, &format!("layer.{id}."), &LAYER_KEYS)?;
        if let Some(public) = layer.get("public").and_then(|p| p.as_table()) {
            keys::check(public, &format!("layer.{id}.public."), &PUBLIC_KEYS)?;
        }
        if let Some(join) = layer.get("join").and_then(|p| p.as_table()) {
            keys::check(join, &format!("layer.{id}.join."), &JOIN_KEYS)?;
        }
        if let Some(table) = layer.get("table").and_then(|t| t.as_table()) {
            keys::check(table, &format!("layer.{id}.table."), &TABLE_KEYS)?;
        }
    }
    let sources = table.get("source").and_then(|l| l.as_table());
    for (name, source) in sources.into_iter().flatten() {
        if let Some(source) = source.as_table() {
            keys::check(source, &format!("source.{name}."), &SOURCE_KEYS)?;
        }
    }
    let derived = table.get("derived").and_then(|l| l.as_table());
    for (id, derived) in derived.into_iter().flatten() {
        if let Some(derived) = derived.as_table() {
            keys::check(derived, &format!("derived.{id}."), &DERIVED_KEYS)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), text).unwrap();
        Config::find(None, &[folder.path().to_owned()])
    }

    #[test]
    fn a_layer_is_described() {
        let config = read(
            "title = { fr = \"A\", en = \"B\" }\n[layer.r]\nrole = \"land-reserve\"\nnature = \"seed\"\n\
             [layer.r.fields]\nowner = \"acteur\"\n[layer.r.public]\nwhere = \"x = 1\"\nfields = [\"nom\"]\n",
        )
        .unwrap();
        let info = config.info(LayerId::from_name("r"), &[]);
        assert_eq!((info.role, info.nature), (Some(Role::LandReserve), Nature::Seed));
        assert!(info.public.unwrap().rows.is_some());
        assert_eq!(config.title.unwrap().en, "B");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let check = |text: &str, expected: &str| {
            let error = anyhow::Error::new(read(text).unwrap_err());
            let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
            assert!(chain.join(" / ").contains(expected), "{chain:?}");
        };
        check("prot = 1", "did you mean \"port\"");
        check("[layer.r]\nrolle = \"x\"", "\"layer.r.rolle\" is not a key");
        check("[layer.r.public]\nwhen = \"x\"", "did you mean \"where\"");
        check("[layer.r.public]\nwhere = \"x = \"", "layer.r.public.where is wrong");
        check("[layer.r]\nrole = \"reserve\"", "unknown variant");
        check("port = \"x\"", "line 1");
        let error = read("[source.a]\nurl = \"postgres://u:sesame@h/d\nx = 1").unwrap_err();
        let chain: Vec<String> = anyhow::Error::new(error).chain().map(ToString::to_string).collect();
        assert!(
            chain.join(" ").contains("line 2") && !chain.join(" ").contains("sesame"),
            "{chain:?}"
        );
        check("[derived.cites]\nform = []", "did you mean \"from\"");
        check("[layer.r.join]\nto = \"p\"\nkeys = \"x\"", "did you mean \"key\"");
        check("[layer.r.join]\nto = \"p\"\nkind = \"plot\"", "unknown variant");
        check("[actor.x]\nnom = \"X\"", "\"actor.x.nom\" is not a key");
        check("[actor.x]\nsiren = \"246200364\"", "it needs a name");
        check("[actor.x]\nname = \"X\"\nsiren = \"246200363\"", "is no SIREN");
        check("[actor.x]\nname = \"X\"\ntype = \"BAILLEUR\"", "unknown variant");
        check("[actor.x]\nname = \"X\"\ngroup = \"y\"", "not the id of an actor");
        check(
            "[actor.x]\nname = \"Maisons et Cités\"",
            "already a name of \"maisons-et-cites\"",
        );
    }

    #[test]
    fn bodies_are_added_and_completed() {
        let config = read(
            "[actor.maisons-et-cites]\ngroup = \"cdc-habitat\"\naliases = [\"Notre bailleur\"]\n\
             [actor.x]\nname = \"X\"\ntype = \"SEM\"\nsiren = \"246 200 364\"\n",
        )
        .unwrap();
        let known = config.actors.actor("maisons-et-cites").unwrap();
        assert_eq!(
            (known.name.as_str(), known.group.as_deref()),
            ("Maisons & Cités", Some("cdc-habitat"))
        );
        assert_eq!(config.actors.resolve("notre bailleur")[0].id, "maisons-et-cites");
        assert_eq!(config.actors.actor("x").unwrap().siren.as_deref(), Some("246200364"));
    }

    fn field(name: &str, kind: FieldType) -> Field {
        Field {
            name: name.into(),
            kind,
        }
    }

    #[test]
    fn what_is_not_said_is_guessed() {
        let config = read("[layer.r]\nrole = \"estate\"\n[layer.r.fields]\nowner = \"autre\"\n").unwrap();
        let fields = [
            field("acteur", FieldType::Text),
            field("autre", FieldType::Text),
            field("type", FieldType::Text),
            field("statut", FieldType::Text),
            field("annee_debut", FieldType::Int),
            field("annee_fin", FieldType::Text),
        ];
        let info = config.info(LayerId::from_name("r"), &fields);
        assert_eq!((info.role, info.role_guessed), (Some(Role::Estate), false));
        assert_eq!(
            (info.schema, info.fields["owner"].as_str()),
            (Some("terril-operations"), "autre")
        );
        // Text is no year.
        let guessed: Vec<&str> = info.fields_guessed.iter().map(String::as_str).collect();
        assert_eq!(guessed, ["start", "status", "type"]);
    }

    #[test]
    fn a_guess_does_not_tell_of_hidden_fields() {
        let config = read("[layer.r.public]\nfields = [\"nom\"]\n").unwrap();
        let fields = ["code_qp", "lib_qp", "nom", "proprietaire"].map(|n| field(n, FieldType::Text));
        let info = config.info(LayerId::from_name("r"), &fields);
        assert_eq!((info.schema, info.role), (None, None));
        assert_eq!(
            info.fields.into_iter().collect::<Vec<_>>(),
            [("name".into(), "nom".into())]
        );
    }
}
