//! The end of a session: what was ordered becomes real, or the session expires.

use serde_json::{Value, json};

use super::order;
use crate::billing::discounts::{self, Holder};
use crate::billing::invoice::{self, Draft};
use crate::billing::subscribe::{self, FirstPayment, NewSubscription};
use crate::billing::{clocks, collection, lines, payments, subscription};
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::Tx;

/// Completes a session whose payment or setup intent has succeeded.
pub(crate) fn after_intent(tx: &Tx<'_>, session: Value, intent: &Value) -> Result<(), ApiError> {
    let mut intent = intent.clone();
    let late = session.text("status") == Some("complete") && session.text("payment_status") == Some("unpaid");
    match session.text("status") {
        Some("open") => clocks::in_time_of(tx, &session.clone(), || finish(tx, session, &mut intent)),
        _ if late => clocks::in_time_of(tx, &session.clone(), || finish_late(tx, session, &mut intent)),
        _ => Ok(()),
    }
}

/// Completes a session whose money a bank was asked for: the order stands, the money comes later or not at all.
pub(super) fn under_way(tx: &Tx<'_>, mut session: Value, intent: &mut Value) -> Result<(), ApiError> {
    if session.text("mode") == Some("subscription") {
        subscribe(tx, &mut session, Some(intent))?;
    }
    close(tx, session, "unpaid")
}

/// The money for a session that was completed before has come.
fn finish_late(tx: &Tx<'_>, mut session: Value, intent: &mut Value) -> Result<(), ApiError> {
    if session.text("mode") == Some("subscription") {
        let mut invoice = tx.linked_copy("invoice", session.text("invoice").unwrap_or_default())?;
        collection::mark_paid(tx, &mut invoice, Some(intent))?;
    } else {
        finish_payment(tx, &mut session, intent)?;
    }
    session.put("payment_status", "paid");
    tx.save(&session)?;
    events::emit(tx, "checkout.session.async_payment_succeeded", &session)
}

/// The money for a session that was completed before does not come.
pub(crate) fn after_bounce(tx: &Tx<'_>, session: &Value) -> Result<(), ApiError> {
    if session.text("payment_status") != Some("unpaid") {
        return Ok(());
    }
    events::emit(tx, "checkout.session.async_payment_failed", session)
}

fn finish(tx: &Tx<'_>, mut session: Value, intent: &mut Value) -> Result<(), ApiError> {
    match session.text("mode") {
        Some("subscription") => subscribe(tx, &mut session, Some(intent))?,
        Some("setup") => session.put("setup_intent", intent.id()),
        _ => finish_payment(tx, &mut session, intent)?,
    }
    close_paid(tx, session)
}

/// Completes a session with nothing to pay and no card to keep.
pub(super) fn without_intent(tx: &Tx<'_>, mut session: Value) -> Result<(), ApiError> {
    if session.text("mode") == Some("subscription") {
        subscribe(tx, &mut session, None)?;
    }
    close_paid(tx, session)
}

fn subscribe(tx: &Tx<'_>, session: &mut Value, mut intent: Option<&mut Value>) -> Result<(), ApiError> {
    let customer = tx.linked_copy("customer", session.text("customer").unwrap_or_default())?;
    let method = intent.as_deref().and_then(|intent| intent.owned("payment_method"));
    if let Some(method) = &method {
        let mut method = tx.linked_copy("payment_method", method)?;
        method.put("_set_up", true);
        payment_methods::attach(tx, &mut method, customer.id())?;
    }
    let (items, extras) = order::items(tx, session)?;
    let data = session.copy("_subscription_data");
    let new = NewSubscription {
        customer,
        items,
        extras,
        redeemables: order::redeemable(tx, session)?.into_iter().collect(),
        trial_end: order::trial_end(tx, session),
        more: json!({
            "metadata": data.field("metadata").cloned().unwrap_or_else(|| json!({})),
            "description": data.copy("description"),
            "billing_mode": subscription::billing_mode(&data),
            "default_payment_method": method,
        }),
    };
    // A setup intent pays nothing; then the first invoice is for nothing, too.
    let paying = intent.take().filter(|intent| intent.kind() == "payment_intent");
    let payment = match paying {
        Some(intent) if intent.text("status") == Some("processing") => FirstPayment::UnderWay(intent),
        paying => FirstPayment::Done(paying),
    };
    let (subscription, _) = subscribe::open(tx, &new, payment)?;
    session.put("subscription", subscription.id());
    session.put("invoice", subscription.copy("latest_invoice"));
    Ok(())
}

