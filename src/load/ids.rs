//! Settling a layer's ids.
//!
//! In order: the configured field; the role's key; a field named like an id; the format's own ids;
//! a hash of geometry and attributes. A field other than the configured one serves only where it is
//! unique and never null. Whole numbers stay numbers (also in a column of floats, since tools write
//! keys as `900.0`); where one id of the layer is text all are.

use rustc_hash::FxHashSet;

use super::base::{Builder, Order, feature_digest, order_of};
use super::report::{Fault, FaultKind, Faults, IdSource};
use crate::model::feature::{FeatureId, FieldType, IdRef, ValueRef};
use crate::model::role::Role;

/// Field names that are taken for ids, the first that serves; compared without case.
const NAMED: [&str; 15] = [
    "id",
    "fid",
    "gid",
    "idu",
    "uid",
    "uuid",
    "guid",
    "ogc_fid",
    "objectid",
    "gml_id",
    "identifiant",
    "site_id",
    "id_unesco",
    "code_insee",
    "insee",
];

/// Numbers beyond this are not all whole in a float.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Ids, one per row, all different, and where they come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ids {
    pub(super) ids: Vec<FeatureId>,
    /// Their order.
    pub(super) order: Order,
    pub(super) source: IdSource,
}

impl Ids {
    /// The field that they come from.
    pub(super) fn field(&self) -> Option<&str> {
        match &self.source {
            IdSource::Configured(f) | IdSource::RoleKey(f) | IdSource::Field(f) => Some(f),
            IdSource::Native | IdSource::Derived | IdSource::Withheld => None,
        }
    }
}

/// A configured field that the layer does not have; what there is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NoSuchField(pub(super) Vec<String>);

/// Settles the ids of all rows; duplicates get a suffix and a fault.
///
/// # Errors
/// When the configured field is not there.
pub(super) fn settle(
    builder: &Builder,
    configured: Option<&str>,
    role: Option<Role>,
    faults: &mut Faults,
) -> Result<Ids, NoSuchField> {
    let fields = builder.fields();
    let names = || fields.iter().map(|f| f.name.clone());
    let position = |wanted: &str| {
        let exact = fields.iter().position(|f| f.name == wanted);
        exact.or_else(|| fields.iter().position(|f| f.name.eq_ignore_ascii_case(wanted)))
    };
    let (found, source) = if let Some(wanted) = configured {
        let field = position(wanted).ok_or_else(|| NoSuchField(names().collect()))?;
        (
            Found::Open(from_field(builder, field)),
            IdSource::Configured(fields[field].name.clone()),
        )
    } else {
        let keys = role.map_or(&[][..], Role::key_fields);
        let by_key = keys.iter().filter_map(|k| position(k)).map(|f| (f, true));
        let by_name = NAMED.iter().filter_map(|k| position(k)).map(|f| (f, false));
        let serving = by_key
            .chain(by_name)
            .filter(|(f, _)| !matches!(fields[*f].kind, FieldType::Bool | FieldType::Json))
            .find_map(|(f, is_key)| Some((unique(from_field(builder, f))?, f, is_key)));
        match serving {
            Some((ids, f, true)) => (ids, IdSource::RoleKey(fields[f].name.clone())),
            Some((ids, f, false)) => (ids, IdSource::Field(fields[f].name.clone())),
            None => native_or_derived(builder),
        }
    };
    if source == IdSource::Derived && builder.rows() > 0 {
        faults.add(FaultKind::DerivedIds, || {
            Fault::new(
                FaultKind::DerivedIds,
                "the layer has no ids: they are derived from geometry and attributes and change with them",
                "la couche n'a pas d'identifiants : ils sont dérivés de la géométrie et des attributs et changent avec eux",
            )
        });
    }
    let (ids, order) = match found {
        Found::Unique(ids, order) => (ids, order),
        Found::Open(ids) => complete(builder, ids, &source, faults),
    };
    Ok(Ids { ids, order, source })
}

