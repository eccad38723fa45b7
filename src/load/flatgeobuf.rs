//! FlatGeobuf's features, read without GDAL where they are plain.
//!
//! In: a file that GDAL has opened, which says its fields and its system. Out: rows, the same as GDAL's, several times
//! faster; or [`Odd`] at the first thing that is not plain (curves, collections, heights, dates, JSON, bytes, damage).
//! The layer is read again with GDAL then, whose words on it stand.
//!
//! Format: <https://flatgeobuf.org>, version 3.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flatgeobuf::packed_r_tree::PackedRTree;
use flatgeobuf::{ColumnType, Geometry, GeometryType, Header};
use flatgeobuf::{size_prefixed_root_as_feature, size_prefixed_root_as_header};

use crate::model::encoding::{Reading, decode};
use crate::model::feature::{FieldType, ValueRef};
use crate::model::geometry::GeometryKind;
use crate::model::row::{Row, RowNotes, Shape};

/// The first bytes of every file of version 3; the patch number in the last does not matter.
const MAGIC: [u8; 7] = *b"fgb\x03fgb";

/// Bytes that are read at a time.
const BUFFER: usize = 1 << 20;

/// Bytes of a header that is read here; GDAL decides on longer ones.
const LONGEST_HEADER: u64 = 10 << 20;

/// Bytes of a node of the index.
const NODE: u64 = 40;

/// Something that GDAL has to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Odd;

/// The features of an open file, one after another.
pub(super) struct Features {
    file: BufReader<File>,
    /// Bytes of the file behind what was read.
    left: u64,
    columns: Vec<ColumnType>,
    /// The kind of all features; `None` where each says its own.
    kind: Option<GeometryKind>,
    buffer: Vec<u8>,
}

impl Features {
    /// The features of a file; [`Odd`] where its header promises what is not read here.
    pub(super) fn open(path: &Path) -> Result<Self, Odd> {
        let file = File::open(path).map_err(|_| Odd)?;
        let left = file.metadata().map_err(|_| Odd)?.len();
        let mut features = Self {
            file: BufReader::with_capacity(BUFFER, file),
            left,
            columns: vec![],
            kind: None,
            buffer: vec![],
        };
        features.take(8)?;
        if features.buffer[..MAGIC.len()] != MAGIC || !features.next_block(LONGEST_HEADER)? {
            return Err(Odd);
        }
        let buffer = std::mem::take(&mut features.buffer);
        let header = size_prefixed_root_as_header(&buffer).map_err(|_| Odd)?;
        features.columns = columns_of(&header).ok_or(Odd)?;
        features.kind = match header.geometry_type() {
            GeometryType::Unknown => None,
            kind => Some(kind_of(kind).ok_or(Odd)?),
        };
        if header.has_z() || header.has_m() || header.has_t() || header.has_tm() {
            return Err(Odd);
        }
        features.skip(index_bytes(&header, features.left)?)?;
        Ok(features)
    }

    /// Reads the next feature into a row; `None` after the last.
    pub(super) fn next(&mut self, row: &mut Row) -> Result<Option<RowNotes>, Odd> {
        row.clear();
        if self.left == 0 {
            return Ok(None);
        }
        if !self.next_block(u64::from(u32::MAX))? {
            return Err(Odd);
        }
        let feature = size_prefixed_root_as_feature(&self.buffer).map_err(|_| Odd)?;
        if feature.columns().is_some() {
            return Err(Odd);
        }
        let mut notes = RowNotes::default();
        if let Some(properties) = feature.properties() {
            notes.reading = read_properties(&self.columns, properties.bytes(), row)?;
        }
        if let Some(geometry) = feature.geometry() {
            let kind = self.kind.or_else(|| kind_of(geometry.type_())).ok_or(Odd)?;
            read_geometry(&geometry, kind, &mut row.shape)?;
        }
        Ok(Some(notes))
    }

