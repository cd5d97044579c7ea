//! Subscriptions: <https://docs.stripe.com/api/subscriptions>. Changing items, and proration, are not served yet.

use serde_json::{Value, json};

use super::{payment_methods, prices, search};
use crate::billing::discounts;
use crate::billing::payments::{Attempt, Presence};
use crate::billing::subscribe::{self, FirstPayment, NewItem, NewSubscription};
use crate::billing::subscription;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/subscriptions", create)
        .get("/v1/subscriptions", list)
        .get("/v1/subscriptions/search", find)
        .get("/v1/subscriptions/{id}", retrieve)
        .post("/v1/subscriptions/{id}", update)
        .delete("/v1/subscriptions/{id}", cancel)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = tx.get("customer", id, "customer")?;
    let new = NewSubscription {
        items: read_items(tx, parameters, "items")?,
        extras: read_items(tx, parameters, "add_invoice_items")?,
        offers: discounts::read(tx, parameters)?,
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

fn read_items(tx: &Tx<'_>, parameters: &Value, name: &str) -> Result<Vec<NewItem>, ApiError> {
    let mut items: Vec<NewItem> = Vec::new();
    for (index, given) in parameters.elements(name).iter().enumerate() {
        let param = format!("{name}[{index}]");
        let price = match (given.text("price").or(given.text("plan")), given.field("price_data")) {
            (Some(id), None) => tx.get("price", id, &format!("{param}[price]"))?,
            (None, Some(data)) => prices::insert(tx, data)?,
            _ => return Err(ApiError::missing(&format!("{param}[price]"))),
        };
        let recurs = price.field("recurring").is_some();
        if recurs != (name == "items") {
            let message =
                "Items need recurring prices, and items for one invoice need prices that do not recur.";
            return Err(ApiError::invalid(&format!("{param}[price]"), message));
        }
        if !price.flag("active") {
            let message = format!("The price {} is inactive and cannot be sold.", price.id());
            return Err(ApiError::invalid(&format!("{param}[price]"), message));
        }
        if let Some(first) = items.first()
            && ["currency", "recurring.interval", "recurring.interval_count"]
                .iter()
                .any(|path| first.price.copy(path) != price.copy(path))
        {
            let message = "All items must have the same currency and the same interval.";
            return Err(ApiError::invalid(&format!("{param}[price]"), message));
        }
        let metadata = metadata::initial(given)?;
        items.push(NewItem { price, quantity: given.integer("quantity").unwrap_or(1), metadata });
    }
    Ok(items)
}

fn members(tx: &Tx<'_>, parameters: &Value, customer: &Value) -> Result<Value, ApiError> {
    let mut more = json!({ "metadata": metadata::initial(parameters)? });
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
    if let Some(id) = parameters.text("default_payment_method") {
        more.put("default_payment_method", own_method(tx, id, customer.id())?);
    }
    if parameters.text("collection_method") == Some("send_invoice")
        && parameters.field("days_until_due").is_none()
    {
        return Err(ApiError::missing("days_until_due"));
    }
    Ok(more)
}

/// The id of a payment method that is attached to the customer.
fn own_method(tx: &Tx<'_>, id: &str, customer: &str) -> Result<String, ApiError> {
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

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("subscription", request.id(), "id")?;
    let parameters = &request.parameters;
    if matches!(before.text("status"), Some("canceled" | "incomplete_expired")) {
        return Err(ApiError::request("A subscription that has ended cannot be changed."));
    }
    let mut subscription = before.clone();
    copy_given(&mut subscription, parameters, &["description", "days_until_due", "collection_method"]);
    match parameters.get("default_payment_method") {
        Some(Value::String(id)) => {
            let method = own_method(tx, id, before.text("customer").unwrap_or_default())?;
            subscription.put("default_payment_method", method);
        }
        Some(_) => subscription.put("default_payment_method", Value::Null),
        None => {}
    }
    schedule_end(tx, &mut subscription, parameters)?;
    note_cancellation(&mut subscription, parameters);
    metadata::merge(&mut subscription, parameters)?;
    subscription::save(tx, &mut subscription)?;
    events::emit_change(tx, "customer.subscription.updated", &before, &subscription)?;
    Ok(subscription)
}

/// Sets or lifts a cancellation in the future.
fn schedule_end(tx: &Tx<'_>, subscription: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    let at_period_end = parameters.field("cancel_at_period_end").and_then(Value::as_bool);
    let end = match (at_period_end, parameters.get("cancel_at")) {
        (Some(true), _) => Some(subscription::period_end(tx, subscription)?),
        (_, Some(at)) if at.is_i64() => at.as_i64(),
        (_, Some(Value::String(_))) => Some(subscription::period_end(tx, subscription)?),
        (Some(false), _) | (_, Some(Value::Null)) => None,
        _ => return Ok(()),
    };
    if end.is_some_and(|end| end <= tx.now()) {
        return Err(ApiError::invalid("cancel_at", "The time of a cancellation must be in the future."));
    }
    subscription.put("cancel_at", json!(end));
    subscription.put("cancel_at_period_end", at_period_end.unwrap_or(false));
    subscription.put("canceled_at", json!(end.map(|_| tx.now())));
    let reason = end.map(|_| "cancellation_requested");
    subscription.put("cancellation_details.reason", json!(reason));
    Ok(())
}

fn note_cancellation(subscription: &mut Value, parameters: &Value) {
    for name in ["cancellation_details.comment", "cancellation_details.feedback"] {
        if let Some(value) = parameters.field(name) {
            subscription.put(name, value.clone());
        }
    }
}

fn cancel(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut subscription = tx.get("subscription", request.id(), "id")?;
    if matches!(subscription.text("status"), Some("canceled" | "incomplete_expired")) {
        return Err(ApiError::no_such("subscription", request.id(), "id"));
    }
    note_cancellation(&mut subscription, &request.parameters);
    subscription::cancel_now(tx, &subscription)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("subscription")
        .with_parameters(parameters, &["customer", "collection_method"])
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
