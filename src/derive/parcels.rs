//! The parcels of the layers joined to, found by their ids, and what is near an id that none has.

use rustc_hash::{FxHashMap, FxHashSet};

use super::place::{Found, Targets};
use crate::model::keys::{Idu, ParcelHints, parse_parcels};
use crate::model::layer::LayerId;
use crate::store::Table;

/// Candidates that are named for a parcel that is not there.
const CANDIDATES: usize = 3;

/// Generations of a filiation that are followed.
const GENERATIONS: usize = 32;

/// Parcels by id.
#[derive(Debug, Default)]
pub(super) struct ParcelIndex {
    by_id: FxHashMap<Idu, Found>,
    /// All ids, ascending.
    ids: Vec<Idu>,
    /// Parcels of absorbed communes: département and prefix, section, number → today's id. Absent where several
    /// communes have one.
    absorbed: FxHashMap<String, Option<Idu>>,
    communes: FxHashSet<String>,
}

/// What an id is among the parcels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// A parcel, under this id (another than asked for where its commune was absorbed).
    Here(Idu, Found),
    /// Gone; these came of it.
    Children(Vec<(Idu, Found)>),
    /// Not there; the nearest.
    Nowhere(Vec<Idu>),
}

impl ParcelIndex {
    /// The parcels of some layers, by the field that holds their ids, else by their own ids.
    pub(super) fn of(targets: &Targets, layers: &[LayerId], on: Option<&str>) -> Self {
        let mut index = Self::default();
        for (target, input, table) in targets.of(layers) {
            let named = on.or_else(|| input.fields.get("parcels").map(String::as_str));
            let field = named.and_then(|name| table.field(name));
            for row in table.rows() {
                let text = match field {
                    Some(field) => table.value(row, field).to_text().map(std::borrow::Cow::into_owned),
                    None => Some(table.id(row).to_string()),
                };
                if let Some(id) = text.as_deref().and_then(one) {
                    index.add(id, Found { target, row });
                }
            }
        }
        index.ids = index.by_id.keys().copied().collect();
        index.ids.sort_unstable();
        index
    }

    fn add(&mut self, id: Idu, found: Found) {
        self.by_id.entry(id).or_insert(found);
        if !self.communes.contains(id.commune()) {
            self.communes.insert(id.commune().to_owned());
        }
        if id.prefix() != "000" {
            let same = self.absorbed.entry(former(&id, id.prefix())).or_insert(Some(id));
            if *same != Some(id) {
                *same = None;
            }
        }
    }

    /// The commune, where all parcels are of one.
    pub(super) fn only_commune(&self) -> Option<&str> {
        let mut communes = self.communes.iter();
        communes
            .next()
            .filter(|_| communes.next().is_none())
            .map(String::as_str)
    }

    /// Whether there are parcels of a commune.
    pub(super) fn has_commune(&self, code: &str) -> bool {
        self.communes.contains(code)
    }

    /// The parcel that a text names once the zero before it, which a spreadsheet took, is there again.
    pub(super) fn with_lost_zero(&self, text: &str) -> Option<Idu> {
        one(&format!("0{}", text.trim())).filter(|id| self.by_id.contains_key(id))
    }

    /// What an id is. `filiation`: parent → children.
    pub(super) fn find(&self, id: Idu, filiation: &Filiation) -> Known {
        if let Some(found) = self.by_id.get(&id) {
            return Known::Here(id, *found);
        }
        // A section 0B whose zero became a letter.
        if let Some(today) = id.section().strip_prefix('O').and_then(|letter| {
            let text = format!("{}{}0{letter}{}", id.commune(), id.prefix(), id.number());
            one(&text).filter(|other| self.by_id.contains_key(other))
        }) {
            return Known::Here(today, self.by_id[&today]);
        }
        // 62 + 215 000 AB 12 may stand as 62900 215 AB 12 since commune 62215 was absorbed.
        if id.prefix() == "000"
            && let Some(Some(today)) = self.absorbed.get(&former(&id, &id.commune()[2..]))
        {
            return Known::Here(*today, self.by_id[today]);
        }
        let mut children = vec![];
        self.add_children(id, filiation, 0, &mut children);
        if children.is_empty() {
            Known::Nowhere(self.nearest(&id))
        } else {
            children.dedup();
            Known::Children(children)
        }
    }

