//! Rings of one feature in tile units, as the check and the repair take them.

use super::shape::TilePoint;

/// One ring's points, and which part of the feature it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingSpan {
    pub start: u32,
    pub end: u32,
    pub part: u32,
    /// The ring's number in the source geometry.
    pub source: u32,
    pub is_shell: bool,
}

impl RingSpan {
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Rings in order: each part's shell, then its holes. At least three points each, the first not repeated.
#[derive(Clone, Copy)]
pub struct Rings<'a> {
    pub points: &'a [TilePoint],
    pub spans: &'a [RingSpan],
}
