//! The Stripe of the demo, beside the server: reached over HTTP like the real one.

use std::sync::Arc;

use perennial_core::context::App;
use perennial_core::ports::ShiftedClock;
use secrecy::ExposeSecret;
use stripe_sandbox::{Dunning, Sandbox, SandboxOptions, Storage, WebhookTarget};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::data_folder::DataFolder;
use super::doors::Addresses;
use super::facts::{PROJECT, Secrets};
use super::merchant;
use crate::failure::{Explain, Failure};
use crate::serving;
use crate::shutdown::{Shutdown, Stopper};
use crate::time_machine::{self, TimeMachine};

/// A sandbox that serves, and tells the server what happens, until it is stopped.
pub(super) struct RunningSandbox {
    stripe: Sandbox,
    machine: Arc<TimeMachine>,
    serving: Part,
    telling: Part,
}

/// Something that runs until it is stopped.
struct Part {
    stopper: Stopper,
    running: JoinHandle<()>,
}

impl RunningSandbox {
    /// Starts it, with an endpoint that tells the server of everything.
    pub(super) fn start(
        listener: TcpListener,
        addresses: Addresses,
        folder: &DataFolder,
        secrets: &Secrets,
        clock: Arc<ShiftedClock>,
        dunning: Dunning,
    ) -> Result<Self, Failure> {
        let sandbox = Sandbox::open(SandboxOptions {
            storage: Storage::File(folder.sandbox()),
            base_url: format!("http://{}", addresses.sandbox),
            merchant_name: merchant::NAME.to_owned(),
            webhook: Some(webhook(addresses, secrets)),
            clock: time_machine::seconds(&clock),
            dunning,
            ..SandboxOptions::default()
        })
        .or_fail("the sandbox cannot be started")?;
        let machine = TimeMachine::new(clock, sandbox.clone(), folder.remember_time());
        let router = sandbox.router().merge(machine.router());
        Ok(Self {
            stripe: sandbox.clone(),
            machine,
            serving: Part::start(|shutdown| serving::serve(listener, router, shutdown)),
            telling: Part::start(
                |shutdown| async move { sandbox.run_deliveries(shutdown.requested()).await },
            ),
        })
    }

    /// The Stripe itself, to pay with cards.
    pub(super) fn stripe(&self) -> &Sandbox {
        &self.stripe
    }

    /// Lets the server live by the sandbox's time, wherever that is moved.
    pub(super) fn take_along(&self, app: &App) {
        self.machine.take_along(app);
    }

    /// Has it tell nothing any more, so that the server can go. What it has not told yet it tells the next time.
    pub(super) async fn fall_silent(&mut self) {
        self.telling.stop().await;
    }

    /// Stops it, once the last answer is sent.
    pub(super) async fn stop(mut self) {
        self.telling.stop().await;
        self.serving.stop().await;
    }
}

impl Part {
    fn start<F: Future<Output = ()> + Send + 'static>(run: impl FnOnce(Shutdown) -> F) -> Self {
        let (stopper, shutdown) = Shutdown::manual();
        Self { stopper, running: tokio::spawn(run(shutdown)) }
    }

    /// Stops it, unless it has stopped.
    async fn stop(&mut self) {
        self.stopper.stop();
        if !self.running.is_finished()
            && let Err(error) = (&mut self.running).await
        {
            tracing::error!(%error, "a part of the sandbox ended badly");
        }
    }
}

fn webhook(addresses: Addresses, secrets: &Secrets) -> WebhookTarget {
    WebhookTarget {
        url: format!("http://{}/webhooks/stripe/{PROJECT}", addresses.server),
        secret: secrets.webhook_secret.expose_secret().to_owned(),
        enabled_events: vec!["*".to_owned()],
    }
}
