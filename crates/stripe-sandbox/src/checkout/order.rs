//! What a Checkout Session sells: its lines, its discount, its totals.

use serde_json::{Value, json};

use crate::billing::discounts::{self, Redeemable};
use crate::billing::subscribe::NewItem;
use crate::billing::subscription;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::ids;
use crate::resources::prices;
use crate::store::Tx;

/// Reads the `line_items` parameter into the session's own lines.
pub(crate) fn read_lines(tx: &Tx<'_>, parameters: &Value, mode: &str) -> Result<Vec<Value>, ApiError> {
    let mut lines = Vec::new();
    for (index, given) in parameters.elements("line_items").iter().enumerate() {
        let param = format!("line_items[{index}]");
        let price = price_of(tx, given, &param)?;
        let quantity =
            given.integer("quantity").ok_or_else(|| ApiError::missing(&format!("{param}[quantity]")))?;
        if quantity < 1 {
            return Err(ApiError::invalid(&format!("{param}[quantity]"), "The quantity must be at least 1."));
        }
        lines.push(line(tx, &price, quantity, given)?);
    }
    check_mix(tx, &lines, mode)?;
    Ok(lines)
}

fn price_of(tx: &Tx<'_>, given: &Value, param: &str) -> Result<Value, ApiError> {
    let price = match (given.text("price"), given.field("price_data")) {
        (Some(id), None) => tx.get("price", id, &format!("{param}[price]"))?,
        (None, Some(data)) => {
            let mut data = data.clone();
            // A price made on the spot serves this session only.
            data.put("active", false);
            return prices::insert(tx, &data);
        }
        _ => return Err(ApiError::invalid(param, "Give either `price` or `price_data` for each line.")),
    };
    let product = tx.linked("product", price.text("product").unwrap_or_default())?;
    for (object, what) in [(&price, "price"), (&product, "product")] {
        if !object.flag("active") {
            let message = format!("The {what} {} is inactive and cannot be sold.", object.id());
            return Err(
                ApiError::invalid(&format!("{param}[price]"), message).with_code(&format!("{what}_inactive"))
            );
        }
    }
    Ok(price)
}

fn line(tx: &Tx<'_>, price: &Value, quantity: i64, given: &Value) -> Result<Value, ApiError> {
    if !given.elements("tax_rates").is_empty() || !given.elements("dynamic_tax_rates").is_empty() {
        let message = "The sandbox does not serve tax on Checkout Sessions yet.";
        return Err(ApiError::invalid("line_items", message).with_code("sandbox_unserved"));
    }
    let product = tx.linked("product", price.text("product").unwrap_or_default())?;
    let total = prices::total(price, quantity)?;
    Ok(json!({
        "id": ids::new_id("li"),
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price.copy("currency"),
        "description": product.copy("name"),
        "metadata": given.field("metadata").cloned().unwrap_or_else(|| json!({})),
        "price": price.id(),
        "quantity": quantity,
    }))
}

/// Lines must agree with the mode, in their currency, and in how often they repeat.
fn check_mix(tx: &Tx<'_>, lines: &[Value], mode: &str) -> Result<(), ApiError> {
    let mut rhythm = None;
    let currency = lines.first().map(|line| line.copy("currency"));
    for (index, line) in lines.iter().enumerate() {
        let price = tx.linked("price", line.text("price").unwrap_or_default())?;
        let param = format!("line_items[{index}][price]");
        if Some(line.copy("currency")) != currency {
            return Err(ApiError::invalid(&param, "All lines must have the same currency."));
        }
        let Some(recurring) = price.field("recurring") else { continue };
        if mode == "payment" {
            return Err(ApiError::invalid(&param, "A recurring price needs the mode `subscription`."));
        }
        let this = (recurring.copy("interval"), recurring.copy("interval_count"));
        if *rhythm.get_or_insert_with(|| this.clone()) != this {
            return Err(ApiError::invalid(&param, "All recurring prices must have the same interval."));
        }
    }
    if mode == "subscription" && rhythm.is_none() {
        return Err(ApiError::invalid(
            "line_items",
            "The mode `subscription` needs at least one recurring price.",
        ));
    }
    Ok(())
}

