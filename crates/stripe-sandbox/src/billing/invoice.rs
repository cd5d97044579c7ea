//! The life of an invoice: <https://docs.stripe.com/invoicing/overview>. Draft, open, then paid, void or uncollectible.

use serde_json::{Value, json};

use super::payments::{self, Attempt, Presence};
use super::{discounts, lines, subscription};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::{Select, Tx};
use crate::{events, ids};

/// Seconds until the next try of a renewal, by the tries made so far. After the last one the subscription ends.
const RETRY_AFTER_DAYS: [i64; 3] = [3, 5, 7];
const DAY: i64 = 86_400;

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
    let mut invoice = json!({
        "id": id,
        "object": "invoice",
        "account_country": "US",
        "account_name": tx.context().merchant_name,
        "account_tax_ids": null,
        "amount_due": 0,
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": 0,
        "amount_shipping": 0,
        "application": null,
        "attempt_count": 0,
        "attempted": false,
        "auto_advance": draft.subscription.is_some(),
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null },
        "automatically_finalizes_at": null,
        "billing_reason": draft.reason,
        "collection_method": "charge_automatically",
        "created": tx.now(),
        "currency": draft.currency,
        "custom_fields": null,
        "customer": customer.id(),
        "customer_account": null,
        "customer_address": customer.copy("address"),
        "customer_email": customer.copy("email"),
        "customer_name": customer.copy("name"),
        "customer_phone": customer.copy("phone"),
        "customer_shipping": customer.copy("shipping"),
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": null,
        "default_source": null,
        "default_tax_rates": [],
        "description": null,
        "discounts": discount_ids,
        "due_date": null,
        "effective_at": null,
        "ending_balance": null,
        "footer": null,
        "from_invoice": null,
        "hosted_invoice_url": null,
        "invoice_pdf": null,
        "issuer": { "type": "self" },
        "last_finalization_error": null,
        "latest_revision": null,
        "lines": { "object": "list", "data": [], "has_more": false, "total_count": 0, "url": format!("/v1/invoices/{id}/lines") },
        "livemode": false,
        "metadata": {},
        "next_payment_attempt": null,
        "number": null,
        "on_behalf_of": null,
        "parent": parent(draft.subscription),
        "payment_settings": { "default_mandate": null, "payment_method_options": null, "payment_method_types": null },
        "period_end": tx.now(),
        "period_start": tx.now(),
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": null,
        "rendering": null,
        "shipping_cost": null,
        "shipping_details": null,
        "starting_balance": 0,
        "statement_descriptor": null,
        "status": "draft",
        "status_transitions": {
            "finalized_at": null,
            "marked_uncollectible_at": null,
            "paid_at": null,
            "voided_at": null,
        },
        "test_clock": null,
        "total_taxes": [],
        "webhooks_delivered_at": null,
    });
    if let Value::Object(members) = draft.more {
        for (name, value) in members {
            invoice.put(&name, value);
        }
    }
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
        taken.push(json!({ "amount": off, "discount": id }));
    }
    invoice.put("lines.total_count", lines.len());
    invoice.put("lines.data", lines);
    invoice.put("subtotal", subtotal);
    invoice.put("subtotal_excluding_tax", subtotal);
    invoice.put("total", total);
    invoice.put("total_excluding_tax", total);
    invoice.put("total_discount_amounts", taken);
    invoice.put("total_pretax_credit_amounts", json!([]));
    invoice.put("amount_due", total.max(0));
    invoice.put("amount_remaining", total.max(0));
    Ok(())
}

