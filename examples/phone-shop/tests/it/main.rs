//! The shop against a small fake of the API on loopback: what customers see, and what the API is asked.
#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part should fail the test")]

mod browser;
mod buy;
mod callback;
mod fake_api;
mod log_in;
mod order;
mod organizations;
mod phone_plans;
mod samples;
