//! The Organizations API, as its callers see it. Files mirror the URLs.
#![expect(clippy::unwrap_used, reason = "an answer without what a test looks for has failed it")]

mod agreement;
mod buy;
mod buy_order;
mod cancel;
mod checklist;
mod checkout_session;
mod conventions;
mod embedded;
mod events;
mod house;
mod logs;
mod meanwhile;
mod metadata;
mod my;
mod openapi;
mod outages;
mod payments;
mod pending_payment;
mod plans;
mod portal;
mod settings;
mod step_down;
mod stripes_price;
mod tokens;
mod user;
