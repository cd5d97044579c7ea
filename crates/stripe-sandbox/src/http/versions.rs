//! Where API versions put the same facts. Objects are kept in the shape of [`DEFAULT`]; callers that pin an older or a
//! newer version get theirs as well. Source: <https://docs.stripe.com/changelog>.

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::present;
use crate::store::{Select, Tx};

/// The version that applies when a request names none, and that events are written in.
pub(crate) const DEFAULT: &str = "2026-02-25.clover";

/// Since then, periods live on subscription items and an invoice names its subscription under `parent`.
const BASIL: &str = "2025-03-31";
/// Since then, discounts and promotion codes name their coupon one level deeper.
const NESTED_COUPON: &str = "2025-09-30";
/// Since then, the values of `ui_mode` end in `_page`.
const UI_MODE_PAGES: &str = "2026-03-25";

/// Adds the older places, or renames to the newer values, as `version` has them. Newer places stay: readers that know
/// only the older ones do not look there.
pub(crate) fn adapt(tx: &Tx<'_>, object: &mut Value, version: &str) -> Result<(), ApiError> {
    match object.kind() {
        "checkout.session" if version >= UI_MODE_PAGES => rename_ui_mode(object),
        "discount" | "promotion_code" if version < NESTED_COUPON => add_coupon(tx, object)?,
        "subscription" if version < BASIL => add_period(object),
        "invoice" if version < BASIL => add_invoice_links(tx, object)?,
        "charge" | "payment_intent" if version < BASIL => add_invoice_of_payment(tx, object)?,
        _ => {}
    }
    Ok(())
}

fn rename_ui_mode(session: &mut Value) {
    let renamed = match session.text("ui_mode") {
        Some("hosted") => "hosted_page",
        Some("embedded") => "embedded_page",
        Some("custom") => "elements",
        _ => return,
    };
    session.put("ui_mode", renamed);
}

fn add_coupon(tx: &Tx<'_>, object: &mut Value) -> Result<(), ApiError> {
    let nested = object.owned("source.coupon").or_else(|| object.owned("promotion.coupon"));
    let Some(id) = nested else { return Ok(()) };
    let coupon = tx.find(&id)?.map(|coupon| present::shown(tx, coupon)).transpose()?;
    object.put("coupon", coupon.unwrap_or(Value::Null));
    Ok(())
}

fn add_period(subscription: &mut Value) {
    for name in ["current_period_start", "current_period_end"] {
        let value = subscription.elements("items.data").first().map_or(Value::Null, |item| item.copy(name));
        subscription.put(name, value);
    }
}

fn add_invoice_links(tx: &Tx<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    let payment = Select::of("invoice_payment").with("invoice", invoice.id().to_owned()).first(tx)?;
    let intent_id = payment.as_ref().and_then(|payment| payment.owned("payment.payment_intent"));
    let intent = intent_id.as_deref().map(|id| tx.linked("payment_intent", id)).transpose()?;
    invoice.put("payment_intent", json!(intent_id));
    invoice.put("charge", intent.map_or(Value::Null, |intent| intent.copy("latest_charge")));
    invoice.put("subscription", invoice.copy("parent.subscription_details.subscription"));
    invoice.put("paid", invoice.text("status") == Some("paid"));
    let taxes = invoice.elements("total_taxes");
    let sum: i64 = taxes.iter().map(|tax| tax.amount("amount")).sum();
    let amounts: Vec<Value> = taxes.iter().map(as_tax_amount).collect();
    invoice.put("tax", if amounts.is_empty() { Value::Null } else { json!(sum) });
    invoice.put("total_tax_amounts", amounts);
    Ok(())
}

/// A tax as it was told before `total_taxes`.
fn as_tax_amount(tax: &Value) -> Value {
    json!({
        "amount": tax.copy("amount"),
        "inclusive": tax.text("tax_behavior") == Some("inclusive"),
        "tax_rate": tax.copy("tax_rate_details.tax_rate"),
        "taxability_reason": tax.copy("taxability_reason"),
        "taxable_amount": tax.copy("taxable_amount"),
    })
}

fn add_invoice_of_payment(tx: &Tx<'_>, object: &mut Value) -> Result<(), ApiError> {
    let intent = if object.kind() == "charge" { object.owned("payment_intent") } else { object.owned("id") };
    let payment = match intent {
        Some(intent) => Select::of("invoice_payment").with("payment.payment_intent", intent).first(tx)?,
        None => None,
    };
    object.put("invoice", payment.map_or(Value::Null, |payment| payment.copy("invoice")));
    Ok(())
}
