//! `[actor.ID]` of `terril.toml`: bodies of one's own, or more about the built-in ones.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Table;

use super::config::ConfigError;
use super::keys;
use crate::model::actor::{Actor, ActorType, Registry, RegistryError};
use crate::model::keys::siren;

const KEYS: [&str; 6] = ["name", "sigle", "siren", "type", "group", "aliases"];

/// What a file says of a body.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ActorTable {
    name: Option<String>,
    sigle: Option<String>,
    siren: Option<String>,
    #[serde(rename = "type")]
    kind: Option<ActorType>,
    group: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

/// Why a body is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActorError {
    /// A body that is not built in, without a name.
    #[error("it needs a name")]
    NoName,
    /// A number that can't be one.
    #[error("\"{0}\" is no SIREN: nine digits, the last of which checks the others")]
    Siren(String),
    /// A group that is no body.
    #[error("its group \"{0}\" is not the id of an actor")]
    Group(String),
    /// A name that another body has.
    #[error(transparent)]
    Name(#[from] RegistryError),
}

/// Checks the keys of all bodies.
///
/// # Errors
/// The first key that is not known.
pub(super) fn check_keys(table: &Table) -> Result<(), ConfigError> {
    let actors = table.get("actor").and_then(|a| a.as_table());
    for (id, actor) in actors.into_iter().flatten() {
        if let Some(actor) = actor.as_table() {
            keys::check(actor, &format!("actor.{id}."), &KEYS)?;
        }
    }
    Ok(())
}

/// Adds the bodies of a file to those that are known.
///
/// # Errors
/// The first that is wrong, with its id.
pub(super) fn add(registry: &mut Registry, tables: BTreeMap<String, ActorTable>) -> Result<(), (String, ActorError)> {
    let groups: Vec<(String, String)> = tables
        .iter()
        .filter_map(|(id, table)| Some((id.clone(), table.group.clone()?)))
        .collect();
    for (id, table) in tables {
        let actor = actor(registry, &id, table).map_err(|e| (id.clone(), e))?;
        registry.add(actor).map_err(|e| (id, e.into()))?;
    }
    // Only now: a group may stand below its members.
    match groups.into_iter().find(|(_, group)| registry.actor(group).is_none()) {
        None => Ok(()),
        Some((id, group)) => Err((id, ActorError::Group(group))),
    }
}

/// The body of a table; what it does not say is as it was.
fn actor(registry: &Registry, id: &str, table: ActorTable) -> Result<Actor, ActorError> {
    let before = registry.actor(id).cloned();
    let number = table
        .siren
        .map(|text| siren(&text).map(|s| s.value).ok_or(ActorError::Siren(text)));
    let before = match before {
        Some(before) => before,
        None => Actor {
            id: id.to_owned(),
            name: table.name.clone().ok_or(ActorError::NoName)?,
            sigle: None,
            siren: None,
            kind: None,
            group: None,
            aliases: vec![],
            source: "terril.toml".into(),
        },
    };
    let mut aliases = before.aliases;
    aliases.extend(table.aliases);
    Ok(Actor {
        id: before.id,
        name: table.name.unwrap_or(before.name),
        sigle: table.sigle.or(before.sigle),
        siren: number.transpose()?.or(before.siren),
        kind: table.kind.or(before.kind),
        group: table.group.or(before.group),
        aliases,
        source: before.source,
    })
}
