//! What every use case is given: the time, fresh ids, the store, and the ports.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Id, ProjectId, WebhookFlavour};
use perennial_store::tables::{PageError, Slice};
use perennial_store::{FreshIds, Store, StoreError, Tx};
use tokio::sync::Notify;
use url::Url;

use crate::actor::{self, Actor};
use crate::events::publish;
use crate::ports::{
    Carrier, Clock, EventReader, Happened, Mailer, PaymentGateway, Payments, Receivers, StripeCredentials,
    Teller,
};
use crate::recent::Recent;
use crate::secrets::{Vault, VaultError};

/// For so long another node may go on with a Stripe key that was replaced.
const ACCOUNT_AGE: Duration = Duration::from_secs(1);

/// The time, the ids and the events of one transaction. A transaction that is run again sees the same time.
#[derive(Debug)]
pub struct Cx {
    now: Timestamp,
    actor: Actor,
    ids: Arc<FreshIds>,
    happened: RefCell<Vec<Happened>>,
}

impl Cx {
    /// A context at this time, in nobody's name, whose ids come after no others.
    pub fn at(now: Timestamp) -> Self {
        Self::of(Actor::System, now, Arc::default())
    }

    const fn of(actor: Actor, now: Timestamp, ids: Arc<FreshIds>) -> Self {
        Self { now, actor, ids, happened: RefCell::new(Vec::new()) }
    }

    /// In whose name this is done.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Notes an event, which is written when the transaction ends.
    pub(crate) fn note(&self, happened: Happened) {
        self.happened.borrow_mut().push(happened);
    }

    /// The events that were noted, in their order; from now on there are none.
    pub(crate) fn take_happened(&self) -> Vec<Happened> {
        self.happened.take()
    }

    /// The time of this transaction.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A fresh id, which sorts by this transaction's time and after those that this node made before.
    pub fn id<I: Id>(&self) -> I {
        I::from_uuid(self.ids.at(self.now))
    }
}

/// Addresses and durations that the operator decides for the whole server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the APIs are reached from outside, without a slash at the end.
    pub api_url: Url,
    /// Where the hosted pages are reached from outside.
    pub connect_url: Url,
    /// How long a connect session's link works.
    pub link_lifetime: SignedDuration,
    /// How long a browser may act after it followed the link.
    pub browser_lifetime: SignedDuration,
    /// How long a Stripe Checkout Session stays open: 30 minutes to 24 hours.
    pub checkout_lifetime: SignedDuration,
    /// Whether webhooks may be sent to addresses inside of our own network.
    pub private_receivers: bool,
}

impl Settings {
    /// The contract's durations (contracts/projects-api.md §2.13.6), at these addresses.
    pub const fn at(api_url: Url, connect_url: Url) -> Self {
        Self {
            api_url,
            connect_url,
            link_lifetime: SignedDuration::from_mins(30),
            browser_lifetime: SignedDuration::from_mins(60),
            checkout_lifetime: SignedDuration::from_mins(60),
            private_receivers: false,
        }
    }
}

/// The parts that the command line chose.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Stripe.
    pub gateway: Arc<dyn PaymentGateway>,
    /// Stripe's webhooks.
    pub event_reader: Arc<dyn EventReader>,
    /// The mobile network.
    pub carrier: Arc<dyn Carrier>,
    /// What sends mails.
    pub mailer: Arc<dyn Mailer>,
    /// How the doors tell others what happened.
    pub tellers: Vec<Arc<dyn Teller>>,
    /// What sends webhooks.
    pub receivers: Arc<dyn Receivers>,
    /// What seals secrets at rest.
    pub vault: Vault,
    /// What the operator decided.
    pub settings: Settings,
}

/// The application: everything a door, a job or a command needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
    /// Stripe accounts, their keys unsealed: every task on a webhook asks for one.
    accounts: Arc<Recent<ProjectId, Arc<dyn Payments>>>,
    /// The order of the ids that this node makes.
    ids: Arc<FreshIds>,
    /// Rings when something was written that receivers of webhooks hear of.
    bell: Arc<Notify>,
}

