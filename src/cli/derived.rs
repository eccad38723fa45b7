//! Which layers are made of which: tables that find their place, and those that `[derived.…]` declares.
//!
//! A join is configured (`[layer.x.join]`) or follows from the role: reserves, operations and candidates that name
//! parcels, estates or features and have no place of their own find it in whatever layers of these are served. A
//! layer that shows a part of its rows only gives nothing away by this: it is joined to where the layer that comes
//! out has a public view of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::config::Config;
use super::joins::{JoinKind, JoinTable};
use crate::derive::{Input, Join, Merge, ParcelColumns, Recipe, Way};
use crate::load::LoadedLayer;
use crate::model::keys::KeyKind;
use crate::model::layer::{LayerId, LayerInfo};
use crate::model::role::Role;
use crate::model::schema::recognise;

/// A layer as its source has it.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    /// Its source.
    pub(super) path: PathBuf,
    /// What was read.
    pub(super) loaded: LoadedLayer,
    /// What is said of it.
    pub(super) info: LayerInfo,
}

/// Layers as their sources have them, by id.
pub(super) type Raws = BTreeMap<LayerId, Raw>;

/// A layer to be made, or why it can't be.
pub(super) type Wanted = (LayerId, Result<Recipe, String>);

/// The derived layers that the configuration declares. Those that lack a layer say which.
pub(super) fn declared(config: &Config, raws: &Raws) -> Vec<Wanted> {
    config
        .derived
        .iter()
        .map(|(name, table)| {
            let id = LayerId::from_name(name);
            let info = config.info(id.clone(), &[]);
            let mut from = vec![];
            for layer in &table.from {
                match raws.get(&LayerId::from_name(layer)) {
                    None => return (id, Err(format!("it is made of \"{layer}\", which is not served"))),
                    Some(raw) if !is_whole(&raw.info) && info.public.is_none() => {
                        return (id.clone(), Err(hidden(&raw.info.id, &id)));
                    }
                    Some(raw) => from.push(input(raw)),
                }
            }
            let merge = Merge {
                layer: id.clone(),
                key: table.key.clone(),
                from,
            };
            (id, Ok(Recipe::Merge(merge)))
        })
        .collect()
}

/// The tables that find their place, with `made` the derived layers that there are.
pub(super) fn joins(config: &Config, raws: &Raws, made: &[Input]) -> Vec<Wanted> {
    let known = |join: Join| Join {
        actors: config.actors.actors().to_vec(),
        ..join
    };
    let wanted = |(id, raw): (&LayerId, &Raw)| {
        let recipe = match config.join(id.as_str()) {
            Some(table) => configured(table, raw, raws, made),
            None => guessed(raw, raws, made).map(Ok)?,
        };
        Some((id.clone(), recipe.map(|join| Recipe::Join(Box::new(known(join))))))
    };
    raws.iter().filter_map(wanted).collect()
}

/// Tables without any place that name parcels, and the layers of parcels: what a join could be configured for.
pub(super) fn could_join(config: &Config, raws: &Raws) -> Vec<(LayerId, Vec<LayerId>)> {
    let parcels: Vec<LayerId> = raws
        .values()
        .filter(|raw| raw.info.role == Some(Role::Parcel) && raw.loaded.directory.area.is_some())
        .map(|raw| raw.info.id.clone())
        .collect();
    let joined: Vec<LayerId> = joins(config, raws, &[]).into_iter().map(|(id, _)| id).collect();
    let could = |raw: &&Raw| {
        let lone = raw.loaded.directory.area.is_none() && raw.loaded.directory.rows > 0;
        lone && !joined.contains(&raw.info.id) && parcel_columns(&domain_fields(raw)).suffice()
    };
    let tables = raws.values().filter(|_| !parcels.is_empty()).filter(could);
    tables.map(|raw| (raw.info.id.clone(), parcels.clone())).collect()
}

/// A layer as an input.
pub(super) fn input(raw: &Raw) -> Input {
    Input {
        layer: raw.info.id.clone(),
        base: raw.loaded.base.clone(),
        content: raw.loaded.directory.content.clone(),
        role: raw.info.role,
        fields: domain_fields(raw),
        made_of: vec![],
    }
}

