//! Calls that make something.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;

use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::Error;
use crate::request::Call;

/// A call that makes a `T`; `.await` sends it.
///
/// Its idempotency key is made once and goes with every try, so an answer that is lost on the way
/// never makes a second `T`.
#[must_use = "nothing is sent until it is awaited"]
#[derive(Debug)]
pub struct Creation<'a, T> {
    client: &'a Client,
    call: Result<Call, Error>,
    made: PhantomData<fn() -> T>,
}

impl<'a, T> Creation<'a, T> {
    pub(crate) fn new(client: &'a Client, call: Result<Call, Error>) -> Self {
        Self { client, call, made: PhantomData }
    }

    /// Uses a key of the caller's instead, at most 255 visible ASCII characters. The server answers
    /// the same key and the same content with the first success for 24 hours (contract §1.7): a job
    /// that takes the key from its own order number can be run again at any time.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.call = self.call.and_then(|call| call.with_idempotency_key(key));
        self
    }
}

impl<'a, T: DeserializeOwned + 'a> IntoFuture for Creation<'a, T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.client.send(&self.call?).await })
    }
}
