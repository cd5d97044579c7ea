//! Picks the parts and puts the application together.

use std::sync::Arc;

use perennial_business_api::BusinessTeller;
use perennial_core::context::{App, Parts, Settings};
use perennial_core::ports::{Clock, Mailer, NoMailer, SystemClock, TestCarrier};
use perennial_core::secrets::Vault;
use perennial_projects_api::ProjectsTeller;
use perennial_store::{DatabaseUrl, MigrateError, OpenError, SchemaState, Store, StoreOptions};
use perennial_stripe::{HttpTransport, StripeEventReader, StripeGateway};
use perennial_webhooks_out::{HttpReceivers, ReceiverOptions};

use crate::config::Config;
use crate::failure::{Explain, Failure};

/// Opens the database as it is.
pub(crate) async fn open_store(url: &DatabaseUrl) -> Result<Store, Failure> {
    Store::open(url, &StoreOptions::default()).await.map_err(|error| {
        let is_server = matches!((url, &error), (DatabaseUrl::Postgres(_), OpenError::Unusable(_)));
        let failure = Failure::from(error);
        if is_server { failure.hint("is the server running, and does database.url name it") } else { failure }
    })
}

/// Brings the schema up to date, and answers the names of the migrations that were due.
pub(crate) async fn migrate(store: &Store) -> Result<Vec<String>, Failure> {
    store.migrate().await.map_err(|error| {
        let is_newer = matches!(error, MigrateError::Newer(_));
        let failure = Failure::from(error);
        if is_newer { failure.hint(NEWER_HINT) } else { failure }
    })
}

const NEWER_HINT: &str = "run the version that made it, or a newer one";

/// Refuses a database that this program does not fit.
pub(crate) async fn check_schema(store: &Store) -> Result<(), Failure> {
    match store.check_schema().await? {
        SchemaState::Current => Ok(()),
        SchemaState::Newer => {
            Err(Failure::new("the database was made by a newer version of this program").hint(NEWER_HINT))
        }
        SchemaState::Behind(due) => {
            let plural = if due == 1 { "" } else { "s" };
            Err(Failure::new(format!("the database is {due} migration{plural} behind"))
                .hint("run the migrate command"))
        }
    }
}

/// The configured application, over a database that is up to date, for a command that sends no mails.
pub(crate) async fn open(config: &Config) -> Result<App, Failure> {
    open_with(config, Arc::new(NoMailer)).await
}

/// The same for a worker, which sends them.
pub(crate) async fn open_with(config: &Config, mailer: Arc<dyn Mailer>) -> Result<App, Failure> {
    let vault = vault(config)?;
    let store = open_store(&config.database.url()?).await?;
    check_schema(&store).await?;
    assemble(store, vault, settings(config), Surroundings::of_server(mailer))
}

/// Does something with the configured application, and closes it.
pub(crate) async fn with_app(
    config: &Config,
    work: impl AsyncFnOnce(&App) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let app = open(config).await?;
    let done = work(&app).await;
    app.store().clone().close().await;
    done
}

/// What seals secrets with the configured master key.
pub(crate) fn vault(config: &Config) -> Result<Vault, Failure> {
    let Some(key) = config.secrets.master_key()? else {
        return Err(Failure::misuse("secrets.master_key: is not set").hint(
            "make one with `openssl rand -base64 32 > master.key`, and name the file with PERENNIAL_MASTER_KEY_FILE",
        ));
    };
    Vault::new(&key).or_fail("secrets.master_key")
}

/// Where the server is reached.
pub(crate) fn settings(config: &Config) -> Settings {
    Settings {
        private_receivers: config.webhooks.allow_private,
        ..Settings::at(config.http.public_url(), config.connect_url())
    }
}

/// What is different in the demo.
pub(crate) struct Surroundings {
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// What sends mails.
    pub(crate) mailer: Arc<dyn Mailer>,
}

impl Surroundings {
    /// The machine's clock, and this mailer.
    pub(crate) fn of_server(mailer: Arc<dyn Mailer>) -> Self {
        Self { clock: Arc::new(SystemClock), mailer }
    }
}

/// Puts the parts together: Stripe and receivers of webhooks over the network, and the built-in carrier.
pub(crate) fn assemble(
    store: Store,
    vault: Vault,
    settings: Settings,
    surroundings: Surroundings,
) -> Result<App, Failure> {
    let options =
        ReceiverOptions { private_allowed: settings.private_receivers, ..ReceiverOptions::default() };
    let receivers = HttpReceivers::new(options)?;
    let transport = HttpTransport::new().or_fail("the client for Stripe cannot be made")?;
    Ok(App::new(Parts {
        store,
        clock: surroundings.clock,
        gateway: Arc::new(StripeGateway::new(Arc::new(transport))),
        event_reader: Arc::new(StripeEventReader),
        carrier: Arc::new(TestCarrier),
        mailer: surroundings.mailer,
        tellers: vec![Arc::new(ProjectsTeller), Arc::new(BusinessTeller)],
        receivers: Arc::new(receivers),
        vault,
        settings,
    }))
}