/// What fields mean: by the configuration, else by their names.
fn domain_fields(raw: &Raw) -> BTreeMap<String, String> {
    let names: Vec<&str> = raw.loaded.directory.fields.iter().map(|f| f.name.as_str()).collect();
    let recognised = recognise(raw.info.id.as_str(), &names);
    let guessed = recognised
        .fields
        .iter()
        .map(|g| (g.domain.to_owned(), g.source.clone()));
    let mut fields: BTreeMap<String, String> = guessed.collect();
    for (column, kind) in &recognised.keys {
        let domain = match kind {
            KeyKind::Parcel => "parcels",
            KeyKind::Commune => "commune",
            KeyKind::Department => "department",
            KeyKind::Siren => "siren",
        };
        fields.entry(domain.to_owned()).or_insert_with(|| column.clone());
    }
    fields.extend(raw.info.fields.clone());
    fields
}

/// Whether everyone sees all rows of a layer.
fn is_whole(info: &LayerInfo) -> bool {
    info.public.as_ref().is_none_or(|public| public.rows.is_none())
}

fn hidden(layer: &LayerId, id: &LayerId) -> String {
    format!(
        "the layer \"{layer}\" shows a part of its rows only; what is made of it needs a public view of its own: \
         [layer.{id}.public] in terril.toml"
    )
}

fn configured(table: &JoinTable, raw: &Raw, raws: &Raws, made: &[Input]) -> Result<Join, String> {
    let id = &raw.info.id;
    let mut to = vec![];
    let mut targets = vec![];
    for name in table.to.all() {
        let layer = LayerId::from_name(name);
        let found = raws.get(&layer).filter(|other| other.info.id != *id);
        let target = match found {
            Some(other) if !is_whole(&other.info) && raw.info.public.is_none() => return Err(hidden(&layer, id)),
            Some(other) => input(other),
            None => match made.iter().find(|m| m.layer == layer) {
                Some(input) => input.clone(),
                None => return Err(format!("it joins \"{name}\", which is not served")),
            },
        };
        to.push(layer);
        targets.push(target);
    }
    let fields = domain_fields(raw);
    let kind = table.kind.or_else(|| kind_of(table.key.as_deref(), &fields, &targets));
    let field = |domain: &str| table.key.clone().or_else(|| fields.get(domain).cloned());
    let named =
        |key: Option<String>| key.ok_or_else(|| format!("say which column joins: [layer.{id}.join] key = \"…\""));
    let way = match kind {
        Some(JoinKind::Parcel) => {
            let mut columns = parcel_columns(&fields);
            if table.key.is_some() {
                columns.parcels.clone_from(&table.key);
            }
            Way::Parcels {
                columns,
                to,
                on: table.on.clone(),
            }
        }
        Some(JoinKind::Commune) => {
            let by_name = table.key.is_some() && table.key.as_ref() == fields.get("commune_name");
            Way::Commune {
                code: if by_name {
                    None
                } else {
                    field("commune").or_else(|| code_column(&fields))
                },
                name: if by_name {
                    table.key.clone()
                } else {
                    fields.get("commune_name").cloned()
                },
                to,
                on: table.on.clone(),
            }
        }
        Some(JoinKind::Siren) => Way::Siren {
            column: named(field("siren"))?,
            to,
            on: table.on.clone(),
        },
        Some(JoinKind::Text) | None => Way::Text {
            column: named(table.key.clone())?,
            to,
            on: table.on.clone(),
        },
    };
    add_communes(&way, raws, &mut targets);
    let filiation = match &table.filiation {
        None => None,
        Some(name) => match raws.get(&LayerId::from_name(name)) {
            Some(other) => Some(input(other)),
            None => return Err(format!("its filiation \"{name}\" is not served")),
        },
    };
    Ok(Join {
        table: input(raw),
        report: raw.loaded.report.clone(),
        ways: vec![way],
        targets,
        filiation,
        actors: vec![],
    })
}

/// Where nothing says what a code is, and it is to name communes: it does.
fn code_column(fields: &BTreeMap<String, String>) -> Option<String> {
    let unnamed = !fields.contains_key("commune_name");
    fields.get("reference").filter(|_| unnamed).cloned()
}

/// What a column holds, by the column, else by the layers joined to.
fn kind_of(key: Option<&str>, fields: &BTreeMap<String, String>, targets: &[Input]) -> Option<JoinKind> {
    let is = |domain: &str| key.is_some_and(|k| fields.get(domain).is_some_and(|f| f == k));
    let parcels = targets.iter().any(|t| t.role == Some(Role::Parcel));
    if is("parcels") || (parcels && (key.is_some() || parcel_columns(fields).suffice())) {
        return Some(JoinKind::Parcel);
    }
    if is("siren") {
        return Some(JoinKind::Siren);
    }
    let communes = key.is_none() && (fields.contains_key("commune") || fields.contains_key("commune_name"));
    (is("commune") || is("commune_name") || communes).then_some(JoinKind::Commune)
}

