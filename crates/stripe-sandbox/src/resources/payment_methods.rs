//! Payment methods, cards only: <https://docs.stripe.com/api/payment_methods>.
//!
//! The number never leaves [`card_of`]; what is kept is the name of the test card it stands for.

use serde_json::{Value, json};

use super::tokens;
use crate::billing::period;
use crate::cards::{self, Behaviour, Refusal, TestCard};
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
        Some(other) => {
            let message = format!("The sandbox serves cards only, not {other}.");
            return Err(ApiError::invalid("type", message));
        }
        None => return Err(ApiError::missing("type")),
    }
    let given = parameters.field("card").ok_or_else(|| ApiError::missing("card"))?;
    let card = match given.text("token") {
        Some(token) => tokens::card_of(tx, token)?,
        None => card_of(tx, given)?,
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

/// A card as it was given, without its number.
pub(crate) struct Card {
    stands_for: &'static TestCard,
    exp_month: i64,
    exp_year: i64,
}

impl Card {
    /// A test card named by one of its aliases; it expires well after now.
    pub(crate) fn of_test_card(test_card: &'static TestCard, now: i64) -> Self {
        Self { stands_for: test_card, exp_month: 12, exp_year: period::year_and_month_of(now).0 + 4 }
    }

    /// The card behind a payment method.
    pub(crate) fn of_payment_method(payment_method: &Value) -> Option<Self> {
        Some(Self {
            stands_for: cards::by_number(payment_method.text("_test_card")?)?,
            exp_month: payment_method.integer("card.exp_month")?,
            exp_year: payment_method.integer("card.exp_year")?,
        })
    }
}

/// Reads a card given by number, and refuses what a form would refuse.
pub(crate) fn card_of(tx: &Tx<'_>, given: &Value) -> Result<Card, ApiError> {
    let number: String =
        given.text("number").unwrap_or_default().chars().filter(|c| !" -".contains(*c)).collect();
    if number.is_empty() {
        return Err(ApiError::missing("card[number]"));
    }
    if !cards::passes_check(&number) {
        return Err(card_mistake("incorrect_number", "number", "Your card number is incorrect."));
    }
    let (exp_month, exp_year) = expiry(tx, given)?;
    let test_card =
        cards::by_number(&number).ok_or_else(|| refusal_error(&cards::NOT_A_TEST_CARD).rolled_back())?;
    if let Some(cvc) = given.text("cvc") {
        let expected = if test_card.brand == "amex" { 3..=4 } else { 3..=3 };
        if !expected.contains(&cvc.len()) || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(card_mistake("invalid_cvc", "cvc", "Your card's security code is invalid."));
        }
    }
    Ok(Card { stands_for: test_card, exp_month, exp_year })
}

fn expiry(tx: &Tx<'_>, given: &Value) -> Result<(i64, i64), ApiError> {
    let month = given.amount("exp_month");
    let year = match given.amount("exp_year") {
        short @ 0..=99 => 2_000 + short,
        year => year,
    };
    let (now_year, now_month) = period::year_and_month_of(tx.now());
    if !(1..=12).contains(&month) {
        return Err(card_mistake(
            "invalid_expiry_month",
            "exp_month",
            "Your card's expiry month is invalid.",
        ));
    }
    if year < now_year || year > now_year + 50 {
        return Err(card_mistake("invalid_expiry_year", "exp_year", "Your card's expiry year is invalid."));
    }
    if year == now_year && month < now_month {
        return Err(card_mistake(
            "invalid_expiry_month",
            "exp_month",
            "Your card's expiry month is in the past.",
        ));
    }
    Ok((month, year))
}

fn card_mistake(code: &str, param: &str, message: &str) -> ApiError {
    ApiError::card(code, None, message).with_param(param).rolled_back()
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
    let payment_method = json!({
        "id": ids::new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": parameters.text("allow_redisplay").unwrap_or("unspecified"),
        "billing_details": billing_details(parameters),
        "card": {
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
        },
        "created": tx.now(),
        "customer": null,
        "customer_account": null,
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "type": "card",
        "_test_card": test_card.number,
        "_set_up": false,
    });
    tx.insert(&payment_method)?;
    Ok(payment_method)
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
    let before = tx.get("payment_method", request.id(), "id")?;
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
    events::emit_change(tx, "payment_method.detached", &before, &payment_method)?;
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
