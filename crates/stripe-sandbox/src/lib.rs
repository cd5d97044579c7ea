//! A stateful Stripe for offline use: the slice of its API that subscriptions need, over one `SQLite` file or memory.
//!
//! It knows Stripe's API and nothing of the programs that call it. Official SDKs and the official CLI work against it
//! unchanged. [`Sandbox`] is the whole of it: serve [`Sandbox::router`] on a socket, or call it in process as the
//! tower service it is. Money never moves, and nothing here reaches past the webhook endpoints it is told of.
//!
//! Left out for now: usage, and payment methods other than cards and SEPA debits.
//!
//! A map for the reader:
//!
//! - `http` turns a request into typed parameters and an answer into bytes: authentication, forms, idempotency, expansion;
//! - `resources` has one file for each of Stripe's resources;
//! - `billing` is what happens by itself: invoices, charges, renewals, prorations, retries;
//! - `checkout` is what the hosted payment page can do, and `pages` is that page;
//! - `events` and `webhooks` tell the world, `store` remembers, `faults` lets things go wrong on demand.

mod billing;
mod blank;
mod cards;
pub mod checkout;
mod events;
pub mod faults;
mod fields;
mod http;
mod ids;
mod journey;
mod metadata;
mod options;
mod pages;
mod present;
mod resources;
mod sandbox;
mod store;
pub mod webhooks;

pub use http::error::ApiError;
pub use options::{Clock, Dunning, LastResort, SandboxOptions, Storage, WebhookTarget};
pub use sandbox::{OpenError, Sandbox};
