//! A table finds its place: each row names parcels, a commune, a body or a feature, and gets their geometry.
//!
//! In: a table, the ways in which its rows name places, the layers that have them. Out: the table with the geometry,
//! the parcels it was placed by (`idu`) and how (`lieu`). What does not join is kept without a place and said with
//! what is near it; a parcel that two owners claim is said with both.

use std::path::Path;

use serde_json::Value as Json;

use super::claims::{Claims, owners_of};
use super::columns::{Commune, Positions};
use super::estates::{Named as Text, TextIndex, by_id, estate};
use super::merge::key_of;
use super::parcels::{Filiation, Known, ParcelIndex};
use super::place::{DeriveError, Found, Targets, copy_of, push};
use super::recipe::{Join, Way};
use super::words;
use crate::load::LoadedLayer;
use crate::load::base::{Builder, Cell, write};
use crate::load::report::{FaultKind, Faults, LoadReport};
use crate::model::actor::{Actor, Registry};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, FieldType};
use crate::model::geometry::GeometryKind;
use crate::model::keys::{Communes, Idu, insee, siren};
use crate::model::row::Shape;
use crate::model::text::fold;
use crate::store::Table;

/// The column of the parcels that a row was placed by.
const IDU: &str = "idu";
/// The column of how it was placed.
const PLACED_BY: &str = "lieu";

/// What placed a row.
#[derive(Debug, Default)]
struct Placed {
    found: Vec<Found>,
    ids: Vec<Idu>,
    by: &'static str,
}

/// A way made ready.
enum Ready<'a> {
    Feature(usize, usize),
    Parcels(Positions, ParcelIndex),
    Commune(Positions, TextIndex),
    Siren(usize, TextIndex),
    Text(usize, TextIndex),
    Estate(usize, TextIndex),
    Reference(Positions, usize, ParcelIndex, TextIndex, TextIndex),
    /// A column that the table does not have, or a layer that has nothing to find.
    Nothing(&'a Way),
}

struct Joiner<'a> {
    table: Table,
    targets: Targets,
    ways: Vec<Ready<'a>>,
    communes: Communes,
    filiation: Filiation,
    owner: Option<usize>,
    claims: Claims,
    faults: Faults,
}

/// Makes the layer.
pub(super) fn join(recipe: &Join, base: &Path) -> Result<LoadedLayer, DeriveError> {
    let started = std::time::Instant::now();
    let table = Table::open(&recipe.table.base)?;
    let targets = Targets::open(&recipe.targets)?;
    let filiation = match &recipe.filiation {
        Some(input) => Filiation::of(&Table::open(&input.base)?),
        None => Filiation::default(),
    };
    let owner = recipe.table.fields.get("owner").and_then(|name| table.field(name));
    let mut joiner = Joiner {
        ways: recipe.ways.iter().map(|way| ready(way, &table, &targets)).collect(),
        communes: communes(&targets),
        table,
        targets,
        filiation,
        owner,
        claims: Claims::default(),
        faults: Faults::default(),
    };
    joiner.check(recipe)?;
    let places: Vec<Option<Placed>> = joiner.table.rows().map(|row| joiner.place(row)).collect();
    let registry = registry(&recipe.actors);
    joiner
        .claims
        .report(|text| owners_of(&registry, text), &mut joiner.faults);
    let crs = joiner.crs(&places);
    let (builder, ids, now_placed) = joiner.build(&places, &crs)?;
    let (id_field, geometry) = (joiner.table.id_field(), joiner.table.geometry_column());
    let directory = write(&builder, &ids, id_field, geometry, base)?;
    let name = recipe.report.layer.clone();
    let mut report = report(&recipe.report, joiner.faults, &now_placed, crs);
    report.features = builder.rows() as u64;
    report.seconds = recipe.report.seconds + started.elapsed().as_secs_f64();
    Ok(LoadedLayer {
        name,
        base: base.to_owned(),
        report,
        directory,
    })
}

/// The bodies that are built in, and those that the configuration knows.
fn registry(actors: &[Actor]) -> Registry {
    let mut registry = Registry::default();
    for actor in actors {
        // They were checked together when the configuration was read.
        let _ = registry.add(actor.clone());
    }
    registry
}