    fn add_children(&self, id: Idu, filiation: &Filiation, generation: usize, into: &mut Vec<(Idu, Found)>) {
        if generation > GENERATIONS {
            return;
        }
        for child in filiation.0.get(&id).into_iter().flatten() {
            match self.by_id.get(child) {
                Some(found) if into.iter().all(|(known, _)| known != child) => into.push((*child, *found)),
                Some(_) => {}
                None => self.add_children(*child, filiation, generation + 1, into),
            }
        }
    }

    /// The ids that are most like one that is not there: of the same commune, else the same parcel of a commune
    /// whose code differs by one sign.
    pub(super) fn nearest(&self, id: &Idu) -> Vec<Idu> {
        let text = id.to_string();
        let from = self.ids.partition_point(|other| other.commune() < id.commune());
        let of_commune = self.ids[from..]
            .iter()
            .take_while(|other| other.commune() == id.commune());
        let number = |id: &Idu| id.number().parse::<i32>().unwrap_or_default();
        let mut ranked: Vec<(bool, usize, i32, Idu)> = of_commune
            .map(|other| {
                let other_section = (other.prefix(), other.section()) != (id.prefix(), id.section());
                let distance = strsim::damerau_levenshtein(&other.to_string()[5..], &text[5..]);
                (other_section, distance, (number(other) - number(id)).abs(), *other)
            })
            .collect();
        ranked.sort_unstable();
        let mut near: Vec<Idu> = ranked.into_iter().map(|(.., id)| id).take(CANDIDATES).collect();
        if near.is_empty() {
            let like = |commune: &&String| strsim::damerau_levenshtein(commune, id.commune()) == 1;
            let elsewhere = self.communes.iter().filter(like);
            near = elsewhere.filter_map(|c| one(&format!("{c}{}", &text[5..]))).collect();
            near.retain(|id| self.by_id.contains_key(id));
            near.sort_unstable();
            near.truncate(CANDIDATES);
        }
        near
    }
}

/// A parcel of a commune that was absorbed, without the commune that did.
fn former(id: &Idu, commune: &str) -> String {
    format!("{}{commune}{}{}", &id.commune()[..2], id.section(), id.number())
}

/// The one parcel that a whole id names.
fn one(text: &str) -> Option<Idu> {
    let none = ParcelHints {
        commune: None,
        prefix: None,
        section: None,
    };
    let parsed = parse_parcels(text, &none);
    match parsed.ids.as_slice() {
        [id] if parsed.rest.is_empty() => Some(*id),
        _ => None,
    }
}

/// Parent parcels and what came of them.
#[derive(Debug, Default)]
pub(super) struct Filiation(FxHashMap<Idu, Vec<Idu>>);

/// Names of the columns of a filiation, folded.
const PARENT: [&str; 8] = [
    "parent",
    "mere",
    "parcelle mere",
    "idu parent",
    "idu mere",
    "ancienne parcelle",
    "ancien id",
    "id parent",
];
const CHILD: [&str; 8] = [
    "child",
    "fille",
    "enfant",
    "parcelle fille",
    "idu enfant",
    "idu fille",
    "nouvelle parcelle",
    "id enfant",
];

impl Filiation {
    /// Reads a table of parents and children: by the names of its columns, else its first two that hold parcels.
    /// One row may name several of either.
    pub(super) fn of(table: &Table) -> Self {
        let named = |names: &[&str]| {
            let fields = table.fields().iter();
            fields
                .clone()
                .position(|f| names.contains(&crate::model::text::fold(&f.name).as_str()))
        };
        let none = ParcelHints {
            commune: None,
            prefix: None,
            section: None,
        };
        let parcels = |row: u32, field: usize| {
            let text = table.value(row, field).to_text();
            text.map(|t| parse_parcels(&t, &none).ids).unwrap_or_default()
        };
        let holds_parcels = |field: &usize| table.rows().take(20).any(|row| !parcels(row, *field).is_empty());
        let mut like = (0..table.fields().len()).filter(holds_parcels);
        let (first, second) = (like.next(), like.next());
        let pair = named(&PARENT).or(first).zip(named(&CHILD).or(second));
        let Some((parent, child)) = pair else {
            return Self::default();
        };
        let mut map: FxHashMap<Idu, Vec<Idu>> = FxHashMap::default();
        for row in table.rows() {
            let children = parcels(row, child);
            for id in parcels(row, parent) {
                map.entry(id).or_default().extend(&children);
            }
        }
        Self(map)
    }
}
