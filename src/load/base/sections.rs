//! A run of sections as it grows, in its place in the file; each section has a checksum of its own.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use bytemuck::{NoUninit, cast_slice};

use super::{ALIGNMENT, Section};

/// Bytes that are written at a time.
const BLOCK: usize = 1 << 18;

/// Writes sections one after another from a place in the file on. Several may write to one file, each in its own place.
pub(super) struct Sections<'a> {
    file: &'a File,
    /// What comes next in the file.
    block: Vec<u8>,
    /// Where the block begins.
    at: u64,
    hasher: blake3::Hasher,
    /// What is written.
    pub(super) done: Vec<Section>,
}

/// The next place where a section may begin.
pub(super) fn aligned(at: u64) -> u64 {
    at.next_multiple_of(ALIGNMENT as u64)
}

impl<'a> Sections<'a> {
    /// Begins at a place in the file.
    pub(super) fn from(file: &'a File, at: u64) -> Self {
        Self {
            file,
            block: Vec::with_capacity(BLOCK + (BLOCK >> 2)),
            at: aligned(at),
            hasher: blake3::Hasher::new(),
            done: vec![],
        }
    }

    /// Where the next byte goes.
    fn end(&self) -> u64 {
        self.at + self.block.len() as u64
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hasher.update(&self.block);
        self.file.write_all_at(&self.block, self.at)?;
        self.at = self.end();
        self.block.clear();
        Ok(())
    }

    fn section(&mut self, name: &str, fill: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        self.at = aligned(self.at);
        let offset = self.at;
        fill(self)?;
        self.flush()?;
        self.done.push(Section {
            name: name.into(),
            offset,
            length: self.at - offset,
            checksum: self.hasher.finalize().to_hex().to_string(),
        });
        self.hasher.reset();
        Ok(())
    }

    /// A section of single values.
    pub(super) fn array<T: NoUninit>(&mut self, name: &str, values: impl Iterator<Item = T>) -> io::Result<()> {
        self.section(name, |out| {
            for value in values {
                out.block.extend_from_slice(cast_slice(std::slice::from_ref(&value)));
                if out.block.len() >= BLOCK {
                    out.flush()?;
                }
            }
            Ok(())
        })
    }

    /// A section of runs of values.
    pub(super) fn slices<'b, T: NoUninit>(
        &mut self,
        name: &str,
        runs: impl Iterator<Item = &'b [T]>,
    ) -> io::Result<()> {
        self.section(name, |out| {
            for run in runs {
                let mut bytes: &[u8] = cast_slice(run);
                while bytes.len() > BLOCK {
                    let (now, later) = bytes.split_at(BLOCK);
                    out.block.extend_from_slice(now);
                    out.flush()?;
                    bytes = later;
                }
                out.block.extend_from_slice(bytes);
                if out.block.len() >= BLOCK {
                    out.flush()?;
                }
            }
            Ok(())
        })
    }

    /// A section of texts, one behind the other.
    pub(super) fn texts<'b>(&mut self, name: &str, texts: impl Iterator<Item = Cow<'b, str>>) -> io::Result<()> {
        self.section(name, |out| {
            for text in texts {
                out.block.extend_from_slice(text.as_bytes());
                if out.block.len() >= BLOCK {
                    out.flush()?;
                }
            }
            Ok(())
        })
    }
}
