//! Keys of the French administration: parcel ids, commune codes, SIREN numbers.
//!
//! Written by people and spreadsheets in many ways, held here in one.

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
