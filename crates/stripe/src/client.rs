//! Sends calls to one Stripe account: who asks, in which version, how often, and what is logged of it.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response};
use perennial_core::ports::{PaymentsError, Refusal, RefusalKind, StripeCredentials};
use perennial_core::report::chain;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use crate::API_VERSION;
use crate::call::Call;
use crate::retry::{self, Pause};
use crate::transport::{Transport, TransportError};
use crate::verdict::{Verdict, judge};

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("perennial/", env!("CARGO_PKG_VERSION")));

/// Sends calls to one Stripe account.
pub(crate) struct Client {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) pause: Arc<dyn Pause>,
    /// The longest that a call may take, tries and waits together.
    pub(crate) patience: Duration,
    pub(crate) credentials: StripeCredentials,
}

impl Client {
    /// Sends a call, again where that may help, and reads the answer.
    ///
    /// The message of an unreadable answer says what is wrong with which field. The structs that answers are read
    /// into hold ids, states, amounts and times, so it quotes nothing personal.
    pub(crate) async fn send<T: DeserializeOwned>(&self, call: &Call) -> Result<T, PaymentsError> {
        let request = self.request(call)?;
        let answer =
            tokio::time::timeout(self.patience, self.ask(call, request)).await.unwrap_or_else(|_| {
                let words = format!("{} {} took over {:?}", call.method, call.template, self.patience);
                Err(PaymentsError::NoAnswer(words))
            })?;
        serde_json::from_slice(&answer)
            .map_err(|error| PaymentsError::Nonsense(format!("{} {}: {error}", call.method, call.template)))
    }

    async fn ask(&self, call: &Call, request: Request<Bytes>) -> Result<Bytes, PaymentsError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let started = Instant::now();
            let answer = self.transport.send(request.clone()).await;
            log(call, &answer, tries, started);
            let (reason, retry_after) = match answer.map(judge) {
                Ok(Verdict::Final(answer)) => return answer,
                Ok(Verdict::AskAgain { reason, retry_after }) => (reason, retry_after),
                Err(error) => (chain(&error), None),
            };
            let Some(wait) = retry::wait_after(tries, retry_after) else {
                return Err(PaymentsError::NoAnswer(format!("{} {}: {reason}", call.method, call.template)));
            };
            self.pause.pause(wait).await;
        }
    }

    fn request(&self, call: &Call) -> Result<Request<Bytes>, PaymentsError> {
        let mut address = format!("{}{}", self.credentials.api_base.trim_end_matches('/'), call.path);
        let mut body = Bytes::new();
        if call.method == Method::GET && !call.form.is_empty() {
            address = format!("{address}?{}", call.form.encode());
        } else if call.method != Method::GET {
            body = Bytes::from(call.form.encode());
        }
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(address)
            .header(AUTHORIZATION, self.authorization()?)
            .header("stripe-version", API_VERSION)
            .header(USER_AGENT, AGENT);
        if call.method != Method::GET {
            request = request.header(CONTENT_TYPE, FORM);
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        request.body(body).map_err(|error| PaymentsError::NoAnswer(format!("{}: {error}", call.template)))
    }

    fn authorization(&self) -> Result<HeaderValue, PaymentsError> {
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", self.credentials.secret_key.expose_secret()))
                .map_err(|_| {
                    PaymentsError::Refused(Refusal {
                        kind: RefusalKind::Credentials,
                        code: None,
                        decline_code: None,
                        message: "the secret key holds characters that no key has".to_owned(),
                    })
                })?;
        bearer.set_sensitive(true);
        Ok(bearer)
    }
}

/// One line for each try: enough to find it in Stripe's own log, and nothing of what was said.
fn log(call: &Call, answer: &Result<Response<Bytes>, TransportError>, tries: u32, started: Instant) {
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (method, path) = (&call.method, call.template);
    match answer {
        Ok(response) => {
            let status = response.status().as_u16();
            let request_id = response.headers().get("request-id").and_then(|id| id.to_str().ok());
            tracing::debug!(%method, path, status, duration_ms, request_id, tries, "Stripe answered {method} {path}");
        }
        Err(error) => {
            let error: &dyn Error = error;
            tracing::debug!(%method, path, error, duration_ms, tries, "Stripe did not answer {method} {path}");
        }
    }
}
