//! Subscriptions: <https://docs.stripe.com/api/subscriptions>. Updating them is in [`super::subscription_update`].

use serde_json::{Value, json};

use super::{payment_methods, prices, search, subscription_update};
use crate::billing::payments::{Attempt, Presence};
use crate::billing::subscribe::{self, FirstPayment, NewItem, NewSubscription};
use crate::billing::subscription;
use crate::billing::{change, discounts, taxes};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{blank, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/subscriptions", create)
        .get("/v1/subscriptions", list)
        .get("/v1/subscriptions/search", find)
        .get("/v1/subscriptions/{id}", retrieve)
        .post("/v1/subscriptions/{id}", subscription_update::update)
        .delete("/v1/subscriptions/{id}", cancel)
        .post("/v1/subscriptions/{id}/resume", subscription_update::resume)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = tx.get("customer", id, "customer")?;
    let new = NewSubscription {
        items: read_items(tx, parameters, "items")?,
        extras: read_items(tx, parameters, "add_invoice_items")?,
        redeemables: discounts::read(tx, parameters)?,
        trial_end: subscription::trial_end(tx, parameters, "")?,
        more: members(tx, parameters, &customer)?,
        customer,
    };
    if new.items.is_empty() {
        return Err(ApiError::missing("items"));
    }
    let behavior = parameters.text("payment_behavior").unwrap_or("allow_incomplete");
    let presence = if parameters.flag("off_session") { Presence::OffSession } else { Presence::OnSession };
    let later =
        parameters.text("collection_method") == Some("send_invoice") || behavior == "default_incomplete";
    let payment = if later { FirstPayment::Later } else { FirstPayment::Now(presence) };
    let (subscription, attempt) = subscribe::open(tx, &new, payment)?;
    match attempt {
        Some(Attempt::Declined(refusal)) if behavior == "error_if_incomplete" => {
            Err(payment_methods::refusal_error(&refusal).rolled_back())
        }
        Some(Attempt::Challenged) if behavior == "error_if_incomplete" => {
            let message = "The first payment needs an action of the customer before it can go on.";
            let code = "subscription_payment_intent_requires_action";
            Err(ApiError::card(code, None, message).rolled_back())
        }
        _ => Ok(subscription),
    }
}

pub(super) fn read_items(tx: &Tx<'_>, parameters: &Value, name: &str) -> Result<Vec<NewItem>, ApiError> {
    let mut items: Vec<NewItem> = Vec::new();
    for (index, given) in parameters.elements(name).iter().enumerate() {
        let param = format!("{name}[{index}]");
        let price = read_price(tx, given, &param, name == "items")?;
        let price = price.ok_or_else(|| ApiError::missing(&format!("{param}[price]")))?;
        if let Some(first) = items.first()
            && ["currency", "recurring.interval", "recurring.interval_count"]
                .iter()
                .any(|path| first.price.copy(path) != price.copy(path))
        {
            let message = "All items must have the same currency and the same interval.";
            return Err(ApiError::invalid(&format!("{param}[price]"), message));
        }
        let metadata = metadata::initial(given)?;
        let tax_rates = taxes::read(tx, given, "tax_rates")?;
        let quantity = given.integer("quantity").unwrap_or(1);
        let discountable = given.field("discountable").and_then(Value::as_bool).unwrap_or(true);
        items.push(NewItem { price, quantity, metadata, tax_rates, discountable });
    }
    Ok(items)
}

/// The price that an item names or describes, if it does either.
pub(super) fn read_price(
    tx: &Tx<'_>,
    given: &Value,
    param: &str,
    recurring: bool,
) -> Result<Option<Value>, ApiError> {
    let param = if param.is_empty() { "price".to_owned() } else { format!("{param}[price]") };
    let price = match (given.text("price").or(given.text("plan")), given.field("price_data")) {
        (Some(id), None) => tx.get("price", id, &param)?,
        (None, Some(data)) => prices::insert(tx, data)?,
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(ApiError::invalid(&param, "Give either a price or price data, not both."));
        }
    };
    if price.field("recurring").is_some() != recurring {
        let message = "Items need recurring prices, and items for one invoice need prices that do not recur.";
        return Err(ApiError::invalid(&param, message));
    }
    if !price.flag("active") {
        let message = format!("The price {} is inactive and cannot be sold.", price.id());
        return Err(ApiError::invalid(&param, message));
    }
    Ok(Some(price))
}

