//! Use cases, one file each, and the ports they need.

pub mod catalog;
pub mod checkout;
pub mod context;
pub mod events;
pub mod ports;
pub mod projects;
pub mod secrets;
pub mod subscriptions;
pub mod tasks;
pub mod visits;
pub mod webhooks;

/// The database, for those who start, migrate or back it up.
pub use perennial_store as store;
