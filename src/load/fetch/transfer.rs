//! A download from its first try to the file in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use ureq::http::header;

use super::address::Address;
use super::answer::{self, Answer};
use super::check;
use super::error::{Why, status};
use super::kept::{Download, Kept, Part};
use super::name;
use super::{Conditional, Fetcher, LONGEST_WAIT, OnProgress, Outcome, Wanted};

/// How often giving up is looked for.
const TICK: Duration = Duration::from_millis(50);

/// Bytes that are read at a time.
const BLOCK: usize = 256 << 10;

/// Bytes between two reports of progress.
const STRIDE: u64 = 1 << 20;

enum Message {
    Progress(u64, Option<u64>),
    End(Result<Outcome, Why>),
}

/// Fetches on a thread of its own, so that giving up waits for no server.
pub(super) fn get(
    fetcher: &Fetcher,
    wanted: &Wanted<'_>,
    cancel: &AtomicBool,
    progress: OnProgress<'_>,
) -> Result<Outcome, Why> {
    let given_up = Arc::new(AtomicBool::new(false));
    let (tell, messages) = mpsc::channel();
    let transfer = Transfer {
        fetcher: fetcher.clone(),
        address: wanted.address.clone(),
        folder: wanted.folder.to_owned(),
        name: wanted.name.map(str::to_owned),
        conditional: wanted.conditional,
        kept: Kept::at(wanted.folder, wanted.address),
        deadline: Instant::now() + fetcher.limits.time,
        given_up: Arc::clone(&given_up),
        tell,
    };
    thread::spawn(move || {
        let end = transfer.run();
        // Nobody listens where it was given up.
        let _ = transfer.tell.send(Message::End(end));
    });
    loop {
        match messages.recv_timeout(TICK) {
            Ok(Message::Progress(done, total)) => progress(done, total),
            Ok(Message::End(end)) => return end,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Why::Network("an error of the program".into())),
        }
        if cancel.load(Ordering::Relaxed) {
            given_up.store(true, Ordering::Relaxed);
            return Err(Why::Cancelled);
        }
    }
}

struct Transfer {
    fetcher: Fetcher,
    address: Address,
    folder: PathBuf,
    name: Option<String>,
    conditional: Conditional,
    kept: Kept,
    deadline: Instant,
    given_up: Arc<AtomicBool>,
    tell: Sender<Message>,
}

impl Transfer {
    fn run(&self) -> Result<Outcome, Why> {
        fs::create_dir_all(&self.folder)?;
        let mut wait = self.fetcher.limits.back_off;
        let mut left = self.fetcher.limits.retries;
        loop {
            let (why, asked_for) = match self.once() {
                Ok(outcome) => return Ok(outcome),
                Err(failed) => failed,
            };
            if left == 0 || !why.may_pass() || Instant::now() + wait >= self.deadline {
                return Err(why);
            }
            left -= 1;
            tracing::debug!(address = self.address.shown(), "{why}: another try follows");
            self.rest(asked_for.unwrap_or_default().min(LONGEST_WAIT).max(wait))?;
            wait *= 2;
        }
    }

    /// Waits, unless it is given up.
    fn rest(&self, time: Duration) -> Result<(), Why> {
        let until = (Instant::now() + time).min(self.deadline);
        while Instant::now() < until {
            if self.given_up.load(Ordering::Relaxed) {
                return Err(Why::Cancelled);
            }
            thread::sleep(TICK.min(until.saturating_duration_since(Instant::now())));
        }
        Ok(())
    }

    /// One try; with a failure, the wait that the server asks for.
    fn once(&self) -> Result<Outcome, (Why, Option<Duration>)> {
        let plain = |why: Why| (why, None);
        let there = self.kept.download();
        let begun = self.kept.begun();
        let mut headers = vec![];
        let conditional = there
            .as_ref()
            .filter(|_| self.conditional == Conditional::IfChanged && begun.is_none());
        if let Some(there) = conditional {
            headers.extend(there.etag.clone().map(|tag| (header::IF_NONE_MATCH, tag)));
            headers.extend(
                there
                    .last_modified
                    .clone()
                    .map(|time| (header::IF_MODIFIED_SINCE, time)),
            );
        }
        if let Some((length, part)) = &begun {
            headers.push((header::RANGE, format!("bytes={length}-")));
            headers.push((header::IF_RANGE, part.etag.clone()));
        }
        let before = there.as_ref().and_then(|d| d.scope);
        let answer = answer::ask(&self.fetcher, &self.address, &headers, before, self.deadline).map_err(plain)?;
        let from = begun.map_or(0, |(length, _)| length);
        match (answer.response.status().as_u16(), conditional) {
            (200 | 203, _) => self.take(answer, 0).map_err(plain),
            (206, _) if from > 0 && goes_on_from(&answer) == Some(from) => self.take(answer, from).map_err(plain),
            (206 | 416, _) if from > 0 => {
                // Not what was begun: from the start.
                self.kept.forget_part();
                Err((Why::CutShort { got: from }, None))
            }
            (204, _) => Err((Why::Empty, None)),
            (304, Some(there)) => Ok(Outcome::Unchanged(there.clone())),
            (other, _) => {
                let wait = answer.header(header::RETRY_AFTER).and_then(|v| v.trim().parse().ok());
                Err((status(other), wait.map(Duration::from_secs)))
            }
        }
    }

