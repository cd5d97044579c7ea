//! `perennial backup FILE`: a copy of the database, made while it is in use.

use std::path::PathBuf;

use clap::Args;

use crate::application::open_store;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Where to.
#[derive(Debug, Args)]
pub(crate) struct BackupArguments {
    /// The new file; nothing is ever replaced
    file: PathBuf,
}

/// Copies the database.
pub(crate) async fn run(config: &Config, arguments: &BackupArguments) -> Result<(), Failure> {
    let store = open_store(&config.database.url()?).await?;
    let copied = store.backup(&arguments.file).await;
    store.close().await;
    copied?;
    output::say(format_args!("copied the database to {}", arguments.file.display()));
    output::say("hint: keep the master key in another place, the copy is of no use without it");
    Ok(())
}
