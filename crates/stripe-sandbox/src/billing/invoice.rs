//! Making an invoice and opening it for payment: <https://docs.stripe.com/invoicing/overview>.
//! Getting it paid is [`super::collection`]'s part.

use serde_json::{Value, json};

use super::{balance, collection, discounts, lines, payments, taxes};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::{Select, Tx};
use crate::{blank, events, ids};

/// What a new invoice is made of.
pub(crate) struct Draft<'d> {
    pub(crate) customer: &'d Value,
    pub(crate) subscription: Option<&'d Value>,
    /// Stripe's `billing_reason`.
    pub(crate) reason: &'static str,
    pub(crate) currency: String,
    pub(crate) lines: Vec<Value>,
    /// Discounts, as the objects they are.
    pub(crate) discounts: Vec<Value>,
    /// Members that differ from the usual.
    pub(crate) more: Value,
}

/// Adds a draft.
pub(crate) fn draft(tx: &Tx<'_>, draft: Draft<'_>) -> Result<Value, ApiError> {
    let id = ids::new_id("in");
    let customer = draft.customer;
    let discount_ids: Vec<&str> = draft.discounts.iter().map(Fields::id).collect();
    let mut invoice = blank::INVOICE.copy()?;
    invoice.merge(json!({
        "id": id,
        "account_name": tx.context().merchant_name,
        "auto_advance": draft.subscription.is_some(),
        "billing_reason": draft.reason,
        "created": tx.now(),
        "currency": draft.currency,
        "customer": customer.id(),
        "customer_address": customer.copy("address"),
        "customer_email": customer.copy("email"),
        "customer_name": customer.copy("name"),
        "customer_phone": customer.copy("phone"),
        "customer_shipping": customer.copy("shipping"),
        "customer_tax_exempt": customer.text("tax_exempt").unwrap_or("none"),
        "discounts": discount_ids,
        "lines": { "object": "list", "data": [], "has_more": false, "total_count": 0, "url": format!("/v1/invoices/{id}/lines") },
        "parent": parent(draft.subscription),
        "period_end": tx.now(),
        "period_start": tx.now(),
        "starting_balance": customer.amount("balance"),
        "test_clock": customer.copy("test_clock"),
    }));
    invoice.merge(draft.more);
    set_lines(tx, &mut invoice, draft.lines)?;
    tx.insert(&invoice)?;
    events::emit(tx, "invoice.created", &invoice)?;
    Ok(invoice)
}

fn parent(subscription: Option<&Value>) -> Value {
    let Some(subscription) = subscription else { return Value::Null };
    json!({
        "quote_details": null,
        "subscription_details": { "metadata": subscription.copy("metadata"), "subscription": subscription.id() },
        "type": "subscription_details",
    })
}

/// Puts lines on a draft and sums them up.
pub(crate) fn set_lines(tx: &Tx<'_>, invoice: &mut Value, mut lines: Vec<Value>) -> Result<(), ApiError> {
    for line in &mut lines {
        line.put("invoice", invoice.id());
        line.put("discount_amounts", json!([]));
    }
    let subtotal: i64 = lines.iter().map(|line| line.amount("amount")).sum();
    let mut taken = Vec::new();
    let mut total = subtotal;
    for id in invoice.elements("discounts").iter().filter_map(Value::as_str) {
        let discount = tx.linked("discount", id)?;
        let coupon = tx.linked("coupon", discount.text("source.coupon").unwrap_or_default())?;
        let currency = invoice.text("currency").unwrap_or_default();
        let off = discounts::amount_off(&coupon, &lines::discountable(&lines), currency).min(total.max(0));
        total -= off;
        discounts::spread(&coupon, &mut lines, id, off);
        taken.push(json!({ "amount": off, "discount": id }));
    }
    let taxes = taxes::levy(tx, invoice, &mut lines)?;
    total += taxes.exclusive;
    invoice.put("lines.total_count", lines.len());
    invoice.put("lines.data", lines);
    invoice.put("subtotal", subtotal);
    invoice.put("subtotal_excluding_tax", subtotal - taxes.inclusive);
    invoice.put("total", total);
    invoice.put("total_excluding_tax", total - taxes.exclusive - taxes.inclusive);
    invoice.put("total_taxes", taxes.totals);
    invoice.put("total_discount_amounts", taken);
    invoice.put("total_pretax_credit_amounts", json!([]));
    set_due(invoice);
    Ok(())
}

