//! Tests of the Business API, over HTTP and in one process.

mod conventions;
mod create;
mod documents;
mod house;
mod list;
mod openapi;
mod purchasables;
mod tokens;
mod two_doors;
mod update;
mod v3;
mod webhooks;
