//! Looks names up, and hides every address that is not public. What is hidden here cannot be connected to, and there is no
//! moment between the look-up that is checked and the one that is used.

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
            let public = found.filter(|address| is_public(address.ip())).collect::<Vec<_>>();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}
