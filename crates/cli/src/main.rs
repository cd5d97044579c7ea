//! The `perennial` program: the one place that reads configuration and picks parts.
//!
//! Each command is a file of [`commands`], thin over a use case of `core`. Data goes to standard output, all else to
//! standard error. It exits with 0 when it did what was asked, with 1 when it could not, and with 2 when it was asked
//! for something that makes no sense.

mod application;
mod arguments;
mod commands;
mod config;
mod doors;
mod failure;
mod key_sets;
mod logging;
mod mail;
mod output;
mod private_file;
mod projects;
mod secret_input;
mod serving;
mod shutdown;
mod time_machine;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

/// Requests, rows and JSON are made of thousands of small pieces: with the system's allocator they took a quarter more of
/// the processor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(commands::run(Arguments::parse())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
