//! Prices: <https://docs.stripe.com/api/prices>. Tiers and usage are not served.

use serde_json::{Value, json};

use super::{products, search};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::parameters::LARGEST_INTEGER;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/prices", create)
        .get("/v1/prices", list)
        .get("/v1/prices/search", find)
        .get("/v1/prices/{id}", retrieve)
        .post("/v1/prices/{id}", update)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    insert(tx, &request.parameters)
}

/// Adds a price, as `POST /v1/prices` and inline price data do.
pub(crate) fn insert(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let product = product_of(tx, parameters)?;
    let unit_amount = unit_amount(parameters)?;
    let recurring = recurring(parameters)?;
    let lookup_key = take_lookup_key(tx, parameters)?;
    let price = json!({
        "id": ids::new_id("price"),
        "object": "price",
        "active": parameters.field("active").and_then(Value::as_bool).unwrap_or(true),
        "billing_scheme": "per_unit",
        "created": tx.now(),
        "currency": currency(parameters)?,
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": lookup_key,
        "metadata": metadata::initial(parameters)?,
        "nickname": parameters.copy("nickname"),
        "product": product,
        "recurring": recurring,
        "tax_behavior": parameters.text("tax_behavior").unwrap_or("unspecified"),
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if recurring.is_null() { "one_time" } else { "recurring" },
        "unit_amount": unit_amount,
        "unit_amount_decimal": unit_amount.to_string(),
    });
    tx.insert(&price)?;
    events::emit(tx, "price.created", &price)?;
    Ok(price)
}

fn product_of(tx: &Tx<'_>, parameters: &Value) -> Result<String, ApiError> {
    match (parameters.text("product"), parameters.field("product_data")) {
        (Some(_), Some(_)) => {
            Err(ApiError::invalid("product_data", "Give either `product` or `product_data`, not both."))
        }
        (Some(id), None) => Ok(tx.get("product", id, "product")?.id().to_owned()),
        (None, Some(data)) => Ok(products::insert(tx, data)?.id().to_owned()),
        (None, None) => Err(ApiError::missing("product")),
    }
}

fn unit_amount(parameters: &Value) -> Result<i64, ApiError> {
    let decimal = parameters.text("unit_amount_decimal").map(str::parse::<i64>).transpose();
    let decimal = decimal.map_err(|_| {
        ApiError::invalid(
            "unit_amount_decimal",
            "The sandbox bills whole minor units only; fractions are not served.",
        )
    })?;
    match parameters.integer("unit_amount").or(decimal) {
        None => Err(ApiError::missing("unit_amount")),
        Some(amount) if amount < 0 => Err(ApiError::invalid("unit_amount", "A price cannot be negative.")
            .with_code("parameter_invalid_integer")),
        Some(amount) => Ok(amount),
    }
}

/// What so many cost at this price.
pub(crate) fn total(price: &Value, quantity: i64) -> Result<i64, ApiError> {
    let total = price.amount("unit_amount").checked_mul(quantity);
    total.filter(|total| total.abs() <= LARGEST_INTEGER).ok_or_else(|| {
        ApiError::invalid("quantity", "So many would cost more than Stripe charges.")
            .with_code("amount_too_large")
    })
}

fn recurring(parameters: &Value) -> Result<Value, ApiError> {
    let Some(given) = parameters.field("recurring") else { return Ok(Value::Null) };
    let count = given.integer("interval_count").unwrap_or(1);
    let longest = match given.text("interval") {
        Some("day") => 1_095,
        Some("week") => 156,
        Some("month") => 36,
        _ => 3,
    };
    if !(1..=longest).contains(&count) {
        let message = "The billing interval must be at least one and at most three years.";
        return Err(ApiError::invalid("recurring[interval_count]", message));
    }
    Ok(json!({
        "interval": given.copy("interval"),
        "interval_count": count,
        "meter": null,
        "trial_period_days": given.copy("trial_period_days"),
        "usage_type": "licensed",
    }))
}

/// The currency parameter as Stripe keeps it, in lower case.
pub(crate) fn currency(parameters: &Value) -> Result<String, ApiError> {
    let currency = parameters.text("currency").ok_or_else(|| ApiError::missing("currency"))?.to_lowercase();
    if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(currency);
    }
    Err(ApiError::invalid("currency", format!("Invalid currency: {currency}.")))
}

/// The lookup key asked for. Another price may hold it only if the request says to take it over.
fn take_lookup_key(tx: &Tx<'_>, parameters: &Value) -> Result<Option<String>, ApiError> {
    let Some(key) = parameters.owned("lookup_key") else { return Ok(None) };
    if let Some(mut holder) = Select::of("price").with("lookup_key", key.clone()).first(tx)? {
        if !parameters.flag("transfer_lookup_key") {
            let message = format!("The price {} has the lookup key '{key}' already.", holder.id());
            return Err(ApiError::invalid("lookup_key", message).with_code("resource_already_exists"));
        }
        let before = holder.clone();
        holder.put("lookup_key", Value::Null);
        tx.save(&holder)?;
        events::emit_change(tx, "price.updated", &before, &holder)?;
    }
    Ok(Some(key))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("price", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("price", request.id(), "id")?;
    let mut price = before.clone();
    copy_given(&mut price, &request.parameters, &["active", "nickname", "tax_behavior"]);
    if request.parameters.get("lookup_key").is_some() {
        let unchanged = request.parameters.text("lookup_key") == before.text("lookup_key");
        if !unchanged {
            price.put("lookup_key", json!(take_lookup_key(tx, &request.parameters)?));
        }
    }
    metadata::merge(&mut price, &request.parameters)?;
    tx.save(&price)?;
    events::emit_change(tx, "price.updated", &before, &price)?;
    Ok(price)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("price")
        .with_parameters(parameters, &["active", "currency", "product", "type"])
        .with_range(parameters, "created");
    if parameters.field("lookup_keys").is_some() {
        select = select.with_any("lookup_key", &search::texts(parameters, "lookup_keys"));
    }
    if let Some(interval) = parameters.owned("recurring.interval") {
        select = select.with("recurring.interval", interval);
    }
    select.page(tx, parameters, &request.path)
}

fn find(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    search::run(tx, "price", request)
}

/// A recurring price in the words of Stripe's older Plans, which subscription items still carry.
pub(crate) fn as_plan(price: &Value) -> Value {
    json!({
        "id": price.id(),
        "object": "plan",
        "active": price.copy("active"),
        "amount": price.copy("unit_amount"),
        "amount_decimal": price.copy("unit_amount_decimal"),
        "billing_scheme": "per_unit",
        "created": price.copy("created"),
        "currency": price.copy("currency"),
        "interval": price.copy("recurring.interval"),
        "interval_count": price.copy("recurring.interval_count"),
        "livemode": false,
        "metadata": price.copy("metadata"),
        "meter": null,
        "nickname": price.copy("nickname"),
        "product": price.copy("product"),
        "tiers_mode": null,
        "transform_usage": null,
        "trial_period_days": price.copy("recurring.trial_period_days"),
        "usage_type": "licensed",
    })
}
