//! A mapped base file (see [`crate::load::base`] for its layout).
//!
//! Opening checks the footer, the checksums and that every section fits; after that, reading is
//! slicing. What is checked is read through the file, not through the map, so that it costs no
//! resident memory.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bytemuck::{AnyBitPattern, NoUninit, try_cast_slice};
use geo_index::rtree::{RTreeIndex, RTreeRef};
use memmap2::Mmap;
use rustc_hash::FxHashMap;

use crate::load::base::{Directory, FOOTER_BYTES, FORMAT, MAGIC, Section, mvt_id_of};
use crate::model::feature::{FeatureId, IdRef, ValueRef};
use crate::model::geometry::{GeometryKind, GeometryRef};
use crate::model::world::WorldBox;

/// Why a base file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It can't be read.
    #[error("{path} can't be read")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is not a base file, or of another format number.
    #[error("{0} is not a base file of format {FORMAT}")]
    Format(PathBuf),
    /// Its bytes are not those that were written.
    #[error("{0} is damaged: its checksum does not match")]
    Checksum(PathBuf),
}

#[derive(Debug)]
pub(super) struct BaseFile {
    map: Mmap,
    directory: Directory,
    sections: Sections,
}

/// Byte ranges of the sections, found once.
#[derive(Debug)]
struct Sections {
    kind: Range<usize>,
    parts: Range<usize>,
    rings: Range<usize>,
    points: Range<usize>,
    coords: Range<usize>,
    world: Range<usize>,
    index: Range<usize>,
    placed: Range<usize>,
    ids: Ids,
    mvt: Option<Range<usize>>,
    columns: Vec<Column>,
}

#[derive(Debug)]
enum Ids {
    Int(Range<usize>),
    Text(Range<usize>, Range<usize>),
}

#[derive(Debug)]
struct Column {
    valid: Option<Range<usize>>,
    data: Data,
}

#[derive(Debug)]
enum Data {
    Empty,
    Bool(Range<usize>),
    Int(Range<usize>),
    Float(Range<usize>),
    Plain(Range<usize>, Range<usize>),
    Dictionary(Range<usize>, Range<usize>, Range<usize>),
}

/// Whether a file's checksums are still to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// Read them.
    Now,
    /// This process has read them, and nobody writes to the file.
    Before,
}

