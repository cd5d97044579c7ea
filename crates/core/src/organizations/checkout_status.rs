//! What has become of a Checkout Session (contract §8.4): asked by the page that the customer came back to.

use perennial_domain::{
    Checkout, CheckoutState, Customer, ProjectId, SubscriptionChange, SubscriptionChangeState,
};
use perennial_store::{StoreError, Tx};

use super::buy::name_of;
use super::step_down::name_of_change;
use crate::checkout::{SettleError, settle_checkout};
use crate::context::App;

/// What ids of free activations begin with.
const FREE: &str = "free_sub_";

/// Whether a session can still be paid, in Stripe's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptStatus {
    /// The customer can pay.
    Open,
    /// The customer is through.
    Complete,
    /// Closed without payment.
    Expired,
}

/// Whether the money is there, in Stripe's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidStatus {
    /// Not yet, or not at all.
    Unpaid,
    /// Yes.
    Paid,
    /// Nothing was due.
    NotNeeded,
}

/// A session, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionStatus {
    /// Whether it can still be paid.
    pub status: AttemptStatus,
    /// Whether the money is there.
    pub paid: PaidStatus,
    /// The Stripe Subscription that it made, if it made one.
    pub stripe_subscription_id: Option<String>,
}

impl SessionStatus {
    /// Of the activation of a free plan.
    const FREE: Self =
        Self { status: AttemptStatus::Complete, paid: PaidStatus::NotNeeded, stripe_subscription_id: None };

    /// Of what is paid, and could not be delivered yet.
    const UNDELIVERED: Self =
        Self { status: AttemptStatus::Complete, paid: PaidStatus::Paid, stripe_subscription_id: None };
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SessionStatusError {
    /// Unknown, malformed or another organization's: the three are not told apart.
    #[error("there is no such session")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a session of this organization stands. Stripe is asked first, and what is paid becomes a subscription; when Stripe
/// does not answer, our own row does.
pub async fn session_status(
    app: &App,
    project: ProjectId,
    organization: &Customer,
    session_id: &str,
) -> Result<SessionStatus, SessionStatusError> {
    if !is_plausible(session_id) {
        return Err(SessionStatusError::Unknown);
    }
    let (buyer, wanted) = (organization.clone(), session_id.to_owned());
    let found = app.read(move |_, tx| find(tx, project, &buyer, &wanted)).await?;
    let checkout = match found.ok_or(SessionStatusError::Unknown)? {
        Found::Checkout(checkout) => checkout,
        Found::FreeLater(change) => return Ok(tell_later(&change)),
    };
    if bring_up_to_date(app, &checkout).await == Asked::Paid {
        return Ok(SessionStatus::UNDELIVERED);
    }
    let id = checkout.id;
    let told = app.read(move |_, tx| {
        let checkout = tx.checkouts(project).find(id)?;
        checkout.map(|checkout| tell(tx, &checkout)).transpose()
    });
    told.await?.ok_or(SessionStatusError::Unknown)
}

/// What asking Stripe about a checkout came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Our row says how it stands.
    Settled,
    /// It is paid, and our row cannot say so yet. A sweep tries again.
    Paid,
    /// There was no answer: our row is the best that is known.
    Unknown,
}

/// Settles it as the webhook would.
pub(super) async fn bring_up_to_date(app: &App, checkout: &Checkout) -> Asked {
    let Err(error) = settle_checkout(app, checkout.project_id, checkout.id).await else {
        return Asked::Settled;
    };
    match error {
        SettleError::Payments(error) => {
            tracing::warn!(checkout.id = %checkout.id, %error, "Stripe could not be asked about {}", checkout.id);
            Asked::Unknown
        }
        SettleError::Deliver { source, .. } => {
            tracing::error!(checkout.id = %checkout.id, error = %source, "the paid checkout {} could not be delivered", checkout.id);
            Asked::Paid
        }
        error => {
            tracing::error!(checkout.id = %checkout.id, %error, "the checkout {} could not be settled", checkout.id);
            Asked::Unknown
        }
    }
}

/// Whether a text could be the id of a session, Stripe's or ours: it may come from anybody.
fn is_plausible(session_id: &str) -> bool {
    session_id.len() <= 255 && session_id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What an id names.
enum Found {
    /// An attempt to pay, or the activation of a free plan at once.
    Checkout(Box<Checkout>),
    /// The activation of a free plan when what is paid is used up.
    FreeLater(Box<SubscriptionChange>),
}

fn find(
    tx: &mut Tx<'_>,
    project: ProjectId,
    organization: &Customer,
    session_id: &str,
) -> Result<Option<Found>, StoreError> {
    if let Some(checkout) = tx.checkouts(project).find_by_stripe_session(session_id)? {
        let own = Some(checkout).filter(|checkout| checkout.customer_id == organization.id);
        return Ok(own.map(|own| Found::Checkout(Box::new(own))));
    }
    if !session_id.starts_with(FREE) {
        return Ok(None);
    }
    let own = tx.checkouts(project).all_of_customer(organization.id)?;
    if let Some(checkout) = own.into_iter().find(|checkout| name_of(organization, checkout) == session_id) {
        return Ok(Some(Found::Checkout(Box::new(checkout))));
    }
    let changes = tx.subscription_changes(project).all_of_customer(organization.id)?;
    let is_it = |change: &SubscriptionChange| name_of_change(organization, change) == session_id;
    Ok(changes.into_iter().find(is_it).map(|change| Found::FreeLater(Box::new(change))))
}

/// One that was taken back, or that Stripe refused, activates nothing.
fn tell_later(change: &SubscriptionChange) -> SessionStatus {
    match change.state {
        SubscriptionChangeState::Pending
        | SubscriptionChangeState::Initiated
        | SubscriptionChangeState::Applied => SessionStatus::FREE,
        SubscriptionChangeState::Failed | SubscriptionChangeState::Deleted => {
            let (status, paid) = (AttemptStatus::Expired, PaidStatus::Unpaid);
            SessionStatus { status, paid, stripe_subscription_id: None }
        }
    }
}

fn tell(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<SessionStatus, StoreError> {
    let subscription = checkout.subscription_id;
    let subscription = subscription.map_or(Ok(None), |id| tx.subscriptions(checkout.project_id).find(id))?;
    let (status, paid) = match checkout.state {
        CheckoutState::Creating | CheckoutState::Open => (AttemptStatus::Open, PaidStatus::Unpaid),
        CheckoutState::Confirming | CheckoutState::Failed => (AttemptStatus::Complete, PaidStatus::Unpaid),
        CheckoutState::Expired | CheckoutState::Abandoned => (AttemptStatus::Expired, PaidStatus::Unpaid),
        CheckoutState::Settled | CheckoutState::Superseded if checkout.order.due_now.is_zero() => {
            (AttemptStatus::Complete, PaidStatus::NotNeeded)
        }
        CheckoutState::Settled | CheckoutState::Superseded => (AttemptStatus::Complete, PaidStatus::Paid),
    };
    let stripe_subscription_id = subscription.and_then(|subscription| subscription.stripe_subscription_id);
    Ok(SessionStatus { status, paid, stripe_subscription_id })
}