fn parcel_columns(fields: &BTreeMap<String, String>) -> ParcelColumns {
    let field = |domain: &str| fields.get(domain).cloned();
    ParcelColumns {
        parcels: field("parcels"),
        commune: field("commune"),
        commune_name: field("commune_name"),
        department: field("department"),
        prefix: field("prefix"),
        section: field("section"),
        number: field("number"),
    }
}

/// Layers that know the names of communes, where a way needs them.
fn add_communes(way: &Way, raws: &Raws, targets: &mut Vec<Input>) {
    let names = match way {
        Way::Parcels { columns, .. } => columns.commune_name.is_some() || columns.commune.is_some(),
        Way::Commune { .. } => true,
        _ => false,
    };
    if names {
        let territories = raws
            .values()
            .filter(|r| r.info.role == Some(Role::Territory) && is_whole(&r.info));
        for territory in territories.map(input) {
            let has = |domain: &str| territory.fields.contains_key(domain);
            let known = targets.iter().any(|t| t.layer == territory.layer);
            if !known && has("commune") && (has("name") || has("commune_name")) {
                targets.push(territory);
            }
        }
    }
}

/// How reserves, operations and candidates without a place of their own find it; `None` for others, and where there
/// is nothing to find it in.
fn guessed(raw: &Raw, raws: &Raws, made: &[Input]) -> Option<Join> {
    let places = matches!(
        raw.info.role,
        Some(Role::LandReserve | Role::Intervention | Role::Candidate)
    );
    if !places || raw.loaded.report.null_geometries == 0 {
        return None;
    }
    let fields = domain_fields(raw);
    let others: Vec<Input> = raws
        .values()
        .filter(|other| other.info.id != raw.info.id && is_whole(&other.info))
        .map(input)
        .chain(made.iter().cloned())
        .collect();
    let of = |role: Role| -> Vec<LayerId> {
        let of_role = others.iter().filter(|o| o.role == Some(role));
        of_role.map(|o| o.layer.clone()).collect()
    };
    let (parcels, estates) = (of(Role::Parcel), of(Role::Estate));
    let field = |domain: &str| fields.get(domain).cloned();
    let mut ways = vec![];
    if let Some((layer, id)) = field("place_layer").zip(field("place_id")) {
        ways.push(Way::Feature { layer, id });
    }
    let columns = parcel_columns(&fields);
    if columns.suffice() && !parcels.is_empty() {
        ways.push(Way::Parcels {
            columns,
            to: parcels.clone(),
            on: None,
        });
    }
    if let Some(column) = field("estate_name").filter(|_| !estates.is_empty()) {
        ways.push(Way::Estate {
            column,
            to: estates.clone(),
        });
    }
    if let Some(column) = field("reference") {
        let others = of(Role::Stock).into_iter().chain(of(Role::LandReserve)).collect();
        ways.push(Way::Reference {
            column,
            parcels,
            estates,
            others,
        });
    }
    if ways.is_empty() || others.is_empty() {
        return None;
    }
    let needs_all = ways.iter().any(|w| matches!(w, Way::Feature { .. }));
    let mut targets: Vec<Input> = others
        .into_iter()
        .filter(|o| needs_all || ways.iter().any(|w| names(w, &o.layer)))
        .collect();
    let ways_now = ways.clone();
    ways_now.iter().for_each(|way| add_communes(way, raws, &mut targets));
    Some(Join {
        table: input(raw),
        report: raw.loaded.report.clone(),
        ways,
        targets,
        filiation: None,
        actors: vec![],
    })
}

/// Whether a way looks into a layer.
fn names(way: &Way, layer: &LayerId) -> bool {
    match way {
        Way::Feature { .. } => true,
        Way::Parcels { to, .. }
        | Way::Commune { to, .. }
        | Way::Siren { to, .. }
        | Way::Text { to, .. }
        | Way::Estate { to, .. } => to.contains(layer),
        Way::Reference {
            parcels,
            estates,
            others,
            ..
        } => parcels.contains(layer) || estates.contains(layer) || others.contains(layer),
    }
}
