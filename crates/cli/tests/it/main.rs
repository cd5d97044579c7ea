//! The program from outside, as those who run it see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails right there")]

mod administration;
mod arrows;
mod businesses;
mod clock;
mod demo;
mod doctor;
mod events;
mod http;
mod jobs;
mod organizations;
mod program;
mod sandbox;
mod serve;
mod three_doors;
mod webhooks;
