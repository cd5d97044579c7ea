//! Disputes, which a card's owner raises at their bank: <https://docs.stripe.com/api/disputes>. The cards that do so are
//! among the test cards.

use serde_json::Value;

use crate::billing::disputes;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/disputes", list)
        .get("/v1/disputes/{id}", retrieve)
        .post("/v1/disputes/{id}", update)
        .post("/v1/disputes/{id}/close", close)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    Select::of(disputes::DISPUTE)
        .with_parameters(parameters, &["charge", "payment_intent"])
        .with_range(parameters, "created")
        .page(tx, parameters, &request.path)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get(disputes::DISPUTE, request.id(), "id")
}

/// Keeps evidence, and sends it to the bank unless `submit` is false.
fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let before = tx.get(disputes::DISPUTE, request.id(), "id")?;
    let mut dispute = before.clone();
    copy_given(&mut dispute, parameters, &["intended_submission_method"]);
    metadata::merge(&mut dispute, parameters)?;
    let given = parameters.field("evidence").and_then(Value::as_object);
    if given.is_some() {
        disputes::ensure_open(&dispute)?;
    }
    for (name, evidence) in given.into_iter().flatten() {
        dispute.put(&format!("evidence.{name}"), evidence.clone());
        dispute.put("evidence_details.has_evidence", true);
    }
    if given.is_some() && parameters.field("submit") != Some(&Value::Bool(false)) {
        disputes::submit(tx, &before, &mut dispute)?;
    } else {
        tx.save(&dispute)?;
        events::emit_change(tx, "charge.dispute.updated", &before, &dispute)?;
    }
    Ok(dispute)
}

fn close(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut dispute = tx.get(disputes::DISPUTE, request.id(), "id")?;
    disputes::ensure_open(&dispute)?;
    disputes::concede(tx, &mut dispute)?;
    Ok(dispute)
}
