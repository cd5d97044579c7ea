//! Looks names up, and hides every address that is not public. What is hidden here cannot be connected to, and there is no
//! moment between the look-up that is checked and the one that is used.

use std::net::SocketAddr;

use perennial_core::webhooks_out::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A resolver for names that others chose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicOnly;

/// A name that leads into our own network, or nowhere.
#[derive(Debug, thiserror::Error)]
#[error("the address is not public")]
struct NotPublic;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(public_of(found)?.into_iter()) as Addrs)
        })
    }
}

fn public_of(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    let public = found.filter(|address| is_public(address.ip())).collect::<Vec<_>>();
    if public.is_empty() { Err(NotPublic) } else { Ok(public) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_name_that_leads_outside_and_inside_the_outside_alone_is_reached() {
        let found = ["1.1.1.1:0", "127.0.0.1:0", "169.254.169.254:0", "[::1]:0", "[2606:4700::1111]:0"];
        let public = public_of(found.into_iter().map(|address| address.parse().unwrap())).unwrap();
        assert_eq!(public, ["1.1.1.1:0", "[2606:4700::1111]:0"].map(|address| address.parse().unwrap()));
        assert!(public_of(["10.0.0.1:0".parse().unwrap()].into_iter()).is_err());
    }
}
