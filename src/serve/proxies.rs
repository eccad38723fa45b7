//! Proxies whose word is taken for where the service stands.

use std::fmt;
use std::net::IpAddr;

/// Why a list of proxies is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// It is no address.
    #[error("\"{0}\" is no IP address and no network; write 127.0.0.1, ::1 or 10.0.0.0/8")]
    Address(String),
    /// Its prefix is no length that there is.
    #[error("\"{text}\": a network of this kind has a prefix of 0 to {longest}, such as {example}")]
    Prefix {
        /// What was written.
        text: String,
        /// The longest prefix.
        longest: u8,
        /// How it is written.
        example: &'static str,
    },
    /// It is an address within a network.
    #[error("\"{text}\" names one address and a network; write {network} for the network, or the address alone")]
    NotANetwork {
        /// What was written.
        text: String,
        /// The network that it is in.
        network: Network,
    },
}

/// Addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address.
    fn parse(text: &str) -> Result<Self, ProxyError> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let no_address = |_| ProxyError::Address(text.to_owned());
        let address: IpAddr = address.parse().map_err(no_address)?;
        let (longest, example) = if address.is_ipv4() {
            (32, "10.0.0.0/8")
        } else {
            (128, "fd00::/8")
        };
        let prefix = match prefix {
            None => longest,
            Some(digits) => {
                let length = digits.parse().ok().filter(|p: &u8| *p <= longest);
                // `+8` and `08` are numbers to Rust, and no prefixes.
                let plain = length.filter(|p| p.to_string() == digits);
                plain.ok_or_else(|| ProxyError::Prefix {
                    text: text.to_owned(),
                    longest,
                    example,
                })?
            }
        };
        let network = Self {
            first: first_of(address, prefix),
            prefix,
        };
        if network.first == address {
            Ok(network)
        } else {
            Err(ProxyError::NotANetwork {
                text: text.to_owned(),
                network,
            })
        }
    }

    fn holds(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && first_of(address, self.prefix) == self.first
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

/// The first address of the network of this prefix around an address.
fn first_of(address: IpAddr, prefix: u8) -> IpAddr {
    // A shift by all bits has no result: nothing is left then.
    match address {
        IpAddr::V4(a) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::from((a.to_bits() & mask).to_be_bytes())
        }
        IpAddr::V6(a) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::from((a.to_bits() & mask).to_be_bytes())
        }
    }
}

/// The proxies that are trusted; none unless configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<Network>);

impl Proxies {
    /// Reads addresses and networks, with commas between them.
    ///
    /// ```
    /// use terril::serve::proxies::Proxies;
    /// let proxies = Proxies::parse("127.0.0.1, 10.0.0.0/8").unwrap();
    /// assert!(proxies.trust("10.1.2.3".parse().unwrap()));
    /// assert!(!proxies.trust("11.1.2.3".parse().unwrap()));
    /// ```
    ///
    /// # Errors
    /// The first that is neither.
    pub fn parse(list: &str) -> Result<Self, ProxyError> {
        let members = list.split(',').map(str::trim).filter(|member| !member.is_empty());
        members.map(Network::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is one of theirs. An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) counts as what it is.
    #[must_use]
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.holds(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let check = |list: &str, address: &str, expected: bool| {
            let proxies = Proxies::parse(list).unwrap();
            assert_eq!(proxies.trust(address.parse().unwrap()), expected, "{list}: {address}");
        };
        check("", "127.0.0.1", false);
        check("127.0.0.1", "127.0.0.1", true);
        check("127.0.0.1", "127.0.0.2", false);
        check("127.0.0.1", "::ffff:127.0.0.1", true);
        check("127.0.0.1", "::1", false);
        check("::1", "::1", true);
        check("10.0.0.0/8,192.168.4.0/22", "10.255.255.255", true);
        check("10.0.0.0/8,192.168.4.0/22", "11.0.0.0", false);
        check("10.0.0.0/8,192.168.4.0/22", "192.168.7.255", true);
        check("10.0.0.0/8,192.168.4.0/22", "192.168.8.0", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/33", "2001:db8:7fff::1", true);
        check("2001:db8::/33", "2001:db8:8000::1", false);
    }

    #[test]
    fn what_is_no_network_is_named() {
        let check = |list: &str, expected: &str| {
            let error = Proxies::parse(list).unwrap_err().to_string();
            assert!(error.contains(expected), "{list}: {error}");
        };
        check("127.0.0.1,proxy.example", "\"proxy.example\" is no IP address");
        check("10.0.0.0/33", "\"10.0.0.0/33\"");
        check("10.0.0.0/33", "0 to 32");
        check("fd00::/129", "0 to 128");
        check("10.0.0.0/", "0 to 32");
        check("10.0.0.0/+8", "0 to 32");
        check("10.0.0.0/08", "0 to 32");
        check("10.0.0.7/8", "write 10.0.0.0/8");
        check("10.0.0/8", "no IP address");
        check("127.0.0.1:8080", "no IP address");
    }
}
