//! One address, by `load::fetch`: through a mirror where there is one, its failures in both languages.
//!
//! In: an address and a folder. Out: the file that came, or the one that still holds. Not here: whether it is data of the kind
//! that is wanted.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use crate::load::fetch::{Address, Conditional, Fetcher, Limits, Outcome, Wanted, Why};
use crate::model::role::Label;

/// The longest answer that is taken.
pub const MAX_ANSWER_BYTES: u64 = 1 << 30;

/// Bytes of a service's words that are shown.
const SAID_BYTES: usize = 200;

/// What tells whether a thing has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
}

/// A file that came, or still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) path: PathBuf,
    pub(super) validators: Validators,
    /// Whether it came now.
    pub(super) fresh: bool,
}

/// A client of the web.
#[derive(Debug)]
pub(super) struct Client {
    fetcher: Fetcher,
    mirror: Option<String>,
}

impl Client {
    /// A client; with a mirror, which holds `https://host/path` at `mirror/host/path`.
    pub(super) fn new(mirror: Option<&str>) -> Self {
        let limits = Limits {
            bytes: MAX_ANSWER_BYTES,
            ..Limits::default()
        };
        let mirror = mirror.map(|m| m.trim_end_matches('/').to_owned());
        let fetcher = Fetcher::new(limits);
        Self {
            fetcher: mirror.iter().fold(fetcher, |f, m| f.by_mirror(m)),
            mirror,
        }
    }

    /// Brings an address into a folder under a name.
    pub(super) fn fetch(
        &self,
        url: &str,
        folder: &Path,
        name: &str,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Fetched, Failure> {
        let through = self
            .mirror
            .as_ref()
            .map_or_else(|| url.to_owned(), |m| mirrored(m, url));
        let failed = |why| failure(host(&through), why);
        let address = Address::parse(&through).map_err(failed)?;
        let wanted = Wanted {
            address: &address,
            folder,
            name: Some(name),
            conditional: Conditional::IfChanged,
        };
        let never = AtomicBool::new(false);
        let outcome = self
            .fetcher
            .get(&wanted, &never, &mut |got, total| progress(got, total));
        let outcome = outcome.map_err(|error| failed(error.why))?;
        let fresh = matches!(outcome, Outcome::Fresh(_));
        let download = outcome.download();
        Ok(Fetched {
            path: download.path,
            validators: Validators {
                etag: download.etag,
                last_modified: download.last_modified,
            },
            fresh,
        })
    }
}

/// The address at a mirror: the host becomes the first segment of the path.
fn mirrored(mirror: &str, url: &str) -> String {
    url.split_once("://")
        .map_or_else(|| url.to_owned(), |(_, rest)| format!("{mirror}/{rest}"))
}

/// A failure of the transfer, told in both languages.
fn failure(host: &str, why: Why) -> Failure {
    let unreachable = |fr: &str, en: String| Failure::Unreachable {
        host: host.to_owned(),
        cause: Label { fr: fr.to_owned(), en },
    };
    match why {
        Why::NoSuchHost => unreachable("son nom est inconnu ici", why.to_string()),
        Why::Network(ref cause) => {
            let fr = format!("pas de connexion ({cause})");
            unreachable(&fr, why.to_string())
        }
        Why::Slow(_) => unreachable("trop lent, ou rien n'est venu à temps", why.to_string()),
        Why::Tls(ref cause) => {
            let fr = format!("pas de connexion sûre ({cause}) ; SSL_CERT_FILE nomme une autorité à soi");
            unreachable(&fr, why.to_string())
        }
        Why::Status {
            status: status @ (404 | 410),
            ..
        } => Failure::NotFound(status),
        Why::Status { status, .. } => Failure::Status(status),
        Why::Page { title } => Failure::WebPage(title.unwrap_or_default()),
        Why::Exception(said) => Failure::Exception(said),
        Why::Empty | Why::EmptyGzip => Failure::Nothing,
        Why::TooLarge { limit } => Failure::TooLarge(limit),
        Why::CutShort { got } => Failure::CutShort(got),
        Why::Disk(cause) => Failure::Disk {
            path: PathBuf::from("."),
            cause: cause.to_string(),
        },
        Why::OtherScheme(_) | Why::Inside { .. } | Why::Moved(_) | Why::Redirects => Failure::Redirect(why.to_string()),
        Why::Address(_) | Why::Encoding(_) | Why::Cancelled => Failure::Exception(why.to_string()),
    }
}

/// A name beside a file's.
pub(super) fn aside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

/// The host of an address, with its port.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// The words of a text or page, on one line, not too long.
pub(super) fn shortened(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let mut plain = String::new();
    let mut hidden = false;
    for c in text.chars() {
        match c {
            '<' => hidden = true,
            '>' => {
                hidden = false;
                plain.push(' ');
            }
            c if !hidden => plain.push(c),
            _ => {}
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(SAID_BYTES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_has_the_host_as_first_segment() {
        assert_eq!(
            mirrored("http://127.0.0.1:9/m", "https://a.fr/x?y=1"),
            "http://127.0.0.1:9/m/a.fr/x?y=1"
        );
        assert_eq!(host("https://a.fr:81/x"), "a.fr:81");
        assert_eq!(host("https://a.fr?x"), "a.fr");
    }

    #[test]
    fn pages_are_shortened_to_their_words() {
        assert_eq!(
            shortened(b"<html><h1>Maintenance</h1>\n<p>plus tard</p>"),
            "Maintenance plus tard"
        );
        assert_eq!(shortened(&[b'a'; 5000]).len(), SAID_BYTES);
    }

    #[test]
    fn failures_are_told_apart() {
        assert_eq!(
            failure("h", Why::Status { status: 404, hint: "" }),
            Failure::NotFound(404)
        );
        assert_eq!(
            failure("h", Why::Status { status: 503, hint: "" }),
            Failure::Status(503)
        );
        assert_eq!(failure("h", Why::EmptyGzip), Failure::Nothing);
        let failed = failure("h", Why::Network("refused".into()));
        assert!(failed.reason().fr.contains("refused") && failed.reason().fr.starts_with("h n'est pas joignable"));
    }
}
