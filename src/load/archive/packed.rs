//! Unpacking one stream: gzip or bzip2, of a single file or of a tar.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;

use super::{ArchiveError, Unpacking};
use crate::load::sniff::{Kind, Packing, kind_of};

/// Bytes at the beginning of a stream that tell a tar from a file.
const HEADER: u64 = 512;

/// Extensions of one word for a tar that is packed.
const TARBALLS: [&str; 4] = ["tgz", "taz", "tbz", "tbz2"];

impl Unpacking<'_> {
    /// Unpacks a stream into files of a tar, or into one file of the archive's name without its last extension.
    pub(super) fn unpack_packed(
        &mut self,
        archive: &mut File,
        packing: Packing,
        path: &Path,
        into: &Path,
    ) -> Result<Vec<PathBuf>, ArchiveError> {
        let mut stream = Members {
            input: Some(BufReader::new(archive)),
            decoder: None,
            packing,
            named: None,
        };
        let mut head = vec![];
        let read = (&mut stream).take(HEADER).read_to_end(&mut head);
        read.map_err(|e| self.damaged("", &e))?;
        let named = stream.named.take();
        let inner = Path::new(path.file_stem().unwrap_or_default());
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_tar = kind_of(inner, &head) == Kind::Archive(Packing::Tar) || TARBALLS.contains(&extension.as_str());
        let mut whole = Cursor::new(head).chain(stream);
        if is_tar {
            let written = self.unpack_tar(&mut whole, into)?;
            // The sum of the stream stands behind the end of the tar.
            let place = self.place("");
            self.budget.copy(&mut whole, &mut io::sink(), &place)?;
            return Ok(written);
        }
        let name = file_name(path, named);
        let place = self.place(&name);
        self.budget.count_entry(&place)?;
        Ok(self.write(&name, whole, &into.join(&name))?.into_iter().collect())
    }
}

/// The name of the file in a packed stream: the archive's without its last extension; the name that the
/// stream gives where that leaves none to know the format by.
fn file_name(path: &Path, named: Option<String>) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    if Path::new(&stem).extension().is_some() {
        return stem;
    }
    let named = named
        .as_deref()
        .map(Path::new)
        .and_then(Path::extension)
        .and_then(OsStr::to_str);
    match named {
        Some(extension) if extension.bytes().all(|b| b.is_ascii_alphanumeric()) => format!("{stem}.{extension}"),
        _ => stem,
    }
}

enum Decoder<R> {
    Gzip(Box<GzDecoder<R>>),
    Bzip2(Box<BzDecoder<R>>),
}

/// The members of a packed stream, one after the other; zero bytes behind the last are padding.
struct Members<R> {
    input: Option<R>,
    decoder: Option<Decoder<R>>,
    packing: Packing,
    /// The name that the first member gives to its file.
    named: Option<String>,
}

impl<R: BufRead> Members<R> {
    /// Begins the next member, if there is one.
    fn begin(&mut self) -> io::Result<bool> {
        let Some(mut input) = self.input.take() else {
            return Ok(false);
        };
        let mut padding = false;
        loop {
            let there = input.fill_buf()?;
            let zeros = there.iter().take_while(|b| **b == 0).count();
            if there.is_empty() {
                return Ok(false);
            }
            if zeros < there.len() {
                if padding || zeros > 0 {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes behind its end"));
                }
                break;
            }
            padding = true;
            input.consume(zeros);
        }
        self.decoder = Some(match self.packing {
            Packing::Bzip2 => Decoder::Bzip2(Box::new(BzDecoder::new(input))),
            _ => Decoder::Gzip(Box::new(GzDecoder::new(input))),
        });
        Ok(true)
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.decoder.is_none() && !self.begin()? {
                return Ok(0);
            }
            let n = match &mut self.decoder {
                None => 0,
                Some(Decoder::Gzip(decoder)) => {
                    let n = decoder.read(buffer)?;
                    if self.named.is_none() {
                        let name = decoder.header().and_then(|h| h.filename());
                        self.named = name.map(|n| String::from_utf8_lossy(n).into_owned());
                    }
                    n
                }
                Some(Decoder::Bzip2(decoder)) => decoder.read(buffer)?,
            };
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            self.input = self.decoder.take().map(|decoder| match decoder {
                Decoder::Gzip(decoder) => decoder.into_inner(),
                Decoder::Bzip2(decoder) => decoder.into_inner(),
            });
        }
    }
}
