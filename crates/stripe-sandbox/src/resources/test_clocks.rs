//! Test clocks: <https://docs.stripe.com/api/test_clocks>. One can be advanced by any length, with any number of
//! subscriptions, and is ready when the call answers.

use serde_json::{Value, json};

use super::{customers, deleted};
use crate::billing::clocks;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids};

const KIND: &str = "test_helpers.test_clock";
/// How long Stripe keeps a clock: 30 days.
const KEPT_SECONDS: i64 = 30 * 86_400;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/test_helpers/test_clocks", create)
        .get("/v1/test_helpers/test_clocks", list)
        .get("/v1/test_helpers/test_clocks/{id}", retrieve)
        .delete("/v1/test_helpers/test_clocks/{id}", delete)
        .post("/v1/test_helpers/test_clocks/{id}/advance", advance)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let clock = json!({
        "id": ids::new_id("clock"),
        "object": KIND,
        "created": tx.owners_now(),
        "deletes_after": tx.owners_now() + KEPT_SECONDS,
        "frozen_time": request.parameters.copy("frozen_time"),
        "livemode": false,
        "name": request.parameters.copy("name"),
        "status": "ready",
        "status_details": {},
    });
    tx.insert(&clock)?;
    events::emit(tx, "test_helpers.test_clock.created", &clock)?;
    Ok(clock)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get(KIND, request.id(), "id")
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    Select::of(KIND).page(tx, &request.parameters, &request.path)
}

fn advance(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut clock = tx.get(KIND, request.id(), "id")?;
    let until = request.parameters.amount("frozen_time");
    if until <= clock.amount("frozen_time") {
        let message = "A test clock only moves forward.";
        return Err(ApiError::invalid("frozen_time", message));
    }
    clocks::advance(tx, &mut clock, until)?;
    Ok(clock)
}

/// A clock takes its customers with it.
fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let clock = tx.get(KIND, request.id(), "id")?;
    for customer in Select::of("customer").with("test_clock", clock.id().to_owned()).all(tx)? {
        customers::remove(tx, &customer)?;
    }
    tx.remove(clock.id())?;
    events::emit(tx, "test_helpers.test_clock.deleted", &clock)?;
    Ok(deleted(&clock))
}
