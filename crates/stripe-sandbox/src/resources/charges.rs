//! Charges, which payment intents make: <https://docs.stripe.com/api/charges>. They cannot be made directly here.

use serde_json::Value;

use crate::billing::payments;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

const CHANGEABLE: [&str; 5] = ["description", "fraud_details", "receipt_email", "shipping", "transfer_group"];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/charges", list)
        .get("/v1/charges/{id}", retrieve)
        .post("/v1/charges/{id}", update)
        .post("/v1/charges/{id}/capture", capture)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("charge", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("charge", request.id(), "id")?;
    let mut charge = before.clone();
    copy_given(&mut charge, &request.parameters, &CHANGEABLE);
    metadata::merge(&mut charge, &request.parameters)?;
    tx.save(&charge)?;
    events::emit_change(tx, "charge.updated", &before, &charge)?;
    Ok(charge)
}

/// Captures through the intent, which keeps the two in step.
fn capture(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let charge = tx.get("charge", request.id(), "id")?;
    if charge.flag("captured") {
        let message = format!("Charge {} has already been captured.", charge.id());
        return Err(ApiError::request(message).with_code("charge_already_captured"));
    }
    let mut intent = tx.linked_copy("payment_intent", charge.text("payment_intent").unwrap_or_default())?;
    payments::capture(tx, &mut intent, request.parameters.integer("amount"))?;
    tx.linked_copy("charge", charge.id())
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    Select::of("charge")
        .with_parameters(parameters, &["customer", "payment_intent", "transfer_group"])
        .with_range(parameters, "created")
        .page(tx, parameters, &request.path)
}
