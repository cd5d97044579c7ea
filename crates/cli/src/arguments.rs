//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::{
    backup::BackupArguments, business::BusinessCommand, catalog::CatalogCommand, clock::ClockArguments,
    demo::DemoArguments, doctor::DoctorArguments, event::EventCommand, job::JobCommand, key::KeyCommand,
    organization::OrganizationCommand, project::ProjectCommand, sandbox::SandboxArguments,
    serve::ServeArguments, token::TokenCommand, webhook::WebhookCommand,
};

/// A subscription server that you run yourself
#[derive(Debug, Parser)]
#[command(name = "perennial", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// The configuration file [default: perennial.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "PERENNIAL_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs everything on this machine, with a shop to buy in and nothing to set up
    Demo(DemoArguments),
    #[command(flatten)]
    Configured(ConfiguredCommand),
    /// Runs the Stripe sandbox alone
    Sandbox(SandboxArguments),
    /// Shows and moves the time of a demo or a sandbox that runs
    Clock(ClockArguments),
}

/// The commands that follow the operator's configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfiguredCommand {
    /// Runs the server
    Serve(ServeArguments),
    /// Runs background work only, beside servers elsewhere
    Worker,
    /// Brings the database up to date
    Migrate,
    /// Copies the database, while it is in use, to a new file
    Backup(BackupArguments),
    /// Looks for what is wrong
    Doctor(DoctorArguments),
    /// Compares and applies the catalogue
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Manages projects
    #[command(subcommand)]
    Project(ProjectCommand),
    /// Manages API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Manages organizations and their members
    #[command(subcommand)]
    Organization(OrganizationCommand),
    /// Manages businesses, their staff, directories and apps
    #[command(subcommand)]
    Business(BusinessCommand),
    /// Manages tokens of the Business API
    #[command(subcommand)]
    Token(TokenCommand),
    /// Shows what Stripe told, and takes it up again
    #[command(subcommand)]
    Event(EventCommand),
    /// Manages who is told what happens here
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Shows background work, and takes it up again
    #[command(subcommand)]
    Job(JobCommand),
}
