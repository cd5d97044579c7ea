//! Where webhooks may be sent.
//!
//! A receiver is chosen by whoever has a key, and reached from inside of the operator's network: without this rule it could
//! be used to reach what is not meant for the outside. It is asked when a receiver is named, and again for every address that
//! a name resolves to, by whoever connects.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The longest address that is taken.
const MAX_LENGTH: usize = 2000;

/// Why nothing can be sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not an absolute http or https address, or longer than 2000 characters.
    #[error("a receiver is an address with http or https, of 2000 characters at the most")]
    NotAnAddress,
    /// It would be sent in clear, and is kept in clear here.
    #[error("a receiver's address holds no user name and no password")]
    Credentials,
    /// It is an address inside of a network.
    #[error("a receiver's address must be public")]
    Private,
}

/// Reads the address of a receiver. A name that resolves to a private address is found out when something is sent.
pub fn check_target(text: &str, private_allowed: bool) -> Result<Url, TargetError> {
    let mut url = Url::parse(text).map_err(|_| TargetError::NotAnAddress)?;
    if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > MAX_LENGTH {
        return Err(TargetError::NotAnAddress);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TargetError::Credentials);
    }
    let is_private = match url.host() {
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(name)) => is_local_name(name),
        None => return Err(TargetError::NotAnAddress),
    };
    if is_private && !private_allowed {
        return Err(TargetError::Private);
    }
    url.set_fragment(None);
    Ok(url)
}

/// Names that mean this machine (RFC 6761 §6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is one of the public internet: in none of IANA's registries of special purposes
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>, …`ipv6`…).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

#[expect(clippy::match_same_arms, reason = "each line has a source of its own")]
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_special = match (first, second, third) {
        // This network, this machine, and private networks (RFC 791, 1122, 1918).
        (0 | 10 | 127, _, _) | (192, 168, _) | (172, 16..=31, _) => true,
        // Between a provider and its customers (RFC 6598), and link-local (RFC 3927), where clouds keep their secrets.
        (100, 64..=127, _) | (169, 254, _) => true,
        // Protocols, documentation, relays and benchmarks (RFC 6890, 5737, 7526, 2544).
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // Multicast, reserved, and broadcast (RFC 1112).
        (224.., _, _) => true,
        _ => false,
    };
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(within) = embedded_v4(address) {
        return is_public_v4(within);
    }
    let segments = address.segments();
    // Only 2000::/3 is given out; from it, documentation (RFC 3849, 9637), benchmarks and other protocols (RFC 2928) are not.
    let is_given_out = (0x2000..=0x3fff).contains(&segments[0]);
    let is_special = matches!(segments, [0x2001, 0x0db8 | 0x0000..=0x01ff, ..]) || segments[0] == 0x3fff;
    is_given_out && !is_special
}

/// The IPv4 address that is reached through an IPv6 address: mapped (RFC 4291), translated (RFC 6052) or tunnelled
/// (RFC 3056).
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_inside_of_networks_are_not_public() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_receiver_is_named_plainly() {
        assert_eq!(
            check_target("https://receiver.example/a?b#c", false).unwrap().as_str(),
            "https://receiver.example/a?b"
        );
        for (text, error) in [
            ("ftp://receiver.example", TargetError::NotAnAddress),
            ("/hooks", TargetError::NotAnAddress),
            ("https://ada:secret@receiver.example", TargetError::Credentials),
            ("http://localhost:8080", TargetError::Private),
            ("http://a.localhost.", TargetError::Private),
            // However the address is spelled.
            ("http://2130706433/", TargetError::Private),
            ("http://0x7f.1/", TargetError::Private),
            ("http://[::ffff:7f00:1]/", TargetError::Private),
        ] {
            assert_eq!(check_target(text, false), Err(error), "{text}");
        }
        assert!(check_target("http://127.0.0.1:9000/hooks", true).is_ok());
    }
}