fn members(tx: &Tx<'_>, parameters: &Value, customer: &Value) -> Result<Value, ApiError> {
    let mut more = json!({
        "metadata": metadata::initial(parameters)?,
        "billing_mode": subscription::billing_mode(parameters),
    });
    let names = ["collection_method", "days_until_due", "description", "cancel_at_period_end", "cancel_at"];
    copy_given(&mut more, parameters, &names);
    if let Some(save) = parameters.field("payment_settings.save_default_payment_method") {
        more.put(
            "payment_settings",
            json!({
                "payment_method_options": null,
                "payment_method_types": parameters.copy("payment_settings.payment_method_types"),
                "save_default_payment_method": save,
            }),
        );
    }
    if parameters.field("default_tax_rates").is_some() {
        more.put("default_tax_rates", taxes::read(tx, parameters, "default_tax_rates")?);
    }
    if let Some(id) = parameters.text("default_payment_method") {
        more.put("default_payment_method", own_method(tx, id, customer.id())?);
    }
    if parameters.field("trial_settings").is_some() {
        let mut settings = blank::SUBSCRIPTION.copy()?;
        subscription_update::copy_trial_settings(&mut settings, parameters);
        more.put("trial_settings", settings.copy("trial_settings"));
    }
    if parameters.text("collection_method") == Some("send_invoice")
        && parameters.field("days_until_due").is_none()
    {
        return Err(ApiError::missing("days_until_due"));
    }
    Ok(more)
}

/// The id of a payment method that is attached to the customer.
pub(super) fn own_method(tx: &Tx<'_>, id: &str, customer: &str) -> Result<String, ApiError> {
    let param = "default_payment_method";
    let method = payment_methods::resolve(tx, id, param)?;
    if method.text("customer") == Some(customer) {
        return Ok(method.id().to_owned());
    }
    let message = "The payment method must be attached to the subscription's customer first.";
    Err(ApiError::invalid(param, message))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("subscription", request.id(), "id")
}

fn cancel(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let subscription = tx.get("subscription", request.id(), "id")?;
    if matches!(subscription.text("status"), Some("canceled" | "incomplete_expired")) {
        return Err(ApiError::no_such("subscription", request.id(), "id"));
    }
    cancel_now(tx, subscription, &request.parameters)
}

/// Ends a live subscription as `DELETE /v1/subscriptions/{id}` does.
pub(crate) fn cancel_now(
    tx: &Tx<'_>,
    mut subscription: Value,
    parameters: &Value,
) -> Result<Value, ApiError> {
    subscription_update::note_cancellation(&mut subscription, parameters);
    if parameters.flag("prorate") {
        change::credit_rest(tx, &subscription)?;
    }
    if parameters.flag("invoice_now") {
        change::invoice_waiting(tx, &subscription)?;
        subscription
            .put("latest_invoice", tx.linked("subscription", subscription.id())?.copy("latest_invoice"));
    }
    subscription::cancel_now(tx, &subscription)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("subscription")
        .with_parameters(parameters, &["customer", "collection_method", "test_clock"])
        .with_range(parameters, "created");
    select = match parameters.text("status") {
        Some("all") => select,
        Some("ended") => select.with_any("status", &["canceled".to_owned(), "incomplete_expired".to_owned()]),
        Some(status) => select.with("status", status.to_owned()),
        None => select.without("status", "canceled".to_owned()),
    };
    if let Some(price) = parameters.text("price").or(parameters.text("plan")) {
        let items = Select::of("subscription_item").with("price", price.to_owned()).all(tx)?;
        let owners: Vec<String> = items.iter().filter_map(|item| item.owned("subscription")).collect();
        select = select.with_any("id", &owners);
    }
    select.page(tx, parameters, &request.path)
}

fn find(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    search::run(tx, "subscription", request)
}
