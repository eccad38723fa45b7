//! What an answer holds once unpacked: gzip, zip, or as it is. Told by content, never by name.

use std::io::{Cursor, Read};

use super::failure::Failure;

/// The longest that an answer may be once unpacked.
const MAX_UNPACKED_BYTES: u64 = 2 << 30;

/// The bytes of the data in an answer; `inside` ends the name of the file in a zip.
pub(super) fn unpack(bytes: Vec<u8>, inside: Option<&str>) -> Result<Vec<u8>, Failure> {
    match bytes.as_slice() {
        [0x1f, 0x8b, ..] => read(flate2::read::MultiGzDecoder::new(bytes.as_slice()), MAX_UNPACKED_BYTES),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => from_zip(&bytes, inside),
        _ => Ok(bytes),
    }
}

fn from_zip(bytes: &[u8], inside: Option<&str>) -> Result<Vec<u8>, Failure> {
    let broken = |error: zip::result::ZipError| Failure::Compressed(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let ending = inside.unwrap_or("json").to_lowercase();
    let names = archive
        .file_names()
        .filter_map(Result::ok)
        .map(|name| name.into_owned());
    let Some(name) = names.into_iter().find(|name| name.to_lowercase().ends_with(&ending)) else {
        return Err(Failure::NotInside(inside.unwrap_or("json").to_owned()));
    };
    let file = archive.by_name(&name).map_err(broken)?;
    read(file, MAX_UNPACKED_BYTES)
}

fn read(mut from: impl Read, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut whole = vec![];
    let read = from.by_ref().take(limit + 1).read_to_end(&mut whole);
    read.map_err(|error| Failure::Compressed(error.to_string()))?;
    if whole.len() as u64 > limit {
        return Err(Failure::TooLarge(limit));
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn each_container_gives_its_content() {
        assert_eq!(unpack(b"{}".to_vec(), None).unwrap(), b"{}");
        assert_eq!(unpack(gzip(b"{}"), None).unwrap(), b"{}");
        let mut archive = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, text) in [
            ("SHP/a.shp", "x"),
            ("GEOJSON/A_LB93.geojson", "1"),
            ("GEOJSON/A_WGS84.geojson", "2"),
        ] {
            archive
                .start_file(name, zip::write::SimpleFileOptions::default())
                .unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        let bytes = archive.finish().unwrap().into_inner();
        assert_eq!(unpack(bytes.clone(), Some("wgs84.geojson")).unwrap(), b"2");
        assert_eq!(unpack(bytes, Some(".gpkg")), Err(Failure::NotInside(".gpkg".into())));
    }

    #[test]
    fn what_is_cut_or_flipped_is_broken() {
        let mut cut = gzip(&[b'a'; 1000]);
        cut.truncate(cut.len() - 4);
        assert!(matches!(unpack(cut, None), Err(Failure::Compressed(_))));
        let mut flipped = gzip(b"abcdefgh");
        let last = flipped.len() - 6;
        flipped[last] ^= 1;
        assert!(matches!(unpack(flipped, None), Err(Failure::Compressed(_))));
        assert!(matches!(
            unpack(b"PK\x03\x04broken".to_vec(), None),
            Err(Failure::Compressed(_))
        ));
        assert_eq!(read(&[0; 11][..], 10), Err(Failure::TooLarge(10)));
    }
}
