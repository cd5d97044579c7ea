//! How requests reach Stripe: over the network, or in process to a service that speaks Stripe's API.

mod over_http;
mod service;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

pub use over_http::HttpTransport;
pub use service::ServiceTransport;

/// Nothing that we read is longer. A list page of a hundred expanded Checkout Sessions is about a megabyte.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

/// A response that is waited for.
pub type TransportAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'a>>;

/// Carries one request, once, and brings the whole response back.
pub trait Transport: Send + Sync {
    /// Carries one request, once. Any status is a response; an error means that none came.
    fn send(&self, request: Request<Bytes>) -> TransportAnswer<'_>;
}

/// No response came. What became of the request is unknown.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nobody was there.
    #[error("no connection")]
    Connect(#[source] Box<dyn Error + Send + Sync>),
    /// The response did not come in time.
    #[error("no answer in time")]
    TimedOut(#[source] Box<dyn Error + Send + Sync>),
    /// The connection broke, or spoke no HTTP.
    #[error("the answer broke off")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
    /// The response is longer than anything Stripe says.
    #[error("the answer is longer than {LONGEST_ANSWER} bytes")]
    TooLong,
}
