//! Withdrawing a checkout that could still be paid.

use perennial_domain::{Checkout, CheckoutId, CheckoutState, ProjectId};

use super::charge::heal;
use super::session::ask_for_session;
use super::settle::{Settlement, close_unpaid, settle_stripe_session};
use super::start::StartCheckoutError;
use crate::context::App;
use crate::ports::{Payments, PaymentsError};

/// Withdraws a checkout, because its customer leaves. What is paid already is settled instead.
pub async fn withdraw_checkout(
    app: &App,
    project: ProjectId,
    id: CheckoutId,
) -> Result<(), StartCheckoutError> {
    let checkout = app.read(move |_, tx| tx.checkouts(project).find(id)).await?;
    match checkout.filter(Checkout::is_open) {
        Some(checkout) => withdraw(app, checkout).await,
        None => Ok(()),
    }
}

/// Closes a checkout that could still be paid. If it was paid just now, it is settled instead: money decides. A charge of
/// which Stripe may still make something is neither.
pub(super) async fn withdraw(app: &App, checkout: Checkout) -> Result<(), StartCheckoutError> {
    if checkout.saved_card.is_some() {
        return match heal(app, &checkout).await {
            Ok(Settlement::Open | Settlement::Confirming) => Err(StartCheckoutError::Confirming(checkout.id)),
            Ok(_) => Ok(()),
            Err(error) => Err(StartCheckoutError::Settle(Box::new(error))),
        };
    }
    let payments = app.payments(checkout.project_id).await?;
    let stripe_session_id = match &checkout.stripe_session_id {
        Some(id) => Some(id.clone()),
        // A crash may have hidden Stripe's answer from us: the same question gets the same session.
        None => match ask_for_session(app, &checkout).await {
            Ok(session) => Some(session.id),
            // Had there been a session, its key would have found it. So there is none to close.
            Err(
                StartCheckoutError::Payments(PaymentsError::Refused(_))
                | StartCheckoutError::PriceNotAtStripe(_),
            ) => None,
            Err(error) => return Err(error),
        },
    };
    if let Some(stripe_session_id) = stripe_session_id
        && !expire(app, payments.as_ref(), &checkout, &stripe_session_id).await?
    {
        return Ok(());
    }
    Ok(close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Abandoned).await?)
}

/// Whether the session was open and is closed now. One that was paid meanwhile is settled.
async fn expire(
    app: &App,
    payments: &dyn Payments,
    checkout: &Checkout,
    stripe_session_id: &str,
) -> Result<bool, StartCheckoutError> {
    match payments.expire_checkout(stripe_session_id).await {
        Ok(_) => Ok(true),
        Err(PaymentsError::Refused(refusal)) => {
            tracing::info!(checkout.id = %checkout.id, %refusal, "the checkout {} is not open at Stripe any more", checkout.id);
            let settled = settle_stripe_session(app, checkout.project_id, stripe_session_id).await;
            settled.map(|_| false).map_err(|error| StartCheckoutError::Settle(Box::new(error)))
        }
        Err(error) => Err(error.into()),
    }
}
