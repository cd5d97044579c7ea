//! Money that went back: given back by the merchant, or taken back by the customer's bank.

use perennial_domain::{
    Cancellation, CancellationCause, CheckoutState, DisputePolicy, DisputeStanding, Goods, Payment,
    PaymentState, ProjectId, SubscriptionAddon, SubscriptionId, Term,
};
use perennial_store::{StoreError, Tx};

use super::cancel::CancelError;
use super::end_now::end_with;
use super::plan_change::is_change_under_way;
use super::sync::{SyncError, Synced};
use super::turn_due::end_in;
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::ports::{MoneyBack, PaymentsError, RefundOf};
use crate::tasks::{Task, enqueue};

/// Notes what of a payment went back. A refund that failed later is taken out again, and so is a dispute that was won.
pub async fn sync_refund(
    app: &App,
    project: ProjectId,
    payment_intent_id: &str,
) -> Result<Synced, SyncError> {
    let back = app.payments(project).await?.money_back(payment_intent_id).await?;
    let payment_intent_id = payment_intent_id.to_owned();
    app.write(move |cx, tx| {
        let found = tx.payments(project).find_by_payment_intent(&payment_intent_id)?;
        // Money that never came cannot have gone back.
        let Some(payment) = found.filter(Payment::has_arrived) else { return Ok(Synced::NotOurs) };
        note(cx, tx, payment, back)?;
        Ok(Synced::UpToDate)
    })
    .await
}

/// Gives all the money of a payment back, once; `paid` makes the key. What a bank has taken back, or wants back, cannot
/// be given a second time: that is noted instead, and no error. Answers whether the money was given.
pub(crate) async fn refund_unless_disputed(
    app: &App,
    project: ProjectId,
    payment_intent_id: &str,
    paid: RefundOf,
) -> Result<bool, SyncError> {
    let refusal = match app.payments(project).await?.refund(payment_intent_id, paid).await {
        Ok(()) => return Ok(true),
        Err(PaymentsError::Refused(refusal)) => refusal,
        Err(error) => return Err(error.into()),
    };
    sync_refund(app, project, payment_intent_id).await?;
    let id = payment_intent_id.to_owned();
    let known = app.read(move |_, tx| tx.payments(project).find_by_payment_intent(&id)).await?;
    if known.is_some_and(|payment| payment.state == PaymentState::Disputed) {
        return Ok(false);
    }
    Err(PaymentsError::Refused(refusal).into())
}

fn note(cx: &Cx, tx: &mut Tx<'_>, mut payment: Payment, back: MoneyBack) -> Result<(), StoreError> {
    let before = payment.clone();
    payment.go_back(back.refunded_minor, back.dispute, cx.now());
    let project = payment.project_id;
    if payment.refunded_minor > before.refunded_minor {
        record(cx, tx, project, Happening::PaymentRefunded, payment.id)?;
    }
    if let Some((what, standing)) = news_of_dispute(&before, &payment, back.dispute) {
        record(cx, tx, project, what, payment.id)?;
        end_disputed(cx, tx, &payment, standing)?;
        if standing == DisputeStanding::Won {
            give_won_back(cx, tx, &payment)?;
        }
    }
    if payment.state == PaymentState::Refunded && before.state != payment.state {
        end_given_back(cx, tx, &payment)?;
    }
    tx.payments(project).update(&payment)
}

/// What was paid once, for good, and is given back in full is over: no access without payment
/// (contracts/organizations-api.md §9.7). What renews, or ends by itself, does so.
fn end_given_back(cx: &Cx, tx: &mut Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    let project = payment.project_id;
    let Some(id) = payment.subscription_id else { return Ok(()) };
    if addons_alone(tx, payment)?.is_some() {
        return Ok(());
    }
    if let Some(mut subscription) = tx.subscriptions(project).lock(id)?
        && subscription.is_live()
        && subscription.term == Term::Lifetime
    {
        subscription.canceled_at.get_or_insert(cx.now());
        end_in(cx, tx, &mut subscription, cx.now(), CancellationCause::CancellationRequested)?;
    }
    Ok(())
}

/// What was paid for something that could not be delivered is owed to its customer, and can be given back once the bank has
/// returned it.
fn give_won_back(cx: &Cx, tx: &mut Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    let (project, Some(id)) = (payment.project_id, payment.checkout_id) else { return Ok(()) };
    match tx.checkouts(project).find(id)? {
        Some(checkout) if checkout.state == CheckoutState::Superseded => {
            enqueue(cx, tx, &Task::RefundCheckout { project, checkout: id })
        }
        _ => Ok(()),
    }
}

fn news_of_dispute(
    before: &Payment,
    after: &Payment,
    standing: Option<DisputeStanding>,
) -> Option<(Happening, DisputeStanding)> {
    let is_closed = after.dispute.is_some() && before.dispute != after.dispute;
    let is_opened = before.state != after.state;
    match standing? {
        DisputeStanding::Open if is_opened => Some((Happening::PaymentDisputed, DisputeStanding::Open)),
        DisputeStanding::Won if is_closed => Some((Happening::PaymentDisputeWon, DisputeStanding::Won)),
        DisputeStanding::Lost if is_closed => Some((Happening::PaymentDisputeLost, DisputeStanding::Lost)),
        _ => None,
    }
}

/// Ends what was paid with it, where the project says so.
fn end_disputed(
    cx: &Cx,
    tx: &mut Tx<'_>,
    payment: &Payment,
    standing: DisputeStanding,
) -> Result<(), StoreError> {
    let project = payment.project_id;
    let policy = tx.projects().find(project)?.map(|project| project.settings.disputes).unwrap_or_default();
    let ends = match (policy, standing) {
        (DisputePolicy::Never, _) | (_, DisputeStanding::Won) => false,
        (DisputePolicy::WhenLost, standing) => standing == DisputeStanding::Lost,
        (DisputePolicy::AtOnce, _) => true,
    };
    let Some(id) = payment.subscription_id.filter(|_| ends) else { return Ok(()) };
    if let Some(addons) = addons_alone(tx, payment)? {
        let end = |addon: SubscriptionAddon| enqueue(cx, tx, &Task::EndAddon { project, addon: addon.id });
        return addons.into_iter().try_for_each(end);
    }
    if let Some(mut subscription) = tx.subscriptions(project).lock(id)?
        && subscription.is_live()
    {
        if is_change_under_way(tx, project, id)? {
            return enqueue(cx, tx, &Task::EndDisputed { project, subscription: id });
        }
        end_in(cx, tx, &mut subscription, cx.now(), CancellationCause::PaymentDisputed)?;
    }
    Ok(())
}

/// Ends what was paid with money that a bank took back, once no change of it is being paid any more. Safe to run again.
pub async fn end_disputed_later(
    app: &App,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), CancelError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    let subscription = found.ok_or(CancelError::Unknown(id))?;
    end_with(app, &subscription, Cancellation::because(CancellationCause::PaymentDisputed)).await
}

/// The add-ons that were paid with it, if they were bought by themselves: then the plan is paid all the same.
fn addons_alone(tx: &mut Tx<'_>, payment: &Payment) -> Result<Option<Vec<SubscriptionAddon>>, StoreError> {
    let (project, Some(id)) = (payment.project_id, payment.checkout_id) else { return Ok(None) };
    let checkout = tx.checkouts(project).find(id)?;
    if !checkout.is_some_and(|checkout| matches!(checkout.order.goods, Goods::Addons(_))) {
        return Ok(None);
    }
    tx.subscription_addons(project).of_checkouts(&[id]).map(Some)
}
