//! `perennial worker`: background work only.

use perennial_core::context::App;
use perennial_worker::{Worker, WorkerOptions};

use crate::config::Config;
use crate::failure::Failure;
use crate::shutdown::Shutdown;
use crate::{application, mail};

/// Works until it is told to stop.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let app = application::open_with(config, mail::mailer(config.mail.server()?.as_ref())?).await?;
    let shutdown = Shutdown::on_signal()?;
    tracing::info!("the worker is ready");
    worker(&app, config.worker.concurrency).run(shutdown.requested()).await;
    app.store().clone().close().await;
    Ok(())
}

/// A worker that does so many tasks at once.
pub(crate) fn worker(app: &App, concurrency: u16) -> Worker {
    Worker::new(app.clone(), WorkerOptions { concurrency: concurrency.into(), ..WorkerOptions::default() })
}
