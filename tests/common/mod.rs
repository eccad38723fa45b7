//! A server of the real binary on a free port, and what tests ask of it.

// Each test binary takes what it needs of this.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// The real data, beside the project unless `TERRIL_SHARED` says otherwise.
pub fn shared(path: &str) -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("TERRIL_SHARED")
        .map_or(beside, PathBuf::from)
        .join(path)
}

/// The program under test.
pub fn terril() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terril"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TERRIL_") {
            command.env_remove(name);
        }
    }
    command
}

/// A server; ended when dropped.
pub struct Server {
    child: Child,
    /// Its address, without a slash at the end.
    pub url: String,
    log: Arc<Mutex<String>>,
    _state: tempfile::TempDir,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Server {
    /// Serves these paths with these options, and waits until all sources are loaded or refused.
    pub fn start(paths: &[&Path], options: &[&str]) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mut command = terril();
        command
            .arg("serve")
            .args(paths)
            .args(["--port", "0", "--state"])
            .arg(state.path())
            .args(options);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        let errors = child.stderr.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.trim().trim_end_matches('/').to_owned();
        let server = Self {
            child,
            url,
            log,
            _state: state,
        };
        assert!(server.url.starts_with("http://"), "no address: {}", server.log());
        while server.get("/health").json()["status"] == "loading" {
            std::thread::yield_now();
        }
        server
    }

    /// What it has said on standard error so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(path, &[])
    }

    pub fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = request.call().unwrap_or_else(|e| panic!("{path}: {e}\n{}", self.log()));
        let headers = response.headers().iter();
        let headers = headers
            .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or_default().to_owned()))
            .collect();
        let mut body = vec![];
        response.body_mut().as_reader().read_to_end(&mut body).unwrap();
        Answer {
            status: response.status().as_u16(),
            headers,
            body,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Compares with a golden file, or rewrites it where `TERRIL_GOLDEN` is `update`.
pub fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var("TERRIL_GOLDEN").is_ok_and(|v| v == "update") {
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; make golden", path.display()));
    assert_eq!(
        found, expected,
        "{name} differs; `make golden` rewrites it if the change is meant"
    );
}
