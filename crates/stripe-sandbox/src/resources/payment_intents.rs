//! Payment intents: <https://docs.stripe.com/api/payment_intents>.

use serde_json::{Value, json};

use super::{payment_methods, prices};
use crate::billing::payments::{self, Attempt, Presence};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

const CHANGEABLE: [&str; 8] = [
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
    "capture_method",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/payment_intents", create)
        .get("/v1/payment_intents", list)
        .get("/v1/payment_intents/{id}", retrieve)
        .post("/v1/payment_intents/{id}", update)
        .post("/v1/payment_intents/{id}/confirm", confirm)
        .post("/v1/payment_intents/{id}/capture", capture)
        .post("/v1/payment_intents/{id}/cancel", cancel)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let amount = checked_amount(parameters)?;
    let customer = parameters.text("customer").map(|id| tx.get("customer", id, "customer")).transpose()?;
    let mut more = json!({
        "customer": customer.as_ref().map(Fields::id),
        "metadata": metadata::initial(parameters)?,
        "automatic_payment_methods": parameters.copy("automatic_payment_methods"),
        "_return_url": parameters.copy("return_url"),
    });
    copy_given(&mut more, parameters, &CHANGEABLE);
    copy_given(&mut more, parameters, &["confirmation_method", "payment_method_types"]);
    let mut intent = payments::open(tx, amount, &prices::currency(parameters)?, more)?;
    if let Some(method) = given_method(tx, parameters)? {
        set_method(tx, &mut intent, &method)?;
    }
    if parameters.flag("confirm") {
        return attempt(tx, intent, parameters);
    }
    Ok(intent)
}

fn checked_amount(parameters: &Value) -> Result<i64, ApiError> {
    match parameters.integer("amount") {
        Some(amount) if amount >= 1 => Ok(amount),
        Some(_) => {
            Err(ApiError::invalid("amount", "The amount must be at least 1.").with_code("amount_too_small"))
        }
        None => Err(ApiError::missing("amount")),
    }
}

/// The payment method that a request names or describes.
pub(super) fn given_method(tx: &Tx<'_>, parameters: &Value) -> Result<Option<Value>, ApiError> {
    match (parameters.text("payment_method"), parameters.field("payment_method_data")) {
        (Some(id), _) => payment_methods::resolve(tx, id, "payment_method").map(Some),
        (None, Some(data)) => payment_methods::insert(tx, data).map(Some),
        (None, None) => Ok(None),
    }
}

fn set_method(tx: &Tx<'_>, intent: &mut Value, method: &Value) -> Result<(), ApiError> {
    let owner = method.text("customer");
    if owner.is_some() && owner != intent.text("customer") {
        let message = "The payment method belongs to a customer; name the same one for the payment.";
        return Err(ApiError::invalid("payment_method", message).with_code("payment_method_unexpected_state"));
    }
    intent.put("payment_method", method.id());
    if intent.text("status") == Some("requires_payment_method") {
        intent.put("status", "requires_confirmation");
    }
    tx.save(intent)
}

/// Confirms, and keeps the card with the customer when the intent was made to.
fn attempt(tx: &Tx<'_>, mut intent: Value, parameters: &Value) -> Result<Value, ApiError> {
    let Some(method) = intent.owned("payment_method") else {
        let message = "A payment method is needed to confirm the payment.";
        return Err(ApiError::request(message).with_code("payment_intent_unexpected_state"));
    };
    let mut method = tx.linked_copy("payment_method", &method)?;
    let off_session = parameters.field("off_session").is_some_and(|value| value != &json!(false));
    let presence = if off_session { Presence::OffSession } else { Presence::OnSession };
    match payments::confirm(tx, &mut intent, &mut method, presence)? {
        Attempt::Declined(refusal) => return Err(payments::declined_error(&refusal, &intent)),
        Attempt::Challenged if parameters.flag("error_on_requires_action") => {
            return Err(payments::declined_error(&crate::cards::AUTHENTICATION_REQUIRED, &intent));
        }
        Attempt::Challenged | Attempt::Processing | Attempt::Succeeded => {}
    }
    if let (Some(customer), Some(_)) = (intent.text("customer"), intent.text("setup_future_usage"))
        && intent.text("status") == Some("succeeded")
    {
        method.put("_set_up", true);
        payment_methods::attach(tx, &mut method, customer)?;
    }
    tx.linked_copy("payment_intent", intent.id())
}

fn confirm(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut intent = tx.get("payment_intent", request.id(), "id")?;
    expect_status(&intent, &["requires_payment_method", "requires_confirmation", "requires_action"])?;
    if let Some(return_url) = request.parameters.text("return_url") {
        intent.put("_return_url", return_url);
    }
    copy_given(&mut intent, &request.parameters, &["receipt_email", "setup_future_usage", "shipping"]);
    if let Some(method) = given_method(tx, &request.parameters)? {
        set_method(tx, &mut intent, &method)?;
    }
    attempt(tx, intent, &request.parameters)
}

fn capture(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut intent = tx.get("payment_intent", request.id(), "id")?;
    expect_status(&intent, &["requires_capture"])?;
    payments::capture(tx, &mut intent, request.parameters.integer("amount_to_capture"))?;
    Ok(intent)
}

fn cancel(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut intent = tx.get("payment_intent", request.id(), "id")?;
    let cancelable =
        ["requires_payment_method", "requires_confirmation", "requires_action", "requires_capture"];
    expect_status(&intent, &cancelable)?;
    payments::cancel(tx, &mut intent, request.parameters.text("cancellation_reason"))?;
    Ok(intent)
}

fn expect_status(intent: &Value, expected: &[&str]) -> Result<(), ApiError> {
    let status = intent.text("status").unwrap_or_default();
    if expected.contains(&status) {
        return Ok(());
    }
    let message = format!("This is not possible while the payment intent's status is {status}.");
    Err(ApiError::request(message)
        .with_code("payment_intent_unexpected_state")
        .with("payment_intent", crate::present::public(intent.clone())))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("payment_intent", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("payment_intent", request.id(), "id")?;
    let parameters = &request.parameters;
    let mut intent = before.clone();
    copy_given(&mut intent, parameters, &CHANGEABLE);
    if parameters.field("amount").is_some() || parameters.field("currency").is_some() {
        expect_status(&before, &["requires_payment_method", "requires_confirmation", "requires_action"])?;
        copy_given(&mut intent, parameters, &["amount", "currency"]);
    }
    if let Some(id) = parameters.text("customer") {
        intent.put("customer", tx.get("customer", id, "customer")?.id());
    }
    metadata::merge(&mut intent, parameters)?;
    tx.save(&intent)?;
    if let Some(method) = given_method(tx, parameters)? {
        set_method(tx, &mut intent, &method)?;
    }
    events::emit_change(tx, "payment_intent.updated", &before, &intent)?;
    Ok(intent)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("payment_intent")
        .with_parameters(parameters, &["customer"])
        .with_range(parameters, "created");
    select.page(tx, parameters, &request.path)
}
