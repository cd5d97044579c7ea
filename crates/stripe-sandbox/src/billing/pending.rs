//! Pending updates: <https://docs.stripe.com/billing/subscriptions/pending-updates>. A change that is to count only once it
//! is paid is made, invoiced and taken back. It is made for good when that invoice is paid, and dropped when the invoice
//! is voided, when another change takes its place, or when its time is over.

use serde_json::{Map, Value, json};

use super::change::Change;
use super::payments::{Attempt, Presence};
use super::{collection, subscription};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::store::Tx;
use crate::{events, present};

/// How long a change waits for its payment, unless the period or the trial ends before.
const LIFETIME_SECONDS: i64 = 23 * 60 * 60;

/// What can wait (<https://docs.stripe.com/billing/subscriptions/pending-updates-reference>); Stripe refuses the other
/// parameters of an update together with `pending_if_incomplete`. An item's update names the item's own.
const CAN_WAIT: [&str; 13] = [
    "add_invoice_items",
    "billing_cycle_anchor",
    "expand",
    "items",
    "payment_behavior",
    "plan",
    "price",
    "proration_behavior",
    "proration_date",
    "quantity",
    "subscription",
    "trial_end",
    "trial_from_plan",
];

/// What can wait of an item that an update names.
const CAN_WAIT_OF_ITEM: [&str; 6] = ["deleted", "id", "plan", "price", "price_data", "quantity"];

/// A subscription and its items, as they were or as they are to be.
pub(super) struct Image {
    subscription: Value,
    items: Vec<Value>,
}

impl Image {
    pub(super) fn of(tx: &Tx<'_>, subscription: &Value) -> Result<Self, ApiError> {
        let items = present::subscription_items(tx, subscription.id())?;
        Ok(Self { subscription: subscription.clone(), items })
    }

    /// Makes the subscription what it is in the image, its items in their order there.
    fn restore(mut self, tx: &Tx<'_>) -> Result<Value, ApiError> {
        for item in present::subscription_items(tx, self.subscription.id())? {
            tx.remove(item.id())?;
        }
        self.items.iter().try_for_each(|item| tx.insert(item))?;
        subscription::save(tx, &mut self.subscription)?;
        Ok(self.subscription)
    }
}

/// Refuses an update of which a part could not wait.
pub(crate) fn check(parameters: &Value) -> Result<(), ApiError> {
    let of_update = names(parameters).map(|name| (name.clone(), CAN_WAIT.contains(&name.as_str())));
    let items = parameters.elements("items").iter().enumerate();
    let of_items = items.flat_map(|(index, item)| {
        names(item)
            .map(move |name| (format!("items[{index}][{name}]"), CAN_WAIT_OF_ITEM.contains(&name.as_str())))
    });
    match of_update.chain(of_items).find(|(_, can_wait)| !can_wait) {
        None => Ok(()),
        Some((name, _)) => {
            let message =
                format!("You cannot set `{name}` if `payment_behavior` is `pending_if_incomplete`.");
            Err(ApiError::invalid(&name, message))
        }
    }
}

fn names(object: &Value) -> impl Iterator<Item = &String> {
    object.as_object().into_iter().flat_map(Map::keys)
}

/// Ends the pending update that a change of what is billed takes the place of.
pub(crate) fn make_way(tx: &Tx<'_>, before: &Value, change: &Change) -> Result<(), ApiError> {
    let Some(invoice) = before.text("_pending.invoice").filter(|_| change.is_billed()) else { return Ok(()) };
    let mut invoice = tx.linked_copy("invoice", invoice)?;
    collection::give_up(tx, &mut invoice, "void")
}

