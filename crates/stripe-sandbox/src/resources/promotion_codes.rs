//! Promotion codes, which customers type to get a coupon: <https://docs.stripe.com/api/promotion_codes>.

use serde_json::{Value, json};

use crate::billing::discounts;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

const RANDOM_CODE_LETTERS: usize = 8;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/promotion_codes", create)
        .get("/v1/promotion_codes", list)
        .get("/v1/promotion_codes/{id}", retrieve)
        .post("/v1/promotion_codes/{id}", update)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let coupon = coupon_of(tx, parameters)?;
    if let Some(customer) = parameters.text("customer") {
        tx.get("customer", customer, "customer")?;
    }
    let code = parameters.owned("code").unwrap_or_else(|| ids::letters(RANDOM_CODE_LETTERS).to_uppercase());
    let active = parameters.field("active").and_then(Value::as_bool).unwrap_or(true);
    if active {
        check_unused(tx, &code)?;
    }
    let promotion_code = json!({
        "id": ids::new_id("promo"),
        "object": "promotion_code",
        "active": active,
        "code": code,
        "created": tx.now(),
        "customer": parameters.copy("customer"),
        "customer_account": null,
        "expires_at": parameters.copy("expires_at"),
        "livemode": false,
        "max_redemptions": parameters.copy("max_redemptions"),
        "metadata": metadata::initial(parameters)?,
        "promotion": { "coupon": coupon, "type": "coupon" },
        "restrictions": {
            "first_time_transaction": parameters.flag("restrictions.first_time_transaction"),
            "minimum_amount": parameters.copy("restrictions.minimum_amount"),
            "minimum_amount_currency": parameters.copy("restrictions.minimum_amount_currency"),
        },
        "times_redeemed": 0,
    });
    tx.insert(&promotion_code)?;
    events::emit(tx, "promotion_code.created", &promotion_code)?;
    Ok(promotion_code)
}

/// The coupon named by `promotion[coupon]`, or by `coupon` as before API version 2025-09-30.
fn coupon_of(tx: &Tx<'_>, parameters: &Value) -> Result<String, ApiError> {
    let (id, param) = match (parameters.text("promotion.coupon"), parameters.text("coupon")) {
        (Some(id), _) => (id, "promotion[coupon]"),
        (None, Some(id)) => (id, "coupon"),
        (None, None) => return Err(ApiError::missing("promotion")),
    };
    let coupon = discounts::valid_coupon(tx, id, param)?;
    Ok(coupon.id().to_owned())
}

/// Of the codes that can be used, no two read the same.
fn check_unused(tx: &Tx<'_>, code: &str) -> Result<(), ApiError> {
    if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ApiError::invalid(
            "code",
            "A code consists of the letters a to z, A to Z and of digits.",
        ));
    }
    let same = |other: &Value| other.text("code").is_some_and(|other| other.eq_ignore_ascii_case(code));
    if Select::of("promotion_code").with("active", 1).all(tx)?.iter().any(same) {
        let message = format!("An active promotion code with `code: {code}` already exists.");
        return Err(ApiError::invalid("code", message));
    }
    Ok(())
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("promotion_code", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("promotion_code", request.id(), "id")?;
    let parameters = &request.parameters;
    if parameters.flag("active") && !before.flag("active") {
        check_unused(tx, before.text("code").unwrap_or_default())?;
        discounts::valid_coupon(tx, before.text("promotion.coupon").unwrap_or_default(), "active")?;
    }
    let mut promotion_code = before.clone();
    copy_given(&mut promotion_code, parameters, &["active"]);
    if let Some(options) = parameters.field("restrictions.currency_options") {
        promotion_code.put("restrictions.currency_options", options.clone());
    }
    metadata::merge(&mut promotion_code, parameters)?;
    tx.save(&promotion_code)?;
    events::emit_change(tx, "promotion_code.updated", &before, &promotion_code)?;
    Ok(promotion_code)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("promotion_code")
        .with_parameters(parameters, &["active", "customer"])
        .with_range(parameters, "created");
    // In whatever case it is written (<https://docs.stripe.com/api/promotion_codes/list>, `code`).
    if let Some(code) = parameters.owned("code") {
        select = select.compare("code", "COLLATE NOCASE =", code);
    }
    if let Some(coupon) = parameters.owned("coupon") {
        select = select.with("promotion.coupon", coupon);
    }
    select.page(tx, parameters, &request.path)
}
