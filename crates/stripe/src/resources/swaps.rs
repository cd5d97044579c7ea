//! Swapping a subscription's price now: <https://docs.stripe.com/billing/subscriptions/change-price>.

use perennial_core::ports::{
    BilledItem, BilledSubscription, PaymentsError, PriceSwap, Refusal, RefusalKind, SwapCharge,
};
use perennial_domain::SubscriptionChangeId;

use super::subscriptions::{Item, ONE, SubscriptionObject, retrieve_object};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// Swaps prices and charges the difference. Without the money nothing changes, and the swap waits for it
/// (<https://docs.stripe.com/billing/subscriptions/pending-updates>). What is swapped already is not asked for again: Stripe
/// forgets keys after a day (<https://docs.stripe.com/api/idempotent_requests>), and would charge a new period once more.
pub(crate) async fn now(
    client: &Client,
    change: SubscriptionChangeId,
    swap: &PriceSwap,
    due: SwapCharge,
) -> Result<BilledSubscription, PaymentsError> {
    let found = retrieve_object(client, &swap.stripe_subscription_id).await?;
    let item = match with_price(&found, &swap.from_stripe_price_id) {
        None if with_price(&found, &swap.to_stripe_price_id).is_some() => return found.into_port(),
        _ => item_of(&found, swap)?,
    };
    let form = Form::new()
        .with("items[0][id]", &item.id)
        .with("items[0][price]", &swap.to_stripe_price_id)
        .with("items[0][quantity]", item.quantity)
        .with("payment_behavior", "pending_if_incomplete");
    let form = charged(form, due, str::to_owned);
    let call = Call::post(ONE).on(&swap.stripe_subscription_id).with(form).once(format!("{change}/swap"));
    client.send::<SubscriptionObject>(&call).await?.into_port()
}

/// Says what is charged, in parameters whose names are spelt by `name`.
pub(super) fn charged(form: Form, due: SwapCharge, name: impl Fn(&str) -> String) -> Form {
    let (behavior, date) = (name("proration_behavior"), name("proration_date"));
    match due {
        SwapCharge::Difference(from) => form.with(behavior, "always_invoice").with(date, from.as_second()),
        // A new cycle is invoiced in full at once
        // (<https://docs.stripe.com/billing/subscriptions/billing-cycle#reset-the-billing-cycle-to-the-current-time>).
        SwapCharge::NewPeriod => form.with(behavior, "none").with(name("billing_cycle_anchor"), "now"),
    }
}

/// The item whose price goes, or has gone.
pub(super) fn item_of<'s>(
    subscription: &'s SubscriptionObject,
    swap: &PriceSwap,
) -> Result<&'s Item, PaymentsError> {
    either(swap, |price| with_price(subscription, price))
}

/// The same of a subscription in the port's words.
pub(super) fn billed_item_of<'b>(
    billed: &'b BilledSubscription,
    swap: &PriceSwap,
) -> Result<&'b BilledItem, PaymentsError> {
    either(swap, |price| billed.items.iter().find(|item| item.stripe_price_id == price))
}

fn either<'i, I>(
    swap: &PriceSwap,
    with_price: impl Fn(&str) -> Option<&'i I>,
) -> Result<&'i I, PaymentsError> {
    let item = with_price(&swap.from_stripe_price_id).or_else(|| with_price(&swap.to_stripe_price_id));
    item.ok_or_else(|| {
        PaymentsError::Refused(Refusal {
            kind: RefusalKind::Invalid,
            code: None,
            decline_code: None,
            message: "the subscription bills neither of the two prices".to_owned(),
        })
    })
}

fn with_price<'s>(subscription: &'s SubscriptionObject, wanted: &str) -> Option<&'s Item> {
    let has = |item: &&Item| item.price.as_ref().is_some_and(|price| price.id == wanted);
    subscription.items().iter().find(has)
}