/// Takes a change back and asks for its money; with the money it is made, else it waits for it.
pub(super) fn collect(
    tx: &Tx<'_>,
    mut before: Image,
    changed: &Value,
    invoice: &mut Value,
    presence: Presence,
) -> Result<(), ApiError> {
    let target = Image::of(tx, changed)?;
    let members = changed_members(&before.subscription, changed);
    before.subscription.put("latest_invoice", invoice.id());
    let before = before.restore(tx)?;
    invoice.put("_pending_update", true);
    tx.save(invoice)?;
    let attempt = match collection::default_method(tx, invoice)? {
        Some(_) => Some(collection::pay(tx, invoice, None, presence)?),
        None => None,
    };
    if attempt == Some(Attempt::Succeeded) {
        let subscription = tx.linked_copy("subscription", before.id())?;
        return make(tx, subscription, members, target.items).map(|_| ());
    }
    wait(tx, before, &target, &members, invoice.id())
}

/// The members that a change would change, which one that is paid later sets over what is there by then.
fn changed_members(before: &Value, after: &Value) -> Value {
    let own = ["_due_at", "latest_invoice"];
    let members = after.as_object().into_iter().flatten();
    let differs = |(name, value): &(&String, &Value)| {
        !own.contains(&name.as_str()) && before.get(*name) != Some(*value)
    };
    Value::Object(members.filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn wait(
    tx: &Tx<'_>,
    mut subscription: Value,
    target: &Image,
    members: &Value,
    invoice: &str,
) -> Result<(), ApiError> {
    let ends = [
        Some(tx.now() + LIFETIME_SECONDS),
        subscription.integer("trial_end").filter(|end| *end > tx.now()),
        Some(subscription::period_end(tx, &subscription)?),
    ];
    subscription.put(
        "pending_update",
        json!({
            "billing_cycle_anchor": members.copy("billing_cycle_anchor"),
            "cancel_at_period_end": members.copy("cancel_at_period_end"),
            "discount": null,
            "discounts": members.copy("discounts"),
            "expires_at": ends.into_iter().flatten().min(),
            "metadata": members.copy("metadata"),
            "subscription_items": target.items,
            "trial_end": members.copy("trial_end"),
            "trial_from_plan": null,
        }),
    );
    subscription.put("_pending", json!({ "invoice": invoice, "members": members }));
    subscription::save(tx, &mut subscription)
}

/// Makes the change that has waited for this invoice, now that it is paid.
pub(super) fn invoice_paid(tx: &Tx<'_>, subscription: &Value, invoice: &Value) -> Result<(), ApiError> {
    if !waits_for(subscription, invoice) {
        return Ok(());
    }
    let shown_before = present::shown_as(tx, subscription.clone(), versions::DEFAULT)?;
    let items = subscription.elements("pending_update.subscription_items").to_vec();
    let changed = make(tx, subscription.clone(), subscription.copy("_pending.members"), items)?;
    events::emit_change_from(tx, "customer.subscription.updated", &shown_before, &changed)?;
    events::emit(tx, "customer.subscription.pending_update_applied", &changed)
}

fn make(tx: &Tx<'_>, mut subscription: Value, members: Value, items: Vec<Value>) -> Result<Value, ApiError> {
    subscription.merge(members);
    forget(&mut subscription);
    Image { subscription, items }.restore(tx)
}

/// Drops the change that has waited for this invoice, now that nobody will pay it.
pub(super) fn invoice_voided(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let Some(id) = invoice.text("parent.subscription_details.subscription") else { return Ok(()) };
    let before = tx.linked("subscription", id)?;
    if !waits_for(&before, invoice) {
        return Ok(());
    }
    let mut subscription = Value::clone(&before);
    forget(&mut subscription);
    subscription::save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", &before, &subscription)
}

/// Drops a change whose time is over, with its invoice.
pub(super) fn expire(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    let mut invoice = tx.linked_copy("invoice", subscription.text("_pending.invoice").unwrap_or_default())?;
    collection::give_up(tx, &mut invoice, "void")?;
    let subscription = tx.linked("subscription", subscription.id())?;
    events::emit(tx, "customer.subscription.pending_update_expired", &subscription)
}

fn waits_for(subscription: &Value, invoice: &Value) -> bool {
    subscription.text("_pending.invoice") == Some(invoice.id())
}

/// Leaves no trace of a pending update on a subscription.
pub(super) fn forget(subscription: &mut Value) {
    subscription.put("pending_update", Value::Null);
    subscription.put("_pending", Value::Null);
}
