//! What a row of the table says of its parcels, read from the columns that it stands in.

use super::merge::key_of;
use super::parcels::ParcelIndex;
use super::recipe::ParcelColumns;
use crate::model::keys::{Communes, Found, Idu, ParcelHints, insee, parcel_of_columns, parse_parcels};
use crate::store::Table;

/// [`ParcelColumns`] by position.
#[derive(Debug, Default)]
pub(super) struct Positions {
    parcels: Option<usize>,
    commune: Option<usize>,
    commune_name: Option<usize>,
    department: Option<usize>,
    prefix: Option<usize>,
    section: Option<usize>,
    number: Option<usize>,
}

/// What a row names.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The parcels.
    pub(super) ids: Vec<Idu>,
    /// Whether they were written in another way, or lacked something that another column had.
    pub(super) mended: bool,
    /// What is no parcel, as it is written.
    pub(super) rest: Vec<String>,
    /// All that the row says, as it is written.
    pub(super) written: String,
}

/// The commune of a row.
#[derive(Debug)]
pub(super) enum Commune {
    Known(String),
    Unknown,
    /// A name that nothing resolves; the nearest names.
    NoSuch(String, Vec<String>),
}

impl Positions {
    pub(super) fn of(columns: &ParcelColumns, table: &Table) -> Self {
        let at = |name: &Option<String>| name.as_deref().and_then(|n| table.field(n));
        Self {
            parcels: at(&columns.parcels),
            commune: at(&columns.commune),
            commune_name: at(&columns.commune_name),
            department: at(&columns.department),
            prefix: at(&columns.prefix),
            section: at(&columns.section),
            number: at(&columns.number),
        }
    }

    /// The commune that a row names, by code, else by name. `is_here`: whether a code is one of those that can be meant,
    /// by which a code that lost its zero is known.
    pub(super) fn commune(
        &self,
        table: &Table,
        row: u32,
        communes: &Communes,
        is_here: impl Fn(&str) -> bool,
    ) -> Commune {
        let text = |field: Option<usize>| field.and_then(|f| key_of(table.value(row, f)));
        let department = text(self.department);
        let code = |text: &str| {
            let code = insee(text, department.as_deref()).map(|code| code.value);
            code.or_else(|| Some(format!("0{text}")).filter(|code| is_here(code)))
        };
        if let Some(code) = text(self.commune).as_deref().and_then(code) {
            return Commune::Known(code);
        }
        let Some(name) = text(self.commune_name).or_else(|| text(self.commune)) else {
            return Commune::Unknown;
        };
        // A column of names may hold codes.
        if let Some(code) = code(&name) {
            return Commune::Known(code);
        }
        match communes.resolve(&name, department.as_deref()) {
            Found::One(code) => Commune::Known(code.to_owned()),
            _ => Commune::NoSuch(
                name.clone(),
                communes.nearest(&name, 3).into_iter().map(str::to_owned).collect(),
            ),
        }
    }

    /// The parcels that a row names; nothing where it names none.
    pub(super) fn read(&self, table: &Table, row: u32, commune: Option<&str>, index: &ParcelIndex) -> Named {
        let text = |field: Option<usize>| field.and_then(|f| key_of(table.value(row, f)));
        let commune = commune.or_else(|| index.only_commune());
        let (prefix, section, number) = (text(self.prefix), text(self.section), text(self.number));
        let cell = text(self.parcels);
        // Of section and number apart, a list of numbers is a list of parcels of the section.
        if let Some((section, number)) = section.as_deref().zip(number.as_deref())
            && cell.is_none()
        {
            let written = [commune, prefix.as_deref(), Some(section), Some(number)];
            let written = written.into_iter().flatten().collect::<Vec<_>>().join(" ");
            let id = commune.and_then(|c| parcel_of_columns(c, prefix.as_deref(), section, number));
            if let Some(id) = id {
                return Named {
                    ids: vec![id],
                    written,
                    ..Named::default()
                };
            }
            return parsed(
                &format!("{section} {number}"),
                commune,
                prefix.as_deref(),
                None,
                written,
            );
        }
        let Some(cell) = cell else { return Named::default() };
        parsed(&cell, commune, prefix.as_deref(), section.as_deref(), cell.clone())
    }
}

fn parsed(text: &str, commune: Option<&str>, prefix: Option<&str>, section: Option<&str>, written: String) -> Named {
    let hints = ParcelHints {
        commune,
        prefix,
        section,
    };
    let parcels = parse_parcels(text, &hints);
    let mut ids: Vec<Idu> = vec![];
    for id in parcels.ids {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Named {
        ids,
        mended: parcels.mended,
        rest: parcels.rest,
        written,
    }
}
