//! Sending webhooks to others. How connections are made, and to which addresses, is decided elsewhere.

use std::future::Future;
use std::pin::Pin;

use url::Url;

/// A webhook, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// Where to.
    pub url: Url,
    /// What it says of itself, beside its content type.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, to the letter: it is signed.
    pub body: String,
}

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiverReply {
    /// The HTTP status.
    pub status: u16,
    /// The first [`ReceiverReply::KEPT_BYTES`] of the body, as text.
    pub body: String,
}

impl ReceiverReply {
    /// So much of an answer is read; nobody has to take the rest.
    pub const KEPT_BYTES: usize = 4096;

    /// Whether the receiver has taken it. A redirect is not followed, and takes nothing.
    pub const fn is_taken(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// Whether the receiver says that it will never take anything again.
    pub const fn is_gone(&self) -> bool {
        self.status == 410
    }
}

/// There was no answer: the address is not allowed, nobody listens, or it took too long. Holds the reason for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoReply(pub String);

/// An answer that is waited for.
pub type ReceiverAnswer<'a> = Pin<Box<dyn Future<Output = Result<ReceiverReply, NoReply>> + Send + 'a>>;

/// Sends webhooks.
pub trait Receivers: Send + Sync {
    /// Sends one, and waits for ten seconds at the most.
    fn post<'a>(&'a self, shipment: &'a Shipment) -> ReceiverAnswer<'a>;
}

/// For programs that send nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoReceivers;

impl Receivers for NoReceivers {
    fn post<'a>(&'a self, _: &'a Shipment) -> ReceiverAnswer<'a> {
        Box::pin(std::future::ready(Err(NoReply("this program sends no webhooks".to_owned()))))
    }
}
