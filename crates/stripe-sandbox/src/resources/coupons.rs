//! Coupons: <https://docs.stripe.com/api/coupons>. What they take off is `billing::discounts`' business.

use serde_json::{Value, json};

use super::{deleted, prices};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/coupons", create)
        .get("/v1/coupons", list)
        .get("/v1/coupons/{id}", retrieve)
        .post("/v1/coupons/{id}", update)
        .delete("/v1/coupons/{id}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.owned("id").unwrap_or_else(|| ids::letters(8));
    if tx.find(&id)?.is_some() {
        let message = format!("There is a coupon with the id '{id}' already.");
        return Err(ApiError::invalid("id", message).with_code("resource_already_exists"));
    }
    check_reduction(parameters)?;
    let duration = parameters.text("duration").unwrap_or("once");
    check_duration(parameters, duration)?;
    for product in parameters.elements("applies_to.products").iter().filter_map(Value::as_str) {
        tx.get("product", product, "applies_to[products]")?;
    }
    let mut coupon = json!({
        "id": id,
        "object": "coupon",
        "amount_off": null,
        "created": tx.now(),
        "currency": parameters.field("amount_off").map(|_| prices::currency(parameters)).transpose()?,
        "duration": duration,
        "duration_in_months": null,
        "livemode": false,
        "max_redemptions": null,
        "metadata": metadata::initial(parameters)?,
        "name": null,
        "percent_off": null,
        "redeem_by": null,
        "times_redeemed": 0,
        "valid": true,
    });
    let given = [
        "amount_off",
        "applies_to",
        "currency_options",
        "duration_in_months",
        "max_redemptions",
        "name",
        "percent_off",
        "redeem_by",
    ];
    copy_given(&mut coupon, parameters, &given);
    tx.insert(&coupon)?;
    events::emit(tx, "coupon.created", &coupon)?;
    Ok(coupon)
}

/// A coupon takes off either a percentage or an amount.
fn check_reduction(parameters: &Value) -> Result<(), ApiError> {
    let percent = parameters.field("percent_off").and_then(Value::as_f64);
    match (percent, parameters.integer("amount_off")) {
        (Some(percent), None) if percent > 0.0 && percent <= 100.0 => Ok(()),
        (Some(_), None) => {
            Err(ApiError::invalid("percent_off", "The percentage must be greater than 0 and at most 100."))
        }
        (None, Some(amount)) if amount > 0 => Ok(()),
        (None, Some(_)) => Err(ApiError::invalid("amount_off", "The amount must be greater than 0.")),
        (Some(_), Some(_)) => {
            Err(ApiError::invalid("amount_off", "Give either a percentage or an amount, not both."))
        }
        (None, None) => Err(ApiError::missing("percent_off")),
    }
}

fn check_duration(parameters: &Value, duration: &str) -> Result<(), ApiError> {
    let months = parameters.integer("duration_in_months");
    match (duration, months) {
        ("repeating", None) => Err(ApiError::missing("duration_in_months")),
        ("repeating", Some(months)) if months < 1 => {
            Err(ApiError::invalid("duration_in_months", "The number of months must be greater than 0."))
        }
        ("repeating", Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => {
            Err(ApiError::invalid("duration_in_months", "Only a repeating coupon lasts a number of months."))
        }
    }
}

/// The coupon, unless it was deleted. Deleted ones stay in the store, because discounts given earlier still count.
fn existing(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let coupon = tx.get("coupon", request.id(), "id")?;
    if coupon.flag("_deleted") { Err(ApiError::no_such("coupon", request.id(), "id")) } else { Ok(coupon) }
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    existing(tx, request)
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = existing(tx, request)?;
    let mut coupon = before.clone();
    copy_given(&mut coupon, &request.parameters, &["name", "currency_options"]);
    metadata::merge(&mut coupon, &request.parameters)?;
    tx.save(&coupon)?;
    events::emit_change(tx, "coupon.updated", &before, &coupon)?;
    Ok(coupon)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut coupon = existing(tx, request)?;
    coupon.put("valid", false);
    coupon.put("_deleted", true);
    tx.save(&coupon)?;
    events::emit(tx, "coupon.deleted", &coupon)?;
    Ok(deleted(&coupon))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    Select::of("coupon").without("_deleted", 1).with_range(&request.parameters, "created").page(
        tx,
        &request.parameters,
        &request.path,
    )
}
