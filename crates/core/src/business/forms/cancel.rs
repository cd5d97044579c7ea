//! Ending what a business has, with the cycle that is paid (contract §9.5).

use jiff::Timestamp;
use perennial_domain::{Product, ProjectId, PurchaseState, Subscription};
use perennial_store::Tx;
use uuid::Uuid;

use super::{FormError, FormParty, find_party_of_subscription};
use crate::business::{NewState, set_state};
use crate::context::{App, Cx};
use crate::ports::NextCharge;
use crate::subscriptions::next_charge;

/// What ends, and when.
#[derive(Clone, Debug)]
pub struct CancelQuote {
    /// Whose it is.
    pub party: FormParty,
    /// What ends.
    pub subscription: Subscription,
    /// What it is.
    pub product: Product,
    /// When it ends.
    pub ends_at: Timestamp,
    /// What would be charged next.
    pub next: Option<NextCharge>,
    /// What was given along with it.
    pub bundled: Vec<Product>,
}

/// What a cancellation would mean for the subscription with this id, of whatever project.
pub async fn quote_cancel(app: &App, uid: Uuid) -> Result<CancelQuote, FormError> {
    app.read(move |cx, tx| {
        let (party, subscription) = find_party_of_subscription(tx, uid)?.ok_or(FormError::NotHeld)?;
        quote(cx, tx, party, subscription)
    })
    .await
}

fn quote(
    cx: &Cx,
    tx: &mut Tx<'_>,
    party: FormParty,
    subscription: Subscription,
) -> Result<CancelQuote, FormError> {
    let project = subscription.project_id;
    let product = tx.products(project).find(subscription.product_id)?.ok_or(FormError::NotHeld)?;
    if subscription.bundled_from_id.is_some() {
        return Err(FormError::CannotCancel);
    }
    // The renewal may be drafted, or owed: the day is that of the running period.
    let running_until = subscription.runs_until(cx.now());
    let ends_at = match subscription.purchase_state(cx.now()) {
        PurchaseState::Expired => return Err(FormError::NotHeld),
        PurchaseState::Suspended => return Err(FormError::CannotCancel),
        PurchaseState::Canceled => subscription.ended_at.or(running_until),
        PurchaseState::Live => running_until.filter(|_| subscription.term.renews()),
    };
    let ends_at = ends_at.ok_or(FormError::CannotCancel)?;
    let bundled = bundled_with(tx, project, &subscription)?;
    let view = tx.subscriptions(project).view(subscription.id)?;
    let next = view.map_or(Ok(None), |view| next_charge(tx, &view, cx.now()))?;
    Ok(CancelQuote { party, subscription, product, ends_at, next, bundled })
}

fn bundled_with(
    tx: &mut Tx<'_>,
    project: ProjectId,
    parent: &Subscription,
) -> Result<Vec<Product>, FormError> {
    let mut bundled = Vec::new();
    for child in tx.subscriptions(project).all_of_customer(parent.customer_id)? {
        if child.is_live() && child.bundled_from_id == Some(parent.id) {
            bundled.extend(tx.products(project).find(child.product_id)?);
        }
    }
    Ok(bundled)
}

/// Cancels it. Cancelling twice changes nothing.
pub async fn confirm_cancel(app: &App, quote: &CancelQuote) -> Result<(), FormError> {
    let subscription = &quote.subscription;
    Ok(set_state(app, subscription.project_id, subscription.id, NewState::Canceled(None)).await?)
}
