//! What tests share: an application with a database of its own and a clock that stands still, callers of its doors,
//! and rows to start from.

mod app;
mod browser;
mod caller;
mod database;
mod disk;
mod free_line;
mod line;
mod listener;
mod log;
mod merchant;
mod pigeon;
mod postbox;
pub mod rows;
mod silent_stripe;

pub use app::{TestApp, send_webhooks_of};
pub use browser::{Browser, Shown};
pub use caller::{Answer, Caller};
pub use database::{TestDatabase, wait_for_disk};
pub use line::{Held, Line, LineState};
pub use listener::{Listener, Manner, PlainTeller};
pub use log::Log;
pub use merchant::{Merchant, MerchantOptions, days};
pub use pigeon::{Pigeon, Weather};
pub use postbox::Postbox;
pub use silent_stripe::SilentStripe;

/// How the merchant's Stripe deals with renewals that are not paid, and what comes of a card typed on its page.
pub use stripe_sandbox::{Dunning, LastResort, checkout::PayOutcome};
