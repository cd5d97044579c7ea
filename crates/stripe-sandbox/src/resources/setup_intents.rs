//! Setup intents: <https://docs.stripe.com/api/setup_intents>.

use serde_json::{Value, json};

use super::payment_intents::given_method;
use crate::billing::payments::Attempt;
use crate::billing::setups;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/setup_intents", create)
        .get("/v1/setup_intents", list)
        .get("/v1/setup_intents/{id}", retrieve)
        .post("/v1/setup_intents/{id}", update)
        .post("/v1/setup_intents/{id}/confirm", confirm)
        .post("/v1/setup_intents/{id}/cancel", cancel)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let customer = parameters.text("customer").map(|id| tx.get("customer", id, "customer")).transpose()?;
    let mut more = json!({
        "customer": customer.as_ref().map(Fields::id),
        "metadata": metadata::initial(parameters)?,
        "automatic_payment_methods": parameters.copy("automatic_payment_methods"),
        "_return_url": parameters.copy("return_url"),
    });
    copy_given(&mut more, parameters, &["description", "payment_method_types", "usage"]);
    let mut intent = setups::open(tx, more)?;
    if let Some(method) = given_method(tx, parameters)? {
        set_method(tx, &mut intent, &method)?;
    }
    if parameters.flag("confirm") { attempt(tx, intent) } else { Ok(intent) }
}

fn set_method(tx: &Tx<'_>, intent: &mut Value, method: &Value) -> Result<(), ApiError> {
    intent.put("payment_method", method.id());
    intent.put("status", "requires_confirmation");
    tx.save(intent)
}

fn attempt(tx: &Tx<'_>, mut intent: Value) -> Result<Value, ApiError> {
    let Some(method) = intent.owned("payment_method") else {
        let message = "A payment method is needed to confirm the setup.";
        return Err(ApiError::request(message).with_code("setup_intent_unexpected_state"));
    };
    let mut method = tx.linked_copy("payment_method", &method)?;
    match setups::confirm(tx, &mut intent, &mut method)? {
        Attempt::Declined(refusal) => Err(setups::declined_error(&refusal, &intent)),
        Attempt::Challenged | Attempt::Processing | Attempt::Succeeded => Ok(intent),
    }
}

fn confirm(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut intent = tx.get("setup_intent", request.id(), "id")?;
    expect_unfinished(&intent)?;
    if let Some(return_url) = request.parameters.text("return_url") {
        intent.put("_return_url", return_url);
    }
    if let Some(method) = given_method(tx, &request.parameters)? {
        set_method(tx, &mut intent, &method)?;
    }
    attempt(tx, intent)
}

fn cancel(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut intent = tx.get("setup_intent", request.id(), "id")?;
    expect_unfinished(&intent)?;
    intent.put("status", "canceled");
    intent.put("next_action", Value::Null);
    intent.put("cancellation_reason", request.parameters.copy("cancellation_reason"));
    tx.save(&intent)?;
    events::emit(tx, "setup_intent.canceled", &intent)?;
    Ok(intent)
}

fn expect_unfinished(intent: &Value) -> Result<(), ApiError> {
    let status = intent.text("status").unwrap_or_default();
    if !matches!(status, "succeeded" | "canceled") {
        return Ok(());
    }
    let message = format!("This is not possible while the setup intent's status is {status}.");
    Err(ApiError::request(message)
        .with_code("setup_intent_unexpected_state")
        .with("setup_intent", crate::present::public(intent.clone())))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("setup_intent", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut intent = tx.get("setup_intent", request.id(), "id")?;
    expect_unfinished(&intent)?;
    copy_given(&mut intent, &request.parameters, &["description"]);
    if let Some(id) = request.parameters.text("customer") {
        intent.put("customer", tx.get("customer", id, "customer")?.id());
    }
    metadata::merge(&mut intent, &request.parameters)?;
    tx.save(&intent)?;
    if let Some(method) = given_method(tx, &request.parameters)? {
        set_method(tx, &mut intent, &method)?;
    }
    Ok(intent)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("setup_intent")
        .with_parameters(parameters, &["customer", "payment_method"])
        .with_range(parameters, "created");
    select.page(tx, parameters, &request.path)
}
