//! Writing a base file: aside, renamed. Who keeps it has it synced (`load::cache`).

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use geo_index::rtree::RTreeBuilder;
use geo_index::rtree::sort::HilbertSort;

use super::column::{Column, Data, Texts};
use super::extent::extent_of;
use super::order::{Order, order_of};
use super::sections::{Sections, aligned};
use super::{Builder, Directory, FORMAT, MAGIC, Section, feature_hash, mvt_id_of};
use crate::model::crs::LonLatBox;
use crate::model::feature::{FeatureId, Field, IdRef};
use crate::model::world::WorldBox;

/// Why a base file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk.
    #[error("the base file could not be written")]
    Io(#[from] io::Error),
    /// A row without an id, or an id twice: the caller has to settle ids first.
    #[error("{0} ids for {1} features, or an id twice")]
    Ids(usize, usize),
}

/// Writes a layer's base file and returns its directory.
///
/// `ids` has one id per row, all different; rows are written in the order of their ids. The file is
/// written beside `path` and renamed, so that `path` is either absent, old or whole.
///
/// # Errors
/// The disk's, and ids that do not fit.
pub fn write(
    builder: &Builder,
    ids: &[FeatureId],
    id_field: Option<&str>,
    geometry_column: &str,
    path: &Path,
) -> Result<Directory, WriteError> {
    let order = order_of(ids);
    write_ordered(builder, ids, &order, id_field, geometry_column, path)
}

/// As [`write()`], where the order of the ids is known.
///
/// # Errors
/// As [`write()`].
pub fn write_ordered(
    builder: &Builder,
    ids: &[FeatureId],
    order: &Order,
    id_field: Option<&str>,
    geometry_column: &str,
    path: &Path,
) -> Result<Directory, WriteError> {
    if ids.len() != builder.rows() || order.rows.len() != ids.len() || !order.repeated.is_empty() {
        return Err(WriteError::Ids(ids.len(), builder.rows()));
    }
    let order = &order.rows;
    let aside = path.with_extension("part");
    let file = File::create(&aside)?;
    file.write_all_at(&MAGIC, 0)?;
    let fields = builder.fields();
    let first = MAGIC.len() as u64;
    let behind = first + geometry_bytes(builder);
    // What takes longest, beside each other: the points, all else, and what is summed up of all features.
    let (summed, geometry, rest) = std::thread::scope(|scope| {
        let summed = scope.spawn(|| sum_up(builder, ids, &fields));
        let geometry = scope.spawn(|| write_geometry(Sections::from(&file, first), builder, order));
        let rest = write_rest(Sections::from(&file, behind), builder, ids, order);
        (summed.join(), geometry.join(), rest)
    });
    let panicked = |_| io::Error::other("a thread that writes the base file panicked");
    let (content, extent) = summed.map_err(panicked)?;
    let mut sections = geometry.map_err(panicked)??;
    let (rest, area) = rest?;
    sections.extend(rest);
    let directory = Directory {
        format: FORMAT,
        rows: order.len() as u32,
        content: format!("{content:032x}"),
        fields,
        crs: builder.crs.clone(),
        area,
        extent,
        id_field: id_field.map(str::to_owned),
        geometry_column: geometry_column.to_owned(),
        sections,
    };
    close(&file, &directory)?;
    std::fs::rename(&aside, path)?;
    Ok(directory)
}

/// The directory and the footer, behind the last section.
fn close(file: &File, directory: &Directory) -> io::Result<()> {
    let ends = directory.sections.iter().map(|s| s.offset + s.length);
    let offset = ends.max().unwrap_or(MAGIC.len() as u64);
    let mut bytes = serde_json::to_vec(directory)?;
    let (length, checksum) = (bytes.len() as u64, blake3::hash(&bytes));
    bytes.extend_from_slice(&offset.to_le_bytes());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(checksum.as_bytes());
    bytes.extend_from_slice(&MAGIC);
    file.write_all_at(&bytes, offset)
}

/// Index, ids and columns; the box of all rows too.
fn write_rest(
    mut out: Sections<'_>,
    builder: &Builder,
    ids: &[FeatureId],
    order: &[u32],
) -> io::Result<(Vec<Section>, Option<WorldBox>)> {
    let area = write_index(&mut out, builder, order)?;
    write_ids(&mut out, ids, order)?;
    for (i, column) in builder.columns.iter().enumerate() {
        write_column(&mut out, i, column, order)?;
    }
    Ok((out.done, area))
}

/// The content of the layer and its box in degrees.
fn sum_up(builder: &Builder, ids: &[FeatureId], fields: &[Field]) -> (u128, Option<LonLatBox>) {
    let geometries = (0..builder.rows()).map(|row| builder.geometry(row));
    (content(builder, ids, fields), extent_of(&builder.crs, geometries))
}

fn content(builder: &Builder, ids: &[FeatureId], fields: &[Field]) -> u128 {
    (0..builder.rows()).fold(0, |sum: u128, row| {
        let values = fields.iter().enumerate().map(|(i, f)| (f, builder.value(row, i)));
        sum.wrapping_add(feature_hash(ids[row].as_ref(), &builder.geometry(row), values))
    })
}

/// Bytes that the sections of the geometries take, with what aligns them.
fn geometry_bytes(b: &Builder) -> u64 {
    let offsets = |list: &[u32]| size_of_val(list) as u64;
    let sections = [
        b.kinds.len() as u64,
        offsets(&b.parts),
        offsets(&b.rings),
        offsets(&b.points),
        size_of_val(b.coords.as_slice()) as u64,
        size_of_val(b.world.as_slice()) as u64,
    ];
    sections.iter().fold(0, |at, bytes| aligned(at) + bytes) + aligned(1)
}

