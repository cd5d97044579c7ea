//! `perennial serve`: the server, with background work in the same process unless that runs elsewhere.

use std::net::SocketAddr;

use axum::Router;
use clap::{ArgAction, Args};
use perennial_core::context::App;
use perennial_organizations_api::OrganizationsOptions;

use super::worker::work;
use crate::application::{self, Surroundings};
use crate::config::Config;
use crate::failure::Failure;
use crate::shutdown::Shutdown;
use crate::{doors, key_sets, mail, serving};

/// How the server runs.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// The address and port to listen on, in place of the configured one
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Whether background work is done here too
    #[arg(long, default_value_t = true, action = ArgAction::Set, value_name = "BOOL")]
    worker: bool,
    /// Refuses a database that is behind instead of bringing it up to date
    #[arg(long)]
    no_migrate: bool,
}

impl ServeArguments {
    /// What the command line says wins over the configuration.
    pub(crate) fn override_config(&self, config: &mut Config) {
        if let Some(listen) = self.listen {
            config.http.listen = listen;
        }
    }
}

/// Serves until it is told to stop.
pub(crate) async fn run(mut config: Config, arguments: &ServeArguments) -> Result<(), Failure> {
    let listener = serving::listen(config.http.listen, "--listen").await?;
    // The system may have been left to choose the port.
    config.http.listen = listener.local_addr()?;
    let app = open(&config, arguments).await?;
    let shutdown = Shutdown::on_signal()?;
    tracing::info!("the server is ready at {}", config.http.public_url());
    let organizations = OrganizationsOptions {
        client_address_header: config.http.client_address_header.clone(),
        ..key_sets::organizations(config.organizations.project.clone())?
    };
    let doors = doors::open(&app, &config.api.options(), organizations, Router::new());
    let working = async {
        if arguments.worker {
            work(&app, config.worker.concurrency, shutdown.clone()).await;
        }
    };
    tokio::join!(serving::serve(listener, doors, shutdown.clone()), working);
    app.store().clone().close().await;
    Ok(())
}

async fn open(config: &Config, arguments: &ServeArguments) -> Result<App, Failure> {
    let vault = application::vault(config)?;
    let store = application::open_store(&config.database.url()?).await?;
    if arguments.no_migrate {
        application::check_schema(&store).await?;
    } else {
        let names = application::migrate(&store).await?;
        tracing::info!(migrations = names.len(), "the database is up to date");
    }
    let mailer = mail::mailer(config.mail.server()?.as_ref())?;
    application::assemble(store, vault, application::settings(config), Surroundings::of_server(mailer))
}