/// Opens a draft for payment. With nothing due it is paid at once; else `intent`, or a new one, waits for the money.
pub(crate) fn finalize(tx: &Tx<'_>, invoice: &mut Value, intent: Option<&mut Value>) -> Result<(), ApiError> {
    let mut customer = tx.linked("customer", invoice.text("customer").unwrap_or_default())?;
    let sequence = customer.integer("next_invoice_sequence").unwrap_or(1);
    let number = format!("{}-{sequence:04}", customer.text("invoice_prefix").unwrap_or_default());
    customer.put("next_invoice_sequence", sequence + 1);
    tx.save(&customer)?;
    if invoice.text("number").is_none() {
        invoice.put("number", number);
    }
    invoice.put("status", "open");
    invoice.put("effective_at", tx.now());
    invoice.put("ending_balance", 0);
    invoice.put("status_transitions.finalized_at", tx.now());
    if invoice.amount("amount_due") == 0 {
        tx.save(invoice)?;
        events::emit(tx, "invoice.finalized", invoice)?;
        return mark_paid(tx, invoice, None);
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

/// Tries to pay an open invoice with `method`, or with the default one.
pub(crate) fn pay(
    tx: &Tx<'_>,
    invoice: &mut Value,
    method: Option<&str>,
    presence: Presence,
) -> Result<Attempt, ApiError> {
    let mut method = match method {
        Some(id) => payment_methods::resolve(tx, id, "payment_method")?,
        None => default_method(tx, invoice)?,
    };
    let mut intent = tx.linked("payment_intent", invoice.text("_payment_intent").unwrap_or_default())?;
    invoice.put("attempted", true);
    invoice.put("attempt_count", invoice.amount("attempt_count") + 1);
    tx.save(invoice)?;
    let attempt = payments::confirm(tx, &mut intent, &mut method, presence)?;
    *invoice = tx.linked("invoice", invoice.id())?;
    match attempt {
        Attempt::Succeeded => {}
        Attempt::Challenged => events::emit(tx, "invoice.payment_action_required", invoice)?,
        Attempt::Declined(_) => payment_failed(tx, invoice)?,
    }
    Ok(attempt)
}

/// The method that pays when none is named: the invoice's, the subscription's, the customer's.
fn default_method(tx: &Tx<'_>, invoice: &Value) -> Result<Value, ApiError> {
    let subscription = match invoice.text("parent.subscription_details.subscription") {
        Some(id) => tx.linked("subscription", id)?,
        None => Value::Null,
    };
    let customer = tx.linked("customer", invoice.text("customer").unwrap_or_default())?;
    let id = invoice
        .text("default_payment_method")
        .or(subscription.text("default_payment_method"))
        .or(customer.text("invoice_settings.default_payment_method"));
    match id {
        Some(id) => tx.linked("payment_method", id),
        None => {
            Err(ApiError::request("This customer has no default payment method.")
                .with_code("resource_missing"))
        }
    }
}

fn payment_failed(tx: &Tx<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let retry =
        usize::try_from(invoice.amount("attempt_count") - 1).ok().and_then(|made| RETRY_AFTER_DAYS.get(made));
    let renewal = invoice.text("billing_reason") == Some("subscription_cycle");
    let next = retry.filter(|_| renewal).map(|days| tx.now() + days * DAY);
    invoice.put("next_payment_attempt", json!(next));
    invoice.put("_due_at", json!(next));
    tx.save(invoice)?;
    events::emit(tx, "invoice.payment_failed", invoice)?;
    if renewal { subscription::renewal_failed(tx, invoice, next.is_none()) } else { Ok(()) }
}

/// Records that an invoice is paid, and tells its subscription.
pub(crate) fn mark_paid(tx: &Tx<'_>, invoice: &mut Value, intent: Option<&Value>) -> Result<(), ApiError> {
    invoice.put("status", "paid");
    invoice.put("attempted", true);
    invoice.put("auto_advance", false);
    invoice.put("amount_paid", invoice.amount("amount_due"));
    invoice.put("amount_remaining", 0);
    invoice.put("next_payment_attempt", Value::Null);
    invoice.put("_due_at", Value::Null);
    invoice.put("status_transitions.paid_at", tx.now());
    tx.save(invoice)?;
    if let Some(intent) = intent {
        end_payments(tx, invoice, "paid", Some(intent))?;
    }
    events::emit(tx, "invoice.paid", invoice)?;
    events::emit(tx, "invoice.payment_succeeded", invoice)?;
    subscription::invoice_paid(tx, invoice)
}

/// Ends the open payments of an invoice as paid or canceled.
fn end_payments(tx: &Tx<'_>, invoice: &Value, status: &str, intent: Option<&Value>) -> Result<(), ApiError> {
    let open = Select::of("invoice_payment")
        .with("invoice", invoice.id().to_owned())
        .with("status", "open".to_owned());
    for mut payment in open.all(tx)? {
        payment.put("status", status);
        payment.put(&format!("status_transitions.{status}_at"), tx.now());
        if let Some(intent) = intent {
            payment.put("amount_paid", intent.amount("amount_received"));
        }
        tx.save(&payment)?;
        if status == "paid" {
            events::emit(tx, "invoice_payment.paid", &payment)?;
        }
    }
    Ok(())
}

/// Ends an open invoice without payment: `void` or `uncollectible`.
pub(crate) fn give_up(tx: &Tx<'_>, invoice: &mut Value, status: &str) -> Result<(), ApiError> {
    let (transition, event) = match status {
        "void" => ("voided_at", "invoice.voided"),
        _ => ("marked_uncollectible_at", "invoice.marked_uncollectible"),
    };
    invoice.put("status", status);
    invoice.put("auto_advance", false);
    invoice.put("next_payment_attempt", Value::Null);
    invoice.put("_due_at", Value::Null);
    invoice.put(&format!("status_transitions.{transition}"), tx.now());
    tx.save(invoice)?;
    if let Some(intent) = invoice.text("_payment_intent") {
        let mut intent = tx.linked("payment_intent", intent)?;
        if status == "void" && intent.text("status") != Some("succeeded") {
            payments::cancel(tx, &mut intent, Some("void_invoice"))?;
            end_payments(tx, invoice, "canceled", None)?;
        }
    }
    events::emit(tx, event, invoice)
}
