//! What a receipt says: what was paid for, and what comes next.

use perennial_domain::{Card, Checkout, CheckoutState, Money, Payment, PaymentId, PaymentState, ProjectId};
use perennial_store::tables::SubscriptionView;
use perennial_store::{StoreError, Tx};

use crate::ports::{NextCharge, Receipt, ReceiptLine};
use crate::subscriptions::{self, renewing_addons};

/// The receipt for a payment; `None` where the money did not stay, such as for a purchase that could not be delivered.
pub(super) fn receipt(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: PaymentId,
) -> Result<Option<Receipt>, StoreError> {
    let payment = tx.payments(project).find(id)?;
    let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Succeeded) else {
        return Ok(None);
    };
    let checkout = match payment.checkout_id {
        Some(checkout) => tx.checkouts(project).find(checkout)?,
        None => None,
    };
    if checkout.as_ref().is_some_and(|checkout| checkout.state == CheckoutState::Superseded) {
        return Ok(None);
    }
    let view = match payment.subscription_id {
        Some(subscription) => tx.subscriptions(project).view(subscription)?,
        None => None,
    };
    let Some(view) = view else { return Ok(None) };
    Ok(Some(Receipt {
        lines: lines(tx, &payment, checkout.as_ref(), &view)?,
        total: payment.amount,
        paid_at: payment.paid_at.unwrap_or(payment.created_at),
        next: next_charge(tx, &view)?,
        card: card_of(tx, &payment)?,
        reference: payment.id.to_string(),
    }))
}

/// The card that paid, even if Stripe keeps it no more.
fn card_of(tx: &mut Tx<'_>, payment: &Payment) -> Result<Option<Card>, StoreError> {
    let Some(id) = &payment.attempts.payment_method else { return Ok(None) };
    let method = tx.payment_methods(payment.project_id).find_by_stripe_id(id)?;
    Ok(method.map(|method| method.card))
}

/// What is charged next, unless it ends before; `None` if nothing is.
pub(super) fn next_charge(
    tx: &mut Tx<'_>,
    view: &SubscriptionView,
) -> Result<Option<NextCharge>, StoreError> {
    let next = subscriptions::next_charge(tx, view)?;
    Ok(next.filter(|next| view.subscription.ended_at.is_none_or(|end| next.at < end)))
}

/// Line by line as it was ordered, or as it renews; where neither comes to what was paid, such as for a change in the
/// middle of a period, the plan stands for all of it.
fn lines(
    tx: &mut Tx<'_>,
    payment: &Payment,
    checkout: Option<&Checkout>,
    view: &SubscriptionView,
) -> Result<Vec<ReceiptLine>, StoreError> {
    let parts = match checkout {
        Some(checkout) => ordered_parts(tx, checkout)?,
        None => renewing_parts(tx, view)?,
    };
    let adds_up = sum(&parts) == Some(payment.amount);
    let whole = || vec![ReceiptLine::Product(view.product.name.clone(), payment.amount)];
    Ok(if adds_up { parts } else { whole() })
}

fn ordered_parts(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<Vec<ReceiptLine>, StoreError> {
    let order = &checkout.order;
    let mut parts = Vec::new();
    for line in order.lines() {
        let product = tx.products(checkout.project_id).find(line.product_id)?;
        let name = product.map(|product| product.name).unwrap_or_default();
        parts.push(ReceiptLine::Product(name, line.amount));
    }
    if let Some(voucher) = &order.voucher {
        let saved = Money::new(-voucher.discount.amount_minor, voucher.discount.currency);
        parts.push(ReceiptLine::Voucher(voucher.code.clone(), saved));
    }
    Ok(parts)
}

fn renewing_parts(tx: &mut Tx<'_>, view: &SubscriptionView) -> Result<Vec<ReceiptLine>, StoreError> {
    let plan = ReceiptLine::Product(view.product.name.clone(), view.price.amount);
    let addons = renewing_addons(tx, view)?;
    let addons = addons.into_iter().map(|(product, price)| ReceiptLine::Product(product.name, price.amount));
    Ok([plan].into_iter().chain(addons).collect())
}

fn sum(parts: &[ReceiptLine]) -> Option<Money> {
    let (first, rest) = parts.split_first()?;
    rest.iter().try_fold(first.amount(), |sum, part| sum.checked_add(part.amount()).ok())
}