fn finish_payment(tx: &Tx<'_>, session: &mut Value, intent: &mut Value) -> Result<(), ApiError> {
    session.put("payment_intent", intent.id());
    if let (Some(customer), Some(_)) = (session.text("customer"), intent.text("setup_future_usage")) {
        let mut method =
            tx.linked_copy("payment_method", intent.text("payment_method").unwrap_or_default())?;
        method.put("_set_up", true);
        payment_methods::attach(tx, &mut method, customer)?;
    }
    if !session.flag("invoice_creation.enabled") || session.text("customer").is_none() {
        redeem(tx, session)?;
        return Ok(());
    }
    let customer = tx.linked("customer", session.text("customer").unwrap_or_default())?;
    let (_, items) = order::items(tx, session)?;
    let lines: Result<Vec<_>, _> =
        items.iter().map(|item| lines::of_price(tx, &item.price, item.quantity)).collect();
    let data = session.copy("invoice_creation.invoice_data");
    let draft = Draft {
        customer: &customer,
        subscription: None,
        reason: "manual",
        currency: session.owned("currency").unwrap_or_default(),
        lines: lines?,
        discounts: redeem(tx, session)?.into_iter().collect(),
        more: json!({
            "metadata": data.field("metadata").cloned().unwrap_or_else(|| json!({})),
            "description": data.copy("description"),
            "footer": data.copy("footer"),
        }),
    };
    let mut invoice = invoice::draft(tx, draft)?;
    invoice::finalize(tx, &mut invoice, Some(intent))?;
    collection::mark_paid(tx, &mut invoice, Some(intent))?;
    session.put("invoice", invoice.id());
    Ok(())
}

fn redeem(tx: &Tx<'_>, session: &Value) -> Result<Option<Value>, ApiError> {
    let Some(redeemable) = order::redeemable(tx, session)? else { return Ok(None) };
    let holder = Holder {
        customer: session.text("customer"),
        checkout_session: Some(session.id()),
        ..Holder::default()
    };
    discounts::redeem(tx, &redeemable, holder).map(Some)
}

fn close_paid(tx: &Tx<'_>, session: Value) -> Result<(), ApiError> {
    let nothing_due = session.text("mode") == Some("setup") || session.amount("amount_total") == 0;
    close(tx, session, if nothing_due { "no_payment_required" } else { "paid" })
}

fn close(tx: &Tx<'_>, mut session: Value, payment_status: &str) -> Result<(), ApiError> {
    session.put("status", "complete");
    session.put("payment_status", payment_status);
    session.put("url", Value::Null);
    session.put("_due_at", Value::Null);
    tx.save(&session)?;
    events::emit(tx, "checkout.session.completed", &session)
}

/// Ends a session that was not paid.
pub(crate) fn expire(tx: &Tx<'_>, mut session: Value) -> Result<Value, ApiError> {
    session.put("status", "expired");
    session.put("url", Value::Null);
    session.put("_due_at", Value::Null);
    tx.save(&session)?;
    if let Some(mut intent) = session.text("_intent").map(|id| tx.find(id)).transpose()?.flatten()
        && intent.kind() == "payment_intent"
        && intent.text("status") != Some("succeeded")
    {
        payments::cancel(tx, &mut intent, Some("automatic"))?;
    }
    events::emit(tx, "checkout.session.expired", &session)?;
    Ok(session)
}
