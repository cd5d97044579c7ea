//! A charge that Stripe has ready and that waits for the customer's bank: add-ons that renew, bought by a customer who is
//! there. With the money Stripe makes them by itself; without it, nothing is changed.

use std::pin::Pin;

use jiff::SignedDuration;
use perennial_domain::{Checkout, CheckoutId, CheckoutState, PaymentFailure, ProjectId, Subscription};
use perennial_store::{StoreError, Tx};

use super::{ChargedCheckout, again, settle};
use crate::checkout::reserve::TIME_TO_RETURN;
use crate::checkout::settle::{SettleError, Settlement, close_unpaid};
use crate::checkout::start::StartCheckoutError;
use crate::context::{App, Cx};
use crate::ports::{BilledInvoice, BillingReason, Charged, PaymentsError, Refusal, RefusalKind};
use crate::subscriptions::{Awaited, look_at_awaited, sync_subscription};
use crate::tasks::{Task, enqueue};

/// So long the bank's customer is waited for. Stripe itself would wait for most of a day; a cart that nobody came back to
/// must not be charged that late.
const PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// How a charge that waits stands.
enum Standing {
    /// It is known what became of it.
    Settled(Settlement),
    /// The bank asks about this payment intent.
    Asks(String),
    /// The bank has not decided yet.
    Processing,
    /// Nothing came of it, and nothing can any more.
    GivenUp(Option<PaymentFailure>),
}

/// Keeps which invoice the charge waits for, before anything is made of it, and looks at it.
pub(super) async fn begin(
    app: &App,
    checkout: &Checkout,
    invoice_id: String,
) -> Result<ChargedCheckout, StartCheckoutError> {
    let (project, id) = (checkout.project_id, checkout.id);
    let noted = app.write(move |cx, tx| note(cx, tx, project, id, &invoice_id)).await?;
    resume(app, &noted).await
}

fn note(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CheckoutId,
    invoice_id: &str,
) -> Result<Checkout, StartCheckoutError> {
    let mut checkout = tx.checkouts(project).lock(id)?.ok_or(StartCheckoutError::Contended)?;
    checkout.await_invoice(invoice_id, cx.now() + PATIENCE);
    tx.checkouts(project).update(&checkout)?;
    if let Some(visit) = checkout.connect_session_id {
        tx.connect_sessions(project).extend_browser(visit, checkout.expires_at + TIME_TO_RETURN)?;
    }
    Ok(checkout)
}

/// The charge as it stands now, for the customer who asked for it.
pub(super) async fn resume(app: &App, checkout: &Checkout) -> Result<ChargedCheckout, StartCheckoutError> {
    let standing = look(app, checkout).await;
    Ok(match standing.map_err(|error| StartCheckoutError::Settle(Box::new(error)))? {
        Standing::Settled(settlement) => again::paid(checkout.id, settlement),
        Standing::Asks(intent) => {
            ChargedCheckout::Waiting { checkout: checkout.id, payment_intent_id: Some(intent) }
        }
        Standing::Processing => ChargedCheckout::Waiting { checkout: checkout.id, payment_intent_id: None },
        Standing::GivenUp(failure) => ChargedCheckout::Declined(refusal(failure)),
    })
}

/// The same for the return page, the webhook's task and the sweep.
///
/// Boxed: what is settled here may bring a subscription up to date, which may settle a checkout.
pub(in crate::checkout) fn settle_waiting<'a>(
    app: &'a App,
    checkout: &'a Checkout,
) -> Pin<Box<dyn Future<Output = Result<Settlement, SettleError>> + Send + 'a>> {
    Box::pin(async move {
        Ok(match look(app, checkout).await? {
            Standing::Settled(settlement) => settlement,
            Standing::Asks(_) => Settlement::Open,
            Standing::Processing => Settlement::Confirming,
            Standing::GivenUp(_) => Settlement::NotPaid,
        })
    })
}

/// Waits for the bank's customer no more. What is paid all the same is delivered.
pub(super) async fn give_up(app: &App, checkout: &Checkout) -> Result<Settlement, SettleError> {
    settle_waiting(app, &Checkout { expires_at: app.now(), ..checkout.clone() }).await
}

async fn look(app: &App, checkout: &Checkout) -> Result<Standing, SettleError> {
    // What was closed meanwhile, by another tab, is waited for by nobody.
    let is_late = !checkout.is_open() || checkout.expires_at <= app.now();
    let (project, id) = (checkout.project_id, checkout.id);
    let invoice_id = checkout.stripe_charge_id.as_deref().unwrap_or_default();
    let payments = app.payments(project).await?;
    let awaited = match look_at_awaited(payments.as_ref(), invoice_id, is_late).await {
        // As after a change of accounts: nobody can pay it, and it must not keep its customer from buying.
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
            tracing::warn!(checkout.id = %id, %refusal, "Stripe does not know the invoice of checkout {id} any more");
            Awaited::GivenUp(None)
        }
        awaited => awaited?,
    };
    match awaited {
        Awaited::Paid(invoice) => {
            let charged = Charged { id: invoice.id.clone(), subscription: None, invoice: Some(*invoice) };
            settle::apply_charge(app, project, id, charged).await.map(Standing::Settled)
        }
        Awaited::Asks(intent) => Ok(Standing::Asks(intent)),
        Awaited::Processing => Ok(Standing::Processing),
        Awaited::GivenUp(failure) => {
            let state = if is_late { CheckoutState::Expired } else { CheckoutState::Abandoned };
            close_unpaid(app, project, id, state).await?;
            forget_debt(app, checkout).await;
            Ok(Standing::GivenUp(failure.map(|failure| failure.failure)))
        }
    }
}

/// Nobody owes what can be paid no more. Stripe's own event says the same later.
async fn forget_debt(app: &App, checkout: &Checkout) {
    let Some(stripe_subscription_id) = &checkout.saved_card else { return };
    if let Err(error) = sync_subscription(app, checkout.project_id, stripe_subscription_id).await {
        tracing::warn!(checkout.id = %checkout.id, %error, "what was asked for {} is not struck off yet", checkout.id);
    }
}

/// A card's no in the words of a refusal.
fn refusal(failure: Option<PaymentFailure>) -> Refusal {
    let (code, message) = failure.map(|failure| (failure.code, failure.message)).unzip();
    Refusal {
        kind: RefusalKind::Card,
        code: None,
        decline_code: code,
        message: message.unwrap_or_else(|| "no card could be charged".to_owned()),
    }
}

/// Has a charge settled that waited for one of these invoices, within the transaction that learned of it: the customer may
/// never come back from the bank.
pub(crate) fn wake_waiting_charge<'i>(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    invoices: impl Iterator<Item = &'i BilledInvoice>,
) -> Result<(), StoreError> {
    let of_changes = |invoice: &&BilledInvoice| invoice.reason == BillingReason::SubscriptionUpdate;
    let mut decided = invoices.filter(of_changes).filter(|invoice| invoice.is_final()).peekable();
    if decided.peek().is_none() {
        return Ok(());
    }
    let project = subscription.project_id;
    let open = tx.checkouts(project).undecided_of(subscription.customer_id)?;
    let Some(checkout) = open else { return Ok(()) };
    let is_awaited = |invoice: &BilledInvoice| checkout.awaited_invoice() == Some(invoice.id.as_str());
    if decided.any(is_awaited) {
        enqueue(cx, tx, &Task::SettleCheckout { project, checkout: checkout.id })?;
    }
    Ok(())
}
