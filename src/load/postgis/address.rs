//! The address of a database and its tables: `postgres://user@host:5432/db?table=schema.name&table=other`.
//!
//! In: what the operator wrote, and what libpq's users expect to be looked up: `PGPASSWORD`, `PGUSER`, the password
//! file. Out: all that the loading process needs to connect, and a form that may be shown: without user and password.
//! Machines' names are looked up here, in the server: the loading process has no resolver.

use std::fmt;
use std::io::Read;
use std::net::{IpAddr, ToSocketAddrs};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// The port where none is named.
const PORT: u16 = 5432;

/// Bytes of a password file that are read.
const PASSWORD_FILE: u64 = 1 << 20;

/// Tables that one address may name.
pub const MOST_TABLES: usize = 1000;

/// Why an address is none of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseError {
    /// It is not written as such addresses are.
    #[error("an address of a database is postgres://user@host:port/database?table=schema.name: {0}")]
    Form(&'static str),
    /// A parameter that is not known.
    #[error(
        "the parameter \"{0}\" of a database's address is not known; there are table, host, port, user, password, dbname and sslmode"
    )]
    Parameter(String),
    /// TLS.
    #[error("sslmode={0}: connections to databases are not encrypted; use a tunnel, or a database on this machine")]
    Tls(String),
}

/// How to reach a database, and which of its tables to read. Passed to the loading process by its standard input only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The machine's name, or the folder of a Unix socket.
    pub host: String,
    /// What the name leads to; filled before a load.
    pub addresses: Vec<IpAddr>,
    /// The port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// Who reads.
    pub user: String,
    password: Option<String>,
    /// `schema.name` or `name`; all spatial tables where there are none.
    pub tables: Vec<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({})", self.shown().display())
    }
}

/// What the environment says, as libpq has it.
#[derive(Clone, Default)]
pub struct Environment {
    /// `PGUSER`, else who runs this.
    pub user: Option<String>,
    /// `PGPASSWORD`.
    pub password: Option<String>,
    /// `PGPASSFILE`, else `~/.pgpass`.
    pub password_file: Option<PathBuf>,
}

impl Environment {
    /// That of this process.
    #[must_use]
    pub fn own() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let home = || text("HOME").map(|home| Path::new(&home).join(".pgpass"));
        Self {
            user: text("PGUSER").or_else(|| text("USER")).or_else(|| text("LOGNAME")),
            password: text("PGPASSWORD"),
            password_file: text("PGPASSFILE").map(PathBuf::from).or_else(home),
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Access {
    /// Whether a text is meant as the address of a database.
    #[must_use]
    pub fn is(text: &str) -> bool {
        let lower = text.trim_start().to_ascii_lowercase();
        lower.starts_with("postgres://") || lower.starts_with("postgresql://")
    }

    /// Reads an address.
    ///
    /// # Errors
    /// See [`DatabaseError`]; none of them repeats what may be a password.
    pub fn parse(text: &str, environment: &Environment) -> Result<Self, DatabaseError> {
        let form = DatabaseError::Form;
        let (_, rest) = text.trim().split_once("://").ok_or(form("it has no ://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (user, host),
            None => ("", authority),
        };
        let (user, password) = match user.split_once(':') {
            Some((user, password)) => (user, Some(decoded(password))),
            None => (user, None),
        };
        if host.contains(',') {
            return Err(form("one machine only"));
        }
        let (host, port) = host_and_port(host)?;
        let mut access = Self {
            host,
            addresses: vec![],
            port,
            database: decoded(database),
            user: decoded(user),
            password,
            tables: vec![],
        };
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(&value.replace('+', " "));
            match name {
                "table" if value.trim().is_empty() => return Err(form("a table without a name")),
                "table" => access.tables.push(value.trim().to_owned()),
                "host" => access.host = value,
                "port" => access.port = value.parse().map_err(|_| form("its port is no number"))?,
                "user" => access.user = value,
                "password" => access.password = Some(value),
                "dbname" => access.database = value,
                "sslmode" if matches!(value.as_str(), "disable" | "allow" | "prefer") => {}
                "sslmode" => return Err(DatabaseError::Tls(value)),
                // How long to wait and what to be called is settled.
                "connect_timeout" | "application_name" => {}
                other => return Err(DatabaseError::Parameter(other.to_owned())),
            }
        }
        if access.tables.len() > MOST_TABLES {
            return Err(form("too many tables"));
        }
        if access.host.is_empty() {
            access.host = "localhost".into();
        }
        if access.user.is_empty() {
            access.user = environment.user.clone().unwrap_or_else(|| "postgres".into());
        }
        if access.database.is_empty() {
            access.database.clone_from(&access.user);
        }
        if access.password.is_none() {
            let file = || access.in_file(environment.password_file.as_deref()?);
            access.password = environment.password.clone().or_else(file);
        }
        Ok(access)
    }

    /// The password, where there is one.
    pub(in crate::load) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// Whether it is reached by a Unix socket.
    #[must_use]
    pub fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// The address as it may be shown, as a path whose last part names the database and the tables.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        let host = match (&self.host, self.port) {
            (_, _) if self.is_socket() => String::new(),
            (host, PORT) => host.clone(),
            (host, port) => format!("{host}:{port}"),
        };
        // A slash in a name would make a folder of what stands before it.
        let safe = |text: &str| text.replace('/', "%2F");
        let tables: Vec<String> = self.tables.iter().map(|t| format!("table={}", safe(t))).collect();
        let question = if tables.is_empty() { "" } else { "?" };
        PathBuf::from(format!(
            "postgres://{host}/{}{question}{}",
            safe(&self.database),
            tables.join("&")
        ))
    }

