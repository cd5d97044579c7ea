//! The receivers port over HTTP: webhooks go to addresses of the public internet only, are led nowhere else, and wait for
//! nobody longer than ten seconds.
//!
//! What is sent, to whom, and how often it is tried is decided in `perennial_core::webhooks_out`.

mod resolver;

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use perennial_core::ports::{NoReply, ReceiverAnswer, ReceiverReply, Receivers, Shipment};
use perennial_core::webhooks_out::is_public;
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::resolver::PublicOnly;

/// How a receiver is spoken to.
#[derive(Clone, Copy, Debug)]
pub struct ReceiverOptions {
    /// Whether addresses inside of our own network may be reached.
    pub private_allowed: bool,
    /// How long an answer may take, from the look-up of the name to the last byte that is read.
    pub timeout: Duration,
}

impl Default for ReceiverOptions {
    fn default() -> Self {
        Self { private_allowed: false, timeout: Duration::from_secs(10) }
    }
}

/// The client for receivers cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the client for webhooks cannot be made")]
pub struct ClientError(#[source] reqwest::Error);

/// Receivers on the network.
#[derive(Clone, Debug)]
pub struct HttpReceivers {
    client: reqwest::Client,
    options: ReceiverOptions,
}

impl HttpReceivers {
    /// A client that follows no redirect, keeps no cookie and asks no proxy.
    ///
    /// On a machine without CA certificates only plain HTTP works.
    pub fn new(options: ReceiverOptions) -> Result<Self, ClientError> {
        // Another part of the program may have chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder(&options).build().or_else(|error| {
            let error: &dyn Error = &error;
            tracing::warn!(
                error,
                "no CA certificates could be loaded: receivers are out of reach over https"
            );
            builder(&options).tls_certs_only([]).build()
        });
        Ok(Self { client: client.map_err(ClientError)?, options })
    }

    async fn exchange(&self, shipment: &Shipment) -> Result<ReceiverReply, NoReply> {
        if !self.options.private_allowed && names_private_address(&shipment.url) {
            return Err(NoReply("the address is not public".to_owned()));
        }
        let mut request = self.client.post(shipment.url.clone()).header("content-type", "application/json");
        for (name, value) in &shipment.headers {
            request = request.header(*name, value);
        }
        let mut answer = request.body(shipment.body.clone()).send().await.map_err(|error| explain(&error))?;
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while body.len() < ReceiverReply::KEPT_BYTES {
            // The status has come: an answer that breaks off behind it is an answer.
            let Ok(Some(chunk)) = answer.chunk().await else { break };
            body.extend_from_slice(&chunk);
        }
        body.truncate(ReceiverReply::KEPT_BYTES);
        Ok(ReceiverReply { status, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

impl Receivers for HttpReceivers {
    fn post<'a>(&'a self, shipment: &'a Shipment) -> ReceiverAnswer<'a> {
        Box::pin(self.exchange(shipment))
    }
}

fn builder(options: &ReceiverOptions) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .timeout(options.timeout)
        .redirect(Policy::none())
        // Tries are counted elsewhere.
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent("Perennial")
        // So many deliveries go to one receiver at once; each would open a connection anew otherwise.
        .pool_max_idle_per_host(32)
        .pool_idle_timeout(Duration::from_secs(30));
    if options.private_allowed { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) }
}

/// An address that is written as numbers is looked up by nobody, so it is checked by itself.
fn names_private_address(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => !is_public(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => !is_public(IpAddr::V6(address)),
        Some(Host::Domain(_)) => false,
        None => true,
    }
}

/// Without the URL, which stands beside it wherever this is shown.
fn explain(error: &reqwest::Error) -> NoReply {
    if error.is_timeout() {
        return NoReply("no answer in time".to_owned());
    }
    // The last cause says most: those before it are layers of the client.
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    NoReply(cause.to_string())
}