    /// Reads a block with its length before it into the buffer; false where it is longer than allowed.
    fn next_block(&mut self, longest: u64) -> Result<bool, Odd> {
        self.take(4)?;
        let length = u32::from_le_bytes(array(&self.buffer).ok_or(Odd)?);
        if u64::from(length) > longest.min(self.left) {
            return Ok(false);
        }
        self.buffer.resize(4 + length as usize, 0);
        self.file.read_exact(&mut self.buffer[4..]).map_err(|_| Odd)?;
        self.left -= u64::from(length);
        Ok(true)
    }

    fn take(&mut self, bytes: usize) -> Result<(), Odd> {
        self.buffer.resize(bytes, 0);
        self.file.read_exact(&mut self.buffer).map_err(|_| Odd)?;
        self.left = self.left.saturating_sub(bytes as u64);
        Ok(())
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Odd> {
        let by = i64::try_from(bytes).map_err(|_| Odd)?;
        self.file.seek(SeekFrom::Current(by)).map_err(|_| Odd)?;
        self.left = self.left.checked_sub(bytes).ok_or(Odd)?;
        Ok(())
    }
}

/// The types of the columns, where all are read here.
fn columns_of(header: &Header<'_>) -> Option<Vec<ColumnType>> {
    let plain = |kind: ColumnType| {
        matches!(
            kind,
            ColumnType::Bool
                | ColumnType::Byte
                | ColumnType::UByte
                | ColumnType::Short
                | ColumnType::UShort
                | ColumnType::Int
                | ColumnType::UInt
                | ColumnType::Long
                | ColumnType::Float
                | ColumnType::Double
                | ColumnType::String
        )
        .then_some(kind)
    };
    let columns = header.columns();
    columns.into_iter().flatten().map(|c| plain(c.type_())).collect()
}

/// Bytes of the index between header and features.
fn index_bytes(header: &Header<'_>, left: u64) -> Result<u64, Odd> {
    let (count, node) = (header.features_count(), header.index_node_size());
    if node == 0 || count == 0 {
        return Ok(0);
    }
    // A count that can't be, before anything is reckoned with it.
    if node < 2 || count > left / NODE {
        return Err(Odd);
    }
    Ok(PackedRTree::index_size(count as usize, node) as u64)
}

fn kind_of(kind: GeometryType) -> Option<GeometryKind> {
    Some(match kind {
        GeometryType::Point => GeometryKind::Point,
        GeometryType::LineString => GeometryKind::LineString,
        GeometryType::Polygon => GeometryKind::Polygon,
        GeometryType::MultiPoint => GeometryKind::MultiPoint,
        GeometryType::MultiLineString => GeometryKind::MultiLineString,
        GeometryType::MultiPolygon => GeometryKind::MultiPolygon,
        _ => return None,
    })
}

/// Reads values: for each the column's number, then what its type takes. Says how the texts were read.
fn read_properties(columns: &[ColumnType], bytes: &[u8], row: &mut Row) -> Result<Reading, Odd> {
    let mut rest = bytes;
    let mut worst = Reading::Utf8;
    while !rest.is_empty() {
        let column = usize::from(u16::from_le_bytes(next(&mut rest)?));
        let kind = *columns.get(column).ok_or(Odd)?;
        let whole = |n: i64| (FieldType::Int, ValueRef::Int(n));
        let number = |x: f64| {
            let value = if x.is_finite() {
                ValueRef::Float(x)
            } else {
                ValueRef::Null
            };
            (FieldType::Float, value)
        };
        let (kind, value) = match kind {
            ColumnType::Bool => {
                let [byte] = next(&mut rest)?;
                (FieldType::Bool, ValueRef::Bool(byte != 0))
            }
            ColumnType::Byte => whole(i8::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::UByte => whole(u8::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::Short => whole(i16::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::UShort => whole(u16::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::Int => whole(i32::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::UInt => whole(u32::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::Long => whole(i64::from_le_bytes(next(&mut rest)?)),
            ColumnType::Float => number(f32::from_le_bytes(next(&mut rest)?).into()),
            ColumnType::Double => number(f64::from_le_bytes(next(&mut rest)?)),
            ColumnType::String => {
                let length = u32::from_le_bytes(next(&mut rest)?) as usize;
                let (text, behind) = rest.split_at_checked(length).ok_or(Odd)?;
                rest = behind;
                // Where GDAL's text ends.
                if text.contains(&0) {
                    return Err(Odd);
                }
                let (text, reading) = decode(text);
                worst = worst.max(reading);
                row.set(column, FieldType::Text, ValueRef::Text(&text));
                continue;
            }
            _ => return Err(Odd),
        };
        row.set(column, kind, value);
    }
    Ok(worst)
}

fn read_geometry(geometry: &Geometry<'_>, kind: GeometryKind, shape: &mut Shape) -> Result<(), Odd> {
    shape.start(kind);
    match kind {
        GeometryKind::None => return Err(Odd),
        GeometryKind::Point | GeometryKind::LineString => {
            if read_rings(geometry, shape)? > 0 {
                shape.end_part();
            }
            if shape.ring_count() > 1 || (kind == GeometryKind::Point && shape.coords().len() > 1) {
                return Err(Odd);
            }
        }
        GeometryKind::Polygon => {
            if read_rings(geometry, shape)? > 0 {
                shape.end_part();
            }
        }
        GeometryKind::MultiPoint => {
            read_rings(geometry, shape)?;
            shape.part_per_point();
        }
        GeometryKind::MultiLineString => {
            read_rings(geometry, shape)?;
            shape.part_per_ring();
        }
        GeometryKind::MultiPolygon => {
            for part in geometry.parts().into_iter().flatten() {
                if part.parts().is_some() {
                    return Err(Odd);
                }
                if read_rings(&part, shape)? > 0 {
                    shape.end_part();
                }
            }
        }
    }
    // A point that is nowhere is a place to some readers and none to others.
    if !shape.coords().iter().all(|p| p[0].is_finite() && p[1].is_finite()) {
        return Err(Odd);
    }
    if shape.coords().is_empty() {
        shape.start(GeometryKind::None);
    }
    Ok(())
}

/// Adds a geometry's own points as rings; says how many.
fn read_rings(geometry: &Geometry<'_>, shape: &mut Shape) -> Result<usize, Odd> {
    let Some(xy) = geometry.xy() else { return Ok(0) };
    let (points, rest) = xy.bytes().as_chunks::<16>();
    let ends = geometry.ends();
    let ends = ends.as_ref().map_or(&[][..], |ends| ends.bytes());
    if !rest.is_empty() || geometry.z().is_some() || geometry.m().is_some() {
        return Err(Odd);
    }
    let (ends, _) = ends.as_chunks::<4>();
    let before = shape.ring_count();
    let mut add = |points: &[[u8; 16]]| {
        if !points.is_empty() {
            let room = shape.grow(points.len());
            room.iter_mut().zip(points).for_each(|(p, bytes)| *p = point(bytes));
            shape.end_ring();
        }
    };
    if ends.len() < 2 {
        add(points);
        return Ok(shape.ring_count() - before);
    }
    let mut start = 0;
    for end in ends {
        let end = u32::from_le_bytes(*end) as usize;
        add(points.get(start..end).ok_or(Odd)?);
        start = end;
    }
    if start == points.len() {
        Ok(shape.ring_count() - before)
    } else {
        Err(Odd)
    }
}

fn point(bytes: &[u8; 16]) -> [f64; 2] {
    let (values, _) = bytes.as_chunks::<8>();
    [f64::from_le_bytes(values[0]), f64::from_le_bytes(values[1])]
}

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.first_chunk().copied()
}

/// The next bytes of a list.
fn next<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Odd> {
    let (first, behind) = rest.split_first_chunk().ok_or(Odd)?;
    *rest = behind;
    Ok(*first)
}