    /// Looks the machine's name up.
    ///
    /// # Errors
    /// A name that is not known.
    pub fn find_host(&mut self) -> std::io::Result<()> {
        if !self.is_socket() {
            let found = (self.host.as_str(), self.port).to_socket_addrs()?;
            self.addresses = found.map(|a| a.ip()).collect();
        }
        Ok(())
    }

    /// The password in a file of `host:port:database:user:password` lines; one that others may read is not read, as
    /// libpq has it.
    fn in_file(&self, path: &Path) -> Option<String> {
        let file = std::fs::File::open(path).ok()?;
        let is = file.metadata().ok()?;
        if !is.is_file() || is.permissions().mode() & 0o077 != 0 {
            tracing::warn!("the password file is not read: it has to be a file that nobody else may read (chmod 600)");
            return None;
        }
        let mut text = String::new();
        file.take(PASSWORD_FILE).read_to_string(&mut text).ok()?;
        let host = if self.is_socket() { "localhost" } else { &self.host };
        let port = self.port.to_string();
        let wanted = [host, &port, &self.database, &self.user];
        text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let parts = unescaped(line);
            let fits = parts.len() == 5 && wanted.iter().zip(&parts).all(|(w, p)| p == "*" || p == w);
            fits.then(|| parts[4].clone())
        })
    }
}

fn host_and_port(text: &str) -> Result<(String, u16), DatabaseError> {
    let port = |text: &str| text.parse().map_err(|_| DatabaseError::Form("its port is no number"));
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or(DatabaseError::Form("an open bracket"))?;
        return Ok((host.to_owned(), after.strip_prefix(':').map_or(Ok(PORT), port)?));
    }
    match text.rsplit_once(':') {
        Some((host, number)) => Ok((decoded(host), port(number)?)),
        None => Ok((decoded(text), PORT)),
    }
}

/// The parts of a line, `\:` and `\\` taken for what they stand for.
fn unescaped(line: &str) -> Vec<String> {
    let (mut parts, mut escaped) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            ':' if !escaped && parts.len() < 5 => parts.push(String::new()),
            _ => parts.iter_mut().last().into_iter().for_each(|part| part.push(c)),
        }
        escaped = false;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Access, DatabaseError> {
        Access::parse(text, &Environment::default())
    }

    #[test]
    fn an_address_names_a_database_and_tables() {
        let one =
            parse("postgresql://re%40der:p%3A%2F@db.example:6543/sig?table=plu.zone_urba&table=cit%C3%A9s").unwrap();
        assert_eq!(
            (one.host.as_str(), one.port, one.user.as_str(), one.database.as_str()),
            ("db.example", 6543, "re@der", "sig")
        );
        assert_eq!(
            (one.password(), one.tables.clone()),
            (Some("p:/"), vec!["plu.zone_urba".into(), "cités".into()])
        );
        assert_eq!(
            one.shown(),
            Path::new("postgres://db.example:6543/sig?table=plu.zone_urba&table=cités")
        );
        assert_eq!(one.shown().file_name().unwrap(), "sig?table=plu.zone_urba&table=cités");
        assert!(!format!("{one:?}").contains("p:/") && !format!("{one:?}").contains("re@der"));
        let socket = parse("postgres:///sig?host=/var/run/postgresql").unwrap();
        assert!(socket.is_socket() && socket.tables.is_empty());
        assert_eq!(parse("postgres://u@[::1]:1/d").unwrap().host, "::1");
        assert_eq!(parse("postgres://u@%2Fvar%2Frun/d").unwrap().host, "/var/run");
    }

    #[test]
    fn what_is_wrong_is_named_without_what_is_secret() {
        for text in [
            "postgres://u:secret@h:x/d",
            "postgres://u:secret@a,b/d",
            "postgres://u:secret@h/d?table=",
            "postgres://u:secret@h/d?sslmode=require",
            "postgres://u:secret@h/d?tabel=x",
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
        assert!(
            parse("postgres://h/d?tabel=x")
                .unwrap_err()
                .to_string()
                .contains("\"tabel\"")
        );
    }

    #[test]
    fn the_password_is_looked_for_as_libpq_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pgpass");
        std::fs::write(
            &path,
            "# a comment\nother:*:*:*:no\nlocalhost:5432:sig:*:with\\:colon\\\\\n*:*:*:*:any\n",
        )
        .unwrap();
        let allow = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        allow(0o600);
        let mut environment = Environment {
            user: Some("me".into()),
            password: None,
            password_file: Some(path.clone()),
        };
        let password = |text: &str, environment: &Environment| {
            Access::parse(text, environment).unwrap().password().map(str::to_owned)
        };
        assert_eq!(
            password("postgres:///sig", &environment).as_deref(),
            Some("with:colon\\")
        );
        assert_eq!(password("postgres://h/sig", &environment).as_deref(), Some("any"));
        assert_eq!(
            password("postgres://me:own@h/sig", &environment).as_deref(),
            Some("own")
        );
        allow(0o644);
        assert_eq!(password("postgres://h/sig", &environment), None);
        environment.password = Some("of the environment".into());
        assert_eq!(
            password("postgres://h/sig", &environment).as_deref(),
            Some("of the environment")
        );
    }
}
