//! What a charge became, once its answer is there or has been found.

use std::pin::Pin;

use perennial_domain::{Checkout, CheckoutId, CheckoutState, ProjectId};
use perennial_store::Tx;

use super::describe::{DescribeError, describe};
use super::waiting;
use crate::checkout::deliver::deliver_paid;
use crate::checkout::lock::lock_with_customer;
use crate::checkout::receipt::Receipt;
use crate::checkout::settle::{SettleError, Settlement, activate_settled, close_unpaid, known, supersede_in};
use crate::context::{App, Cx};
use crate::ports::{Charged, PaymentsError, RefusalKind};
use crate::subscriptions::arrange_again;

/// Turns a charge that went through into what was bought, or gives the money back if something else came first.
pub(super) async fn apply_charge(
    app: &App,
    project: ProjectId,
    id: CheckoutId,
    charged: Charged,
) -> Result<Settlement, SettleError> {
    let told = charged.clone();
    let settlement = match app.write(move |cx, tx| deliver(cx, tx, project, id, &told)).await {
        Err(SettleError::Deliver { source, .. }) if source.is_too_late() => {
            tracing::warn!(checkout.id = %id, reason = %source, "the charged checkout {id} came too late and will be refunded");
            app.write(move |cx, tx| supersede(cx, tx, project, id, &charged)).await?
        }
        answer => answer?,
    };
    activate_settled(app, project, settlement).await;
    if let Settlement::Settled(subscription) = settlement {
        arrange_again(app, project, subscription).await;
    }
    Ok(settlement)
}

/// Finds out what became of a charge whose answer was lost, or that was closed before it came. What Stripe knows nothing
/// of is closed once it cannot come any more: nobody waits for it, so it is not asked for again. The same where it cannot
/// even be asked for, as after a change of accounts: a row that stayed open would keep its customer from buying anything else.
///
/// Boxed: what is settled here may bring a subscription up to date, which may settle a checkout.
pub(crate) fn heal<'a>(
    app: &'a App,
    checkout: &'a Checkout,
) -> Pin<Box<dyn Future<Output = Result<Settlement, SettleError>> + Send + 'a>> {
    Box::pin(async move {
        if checkout.awaited_invoice().is_some() {
            return waiting::give_up(app, checkout).await;
        }
        match find(app, checkout).await? {
            Found::Charge(charged) => apply_charge(app, checkout.project_id, checkout.id, *charged).await,
            // Stripe may still be at it. What is closed too early is paid when something else has been bought instead.
            Found::Nothing if checkout.is_open() && app.now() < checkout.expires_at => {
                Ok(Settlement::Confirming)
            }
            Found::Nothing | Found::Impossible => {
                close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Expired).await?;
                Ok(Settlement::NotPaid)
            }
        }
    })
}

/// What Stripe knows of a charge.
enum Found {
    /// It went through.
    Charge(Box<Charged>),
    /// Nothing is there, or nothing is left of it.
    Nothing,
    /// It cannot even be asked for, and no later question gets another answer.
    Impossible,
}

async fn find(app: &App, checkout: &Checkout) -> Result<Found, SettleError> {
    let reason = match ask_for(app, checkout).await {
        Ok(found) => return Ok(found.map_or(Found::Nothing, |charged| Found::Charge(Box::new(charged)))),
        Err(DescribeError::Impossible(reason)) => reason.to_string(),
        Err(DescribeError::Payments(PaymentsError::Refused(refusal)))
            if refusal.kind == RefusalKind::NotFound =>
        {
            refusal.to_string()
        }
        Err(DescribeError::Payments(error)) => return Err(error.into()),
        Err(DescribeError::Account(error)) => return Err(error.into()),
        Err(DescribeError::Store(error)) => return Err(error.into()),
    };
    tracing::warn!(checkout.id = %checkout.id, %reason, "Stripe cannot know the charge of checkout {} any more", checkout.id);
    Ok(Found::Impossible)
}

async fn ask_for(app: &App, checkout: &Checkout) -> Result<Option<Charged>, DescribeError> {
    let charge = describe(app, checkout).await?;
    Ok(app.payments(checkout.project_id).await?.finish_charge(&charge).await?)
}

fn deliver(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CheckoutId,
    charged: &Charged,
) -> Result<Settlement, SettleError> {
    let mut checkout = lock(tx, project, id, charged)?;
    if let Some(settlement) = known(&checkout) {
        return Ok(settlement);
    }
    let delivered = deliver_paid(cx, tx, &mut checkout, &receipt(charged));
    delivered.map(Settlement::Settled).map_err(|source| SettleError::Deliver { checkout: id, source })
}

fn supersede(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CheckoutId,
    charged: &Charged,
) -> Result<Settlement, SettleError> {
    let mut checkout = lock(tx, project, id, charged)?;
    match known(&checkout) {
        Some(settlement) => Ok(settlement),
        None => supersede_in(cx, tx, &mut checkout, &receipt(charged)),
    }
}

fn lock(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CheckoutId,
    charged: &Charged,
) -> Result<Checkout, SettleError> {
    let mut checkout = lock_with_customer(tx, project, id)?.ok_or(SettleError::UnknownCheckout(id))?;
    checkout.stripe_charge_id.get_or_insert_with(|| charged.id.clone());
    Ok(checkout)
}

fn receipt(charged: &Charged) -> Receipt {
    Receipt {
        total: charged.invoice.as_ref().map(|invoice| invoice.paid),
        billed: charged.subscription.clone(),
        invoice: charged.invoice.clone(),
        payment_intent_id: None,
        payment_method_id: None,
    }
}
