//! The commands, one file each.

pub(crate) mod backup;
pub(crate) mod business;
pub(crate) mod catalog;
pub(crate) mod clock;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod event;
pub(crate) mod job;
pub(crate) mod key;
mod migrate;
pub(crate) mod organization;
pub(crate) mod project;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod webhook;
mod worker;

use std::path::Path;

use crate::application::with_app;
use crate::arguments::{Arguments, Command, ConfiguredCommand};
use crate::config::{Config, ConfigError};
use crate::failure::Failure;
use crate::logging;

/// Does what was asked.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Clock(command) => clock::run(command).await,
        // These two bring their own settings, so that nothing of this machine's changes them.
        Command::Demo(command) => Box::pin(demo::run(command)).await,
        Command::Sandbox(command) => sandbox::run(command).await,
        Command::Configured(command) => {
            let config = configure(arguments.config.as_deref(), &command)
                .map_err(|error| Failure::misuse(error.to_string()))?;
            logging::start(&config.log)?;
            run_configured(command, config).await
        }
    }
}

fn configure(file: Option<&Path>, command: &ConfiguredCommand) -> Result<Config, ConfigError> {
    let mut config = Config::load(file)?;
    if let ConfiguredCommand::Serve(command) = command {
        command.override_config(&mut config);
    }
    config.validate()?;
    Ok(config)
}

async fn run_configured(command: ConfiguredCommand, config: Config) -> Result<(), Failure> {
    match command {
        ConfiguredCommand::Serve(command) => serve::run(config, &command).await,
        ConfiguredCommand::Worker => worker::run(&config).await,
        ConfiguredCommand::Migrate => migrate::run(&config).await,
        ConfiguredCommand::Backup(command) => backup::run(&config, &command).await,
        ConfiguredCommand::Doctor(command) => doctor::run(&config, &command).await,
        ConfiguredCommand::Catalog(command) => {
            with_app(&config, async |app| catalog::run(app, &command).await).await
        }
        ConfiguredCommand::Project(command) => {
            with_app(&config, async |app| project::run(app, command).await).await
        }
        ConfiguredCommand::Key(command) => with_app(&config, async |app| key::run(app, command).await).await,
        ConfiguredCommand::Organization(command) => {
            with_app(&config, async |app| organization::run(app, command).await).await
        }
        ConfiguredCommand::Business(command) => {
            with_app(&config, async |app| business::run(app, command).await).await
        }
        ConfiguredCommand::Token(command) => {
            with_app(&config, async |app| token::run(app, command).await).await
        }
        ConfiguredCommand::Event(command) => {
            with_app(&config, async |app| event::run(app, command).await).await
        }
        ConfiguredCommand::Webhook(command) => {
            with_app(&config, async |app| webhook::run(app, command).await).await
        }
        ConfiguredCommand::Job(command) => with_app(&config, async |app| job::run(app, command).await).await,
    }
}
