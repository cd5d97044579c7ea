//! `perennial worker`: background work only.

use perennial_core::context::App;
use perennial_worker::{Sender, Worker, WorkerOptions};

use crate::config::Config;
use crate::failure::Failure;
use crate::shutdown::Shutdown;
use crate::{application, mail};

/// Works until it is told to stop.
pub(crate) async fn run(config: &Config) -> Result<(), Failure> {
    let app = application::open_with(config, mail::mailer(config.mail.server()?.as_ref())?).await?;
    let shutdown = Shutdown::on_signal()?;
    tracing::info!("the worker is ready");
    work(&app, config.worker.concurrency, shutdown).await;
    app.store().clone().close().await;
    Ok(())
}

/// Does tasks, so many at once, and sends webhooks, until it is told to stop.
pub(crate) async fn work(app: &App, concurrency: u16, shutdown: Shutdown) {
    let options = WorkerOptions { concurrency: concurrency.into(), ..WorkerOptions::default() };
    let worker = Worker::new(app.clone(), options);
    let sender = Sender::new(app.clone());
    tokio::join!(worker.run(shutdown.clone().requested()), sender.run(shutdown.requested()));
}
