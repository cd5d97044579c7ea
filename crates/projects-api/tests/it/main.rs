//! The Projects API, as its callers see it. Files mirror the URLs.
#![expect(clippy::unwrap_used, reason = "an answer without what a test looks for has failed it")]

mod addons;
mod authentication;
mod connect_sessions;
mod conventions;
mod device_models;
mod devices;
mod door;
mod events;
mod example_client;
mod idempotency;
mod logs;
mod openapi;
mod orders;
mod outages;
mod payment_methods;
mod payments;
mod plans;
mod projects;
mod races;
mod sims;
mod subscription_actions;
mod subscription_addons;
mod subscription_changes;
mod subscription_creation;
mod subscriptions;
mod users;
mod webhook_endpoints;
