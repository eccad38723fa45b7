//! The values of a layer, each written once (MVT 2.1, 4.1), numbered in the order of their first use.

use super::protobuf::{bytes_field, number_field, size_of_varint, varint, zigzag};
use crate::model::feature::ValueRef;

/// A value as it tells apart: floats by their bits, so that it has an order of equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key<'a> {
    Bool(bool),
    Int(i64),
    Float(u64),
    Text(&'a str),
}

/// Where a text was seen last: the same place in memory is the same text, as texts live as long as the table.
#[derive(Clone, Copy, Default)]
struct Seen {
    address: usize,
    length: u32,
    number: u32,
}

/// Places for texts seen, as a power of two: enough for the dictionaries of some fields.
const SEEN_BITS: u32 = 8;

/// Whole numbers from 0 on that are found without a hash: counts, years, numbers within a section.
const SMALL: usize = 1 << 12;
const SMALL_END: i64 = SMALL as i64;

/// Places for values at first, as a power of two.
const FIRST_PLACES: usize = 1 << 10;

/// A place taken: the value's number + 1 below, half of its hash above. 0: free.
type Place = u64;

/// Values by number, and numbers by value.
pub struct Values<'a> {
    keys: Vec<Key<'a>>,
    /// Open addressing; a power of two of places, at most half of them taken.
    places: Vec<Place>,
    seen: Vec<Seen>,
    /// For small whole numbers, their number + 1; 0 where not used yet.
    small: Vec<u32>,
    bytes: Vec<u8>,
}

impl<'a> Values<'a> {
    pub fn new() -> Self {
        Self {
            keys: Vec::new(),
            places: vec![0; FIRST_PLACES],
            seen: vec![Seen::default(); 1 << SEEN_BITS],
            small: vec![0; SMALL],
            bytes: Vec::new(),
        }
    }

    /// The number of a text that is not looked for by its address, as it is rarely the same twice.
    pub fn number_of_new_text(&mut self, text: &'a str) -> u32 {
        self.number_of_key(Key::Text(text))
    }

    /// The number of a value; `None` for what a tile can't say: null, NaN and ±∞.
    ///
    /// Cost: one look for a text at the same address as before (a dictionary's), else a hash of the value.
    #[inline]
    pub fn number(&mut self, value: ValueRef<'a>) -> Option<u32> {
        Some(match value {
            ValueRef::Null => return None,
            ValueRef::Bool(b) => self.number_of_key(Key::Bool(b)),
            ValueRef::Int(n @ 0..SMALL_END) => {
                if self.small[n as usize] == 0 {
                    self.small[n as usize] = self.number_of_key(Key::Int(n)) + 1;
                }
                self.small[n as usize] - 1
            }
            ValueRef::Int(n) => self.number_of_key(Key::Int(n)),
            // −0 + 0 is 0: one value, not two that compare equal.
            ValueRef::Float(x) if x.is_finite() => self.number_of_key(Key::Float((x + 0.0).to_bits())),
            ValueRef::Float(_) => return None,
            ValueRef::Text(s) => {
                let address = s.as_ptr().addr();
                let place = (mix(address as u64, s.len() as u64) >> (64 - SEEN_BITS)) as usize;
                let seen = self.seen[place];
                if seen.address == address && seen.length as usize == s.len() {
                    return Some(seen.number);
                }
                let number = self.number_of_key(Key::Text(s));
                if let Ok(length) = u32::try_from(s.len()) {
                    self.seen[place] = Seen {
                        address,
                        length,
                        number,
                    };
                }
                number
            }
        })
    }

