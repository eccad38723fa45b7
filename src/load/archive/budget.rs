//! How much an archive may become.
//!
//! In: bytes on their way to the disk. Out: the same, or that they are too many. A ratio that no geodata
//! reach marks a bomb long before the disk is full; small files of blanks may pass it.

use std::io::{self, Read, Write};

use super::ArchiveError;

/// Bytes that an archive may become on the disk, all together.
pub(in crate::load) const MOST_UNPACKED: u64 = 16 << 30;

/// Entries that an archive may have, with those of archives inside of it.
pub(super) const MOST_ENTRIES: u64 = 10_000;

/// Bytes that may come of one byte of the archive.
pub(super) const MOST_RATIO: u64 = 250;

/// Bytes that any archive may become, whatever the ratio.
const RATIO_FREE: u64 = 64 << 20;

/// Bytes copied at a time.
const BLOCK: usize = 64 << 10;

/// What is left of the limits.
#[derive(Debug)]
pub(in crate::load) struct Budget {
    /// Bytes of the archive itself.
    packed: u64,
    unpacked: u64,
    most: u64,
    entries: u64,
}

impl Budget {
    /// For an archive of so many bytes, of which at most `file_bytes` may come.
    pub(in crate::load) fn new(packed: u64, file_bytes: u64) -> Self {
        Self {
            packed: packed.max(1),
            unpacked: 0,
            most: MOST_UNPACKED.min(file_bytes),
            entries: 0,
        }
    }

    /// Counts an entry.
    pub(super) fn count_entry(&mut self, place: &str) -> Result<(), ArchiveError> {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return Err(ArchiveError::TooMuch {
                place: place.to_owned(),
                reason: format!("more than {MOST_ENTRIES} entries"),
            });
        }
        Ok(())
    }

    /// Copies a stream to its end, or to the end of the budget.
    pub(super) fn copy(&mut self, from: &mut impl Read, to: &mut impl Write, place: &str) -> Result<u64, ArchiveError> {
        let mut block = vec![0; BLOCK];
        let mut copied = 0;
        loop {
            let n = match from.read(&mut block) {
                Ok(0) => return Ok(copied),
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => {
                    return Err(ArchiveError::Damaged {
                        place: place.to_owned(),
                        reason: e.to_string(),
                    });
                }
            };
            self.take(n as u64, place)?;
            to.write_all(&block[..n]).map_err(ArchiveError::Write)?;
            copied += n as u64;
        }
    }

    fn take(&mut self, bytes: u64, place: &str) -> Result<(), ArchiveError> {
        self.unpacked += bytes;
        let reason = if self.unpacked > self.most {
            format!("unpacked it is larger than {} MB", self.most / 1_000_000)
        } else if self.unpacked > RATIO_FREE && self.unpacked / self.packed > MOST_RATIO {
            format!("one byte of it becomes more than {MOST_RATIO}, as in no geodata")
        } else {
            return Ok(());
        };
        Err(ArchiveError::TooMuch {
            place: place.to_owned(),
            reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_ends_with_the_budget() {
        let copy = |packed, most, bytes: u64| {
            let mut budget = Budget::new(packed, most);
            budget.copy(&mut io::repeat(7).take(bytes), &mut io::sink(), "x")
        };
        assert_eq!(copy(10, 1000, 1000).unwrap(), 1000);
        assert!(matches!(copy(10, 1000, 1001), Err(ArchiveError::TooMuch { .. })));
        assert_eq!(copy(1, u64::MAX, RATIO_FREE).unwrap(), RATIO_FREE);
        assert!(matches!(
            copy(1, u64::MAX, RATIO_FREE + 1),
            Err(ArchiveError::TooMuch { .. })
        ));
        assert!(copy(1 << 20, u64::MAX, RATIO_FREE + 1).is_ok());
    }
}
