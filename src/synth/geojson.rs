//! Parcels as GeoJSON (RFC 7946) and as GeoJSON text sequences (RFC 8142).
//!
//! In: a stream of parcels. Out: bytes, one feature a line. Coordinates are written from integers: the shortest decimal, the same
//! everywhere. Texts are ours and need no escapes.

use std::io::{self, Write};

use super::parcel::{Parcel, Position};
use super::{LAYER, SynthError, TITLE};

/// Writes one FeatureCollection, a feature a line.
///
/// # Errors
/// Those of `out`.
pub fn write_geojson(parcels: impl Iterator<Item = Parcel>, mut out: impl Write) -> Result<(), SynthError> {
    write!(
        out,
        "{{\"type\":\"FeatureCollection\",\"name\":\"{LAYER}\",\"title\":\"{TITLE}\",\"features\":["
    )?;
    for (i, parcel) in parcels.enumerate() {
        out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
        feature(&parcel, &mut out)?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()?;
    Ok(())
}

/// Writes a text sequence: a feature a line, each after the record separator 0x1E.
///
/// # Errors
/// Those of `out`.
pub fn write_geojsonseq(parcels: impl Iterator<Item = Parcel>, mut out: impl Write) -> Result<(), SynthError> {
    for parcel in parcels {
        out.write_all(b"\x1e")?;
        feature(&parcel, &mut out)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

fn feature(p: &Parcel, out: &mut impl Write) -> io::Result<()> {
    let Parcel {
        id,
        commune,
        section,
        numero,
        proprietaire,
        zone,
        ..
    } = p;
    write!(
        out,
        "{{\"type\":\"Feature\",\"id\":\"{id}\",\"properties\":{{\"id\":\"{id}\",\"commune\":\"{commune}\","
    )?;
    write!(
        out,
        "\"prefixe\":\"{}\",\"section\":\"{section}\",\"numero\":\"{numero}\",\"contenance\":",
        Parcel::PREFIX
    )?;
    match p.contenance {
        Some(m2) => write!(out, "{m2}")?,
        None => out.write_all(b"null")?,
    }
    write!(out, ",\"proprietaire\":\"{proprietaire}\",\"statut\":")?;
    match p.statut {
        Some(statut) => write!(out, "\"{statut}\"")?,
        None => out.write_all(b"null")?,
    }
    write!(
        out,
        ",\"zone\":\"{zone}\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":["
    )?;
    for (i, ring) in p.rings.iter().enumerate() {
        out.write_all(if i == 0 { b"[" } else { b",[" })?;
        for (k, position) in ring.iter().enumerate() {
            if k > 0 {
                out.write_all(b",")?;
            }
            coordinate(*position, out)?;
        }
        out.write_all(b"]")?;
    }
    out.write_all(b"]}}")
}

fn coordinate(p: Position, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"[")?;
    decimal(p.lon_e7, out)?;
    out.write_all(b",")?;
    decimal(p.lat_e7, out)?;
    out.write_all(b"]")
}

/// A number of 10⁻⁷ units as a decimal without trailing zeros.
fn decimal(e7: i64, out: &mut impl Write) -> io::Result<()> {
    let sign = if e7 < 0 { "-" } else { "" };
    let (whole, mut part) = (e7.unsigned_abs() / 10_000_000, e7.unsigned_abs() % 10_000_000);
    if part == 0 {
        return write!(out, "{sign}{whole}");
    }
    let mut digits = 7;
    while part % 10 == 0 {
        part /= 10;
        digits -= 1;
    }
    write!(out, "{sign}{whole}.{part:0digits$}")
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_read_back_as_the_nearest_float() {
        for e7 in [
            0,
            1,
            -1,
            10_000_000,
            27_000_000,
            -123_456_789,
            504_400_001,
            1_799_999_999,
        ] {
            let mut text = Vec::new();
            decimal(e7, &mut text).expect("a vector takes all");
            let text = String::from_utf8(text).expect("ascii");
            assert_eq!(text.parse::<f64>().expect("a number"), e7 as f64 / 1e7, "{text}");
            assert!(!text.contains('.') || !text.ends_with('0'), "{text}");
        }
    }
}
