//! The line to Stripe, which a test can cut.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use perennial_stripe::{Pause, ServiceTransport, Transport, TransportAnswer, TransportError};
use tokio::sync::Notify;

/// What happens to requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineState {
    /// They arrive, and are answered.
    #[default]
    Open,
    /// They arrive and are done, and the answers are lost.
    LosesAnswers,
    /// They arrive when nobody waits for their answers any more: see [`Line::arrive_late`].
    Late,
    /// They never arrive.
    Cut,
    /// They are answered with something that is not Stripe's API.
    Nonsense,
}

/// A line to a Stripe in this process.
pub struct Line {
    stripe: ServiceTransport<axum::Router>,
    state: Mutex<LineState>,
    requests: Mutex<HashMap<String, usize>>,
    held: Mutex<Option<(String, Arc<Held>)>>,
    waited: Mutex<Duration>,
    late: Mutex<Vec<Request<Bytes>>>,
}

/// A request that waits on its way, so that a test can do something meanwhile.
#[derive(Default)]
pub struct Held {
    arrived: Notify,
    released: Notify,
}

impl Held {
    /// Waits until the request is on its way.
    pub async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// Lets it go on.
    pub fn release(&self) {
        self.released.notify_one();
    }
}

impl Line {
    /// A line that works.
    pub fn to(stripe: axum::Router) -> Self {
        let stripe = ServiceTransport::new(stripe);
        Self {
            stripe,
            state: Mutex::default(),
            requests: Mutex::default(),
            held: Mutex::default(),
            waited: Mutex::default(),
            late: Mutex::default(),
        }
    }

    /// From now on this happens to requests.
    pub fn set(&self, state: LineState) {
        *self.state.lock().expect("nobody panics here") = state;
    }

    /// Holds the next request up whose method and path begin so.
    pub fn hold(&self, request: &str) -> Arc<Held> {
        let held = Arc::new(Held::default());
        *self.held.lock().expect("nobody panics here") = Some((request.to_owned(), Arc::clone(&held)));
        held
    }

    /// Lets arrive what was sent while the line was [`LineState::Late`].
    pub async fn arrive_late(&self) {
        let late = std::mem::take(&mut *self.late.lock().expect("nobody panics here"));
        for request in late {
            self.stripe.send(request).await.expect("the sandbox answers");
        }
    }

    fn take_held(&self, name: &str) -> Option<Arc<Held>> {
        let mut held = self.held.lock().expect("nobody panics here");
        held.take_if(|(request, _)| name.starts_with(request.as_str())).map(|(_, held)| held)
    }

    /// How many requests went out so far with this method and path, such as `POST /v1/refunds`; reads are not counted.
    pub fn count(&self, request: &str) -> usize {
        self.requests.lock().expect("nobody panics here").get(request).copied().unwrap_or(0)
    }

    /// How long Stripe took in all for what it has answered so far.
    pub fn waited(&self) -> Duration {
        *self.waited.lock().expect("nobody panics here")
    }

    async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let begun = Instant::now();
        let answer = self.stripe.send(request).await;
        *self.waited.lock().expect("nobody panics here") += begun.elapsed();
        answer
    }
}

impl Transport for Line {
    fn send(&self, request: Request<Bytes>) -> TransportAnswer<'_> {
        let state = *self.state.lock().expect("nobody panics here");
        let name = format!("{} {}", request.method(), request.uri().path());
        let held = self.take_held(&name);
        // What is only read may be asked for a million times, each under its own name, and nobody counts it.
        if request.method() != http::Method::GET {
            *self.requests.lock().expect("nobody panics here").entry(name).or_default() += 1;
        }
        Box::pin(async move {
            if let Some(held) = held {
                held.arrived.notify_one();
                held.released.notified().await;
            }
            match state {
                LineState::Late => {
                    self.late.lock().expect("nobody panics here").push(request);
                    Err(TransportError::Broken("the answer takes too long".into()))
                }
                LineState::Cut => Err(TransportError::Connect("the line is cut".into())),
                LineState::Nonsense => Ok(Response::new(Bytes::from_static(b"<html>502 Bad Gateway</html>"))),
                LineState::Open => self.ask(request).await,
                LineState::LosesAnswers => {
                    self.ask(request).await?;
                    Err(TransportError::Broken("the answer is lost".into()))
                }
            }
        })
    }
}

/// Waits for nothing between two tries.
pub(crate) struct NoPause;

impl Pause for NoPause {
    fn pause(&self, _: Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}
