//! `perennial migrate`: brings the database up to date.

use crate::application::{migrate, open_store};
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Runs what is due, and names it.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let store = open_store(&config.database.url()?).await?;
    let migrated = migrate(&store).await;
    store.close().await;
    let names = migrated?;
    if names.is_empty() {
        output::say("the database is up to date");
    }
    names.iter().try_for_each(output::data)
}
