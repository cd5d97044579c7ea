//! What never leaves this machine, and therefore need not be encrypted.

use std::net::IpAddr;

use url::{Host, Url};

/// Whether what is sent to this address stays on this machine: the one place where plain text is good enough.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // In a scheme that the parser does not know, even an address is a name to it.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_in_every_scheme_and_no_other_passes_for_it() {
        for scheme in ["http", "smtp"] {
            for host in ["localhost:25", "127.0.0.1", "127.8.0.1:80", "[::1]"] {
                let url = format!("{scheme}://{host}/").parse().unwrap();
                assert!(is_loopback(&url), "{url}");
            }
            for host in ["localhost.example", "127.0.0.1.example", "10.0.0.1", "[2001:db8::1]"] {
                let url = format!("{scheme}://{host}/").parse().unwrap();
                assert!(!is_loopback(&url), "{url}");
            }
        }
        assert!(!is_loopback(&"mailto:localhost".parse().unwrap()));
    }
}