/// The names of communes, from every layer that has codes and names of them.
fn communes(targets: &Targets) -> Communes {
    let mut rows = vec![];
    for (_, input, table) in targets.all() {
        let field = |domain: &str| input.fields.get(domain).and_then(|name| table.field(name));
        if let Some((code, name)) = field("commune").zip(field("name").or_else(|| field("commune_name"))) {
            let text = |row, f| key_of(table.value(row, f));
            rows.extend(table.rows().filter_map(|row| text(row, code).zip(text(row, name))));
        }
    }
    Communes::new(rows.into_iter())
}

fn ready<'a>(way: &'a Way, table: &Table, targets: &Targets) -> Ready<'a> {
    let made = match way {
        Way::Feature { layer, id } => table
            .field(layer)
            .zip(table.field(id))
            .map(|(l, i)| Ready::Feature(l, i)),
        Way::Parcels { columns, to, on } => {
            let index = ParcelIndex::of(targets, to, on.as_deref());
            Some(Ready::Parcels(Positions::of(columns, table), index)).filter(|_| columns.suffice())
        }
        Way::Commune { code, name, to, on } => {
            let columns = super::ParcelColumns {
                commune: code.clone(),
                commune_name: name.clone(),
                ..Default::default()
            };
            let on = on.as_deref().unwrap_or("commune");
            let known = |text: &str| insee(text, None).map_or_else(|| fold(text), |code| code.value);
            let index = TextIndex::of(targets, to, Some(on), known);
            Some(Ready::Commune(Positions::of(&columns, table), index))
        }
        Way::Siren { column, to, on } => {
            let known = |text: &str| siren(text).map_or_else(|| fold(text), |n| n.value);
            let index = TextIndex::of(targets, to, Some(on.as_deref().unwrap_or("siren")), known);
            table.field(column).map(|f| Ready::Siren(f, index))
        }
        Way::Text { column, to, on } => {
            let index = TextIndex::of(targets, to, on.as_deref(), fold);
            table.field(column).map(|f| Ready::Text(f, index))
        }
        Way::Estate { column, to } => {
            let index = TextIndex::of_estates(targets, to);
            table.field(column).map(|f| Ready::Estate(f, index))
        }
        Way::Reference {
            column,
            parcels,
            estates,
            others,
        } => {
            let columns = super::ParcelColumns {
                parcels: Some(column.clone()),
                ..Default::default()
            };
            let parcels = ParcelIndex::of(targets, parcels, None);
            let (estates, others) = (
                TextIndex::of_estates(targets, estates),
                TextIndex::of(targets, others, None, fold),
            );
            let positions = Positions::of(&columns, table);
            table
                .field(column)
                .map(|f| Ready::Reference(positions, f, parcels, estates, others))
        }
    };
    made.unwrap_or(Ready::Nothing(way))
}