/// The ids that a field gives, null where it is null.
fn from_field(builder: &Builder, field: usize) -> Vec<Option<FeatureId>> {
    let floats_are_whole = (0..builder.rows()).all(|row| match builder.value(row, field) {
        ValueRef::Float(x) => x.fract() == 0.0 && x.abs() <= WHOLE,
        _ => true,
    });
    let id = |row| match builder.value(row, field) {
        ValueRef::Int(n) => Some(FeatureId::Int(n)),
        ValueRef::Float(x) if floats_are_whole => Some(FeatureId::Int(x as i64)),
        ValueRef::Text(s) if s.trim().is_empty() => None,
        other => other.to_text().map(|t| FeatureId::Text(t.into_owned())),
    };
    (0..builder.rows()).map(id).collect()
}

/// Ids as they were found.
enum Found {
    /// All of one type and all different; and their order.
    Unique(Vec<FeatureId>, Order),
    /// As they are: with gaps, of both types, or repeated.
    Open(Vec<Option<FeatureId>>),
}

/// Ids that can serve as they are: every row has one, and none stands twice.
fn unique(ids: Vec<Option<FeatureId>>) -> Option<Found> {
    let first = std::mem::discriminant(ids.first()?.as_ref()?);
    let mut whole = Vec::with_capacity(ids.len());
    for id in ids {
        whole.push(id?);
    }
    let order = order_of(&whole);
    if !order.repeated.is_empty() {
        return None;
    }
    let of_one_type = whole.iter().all(|id| std::mem::discriminant(id) == first);
    Some(if of_one_type {
        Found::Unique(whole, order)
    } else {
        Found::Open(whole.into_iter().map(Some).collect())
    })
}

fn native_or_derived(builder: &Builder) -> (Found, IdSource) {
    let ids: Vec<_> = (0..builder.rows()).map(|row| builder.native_id(row).cloned()).collect();
    let source = if ids.iter().any(Option::is_some) {
        IdSource::Native
    } else {
        IdSource::Derived
    };
    (Found::Open(ids), source)
}

/// Fills the gaps, makes all ids of one type and all different.
fn complete(
    builder: &Builder,
    found: Vec<Option<FeatureId>>,
    source: &IdSource,
    faults: &mut Faults,
) -> (Vec<FeatureId>, Order) {
    let has_gaps = found.iter().any(Option::is_none);
    let mut ids: Vec<FeatureId> = Vec::with_capacity(found.len());
    for (row, id) in found.into_iter().enumerate() {
        ids.push(id.unwrap_or_else(|| {
            if *source != IdSource::Derived {
                faults.add(FaultKind::MissingId, || Fault {
                    row: Some(row as u64),
                    ..Fault::new(
                        FaultKind::MissingId,
                        "no id in the source: one was derived from geometry and attributes",
                        "pas d'identifiant dans la source : il a été dérivé de la géométrie et des attributs",
                    )
                });
            }
            derived(builder, row)
        }));
    }
    let any_text = has_gaps || ids.iter().any(|id| matches!(id, FeatureId::Text(_)));
    let mut order = order_of(&ids);
    if any_text || !order.repeated.is_empty() {
        for id in &mut ids {
            if let FeatureId::Int(n) = id {
                *id = FeatureId::Text(n.to_string());
            }
        }
        // Only now, since 1 and "1" become the same.
        order = order_of(&ids);
    }
    if !order.repeated.is_empty() {
        add_suffixes(&mut ids, &order.repeated, faults);
        order = order_of(&ids);
    }
    (ids, order)
}

fn add_suffixes(ids: &mut [FeatureId], duplicates: &[usize], faults: &mut Faults) {
    let mut taken: FxHashSet<FeatureId> = ids.iter().cloned().collect();
    let mut next: rustc_hash::FxHashMap<String, u64> = rustc_hash::FxHashMap::default();
    for &row in duplicates {
        let old = ids[row].to_string();
        let n = next.entry(old.clone()).or_insert(2);
        let new = loop {
            let candidate = FeatureId::Text(format!("{old}-{n}"));
            *n += 1;
            if taken.insert(candidate.clone()) {
                break candidate;
            }
        };
        faults.add(FaultKind::DuplicateId, || Fault {
            row: Some(row as u64),
            ..Fault::new(
                FaultKind::DuplicateId,
                format!("the id {old} stands twice: this feature is {new}"),
                format!("l'identifiant {old} figure deux fois : cette entité devient {new}"),
            )
        });
        ids[row] = new;
    }
}

