//! The product's own tables: what is written comes back, each project sees its own, constraints name
//! themselves, lists page.

mod fixtures;

mod billing_marks;
mod businesses;
mod catalogue;
mod connect_sessions;
mod constraints;
mod events;
mod filters;
mod idempotency_keys;
mod locks;
mod mails_and_logins;
mod members;
mod pages;
mod rows;
mod stripe_events;
mod subscription_changes;
mod subscription_standings;
mod sweeps;
mod tenancy;
mod views;
mod webhooks;
