//! HTTP over the network.

use std::error::Error;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect::Policy;

use super::{LONGEST_ANSWER, Transport, TransportAnswer, TransportError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// For one try, from the first byte sent to the last received.
const TRY_TIMEOUT: Duration = Duration::from_secs(10);

/// HTTP over the network, with one pool of connections for all accounts.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// A transport that follows no redirect, keeps no cookie and asks no proxy: a secret key goes to the configured
    /// address and nowhere else.
    ///
    /// On a machine without CA certificates only plain HTTP works, which is enough for a sandbox.
    pub fn new() -> Result<Self, TransportError> {
        // Another part of the program may have chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder().build().or_else(|error| {
            let error: &dyn Error = &error;
            tracing::warn!(error, "no CA certificates could be loaded: Stripe is out of reach over https");
            builder().tls_certs_only([]).build()
        });
        Ok(Self { client: client.map_err(explain)? })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(explain)?;
        let mut answer = self.client.execute(request).await.map_err(explain)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(explain)? {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        *response.body_mut() = body.freeze();
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> TransportAnswer<'_> {
        Box::pin(self.exchange(request))
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TRY_TIMEOUT)
        .redirect(Policy::none())
        // The client would repeat some requests by itself, beside our own count.
        .retry(reqwest::retry::never())
        .no_proxy()
}

/// The address stays out of the message: a query may hold what a customer typed.
fn explain(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if error.is_timeout() {
        TransportError::TimedOut(Box::new(error))
    } else if error.is_connect() {
        TransportError::Connect(Box::new(error))
    } else {
        TransportError::Broken(Box::new(error))
    }
}
