//! The few pieces of protobuf that a vector tile is made of (Protocol Buffers, Encoding).

/// Appends a number in base 128, least first.
#[inline]
pub fn varint(out: &mut Vec<u8>, mut value: u64) {
    // Nearly all numbers of a tile take one byte or two.
    if value < 0x80 {
        return out.push(value as u8);
    }
    if value < 0x4000 {
        return out.extend_from_slice(&[value as u8 | 0x80, (value >> 7) as u8]);
    }
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The bytes that a number takes.
pub fn size_of_varint(value: u64) -> u64 {
    u64::from((64 - (value | 1).leading_zeros()).div_ceil(7))
}

/// A signed number as an unsigned one that is small where it is small.
pub fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Appends a field's number and that a number follows.
pub fn number_field(out: &mut Vec<u8>, field: u8, value: u64) {
    out.push(field << 3);
    varint(out, value);
}

/// Appends a field of so many bytes: a message, text or packed numbers.
pub fn bytes_field(out: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    out.push(field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_documentation_shows() {
        let check = |value, expected: &[u8]| {
            let mut out = Vec::new();
            varint(&mut out, value);
            assert_eq!(out, expected, "{value}");
            assert_eq!(out.len() as u64, size_of_varint(value), "{value}");
        };
        check(0, &[0]);
        check(127, &[127]);
        check(16_383, &[0xff, 0x7f]);
        check(16_384, &[0x80, 0x80, 0x01]);
        check(150, &[0x96, 0x01]);
        check(u64::MAX, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
        assert_eq!([i64::MAX, i64::MIN].map(zigzag), [u64::MAX - 1, u64::MAX]);
    }
}
