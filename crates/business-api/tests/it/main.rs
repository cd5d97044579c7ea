//! Tests of the Business API, over HTTP and in one process.
#![expect(clippy::unwrap_used, reason = "an answer without what a test looks for has failed it")]

mod conventions;
mod create;
mod documents;
mod house;
mod list;
mod openapi;
mod purchasables;
mod tokens;
mod two_doors;
mod unpaid;
mod update;
mod v3;
mod webhook_askers;
mod webhook_order;
mod webhooks;
