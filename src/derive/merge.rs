//! Features of one key in several layers become one.
//!
//! A cité of the mining basin stands in the file of the listed property and in that of its buffer zone, a piece in
//! each. Out: a feature per key, with all fields of its sources (the first that says something is believed, a
//! difference is a fault), the union of their ground, its `area_m2` on the ellipsoid, each piece of ground once, and
//! `parts`: layer, id and area of each source. A feature without the key stands alone. The layers themselves stay as
//! they are.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::json;

use super::place::{DeriveError, Found, Targets, area_of, push};
use super::recipe::Merge;
use crate::load::LoadedLayer;
use crate::load::base::{Builder, Cell, write};
use crate::load::report::{Fault, FaultKind, Faults, IdSource, LoadReport};
use crate::model::crs::Crs;
use crate::model::feature::{FeatureId, Field, FieldType, Value, ValueRef};
use crate::model::geometry::GeometryKind;
use crate::model::row::Shape;

/// The field of the area that a derived feature covers, in square metres on the ellipsoid.
const AREA: &str = "area_m2";
/// The field of its sources.
const PARTS: &str = "parts";

/// Makes the layer.
pub(super) fn merge(recipe: &Merge, base: &Path) -> Result<LoadedLayer, DeriveError> {
    let started = std::time::Instant::now();
    let targets = Targets::open(&recipe.from)?;
    let groups = groups(recipe, &targets)?;
    let fields = fields_of(&targets);
    let crs = targets.all().next().map_or(Crs::Crs84, |(_, _, t)| t.crs().clone());
    let mut builder = Builder::new(crs.clone());
    for field in &fields {
        builder.declare(&field.name, field.kind);
    }
    builder.declare(AREA, FieldType::Float);
    builder.declare(PARTS, FieldType::Json);
    let mut faults = Faults::default();
    let (mut shape, mut part, mut without_place) = (Shape::default(), Shape::default(), 0);
    for (id, members) in &groups {
        let values = values_of(&targets, members, &fields, id, &mut faults);
        let mut parts = vec![];
        for member in members {
            targets.geometry(std::slice::from_ref(member), &crs, &mut part)?;
            let (layer, id) = (&targets.input(member.target).layer, targets.id(*member));
            parts.push(json!({ "layer": layer, "id": id, AREA: area_of(&part, &crs)? }));
        }
        targets.geometry(members, &crs, &mut shape)?;
        let area = area_of(&shape, &crs)?;
        let parts = serde_json::Value::from(parts).to_string();
        let mut cells: Vec<Cell<'_>> = fields
            .iter()
            .zip(&values)
            .map(|(f, v)| Cell::of(f.kind, v.as_ref()))
            .collect();
        cells.extend([Cell::Float(area), Cell::Json(&parts)]);
        without_place += u64::from(shape.kind() == GeometryKind::None);
        push(&mut builder, &crs, &cells, &mut shape)?;
    }
    let ids: Vec<FeatureId> = groups.into_iter().map(|(id, _)| id).collect();
    let directory = write(&builder, &ids, Some(&recipe.key), "geometry", base)?;
    let sources: Vec<&str> = recipe.from.iter().map(|i| i.layer.as_str()).collect();
    let report = LoadReport {
        source: sources.join(" + ").into(),
        layer: recipe.layer.to_string(),
        driver: "native".into(),
        format: "derived".into(),
        crs,
        encoding: None,
        features: builder.rows() as u64,
        null_geometries: without_place,
        repaired: 0,
        ids: IdSource::Field(recipe.key.clone()),
        counts: faults.counts,
        faults: faults.located,
        seconds: started.elapsed().as_secs_f64(),
    };
    Ok(LoadedLayer {
        name: recipe.layer.to_string(),
        base: base.to_owned(),
        report,
        directory,
    })
}

