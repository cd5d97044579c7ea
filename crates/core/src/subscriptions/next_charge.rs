//! What a subscription costs at its next renewal: the plan that it will be by then, and the add-ons that renew with it.

use jiff::Timestamp;
use perennial_domain::{AddonState, Money, Price, Product};
use perennial_store::tables::SubscriptionView;
use perennial_store::{StoreError, Tx};

use crate::ports::NextCharge;

/// What is charged next if the subscription goes on; `None` if nothing is. It is a forecast by our rows: the voucher that it
/// was bought with is counted as it was then, whatever became of it at Stripe. Whether the subscription was cancelled is not
/// asked, because who may take that back wants to know what it would cost.
pub fn next_charge(
    tx: &mut Tx<'_>,
    view: &SubscriptionView,
    now: Timestamp,
) -> Result<Option<NextCharge>, StoreError> {
    let subscription = &view.subscription;
    let at = subscription.charged_next_at(now).filter(|_| subscription.is_live());
    let Some(at) = at else { return Ok(None) };
    let plan = price_by_then(tx, view, at)?;
    let Some(every) = plan.term.span() else { return Ok(None) };
    let addons = renewing_addons(tx, view)?;
    let total = addons.iter().try_fold(plan.amount, |sum, (_, price)| sum.checked_add(price.amount));
    // What cannot be added up is not sold together; the plan is then the better part of the truth.
    let amount = discounted(tx, view, total.unwrap_or(plan.amount), at)?;
    Ok((!amount.is_zero()).then_some(NextCharge { amount, every, at }))
}

/// The discount counts from the first payment on, which neither the beginning nor the end of its checkout was before.
fn discounted(
    tx: &mut Tx<'_>,
    view: &SubscriptionView,
    amount: Money,
    at: Timestamp,
) -> Result<Money, StoreError> {
    let Some(id) = view.subscription.checkout_id else { return Ok(amount) };
    let checkout = tx.checkouts(view.subscription.project_id).find(id)?;
    let Some(checkout) = checkout else { return Ok(amount) };
    let (Some(voucher), Some(paid_at)) = (&checkout.order.voucher, checkout.closed_at) else {
        return Ok(amount);
    };
    let began = view.subscription.anchor_at.map_or(paid_at, |anchor| anchor.min(paid_at));
    Ok(voucher.price_at(amount, began, at))
}

/// The add-ons that renew with their subscription.
pub(crate) fn renewing_addons(
    tx: &mut Tx<'_>,
    view: &SubscriptionView,
) -> Result<Vec<(Product, Price)>, StoreError> {
    let project = view.subscription.project_id;
    let mut renewing = Vec::new();
    for addon in tx.subscription_addons(project).of_subscription(view.subscription.id)? {
        if addon.state == AddonState::Active && addon.ended_at.is_none() && addon.term.renews() {
            let product = tx.products(project).find(addon.product_id)?;
            renewing.extend(product.zip(tx.prices(project).find(addon.price_id)?));
        }
    }
    Ok(renewing)
}

/// The price of the plan that a scheduled change leads to by this time, or of the present one.
fn price_by_then(tx: &mut Tx<'_>, view: &SubscriptionView, at: Timestamp) -> Result<Price, StoreError> {
    let (project, id) = (view.subscription.project_id, view.subscription.id);
    let scheduled = tx.subscription_changes(project).open_of(id)?;
    let scheduled = scheduled.filter(|change| change.is_due_at(at));
    let price = match scheduled {
        Some(change) => tx.prices(project).find(change.price_id)?,
        None => None,
    };
    Ok(price.unwrap_or_else(|| view.price.clone()))
}
