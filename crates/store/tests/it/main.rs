//! What both databases must agree on, each case run on each, and the few things that only one can do.

#![expect(
    clippy::unwrap_used,
    reason = "in helpers too: a case that cannot go on should stop where it stands"
)]

// From the test kit by path: depending on that crate would have every test here wait for the core to compile.
#[expect(unreachable_pub, dead_code, reason = "it is public in the test kit, where all of it is used")]
#[path = "../../../testkit/src/database.rs"]
mod database;
mod support;

mod constraints;
mod jobs;
mod migrations;
mod pages;
mod postgres_only;
mod sqlite_only;
mod statements;
mod tables;
mod transactions;
mod values;
