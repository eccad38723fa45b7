//! Files by address: `http://` and `https://`, from the command line or the configuration only.
//!
//! In: an address and a folder. Out: the file in that folder, whole or as it was, with what the server said of it, or
//! one clear reason why not. Streamed to disk, bounded in bytes, time and redirects ([`Limits`]); asked for again only
//! where it changed (ETag, Last-Modified); taken up where it broke off, where the server names its state exactly;
//! tried again where it may help. What comes instead of data with status 200 (a page, a service's exception, nothing)
//! is refused by name, and the last good file stays.
//!
//! ```text
//! address ─ hop ─ addresses checked (guard) ─ answer ─ redirect? ─ next hop
//!                                               └ part file ─ checked ─ renamed ─ remembered
//! ```
//! A redirect leads to public addresses or to where it came from, never further inside ([`scope`]).
//!
//! Not here: reading the file, which happens in the loading process like any other's.

mod address;
mod answer;
mod check;
mod error;
mod guard;
mod kept;
mod name;
pub mod scope;
mod transfer;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

pub use address::Address;
pub use error::{FetchError, Why};
pub use kept::Download;

/// Bytes of one file.
pub const MOST_BYTES: u64 = 8 << 30;

/// Time for one file, with all tries.
pub const LONGEST: Duration = Duration::from_secs(1800);

/// Time for a connection to come about.
pub const CONNECTING: Duration = Duration::from_secs(15);

/// Time without a byte, before the answer and within it.
pub const SILENCE: Duration = Duration::from_secs(60);

/// Redirects that are followed.
pub const MOST_REDIRECTS: usize = 5;

/// Tries after the first that failed in a way that may pass.
pub const RETRIES: u32 = 3;

/// The wait before the first of them; each further one is twice as long.
pub const BACK_OFF: Duration = Duration::from_millis(500);

/// The longest wait that a server may ask for (`Retry-After`).
pub const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Within what a download has to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: u64,
    /// Time with all tries.
    pub time: Duration,
    /// Time for a connection to come about.
    pub connecting: Duration,
    /// Time without a byte.
    pub silence: Duration,
    /// Tries after the first.
    pub retries: u32,
    /// The wait before the first of them.
    pub back_off: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: MOST_BYTES,
            time: LONGEST,
            connecting: CONNECTING,
            silence: SILENCE,
            retries: RETRIES,
            back_off: BACK_OFF,
        }
    }
}

/// Whether a file that is there already is asked for again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Conditional {
    /// Only where it changed since, by what the server said of it.
    #[default]
    IfChanged,
    /// In any case.
    Always,
}

/// What is wanted, and where to.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The address.
    pub address: &'a Address,
    /// The folder that it goes to; made where it is not there.
    pub folder: &'a Path,
    /// The file's name there; where absent the server's, else the address's (`name`).
    pub name: Option<&'a str>,
    /// Whether it is fetched though it is there.
    pub conditional: Conditional,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A new file.
    Fresh(Download),
    /// The server says that the file that is there still holds.
    Unchanged(Download),
}

impl Outcome {
    /// The file, new or as it was.
    #[must_use]
    pub fn download(self) -> Download {
        match self {
            Self::Fresh(download) | Self::Unchanged(download) => download,
        }
    }
}

/// How much is there, in bytes, of how much where the server says so.
pub type OnProgress<'a> = &'a mut dyn FnMut(u64, Option<u64>);

/// Fetches files. Cheap; one may serve many threads.
#[derive(Debug, Clone, Default)]
pub struct Fetcher {
    limits: Limits,
    /// Certificates (PEM) that are trusted instead of the public ones.
    authorities: Option<PathBuf>,
    /// Where redirects to other hosts are asked for instead.
    mirror: Option<String>,
}

impl Fetcher {
    /// One with limits. Trusts the authorities of `SSL_CERT_FILE` where that is set, else the public ones; goes by
    /// the proxy of `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let authorities = std::env::var_os("SSL_CERT_FILE").filter(|v| !v.is_empty());
        Self {
            limits,
            authorities: authorities.map(PathBuf::from),
            mirror: None,
        }
    }

    /// One that asks a mirror where a redirect leads to another host: `https://host/path` is `mirror/host/path` there.
    #[must_use]
    pub fn by_mirror(mut self, mirror: &str) -> Self {
        self.mirror = Some(mirror.trim_end_matches('/').to_owned());
        self
    }

    /// Fetches a file; blocks until it is there whole, or clear that it will not be.
    ///
    /// Once `cancel` is set it gives up within a tick of 50 ms. The folder holds, besides the file, what is
    /// remembered of it (`.fetch-….json`) and what is not whole yet (`.fetch-….part`).
    ///
    /// # Errors
    /// See [`Why`]. A former file in the folder is left as it was.
    pub fn get(
        &self,
        wanted: &Wanted<'_>,
        cancel: &AtomicBool,
        progress: OnProgress<'_>,
    ) -> Result<Outcome, FetchError> {
        transfer::get(self, wanted, cancel, progress).map_err(|why| FetchError {
            address: wanted.address.shown().to_owned(),
            why,
        })
    }

    /// The file that the last download from an address left in a folder.
    #[must_use]
    pub fn last(address: &Address, folder: &Path) -> Option<Download> {
        kept::Kept::at(folder, address).download()
    }
}

#[cfg(test)]
mod tests;
