//! The functions that filters may call beside those of CQL2 itself.
//!
//! Each will have its signature here and its arm in `compile`. There are none yet: a call is refused by name.

/// What a function takes and gives, in the words of OGC 19-079r2, 9 (`string`, `number`, `geometry`…).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The types that each argument may have.
    pub arguments: &'static [&'static [&'static str]],
    /// The types that may come out.
    pub returns: &'static [&'static str],
}

/// All of them.
pub const FUNCTIONS: &[Signature] = &[];
