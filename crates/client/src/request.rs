//! Sending one logical call: as many tries as the policy allows, the same idempotency key in each.

use std::time::Duration;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::{ApiError, Error};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// One logical call, ready to be sent any number of times.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    /// Below the project's root, with its leading slash.
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    idempotency_key: Option<String>,
}

impl Call {
    pub(crate) fn get(path: String) -> Self {
        Self { method: Method::GET, path, query: Vec::new(), body: None, idempotency_key: None }
    }

    /// Asking twice for a deletion would answer "not found" the second time; the key prevents that.
    pub(crate) fn delete(path: String) -> Self {
        Self { method: Method::DELETE, idempotency_key: Some(new_idempotency_key()), ..Self::get(path) }
    }

    /// A partial update sets values, so it can be repeated without a key.
    pub(crate) fn patch(path: String, body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { method: Method::PATCH, body: Some(json(body)?), ..Self::get(path) })
    }

    /// A search changes nothing, and is a POST only to keep personal data out of addresses.
    pub(crate) fn search(path: String, body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { method: Method::POST, body: Some(json(body)?), ..Self::get(path) })
    }

    pub(crate) fn create(path: String, body: &impl Serialize) -> Result<Self, Error> {
        Ok(Self { idempotency_key: Some(new_idempotency_key()), ..Self::search(path, body)? })
    }

    pub(crate) fn with_query(mut self, query: Vec<(&'static str, String)>) -> Self {
        self.query = query;
        self
    }

    pub(crate) fn with_idempotency_key(mut self, key: &str) -> Result<Self, Error> {
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::IdempotencyKey);
        }
        self.idempotency_key = Some(key.to_owned());
        Ok(self)
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn url(&self, root: &str) -> String {
        if self.query.is_empty() {
            return format!("{root}{}", self.path);
        }
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        format!("{root}{}?{query}", self.path)
    }
}

/// A key for one logical call. It comes from chance and not from the content: two visits to the same
/// checkout are two sessions, and a key made from their equal bodies would replay the first one.
fn new_idempotency_key() -> String {
    format!("{:032x}", rand::random::<u128>())
}

fn json(body: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(body).map_err(Error::Unwritable)
}

struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Client {
    /// Sends `call` until it is answered for good, or until patience ends.
    pub(crate) async fn send<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        let mut tries = 1;
        let mut was_unanswered = false;
        loop {
            let outcome = self.send_once(call).await;
            was_unanswered |= outcome.is_err();
            let pause = match &outcome {
                Ok(answer) if !is_worth_another_try(answer.status, was_unanswered) => None,
                Ok(answer) => self.inner.retries.pause_after(tries, answer.retry_after),
                Err(_) => self.inner.retries.pause_after(tries, None),
            };
            let Some(pause) = pause else {
                return match outcome {
                    Ok(answer) => read(call, &answer),
                    Err(source) => Err(Error::NoAnswer { call: call.name(), tries, source }),
                };
            };
            tracing::debug!(tries, pause_ms = pause.as_millis(), "trying {} again", call.name());
            tokio::time::sleep(pause).await;
            tries += 1;
        }
    }

    async fn send_once(&self, call: &Call) -> Result<Answer, reqwest::Error> {
        let mut request = self.inner.http.request(call.method.clone(), call.url(&self.inner.root));
        if let Some(key) = &call.idempotency_key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        // The address is left out of errors, because a query may say who is asked about.
        let response = request.send().await.map_err(reqwest::Error::without_url)?;
        let retry_after = response.headers().get(RETRY_AFTER).and_then(seconds);
        let status = response.status();
        let body = response.bytes().await.map_err(reqwest::Error::without_url)?;
        Ok(Answer { status, retry_after, body: body.into() })
    }
}

/// `Retry-After` in its seconds form. The other form, a date, needs a clock that agrees with the
/// server's; the usual pause does as well.
fn seconds(value: &HeaderValue) -> Option<Duration> {
    value.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

fn is_worth_another_try(status: StatusCode, was_unanswered: bool) -> bool {
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
        // After a try without an answer this means that the first one is still under way, and that
        // its result will be replayed once it is there (contract §1.7).
        StatusCode::CONFLICT => was_unanswered,
        _ => false,
    }
}

fn read<T: DeserializeOwned>(call: &Call, answer: &Answer) -> Result<T, Error> {
    let status = answer.status;
    let unreadable = |source| Error::Unreadable { call: call.name(), status, source };
    if status.is_success() {
        return decode(&answer.body).map_err(unreadable);
    }
    let refusal: ApiError = decode(&answer.body).map_err(unreadable)?;
    Err(Error::Api(Box::new(ApiError { status, ..refusal })))
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body))
}
