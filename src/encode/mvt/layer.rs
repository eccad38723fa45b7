//! One layer of a tile, feature by feature (MVT 2.1, 4.1 to 4.3).

use super::protobuf::{bytes_field, number_field, size_of_varint, varint, zigzag};
use super::values::Values;
use crate::model::feature::{Field, IdRef, ValueRef};
use crate::model::tile::EXTENT;
use crate::tiles::{TileGeometry, TileKind, TilePoint};

/// Field numbers of the messages (MVT 2.1, `vector_tile.proto`).
mod field {
    pub const TILE_LAYERS: u8 = 3;
    pub const LAYER_NAME: u8 = 1;
    pub const LAYER_FEATURES: u8 = 2;
    pub const LAYER_KEYS: u8 = 3;
    pub const LAYER_EXTENT: u8 = 5;
    pub const LAYER_VERSION: u8 = 15;
    pub const FEATURE_ID: u8 = 1;
    pub const FEATURE_TAGS: u8 = 2;
    pub const FEATURE_TYPE: u8 = 3;
    pub const FEATURE_GEOMETRY: u8 = 4;
}

/// Commands of a geometry (MVT 2.1, 4.3.1).
mod command {
    pub const MOVE_TO: u32 = 1;
    pub const LINE_TO: u32 = 2;
    pub const CLOSE_PATH: u32 = 7;
}

/// The property that holds a feature's id.
pub const ID: &str = "id";

/// Writes one layer.
pub struct LayerWriter<'a> {
    name: String,
    names: Vec<&'a str>,
    /// For each field: its key's number + 1, 0 where no feature had a value yet, and [`NEVER`].
    key_of_field: Vec<u32>,
    id_key: u32,
    keys: Vec<&'a str>,
    values: Values<'a>,
    features: Vec<u8>,
    count: u32,
    tags: Vec<u8>,
    commands: Vec<u8>,
}

/// The key of a field that is not written: one named `id`, or as an earlier one.
const NEVER: u32 = u32::MAX;

