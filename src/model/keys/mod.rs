//! Keys of the French administration: parcel ids, commune codes, SIREN numbers, communes by name, periods.
//!
//! In: what people and spreadsheets write, in many ways. Out: the one normal form, or nothing: a key is
//! never invented. Pure functions; not here: which columns hold keys ([`super::schema`]) and what becomes of
//! rows whose keys are none (`load`).

mod cell;
pub mod communes;
pub mod idu;
pub mod insee;
mod parcels;
pub mod period;
mod reference;
mod section_e;
pub mod siren;
mod written;

pub use communes::{Communes, Found};
pub use idu::{Idu, parcel_of_columns};
pub use insee::{department, department_of, insee};
pub use parcels::{MAX_PARCELS, MAX_RANGE, ParcelHints, Parcels, parse_parcels};
pub use period::{Period, period};
pub use siren::siren;
pub use written::whole_number;

/// What a column's values are keys of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A cadastral parcel: the 14 characters of its IDU.
    Parcel,
    /// A commune: its INSEE code, 5 characters.
    Commune,
    /// A département: 2 or 3 characters.
    Department,
    /// A body: its SIREN, 9 digits.
    Siren,
}

/// A key in its normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The key.
    pub value: String,
    /// Whether it was written otherwise.
    pub mended: bool,
}

impl Mended {
    /// A key that was read from a text.
    fn new(value: String, text: &str) -> Self {
        let mended = value != text;
        Self { value, mended }
    }
}