    /// Takes the body to the end of the part file, then puts that in its place.
    fn take(&self, answer: Answer, from: u64) -> Result<Outcome, Why> {
        let limit = self.fetcher.limits.bytes;
        let encoding = answer.header(header::CONTENT_ENCODING).map(str::to_ascii_lowercase);
        let gzip = match encoding.as_deref().map(str::trim) {
            None | Some("" | "identity") => false,
            Some("gzip" | "x-gzip") => true,
            Some(other) => return Err(Why::Encoding(other.to_owned())),
        };
        let length: Option<u64> = answer.header(header::CONTENT_LENGTH).and_then(|v| v.parse().ok());
        let total = length.map(|l| l.saturating_add(from));
        if total.is_some_and(|t| t > limit) {
            return Err(Why::TooLarge { limit });
        }
        let owned = |name| answer.header(name).map(str::to_owned);
        let (etag, last_modified) = (owned(header::ETAG), owned(header::LAST_MODIFIED));
        let media_type = owned(header::CONTENT_TYPE);
        let disposition = owned(header::CONTENT_DISPOSITION);
        // A weak tag names a meaning, not bytes (RFC 9110, 8.8.1).
        let strong = etag
            .clone()
            .filter(|tag| tag.starts_with('"'))
            .map(|etag| Part { etag });
        self.kept.note(strong.as_ref())?;
        let (last, scope) = (answer.address.clone(), answer.scope);
        let body = answer.response.into_body();
        if let Err(why) = self.stream(body, from, total) {
            if strong.is_none() || !why.may_pass() {
                self.kept.forget_part();
            }
            return Err(why);
        }
        let part = self.kept.part();
        let beginning = check::beginning(&part)?;
        if let Err(why) = check::check(&beginning) {
            self.kept.forget_part();
            return Err(why);
        }
        let wanted = self.name.as_deref().and_then(name::clean);
        let mut name =
            wanted.unwrap_or_else(|| name::file_name(disposition.as_deref(), &self.address, &last, &beginning));
        if gzip && !name.to_ascii_lowercase().ends_with("gz") {
            name.push_str(".gz");
        }
        let download = Download {
            path: self.folder.join(name),
            bytes: fs::metadata(&part)?.len(),
            etag,
            last_modified,
            media_type,
            fetched: SystemTime::now(),
            scope,
        };
        self.kept.finish(&download)?;
        Ok(Outcome::Fresh(download))
    }

    fn stream(&self, body: ureq::Body, from: u64, total: Option<u64>) -> Result<(), Why> {
        let limit = self.fetcher.limits.bytes;
        let mut file = if from > 0 {
            OpenOptions::new().append(true).open(self.kept.part())?
        } else {
            File::create(self.kept.part())?
        };
        let mut body = body.into_with_config().limit(u64::MAX).reader();
        let mut block = vec![0; BLOCK];
        let (mut got, mut told) = (from, 0);
        loop {
            if self.given_up.load(Ordering::Relaxed) {
                return Err(Why::Cancelled);
            }
            if Instant::now() >= self.deadline {
                return Err(Why::Slow("the whole took too long"));
            }
            let n = match body.read(&mut block) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) => {
                    return Err(match answer::failure(ureq::Error::from(error)) {
                        why @ Why::Slow(_) => why,
                        _ => Why::CutShort { got },
                    });
                }
            };
            got += n as u64;
            if got > limit {
                return Err(Why::TooLarge { limit });
            }
            file.write_all(&block[..n])?;
            if got >= told + STRIDE {
                told = got;
                let _ = self.tell.send(Message::Progress(got, total));
            }
        }
        if total.is_some_and(|t| t != got) {
            return Err(Why::CutShort { got });
        }
        file.sync_all()?;
        let _ = self.tell.send(Message::Progress(got, total));
        Ok(())
    }
}

/// Where the bytes of a partial answer begin: `bytes 100-199/200`.
fn goes_on_from(answer: &Answer) -> Option<u64> {
    let range = answer.header(header::CONTENT_RANGE)?.trim().strip_prefix("bytes ")?;
    range.split_once('-')?.0.trim().parse().ok()
}
