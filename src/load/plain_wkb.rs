//! Well-known binary of the six plain kinds in two dimensions, read without GDAL (OGC 06-103r4 §8).

use crate::model::geometry::GeometryKind;
use crate::model::row::Shape;

/// Reads a geometry into a shape; an empty one leaves a shape without a place. `None` for all that is not plain
/// (heights, measures, curves, collections, numbers that are no place) or not whole.
pub(super) fn read(bytes: &[u8], shape: &mut Shape) -> Option<()> {
    let mut rest = Rest { bytes, big: false };
    let kind = rest.kind()?;
    shape.start(kind);
    if kind.is_multi() {
        for _ in 0..rest.count()? {
            let member = rest.kind()?;
            // The numbers of one and of several of a kind lie three apart.
            (member as u8 + 3 == kind as u8).then_some(())?;
            rest.part(member, shape)?;
        }
    } else {
        rest.part(kind, shape)?;
    }
    let finite = shape.coords().iter().all(|p| p[0].is_finite() && p[1].is_finite());
    (finite && rest.bytes.is_empty()).then_some(())?;
    if shape.coords().is_empty() {
        shape.start(GeometryKind::None);
    }
    Some(())
}

/// What is not read yet.
struct Rest<'a> {
    bytes: &'a [u8],
    /// Whether the current geometry has its highest bytes first.
    big: bool,
}

impl Rest<'_> {
    fn next<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, behind) = self.bytes.split_first_chunk()?;
        self.bytes = behind;
        Some(*first)
    }

    fn number(&mut self) -> Option<u32> {
        let bytes = self.next()?;
        Some(if self.big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    /// Byte order and kind, with which every geometry begins.
    fn kind(&mut self) -> Option<GeometryKind> {
        let [order] = self.next()?;
        (order <= 1).then_some(())?;
        self.big = order == 0;
        let code = u8::try_from(self.number()?).ok()?;
        GeometryKind::from_code(code).filter(|kind| *kind != GeometryKind::None)
    }

    fn count(&mut self) -> Option<usize> {
        Some(self.number()? as usize)
    }

    /// A point, line or polygon behind its kind, as a part of the shape.
    fn part(&mut self, kind: GeometryKind, shape: &mut Shape) -> Option<()> {
        let before = shape.ring_count();
        match kind {
            GeometryKind::Point => self.ring(1, shape)?,
            GeometryKind::LineString => {
                let points = self.count()?;
                self.ring(points, shape)?;
            }
            _ => {
                for _ in 0..self.count()? {
                    let points = self.count()?;
                    self.ring(points, shape)?;
                }
            }
        }
        if shape.ring_count() > before {
            shape.end_part();
        }
        Some(())
    }

    fn ring(&mut self, points: usize, shape: &mut Shape) -> Option<()> {
        let (ring, behind) = self.bytes.split_at_checked(points.checked_mul(16)?)?;
        self.bytes = behind;
        if points == 0 {
            return Some(());
        }
        let big = self.big;
        let number = |bytes: &[u8; 8]| {
            if big {
                f64::from_be_bytes(*bytes)
            } else {
                f64::from_le_bytes(*bytes)
            }
        };
        let (pairs, _) = ring.as_chunks::<16>();
        for (point, bytes) in shape.grow(points).iter_mut().zip(pairs) {
            let (values, _) = bytes.as_chunks::<8>();
            *point = [number(&values[0]), number(&values[1])];
        }
        shape.end_ring();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ogr::wkb::read_wkb;

    /// Geometries in both byte orders, written by hand after the standard; GDAL is the judge of what they are.
    const GEOMETRIES: [&str; 6] = [
        "0101000000000000000000f03f0000000000000040",
        "00000000013ff00000000000004000000000000000",
        "010200000002000000000000000000f03f000000000000004000000000000008400000000000001040",
        "01030000000100000004000000000000000000000000000000000000000000000000000040000000000000000000000000000000400000000000000040\
         00000000000000000000000000000000",
        "0104000000020000000101000000000000000000f03f0000000000000040010100000000000000000008400000000000001040",
        "010600000001000000010300000001000000040000000000000000000000000000000000000000000000000000400000000000000000000000000000\
         0040000000000000004000000000000000000000000000000000",
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        digits
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn geometries_are_read_as_gdal_reads_them() {
        for hex in GEOMETRIES {
            let bytes = bytes(hex);
            let (mut ours, mut gdal) = (Shape::default(), Shape::default());
            assert_eq!(read(&bytes, &mut ours), Some(()), "{hex}");
            read_wkb(&bytes, &mut gdal).unwrap();
            assert_eq!(ours, gdal, "{hex}");
        }
    }

    #[test]
    fn what_is_not_plain_or_not_whole_is_left_to_gdal() {
        let whole = bytes(GEOMETRIES[3]);
        let mut shape = Shape::default();
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end], &mut shape), None, "{end}");
        }
        // A height (1001), a collection (7), an EWKB flag, a count of rings that can't be, a point that is nowhere.
        for hex in [
            "01e9030000000000000000f03f00000000000000400000000000000040",
            "010700000000000000",
            "0101000020e6100000000000000000f03f0000000000000040",
            "0103000000ffffffff00000000",
            "0101000000000000000000f87f000000000000f87f",
        ] {
            assert_eq!(read(&bytes(hex), &mut shape), None, "{hex}");
        }
    }
}
