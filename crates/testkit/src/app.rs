//! A whole application for one test: a database of its own, a clock that stands still, a project and its key.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_core::context::{App, Cx, Parts, Settings};
use perennial_core::ports::{
    Clock, EventReader, FixedClock, Mailer, PaymentGateway, Receivers, Teller, TestCarrier,
};
use perennial_core::secrets::Vault;
use perennial_core::{api_keys, projects};
use perennial_domain::{Project, ProjectId};
use perennial_store::{StoreError, Tx};
use perennial_worker::Sender;
use secrecy::{ExposeSecret, SecretString};

use crate::{Caller, Listener, Pigeon, PlainTeller, SilentStripe, TestDatabase};

/// When every test begins.
pub(crate) const START: &str = "2031-03-04T05:06:07Z";

/// The database that the tests of doors run on: `postgres`, or SQLite when unset.
const ENGINE_VARIABLE: &str = "PERENNIAL_TEST_ENGINE";

/// An application with a project `p`.
pub struct TestApp {
    app: App,
    clock: Arc<FixedClock>,
    pigeon: Arc<Pigeon>,
    listener: Arc<Listener>,
    project: Project,
    key: SecretString,
    node: Node,
    // Goes last, when nobody uses it any more.
    database: TestDatabase,
}

impl TestApp {
    /// A fresh application, whose Stripe never answers. Its catalogue and customers are empty.
    pub async fn new() -> Self {
        Self::told_by(Arc::new(PlainTeller)).await
    }

    /// The same, with a door that tells others what happens.
    pub async fn told_by(teller: Arc<dyn Teller>) -> Self {
        Self::told_by_all(vec![teller]).await
    }

    /// The same, with several doors that do.
    pub async fn told_by_all(tellers: Vec<Arc<dyn Teller>>) -> Self {
        Self::with_outside(Outside { tellers, ..Outside::default() }).await
    }

    /// The same, whose webhooks really leave, for receivers on this machine.
    pub async fn reaching(receivers: Arc<dyn Receivers>) -> Self {
        Self::with_outside(Outside { receivers, private_receivers: true, ..Outside::default() }).await
    }

    async fn with_outside(outside: Outside) -> Self {
        let clock = Arc::new(FixedClock::at(START.parse().expect("a time")));
        Self::with_parts(clock, Arc::new(SilentStripe), Arc::new(SilentStripe), outside).await
    }

    /// A fresh application with this clock and this Stripe.
    pub async fn with_stripe(
        clock: Arc<FixedClock>,
        gateway: Arc<dyn PaymentGateway>,
        event_reader: Arc<dyn EventReader>,
    ) -> Self {
        Self::with_stripe_and_doors(clock, gateway, event_reader, Outside::default().tellers).await
    }

    /// The same, with doors that tell others what happens.
    pub(crate) async fn with_stripe_and_doors(
        clock: Arc<FixedClock>,
        gateway: Arc<dyn PaymentGateway>,
        event_reader: Arc<dyn EventReader>,
        tellers: Vec<Arc<dyn Teller>>,
    ) -> Self {
        let outside = Outside { tellers, ..Outside::default() };
        Self::with_parts(clock, gateway, event_reader, outside).await
    }

    /// The same on PostgreSQL, whatever the other tests run on, with a door that tells others what happens.
    pub async fn on_postgres(teller: Arc<dyn Teller>) -> Self {
        let outside = Outside { tellers: vec![teller], ..Outside::default() };
        let clock = Arc::new(FixedClock::at(START.parse().expect("a time")));
        let database = TestDatabase::postgres().await;
        Self::on(database, clock, Arc::new(SilentStripe), Arc::new(SilentStripe), outside).await
    }

    async fn with_parts(
        clock: Arc<FixedClock>,
        gateway: Arc<dyn PaymentGateway>,
        event_reader: Arc<dyn EventReader>,
        outside: Outside,
    ) -> Self {
        let database = match std::env::var(ENGINE_VARIABLE).as_deref() {
            Ok("postgres") => TestDatabase::postgres().await,
            _ => TestDatabase::sqlite(),
        };
        Self::on(database, clock, gateway, event_reader, outside).await
    }

