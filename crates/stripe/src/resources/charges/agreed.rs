//! What an extension came to beside what was agreed. Its invoice is made by the very request that adds to the subscription,
//! so a discount that ended since it was quoted is seen only when the money has moved.

use perennial_core::ports::{BilledInvoice, Charge, Extension, PaymentsError, RefundOf};
use perennial_domain::Money;

use super::subscribed::drop_price;
use crate::client::Client;
use crate::resources::refunds;
use crate::resources::shapes::nonsense;

/// Whether more is asked for than was agreed. Less is nobody's loss, as where a credit pays a part of it.
pub(super) const fn is_exceeded(charge: &Charge, asked: Money) -> bool {
    let agreed = if charge.total.amount_minor < 0 { 0 } else { charge.total.amount_minor };
    asked.amount_minor > agreed
}

/// Gives all the money back, and takes off what would renew. The money first: until that is back the items stay, and a
/// charge that is looked for again is found by them.
pub(super) async fn take_back(
    client: &Client,
    charge: &Charge,
    extension: &Extension,
    invoice: &BilledInvoice,
) -> Result<(), PaymentsError> {
    let payment_intent = invoice.payment_intent_id.as_deref();
    let payment_intent =
        payment_intent.ok_or_else(|| nonsense(format!("{} was paid by nothing", invoice.id)))?;
    tracing::warn!(checkout.id = %charge.id, invoice.id, "the invoice {} came to more than was agreed for {}", invoice.id, charge.id);
    refunds::create(client, payment_intent, RefundOf::Checkout(charge.id)).await?;
    for stripe_price in &extension.stripe_prices {
        drop_price(client, &extension.stripe_subscription_id, stripe_price).await?;
    }
    Ok(())
}
