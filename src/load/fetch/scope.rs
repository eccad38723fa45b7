//! How far inside an address of the network lies, and where a redirect may lead.
//!
//! A server out there must not be able to have this one ask the machines beside it. What the operator wrote himself
//! may lie anywhere; a redirect leads to public addresses or stays in the scope that it came from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

/// How far inside an address lies (IANA's registries of special-purpose addresses, RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Reached from everywhere.
    Public,
    /// Of a private network, a shared one (100.64/10) or a unique local one (fc00::/7).
    Private,
    /// Of the same cable; clouds keep their machines' secrets there.
    LinkLocal,
    /// This machine.
    Loopback,
    /// Nobody's, many machines', or for documents and tests.
    Reserved,
}

impl Scope {
    /// The scope of an address. An IPv4 address that is carried in an IPv6 one counts as itself.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => carried(v6).map_or_else(|| of_v6(v6), of_v4),
        }
    }

    /// Whether a redirect from an address of this scope may lead to one of `to`.
    #[must_use]
    pub fn may_lead_to(self, to: Self) -> bool {
        to == Self::Public || (to == self && to != Self::Reserved)
    }

    /// In words, after "an address of".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Public => "the public network",
            Self::Private => "a private network",
            Self::LinkLocal => "the local link",
            Self::Loopback => "this machine",
            Self::Reserved => "no machine",
        }
    }
}

fn of_v4(v4: Ipv4Addr) -> Scope {
    let [a, b, c, _] = v4.octets();
    match (a, b, c) {
        (127, ..) => Scope::Loopback,
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Scope::Private,
        (169, 254, _) => Scope::LinkLocal,
        // "This host": Linux takes it for itself.
        (0, ..) => Scope::Loopback,
        (192, 0, 0 | 2) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) | (192, 88, 99) | (224.., ..) => {
            Scope::Reserved
        }
        _ => Scope::Public,
    }
}

fn of_v6(v6: Ipv6Addr) -> Scope {
    let [a, b, ..] = v6.segments();
    if v6.is_loopback() || v6.is_unspecified() {
        return Scope::Loopback;
    }
    match (a, b) {
        (0xfc00..=0xfdff, _) => Scope::Private,
        // Site-local, given up but still routed by some.
        (0xfec0..=0xfeff, _) => Scope::Private,
        (0xfe80..=0xfebf, _) => Scope::LinkLocal,
        // Global unicast without what stands aside in it: documents, Teredo, ORCHID, benchmarks.
        (0x2001, 0x0db8 | 0..=0x01ff) | (0x3fff, 0..=0x0fff) => Scope::Reserved,
        (0x2000..=0x3fff, _) => Scope::Public,
        _ => Scope::Reserved,
    }
}

/// The IPv4 address that an IPv6 one carries: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056).
fn carried(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => v4(high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => v4(high, low),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_scope() {
        let check = |text: &str, scope| assert_eq!(Scope::of(text.parse().unwrap()), scope, "{text}");
        for public in [
            "1.1.1.1",
            "193.51.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "2001:660::1",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
        ] {
            check(public, Scope::Public);
        }
        for private in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "2002:0a00:0001::1",
        ] {
            check(private, Scope::Private);
        }
        for link in ["169.254.169.254", "fe80::1", "64:ff9b::a9fe:a9fe"] {
            check(link, Scope::LinkLocal);
        }
        for loopback in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
        ] {
            check(loopback, Scope::Loopback);
        }
        for reserved in [
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "2001:db8::1",
            "ff02::1",
            "2001::1",
        ] {
            check(reserved, Scope::Reserved);
        }
    }

    #[test]
    fn a_redirect_never_leads_further_inside() {
        use Scope::{LinkLocal, Loopback, Private, Public, Reserved};
        for from in [Public, Private, LinkLocal, Loopback, Reserved] {
            for to in [Public, Private, LinkLocal, Loopback, Reserved] {
                let may = to == Public || (from == to && to != Reserved);
                assert_eq!(from.may_lead_to(to), may, "{from:?} to {to:?}");
            }
        }
    }
}
