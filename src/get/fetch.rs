//! One address over HTTP: conditional, resumed, retried, bounded.
//!
//! In: an address, what is known of its last answer, where to write. Out: "not modified", or a whole body on disk with its
//! validators. Not here: what the body is.
//!
//! RFC 9110: conditional requests (13), ranges with `If-Range` (14), `Retry-After` (10.2.3).

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body};

use super::failure::Failure;

/// The longest answer that is taken.
const MAX_ANSWER_BYTES: u64 = 1 << 30;

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// The longest that a service may ask to wait (`Retry-After`); one that wants more is left.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// How long connecting may take.
const CONNECT_TIME: Duration = Duration::from_secs(15);

/// How long a service may stay silent.
const SILENCE_TIME: Duration = Duration::from_secs(90);

/// Bytes of an error's text that are shown.
const SAID_BYTES: usize = 200;

/// Bytes read at a time.
const BLOCK: usize = 1 << 16;

/// How often an address is asked, and how long to wait between.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Requests at most.
    pub tries: u32,
    /// The first wait; each further is twice as long.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 4,
            pause: Duration::from_secs(1),
        }
    }
}

/// What tells whether a thing has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_modified: Option<String>,
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        Self {
            etag: text(headers, "etag"),
            last_modified: text(headers, "last-modified"),
        }
    }

    /// The one that a range may be asked with: a strong ETag, else the date (RFC 9110, 13.1.5).
    fn for_range(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|e| !e.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }
}

/// How an address answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    NotModified,
    /// The body stands in the file named.
    Whole(Validators),
}

/// What a `.part` file is the beginning of.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    url: String,
    #[serde(flatten)]
    validators: Validators,
}

/// A client of the web.
pub(super) struct Client {
    agent: Agent,
    mirror: Option<String>,
    patience: Patience,
}

impl Client {
    /// A client; with a mirror, which holds `https://host/path` at `mirror/host/path`.
    pub(super) fn new(mirror: Option<&str>, patience: Patience) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("terril/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .timeout_connect(Some(CONNECT_TIME))
            .timeout_recv_response(Some(SILENCE_TIME))
            .timeout_per_read(Some(SILENCE_TIME))
            .build();
        Self {
            agent: Agent::new_with_config(config),
            mirror: mirror.map(|m| m.trim_end_matches('/').to_owned()),
            patience,
        }
    }

