//! `settle_checkout`: what the return page, the webhook and the sweep all call, in any order and as often as they like.

use perennial_domain::{
    Checkout, CheckoutId, CheckoutState, CheckoutTransitionError, ProjectId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::charge::{heal, settle_waiting};
use super::deliver::{DeliverError, deliver_paid};
use super::lock::lock_with_customer;
use super::receipt::{Receipt, record_payment};
use crate::context::{AccountError, App, Cx};
use crate::ports::{CheckoutSession, CheckoutSessionStatus, PaymentsError, RefusalKind};
use crate::subscriptions::activate_subscription;
use crate::tasks::{Task, enqueue};

/// What has become of a checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It can still be paid.
    Open,
    /// The customer is through, but the bank has not said yes yet.
    Confirming,
    /// Paid, and this subscription exists.
    Settled(SubscriptionId),
    /// Closed without payment.
    NotPaid,
    /// Paid, but what was bought cannot exist beside what the customer has: it is being refunded.
    Superseded,
    /// Stripe's session belongs to no checkout of ours.
    NotOurs,
}

/// Why it is not known what has become of it. Ask again.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// There is no such checkout in the project.
    #[error("there is no checkout {0}")]
    UnknownCheckout(CheckoutId),
    /// It is paid, and cannot be delivered for a reason that no refund mends.
    #[error("the paid checkout {checkout} cannot be delivered")]
    Deliver {
        /// Which.
        checkout: CheckoutId,
        /// Why.
        #[source]
        source: DeliverError,
    },
    /// The checkout is final in another way.
    #[error(transparent)]
    Checkout(#[from] CheckoutTransitionError),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Brings one of our checkouts up to date with Stripe.
pub async fn settle_checkout(
    app: &App,
    project: ProjectId,
    id: CheckoutId,
) -> Result<Settlement, SettleError> {
    let checkout = app.read(move |_, tx| tx.checkouts(project).find(id)).await?;
    let checkout = checkout.ok_or(SettleError::UnknownCheckout(id))?;
    if let Some(settlement) = known(&checkout) {
        return Ok(settlement);
    }
    match &checkout.stripe_session_id {
        Some(stripe_session_id) => settle_stripe_session(app, project, stripe_session_id).await,
        None if checkout.awaited_invoice().is_some() => settle_waiting(app, &checkout).await,
        // Whoever charges settles. If they cannot any more, or gave up before Stripe did, it is looked for.
        None if checkout.saved_card.is_some() => {
            if checkout.is_open() && app.now() < checkout.expires_at {
                return Ok(Settlement::Confirming);
            }
            heal(app, &checkout).await
        }
        None => Ok(Settlement::Open),
    }
}

/// Brings the checkout behind a Stripe session up to date.
pub async fn settle_stripe_session(
    app: &App,
    project: ProjectId,
    stripe_session_id: &str,
) -> Result<Settlement, SettleError> {
    match app.payments(project).await?.checkout(stripe_session_id).await {
        Ok(session) => apply_session(app, project, session).await,
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
            forget(app, project, stripe_session_id).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Stripe does not know the session any more, as after a change of accounts: nobody can pay it.
async fn forget(app: &App, project: ProjectId, stripe_session_id: &str) -> Result<Settlement, SettleError> {
    let id = stripe_session_id.to_owned();
    let checkout = app.read(move |_, tx| tx.checkouts(project).find_by_stripe_session(&id)).await?;
    let Some(checkout) = checkout else { return Ok(Settlement::NotOurs) };
    tracing::warn!(checkout.id = %checkout.id, "Stripe does not know the session of checkout {}", checkout.id);
    close_unpaid(app, project, checkout.id, CheckoutState::Expired).await?;
    Ok(Settlement::NotPaid)
}

/// Closes a checkout that nobody can pay any more, unless money came meanwhile.
pub(super) async fn close_unpaid(
    app: &App,
    project: ProjectId,
    id: CheckoutId,
    to: CheckoutState,
) -> Result<(), StoreError> {
    app.write(move |cx, tx| {
        let Some(mut checkout) = tx.checkouts(project).lock(id)? else { return Ok(()) };
        if checkout.is_undecided() && checkout.close(to, cx.now()).is_ok() {
            tx.checkouts(project).update(&checkout)?;
        }
        Ok(())
    })
    .await
}

/// Applies what Stripe says is true now.
pub(super) async fn apply_session(
    app: &App,
    project: ProjectId,
    session: CheckoutSession,
) -> Result<Settlement, SettleError> {
    let told = session.clone();
    let settlement = match app.write(move |cx, tx| apply(cx, tx, project, &told)).await {
        // The transaction is rolled back; a second one keeps the money's trace and gives it back.
        Err(SettleError::Deliver { checkout, source }) if source.is_too_late() => {
            tracing::warn!(checkout.id = %checkout, reason = %source, "the paid checkout {checkout} came too late and will be refunded");
            app.write(move |cx, tx| supersede(cx, tx, project, &session)).await?
        }
        answer => answer?,
    };
    activate_settled(app, project, settlement).await;
    Ok(settlement)
}

/// Its job does the same later; a customer on the return page should not wait for it.
pub(super) async fn activate_settled(app: &App, project: ProjectId, settlement: Settlement) {
    if let Settlement::Settled(subscription) = settlement
        && let Err(error) = activate_subscription(app, project, subscription).await
    {
        tracing::warn!(subscription.id = %subscription, %error, "the subscription {subscription} is not active yet, its job goes on");
    }
}

/// What is certain without asking Stripe: a settled checkout never changes, and an unpaid one only when money arrives.
pub(super) fn known(checkout: &Checkout) -> Option<Settlement> {
    match (checkout.state, checkout.subscription_id) {
        (CheckoutState::Settled, Some(subscription)) => Some(Settlement::Settled(subscription)),
        (CheckoutState::Superseded, _) => Some(Settlement::Superseded),
        _ => None,
    }
}

fn lock(
    tx: &mut Tx<'_>,
    project: ProjectId,
    session: &CheckoutSession,
) -> Result<Option<Checkout>, StoreError> {
    let by_session = tx.checkouts(project).find_by_stripe_session(&session.id)?.map(|checkout| checkout.id);
    // A crash between Stripe's answer and our commit leaves a row that does not know its session: Stripe does.
    match by_session.or(session.checkout_id) {
        Some(id) => lock_with_customer(tx, project, id),
        None => Ok(None),
    }
}

fn apply(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    session: &CheckoutSession,
) -> Result<Settlement, SettleError> {
    let Some(mut checkout) = lock(tx, project, session)? else { return Ok(Settlement::NotOurs) };
    if let Some(settlement) = known(&checkout) {
        return Ok(settlement);
    }
    checkout.opened(session.id.clone(), session.url.clone(), session.expires_at);
    match (session.status, session.is_paid) {
        (CheckoutSessionStatus::Complete, true) => {
            let id = checkout.id;
            let delivered = deliver_paid(cx, tx, &mut checkout, &session.clone().into());
            delivered.map(Settlement::Settled).map_err(|source| SettleError::Deliver { checkout: id, source })
        }
        (CheckoutSessionStatus::Complete, false) if session.has_failed => {
            close_undecided(cx, tx, &mut checkout, CheckoutState::Failed)?;
            enqueue(cx, tx, &Task::LetGoCheckout { project, checkout: checkout.id })?;
            Ok(Settlement::NotPaid)
        }
        (CheckoutSessionStatus::Complete, false) => {
            checkout.confirm();
            tx.checkouts(project).update(&checkout)?;
            Ok(Settlement::Confirming)
        }
        (CheckoutSessionStatus::Open, _) => {
            tx.checkouts(project).update(&checkout)?;
            Ok(if checkout.is_open() { Settlement::Open } else { Settlement::NotPaid })
        }
        (CheckoutSessionStatus::Expired, _) => {
            close_undecided(cx, tx, &mut checkout, CheckoutState::Expired)?;
            Ok(Settlement::NotPaid)
        }
    }
}

/// Keeps what was learned of a checkout that nobody pays any more. One that was closed before stays what it was.
fn close_undecided(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    state: CheckoutState,
) -> Result<(), SettleError> {
    if checkout.is_undecided() {
        checkout.close(state, cx.now())?;
    }
    Ok(tx.checkouts(checkout.project_id).update(checkout)?)
}

fn supersede(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    session: &CheckoutSession,
) -> Result<Settlement, SettleError> {
    let Some(mut checkout) = lock(tx, project, session)? else { return Ok(Settlement::NotOurs) };
    if let Some(settlement) = known(&checkout) {
        return Ok(settlement);
    }
    checkout.opened(session.id.clone(), None, session.expires_at);
    supersede_in(cx, tx, &mut checkout, &session.clone().into())
}

/// Keeps the money's trace, and has it given back.
pub(super) fn supersede_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    checkout: &mut Checkout,
    receipt: &Receipt,
) -> Result<Settlement, SettleError> {
    let project = checkout.project_id;
    checkout.close(CheckoutState::Superseded, cx.now())?;
    tx.checkouts(project).update(checkout)?;
    record_payment(cx, tx, checkout, receipt)?;
    enqueue(cx, tx, &Task::RefundCheckout { project, checkout: checkout.id })?;
    Ok(Settlement::Superseded)
}
