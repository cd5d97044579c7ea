//! Tests of the Business API, over HTTP and in one process.

mod create;
mod house;
mod list;
mod openapi;
mod update;