    async fn on(
        database: TestDatabase,
        clock: Arc<FixedClock>,
        gateway: Arc<dyn PaymentGateway>,
        event_reader: Arc<dyn EventReader>,
        outside: Outside,
    ) -> Self {
        let pigeon = Arc::new(Pigeon::default());
        let listener = Arc::clone(&outside.listener);
        let master_key = Vault::fresh_master_key();
        let node = Node { gateway, event_reader, pigeon: Arc::clone(&pigeon), outside, master_key };
        let app = node.app(&database, Arc::clone(&clock)).await;
        let project = create_project(&app, "p").await;
        let key = create_key(&app, project.id, None).await;
        Self { app, clock, pigeon, listener, project, key, node, database }
    }

    /// Another node on the same database, with a clock of its own. Only PostgreSQL can have two.
    pub async fn another_node(&self, clock: Arc<FixedClock>) -> App {
        self.node.app(&self.database, clock).await
    }

    /// What doors are built from.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The clock, to be moved.
    pub fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// Who carries the mails, to be asked what they say.
    pub fn pigeon(&self) -> &Pigeon {
        &self.pigeon
    }

    /// Who hears the webhooks, to be asked what they say.
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Sends every webhook that is due; answers how often a receiver was turned to.
    pub async fn send_webhooks(&self) -> usize {
        send_webhooks_of(&self.app).await
    }

    /// The project `p`.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Somebody who calls these routes with the project's key.
    pub fn caller(&self, routes: axum::Router) -> Caller {
        Caller::new(routes, self.key.expose_secret())
    }

    /// Another project, and a key to it.
    pub async fn other_project(&self, slug: &str) -> (Project, SecretString) {
        let project = create_project(&self.app, slug).await;
        let key = create_key(&self.app, project.id, None).await;
        (project, key)
    }

    /// Another key to the project `p`, which stops working then.
    pub async fn key_until(&self, expires_at: Timestamp) -> SecretString {
        create_key(&self.app, self.project.id, Some(expires_at)).await
    }

    /// Does something to the database, and must succeed.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&Cx, &mut Tx<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
    ) -> T {
        self.app.write(work).await.expect("the test's own write succeeds")
    }
}

/// Sends every webhook that is due by this node's clock; answers how often a receiver was turned to.
pub async fn send_webhooks_of(node: &App) -> usize {
    Sender::new(node.clone()).drain().await.expect("the database works")
}

/// What every node on a database is made of.
struct Node {
    gateway: Arc<dyn PaymentGateway>,
    event_reader: Arc<dyn EventReader>,
    pigeon: Arc<Pigeon>,
    outside: Outside,
    master_key: SecretString,
}

impl Node {
    async fn app(&self, database: &TestDatabase, clock: Arc<FixedClock>) -> App {
        let settings = Settings::at(url("https://api.example"), url("https://connect.example"));
        App::new(Parts {
            store: database.store().await,
            clock: clock as Arc<dyn Clock>,
            gateway: Arc::clone(&self.gateway),
            event_reader: Arc::clone(&self.event_reader),
            carrier: Arc::new(TestCarrier),
            mailer: Arc::clone(&self.pigeon) as Arc<dyn Mailer>,
            tellers: self.outside.tellers.clone(),
            receivers: Arc::clone(&self.outside.receivers),
            vault: Vault::new(&self.master_key).expect("a master key"),
            settings: Settings { private_receivers: self.outside.private_receivers, ..settings },
        })
    }
}

/// How others are told.
struct Outside {
    tellers: Vec<Arc<dyn Teller>>,
    receivers: Arc<dyn Receivers>,
    listener: Arc<Listener>,
    private_receivers: bool,
}

impl Default for Outside {
    fn default() -> Self {
        let listener = Arc::<Listener>::default();
        let receivers = Arc::clone(&listener) as Arc<dyn Receivers>;
        Self { tellers: vec![Arc::new(PlainTeller)], receivers, listener, private_receivers: false }
    }
}

fn url(text: &str) -> url::Url {
    text.parse().expect("a URL")
}

async fn create_project(app: &App, slug: &str) -> Project {
    let slug = slug.to_owned();
    let project = app.write(move |cx, tx| {
        let locales = ["en-US".to_owned(), "de-DE".to_owned()];
        projects::create_project(cx, tx, &slug, "Heron Mobile", &locales)
    });
    project.await.expect("the project can be made")
}

async fn create_key(app: &App, project: ProjectId, expires_at: Option<Timestamp>) -> SecretString {
    let created = app.write(move |cx, tx| api_keys::create(cx, tx, project, "test", expires_at));
    created.await.expect("the key can be made").1
}
