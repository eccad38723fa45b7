//! Downloads from a server on this machine that behaves as badly as servers do.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::*;

/// A server that gives each request the next answer, byte by byte as it stands; the last goes on for ever.
struct Server {
    at: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

/// An answer: its bytes, and how long to hold the connection afterwards.
type Script = Vec<(Vec<u8>, Duration)>;

impl Server {
    fn new(answers: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(vec![]));
        let log = Arc::clone(&heard);
        std::thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let (answer, hold) = answers[n.min(answers.len() - 1)].clone();
                let log = Arc::clone(&log);
                std::thread::spawn(move || answer_one(stream.unwrap(), &answer, hold, &log));
            }
        });
        Self { at, heard }
    }

    fn of(answers: &[&str]) -> Self {
        Self::new(
            answers
                .iter()
                .map(|a| (a.as_bytes().to_vec(), Duration::ZERO))
                .collect(),
        )
    }

    fn address(&self, path: &str) -> Address {
        Address::parse(&format!("http://{}{path}", self.at)).unwrap()
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn answer_one(mut stream: TcpStream, answer: &[u8], hold: Duration, log: &Mutex<Vec<String>>) {
    let mut request = String::new();
    for line in BufReader::new(stream.try_clone().unwrap()).lines() {
        let line = line.unwrap_or_default();
        if line.is_empty() {
            break;
        }
        request.push_str(&line.to_ascii_lowercase());
        request.push('\n');
    }
    log.lock().unwrap().push(request);
    let _ = stream.write_all(answer);
    std::thread::sleep(hold);
}

fn ok(headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
}

fn quick() -> Fetcher {
    let limits = Limits {
        back_off: Duration::from_millis(5),
        silence: Duration::from_millis(300),
        bytes: 1000,
        ..Limits::default()
    };
    Fetcher {
        mirror: None,
        limits,
        authorities: None,
    }
}

fn get(server: &Server, path: &str, folder: &Path) -> Result<Outcome, FetchError> {
    get_at(&server.address(path), folder)
}

fn get_at(address: &Address, folder: &Path) -> Result<Outcome, FetchError> {
    let wanted = Wanted {
        address,
        folder,
        name: None,
        conditional: Conditional::IfChanged,
    };
    quick().get(&wanted, &AtomicBool::new(false), &mut |_, _| {})
}

const JSON: &str = "{\"type\":\"FeatureCollection\",\"features\":[]}";

#[test]
fn a_file_is_fetched_once_and_asked_for_by_its_tag() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[
        &ok("ETag: \"a\"\r\nLast-Modified: Sat, 21 Nov 2026 10:00:00 GMT\r\n", JSON),
        "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
        &ok("ETag: \"b\"\r\n", "{\"type\":\"Feature\"}"),
    ]);
    let first = get(&server, "/terrils.geojson?token=x", folder.path()).unwrap();
    let Outcome::Fresh(download) = first else { panic!() };
    assert_eq!(download.path, folder.path().join("terrils.geojson"));
    assert_eq!(std::fs::read_to_string(&download.path).unwrap(), JSON);
    let again = get(&server, "/terrils.geojson?token=x", folder.path()).unwrap();
    assert_eq!(again.clone(), Outcome::Unchanged(again.download()));
    let heard = server.heard();
    assert!(!heard[0].contains("if-none-match") && heard[0].contains("accept-encoding: identity"));
    assert!(heard[1].contains("if-none-match: \"a\"") && heard[1].contains("if-modified-since: sat, 21 nov 2026"));
    let third = get(&server, "/terrils.geojson?token=x", folder.path()).unwrap();
    assert!(matches!(third, Outcome::Fresh(_)));
    assert_eq!(
        std::fs::read_to_string(&download.path).unwrap(),
        "{\"type\":\"Feature\"}"
    );
    // A file that was touched by somebody is fetched again, whatever is remembered.
    std::fs::write(&download.path, "x").unwrap();
    assert!(Fetcher::last(&server.address("/terrils.geojson?token=x"), folder.path()).is_none());
}

#[test]
fn what_broke_off_goes_on_where_the_server_names_its_state() {
    let cut = |tag: &str| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: {tag}\r\n\r\n{}",
            JSON.len(),
            &JSON[..20]
        )
    };
    let rest = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes 20-{}/{}\r\nETag: \"a\"\r\n\r\n{}",
        JSON.len() - 20,
        JSON.len() - 1,
        JSON.len(),
        &JSON[20..]
    );
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[&cut("\"a\""), &rest]);
    let got = get(&server, "/a.geojson", folder.path()).unwrap().download();
    assert_eq!(std::fs::read_to_string(got.path).unwrap(), JSON);
    assert!(server.heard()[1].contains("range: bytes=20-\n") && server.heard()[1].contains("if-range: \"a\""));

    // A weak tag, and a server that begins anew all the same.
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[&cut("W/\"a\""), &ok("", JSON)]);
    let got = get(&server, "/a.geojson", folder.path()).unwrap().download();
    assert_eq!(std::fs::read_to_string(got.path).unwrap(), JSON);
    assert!(!server.heard()[1].contains("range"));
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[&cut("\"a\""), &ok("ETag: \"b\"\r\n", JSON)]);
    let got = get(&server, "/a.geojson", folder.path()).unwrap().download();
    assert_eq!(std::fs::read_to_string(got.path).unwrap(), JSON);

    // Cut for ever: what came is kept, and said.
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[
        &cut("\"a\""),
        "HTTP/1.1 503 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ]);
    let error = get(&server, "/a.geojson", folder.path()).unwrap_err();
    assert!(
        error.to_string().contains("the server answers 503: it is busy"),
        "{error}"
    );
    assert_eq!(server.heard().len(), 4, "three more tries");
}