fn write_geometry(mut out: Sections<'_>, b: &Builder, order: &[u32]) -> io::Result<Vec<Section>> {
    let rows = || order.iter().map(|&r| r as usize);
    out.array("kind", rows().map(|r| b.kinds[r]))?;
    let parts_of = |r: usize| b.parts[r] as usize..b.parts[r + 1] as usize;
    let rings_of = |p: usize| b.rings[p] as usize..b.rings[p + 1] as usize;
    let points_of = |g: usize| b.points[g] as usize..b.points[g + 1] as usize;
    out.array("parts", offsets(rows().map(|r| parts_of(r).len())))?;
    out.array("rings", offsets(rows().flat_map(parts_of).map(|p| rings_of(p).len())))?;
    let rings = || rows().flat_map(parts_of).flat_map(rings_of);
    out.array("points", offsets(rings().map(|g| points_of(g).len())))?;
    out.slices("coords", rings().map(|g| &b.coords[points_of(g)]))?;
    out.slices("world", rings().map(|g| &b.world[points_of(g)]))?;
    Ok(out.done)
}

/// Offsets from lengths: 0, then the running sum.
fn offsets(lengths: impl Iterator<Item = usize>) -> impl Iterator<Item = u32> {
    std::iter::once(0).chain(lengths.scan(0u32, |sum, n| {
        *sum += n as u32;
        Some(*sum)
    }))
}

fn write_index(out: &mut Sections<'_>, b: &Builder, order: &[u32]) -> io::Result<Option<WorldBox>> {
    let boxes = || order.iter().map(|&row| b.geometry(row as usize).world_box());
    let placed = || boxes().zip(0u32..).filter_map(|(found, row)| found.map(|_| row));
    let count = placed().count();
    out.array("placed", placed())?;
    let mut tree = RTreeBuilder::<u32>::new(count as u32);
    let mut area: Option<WorldBox> = None;
    for w in boxes().flatten() {
        tree.add(w.min()[0], w.min()[1], w.max()[0], w.max()[1]);
        area = Some(area.map_or(w, |area| area.union(w)));
    }
    let tree = tree.finish::<HilbertSort>().into_inner();
    out.slices("index", std::iter::once(tree.as_slice()))?;
    Ok(area)
}

fn write_ids(out: &mut Sections<'_>, ids: &[FeatureId], order: &[u32]) -> io::Result<()> {
    let sorted = || order.iter().map(|&r| ids[r as usize].as_ref());
    let number = |id: IdRef<'_>| if let IdRef::Int(n) = id { Some(n) } else { None };
    let text = |id| match id {
        IdRef::Text(text) => Cow::Borrowed(text),
        IdRef::Int(n) => Cow::Owned(n.to_string()),
    };
    let are_numbers = sorted().all(|id| number(id).is_some());
    if are_numbers {
        out.array("id.int", sorted().filter_map(number))?;
    } else {
        out.array("id.offsets", offsets(sorted().map(|id| text(id).len())))?;
        out.texts("id.bytes", sorted().map(text))?;
    }
    let own_number = |n: i64| (0..=(1 << 53)).contains(&n);
    if !sorted().all(|id| number(id).is_some_and(own_number)) {
        out.array("mvt", mvt_ids(sorted()).into_iter())?;
    }
    Ok(())
}

/// The numbers by which tiles know the features, all different.
fn mvt_ids<'a>(ids: impl Iterator<Item = IdRef<'a>>) -> Vec<u64> {
    let mut numbers: Vec<u64> = ids.map(mvt_id_of).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|w| w[0] == w[1]) {
        let mut taken = rustc_hash::FxHashSet::default();
        for n in &mut numbers {
            while !taken.insert(*n) {
                *n = (*n + 1) & ((1 << 52) - 1);
            }
        }
    }
    numbers
}

fn write_column(out: &mut Sections<'_>, i: usize, column: &Column, order: &[u32]) -> io::Result<()> {
    let rows = || order.iter().map(|&r| r as usize);
    if !column.valid.iter().all(|v| *v) {
        let bits = (0..order.len().div_ceil(8)).map(|byte| {
            (0..8).fold(0u8, |bits, k| match order.get(byte * 8 + k) {
                Some(&r) if column.valid[r as usize] => bits | (1 << k),
                _ => bits,
            })
        });
        out.array(&format!("c{i}.valid"), bits)?;
    }
    match &column.data {
        Data::Empty => Ok(()),
        Data::Bool(v) => out.array(&format!("c{i}.bool"), rows().map(|r| v[r])),
        Data::Int(v) => out.array(&format!("c{i}.int"), rows().map(|r| v[r])),
        Data::Float(v) => out.array(&format!("c{i}.float"), rows().map(|r| v[r])),
        Data::Plain(texts) => write_texts(out, i, texts, rows()),
        Data::Dictionary { codes, texts, .. } => {
            out.array(&format!("c{i}.codes"), rows().map(|r| codes[r]))?;
            write_texts(out, i, texts, 0..texts.len())
        }
    }
}

fn write_texts(
    out: &mut Sections<'_>,
    i: usize,
    texts: &Texts,
    which: impl Iterator<Item = usize> + Clone,
) -> io::Result<()> {
    out.array(
        &format!("c{i}.offsets"),
        offsets(which.clone().map(|t| texts.at(t).len())),
    )?;
    out.slices(&format!("c{i}.bytes"), which.map(|t| texts.at(t).as_bytes()))
}
