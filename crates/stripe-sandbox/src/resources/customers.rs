//! Customers: <https://docs.stripe.com/api/customers>.

use serde_json::{Value, json};

use super::{customer_discounts, deleted, payment_methods, search};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{cards, events, ids, metadata};

const CHANGEABLE: [&str; 8] =
    ["address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt"];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/customers", create)
        .get("/v1/customers", list)
        .get("/v1/customers/search", find)
        .get("/v1/customers/{id}", retrieve)
        .post("/v1/customers/{id}", update)
        .delete("/v1/customers/{id}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    insert(tx, &request.parameters)
}

/// Adds a customer, as `POST /v1/customers` and a Checkout page do.
pub(crate) fn insert(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let mut customer = json!({
        "id": ids::new_id("cus"),
        "object": "customer",
        "address": null,
        "balance": 0,
        "created": tx.now(),
        "currency": null,
        "default_source": null,
        "delinquent": false,
        "description": null,
        "discount": null,
        "email": null,
        "invoice_prefix": ids::letters(8).to_uppercase(),
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": null,
            "footer": null,
            "rendering_options": null,
        },
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "name": null,
        "next_invoice_sequence": 1,
        "phone": null,
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    });
    check_email(parameters)?;
    copy_given(&mut customer, parameters, &CHANGEABLE);
    if let Some(clock) = parameters.text("test_clock") {
        customer.put("test_clock", tx.get("test_helpers.test_clock", clock, "test_clock")?.id());
    }
    tx.insert(&customer)?;
    attach_given_method(tx, &mut customer, parameters)?;
    customer_discounts::take(tx, &mut customer, parameters)?;
    events::emit(tx, "customer.created", &customer)?;
    Ok(customer)
}

/// Attaches the payment method of a new customer. An alias such as `pm_card_visa`, given as `payment_method` and again
/// as the default one, means a single method.
fn attach_given_method(tx: &Tx<'_>, customer: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    let default = parameters.text("invoice_settings.default_payment_method");
    let source = parameters.text("source");
    let Some(id) = parameters.text("payment_method").or(source) else {
        return set_default_method(tx, customer, default);
    };
    let mut method = payment_methods::resolve(tx, id, "payment_method")?;
    payment_methods::attach(tx, &mut method, customer.id())?;
    if default == Some(id) || source.is_some() {
        return set_default_method(tx, customer, Some(method.id()));
    }
    set_default_method(tx, customer, default)
}

fn set_default_method(tx: &Tx<'_>, customer: &mut Value, id: Option<&str>) -> Result<(), ApiError> {
    let Some(id) = id else { return Ok(()) };
    let param = "invoice_settings[default_payment_method]";
    let mut method = payment_methods::resolve(tx, id, param)?;
    if cards::by_alias(id).is_some() {
        payment_methods::attach(tx, &mut method, customer.id())?;
    }
    if method.text("customer") != Some(customer.id()) {
        let message = "The default payment method must be attached to the customer first.";
        return Err(ApiError::invalid(param, message));
    }
    customer.put("invoice_settings.default_payment_method", method.id());
    tx.save(customer)
}

/// Makes an attached payment method the one that pays for subscriptions and invoices.
pub(crate) fn make_default(tx: &Tx<'_>, before: &Value, method: &str) -> Result<(), ApiError> {
    let mut customer = before.clone();
    set_default_method(tx, &mut customer, Some(method))?;
    events::emit_change(tx, "customer.updated", before, &customer)
}

/// Refuses what cannot be an e-mail address.
pub(crate) fn check_email(parameters: &Value) -> Result<(), ApiError> {
    let Some(email) = parameters.text("email") else { return Ok(()) };
    let plausible = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if plausible && !email.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(ApiError::invalid("email", format!("Invalid email address: {email}")).with_code("email_invalid"))
}

/// A deleted customer is still answered, as deleted.
fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let found = tx.find(request.id())?.filter(|object| object.kind() == "customer");
    found.ok_or_else(|| ApiError::no_such("customer", request.id(), "id"))
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    change(tx, &tx.get("customer", request.id(), "id")?, &request.parameters)
}

/// Changes a customer as `POST /v1/customers/{id}` does.
pub(crate) fn change(tx: &Tx<'_>, before: &Value, parameters: &Value) -> Result<Value, ApiError> {
    let mut customer = before.clone();
    check_email(parameters)?;
    copy_given(&mut customer, parameters, &CHANGEABLE);
    for (name, empty) in [("tax_exempt", json!("none")), ("preferred_locales", json!([]))] {
        if customer.field(name).is_none() {
            customer.put(name, empty);
        }
    }
    let default_method = "/invoice_settings/default_payment_method";
    if parameters.pointer(default_method) == Some(&Value::Null) {
        customer.put("invoice_settings.default_payment_method", Value::Null);
    }
    attach_given_method(tx, &mut customer, parameters)?;
    metadata::merge(&mut customer, parameters)?;
    tx.save(&customer)?;
    customer_discounts::take(tx, &mut customer, parameters)?;
    events::emit_change(tx, "customer.updated", before, &customer)?;
    Ok(customer)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    remove(tx, &tx.get("customer", request.id(), "id")?)
}

/// Deletes a customer and ends the subscriptions they had.
pub(super) fn remove(tx: &Tx<'_>, customer: &Value) -> Result<Value, ApiError> {
    for subscription in Select::of("subscription").with("customer", customer.id().to_owned()).all(tx)? {
        crate::billing::subscription::cancel_now(tx, &subscription)?;
    }
    let gone = deleted(customer);
    tx.save(&gone)?;
    events::emit(tx, "customer.deleted", customer)?;
    Ok(gone)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("customer")
        .without("deleted", 1)
        .with_parameters(parameters, &["email", "test_clock"])
        .with_range(parameters, "created");
    select.page(tx, parameters, &request.path)
}

fn find(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    search::run(tx, "customer", request)
}
