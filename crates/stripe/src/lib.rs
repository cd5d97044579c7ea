//! The [`Payments`](perennial_core::ports::Payments) port over the Stripe API, and the verification and decoding of
//! Stripe's webhooks.
//!
//! Only the calls that the port needs are here, as typed requests of our own. What Stripe answers is read into small
//! structs that tolerate missing and unknown fields and both places of what moved between API versions, and leaves
//! this crate in the port's words alone. The crate decides nothing about subscriptions: that is `core`.

mod account;
mod call;
mod client;
mod form;
mod gateway;
mod locale;
mod resources;
mod retry;
mod transport;
mod verdict;
mod webhook;

pub use gateway::StripeGateway;
pub use retry::{Pause, TokioPause};
pub use transport::{HttpTransport, ServiceTransport, Transport, TransportAnswer, TransportError};
pub use webhook::StripeEventReader;

/// The API version that every call pins (<https://docs.stripe.com/api/versioning>).
///
/// The newest one before 2026-03-25, which renames the values of `ui_mode`: all other shapes are those of today's
/// documentation, and an upgrade past it is one deliberate step. An account's own default version never matters.
pub const API_VERSION: &str = "2026-02-25.clover";
