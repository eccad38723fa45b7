//! A small reader of vector tiles, for tests only. It shares no code with the writer and refuses what MVT 2.1 forbids.

use std::collections::{HashMap, HashSet};

/// A property's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    Text(String),
    Double(f64),
    Int(i64),
    Bool(bool),
}

/// A decoded feature; rings without the closing point.
#[derive(Debug, Clone)]
pub struct Feature {
    pub id: u64,
    pub kind: u64,
    pub properties: HashMap<String, Property>,
    pub paths: Vec<Vec<[i64; 2]>>,
}

/// A decoded layer.
#[derive(Debug, Clone)]
pub struct Layer {
    pub name: String,
    pub features: Vec<Feature>,
}

enum Wire<'a> {
    Number(u64),
    Fixed([u8; 8]),
    Bytes(&'a [u8]),
}

fn varint(data: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = data.split_first().expect("a whole varint");
        *data = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
    }
    panic!("a varint of more than 64 bits");
}

fn fields(mut data: &[u8]) -> Vec<(u64, Wire<'_>)> {
    let mut found = Vec::new();
    while !data.is_empty() {
        let key = varint(&mut data);
        let value = match key & 7 {
            0 => Wire::Number(varint(&mut data)),
            1 => {
                let (bytes, rest) = data.split_at(8);
                data = rest;
                Wire::Fixed(bytes.try_into().unwrap())
            }
            2 => {
                let size = varint(&mut data) as usize;
                let (bytes, rest) = data.split_at(size);
                data = rest;
                Wire::Bytes(bytes)
            }
            wire => panic!("wire type {wire}"),
        };
        found.push((key >> 3, value));
    }
    found
}

fn packed(mut data: &[u8]) -> Vec<u64> {
    let mut found = Vec::new();
    while !data.is_empty() {
        found.push(varint(&mut data));
    }
    found
}

fn signed(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Decodes a tile of any number of layers.
pub fn tile(data: &[u8]) -> Vec<Layer> {
    fields(data)
        .into_iter()
        .map(|(number, value)| match (number, value) {
            (3, Wire::Bytes(bytes)) => layer(bytes),
            (number, _) => panic!("tile field {number}"),
        })
        .collect()
}

fn layer(data: &[u8]) -> Layer {
    let (mut name, mut extent, mut keys, mut values, mut raw) = (None, 4096, Vec::new(), Vec::new(), Vec::new());
    for (at, (number, value)) in fields(data).into_iter().enumerate() {
        match (number, value) {
            (15, Wire::Number(2)) => assert_eq!(at, 0, "version first"),
            (1, Wire::Bytes(text)) => name = Some(String::from_utf8(text.to_vec()).unwrap()),
            (2, Wire::Bytes(feature)) => raw.push(feature),
            (3, Wire::Bytes(text)) => keys.push(String::from_utf8(text.to_vec()).unwrap()),
            (4, Wire::Bytes(one)) => values.push(property(one)),
            (5, Wire::Number(units)) => extent = units,
            (number, _) => panic!("layer field {number}"),
        }
    }
    assert_eq!(extent, 4096);
    assert!(!raw.is_empty(), "a layer has a feature");
    assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len(), "keys are unique");
    let shown: HashSet<String> = values.iter().map(|v| format!("{v:?}")).collect();
    assert_eq!(shown.len(), values.len(), "values are unique");
    let features: Vec<Feature> = raw.into_iter().map(|f| feature(f, &keys, &values)).collect();
    assert_eq!(
        features.iter().map(|f| f.id).collect::<HashSet<_>>().len(),
        features.len(),
        "ids are unique"
    );
    Layer {
        name: name.expect("a name"),
        features,
    }
}

fn property(data: &[u8]) -> Property {
    let mut found = fields(data);
    assert_eq!(found.len(), 1);
    match found.remove(0) {
        (1, Wire::Bytes(text)) => Property::Text(String::from_utf8(text.to_vec()).unwrap()),
        (3, Wire::Fixed(bytes)) => Property::Double(f64::from_le_bytes(bytes)),
        (5, Wire::Number(n)) => Property::Int(i64::try_from(n).unwrap()),
        (6, Wire::Number(n)) => Property::Int(signed(n)),
        (7, Wire::Number(n)) => Property::Bool(n == 1),
        (number, _) => panic!("value field {number}"),
    }
}

fn feature(data: &[u8], keys: &[String], values: &[Property]) -> Feature {
    let mut found = Feature {
        id: 0,
        kind: 0,
        properties: HashMap::new(),
        paths: Vec::new(),
    };
    let mut commands = Vec::new();
    for (number, value) in fields(data) {
        match (number, value) {
            (1, Wire::Number(id)) => found.id = id,
            (2, Wire::Bytes(tags)) => {
                for pair in packed(tags).chunks(2) {
                    let before = found
                        .properties
                        .insert(keys[pair[0] as usize].clone(), values[pair[1] as usize].clone());
                    assert!(before.is_none(), "a key once per feature");
                }
            }
            (3, Wire::Number(kind)) => found.kind = kind,
            (4, Wire::Bytes(bytes)) => commands = packed(bytes),
            (number, _) => panic!("feature field {number}"),
        }
    }
    found.paths = paths(&commands, found.kind);
    found
}

/// MVT 2.1, 4.3: the commands that each kind allows, in their order.
fn paths(commands: &[u64], kind: u64) -> Vec<Vec<[i64; 2]>> {
    let (mut at, mut cursor, mut found) = (0, [0, 0], Vec::new());
    let mut run = |id: u64, at: &mut usize| -> Vec<[i64; 2]> {
        let count = (commands[*at] >> 3) as usize;
        assert_eq!(commands[*at] & 7, id, "command at {at} of a feature of type {kind}");
        *at += 1;
        let points = (0..count).map(|i| {
            cursor[0] += signed(commands[*at + 2 * i]);
            cursor[1] += signed(commands[*at + 2 * i + 1]);
            cursor
        });
        let points: Vec<_> = points.collect();
        *at += 2 * count;
        points
    };
    while at < commands.len() {
        let mut path = run(1, &mut at);
        if kind == 1 {
            assert!(!path.is_empty() && at == commands.len(), "points are one move");
        } else {
            assert_eq!(path.len(), 1);
            let rest = run(2, &mut at);
            assert!(rest.len() >= kind as usize - 1, "a line has 2 points, a ring 3");
            path.extend(rest);
            assert!(path.windows(2).all(|w| w[0] != w[1]), "no segment of no length");
        }
        if kind == 3 {
            assert_eq!(commands[at], 15, "a ring is closed");
            at += 1;
            assert_ne!(path.first(), path.last(), "the closing point is not repeated");
        }
        found.push(path);
    }
    assert!(!found.is_empty(), "a feature has a geometry");
    found
}

/// Twice the area by the surveyor's formula.
pub fn doubled_area(ring: &[[i64; 2]]) -> i64 {
    (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            a[0] * b[1] - b[0] * a[1]
        })
        .sum()
}
