//! Subscription schedules at work: each phase sets the items of a subscription from its start on:
//! <https://docs.stripe.com/billing/subscriptions/subscription-schedules>.

use serde_json::{Value, json};

use super::change::{self, Change, Cycle, PaymentBehavior, Proration};
use super::payments::Presence;
use super::proration::ItemChange;
use super::subscribe::{self, FirstPayment, NewItem, NewSubscription};
use super::{discounts, subscription};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;
use crate::{events, present};

/// Writes a schedule, with the time at which its next phase begins or its last one ends.
pub(crate) fn save(tx: &Tx<'_>, schedule: &mut Value) -> Result<(), ApiError> {
    let due = match schedule.text("status") {
        Some("not_started") => {
            schedule.elements("phases").first().and_then(|phase| phase.integer("start_date"))
        }
        Some("active") => schedule.integer("current_phase.end_date"),
        _ => None,
    };
    schedule.put("_due_at", json!(due));
    tx.save(schedule)
}

/// Does what the schedule says for now: begins the next phase, or ends after the last one.
pub(super) fn advance(tx: &Tx<'_>, schedule: &Value) -> Result<(), ApiError> {
    let next = schedule.elements("phases").iter().find(|phase| phase.amount("start_date") == tx.now());
    match next.cloned() {
        Some(phase) if schedule.text("status") == Some("not_started") => begin(tx, schedule.clone(), &phase),
        Some(phase) => {
            let before = schedule.clone();
            let mut schedule = schedule.clone();
            enter(&mut schedule, &phase);
            save(tx, &mut schedule)?;
            apply(tx, &schedule, &phase)?;
            events::emit_change(tx, "subscription_schedule.updated", &before, &schedule)
        }
        None => finish(tx, schedule),
    }
}

/// Begins the first phase with a new subscription.
pub(crate) fn begin(tx: &Tx<'_>, mut schedule: Value, phase: &Value) -> Result<(), ApiError> {
    let customer = tx.linked_copy("customer", schedule.text("customer").unwrap_or_default())?;
    let new = NewSubscription {
        items: new_items(tx, phase)?,
        extras: Vec::new(),
        redeemables: discounts::read(tx, phase)?,
        trial_end: None,
        more: json!({ "metadata": phase.copy("metadata"), "schedule": schedule.id() }),
        customer,
    };
    // Nobody is there to be told of a missing card: the invoice stays open instead.
    let has_card = new.customer.field("invoice_settings.default_payment_method").is_some();
    let payment = if has_card { FirstPayment::Now(Presence::OffSession) } else { FirstPayment::Later };
    let (subscription, _) = subscribe::open(tx, &new, payment)?;
    schedule.put("status", "active");
    schedule.put("subscription", subscription.id());
    enter(&mut schedule, phase);
    save(tx, &mut schedule)
}

/// Makes a phase the current one.
pub(crate) fn enter(schedule: &mut Value, phase: &Value) {
    schedule.put(
        "current_phase",
        json!({ "start_date": phase.copy("start_date"), "end_date": phase.copy("end_date") }),
    );
}

fn new_items(tx: &Tx<'_>, phase: &Value) -> Result<Vec<NewItem>, ApiError> {
    let items = phase.elements("items").iter();
    items
        .map(|item| {
            let price = tx.linked_copy("price", item.text("price").unwrap_or_default())?;
            let quantity = item.integer("quantity").unwrap_or(1);
            Ok(NewItem {
                price,
                quantity,
                metadata: item.copy("metadata"),
                tax_rates: json!([]),
                discountable: true,
            })
        })
        .collect()
}