impl BaseFile {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_as(path, Checked::Now)
    }

    pub(super) fn open_as(path: &Path, checked: Checked) -> Result<Self, OpenError> {
        let io = |cause| OpenError::Io {
            path: path.to_owned(),
            cause,
        };
        let bad = || OpenError::Format(path.to_owned());
        let file = File::open(path).map_err(io)?;
        // SAFETY: base files stand in the state folder, which this process has locked; they are
        // written aside, renamed into place and never modified or truncated afterwards.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file) }.map_err(io)?;
        let body = map.len().checked_sub(FOOTER_BYTES).ok_or_else(bad)?;
        let footer = &map[body..];
        if map[..8] != MAGIC || footer[48..] != MAGIC {
            return Err(bad());
        }
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&footer[at..at + 8]);
            usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(usize::MAX)
        };
        let (offset, length) = (number(0), number(8));
        let json = offset
            .checked_add(length)
            .and_then(|end| map.get(offset..end))
            .ok_or_else(bad)?;
        if blake3::hash(json).as_bytes() != &footer[16..48] {
            return Err(OpenError::Checksum(path.to_owned()));
        }
        let directory: Directory = serde_json::from_slice(json).map_err(|_| bad())?;
        if directory.format != FORMAT {
            return Err(bad());
        }
        if checked == Checked::Now && !are_whole(&file, &directory.sections).map_err(io)? {
            return Err(OpenError::Checksum(path.to_owned()));
        }
        let sections = find_sections(&directory, body).ok_or_else(bad)?;
        let base = Self {
            map,
            directory,
            sections,
        };
        base.rows_fit().then_some(()).ok_or_else(bad)?;
        Ok(base)
    }

    fn rows_fit(&self) -> bool {
        let rows = self.len();
        let s = &self.sections;
        self.slice::<u8>(&s.kind).len() == rows
            && self.slice::<u32>(&s.parts).len() == rows + 1
            && self.slice::<[f64; 2]>(&s.coords).len() == self.slice::<[u32; 2]>(&s.world).len()
            && RTreeRef::<u32>::try_new(&&self.map[s.index.clone()])
                .is_ok_and(|tree| tree.num_items() as usize == self.slice::<u32>(&s.placed).len())
    }

    fn slice<T: AnyBitPattern + NoUninit>(&self, range: &Range<usize>) -> &[T] {
        // Sections are aligned by their writer; a range that were not would read as empty.
        try_cast_slice(&self.map[range.clone()]).unwrap_or_default()
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(super) fn len(&self) -> usize {
        self.directory.rows as usize
    }

    pub(super) fn geometry(&self, row: u32) -> GeometryRef<'_> {
        let s = &self.sections;
        let row = row as usize;
        let kind = self
            .slice::<u8>(&s.kind)
            .get(row)
            .and_then(|k| GeometryKind::from_code(*k));
        let parts: &[u32] = self.slice(&s.parts);
        let rings: &[u32] = self.slice(&s.rings);
        GeometryRef::new(
            kind.unwrap_or(GeometryKind::None),
            &rings[parts[row] as usize..=parts[row + 1] as usize],
            self.slice(&s.points),
            self.slice(&s.coords),
            self.slice(&s.world),
        )
    }

    pub(super) fn kind(&self, row: u32) -> GeometryKind {
        let code = self.slice::<u8>(&self.sections.kind)[row as usize];
        GeometryKind::from_code(code).unwrap_or(GeometryKind::None)
    }

    pub(super) fn id(&self, row: u32) -> IdRef<'_> {
        match &self.sections.ids {
            Ids::Int(range) => IdRef::Int(self.slice::<i64>(range)[row as usize]),
            Ids::Text(offsets, bytes) => IdRef::Text(self.text(offsets, bytes, row)),
        }
    }

    pub(super) fn mvt_id(&self, row: u32) -> u64 {
        match &self.sections.mvt {
            Some(range) => self.slice::<u64>(range)[row as usize],
            None => mvt_id_of(self.id(row)),
        }
    }

    pub(super) fn has_mvt_id(&self, id: u64) -> bool {
        match &self.sections.mvt {
            Some(range) => self.slice::<u64>(range).contains(&id),
            None => i64::try_from(id).is_ok_and(|n| self.row_of(&FeatureId::Int(n)).is_some()),
        }
    }

    /// The row of an id, by binary search.
    pub(super) fn row_of(&self, id: &FeatureId) -> Option<u32> {
        let wanted = id.as_ref();
        let (mut low, mut high) = (0, self.directory.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.id(middle).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    pub(super) fn value(&self, row: u32, field: usize) -> ValueRef<'_> {
        let Some(column) = self.sections.columns.get(field) else {
            return ValueRef::Null;
        };
        let i = row as usize;
        if let Some(valid) = &column.valid
            && self.map[valid.start + i / 8] & (1 << (i % 8)) == 0
        {
            return ValueRef::Null;
        }
        match &column.data {
            Data::Empty => ValueRef::Null,
            Data::Bool(r) => ValueRef::Bool(self.slice::<u8>(r)[i] != 0),
            Data::Int(r) => ValueRef::Int(self.slice::<i64>(r)[i]),
            Data::Float(r) => ValueRef::Float(self.slice::<f64>(r)[i]),
            Data::Plain(offsets, bytes) => ValueRef::Text(self.text(offsets, bytes, row)),
            Data::Dictionary(codes, offsets, bytes) => {
                ValueRef::Text(self.text(offsets, bytes, self.slice::<u32>(codes)[i]))
            }
        }
    }

    fn text(&self, offsets: &Range<usize>, bytes: &Range<usize>, i: u32) -> &str {
        let offsets: &[u32] = self.slice(offsets);
        let (start, end) = (offsets[i as usize] as usize, offsets[i as usize + 1] as usize);
        std::str::from_utf8(&self.map[bytes.start + start..bytes.start + end]).unwrap_or_default()
    }

    /// Rows whose box meets `area`, ascending.
    pub(super) fn rows_in(&self, area: &WorldBox) -> Vec<u32> {
        let placed: &[u32] = self.slice(&self.sections.placed);
        if *area == WorldBox::whole() {
            return placed.to_vec();
        }
        let index: &[u8] = &self.map[self.sections.index.clone()];
        let Ok(tree) = RTreeRef::<u32>::try_new(&index) else {
            return vec![];
        };
        let (min, max) = (area.min(), area.max());
        let mut rows = tree.search(min[0], min[1], max[0], max[1]);
        for item in &mut rows {
            *item = placed[*item as usize];
        }
        rows.sort_unstable();
        rows
    }
}