impl<'a> LayerWriter<'a> {
    /// A layer without features yet. Fields are those of each feature's values, in order.
    #[must_use]
    pub fn new(name: &str, fields: &'a [Field]) -> Self {
        let names: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
        let key_of_field = names
            .iter()
            .enumerate()
            .map(|(i, name)| {
                if *name == ID || names[..i].contains(name) {
                    NEVER
                } else {
                    0
                }
            })
            .collect();
        Self {
            name: name.to_owned(),
            names,
            key_of_field,
            id_key: 0,
            keys: Vec::new(),
            values: Values::new(),
            features: Vec::new(),
            count: 0,
            tags: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// Appends a feature. `number` is its id for the tile, unique in the layer; `values` are in the order of the fields.
    pub fn feature(
        &mut self,
        number: u64,
        id: IdRef<'a>,
        geometry: &TileGeometry,
        values: impl IntoIterator<Item = ValueRef<'a>>,
    ) {
        self.tags.clear();
        let id = match id {
            IdRef::Int(n) => self.values.number(ValueRef::Int(n)),
            IdRef::Text(s) => Some(self.values.number_of_new_text(s)),
        };
        if let Some(value) = id {
            tag(&mut self.tags, &mut self.keys, &mut self.id_key, ID, value);
        }
        // The iterator drives, which spares a chain of them its state.
        values.into_iter().enumerate().for_each(|(field, value)| {
            let Some(key) = self.key_of_field.get_mut(field).filter(|key| **key != NEVER) else {
                return;
            };
            if let Some(value) = self.values.number(value) {
                tag(&mut self.tags, &mut self.keys, key, self.names[field], value);
            }
        });
        self.commands.clear();
        write_geometry(geometry, &mut self.commands);
        self.write_feature(number, geometry.kind());
        self.count += 1;
    }

    fn write_feature(&mut self, number: u64, kind: TileKind) {
        let (tags, commands) = (self.tags.len() as u64, self.commands.len() as u64);
        let size =
            1 + size_of_varint(number) + 1 + size_of_varint(tags) + tags + 2 + 1 + size_of_varint(commands) + commands;
        let out = &mut self.features;
        out.push(field::LAYER_FEATURES << 3 | 2);
        varint(out, size);
        number_field(out, field::FEATURE_ID, number);
        bytes_field(out, field::FEATURE_TAGS, &self.tags);
        number_field(out, field::FEATURE_TYPE, kind as u64);
        bytes_field(out, field::FEATURE_GEOMETRY, &self.commands);
    }

    /// The number of features so far.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether it has no feature yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends the layer to a tile; nothing where it has no feature (MVT 2.1, 4.1: a layer SHOULD have one).
    pub fn finish(self, tile: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut head = Vec::with_capacity(64);
        number_field(&mut head, field::LAYER_VERSION, 2);
        bytes_field(&mut head, field::LAYER_NAME, self.name.as_bytes());
        let mut keys = Vec::with_capacity(256);
        for key in &self.keys {
            bytes_field(&mut keys, field::LAYER_KEYS, key.as_bytes());
        }
        let mut extent = Vec::with_capacity(4);
        number_field(&mut extent, field::LAYER_EXTENT, EXTENT as u64);
        let pieces = [&head, &self.features, &keys, self.values.bytes(), &extent];
        let size: usize = pieces.iter().map(|p| p.len()).sum();
        tile.reserve_exact(size + 11);
        tile.push(field::TILE_LAYERS << 3 | 2);
        varint(tile, size as u64);
        pieces.iter().for_each(|p| tile.extend_from_slice(p));
    }
}

/// Appends a key's and a value's number; a key used for the first time gets the next one.
fn tag<'a>(tags: &mut Vec<u8>, keys: &mut Vec<&'a str>, key: &mut u32, name: &'a str, value: u32) {
    if *key == 0 {
        keys.push(name);
        *key = keys.len() as u32;
    }
    varint(tags, u64::from(*key - 1));
    varint(tags, u64::from(value));
}

/// Appends a geometry's commands: moves relative to the point before (MVT 2.1, 4.3.2 to 4.3.4).
fn write_geometry(geometry: &TileGeometry, out: &mut Vec<u8>) {
    let mut at: TilePoint = [0, 0];
    let mut step = |out: &mut Vec<u8>, to: TilePoint| {
        varint(out, zigzag(i64::from(to[0] - at[0])));
        varint(out, zigzag(i64::from(to[1] - at[1])));
        at = to;
    };
    let command = |out: &mut Vec<u8>, id: u32, count: usize| varint(out, u64::from(id) | (count as u64) << 3);
    for path in geometry.paths() {
        let Some((&first, rest)) = path.split_first() else {
            continue;
        };
        if geometry.kind() == TileKind::Point {
            command(out, command::MOVE_TO, path.len());
            path.iter().for_each(|&p| step(out, p));
            continue;
        }
        command(out, command::MOVE_TO, 1);
        step(out, first);
        command(out, command::LINE_TO, rest.len());
        rest.iter().for_each(|&p| step(out, p));
        if geometry.kind() == TileKind::Polygon {
            command(out, command::CLOSE_PATH, 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::feature::FieldType;

    #[test]
    fn commands_are_those_of_the_specification() {
        // MVT 2.1, 4.3.5: the examples of points, lines and polygons.
        let check = |kind, paths: &[&[TilePoint]], expected: &[u8]| {
            let mut out = Vec::new();
            write_geometry(&TileGeometry::of(kind, paths), &mut out);
            assert_eq!(out, expected, "{paths:?}");
        };
        check(TileKind::Point, &[&[[25, 17]]], &[9, 50, 34]);
        check(TileKind::Point, &[&[[5, 7], [3, 2]]], &[17, 10, 14, 3, 9]);
        check(
            TileKind::Line,
            &[&[[2, 2], [2, 10], [10, 10]]],
            &[9, 4, 4, 18, 0, 16, 16, 0],
        );
        check(
            TileKind::Line,
            &[&[[2, 2], [2, 10], [10, 10]], &[[1, 1], [3, 5]]],
            &[9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        );
        check(
            TileKind::Polygon,
            &[&[[3, 6], [8, 12], [20, 34]]],
            &[9, 6, 12, 18, 10, 12, 24, 44, 15],
        );
    }

    #[test]
    fn a_layer_without_features_is_nothing() {
        let mut tile = vec![7];
        LayerWriter::new("empty", &[]).finish(&mut tile);
        assert_eq!(tile, [7]);
    }

    #[test]
    fn the_feature_s_id_takes_the_place_of_a_field_named_so() {
        let fields = ["id", "nom", "nom", "rien"].map(|name| Field {
            name: name.into(),
            kind: FieldType::Text,
        });
        let mut layer = LayerWriter::new("l", &fields);
        let point = TileGeometry::of(TileKind::Point, &[&[[1, 1]]]);
        let values = ["other", "Lens", "Liévin"]
            .map(ValueRef::Text)
            .into_iter()
            .chain([ValueRef::Null]);
        layer.feature(3, IdRef::Int(-3), &point, values);
        assert_eq!(layer.keys, ["id", "nom"]);
        let mut tile = Vec::new();
        layer.finish(&mut tile);
        let expected: &[&[u8]] = &[
            &[0x1a, 46],
            &[0x78, 2],
            b"\x0a\x01l",
            &[0x12, 15, 0x08, 3, 0x12, 4, 0, 0, 1, 1, 0x18, 1, 0x22, 3, 9, 2, 2],
            b"\x1a\x02id",
            b"\x1a\x03nom",
            &[0x22, 2, 0x30, 5],
            b"\x22\x06\x0a\x04Lens",
            &[0x28, 0x80, 0x20],
        ];
        assert_eq!(tile, expected.concat());
    }
}
