//! Changes that wait for their money: Stripe has made the swap ready, and a bank asks the customer first, or said no.

use jiff::SignedDuration;
use perennial_domain::{Subscription, SubscriptionChange, SubscriptionChangeState};
use perennial_store::{StoreError, Tx};

use super::bring_back::bring_back;
use super::carry_out::CarryOutError;
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::ports::{BilledInvoice, InvoiceStatus};
use crate::subscriptions::awaited::{Awaited, look_at_awaited};
use crate::subscriptions::sync::sync_subscription;

/// For so long Stripe keeps a swap that is not paid
/// (<https://docs.stripe.com/billing/subscriptions/pending-updates>).
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_hours(23);

/// Why nothing came of it, where nobody says more: the customer did not answer their bank.
pub(super) const UNANSWERED: &str = "authentication_required";

/// Remembers the invoice that has to be paid first, before anything is made of it.
pub(super) async fn note_invoice(
    app: &App,
    change: &SubscriptionChange,
    invoice: &str,
) -> Result<(), StoreError> {
    let (project, id, invoice) = (change.project_id, change.id, invoice.to_owned());
    app.write(move |_, tx| {
        let Some(mut change) = tx.subscription_changes(project).lock(id)? else { return Ok(()) };
        change.stripe_invoice_id = Some(invoice.clone());
        tx.subscription_changes(project).update(&change)
    })
    .await
}

/// Looks at what became of the invoice. Money makes the change come true, a bank that asks is waited for, and anything
/// else is the end of it: nobody may pay for it afterwards.
pub(super) async fn settle_unpaid(
    app: &App,
    change: &SubscriptionChange,
    subscription: &Subscription,
    invoice: &str,
) -> Result<(), CarryOutError> {
    let payments = app.payments(change.project_id).await?;
    let is_late = change.created_at + PATIENCE <= app.now();
    if let Awaited::GivenUp(failure) = look_at_awaited(payments.as_ref(), invoice, is_late).await? {
        fail(app, change, failure.as_ref().map_or(UNANSWERED, |failure| &failure.failure.code)).await?;
    }
    if let Some(stripe_id) = &subscription.stripe_subscription_id {
        sync_subscription(app, change.project_id, stripe_id).await?;
    }
    Ok(())
}

/// The change will not come true.
pub(super) async fn fail(app: &App, change: &SubscriptionChange, code: &str) -> Result<(), CarryOutError> {
    let (project, id, code) = (change.project_id, change.id, code.to_owned());
    let failed = app.write(move |cx, tx| match tx.subscription_changes(project).lock(id)? {
        Some(change) => fail_in(cx, tx, change, &code).map(drop),
        None => Ok::<_, StoreError>(()),
    });
    Ok(failed.await?)
}

/// Fails an open change whose invoice was voided, here or at Stripe: nobody can pay for it any more. Answers the change as
/// long as it is open.
pub(in crate::subscriptions) fn fail_if_voided<'i>(
    cx: &Cx,
    tx: &mut Tx<'_>,
    open: Option<SubscriptionChange>,
    mut invoices: impl Iterator<Item = &'i BilledInvoice>,
) -> Result<Option<SubscriptionChange>, StoreError> {
    let Some(change) = open else { return Ok(None) };
    let Some(invoice) = &change.stripe_invoice_id else { return Ok(Some(change)) };
    if !invoices.any(|seen| seen.id == *invoice && seen.status == InvoiceStatus::Void) {
        return Ok(Some(change));
    }
    let payment = tx.payments(change.project_id).find_by_reference(invoice)?;
    let failure = payment.and_then(|payment| payment.attempts.failure);
    fail_in(cx, tx, change, failure.as_ref().map_or(UNANSWERED, |failure| &failure.code))?;
    Ok(None)
}

/// Answers whether it was open until now. Stripe's word of a void invoice knows no better reason than that nobody answered:
/// who knows one tells it, whoever came first.
pub(super) fn fail_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut change: SubscriptionChange,
    code: &str,
) -> Result<bool, StoreError> {
    let is_news = change.fail(code);
    let is_unexplained =
        change.state == SubscriptionChangeState::Failed && change.failure_code.as_deref() == Some(UNANSWERED);
    if is_unexplained && code != UNANSWERED {
        change.failure_code = Some(code.to_owned());
        tx.subscription_changes(change.project_id).update(&change)?;
    }
    if is_news {
        tx.subscription_changes(change.project_id).update(&change)?;
        record(cx, tx, change.project_id, Happening::SubscriptionChangeFailed, change.id)?;
        bring_back(cx, tx, &change)?;
    }
    Ok(is_news)
}