/// Whether the bytes of all sections are those that were written. The longest takes about as long as all others.
fn are_whole(file: &File, sections: &[Section]) -> io::Result<bool> {
    let longest = sections.iter().max_by_key(|section| section.length);
    let (longest, others): (Vec<&Section>, Vec<&Section>) = sections.iter().partition(|s| Some(*s) == longest);
    let all = |sections: Vec<&Section>| {
        let mut found = sections.into_iter().map(|section| is_whole(file, section));
        found.try_fold(true, |whole, one| Ok::<_, io::Error>(whole && one?))
    };
    std::thread::scope(|scope| {
        let longest = scope.spawn(|| all(longest));
        let others = all(others);
        let longest = longest.join();
        let longest = longest.map_err(|_| io::Error::other("a thread that checks the base file panicked"))?;
        Ok(longest? && others?)
    })
}

fn is_whole(file: &File, section: &Section) -> io::Result<bool> {
    let mut hasher = blake3::Hasher::new();
    let mut block = vec![0; 1 << 18];
    let end = section.offset.saturating_add(section.length);
    let mut at = section.offset;
    while at < end {
        let n = usize::try_from(end - at).unwrap_or(usize::MAX).min(block.len());
        match file.read_at(&mut block[..n], at)? {
            0 => return Ok(false),
            n => {
                hasher.update(&block[..n]);
                at += n as u64;
            }
        }
    }
    Ok(hasher.finalize().to_hex().as_str() == section.checksum)
}

fn find_sections(directory: &Directory, body: usize) -> Option<Sections> {
    let mut by_name: FxHashMap<&str, Range<usize>> = FxHashMap::default();
    for section in &directory.sections {
        let start = usize::try_from(section.offset).ok()?;
        let end = start.checked_add(usize::try_from(section.length).ok()?)?;
        if end > body || start % 8 != 0 {
            return None;
        }
        by_name.insert(&section.name, start..end);
    }
    let find = |name: &str| by_name.get(name).cloned();
    let column = |i: usize| -> Option<Column> {
        let part = |what: &str| find(&format!("c{i}.{what}"));
        let texts = part("offsets").zip(part("bytes"));
        let data = if let Some(codes) = part("codes") {
            let (offsets, bytes) = texts?;
            Data::Dictionary(codes, offsets, bytes)
        } else if let Some((offsets, bytes)) = texts {
            Data::Plain(offsets, bytes)
        } else if let Some(r) = part("int") {
            Data::Int(r)
        } else if let Some(r) = part("float") {
            Data::Float(r)
        } else if let Some(r) = part("bool") {
            Data::Bool(r)
        } else {
            Data::Empty
        };
        Some(Column {
            valid: part("valid"),
            data,
        })
    };
    Some(Sections {
        kind: find("kind")?,
        parts: find("parts")?,
        rings: find("rings")?,
        points: find("points")?,
        coords: find("coords")?,
        world: find("world")?,
        index: find("index")?,
        placed: find("placed")?,
        ids: match find("id.int") {
            Some(range) => Ids::Int(range),
            None => Ids::Text(find("id.offsets")?, find("id.bytes")?),
        },
        mvt: find("mvt"),
        columns: (0..directory.fields.len()).map(column).collect::<Option<_>>()?,
    })
}