#[test]
fn what_is_no_data_does_not_replace_what_is() {
    let folder = tempfile::tempdir().unwrap();
    let page = ok(
        "Content-Type: text/html\r\n",
        "<!doctype html><title>Maintenance</title>",
    );
    let server = Server::of(&[
        &ok("", JSON),
        &page,
        &ok("", ""),
        "HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n",
    ]);
    let path = get(&server, "/a.geojson", folder.path()).unwrap().download().path;
    for expected in ["web page", "empty file", "answers 404"] {
        let error = get(&server, "/a.geojson", folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), JSON);
    }
    assert_eq!(server.heard().len(), 4, "none of these is tried twice");
    let others: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(others.len(), 2, "the file and what is remembered of it: {others:?}");
}

#[test]
fn redirects_are_followed_as_far_as_they_may_lead() {
    let to = |location: &str| {
        format!("HTTP/1.1 302 x\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[&to("/static/cites.geojson"), &ok("", JSON)]);
    let path = get(&server, "/r/12", folder.path()).unwrap().download().path;
    assert!(path.ends_with("cites.geojson"));
    let refused = |location: &str| {
        let server = Server::of(&[&to(location)]);
        get(&server, "/r/12", folder.path()).unwrap_err().to_string()
    };
    assert!(refused("file:///etc/passwd").contains("neither http nor https"));
    assert!(refused("http://169.254.169.254/latest/meta-data").contains("an address of the local link: not followed"));
    assert!(refused("http://10.0.0.1/?key=secret").contains("http://10.0.0.1/?key=…, an address of a private network"));
    assert!(refused("http://[fd00::1]/").contains("a private network"));
    assert!(refused("/again").contains("more than 5 redirects"));
}

#[test]
fn an_address_that_was_outside_must_not_move_inside() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::of(&[&ok("", JSON)]);
    let address = server.address("/a.geojson");
    get_at(&address, folder.path()).unwrap();
    let note = folder.path().join(format!(".fetch-{}.json", address.key()));
    let text = std::fs::read_to_string(&note).unwrap();
    std::fs::write(&note, text.replace("\"loopback\"", "\"public\"")).unwrap();
    let error = get_at(&address, folder.path()).unwrap_err().to_string();
    assert!(error.contains("which it did not before"), "{error}");
    assert_eq!(server.heard().len(), 1, "it was not asked");
}

#[test]
fn nothing_is_waited_for_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let long = Duration::from_secs(60);
    let halting = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"ty".to_vec();
    let server = Server::new(vec![(halting.clone(), long)]);
    let error = get(&server, "/a.geojson", folder.path()).unwrap_err().to_string();
    assert!(error.contains("too slow: nothing came for too long"), "{error}");
    let silent = Server::new(vec![(vec![], long)]);
    let error = get(&silent, "/a.geojson", folder.path()).unwrap_err().to_string();
    assert!(error.contains("too slow"), "{error}");
    // Giving up waits for nobody.
    let server = Server::new(vec![(halting, long)]);
    let cancel = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&cancel);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        set.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let (address, before) = (server.address("/a.geojson"), Instant::now());
    let wanted = Wanted {
        address: &address,
        folder: folder.path(),
        name: None,
        conditional: Conditional::Always,
    };
    let error = Fetcher::default().get(&wanted, &cancel, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error.why, Why::Cancelled) && before.elapsed() < SILENCE);
}

#[test]
fn sizes_and_encodings_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let check = |answer: &str, expected: &str| {
        let error = get(&Server::of(&[answer]), "/a.json", folder.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "nothing is left of {answer:.60}"
        );
    };
    check(
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{",
        "larger than 1000 bytes",
    );
    check(
        &format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(2000)),
        "larger than 1000 bytes",
    );
    check(&ok("Content-Encoding: br\r\n", JSON), "encoded as \"br\"");
    check("SSH-2.0-OpenSSH_9\r\n", "no connection");
    let gz = ok("Content-Encoding: gzip\r\n", "x");
    let path = get(&Server::of(&[&gz]), "/a.geojson", folder.path())
        .unwrap()
        .download()
        .path;
    assert!(path.ends_with("a.geojson.gz"), "it is stored as it came");
}

#[test]
fn who_asks_is_told_to_no_other_machine() {
    let folder = tempfile::tempdir().unwrap();
    let other = Server::of(&[&ok("", JSON)]);
    let to = format!(
        "HTTP/1.1 307 x\r\nLocation: http://{}/b.json\r\nContent-Length: 0\r\n\r\n",
        other.at
    );
    let server = Server::of(&[&to]);
    let address = Address::parse(&format!("http://me:secret@{}/a.json", server.at)).unwrap();
    get_at(&address, folder.path()).unwrap();
    assert!(server.heard()[0].contains("authorization: basic"));
    assert!(!other.heard()[0].contains("authorization"));
}

#[test]
fn a_server_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Address::parse(&format!("http://{}/a.json", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = get_at(&address, folder.path()).unwrap_err();
    assert!(
        error.why.is_of_the_network() && error.to_string().contains("nobody listens there"),
        "{error}"
    );
    let address = Address::parse("http://no-such-machine.invalid/a.json").unwrap();
    let error = get_at(&address, folder.path()).unwrap_err();
    assert!(
        error.why.is_of_the_network() && error.to_string().contains("no machine of that name"),
        "{error}"
    );
}