/// The features by key, in the order in which keys are first met; each alone where it has none.
fn groups(recipe: &Merge, targets: &Targets) -> Result<Vec<(FeatureId, Vec<Found>)>, DeriveError> {
    if targets.all().all(|(_, _, table)| table.field(&recipe.key).is_none()) {
        let layers: Vec<&str> = recipe.from.iter().map(|i| i.layer.as_str()).collect();
        let there = targets.all().flat_map(|(_, _, t)| t.fields()).map(|f| f.name.as_str());
        let mut there: Vec<&str> = there.collect();
        there.sort_unstable();
        there.dedup();
        return Err(DeriveError::NoField {
            layers: layers.join(", "),
            field: recipe.key.clone(),
            there: there.join(", "),
        });
    }
    let mut groups: Vec<(FeatureId, Vec<Found>)> = vec![];
    let mut by_key: FxHashMap<String, usize> = FxHashMap::default();
    for (target, input, table) in targets.all() {
        let field = table.field(&recipe.key);
        for row in table.rows() {
            let found = Found { target, row };
            let Some(key) = field.and_then(|f| key_of(table.value(row, f))) else {
                groups.push((
                    FeatureId::Text(format!("{}:{}", input.layer, table.id(row))),
                    vec![found],
                ));
                continue;
            };
            match by_key.get(&key) {
                Some(&group) => groups[group].1.push(found),
                None => {
                    by_key.insert(key.clone(), groups.len());
                    groups.push((FeatureId::Text(key), vec![found]));
                }
            }
        }
    }
    // Numbers stay numbers where all are.
    let number = |id: &FeatureId| match id {
        FeatureId::Text(text) => text.parse::<i64>().ok().filter(|n| n.to_string() == *text),
        FeatureId::Int(n) => Some(*n),
    };
    if groups.iter().all(|(id, _)| number(id).is_some()) {
        for (id, _) in &mut groups {
            *id = number(id).map_or_else(|| id.clone(), FeatureId::Int);
        }
    }
    Ok(groups)
}

/// A key as text: `900.0` and `900` are one; `None` where there is none.
pub(super) fn key_of(value: ValueRef<'_>) -> Option<String> {
    let text = match value {
        ValueRef::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => (x as i64).to_string(),
        // Beyond, as spreadsheets show it: the power is what counts there.
        ValueRef::Float(x) if x.abs() >= 9e15 => format!("{x:e}").replace('e', "E+"),
        other => other.to_text()?.trim().to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

/// All fields of the layers, each once, in order; of a type that holds the values of all.
fn fields_of(targets: &Targets) -> Vec<Field> {
    let mut fields: Vec<Field> = vec![];
    for field in targets.all().flat_map(|(_, _, table)| table.fields()) {
        let name = if field.name == AREA || field.name == PARTS {
            format!("{}_source", field.name)
        } else {
            field.name.clone()
        };
        match fields.iter_mut().find(|f| f.name == name) {
            None => fields.push(Field { name, kind: field.kind }),
            Some(known) => known.kind = wider(known.kind, field.kind),
        }
    }
    fields
}

fn wider(a: FieldType, b: FieldType) -> FieldType {
    match (a, b) {
        _ if a == b => a,
        (FieldType::Int | FieldType::Float, FieldType::Int | FieldType::Float) => FieldType::Float,
        _ => FieldType::Text,
    }
}

/// The values of a group: of each field the first that is there; a later one that differs is a fault.
fn values_of(
    targets: &Targets,
    members: &[Found],
    fields: &[Field],
    id: &FeatureId,
    faults: &mut Faults,
) -> Vec<Value> {
    let value_in = |member: &Found, name: &str| {
        let table = targets.table(member.target);
        let own = name
            .strip_suffix("_source")
            .filter(|n| [AREA, PARTS].contains(n))
            .unwrap_or(name);
        let field = table.fields().iter().position(|f| f.name == own);
        field.map_or(ValueRef::Null, |f| table.value(member.row, f))
    };
    let mut values = vec![];
    for field in fields {
        let mut said: Option<(&Found, ValueRef<'_>)> = None;
        for member in members {
            let value = value_in(member, &field.name);
            if value == ValueRef::Null {
                continue;
            }
            let Some((first, believed)) = said else {
                said = Some((member, value));
                continue;
            };
            let same = key_of(believed) == key_of(value);
            if !same && targets.table(member.target).id_field() != Some(field.name.as_str()) {
                let layer = |m: &Found| targets.input(m.target).layer.clone();
                let text = |v: ValueRef<'_>| v.to_text().unwrap_or_default().into_owned();
                let (a, b) = (layer(first), layer(member));
                let (taken, other, name) = (text(believed), text(value), &field.name);
                faults.add(FaultKind::Contradiction, || Fault {
                    feature: Some(id.clone()),
                    ..Fault::new(
                        FaultKind::Contradiction,
                        format!("{name}: {a} says \"{taken}\", {b} says \"{other}\"; the first is taken"),
                        format!("{name} : {a} dit « {taken} », {b} dit « {other} » ; la première valeur est retenue"),
                    )
                });
            }
        }
        let value = said.map_or(ValueRef::Null, |(_, v)| v);
        values.push(match (field.kind, value) {
            (FieldType::Float, ValueRef::Int(n)) => Value::Float(n as f64),
            (FieldType::Text, v) => v.to_text().map_or(Value::Null, |t| Value::Text(t.into_owned())),
            (_, v) => v.to_owned(),
        });
    }
    values
}
