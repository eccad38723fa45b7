//! Parcels as FlatGeobuf 3 with a spatial index, in one pass and in flat memory.
//!
//! In: a stream of parcels whose number is known. Out: a file that can be searched by box. As the number is known, so are the sizes
//! of header and index: features are written behind the room left for them, which is filled page by page. (The writer of the
//! `flatgeobuf` crate keeps all boxes and copies all features once more: 10,000,000 parcels would need a gigabyte and a second file.)

use std::io::{Seek, SeekFrom, Write};

use flatbuffers::FlatBufferBuilder;
use flatgeobuf::{
    Column, ColumnArgs, ColumnType, Crs, CrsArgs, Feature, FeatureArgs, Geometry, GeometryArgs, GeometryType, Header,
    HeaderArgs,
};

use super::fgb_index::{NODE_BYTES, NODE_SIZE, Node, Parents, first_leaf};
use super::parcel::Parcel;
use super::{LAYER, SynthError, TITLE};

const MAGIC: [u8; 8] = *b"fgb\x03fgb\x00";
/// Bytes collected before they are written: features and index pages are far apart in the file.
const PAGE_BYTES: usize = 1 << 20;

/// Writes `count` parcels to an empty seekable `out`.
///
/// # Errors
/// Those of `out`; a stream that does not give `count` parcels.
pub fn write_flatgeobuf(
    parcels: impl Iterator<Item = Parcel>,
    count: u64,
    mut out: impl Write + Seek,
) -> Result<(), SynthError> {
    let header_bytes = MAGIC.len() + header(count, &Node::empty(0)).len();
    let leaves_at = header_bytes as u64 + first_leaf(count) * NODE_BYTES;
    let features_at = leaves_at + count * NODE_BYTES;

    let mut parents = Parents::default();
    let mut leaves = Paged::new(leaves_at);
    let mut features = Paged::new(features_at);
    let mut encoder = Encoder::default();
    let mut written = 0;
    for parcel in parcels {
        written += 1;
        let leaf = Node {
            offset: features.end() - features_at,
            ..extent(&parcel)
        };
        parents.add(&leaf);
        leaf.write(&mut leaves.page);
        features.page.extend_from_slice(encoder.feature(&parcel));
        leaves.flush_if_full(&mut out)?;
        features.flush_if_full(&mut out)?;
    }
    if written != count {
        return Err(std::io::Error::other(format!("{written} parcels came instead of {count}")).into());
    }
    leaves.flush(&mut out)?;
    features.flush(&mut out)?;

    let (nodes, extent) = parents.finish();
    let mut start = MAGIC.to_vec();
    start.extend_from_slice(&header(count, &extent));
    nodes.iter().for_each(|n| n.write(&mut start));
    out.seek(SeekFrom::Start(0))?;
    out.write_all(&start)?;
    out.flush()?;
    Ok(())
}

/// Bytes on their way to one place of the file.
struct Paged {
    at: u64,
    page: Vec<u8>,
}

impl Paged {
    fn new(at: u64) -> Self {
        Self {
            at,
            page: Vec::with_capacity(PAGE_BYTES + 4096),
        }
    }

    fn end(&self) -> u64 {
        self.at + self.page.len() as u64
    }

    fn flush_if_full(&mut self, out: &mut (impl Write + Seek)) -> std::io::Result<()> {
        if self.page.len() >= PAGE_BYTES {
            self.flush(out)
        } else {
            Ok(())
        }
    }

    fn flush(&mut self, out: &mut (impl Write + Seek)) -> std::io::Result<()> {
        out.seek(SeekFrom::Start(self.at))?;
        out.write_all(&self.page)?;
        self.at = self.end();
        self.page.clear();
        Ok(())
    }
}

/// The size-prefixed header; its length does not depend on the extent.
fn header(count: u64, extent: &Node) -> Vec<u8> {
    let mut b = FlatBufferBuilder::new();
    let columns: Vec<_> = Parcel::FIELDS
        .iter()
        .map(|name| {
            let type_ = if *name == "contenance" {
                ColumnType::Int
            } else {
                ColumnType::String
            };
            let args = ColumnArgs {
                name: Some(b.create_string(name)),
                type_,
                ..Default::default()
            };
            Column::create(&mut b, &args)
        })
        .collect();
    let crs = CrsArgs {
        org: Some(b.create_string("EPSG")),
        code: 4326,
        ..Default::default()
    };
    let args = HeaderArgs {
        name: Some(b.create_string(LAYER)),
        title: Some(b.create_string(TITLE)),
        envelope: Some(b.create_vector(&[extent.min[0], extent.min[1], extent.max[0], extent.max[1]])),
        geometry_type: GeometryType::Polygon,
        columns: Some(b.create_vector(&columns)),
        features_count: count,
        index_node_size: NODE_SIZE as u16,
        crs: Some(Crs::create(&mut b, &crs)),
        ..Default::default()
    };
    let header = Header::create(&mut b, &args);
    b.finish_size_prefixed(header, None);
    b.finished_data().to_vec()
}