impl Joiner<'_> {
    /// A configured column or field that is not there is an error, not a join of nothing.
    fn check(&self, recipe: &Join) -> Result<(), DeriveError> {
        let wrong = self.ways.iter().find_map(|way| match way {
            Ready::Nothing(way) => Some(*way),
            _ => None,
        });
        let Some(way) = wrong else { return Ok(()) };
        let column = match way {
            Way::Feature { layer, id } => format!("{layer} and {id}"),
            Way::Siren { column, .. }
            | Way::Text { column, .. }
            | Way::Estate { column, .. }
            | Way::Reference { column, .. } => column.clone(),
            Way::Parcels { .. } => "of parcels, or of section and number,".into(),
            Way::Commune { .. } => "of communes".into(),
        };
        let there: Vec<&str> = self.table.fields().iter().map(|f| f.name.as_str()).collect();
        Err(DeriveError::NoField {
            layers: recipe.table.layer.to_string(),
            field: column,
            there: there.join(", "),
        })
    }

    /// Where a row is, by the first way that finds something. A row with a geometry of its own keeps it.
    fn place(&mut self, row: u32) -> Option<Placed> {
        if self.table.geometry(row).kind() != GeometryKind::None {
            return None;
        }
        let id = self.table.id(row).to_owned();
        let ways = std::mem::take(&mut self.ways);
        let mut names_something = false;
        let mut placed = None;
        for way in &ways {
            let (found, named) = self.by_way(way, row, &id);
            names_something |= named;
            if !found.found.is_empty() {
                placed = Some(found);
                break;
            }
        }
        self.ways = ways;
        match &placed {
            None => self.say(FaultKind::Unplaced, &id, || words::unplaced(names_something)),
            Some(placed) => {
                let owner = self.owner.and_then(|f| key_of(self.table.value(row, f)));
                for parcel in owner.iter().flat_map(|_| &placed.ids) {
                    self.claims.add(*parcel, &id, owner.as_deref().unwrap_or_default());
                }
            }
        }
        placed
    }

    fn say(&mut self, kind: FaultKind, id: &FeatureId, words: impl FnOnce() -> [String; 2]) {
        self.faults.add(kind, || words::of(kind, id, words()));
    }

    /// What one way finds, and whether the row names anything by it.
    fn by_way(&mut self, way: &Ready<'_>, row: u32, id: &FeatureId) -> (Placed, bool) {
        match way {
            Ready::Nothing(_) => (Placed::default(), false),
            Ready::Parcels(positions, index) => self.by_parcels(positions, index, row, id),
            Ready::Feature(layer, feature) => {
                let Some(name) = key_of(self.table.value(row, *layer)) else {
                    return (Placed::default(), false);
                };
                let wanted = self.table.value(row, *feature);
                let found: Vec<Found> = by_id(&self.targets, &name, wanted).into_iter().collect();
                if found.is_empty() {
                    let written = format!("{name}/{}", key_of(wanted).unwrap_or_default());
                    self.say(FaultKind::UnmatchedKey, id, || words::unmatched(&written, None, &[]));
                }
                (
                    Placed {
                        found,
                        ids: vec![],
                        by: "identifiant",
                    },
                    true,
                )
            }
            Ready::Commune(positions, index) => match positions.commune(&self.table, row, &self.communes, |code| {
                self.communes.name(code).is_some()
            }) {
                Commune::Unknown => (Placed::default(), false),
                Commune::Known(code) => (self.by_text(index, &code.clone(), &code, "commune", id), true),
                Commune::NoSuch(name, near) => {
                    self.say(FaultKind::UnmatchedKey, id, || words::unmatched(&name, None, &near));
                    (Placed::default(), true)
                }
            },
            Ready::Siren(field, index) => {
                self.by_field(*field, index, row, id, "siren", |text| siren(text).map(|n| n.value))
            }
            Ready::Text(field, index) => self.by_field(*field, index, row, id, "texte", |text| Some(fold(text))),
            Ready::Reference(positions, field, parcels, estates, others) => {
                let Some(text) = key_of(self.table.value(row, *field)) else {
                    return (Placed::default(), false);
                };
                (
                    self.by_reference(positions, &text, [estates, others], parcels, row, id),
                    true,
                )
            }
            Ready::Estate(field, index) => {
                let Some(text) = key_of(self.table.value(row, *field)) else {
                    return (Placed::default(), false);
                };
                let by_id = index.find(&fold(&text), &self.targets, false);
                if let Text::Here(found) = by_id {
                    return (
                        Placed {
                            found,
                            ids: vec![],
                            by: "cité",
                        },
                        true,
                    );
                }
                (self.by_text(index, &estate(&text), &text, "cité", id), true)
            }
        }
    }

    fn by_field(
        &mut self,
        field: usize,
        index: &TextIndex,
        row: u32,
        id: &FeatureId,
        by: &'static str,
        normal: impl Fn(&str) -> Option<String>,
    ) -> (Placed, bool) {
        let Some(text) = key_of(self.table.value(row, field)) else {
            return (Placed::default(), false);
        };
        let Some(key) = normal(&text) else {
            self.say(FaultKind::BadKey, id, || words::bad(&text, ["SIREN", "un SIREN"]));
            return (Placed::default(), true);
        };
        (self.by_text(index, &key, &text, by, id), true)
    }

    fn by_text(&mut self, index: &TextIndex, key: &str, written: &str, by: &'static str, id: &FeatureId) -> Placed {
        match index.find(key, &self.targets, false) {
            Text::Here(found) => return Placed { found, ids: vec![], by },
            Text::Several(several) => {
                self.say(FaultKind::AmbiguousKey, id, || words::ambiguous(written, &several));
            }
            Text::Nowhere(near) => self.say(FaultKind::UnmatchedKey, id, || words::unmatched(written, None, &near)),
        }
        Placed::default()
    }

    /// What a reference names: parcels where it is written as one, else an estate, else a feature by its id. Only what
    /// is none of these is a fault.
    fn by_reference(
        &mut self,
        positions: &Positions,
        text: &str,
        [estates, others]: [&TextIndex; 2],
        parcels: &ParcelIndex,
        row: u32,
        id: &FeatureId,
    ) -> Placed {
        let named = positions.read(&self.table, row, None, parcels);
        if !named.ids.is_empty() && named.rest.is_empty() {
            return self.by_parcels(positions, parcels, row, id).0;
        }
        let tries = [
            (estates, fold(text), "cité"),
            (estates, estate(text), "cité"),
            (others, fold(text), "identifiant"),
        ];
        let mut several = None;
        for (index, key, by) in tries {
            match index.find(&key, &self.targets, false) {
                Text::Here(found) => return Placed { found, ids: vec![], by },
                Text::Several(those) => several = several.or(Some(those)),
                Text::Nowhere(_) => {}
            }
        }
        match several {
            Some(several) => self.say(FaultKind::AmbiguousKey, id, || words::ambiguous(text, &several)),
            None => {
                let near = match estates.find(&estate(text), &self.targets, false) {
                    Text::Nowhere(near) => near,
                    _ => vec![],
                };
                self.say(FaultKind::UnmatchedKey, id, || words::unmatched(text, None, &near));
            }
        }
        Placed::default()
    }

    fn by_parcels(&mut self, positions: &Positions, index: &ParcelIndex, row: u32, id: &FeatureId) -> (Placed, bool) {
        let commune = positions.commune(&self.table, row, &self.communes, |code| index.has_commune(code));
        let code = match &commune {
            Commune::Known(code) => Some(code.as_str()),
            _ => None,
        };
        let mut named = positions.read(&self.table, row, code, index);
        for piece in std::mem::take(&mut named.rest) {
            match index.with_lost_zero(&piece) {
                Some(id) => {
                    named.ids.push(id);
                    named.mended = true;
                }
                None => named.rest.push(piece),
            }
        }
        // A commune that nobody knows matters where the parcels do not say it themselves.
        if let Commune::NoSuch(name, near) = &commune
            && (named.ids.is_empty() || !named.rest.is_empty())
        {
            self.say(FaultKind::UnmatchedKey, id, || words::unmatched(name, None, near));
        }
        for piece in &named.rest {
            self.say(FaultKind::BadKey, id, || {
                words::bad(piece, ["parcel id", "une référence de parcelle"])
            });
        }
        if named.mended {
            let read: Vec<String> = named.ids.iter().map(ToString::to_string).collect();
            self.say(FaultKind::MendedKey, id, || {
                words::mended(&named.written, &read.join(", "))
            });
        }
        let names_something = !named.ids.is_empty() || !named.rest.is_empty();
        let mut placed = Placed {
            by: "parcelles",
            ..Placed::default()
        };
        for asked in named.ids {
            match index.find(asked, &self.filiation) {
                Known::Here(today, found) => {
                    if today != asked {
                        self.say(FaultKind::MendedKey, id, || {
                            words::mended(&asked.to_string(), &today.to_string())
                        });
                    }
                    placed.add(today, found);
                }
                Known::Children(children) => {
                    let list: Vec<String> = children.iter().map(|(child, _)| child.to_string()).collect();
                    self.say(FaultKind::Replaced, id, || {
                        words::replaced(&asked.to_string(), &list.join(", "))
                    });
                    children.into_iter().for_each(|(child, found)| placed.add(child, found));
                }
                Known::Nowhere(near) => {
                    let near: Vec<String> = near.iter().map(ToString::to_string).collect();
                    let read = asked.to_string();
                    self.say(FaultKind::UnmatchedKey, id, || {
                        words::unmatched(&named.written, Some(&read), &near)
                    });
                }
            }
        }
        (placed, names_something)
    }

    /// The system of the layer: the table's own where it has places, else that of what was found first.
    fn crs(&self, places: &[Option<Placed>]) -> Crs {
        if self.table.has_places() {
            return self.table.crs().clone();
        }
        let first = places.iter().flatten().find_map(|p| p.found.first());
        first.map_or_else(|| self.table.crs().clone(), |f| self.targets.crs(*f).clone())
    }

    /// The layer's columns; its ids; those of the rows that were placed.
    fn build(
        &self,
        places: &[Option<Placed>],
        crs: &Crs,
    ) -> Result<(Builder, Vec<FeatureId>, Vec<FeatureId>), DeriveError> {
        let fields = self.table.fields();
        let mut builder = Builder::new(crs.clone());
        fields.iter().for_each(|f| {
            builder.declare(&f.name, f.kind);
        });
        builder.declare(&self.free(IDU), FieldType::Json);
        builder.declare(&self.free(PLACED_BY), FieldType::Text);
        let (mut ids, mut now_placed, mut shape) = (vec![], vec![], Shape::default());
        for (row, place) in self.table.rows().zip(places) {
            let id = self.table.id(row).to_owned();
            let mut cells: Vec<Cell<'_>> = fields
                .iter()
                .enumerate()
                .map(|(i, f)| Cell::of(f.kind, self.table.value(row, i)))
                .collect();
            let mut parcels = String::new();
            match place {
                None => copy_of(&self.table.geometry(row), &mut shape),
                Some(placed) => {
                    self.targets.geometry(&placed.found, crs, &mut shape)?;
                    if !placed.ids.is_empty() {
                        parcels =
                            Json::from(placed.ids.iter().map(ToString::to_string).collect::<Vec<_>>()).to_string();
                    }
                    now_placed.push(id.clone());
                }
            }
            cells.push(if parcels.is_empty() {
                Cell::Null
            } else {
                Cell::Json(&parcels)
            });
            cells.push(place.as_ref().map_or(Cell::Null, |p| Cell::Text(p.by)));
            push(&mut builder, crs, &cells, &mut shape)?;
            ids.push(id);
        }
        Ok((builder, ids, now_placed))
    }

    /// A name for a column of ours that no column of the table has.
    fn free(&self, name: &str) -> String {
        let mut numbered = (2..).map(|n| format!("{name}_{n}"));
        let taken = |name: &str| self.table.fields().iter().any(|f| f.name.eq_ignore_ascii_case(name));
        if !taken(name) {
            return name.to_owned();
        }
        numbered.find(|n| !taken(n)).unwrap_or_default()
    }
}

