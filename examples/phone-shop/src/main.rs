//! Serves the shop on its own. `Settings::from_environment` says which variables it reads.

use std::process::ExitCode;

use phone_shop::{BuildError, Settings, SettingsError};

#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("the client of the API cannot be made: {0}")]
    Client(#[from] BuildError),
    #[error("the shop cannot be served: {0}")]
    Serve(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), StartError> {
    let (settings, listen) = Settings::from_environment(|name| std::env::var(name).ok())?;
    let public_url = settings.public_url.clone();
    let router = phone_shop::router(settings)?;
    let listener = tokio::net::TcpListener::bind(listen).await?;
    tracing::info!("the shop is open at {public_url}");
    axum::serve(listener, router).with_graceful_shutdown(interrupted()).await?;
    Ok(())
}

async fn interrupted() {
    // Without a handler for Ctrl-C the system's own ends the process, so there is nothing to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