/// The coupon applied to a session, if any.
pub(crate) fn redeemable(tx: &Tx<'_>, session: &Value) -> Result<Option<Redeemable>, ApiError> {
    let Some(coupon) = session.text("_offer.coupon") else { return Ok(None) };
    let promotion_code =
        session.text("_offer.promotion_code").map(|id| tx.linked_copy("promotion_code", id)).transpose()?;
    Ok(Some(Redeemable { coupon: tx.linked_copy("coupon", coupon)?, promotion_code }))
}

/// Applies a coupon, or none, and sums the session up anew.
pub(crate) fn apply_redeemable(
    tx: &Tx<'_>,
    session: &mut Value,
    redeemable: Option<&Redeemable>,
) -> Result<(), ApiError> {
    let ids = redeemable.map(|redeemable| {
        json!({ "coupon": redeemable.coupon.id(), "promotion_code": redeemable.promotion_code.as_ref().map(Fields::id) })
    });
    let shown = redeemable.map(|redeemable| {
        let code = redeemable.promotion_code.as_ref().map(Fields::id);
        let coupon = code.is_none().then(|| redeemable.coupon.id());
        json!([{ "coupon": coupon, "promotion_code": code }])
    });
    session.put("_offer", json!(ids));
    session.put("discounts", shown.unwrap_or_else(|| json!([])));
    sum_up(tx, session)
}

/// Computes the totals. During a trial nothing recurring is due.
pub(crate) fn sum_up(tx: &Tx<'_>, session: &mut Value) -> Result<(), ApiError> {
    let trial = trial_end(tx, session).is_some();
    let mut amounts = Vec::new();
    let mut lines = session.elements("_line_items").to_vec();
    for line in &mut lines {
        let price = tx.linked("price", line.text("price").unwrap_or_default())?;
        let free = trial && price.field("recurring").is_some();
        let amount = if free { 0 } else { prices::total(&price, line.amount("quantity"))? };
        line.put("amount_subtotal", amount);
        line.put("amount_total", amount);
        amounts.push((price.owned("product").unwrap_or_default(), amount));
    }
    let currency = session.owned("currency").unwrap_or_default();
    let off = redeemable(tx, session)?
        .map_or(0, |redeemable| discounts::amount_off(&redeemable.coupon, &amounts, &currency));
    share_out(&mut lines, off);
    let subtotal: i64 = amounts.iter().map(|(_, amount)| amount).sum();
    session.put("_line_items", lines);
    session.put("amount_subtotal", subtotal);
    session.put("amount_total", subtotal - off);
    session.put("total_details", json!({ "amount_discount": off, "amount_shipping": 0, "amount_tax": 0 }));
    Ok(())
}

/// Spreads a discount over the lines, from the first to the last.
fn share_out(lines: &mut [Value], off: i64) {
    let mut left = off;
    for line in lines {
        let part = left.min(line.amount("amount_subtotal"));
        left -= part;
        line.put("amount_discount", part);
        line.put("amount_total", line.amount("amount_subtotal") - part);
    }
}

/// When the trial of the session's subscription would end, if it has one.
pub(crate) fn trial_end(tx: &Tx<'_>, session: &Value) -> Option<i64> {
    // It was checked when the session was made; one that has passed since means no trial.
    subscription::trial_end(tx, &session.copy("_subscription_data"), "subscription_data").ok().flatten()
}

/// The session's lines as a subscription takes them: those that repeat and those paid once.
pub(crate) fn items(tx: &Tx<'_>, session: &Value) -> Result<(Vec<NewItem>, Vec<NewItem>), ApiError> {
    let mut items = Vec::new();
    for line in session.elements("_line_items") {
        let price = tx.linked_copy("price", line.text("price").unwrap_or_default())?;
        items.push(NewItem {
            price,
            quantity: line.amount("quantity"),
            metadata: line.copy("metadata"),
            tax_rates: json!([]),
            discountable: true,
        });
    }
    Ok(items.into_iter().partition(|item| item.price.field("recurring").is_some()))
}