fn extent(parcel: &Parcel) -> Node {
    let mut node = Node::empty(0);
    for p in parcel.rings.iter().flatten() {
        let here = [p.lon(), p.lat()];
        node.include(&Node {
            min: here,
            max: here,
            offset: 0,
        });
    }
    node
}

/// Reuses its buffers from feature to feature.
#[derive(Default)]
struct Encoder {
    builder: FlatBufferBuilder<'static>,
    xy: Vec<f64>,
    ends: Vec<u32>,
    properties: Vec<u8>,
}

impl Encoder {
    fn feature(&mut self, parcel: &Parcel) -> &[u8] {
        self.collect_geometry(parcel);
        self.collect_properties(parcel);
        let b = &mut self.builder;
        b.reset();
        // A single ring needs no ends.
        let ends = (self.ends.len() > 1).then(|| b.create_vector(&self.ends));
        let xy = Some(b.create_vector(&self.xy));
        let geometry = Some(Geometry::create(
            b,
            &GeometryArgs {
                ends,
                xy,
                ..Default::default()
            },
        ));
        let properties = Some(b.create_vector(&self.properties));
        let feature = Feature::create(
            b,
            &FeatureArgs {
                geometry,
                properties,
                ..Default::default()
            },
        );
        b.finish_size_prefixed(feature, None);
        b.finished_data()
    }

    fn collect_geometry(&mut self, parcel: &Parcel) {
        self.xy.clear();
        self.ends.clear();
        for ring in &parcel.rings {
            self.xy.extend(ring.iter().flat_map(|p| [p.lon(), p.lat()]));
            self.ends.push(self.xy.len() as u32 / 2);
        }
    }

    /// Number of the column, then the value; a null is left out.
    fn collect_properties(&mut self, p: &Parcel) {
        self.properties.clear();
        let numero = p.numero.to_string();
        let texts = [
            (0u16, Some(p.id.as_str())),
            (1, Some(&p.commune)),
            (2, Some(Parcel::PREFIX)),
            (3, Some(&p.section)),
            (4, Some(&numero)),
            (6, Some(p.proprietaire)),
            (7, p.statut),
            (8, Some(p.zone)),
        ];
        for (column, text) in texts {
            let Some(text) = text else { continue };
            self.properties.extend_from_slice(&column.to_le_bytes());
            self.properties.extend_from_slice(&(text.len() as u32).to_le_bytes());
            self.properties.extend_from_slice(text.as_bytes());
        }
        if let Some(m2) = p.contenance {
            self.properties.extend_from_slice(&5u16.to_le_bytes());
            self.properties
                .extend_from_slice(&i32::try_from(m2).unwrap_or(i32::MAX).to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use flatgeobuf::{FallibleStreamingIterator, FeatureProperties, FgbReader, GeozeroGeometry};

    use super::*;
    use crate::synth::{Fabric, SynthParams, parcels};

    #[test]
    fn the_reference_crate_reads_back_every_parcel() {
        let params = SynthParams::new(1_000, 4, Fabric::Suburb).expect("valid");
        let mut file = Cursor::new(Vec::new());
        write_flatgeobuf(parcels(&params), 1_000, &mut file).expect("written");
        file.set_position(0);
        let reader = FgbReader::open(&mut file).expect("a FlatGeobuf file");
        assert_eq!(reader.header().features_count(), 1_000);
        let mut all = reader.select_all().expect("features");
        let mut expected = parcels(&params);
        let mut n = 0;
        while let Some(feature) = all.next().expect("a feature") {
            let parcel = expected.next().expect("as many");
            let id: String = feature.property("id").expect("an id");
            assert_eq!(id, parcel.id);
            let contenance: Option<i32> = feature.property("contenance").ok();
            assert_eq!(contenance, parcel.contenance.map(|c| c as i32));
            let mut count = flatgeobuf::geozero::bounds::BoundsProcessor::default();
            feature.process_geom(&mut count).expect("a polygon");
            n += 1;
        }
        assert_eq!(n, 1_000);
    }

    #[test]
    fn a_box_finds_what_a_scan_finds() {
        let params = SynthParams::new(2_000, 5, Fabric::Town).expect("valid");
        let mut file = Cursor::new(Vec::new());
        write_flatgeobuf(parcels(&params), 2_000, &mut file).expect("written");
        let (west, south) = (params.origin().lon() + 0.003, params.origin().lat() + 0.002);
        let (east, north) = (west + 0.002, south + 0.002);
        let meets = |n: &Node| n.min[0] <= east && n.max[0] >= west && n.min[1] <= north && n.max[1] >= south;
        let expected = parcels(&params).filter(|p| meets(&extent(p))).count();
        file.set_position(0);
        let reader = FgbReader::open(&mut file).expect("a FlatGeobuf file");
        let found = reader.select_bbox(west, south, east, north).expect("features");
        let found = found.features_count().expect("a count");
        assert!(expected > 20 && found == expected, "{found} of {expected}");
    }
}