/// Stripe cannot be asked for this project.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The operator has not connected one.
    #[error("the project has no Stripe account yet")]
    NotConnected,
    /// The sealed key cannot be opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        let accounts = Arc::new(Recent::up_to(ACCOUNT_AGE));
        Self { parts: Arc::new(parts), accounts, ids: Arc::default(), bell: Arc::default() }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The mobile network.
    pub fn carrier(&self) -> &dyn Carrier {
        self.parts.carrier.as_ref()
    }

    /// What sends mails.
    pub fn mailer(&self) -> &dyn Mailer {
        self.parts.mailer.as_ref()
    }

    /// The door that tells in this flavour.
    pub fn teller(&self, flavour: WebhookFlavour) -> Option<&dyn Teller> {
        self.parts.tellers.iter().find(|teller| teller.flavour() == flavour).map(AsRef::as_ref)
    }

    /// What sends webhooks.
    pub fn receivers(&self) -> &dyn Receivers {
        self.parts.receivers.as_ref()
    }

    /// What reads Stripe's webhooks.
    pub fn event_reader(&self) -> &dyn EventReader {
        self.parts.event_reader.as_ref()
    }

    /// What seals secrets at rest.
    pub fn vault(&self) -> &Vault {
        &self.parts.vault
    }

    /// The database, for operations that are no use case: migrations, backups, health.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Runs rules in one transaction: all of it is done and durable, and others are told of it, or none.
    pub async fn write<T, E>(
        &self,
        work: impl Fn(&Cx, &mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (parts, ids) = (Arc::clone(&self.parts), Arc::clone(&self.ids));
        let (now, actor) = (self.now(), actor::current());
        let work = move |tx: &mut Tx<'_>| {
            let cx = Cx::of(actor, now, Arc::clone(&ids));
            let done = work(&cx, &mut tx.at(now))?;
            let is_heard = publish(&parts.tellers, &cx, tx)?;
            Ok::<_, E>((done, is_heard))
        };
        let (done, is_heard) = self.parts.store.write(work).await?;
        if is_heard {
            self.bell.notify_one();
        }
        Ok(done)
    }

    /// Waits until this process has written something that receivers of webhooks hear of, since the last time that somebody
    /// waited. What other nodes write rings here for nobody.
    pub async fn news_for_receivers(&self) {
        self.bell.notified().await;
    }

    /// Reads one consistent picture, and holds up no writer.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Cx, &mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let cx = self.reading();
        self.parts.store.read(move |tx| work(&cx, tx)).await
    }

    /// Reads with one statement, which needs no transaction around it: for what is asked most. On PostgreSQL `work` is run
    /// once to hear what it asks, and again with the answer.
    pub async fn read_once<T, E>(
        &self,
        work: impl Fn(&Cx, &mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let cx = self.reading();
        self.parts.store.read_once(move |tx| work(&cx, tx)).await
    }

    fn reading(&self) -> Cx {
        Cx::of(Actor::System, self.now(), Arc::clone(&self.ids))
    }

    /// Reads a page of a list. One statement finds it nearly always, whatever its depth; where another is needed, as behind
    /// the last row, all is read again in a transaction.
    pub async fn read_page<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<Slice<T>, PageError> + Send + Sync + 'static,
    ) -> Result<Slice<T>, PageError> {
        let work = Arc::new(work);
        let alone = Arc::clone(&work);
        match self.read_once(move |_, tx| alone(tx)).await {
            Err(PageError::Store(StoreError::NotAlone)) => self.read(move |_, tx| work(tx)).await,
            done => done,
        }
    }

    /// The Stripe account of a project.
    pub async fn payments(&self, project: ProjectId) -> Result<Arc<dyn Payments>, AccountError> {
        if let Some(payments) = self.accounts.get(&project) {
            return Ok(payments);
        }
        let account = self.read(move |_, tx| tx.stripe_accounts(project).find()).await?;
        let account = account.ok_or(AccountError::NotConnected)?;
        let secret_key = self.vault().open(&account.secret_key_sealed)?;
        let credentials = StripeCredentials { secret_key, api_base: account.api_base };
        let payments = self.parts.gateway.account(&credentials);
        self.accounts.put(project, Arc::clone(&payments));
        Ok(payments)
    }

    /// Has the Stripe account of a project read again: it was changed.
    pub(crate) fn forget_account(&self, project: ProjectId) {
        self.accounts.forget(&project);
    }
}
