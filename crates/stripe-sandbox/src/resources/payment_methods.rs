//! Payment methods, cards and SEPA debits: <https://docs.stripe.com/api/payment_methods>.
//!
//! What is kept of a card is the test card it stands for, never what was typed.

use serde_json::{Value, json};

use super::tokens;
use crate::cards::accounts;
use crate::cards::entry::{self, Card};
use crate::cards::{self, Behaviour, Refusal};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

const BILLING_DETAILS: [&str; 9] = [
    "email",
    "name",
    "phone",
    "address.city",
    "address.country",
    "address.line1",
    "address.line2",
    "address.postal_code",
    "address.state",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/payment_methods", create)
        .get("/v1/payment_methods", list)
        .get("/v1/payment_methods/{id}", retrieve)
        .post("/v1/payment_methods/{id}", update)
        .post("/v1/payment_methods/{id}/attach", attach_to_customer)
        .post("/v1/payment_methods/{id}/detach", detach)
        .get("/v1/customers/{id}/payment_methods", list_of_customer)
        .get("/v1/customers/{id}/payment_methods/{payment_method}", retrieve_of_customer)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    insert(tx, &request.parameters)
}

/// Adds a payment method from `payment_method_data` or the like.
pub(crate) fn insert(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    match parameters.text("type") {
        Some("card") => {}
        Some("sepa_debit") => {
            let iban = parameters.text("sepa_debit.iban");
            let iban = iban.ok_or_else(|| ApiError::missing("sepa_debit[iban]"))?;
            return add_debit(tx, iban, parameters);
        }
        Some(other) => {
            let message = format!("The sandbox serves cards and SEPA debits only, not {other}.");
            return Err(ApiError::invalid("type", message));
        }
        None => return Err(ApiError::missing("type")),
    }
    let given = parameters.field("card").ok_or_else(|| ApiError::missing("card"))?;
    let card = match given.text("token") {
        Some(token) => tokens::card_of(tx, token)?,
        None => entry::read(tx, given)?,
    };
    add(tx, &card, parameters)
}

/// Finds the payment method that a request names. Ids such as `pm_card_visa` stand for a test card and make a new
/// payment method each time they are used.
pub(crate) fn resolve(tx: &Tx<'_>, id: &str, param: &str) -> Result<Value, ApiError> {
    if let Some(card) = cards::by_alias(id) {
        return add(tx, &Card::of_test_card(card, tx.now()), &json!({}));
    }
    tx.get("payment_method", id, param)
}

/// A refusal by the issuer as the API words it.
pub(crate) fn refusal_error(refusal: &Refusal) -> ApiError {
    let error = ApiError::card(refusal.code, Some(refusal.decline_code), refusal.message);
    match refusal.param {
        Some(param) => error.with_param(param),
        None => error,
    }
}

/// Adds a payment method for a card.
pub(crate) fn add(tx: &Tx<'_>, card: &Card, parameters: &Value) -> Result<Value, ApiError> {
    let test_card = card.stands_for;
    let mut payment_method = blank(tx, "card", parameters)?;
    payment_method.put(
        "card",
        json!({
            "brand": test_card.brand,
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": "pass" },
            "country": "US",
            "display_brand": test_card.brand,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": format!("sandbox{}", test_card.last4()),
            "funding": test_card.funding,
            "generated_from": null,
            "last4": test_card.last4(),
            "networks": { "available": [test_card.brand], "preferred": null },
            "regulated_status": null,
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        }),
    );
    payment_method.put("_test_card", test_card.number);
    tx.insert(&payment_method)?;
    Ok(payment_method)
}

/// Adds a payment method for one of the test bank accounts.
pub(crate) fn add_debit(tx: &Tx<'_>, iban: &str, parameters: &Value) -> Result<Value, ApiError> {
    let account = accounts::by_iban(iban).ok_or_else(|| {
        let message = "This IBAN is none of the test accounts.";
        ApiError::invalid("sepa_debit[iban]", message).with_code("invalid_bank_account_iban")
    })?;
    let mut payment_method = blank(tx, "sepa_debit", parameters)?;
    payment_method.put(
        "sepa_debit",
        json!({
            "bank_code": account.iban.get(4..9),
            "branch_code": "",
            "country": account.country(),
            "fingerprint": format!("sandbox{}", account.last4()),
            "generated_from": { "charge": null, "setup_attempt": null },
            "last4": account.last4(),
        }),
    );
    payment_method.put("_test_account", account.iban);
    tx.insert(&payment_method)?;
    Ok(payment_method)
}