impl Placed {
    fn add(&mut self, id: Idu, found: Found) {
        if !self.ids.contains(&id) {
            self.ids.push(id);
            self.found.push(found);
        }
    }
}

/// The table's report with what the join found: rows that have a place now lack none.
fn report(loaded: &LoadReport, mut joined: Faults, placed: &[FeatureId], crs: Crs) -> LoadReport {
    let mut report = loaded.clone();
    let placed_ids: rustc_hash::FxHashSet<&FeatureId> = placed.iter().collect();
    let (faults, counts) = (&mut report.faults, &mut report.counts);
    faults.retain(|fault| {
        let lacked = matches!(fault.kind, FaultKind::NullGeometry | FaultKind::Unplaced);
        let mended = lacked && fault.feature.as_ref().is_some_and(|id| placed_ids.contains(id));
        if mended && let Some(count) = counts.get_mut(&fault.kind) {
            *count = count.saturating_sub(1);
        }
        !mended
    });
    // Of a row that says itself that it names no place, nothing more is said.
    let said = report.faults.iter().filter(|f| f.kind == FaultKind::Unplaced);
    let said: rustc_hash::FxHashSet<FeatureId> = said.filter_map(|f| f.feature.clone()).collect();
    joined.located.retain(|fault| {
        let again = fault.kind == FaultKind::Unplaced && fault.feature.as_ref().is_some_and(|id| said.contains(id));
        if again && let Some(count) = joined.counts.get_mut(&fault.kind) {
            *count = count.saturating_sub(1);
        }
        !again
    });
    report.counts.retain(|_, count| *count > 0);
    report.null_geometries = report.null_geometries.saturating_sub(placed.len() as u64);
    report.crs = crs;
    for (kind, count) in joined.counts.into_iter().filter(|(_, count)| *count > 0) {
        *report.counts.entry(kind).or_default() += count;
    }
    let room = crate::load::report::LOCATED.saturating_sub(report.faults.len());
    report.faults.extend(joined.located.into_iter().take(room));
    report
}
