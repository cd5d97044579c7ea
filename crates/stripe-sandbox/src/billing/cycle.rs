//! The billing cycle: the invoices that a subscription makes as its periods begin.

use serde_json::{Value, json};

use super::invoice::{self, Draft};
use super::{collection, discounts, dunning, lines, period, subscription};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::store::Tx;
use crate::{events, present};

/// Starts the next period: makes its invoice and tries to pay it, at once or when it has been a draft for as long as the
/// owner decided.
pub(crate) fn renew(tx: &Tx<'_>, subscription: &Value) -> Result<(), ApiError> {
    if set_aside(tx, subscription)?.is_some() {
        return Ok(());
    }
    let shown_before = present::shown_as(tx, subscription.clone(), versions::DEFAULT)?;
    let mut subscription = subscription.clone();
    let mut invoice = start_period(tx, &mut subscription)?;
    events::emit_change_from(tx, "customer.subscription.updated", &shown_before, &subscription)?;
    let pause = subscription.text("pause_collection.behavior");
    if subscription.text("status") == Some("unpaid") || pause == Some("keep_as_draft") {
        // Nobody is to pay it for now: it stays a draft.
        invoice.put("auto_advance", false);
        return tx.save(&invoice);
    }
    let draft_seconds = tx.context().renewal_draft_seconds;
    if draft_seconds > 0 {
        invoice.put("automatically_finalizes_at", tx.now() + draft_seconds);
        invoice.put("_due_at", tx.now() + draft_seconds);
        return tx.save(&invoice);
    }
    collect(tx, &subscription, &mut invoice)
}

/// Does what a renewal's draft has waited for.
pub(super) fn collect_draft(tx: &Tx<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let payer = invoice.text("parent.subscription_details.subscription").unwrap_or_default();
    let subscription = tx.linked("subscription", payer)?;
    collect(tx, &subscription, invoice)
}

fn collect(tx: &Tx<'_>, subscription: &Value, invoice: &mut Value) -> Result<(), ApiError> {
    invoice::finalize(tx, invoice, None)?;
    let charges = subscription.text("collection_method") == Some("charge_automatically");
    if invoice.text("status") != Some("open") {
        return Ok(());
    }
    match subscription.text("pause_collection.behavior") {
        Some("void") => collection::give_up(tx, invoice, "void"),
        Some("mark_uncollectible") => collection::give_up(tx, invoice, "uncollectible"),
        _ if !charges => Ok(()),
        _ => dunning::pay_by_itself(tx, invoice),
    }
}

/// Pauses or ends a subscription whose trial is over and that nobody can pay for, if it is set up so.
pub(super) fn set_aside(tx: &Tx<'_>, subscription: &Value) -> Result<Option<Value>, ApiError> {
    if subscription.text("status") != Some("trialing") || subscription::has_payment_method(tx, subscription)?
    {
        return Ok(None);
    }
    match subscription.text("trial_settings.end_behavior.missing_payment_method") {
        Some("cancel") => subscription::end(tx, subscription, "canceled", None).map(Some),
        Some("pause") => pause(tx, subscription).map(Some),
        _ => Ok(None),
    }
}

fn pause(tx: &Tx<'_>, before: &Value) -> Result<Value, ApiError> {
    let mut subscription = before.clone();
    subscription.put("trial_end", tx.now());
    subscription.put("status", "paused");
    subscription::save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", before, &subscription)?;
    events::emit(tx, "customer.subscription.paused", &subscription)?;
    Ok(subscription)
}

/// Moves a subscription to its next period and drafts the invoice for it.
pub(crate) fn start_period(tx: &Tx<'_>, subscription: &mut Value) -> Result<Value, ApiError> {
    let periods = subscription.amount("_periods") + 1;
    let anchor = subscription.amount("billing_cycle_anchor");
    let mut lines = Vec::new();
    for mut item in present::subscription_items(tx, subscription.id())? {
        let price = tx.linked("price", item.text("price").unwrap_or_default())?;
        item.put("current_period_start", item.copy("current_period_end"));
        item.put("current_period_end", period::boundary(anchor, &price, periods)?);
        tx.save(&item)?;
        lines.push(lines::of_item(tx, &item, false)?);
    }
    subscription.put("_periods", periods);
    if subscription.text("status") == Some("trialing") {
        subscription.put("status", "active");
    }
    let discounts = lasting_discounts(tx, subscription)?;
    let invoice = draft_with_waiting(tx, subscription, "subscription_cycle", lines, discounts)?;
    subscription.put("latest_invoice", invoice.id());
    subscription::save(tx, subscription)?;
    Ok(invoice)
}

/// The discounts that still count, which are also the ones the subscription keeps.
pub(super) fn lasting_discounts(tx: &Tx<'_>, subscription: &mut Value) -> Result<Vec<Value>, ApiError> {
    let mut lasting = Vec::new();
    for id in subscription.elements("discounts").iter().filter_map(Value::as_str) {
        let discount = tx.linked_copy("discount", id)?;
        if discount.integer("end").is_none_or(|end| end > tx.now()) {
            lasting.push(discount);
        }
    }
    subscription.put("discounts", json!(lasting.iter().map(Fields::id).collect::<Vec<_>>()));
    Ok(lasting)
}

/// A draft for a subscription that takes the invoice items which were waiting for one before its own lines.
pub(super) fn draft_with_waiting(
    tx: &Tx<'_>,
    subscription: &Value,
    reason: &'static str,
    own_lines: Vec<Value>,
    discounts: Vec<Value>,
) -> Result<Value, ApiError> {
    let waiting = invoice::waiting_items(tx, subscription)?;
    let mut lines: Vec<_> = waiting.iter().map(|item| lines::of_invoice_item(tx, item)).collect();
    lines.extend(own_lines);
    let mut customer = tx.linked_copy("customer", subscription.text("customer").unwrap_or_default())?;
    // A discount of the customer's counts where the subscription has none of its own.
    let inherited = if discounts.is_empty() { discounts::of_customer(tx, &customer)? } else { None };
    let once = inherited.as_ref().map(|discount| discounts::is_for_once(tx, discount)).transpose()?;
    let discounts = discounts.into_iter().chain(inherited).collect();
    let invoice = draft_for(tx, subscription, reason, lines, discounts)?;
    invoice::take_items(tx, waiting, &invoice)?;
    if once == Some(true) {
        discounts::end_of_customer(tx, &mut customer)?;
    }
    Ok(invoice)
}

/// A draft for what waits for the next invoice of a subscription, and nothing else.
pub(crate) fn draft_of_waiting(tx: &Tx<'_>, subscription: &Value) -> Result<Value, ApiError> {
    draft_with_waiting(tx, subscription, "subscription_update", Vec::new(), Vec::new())
}

/// A draft for a subscription.
pub(super) fn draft_for(
    tx: &Tx<'_>,
    subscription: &Value,
    reason: &'static str,
    lines: Vec<Value>,
    discounts: Vec<Value>,
) -> Result<Value, ApiError> {
    let customer = tx.linked("customer", subscription.text("customer").unwrap_or_default())?;
    let due = subscription.integer("days_until_due").map(|days| tx.now() + days * 86_400);
    let more = json!({
        "collection_method": subscription.copy("collection_method"),
        "default_tax_rates": subscription.copy("default_tax_rates"),
        "due_date": due,
    });
    let draft = Draft {
        customer: &customer,
        subscription: Some(subscription),
        reason,
        currency: subscription.owned("currency").unwrap_or_default(),
        lines,
        discounts,
        more,
    };
    invoice::draft(tx, draft)
}
