//! The adapter from outside: scripted answers for what Stripe may do, and the sandbox for whole histories.
#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part should fail the test")]

mod charges;
mod logs;
mod merchant;
mod oracle;
mod over_http;
mod reading;
mod refusals;
mod requests;
mod retries;
mod sandbox;
mod script;
mod webhooks;