/// 64 bits of the hash of geometry and attributes, in hexadecimal.
fn derived(builder: &Builder, row: usize) -> FeatureId {
    let fields = builder.fields();
    let values = fields.iter().enumerate().map(|(i, f)| (f, builder.value(row, i)));
    let hash = feature_digest(IdRef::Text(""), &builder.geometry(row), values);
    FeatureId::Text(format!("{:016x}", (hash >> 64) as u64))
}

#[cfg(test)]
mod tests {
    use super::super::base::Cell;
    use super::*;
    use crate::model::crs::Crs;
    use crate::model::geometry::Geometry;

    fn layer(name: &str, cells: &[Cell<'_>], native: &[Option<i64>]) -> Builder {
        let mut builder = Builder::new(Crs::Crs84);
        builder.field(name);
        for (i, cell) in cells.iter().enumerate() {
            let id = native.get(i).copied().flatten().map(FeatureId::Int);
            builder.push(id, &[*cell], &Geometry::none().as_ref()).unwrap();
        }
        builder
    }

    fn check(builder: &Builder, configured: Option<&str>, role: Option<Role>, expected: &[&str], source: IdSource) {
        let ids = settle(builder, configured, role, &mut Faults::default()).unwrap();
        let found: Vec<String> = ids.ids.iter().map(FeatureId::to_string).collect();
        assert_eq!(
            (found.iter().map(String::as_str).collect::<Vec<_>>(), ids.source),
            (expected.to_vec(), source)
        );
    }

    #[test]
    fn the_order_of_sources_is_kept() {
        let unique = [Cell::Text("a"), Cell::Text("b")];
        let twice = [Cell::Text("a"), Cell::Text("a")];
        let native = [Some(7), Some(8)];
        check(
            &layer("id", &unique, &native),
            None,
            None,
            &["a", "b"],
            IdSource::Field("id".into()),
        );
        check(&layer("id", &twice, &native), None, None, &["7", "8"], IdSource::Native);
        check(
            &layer("x", &twice, &native),
            Some("x"),
            None,
            &["a", "a-2"],
            IdSource::Configured("x".into()),
        );
        check(
            &layer("id_lsm", &[Cell::Float(900.0), Cell::Float(901.0)], &[]),
            None,
            Some(Role::Estate),
            &["900", "901"],
            IdSource::RoleKey("id_lsm".into()),
        );
    }

    #[test]
    fn numbers_stay_numbers_unless_one_is_text() {
        let ids = settle(
            &layer("id", &[Cell::Int(2), Cell::Int(1)], &[]),
            None,
            None,
            &mut Faults::default(),
        )
        .unwrap();
        assert_eq!(ids.ids, [FeatureId::Int(2), FeatureId::Int(1)]);
        let mut faults = Faults::default();
        let ids = settle(
            &layer("x", &[Cell::Null, Cell::Null], &[Some(1), Some(1)]),
            None,
            None,
            &mut faults,
        )
        .unwrap();
        assert_eq!(ids.ids, [FeatureId::Text("1".into()), FeatureId::Text("1-2".into())]);
        assert_eq!(faults.count(FaultKind::DuplicateId), 1);
    }

    #[test]
    fn without_ids_they_are_derived_and_said_to_be() {
        let mut faults = Faults::default();
        let layer = layer("x", &[Cell::Int(1), Cell::Int(2), Cell::Int(1)], &[]);
        let ids = settle(&layer, None, None, &mut faults).unwrap();
        assert_eq!(ids.source, IdSource::Derived);
        assert_eq!(faults.count(FaultKind::DerivedIds), 1);
        assert_eq!(faults.count(FaultKind::DuplicateId), 1);
    }

    #[test]
    fn a_configured_field_has_to_be_there() {
        let layer = layer("x", &[Cell::Int(1)], &[]);
        let error = settle(&layer, Some("y"), None, &mut Faults::default()).unwrap_err();
        assert_eq!(error, NoSuchField(vec!["x".into()]));
    }
}
