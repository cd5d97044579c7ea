//! The calls that Stripe's own payment page makes. They are no public API; the official CLI uses two of them to
//! complete a Checkout Session without a browser, so the sandbox serves those.

use serde_json::Value;

use super::payment_methods;
use crate::checkout::{PayOutcome, pay};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::Tx;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/v1/payment_pages/{id}", retrieve).post("/v1/payment_pages/{id}/confirm", confirm)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("checkout.session", request.id(), "id")
}

fn confirm(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let session = tx.get("checkout.session", request.id(), "id")?;
    let expected = request.parameters.integer("expected_amount");
    if expected.is_some_and(|expected| expected != session.amount("amount_total")) {
        let message = "The order's total is another one than the page showed.";
        return Err(ApiError::invalid("expected_amount", message).with_code("checkout_amount_mismatch"));
    }
    let id = request.parameters.text("payment_method").ok_or_else(|| ApiError::missing("payment_method"))?;
    let method = payment_methods::resolve(tx, id, "payment_method")?;
    match pay::with_method(tx, session, method)? {
        PayOutcome::Declined { code, decline_code, message, .. } => {
            Err(ApiError::card(&code, decline_code.as_deref(), &message))
        }
        PayOutcome::Closed { .. } => Err(ApiError::request("This session is not open any more.")),
        PayOutcome::Paid { .. } | PayOutcome::ChallengeRequired { .. } => {
            tx.linked_copy("checkout.session", request.id())
        }
    }
}
