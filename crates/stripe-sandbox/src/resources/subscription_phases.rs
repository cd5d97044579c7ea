//! The phases of a subscription schedule, as they are given: <https://docs.stripe.com/api/subscription_schedules/create>.

use serde_json::{Value, json};

use super::subscriptions;
use crate::billing::period;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::metadata;
use crate::store::Tx;

/// Reads phases that follow each other from `start` on.
pub(super) fn read(tx: &Tx<'_>, given: &[Value], start: i64) -> Result<Vec<Value>, ApiError> {
    let mut phases: Vec<Value> = Vec::new();
    let mut start = start;
    for (index, given) in given.iter().enumerate() {
        let param = format!("phases[{index}]");
        if given.integer("start_date").is_some_and(|date| date != start) {
            let message = "A phase must start where the one before it ends.";
            return Err(ApiError::invalid(&format!("{param}[start_date]"), message));
        }
        let items = items(tx, given, &param)?;
        let end = end(tx, given, &items, start, &param)?;
        let mut phase = phase(tx, given, &items, (start, end))?;
        phase.put("discounts", discounts(tx, given, &param)?);
        phases.push(phase);
        start = end;
    }
    Ok(phases)
}

fn items(tx: &Tx<'_>, given: &Value, param: &str) -> Result<Vec<Value>, ApiError> {
    let items = given.elements("items").iter().enumerate();
    let items: Result<Vec<_>, ApiError> = items
        .map(|(index, item)| {
            let param = format!("{param}[items][{index}]");
            let price = subscriptions::read_price(tx, item, &param, true)?;
            let price = price.ok_or_else(|| ApiError::missing(&format!("{param}[price]")))?;
            Ok(json!({
                "billing_thresholds": null,
                "discounts": [],
                "metadata": metadata::initial(item)?,
                "plan": price.id(),
                "price": price.id(),
                "quantity": item.integer("quantity").unwrap_or(1),
                "tax_rates": [],
            }))
        })
        .collect();
    items.and_then(|items| {
        if items.is_empty() { Err(ApiError::missing(&format!("{param}[items]"))) } else { Ok(items) }
    })
}

/// The discounts of a phase: new ones by coupon or code, or one that is there by its own id. Without any it has none.
fn discounts(tx: &Tx<'_>, given: &Value, param: &str) -> Result<Vec<Value>, ApiError> {
    let mut discounts = Vec::new();
    for (index, given) in given.elements("discounts").iter().enumerate() {
        let param = format!("{param}[discounts][{index}]");
        match (given.text("coupon"), given.text("promotion_code"), given.text("discount")) {
            (Some(id), None, None) => tx.get("coupon", id, &format!("{param}[coupon]"))?,
            (None, Some(id), None) => tx.get("promotion_code", id, &format!("{param}[promotion_code]"))?,
            (None, None, Some(id)) => tx.get("discount", id, &format!("{param}[discount]"))?,
            _ => return Err(ApiError::invalid(&param, "Give a coupon, a promotion code or a discount.")),
        };
        discounts.push(json!({
            "coupon": given.copy("coupon"),
            "discount": given.copy("discount"),
            "promotion_code": given.copy("promotion_code"),
        }));
    }
    Ok(discounts)
}

/// Where a phase ends: at a date, after a duration, or after so many periods of its price, one if nothing is said.
fn end(tx: &Tx<'_>, given: &Value, items: &[Value], start: i64, param: &str) -> Result<i64, ApiError> {
    let end = if given.text("end_date") == Some("now") {
        tx.now()
    } else if let Some(end) = given.integer("end_date") {
        end
    } else if let Some(unit) = given.text("duration.interval") {
        period::after(start, unit, given.integer("duration.interval_count").unwrap_or(1))?
    } else {
        let price = items.first().map(|item| item.text("price").unwrap_or_default()).unwrap_or_default();
        period::boundary(start, &*tx.linked("price", price)?, given.integer("iterations").unwrap_or(1))?
    };
    if end > start {
        return Ok(end);
    }
    Err(ApiError::invalid(&format!("{param}[end_date]"), "A phase must end after it starts."))
}

fn phase(tx: &Tx<'_>, given: &Value, items: &[Value], dates: (i64, i64)) -> Result<Value, ApiError> {
    let price = tx.linked("price", items[0].text("price").unwrap_or_default())?;
    Ok(json!({
        "add_invoice_items": [],
        "application_fee_percent": null,
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": given.copy("billing_cycle_anchor"),
        "billing_thresholds": null,
        "collection_method": null,
        "currency": price.copy("currency"),
        "default_payment_method": null,
        "default_tax_rates": [],
        "description": given.copy("description"),
        "discounts": [],
        "end_date": dates.1,
        "invoice_settings": null,
        "items": items,
        "metadata": metadata::initial(given)?,
        "on_behalf_of": null,
        "proration_behavior": given.text("proration_behavior").unwrap_or("create_prorations"),
        "start_date": dates.0,
        "transfer_data": null,
        "trial_end": null,
    }))
}
