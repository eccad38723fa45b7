//! Writing a base file: aside, renamed. Who keeps it has it synced (`load::cache`).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use bytemuck::{NoUninit, cast_slice};
use geo_index::rtree::RTreeBuilder;
use geo_index::rtree::sort::HilbertSort;

use super::column::{Column, Data, Texts};
use super::extent::extent_of;
use super::{ALIGNMENT, Builder, Directory, FORMAT, MAGIC, Section, feature_hash, mvt_id_of};
use crate::model::feature::{FeatureId, Field};
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
    let order = order_of(ids, builder.rows())?;
    let aside = path.with_extension("part");
    let mut out = Sections::create(&aside)?;
    let fields = builder.fields();
    // Hashing the features takes as long as writing them.
    let (content, written) = std::thread::scope(|scope| {
        let content = scope.spawn(|| content(builder, ids, &fields));
        let written = write_sections(&mut out, builder, ids, &order);
        (content.join(), written)
    });
    let area = written?;
    let content = content.map_err(|_| io::Error::other("hashing the features panicked"))?;
    let directory = Directory {
        format: FORMAT,
        rows: order.len() as u32,
        content: format!("{content:032x}"),
        fields,
        crs: builder.crs.clone(),
        area,
        extent: extent_of(&builder.crs, (0..builder.rows()).map(|row| builder.geometry(row))),
        id_field: id_field.map(str::to_owned),
        geometry_column: geometry_column.to_owned(),
        sections: std::mem::take(&mut out.sections),
    };
    out.close(&directory)?;
    std::fs::rename(&aside, path)?;
    Ok(directory)
}

fn write_sections(
    out: &mut Sections,
    builder: &Builder,
    ids: &[FeatureId],
    order: &[u32],
) -> io::Result<Option<WorldBox>> {
    write_geometry(out, builder, order)?;
    let area = write_index(out, builder, order)?;
    write_ids(out, ids, order)?;
    for (i, column) in builder.columns.iter().enumerate() {
        write_column(out, i, column, order)?;
    }
    Ok(area)
}

/// Rows in the order of their ids.
fn order_of(ids: &[FeatureId], rows: usize) -> Result<Vec<u32>, WriteError> {
    let mut order: Vec<u32> = (0..ids.len() as u32).collect();
    if !ids.is_sorted() {
        order.sort_by(|&a, &b| ids[a as usize].cmp(&ids[b as usize]));
    }
    let twice = order.windows(2).any(|w| ids[w[0] as usize] == ids[w[1] as usize]);
    if ids.len() != rows || twice {
        return Err(WriteError::Ids(ids.len(), rows));
    }
    Ok(order)
}

fn content(builder: &Builder, ids: &[FeatureId], fields: &[Field]) -> u128 {
    (0..builder.rows()).fold(0, |sum: u128, row| {
        let values = fields.iter().enumerate().map(|(i, f)| (f, builder.value(row, i)));
        sum.wrapping_add(feature_hash(ids[row].as_ref(), &builder.geometry(row), values))
    })
}

fn write_geometry(out: &mut Sections, b: &Builder, order: &[u32]) -> io::Result<()> {
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
    out.slices("world", rings().map(|g| &b.world[points_of(g)]))
}

/// Offsets from lengths: 0, then the running sum.
fn offsets(lengths: impl Iterator<Item = usize>) -> impl Iterator<Item = u32> {
    std::iter::once(0).chain(lengths.scan(0u32, |sum, n| {
        *sum += n as u32;
        Some(*sum)
    }))
}

fn write_index(out: &mut Sections, b: &Builder, order: &[u32]) -> io::Result<Option<WorldBox>> {
    let boxes: Vec<(u32, WorldBox)> = order
        .iter()
        .enumerate()
        .filter_map(|(row, &r)| b.geometry(r as usize).world_box().map(|w| (row as u32, w)))
        .collect();
    out.array("placed", boxes.iter().map(|(row, _)| *row))?;
    let mut tree = RTreeBuilder::<u32>::new(boxes.len() as u32);
    for (_, w) in &boxes {
        tree.add(w.min()[0], w.min()[1], w.max()[0], w.max()[1]);
    }
    let tree = tree.finish::<HilbertSort>().into_inner();
    out.slices("index", std::iter::once(tree.as_slice()))?;
    Ok(boxes.into_iter().map(|(_, w)| w).reduce(WorldBox::union))
}

