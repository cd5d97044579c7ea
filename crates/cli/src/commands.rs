//! The commands, one file each.

pub(crate) mod backup;
pub(crate) mod catalog;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod event;
pub(crate) mod job;
pub(crate) mod key;
mod migrate;
pub(crate) mod project;
pub(crate) mod sandbox;
pub(crate) mod serve;
mod worker;

use crate::application::with_app;
use crate::arguments::{Arguments, Command};
use crate::config::Config;
use crate::failure::Failure;
use crate::logging;

/// Does what was asked.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        // These two stand alone: they bring their own settings, so that nothing of this machine's changes them.
        Command::Demo(command) => demo::run(command).await,
        Command::Sandbox(command) => sandbox::run(command).await,
        command => {
            let mut config = Config::load(arguments.config.as_deref()).map_err(misconfigured)?;
            if let Command::Serve(command) = &command {
                command.override_config(&mut config);
            }
            config.validate().map_err(misconfigured)?;
            logging::start(&config.log)?;
            run_configured(command, config).await
        }
    }
}

async fn run_configured(command: Command, config: Config) -> Result<(), Failure> {
    match command {
        Command::Demo(_) | Command::Sandbox(_) => Ok(()),
        Command::Serve(command) => serve::run(config, &command).await,
        Command::Worker => worker::run(&config).await,
        Command::Migrate => migrate::run(&config).await,
        Command::Backup(command) => backup::run(&config, &command).await,
        Command::Doctor(command) => doctor::run(&config, &command).await,
        Command::Catalog(command) => with_app(&config, async |app| catalog::run(app, &command).await).await,
        Command::Project(command) => with_app(&config, async |app| project::run(app, command).await).await,
        Command::Key(command) => with_app(&config, async |app| key::run(app, command).await).await,
        Command::Event(command) => with_app(&config, async |app| event::run(app, command).await).await,
        Command::Job(command) => with_app(&config, async |app| job::run(app, command).await).await,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where an error is turned into another")]
fn misconfigured(error: crate::config::ConfigError) -> Failure {
    Failure::misuse(error.to_string())
}