/// What payment methods of every kind have.
fn blank(tx: &Tx<'_>, kind: &str, parameters: &Value) -> Result<Value, ApiError> {
    Ok(json!({
        "id": ids::new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": parameters.text("allow_redisplay").unwrap_or("unspecified"),
        "billing_details": billing_details(parameters),
        "created": tx.now(),
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "type": kind,
        "_set_up": false,
    }))
}

fn billing_details(parameters: &Value) -> Value {
    let mut details = json!({
        "address": { "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null },
        "email": null,
        "name": null,
        "phone": null,
        "tax_id": null,
    });
    merge_billing_details(&mut details, parameters);
    details
}

fn merge_billing_details(details: &mut Value, parameters: &Value) {
    for name in BILLING_DETAILS {
        if let Some(value) = parameters.field(&format!("billing_details.{name}")) {
            details.put(name, value.clone());
        }
    }
}

/// What the card behind a payment method does.
pub(crate) fn behaviour(payment_method: &Value) -> Behaviour {
    if let Some(account) = payment_method.text("_test_account").and_then(accounts::by_iban) {
        return account.behaviour();
    }
    let card = payment_method.text("_test_card").and_then(cards::by_number);
    card.map_or(Behaviour::Succeeds, |card| card.behaviour)
}

/// Attaches a payment method to a customer. Cards that are always refused cannot be saved.
pub(crate) fn attach(tx: &Tx<'_>, payment_method: &mut Value, customer: &str) -> Result<(), ApiError> {
    match payment_method.text("customer") {
        Some(owner) if owner == customer => return Ok(()),
        Some(_) => {
            let message = "The payment method is attached to another customer already; detach it first.";
            return Err(ApiError::request(message).with_code("payment_method_unexpected_state"));
        }
        None => {}
    }
    if let Behaviour::Declines(refusal) = behaviour(payment_method) {
        return Err(refusal_error(&refusal).rolled_back());
    }
    payment_method.put("customer", customer);
    tx.save(payment_method)?;
    events::emit(tx, "payment_method.attached", payment_method)
}

fn attach_to_customer(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let customer = request.parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    tx.get("customer", customer, "customer")?;
    let mut payment_method = resolve(tx, request.id(), "id")?;
    attach(tx, &mut payment_method, customer)?;
    Ok(payment_method)
}

fn detach(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    take_off(tx, &tx.get("payment_method", request.id(), "id")?)
}

/// Detaches a payment method from its customer.
pub(crate) fn take_off(tx: &Tx<'_>, before: &Value) -> Result<Value, ApiError> {
    let Some(customer_id) = before.owned("customer") else {
        return Err(ApiError::request("The payment method is attached to no customer.")
            .with_code("payment_method_unexpected_state"));
    };
    let mut payment_method = before.clone();
    payment_method.put("customer", Value::Null);
    tx.save(&payment_method)?;
    if let Some(mut customer) = tx.find_kind("customer", &customer_id)?
        && customer.text("invoice_settings.default_payment_method") == Some(payment_method.id())
    {
        customer.put("invoice_settings.default_payment_method", Value::Null);
        tx.save(&customer)?;
    }
    events::emit_change(tx, "payment_method.detached", before, &payment_method)?;
    Ok(payment_method)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("payment_method", request.id(), "id")
}

fn retrieve_of_customer(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let id = request.ids.get(1).map_or("", String::as_str);
    let payment_method = tx.get("payment_method", id, "id")?;
    if payment_method.text("customer") == Some(request.id()) {
        return Ok(payment_method);
    }
    Err(ApiError::no_such("payment_method", id, "id"))
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("payment_method", request.id(), "id")?;
    let mut payment_method = before.clone();
    copy_given(&mut payment_method, &request.parameters, &["allow_redisplay"]);
    merge_billing_details(&mut payment_method["billing_details"], &request.parameters);
    for name in ["card.exp_month", "card.exp_year"] {
        if let Some(value) = request.parameters.field(name) {
            payment_method.put(name, value.clone());
        }
    }
    metadata::merge(&mut payment_method, &request.parameters)?;
    tx.save(&payment_method)?;
    events::emit_change(tx, "payment_method.updated", &before, &payment_method)?;
    Ok(payment_method)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let select = Select::of("payment_method")
        .with_parameters(&request.parameters, &["customer", "type", "allow_redisplay"]);
    select.page(tx, &request.parameters, &request.path)
}

fn list_of_customer(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("customer", request.id(), "id")?;
    let select = Select::of("payment_method")
        .with("customer", request.id().to_owned())
        .with_parameters(&request.parameters, &["type", "allow_redisplay"]);
    select.page(tx, &request.parameters, &request.path)
}
