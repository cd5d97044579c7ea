//! Subscription schedules: <https://docs.stripe.com/api/subscription_schedules>.
//!
//! A schedule holds what a subscription bills until its period ends, then another price for one period, and then lets
//! the subscription go on with that.

use perennial_core::ports::{BilledSubscription, PaymentsError, PriceSwap, ScheduledSwap};
use serde::Deserialize;

use super::shapes::{Identified, nonsense};
use super::subscriptions::{
    AppliedDiscount, ONE as SUBSCRIPTION, SubscriptionObject, retrieve, retrieve_object,
};
use super::swaps::item_of;
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

const ONE: &str = "/v1/subscription_schedules/{id}";

/// Swaps prices when the running period ends.
///
/// Without idempotency keys: the phases set a fact, and a subscription is on one schedule at the most. One that it is on
/// already is used again. Released and asked for again within a day, a key would replay a schedule that is over.
pub(crate) async fn put(
    client: &Client,
    scheduled: &ScheduledSwap,
) -> Result<BilledSubscription, PaymentsError> {
    let subscription_id = &scheduled.swap.stripe_subscription_id;
    let with_discounts = Form::new().expanding(&["discounts"]);
    let call = Call::get(SUBSCRIPTION).on(subscription_id).with(with_discounts);
    let mut found: SubscriptionObject = client.send(&call).await?;
    let end = found.period_end()?;
    let items = phase_items(&found, &scheduled.swap)?;
    let discounts = found.take_discounts()?;
    let schedule: ScheduleObject = if let Some(id) = found.into_schedule() {
        client.send(&Call::get(ONE).on(&id)).await?
    } else {
        make(client, subscription_id).await?
    };
    let start = schedule.current_phase.ok_or_else(|| nonsense("a running schedule has no phase"))?.start_date;
    let form = with_discounts_of(phases(scheduled, &items, (start, end)), &discounts, end);
    let _scheduled: Identified = client.send(&Call::post(ONE).on(&schedule.id).with(form)).await?;
    retrieve(client, subscription_id).await
}

/// Puts a subscription on a schedule. Somebody who asked at the same moment may have been quicker.
async fn make(client: &Client, subscription_id: &str) -> Result<ScheduleObject, PaymentsError> {
    let form = Form::new().with("from_subscription", subscription_id);
    let refused = match client.send(&Call::post("/v1/subscription_schedules").with(form)).await {
        Err(error @ PaymentsError::Refused(_)) => error,
        made => return made,
    };
    match retrieve_object(client, subscription_id).await?.into_schedule() {
        Some(id) => client.send(&Call::get(ONE).on(&id)).await,
        None => Err(refused),
    }
}

/// Lets a subscription go on as it is. A schedule that has let it go by itself meanwhile is no refusal.
pub(crate) async fn release(
    client: &Client,
    subscription_id: &str,
) -> Result<BilledSubscription, PaymentsError> {
    let found = retrieve_object(client, subscription_id).await?;
    let Some(schedule) = found.into_schedule() else { return retrieve(client, subscription_id).await };
    let released: Result<Identified, _> =
        client.send(&Call::post("/v1/subscription_schedules/{id}/release").on(&schedule)).await;
    let now = retrieve(client, subscription_id).await?;
    match released {
        Err(error) if now.has_schedule => Err(error),
        _ => Ok(now),
    }
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct ScheduleObject {
    id: String,
    current_phase: Option<CurrentPhase>,
}

#[derive(Debug, Deserialize)]
struct CurrentPhase {
    start_date: i64,
}

/// Each price before and after the swap, and how many of it.
type PhaseItems = Vec<(String, String, u64)>;

fn phase_items(found: &SubscriptionObject, swap: &PriceSwap) -> Result<PhaseItems, PaymentsError> {
    let swapped = item_of(found, swap)?.id.clone();
    let items = found.items().iter().filter_map(|item| {
        let price = item.price.as_ref()?.id.clone();
        let after = if item.id == swapped { swap.to_stripe_price_id.clone() } else { price.clone() };
        Some((price, after, item.quantity))
    });
    Ok(items.collect())
}

fn phases(scheduled: &ScheduledSwap, items: &PhaseItems, (start, end): (i64, i64)) -> Form {
    let mut form = Form::new()
        .with("end_behavior", "release")
        .with("proration_behavior", "none")
        .with("phases[0][start_date]", start)
        .with("phases[0][end_date]", end)
        .with("phases[1][proration_behavior]", "none")
        .with("phases[1][duration][interval]", scheduled.span.unit)
        .with("phases[1][duration][interval_count]", scheduled.span.count);
    for (index, (before, after, quantity)) in items.iter().enumerate() {
        form = form
            .with(format!("phases[0][items][{index}][price]"), before)
            .with(format!("phases[0][items][{index}][quantity]"), quantity)
            .with(format!("phases[1][items][{index}][price]"), after)
            .with(format!("phases[1][items][{index}][quantity]"), quantity);
    }
    form
}

/// Phases replace what a subscription has, so a discount that none of them names would be lost. It is named by its own id:
/// by its coupon it would begin anew. One that is over when the new price begins is left out there.
fn with_discounts_of(mut form: Form, discounts: &[AppliedDiscount], swap_at: i64) -> Form {
    let lasting = discounts.iter().filter(|discount| discount.end.is_none_or(|end| swap_at < end));
    for (index, discount) in discounts.iter().enumerate() {
        form = form.with(format!("phases[0][discounts][{index}][discount]"), &discount.id);
    }
    for (index, discount) in lasting.enumerate() {
        form = form.with(format!("phases[1][discounts][{index}][discount]"), &discount.id);
    }
    form
}
