//! One request through all its redirects: what answered, from where.

use std::time::{Duration, Instant};

use ureq::http::{Request, Response, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Timeout};

use super::address::Address;
use super::error::Why;
use super::guard::{Guard, literal};
use super::scope::Scope;
use super::{Fetcher, MOST_REDIRECTS};

/// What answered.
pub(super) struct Answer {
    pub(super) response: Response<Body>,
    /// The last address.
    pub(super) address: Address,
    /// Where the first address led.
    pub(super) scope: Option<Scope>,
}

impl Answer {
    /// A header's value, where it is text.
    pub(super) fn header(&self, name: header::HeaderName) -> Option<&str> {
        // Names of files come in UTF-8 too, which `to_str` does not take.
        std::str::from_utf8(self.response.headers().get(name)?.as_bytes()).ok()
    }
}

/// Asks for an address with headers. `before` is where it led the last time.
pub(super) fn ask(
    fetcher: &Fetcher,
    address: &Address,
    headers: &[(header::HeaderName, String)],
    before: Option<Scope>,
    deadline: Instant,
) -> Result<Answer, Why> {
    let guard = Guard::default();
    let agent = agent(fetcher, guard.clone(), deadline)?;
    let (mut at, mut from, mut first) = (address.clone(), before, None);
    for hop in 0..=MOST_REDIRECTS {
        let refused = |scope: Scope| match hop {
            0 => Why::Moved(scope),
            _ => Why::Inside {
                to: at.shown().to_owned(),
                scope,
            },
        };
        // A proxy looks names up itself; what can be seen is judged here all the same.
        let said = literal(at.host());
        if let (Some(from), Some(to)) = (from, said)
            && !from.may_lead_to(to)
        {
            return Err(refused(to));
        }
        guard.begin(from);
        let response = agent
            .run(request(&at, headers)?)
            .map_err(|error| match guard.refused() {
                Some(scope) => refused(scope),
                None => failure(error),
            })?;
        let scope = guard.met().or(said);
        if hop == 0 {
            first = scope;
        }
        let location = response
            .headers()
            .get(header::LOCATION)
            .filter(|_| response.status().is_redirection());
        let Some(location) = location else {
            return Ok(Answer {
                response,
                address: at,
                scope: first,
            });
        };
        let location = String::from_utf8_lossy(location.as_bytes()).into_owned();
        at = at.redirected(&location)?;
        if let Some(mirror) = &fetcher.mirror {
            at = at.mirrored(mirror)?;
        }
        // What a proxy looked up is taken for what it is there for.
        from = Some(scope.unwrap_or(Scope::Public));
    }
    Err(Why::Redirects)
}

fn request(at: &Address, headers: &[(header::HeaderName, String)]) -> Result<Request<()>, Why> {
    // As it is stored: what is compressed stays so, and can be taken up in the middle.
    let mut request = Request::get(at.uri()).header(header::ACCEPT_ENCODING, "identity");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if let Some(value) = at.authorization() {
        request = request.header(header::AUTHORIZATION, value);
    }
    request
        .body(())
        .map_err(|_| Why::Address("it holds what no request may"))
}

fn agent(fetcher: &Fetcher, guard: Guard, deadline: Instant) -> Result<Agent, Why> {
    let left = deadline
        .saturating_duration_since(Instant::now())
        .max(Duration::from_millis(1));
    let limits = &fetcher.limits;
    let mut config = Agent::config_builder()
        .user_agent(concat!("terril/", env!("CARGO_PKG_VERSION")))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        // A connection that is used again was made under another hop's rules.
        .max_idle_connections(0)
        .timeout_global(Some(left))
        .timeout_resolve(Some(limits.connecting))
        .timeout_connect(Some(limits.connecting))
        .timeout_recv_response(Some(limits.silence))
        .timeout_per_read(Some(limits.silence));
    if let Some(path) = &fetcher.authorities {
        let pem = std::fs::read(path).map_err(|e| Why::Tls(format!("SSL_CERT_FILE can't be read: {e}")))?;
        let trusted: Vec<Certificate<'static>> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        config = config.tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::new_with_certs(&trusted))
                .build(),
        );
    }
    let connector = ureq::unversioned::transport::DefaultConnector::default();
    Ok(Agent::with_parts(config.build(), connector, guard))
}

/// What went wrong on the way, in words.
pub(super) fn failure(error: ureq::Error) -> Why {
    use std::io::ErrorKind as Kind;
    match error {
        ureq::Error::HostNotFound => Why::NoSuchHost,
        ureq::Error::Timeout(timeout) => Why::Slow(match timeout {
            Timeout::Resolve => "its name was not found in time",
            Timeout::Connect => "no connection came about in time",
            Timeout::RecvResponse => "no answer came in time",
            Timeout::PerRead => "nothing came for too long",
            _ => "the whole took too long",
        }),
        ureq::Error::Rustls(error) => Why::Tls(error.to_string()),
        ureq::Error::Tls(words) => Why::Tls(words.to_owned()),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Why::Address("it can't be asked"),
        ureq::Error::Io(error) => match error.kind() {
            Kind::TimedOut | Kind::WouldBlock => Why::Slow("nothing came for too long"),
            Kind::ConnectionRefused => Why::Network("nobody listens there".into()),
            Kind::InvalidData | Kind::InvalidInput => Why::Tls(error.to_string()),
            _ => Why::Network(error.to_string()),
        },
        other => Why::Network(other.to_string()),
    }
}
