//! The client against a small fake of the API on loopback: what it sends, and what it makes of answers.
#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part should fail the test")]

mod connect_sessions;
mod errors;
mod fake;
mod pages;
mod resources;
mod retries;
mod samples;