/// What the customer's balance holds for them is taken off the total, what it holds against them is added.
fn set_due(invoice: &mut Value) {
    let due = (invoice.amount("total") + invoice.amount("starting_balance")).max(0);
    invoice.put("amount_due", due);
    invoice.put("amount_remaining", due);
}

/// The invoice items that the next invoice of a subscription takes: its own, and those that name no subscription.
pub(super) fn waiting_items(tx: &Tx<'_>, subscription: &Value) -> Result<Vec<Value>, ApiError> {
    let customer = subscription.owned("customer").unwrap_or_default();
    let mut items = Select::of("invoiceitem").with("customer", customer).with("_waiting", 1).all(tx)?;
    items.retain(|item| {
        let its_own = item.text("subscription").is_none_or(|id| id == subscription.id());
        its_own && item.copy("currency") == subscription.copy("currency")
    });
    Ok(items)
}

/// Notes that invoice items are on an invoice now.
pub(crate) fn take_items(tx: &Tx<'_>, items: Vec<Value>, invoice: &Value) -> Result<(), ApiError> {
    for mut item in items {
        item.put("invoice", invoice.id());
        item.put("_waiting", false);
        tx.save(&item)?;
    }
    Ok(())
}

/// Opens a draft for payment. With nothing due it is paid at once; else `intent`, or a new one, waits for the money.
pub(crate) fn finalize(tx: &Tx<'_>, invoice: &mut Value, intent: Option<&mut Value>) -> Result<(), ApiError> {
    let mut customer = tx.linked_copy("customer", invoice.text("customer").unwrap_or_default())?;
    let sequence = customer.integer("next_invoice_sequence").unwrap_or(1);
    let number = format!("{}-{sequence:04}", customer.text("invoice_prefix").unwrap_or_default());
    customer.put("next_invoice_sequence", sequence + 1);
    tx.save(&customer)?;
    // What an intent has paid already was asked for without a look at the balance.
    if intent.is_some() {
        invoice.put("starting_balance", 0);
        invoice.put("ending_balance", 0);
    } else {
        balance::apply_to(tx, &mut customer, invoice)?;
    }
    set_due(invoice);
    if invoice.text("number").is_none() {
        invoice.put("number", number);
    }
    invoice.put("status", "open");
    invoice.put("automatically_finalizes_at", Value::Null);
    invoice.put("_due_at", Value::Null);
    invoice.put("effective_at", tx.now());
    invoice.put("status_transitions.finalized_at", tx.now());
    if invoice.amount("amount_due") == 0 {
        tx.save(invoice)?;
        events::emit(tx, "invoice.finalized", invoice)?;
        return collection::mark_paid(tx, invoice, None);
    }
    let intent_id = attach_intent(tx, invoice, intent)?;
    invoice.put("_payment_intent", intent_id);
    tx.save(invoice)?;
    events::emit(tx, "invoice.finalized", invoice)
}

/// Connects an invoice to the intent that pays it, and answers the intent's id.
fn attach_intent(tx: &Tx<'_>, invoice: &Value, intent: Option<&mut Value>) -> Result<String, ApiError> {
    let amount = invoice.amount("amount_due");
    let currency = invoice.text("currency").unwrap_or_default();
    let intent_id = if let Some(intent) = intent {
        intent.put("_invoice", invoice.id());
        tx.save(intent)?;
        intent.id().to_owned()
    } else {
        let more = json!({
            "customer": invoice.copy("customer"),
            "description": description(invoice),
            "_invoice": invoice.id(),
        });
        payments::open(tx, amount, currency, more)?.id().to_owned()
    };
    tx.insert(&json!({
        "id": ids::new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": null,
        "amount_requested": amount,
        "created": tx.now(),
        "currency": currency,
        "invoice": invoice.id(),
        "is_default": true,
        "livemode": false,
        "payment": { "payment_intent": intent_id, "type": "payment_intent" },
        "status": "open",
        "status_transitions": { "canceled_at": null, "paid_at": null },
    }))?;
    Ok(intent_id)
}

fn description(invoice: &Value) -> String {
    match invoice.text("billing_reason") {
        Some("subscription_create") => "Subscription creation".to_owned(),
        Some("subscription_cycle") => "Subscription update".to_owned(),
        _ => format!("Payment for invoice {}", invoice.text("number").unwrap_or_default()),
    }
}