    /// All values as fields of the layer message, in order.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn number_of_key(&mut self, key: Key<'a>) -> u32 {
        let hash = hash(key) >> 32;
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let place = self.places[at];
            if place == 0 {
                break;
            }
            let number = place as u32 - 1;
            if place >> 32 == hash && self.keys[number as usize] == key {
                return number;
            }
            at = (at + 1) & mask;
        }
        let number = self.keys.len() as u32;
        self.keys.push(key);
        self.places[at] = hash << 32 | u64::from(number + 1);
        self.write(key);
        if 2 * self.keys.len() > self.places.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let mask = 4 * self.places.len() - 1;
        let before = std::mem::replace(&mut self.places, vec![0; mask + 1]);
        for place in before.into_iter().filter(|&p| p != 0) {
            let mut at = (place >> 32) as usize & mask;
            while self.places[at] != 0 {
                at = (at + 1) & mask;
            }
            self.places[at] = place;
        }
    }

    /// MVT 2.1, 4.4: a message with one field.
    fn write(&mut self, key: Key<'_>) {
        const VALUES: u8 = 4;
        let out = &mut self.bytes;
        out.push(VALUES << 3 | 2);
        match key {
            Key::Text(s) => {
                let length = s.len() as u64;
                varint(out, 1 + size_of_varint(length) + length);
                bytes_field(out, 1, s.as_bytes());
            }
            Key::Float(bits) => {
                out.extend_from_slice(&[9, 3 << 3 | 1]);
                out.extend_from_slice(&bits.to_le_bytes());
            }
            Key::Int(n) => {
                let (field, n) = u64::try_from(n).map_or_else(|_| (6, zigzag(n)), |n| (5, n));
                varint(out, 1 + size_of_varint(n));
                number_field(out, field, n);
            }
            Key::Bool(b) => {
                out.push(2);
                number_field(out, 7, u64::from(b));
            }
        }
    }
}

/// The high and low half of a product, folded: every bit of both depends on every bit of the input.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9E37_79B9_7F4A_7C15) * u128::from(b ^ 0xD1B5_4A32_D192_ED03);
    product as u64 ^ (product >> 64) as u64
}

fn hash(key: Key<'_>) -> u64 {
    match key {
        Key::Bool(b) => mix(1, u64::from(b)),
        Key::Int(n) => mix(2, n as u64),
        Key::Float(bits) => mix(3, bits),
        Key::Text(s) => {
            let (chunks, rest) = s.as_bytes().as_chunks::<8>();
            let mut state = chunks
                .iter()
                .fold(s.len() as u64, |state, &c| mix(state, u64::from_le_bytes(c)));
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            state = mix(state, u64::from_le_bytes(last));
            state
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_number_and_others_their_own() {
        let texts: Vec<String> = (0..3000).map(|i| format!("parcelle {}", i % 1500)).collect();
        let mut values = Values::new();
        let mut numbers = Vec::new();
        for (i, text) in texts.iter().enumerate() {
            numbers.push(values.number(ValueRef::Text(text)).unwrap());
            assert_eq!(
                values.number(ValueRef::Int(i as i64 % 7)),
                values.number(ValueRef::Int(i as i64 % 7))
            );
        }
        assert_eq!(numbers[..1500], numbers[1500..]);
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 1500);
        assert_eq!(values.keys.len(), 1507);
    }

    #[test]
    fn kinds_are_kept_apart_and_nothing_is_no_value() {
        let mut values = Values::new();
        let check =
            |values: &mut Values<'static>, value, expected| assert_eq!(values.number(value), expected, "{value:?}");
        check(&mut values, ValueRef::Int(1), Some(0));
        check(&mut values, ValueRef::Float(1.0), Some(1));
        check(&mut values, ValueRef::Text("1"), Some(2));
        check(&mut values, ValueRef::Bool(true), Some(3));
        check(&mut values, ValueRef::Float(0.0), Some(4));
        check(&mut values, ValueRef::Float(-0.0), Some(4));
        check(&mut values, ValueRef::Text(""), Some(5));
        check(&mut values, ValueRef::Null, None);
        check(&mut values, ValueRef::Float(f64::NAN), None);
        check(&mut values, ValueRef::Float(f64::INFINITY), None);
    }
}
