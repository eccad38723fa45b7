//! The resolver of a download: names become addresses here, once, and only those that may be asked are connected to.
//!
//! What is checked is what is connected to: a name that is asked twice and answers otherwise the second time
//! (DNS rebinding) gains nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::scope::Scope;

/// What the next hop may lead to, and where it led.
#[derive(Debug, Default)]
struct Hop {
    /// The scope that it comes from; absent for the address that the operator wrote.
    from: Option<Scope>,
    met: Option<Scope>,
    refused: Option<Scope>,
}

/// See the module. Clones share their state.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard(Arc<Mutex<Hop>>);

impl Guard {
    /// Begins a hop.
    pub(super) fn begin(&self, from: Option<Scope>) {
        *self.hop() = Hop { from, ..Hop::default() };
    }

    /// The scope of the addresses that this hop's name was taken for.
    pub(super) fn met(&self) -> Option<Scope> {
        self.hop().met
    }

    /// The scope that this hop was refused for.
    pub(super) fn refused(&self) -> Option<Scope> {
        self.hop().refused
    }

    fn hop(&self) -> std::sync::MutexGuard<'_, Hop> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The addresses of one scope that may be asked; a public one is preferred.
    fn choose(&self, found: &[SocketAddr]) -> Vec<SocketAddr> {
        let mut hop = self.hop();
        let scope_of = |address: &SocketAddr| Scope::of(address.ip());
        let may = |scope: Scope| hop.from.is_none_or(|from| from.may_lead_to(scope));
        let allowed: Vec<SocketAddr> = found.iter().copied().filter(|a| may(scope_of(a))).collect();
        let public = allowed.iter().map(scope_of).find(|s| *s == Scope::Public);
        let scope = public.or_else(|| allowed.first().map(scope_of));
        if scope.is_none() {
            hop.refused = found.first().map(scope_of);
        }
        hop.met = scope;
        allowed.into_iter().filter(|a| Some(scope_of(a)) == scope).collect()
    }
}

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout);
        let found = found.map_err(|error| match error {
            // The system's words for a name that is not known.
            ureq::Error::Io(_) => ureq::Error::HostNotFound,
            other => other,
        })?;
        // The operator's proxy may lie where it likes.
        if config.proxy().is_some_and(|proxy| uri.host() == Some(proxy.host())) {
            return Ok(found);
        }
        let mut chosen = self.empty();
        for address in self.choose(&found) {
            chosen.push(address);
        }
        if chosen.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        Ok(chosen)
    }
}

/// The scope that an address says of itself, without asking anybody.
pub(super) fn literal(host: &str) -> Option<Scope> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        return Some(Scope::Loopback);
    }
    bare.parse::<IpAddr>().ok().map(Scope::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(from: Option<Scope>, found: &[&str]) -> (Vec<String>, Option<Scope>, Option<Scope>) {
        let guard = Guard::default();
        guard.begin(from);
        let found: Vec<SocketAddr> = found.iter().map(|a| a.parse().unwrap()).collect();
        let chosen = guard.choose(&found).iter().map(ToString::to_string).collect();
        (chosen, guard.met(), guard.refused())
    }

    #[test]
    fn what_the_operator_wrote_may_lie_anywhere_in_one_scope() {
        let (chosen, met, _) = choose(None, &["10.0.0.1:80", "127.0.0.1:80", "10.0.0.2:80"]);
        assert_eq!(
            (chosen, met),
            (vec!["10.0.0.1:80".into(), "10.0.0.2:80".into()], Some(Scope::Private))
        );
        let (chosen, met, _) = choose(None, &["127.0.0.1:80", "1.1.1.1:80"]);
        assert_eq!(
            (chosen, met),
            (vec!["1.1.1.1:80".into()], Some(Scope::Public)),
            "half inside is not inside"
        );
    }

    #[test]
    fn a_redirect_from_outside_stays_outside() {
        let (chosen, met, refused) = choose(Some(Scope::Public), &["127.0.0.1:80"]);
        assert_eq!((chosen.len(), met, refused), (0, None, Some(Scope::Loopback)));
        let (chosen, ..) = choose(Some(Scope::Public), &["192.168.0.1:80", "1.1.1.1:80"]);
        assert_eq!(chosen, ["1.1.1.1:80"]);
        let (chosen, ..) = choose(Some(Scope::Loopback), &["169.254.169.254:80"]);
        assert!(chosen.is_empty());
    }

    #[test]
    fn addresses_tell_their_scope_by_themselves() {
        assert_eq!(literal("[::1]"), Some(Scope::Loopback));
        assert_eq!(literal("LocalHost."), Some(Scope::Loopback));
        assert_eq!(literal("8.8.8.8"), Some(Scope::Public));
        assert_eq!(literal("data.example"), None);
    }
}
