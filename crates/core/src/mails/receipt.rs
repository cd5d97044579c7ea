//! What a receipt says: what was paid for, and what comes next.

use perennial_domain::{
    AddonOrder, Card, Checkout, CheckoutState, Goods, Money, Payment, PaymentId, PaymentReason, PaymentState,
    ProjectId,
};
use perennial_store::tables::SubscriptionView;
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::ports::{NextCharge, Receipt, ReceiptLine};
use crate::subscriptions::{self, renewing_addons};

/// The receipt for a payment; `None` where the money did not stay, such as for a purchase that could not be delivered.
pub(super) fn receipt(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: PaymentId,
) -> Result<Option<Receipt>, StoreError> {
    let payment = tx.payments(project).find(id)?;
    let Some(payment) = payment.filter(|payment| payment.state == PaymentState::Succeeded) else {
        return Ok(None);
    };
    let checkout = checkout_of(tx, &payment)?;
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
        next: next_charge(cx, tx, &view)?,
        card: card_of(tx, &payment)?,
        reference: payment.id.to_string(),
    }))
}

/// What the payment was ordered by. Stripe's event may have told of the payment before its checkout did.
fn checkout_of(tx: &mut Tx<'_>, payment: &Payment) -> Result<Option<Checkout>, StoreError> {
    let mut checkouts = tx.checkouts(payment.project_id);
    if let Some(checkout) = payment.checkout_id {
        return checkouts.find(checkout);
    }
    let all = checkouts.all_of_customer(payment.customer_id)?;
    let made_it =
        |checkout: &Checkout| checkout.stripe_charge_id.as_deref() == Some(payment.stripe_reference.as_str());
    Ok(all.into_iter().find(made_it))
}

/// The card that paid, even if Stripe keeps it no more.
fn card_of(tx: &mut Tx<'_>, payment: &Payment) -> Result<Option<Card>, StoreError> {
    let Some(id) = &payment.attempts.payment_method else { return Ok(None) };
    let method = tx.payment_methods(payment.project_id).find_by_stripe_id(id)?;
    Ok(method.map(|method| method.card))
}

/// What is charged next, unless it ends before; `None` if nothing is.
pub(super) fn next_charge(
    cx: &Cx,
    tx: &mut Tx<'_>,
    view: &SubscriptionView,
) -> Result<Option<NextCharge>, StoreError> {
    let next = subscriptions::next_charge(tx, view, cx.now())?;
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
    let parts = match (checkout, payment.reason) {
        (Some(checkout), _) => ordered_parts(tx, checkout)?,
        // Sums that happen to be equal do not make it a renewal.
        (None, PaymentReason::Other) => Vec::new(),
        (None, _) => renewing_parts(tx, view)?,
    };
    if sum(&parts) == Some(payment.amount) {
        return Ok(parts);
    }
    match checkout.map(|checkout| &checkout.order.goods) {
        Some(Goods::Addons(order)) => addon_parts(tx, payment, order),
        _ => Ok(vec![ReceiptLine::Product(view.product.name.clone(), payment.amount)]),
    }
}

/// Add-ons that did not come to the sum of their prices. Where some renew, those that do not cost their price, and the others
/// together what is left: the part of theirs for the rest of a period. Where none does, tax or a balance makes the difference,
/// and they stand together for all of it.
fn addon_parts(
    tx: &mut Tx<'_>,
    payment: &Payment,
    order: &AddonOrder,
) -> Result<Vec<ReceiptLine>, StoreError> {
    let project = payment.project_id;
    let (mut once, mut renewing) = (Vec::new(), Vec::new());
    for line in &order.addons {
        let product = tx.products(project).find(line.product_id)?;
        let name = product.map(|product| product.name).unwrap_or_default();
        let price = tx.prices(project).find(line.price_id)?;
        if price.is_some_and(|price| price.term.renews()) {
            renewing.push(name);
        } else {
            once.push((name, line.amount));
        }
    }
    if renewing.is_empty() {
        let names = once.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        return Ok(vec![ReceiptLine::Product(names.join(", "), payment.amount)]);
    }
    let mut rest = payment.amount;
    rest.amount_minor -= once.iter().map(|(_, amount)| amount.amount_minor).sum::<i64>();
    let once = once.into_iter().map(|(name, amount)| ReceiptLine::Product(name, amount));
    Ok([ReceiptLine::Product(renewing.join(", "), rest)].into_iter().chain(once).collect())
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