fn write_ids(out: &mut Sections, ids: &[FeatureId], order: &[u32]) -> io::Result<()> {
    let sorted = || order.iter().map(|&r| &ids[r as usize]);
    let ints: Option<Vec<i64>> = sorted()
        .map(|id| if let FeatureId::Int(n) = id { Some(*n) } else { None })
        .collect();
    let own_number = |n: &i64| (0..=(1 << 53)).contains(n);
    let needs_mvt = ints.as_ref().is_none_or(|ints| !ints.iter().all(own_number));
    if let Some(ints) = ints {
        out.array("id.int", ints.into_iter())?;
    } else {
        let texts: Vec<String> = sorted().map(FeatureId::to_string).collect();
        out.array("id.offsets", offsets(texts.iter().map(String::len)))?;
        out.slices("id.bytes", texts.iter().map(|t| t.as_bytes()))?;
    }
    if needs_mvt {
        let mut taken = rustc_hash::FxHashSet::default();
        let moved = |id: &FeatureId| {
            let mut n = mvt_id_of(id.as_ref());
            while !taken.insert(n) {
                n = (n + 1) & ((1 << 52) - 1);
            }
            n
        };
        let mvt: Vec<u64> = sorted().map(moved).collect();
        out.array("mvt", mvt.into_iter())?;
    }
    Ok(())
}

fn write_column(out: &mut Sections, i: usize, column: &Column, order: &[u32]) -> io::Result<()> {
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
    out: &mut Sections,
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

/// The file as it grows: every byte is hashed on its way.
struct Sections {
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    at: u64,
    sections: Vec<Section>,
}

impl Sections {
    fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let mut out = Self {
            file,
            hasher: blake3::Hasher::new(),
            at: 0,
            sections: vec![],
        };
        out.bytes(&MAGIC)?;
        Ok(out)
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.at += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn section(&mut self, name: &str, fill: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        let gap = self.at.next_multiple_of(ALIGNMENT as u64) - self.at;
        self.bytes(&[0; ALIGNMENT][..gap as usize])?;
        let offset = self.at;
        fill(self)?;
        self.sections.push(Section {
            name: name.into(),
            offset,
            length: self.at - offset,
        });
        Ok(())
    }

    /// A section of single values, gathered in blocks.
    fn array<T: NoUninit>(&mut self, name: &str, values: impl Iterator<Item = T>) -> io::Result<()> {
        self.section(name, |out| {
            let mut block = Vec::with_capacity(1 << 14);
            for value in values {
                block.push(value);
                if block.len() == 1 << 14 {
                    out.bytes(cast_slice(&block))?;
                    block.clear();
                }
            }
            out.bytes(cast_slice(&block))
        })
    }

    /// A section of runs of values.
    fn slices<'a, T: NoUninit>(&mut self, name: &str, runs: impl Iterator<Item = &'a [T]>) -> io::Result<()> {
        self.section(name, |out| {
            let mut block: Vec<u8> = Vec::with_capacity(1 << 17);
            for run in runs {
                block.extend_from_slice(cast_slice(run));
                if block.len() >= 1 << 16 {
                    out.bytes(&block)?;
                    block.clear();
                }
            }
            out.bytes(&block)
        })
    }

    fn close(mut self, directory: &Directory) -> io::Result<()> {
        let json = serde_json::to_vec(directory)?;
        let offset = self.at;
        self.bytes(&json)?;
        let checksum = self.hasher.finalize();
        self.file.write_all(&offset.to_le_bytes())?;
        self.file.write_all(&(json.len() as u64).to_le_bytes())?;
        self.file.write_all(checksum.as_bytes())?;
        self.file.write_all(&MAGIC)?;
        self.file.into_inner()?;
        Ok(())
    }
}
