//! A Stripe that answers what the test wrote down, and remembers what it was asked, which has to be something that Stripe
//! knows.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use perennial_core::ports::{PaymentGateway, Payments, StripeCredentials};
use perennial_domain::Id;
use perennial_stripe::{Pause, StripeGateway, Transport, TransportAnswer, TransportError};
use serde_json::Value;
use url::form_urlencoded;
use uuid::Uuid;

use crate::oracle;

/// One step of a script.
pub(crate) enum Step {
    /// Stripe answers.
    Answer(Response<Bytes>),
    /// The answer is lost on the way.
    Lost,
    /// Stripe takes the request and says nothing.
    Silence,
}

/// A good answer.
pub(crate) fn ok(body: &Value) -> Step {
    status(200, &[], &body.to_string())
}

/// Any answer.
pub(crate) fn status(code: u16, headers: &[(&str, &str)], body: &str) -> Step {
    let mut response = Response::builder().status(code).header("request-id", "req_1");
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Step::Answer(response.body(Bytes::from(body.to_owned())).unwrap())
}

/// What Stripe was asked.
pub(crate) struct Sent {
    /// `POST /v1/customers`
    pub(crate) call: String,
    /// The parameters, in order, from the query or the body.
    pub(crate) form: Vec<(String, String)>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) authorization: String,
    pub(crate) version: String,
}

impl Sent {
    /// The value of a parameter.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A Stripe that answers by script.
#[derive(Clone, Default)]
pub(crate) struct Script {
    steps: Arc<Mutex<VecDeque<Step>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl Script {
    /// These answers, in this order.
    pub(crate) fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: Arc::new(Mutex::new(steps.into_iter().collect())), ..Self::default() }
    }

    /// An account at this Stripe.
    pub(crate) fn account(&self) -> Arc<dyn Payments> {
        self.account_with(StripeGateway::new(Arc::new(self.clone())))
    }

    /// An account at this Stripe, of someone who has not long to wait.
    pub(crate) fn hurried_account(&self) -> Arc<dyn Payments> {
        self.account_with(StripeGateway::new(Arc::new(self.clone())).with_patience(Duration::from_millis(5)))
    }

    fn account_with(&self, gateway: StripeGateway) -> Arc<dyn Payments> {
        let credentials = StripeCredentials {
            secret_key: "sk_test_secret".to_owned().into(),
            api_base: "http://stripe.test/".to_owned(),
        };
        gateway.with_pause(Arc::new(self.clone())).account(&credentials)
    }

    /// What was asked so far; forgets it.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// The waits between tries so far.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>) -> TransportAnswer<'_> {
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let parameters = match request.uri().query() {
            Some(query) => query.as_bytes(),
            None => request.body(),
        };
        let sent = Sent {
            call: format!("{} {}", request.method(), request.uri().path()),
            form: form_urlencoded::parse(parameters).into_owned().collect(),
            idempotency_key: header("idempotency-key"),
            authorization: header("authorization").unwrap_or_default(),
            version: header("stripe-version").unwrap_or_default(),
        };
        oracle::check(&sent);
        self.sent.lock().unwrap().push(sent);
        let step = self.steps.lock().unwrap().pop_front().expect("the script is over");
        Box::pin(async move {
            match step {
                Step::Answer(response) => Ok(response),
                Step::Lost => Err(TransportError::Broken("connection reset".into())),
                Step::Silence => std::future::pending().await,
            }
        })
    }
}

impl Pause for Script {
    fn pause(&self, wait: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.waits.lock().unwrap().push(wait);
        Box::pin(std::future::ready(()))
    }
}

/// The same id in every run.
pub(crate) fn id<I: Id>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}
