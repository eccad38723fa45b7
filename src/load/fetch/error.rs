//! Why a file could not be fetched, in words that say what to do.

use std::io;

use super::scope::Scope;

/// A failure, with the address as it may be shown.
#[derive(Debug, thiserror::Error)]
#[error("{address}: {why}")]
pub struct FetchError {
    /// The address, without credentials and secret parameters.
    pub address: String,
    /// What happened.
    #[source]
    pub why: Why,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// The address is none that can be asked.
    #[error("this is no address that can be asked: {0}")]
    Address(&'static str),
    /// A redirect to what is no http or https.
    #[error("the server redirects to \"{0}\", which is neither http nor https: not followed")]
    OtherScheme(String),
    /// A redirect further inside.
    #[error("the server redirects to {to}, an address of {}: not followed; where that is right, write that address yourself", .scope.words())]
    Inside {
        /// Where to, as it may be shown.
        to: String,
        /// What it is.
        scope: Scope,
    },
    /// A name that led to the public network, or another, and now leads elsewhere.
    #[error("its name now leads to an address of {}, which it did not before: not followed; where that is right, remove its folder in STATE/downloads", .0.words())]
    Moved(Scope),
    /// Too many redirects.
    #[error("more than {limit} redirects, one after the other; write the last address yourself", limit = super::MOST_REDIRECTS)]
    Redirects,
    /// The name is not known.
    #[error("no machine of that name is known; is there a network?")]
    NoSuchHost,
    /// No connection, or one that broke.
    #[error("no connection: {0}")]
    Network(String),
    /// The certificate is not trusted, or TLS failed otherwise.
    #[error("no safe connection: {0}; an authority of your own is named by SSL_CERT_FILE")]
    Tls(String),
    /// Nothing came for too long, or it took too long as a whole.
    #[error("the server was too slow: {0}")]
    Slow(&'static str),
    /// A status that is no success.
    #[error("the server answers {status}{}", .hint)]
    Status {
        /// The status.
        status: u16,
        /// What that means.
        hint: &'static str,
    },
    /// A page instead of data.
    #[error("a web page came instead of data{}; open the address in a browser and look for the file's own", .title.as_ref().map_or_else(String::new, |t| format!(" (\"{t}\")")))]
    Page {
        /// Its title.
        title: Option<String>,
    },
    /// A service's exception instead of data.
    #[error("the service answers with an exception instead of data: {0}")]
    Exception(String),
    /// Nothing.
    #[error("the server sent an empty file; ask again later")]
    Empty,
    /// A gzip file with nothing in it.
    #[error("the server sent a gzip file with nothing in it; ask again later")]
    EmptyGzip,
    /// An encoding that was not asked for.
    #[error("the server sends it encoded as \"{0}\", which was not asked for and is not read")]
    Encoding(String),
    /// Too large.
    #[error("it is larger than {limit} bytes; download it by hand and split it")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// It broke off, again and again.
    #[error("the transfer broke off after {got} bytes; it goes on from there where the server allows that")]
    CutShort {
        /// Bytes that came.
        got: u64,
    },
    /// The folder can't be written.
    #[error("it can't be written to the folder of downloads")]
    Disk(#[from] io::Error),
    /// The caller gave up.
    #[error("it was given up")]
    Cancelled,
}

impl Why {
    /// Whether another try may go better.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::NoSuchHost | Self::Network(_) | Self::Slow(_) | Self::CutShort { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Whether the server could not be reached at all: what was fetched last is then as good as can be had.
    #[must_use]
    pub fn is_of_the_network(&self) -> bool {
        matches!(
            self,
            Self::NoSuchHost | Self::Network(_) | Self::Slow(_) | Self::Tls(_) | Self::CutShort { .. }
        ) || matches!(self, Self::Status { status, .. } if *status >= 500 || *status == 429)
    }
}

/// A status as an error.
pub(super) fn status(status: u16) -> Why {
    let hint = match status {
        401 | 403 => ": it wants to know who asks; write https://user:password@… or a public address",
        404 | 410 => ": there is no such file (any more); look for its new address",
        408 | 429 | 503 => ": it is busy; ask again later",
        400..=499 => ": it does not take the address as it is written",
        500..=599 => ": it has failed itself; ask again later",
        _ => "",
    };
    Why::Status { status, hint }
}