/// Gives the subscription the items and the discounts of a phase, in place of those that it has.
pub(crate) fn apply(tx: &Tx<'_>, schedule: &Value, phase: &Value) -> Result<(), ApiError> {
    let Some(id) = schedule.text("subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    let mut subscription = Value::clone(&before);
    replace_discounts(tx, &mut subscription, phase)?;
    let change = Change {
        items: item_changes(tx, &before, phase)?,
        extras: Vec::new(),
        proration: match phase.text("proration_behavior") {
            Some("always_invoice") => Proration::InvoiceAlways,
            Some("none") => Proration::Off,
            _ => Proration::Create,
        },
        proration_date: tx.now(),
        cycle: match phase.text("billing_cycle_anchor") {
            Some("phase_start") => Cycle::Restart,
            _ => Cycle::Keep,
        },
        payment: PaymentBehavior::Allow,
        presence: Presence::OffSession,
        subscription,
    };
    change::update(tx, &before, &change).map(|_| ())
}

/// A discount that is named by its id goes on as it is, also one that begins to count only now; one by coupon or code begins.
fn replace_discounts(tx: &Tx<'_>, subscription: &mut Value, phase: &Value) -> Result<(), ApiError> {
    let (kept, fresh): (Vec<&Value>, Vec<&Value>) =
        phase.elements("discounts").iter().partition(|given| given.field("discount").is_some());
    let redeemables = discounts::read(tx, &json!({ "discounts": fresh }))?;
    let redeemed = subscribe::attach_discounts(tx, subscription, &redeemables)?;
    let kept = kept.into_iter().map(|given| given.copy("discount"));
    let all: Vec<Value> = kept.chain(redeemed.iter().map(|discount| json!(discount.id()))).collect();
    subscription.put("discounts", all);
    Ok(())
}

/// How the items of a subscription become those of a phase: the same price keeps its item, other prices take over the
/// items that are left, what is too many goes.
fn item_changes(tx: &Tx<'_>, subscription: &Value, phase: &Value) -> Result<Vec<ItemChange>, ApiError> {
    let mut current = present::subscription_items(tx, subscription.id())?;
    let period = subscription::period(tx, subscription)?;
    let mut changes = Vec::new();
    let (same, other): (Vec<_>, Vec<_>) = new_items(tx, phase)?
        .into_iter()
        .partition(|item| current.iter().any(|old| old.text("price") == Some(item.price.id())));
    for item in same.into_iter().chain(other) {
        let fits = |old: &Value| old.text("price") == Some(item.price.id());
        let place = current.iter().position(fits).or((!current.is_empty()).then_some(0));
        let Some(place) = place else {
            let after = subscribe::new_item(tx, subscription.id(), &item, period);
            changes.push(ItemChange { before: None, after: Some(after) });
            continue;
        };
        let before = current.remove(place);
        let mut after = before.clone();
        after.put("price", item.price.id());
        after.put("quantity", item.quantity);
        changes.push(ItemChange { before: Some(before), after: Some(after) });
    }
    changes.extend(current.into_iter().map(|before| ItemChange { before: Some(before), after: None }));
    Ok(changes)
}

fn finish(tx: &Tx<'_>, schedule: &Value) -> Result<(), ApiError> {
    if schedule.text("end_behavior") != Some("cancel") {
        return release(tx, schedule).map(|_| ());
    }
    let mut done = schedule.clone();
    done.put("status", "completed");
    done.put("completed_at", tx.now());
    done.put("current_phase", Value::Null);
    save(tx, &mut done)?;
    if let Some(id) = schedule.text("subscription") {
        subscription::end(tx, &*tx.linked("subscription", id)?, "canceled", None)?;
    }
    events::emit(tx, "subscription_schedule.completed", &done)
}

/// Lets a subscription go on without its schedule.
pub(crate) fn release(tx: &Tx<'_>, schedule: &Value) -> Result<Value, ApiError> {
    let mut released = schedule.clone();
    released.put("status", "released");
    released.put("released_at", tx.now());
    released.put("released_subscription", schedule.copy("subscription"));
    released.put("subscription", Value::Null);
    released.put("current_phase", Value::Null);
    save(tx, &mut released)?;
    if let Some(id) = schedule.text("subscription") {
        let mut subscription = tx.linked_copy("subscription", id)?;
        subscription.put("schedule", Value::Null);
        tx.save(&subscription)?;
    }
    events::emit(tx, "subscription_schedule.released", &released)?;
    Ok(released)
}

/// Ends the schedule of a subscription that has ended.
pub(super) fn cancel_with(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    let Some(id) = subscription.text("schedule") else { return Ok(()) };
    let schedule = tx.linked_copy("subscription_schedule", id)?;
    if matches!(schedule.text("status"), Some("active" | "not_started")) {
        mark_canceled(tx, schedule)?;
    }
    Ok(())
}

/// Ends a schedule without touching its subscription.
pub(crate) fn mark_canceled(tx: &Tx<'_>, mut schedule: Value) -> Result<Value, ApiError> {
    schedule.put("status", "canceled");
    schedule.put("canceled_at", tx.now());
    schedule.put("current_phase", Value::Null);
    save(tx, &mut schedule)?;
    events::emit(tx, "subscription_schedule.canceled", &schedule)?;
    Ok(schedule)
}
