//! The worker on a real queue: what fails is seen, what was begun is finished, and nothing ends it but its shutdown.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails right there")]

mod failing;
mod sending;
mod stopping;