    /// Brings an address into a file, which is whole when this returns.
    ///
    /// `progress` is told bytes that came and bytes there are.
    pub(super) fn fetch(
        &self,
        url: &str,
        known: &Validators,
        into: &Path,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Answer, Failure> {
        let mut pause = self.patience.pause;
        let mut tries = 1;
        loop {
            let (failure, wanted) = match self.once(url, known, into, progress) {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            if tries >= self.patience.tries || !failure.may_pass() || wanted.is_some_and(|w| w > MAX_WAIT) {
                return Err(failure);
            }
            thread::sleep(wanted.unwrap_or(pause));
            pause *= 2;
            tries += 1;
        }
    }

    /// One request, its redirects followed. The failure comes with the wait that the service asks for.
    fn once(
        &self,
        url: &str,
        known: &Validators,
        into: &Path,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Answer, (Failure, Option<Duration>)> {
        let part = aside(into, "part");
        let begun = Begun::read(&part).filter(|b| b.url == url);
        let have = match begun {
            Some(_) => part.metadata().map_or(0, |m| m.len()),
            None => 0,
        };
        let range = begun.as_ref().and_then(|b| b.validators.for_range()).filter(|_| have > 0);
        let mut address = self.mirrored(url);
        let mut response = None;
        for _ in 0..=MAX_REDIRECTS {
            let got = self.ask(&address, known, range.map(|r| (have, r))).map_err(|f| (f, None))?;
            if !matches!(got.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                response = Some(got);
                break;
            }
            let to = text(got.headers(), "location").unwrap_or_default();
            address = self.redirected(&address, &to).ok_or((Failure::Redirect(to), None))?;
        }
        let Some(response) = response else {
            return Err((Failure::Redirect(address), None));
        };
        let status = response.status().as_u16();
        match status {
            304 => Ok(Answer::NotModified),
            200 => take(response, url, 0, &part, into, progress).map_err(|f| (f, None)),
            206 if continues(response.headers(), have) => {
                take(response, url, have, &part, into, progress).map_err(|f| (f, None))
            }
            // The beginning is of no use: from the start.
            206 | 416 if have > 0 => {
                Begun::forget(&part);
                self.once(url, known, into, progress)
            }
            404 | 410 => Err((Failure::NotFound(status), None)),
            _ => {
                let wait = text(response.headers(), "retry-after").and_then(|t| seconds(&t));
                let said = said(response);
                Err((Failure::Status { status, said }, wait))
            }
        }
    }

    fn ask(&self, address: &str, known: &Validators, range: Option<(u64, &str)>) -> Result<Response<Body>, Failure> {
        let mut request = self.agent.get(address);
        if let Some((from, validator)) = range {
            request = request.header("Range", format!("bytes={from}-")).header("If-Range", validator);
        } else {
            if let Some(etag) = &known.etag {
                request = request.header("If-None-Match", etag);
            }
            if let Some(date) = &known.last_modified {
                request = request.header("If-Modified-Since", date);
            }
        }
        request.call().map_err(|error| Failure::Unreachable {
            host: host(address).to_owned(),
            cause: plain(&error),
        })
    }

    /// The address at the mirror: the host becomes the first segment of the path.
    fn mirrored(&self, url: &str) -> String {
        match (&self.mirror, url.split_once("://")) {
            (Some(mirror), Some((_, rest))) if !under(url, mirror) => format!("{mirror}/{rest}"),
            _ => url.to_owned(),
        }
    }

    /// Where a redirect leads: http(s) only, and never from https to http.
    fn redirected(&self, from: &str, to: &str) -> Option<String> {
        let (scheme, rest) = from.split_once("://")?;
        let authority = rest.split('/').next()?;
        if let Some((other, _)) = to.split_once("://").filter(|(s, _)| s.bytes().all(|b| b.is_ascii_alphanumeric())) {
            let other = other.to_ascii_lowercase();
            let fits = other == "https" || (other == "http" && (scheme == "http" || self.mirror.is_some()));
            return fits.then(|| self.mirrored(to));
        }
        if let Some(path) = to.strip_prefix("//") {
            return Some(self.mirrored(&format!("{scheme}://{path}")));
        }
        if to.starts_with('/') {
            return Some(format!("{scheme}://{authority}{to}"));
        }
        let colon = to.split(['/', '?']).next().is_some_and(|s| s.contains(':'));
        let folder = from.split('?').next()?.rsplit_once('/')?.0;
        (!to.is_empty() && !colon).then(|| format!("{folder}/{to}"))
    }
}

/// Writes a body behind what is there, and names it when it is whole.
fn take(
    response: Response<Body>,
    url: &str,
    have: u64,
    part: &Path,
    into: &Path,
    progress: &dyn Fn(u64, Option<u64>),
) -> Result<Answer, Failure> {
    let disk = |error: std::io::Error| Failure::disk(part, &error);
    let validators = Validators::of(response.headers());
    let length = text(response.headers(), "content-length").and_then(|t| t.parse::<u64>().ok());
    let expected = length.map(|l| l + have);
    if expected.is_some_and(|e| e > MAX_ANSWER_BYTES) {
        return Err(Failure::TooLarge(MAX_ANSWER_BYTES));
    }
    let mut file = if have > 0 {
        OpenOptions::new().append(true).open(part)
    } else {
        File::create(part)
    }
    .map_err(disk)?;
    Begun::write(part, url, &validators).map_err(disk)?;
    let mut got = have;
    let mut block = vec![0; BLOCK];
    let mut body = response.into_body().into_reader();
    loop {
        progress(got, expected);
        let read = match body.read(&mut block) {
            Ok(0) if expected.is_none_or(|e| got == e) => break,
            Ok(read) if read > 0 => read,
            // What came stays, for the next try to go on from.
            _ => return Err(Failure::CutShort { got, expected }),
        };
        file.write_all(&block[..read]).map_err(disk)?;
        got += read as u64;
        if got > MAX_ANSWER_BYTES {
            Begun::forget(part);
            return Err(Failure::TooLarge(MAX_ANSWER_BYTES));
        }
    }
    file.sync_all().map_err(disk)?;
    std::fs::rename(part, into).map_err(disk)?;
    Begun::forget(part);
    Ok(Answer::Whole(validators))
}

impl Begun {
    fn read(part: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(aside(part, "json")).ok()?).ok()
    }

    fn write(part: &Path, url: &str, validators: &Validators) -> std::io::Result<()> {
        let begun = Self {
            url: url.to_owned(),
            validators: validators.clone(),
        };
        std::fs::write(aside(part, "json"), serde_json::to_vec(&begun)?)
    }

    /// Removes what was begun; where there is nothing, there is nothing to remove.
    fn forget(part: &Path) {
        let _ = std::fs::remove_file(part);
        let _ = std::fs::remove_file(aside(part, "json"));
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

fn under(url: &str, mirror: &str) -> bool {
    url.strip_prefix(mirror).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// Whether a 206 goes on where we are: `bytes 100-199/200`.
fn continues(headers: &HeaderMap, have: u64) -> bool {
    let range = text(headers, "content-range").unwrap_or_default();
    let from = range.trim_start_matches("bytes").trim_start().split('-').next();
    from.and_then(|f| f.parse().ok()) == Some(have)
}

/// `Retry-After` in seconds; as a date it is not understood, and our own pause holds.
fn seconds(text: &str) -> Option<Duration> {
    text.trim().parse().ok().map(Duration::from_secs)
}

/// The beginning of an error's text, on one line.
fn said(response: Response<Body>) -> String {
    let mut bytes = vec![];
    let read = response.into_body().into_reader().take(4096).read_to_end(&mut bytes);
    // What can't be read is not said.
    let _ = read;
    shortened(&bytes)
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

/// An error of the client in a few words.
fn plain(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "its name is not known here".into(),
        ureq::Error::Io(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(mirror: Option<&str>) -> Client {
        Client::new(mirror, Patience::default())
    }

    #[test]
    fn a_mirror_has_the_host_as_first_segment() {
        let mirror = client(Some("http://127.0.0.1:9/m/"));
        assert_eq!(mirror.mirrored("https://a.fr/x?y=1"), "http://127.0.0.1:9/m/a.fr/x?y=1");
        assert_eq!(mirror.mirrored("http://127.0.0.1:9/m/a.fr/x"), "http://127.0.0.1:9/m/a.fr/x");
        assert_eq!(client(None).mirrored("https://a.fr/x"), "https://a.fr/x");
    }

    #[test]
    fn redirects_stay_on_the_web() {
        let check = |from: &str, to: &str, expected: Option<&str>| {
            assert_eq!(client(None).redirected(from, to).as_deref(), expected, "{to}");
        };
        let from = "https://a.fr/b/c?d";
        check(from, "https://e.fr/f", Some("https://e.fr/f"));
        check(from, "/f", Some("https://a.fr/f"));
        check(from, "f?g", Some("https://a.fr/b/f?g"));
        check(from, "//e.fr/f", Some("https://e.fr/f"));
        check(from, "http://e.fr/f", None);
        check("http://a.fr/b", "http://e.fr/f", Some("http://e.fr/f"));
        check(from, "file:///etc/passwd", None);
        check(from, "ftp://e.fr/f", None);
        check(from, "javascript:alert(1)", None);
        check(from, "", None);
        let through = client(Some("http://m")).redirected("http://m/a.fr/b", "https://e.fr/f");
        assert_eq!(through.as_deref(), Some("http://m/e.fr/f"));
    }

    #[test]
    fn pages_are_shortened_to_their_words() {
        assert_eq!(shortened(b"<html><h1>Maintenance</h1>\n<p>plus tard</p>"), "Maintenance plus tard");
        assert_eq!(shortened(&[b'a'; 5000]).len(), SAID_BYTES);
    }
}
