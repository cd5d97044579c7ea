//! The balance of a customer: <https://docs.stripe.com/api/customer_balance_transactions>.

use serde_json::{Value, json};

use super::prices;
use crate::billing::balance::{self, Movement};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

const KIND: &str = "customer_balance_transaction";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/customers/{id}/balance_transactions", create)
        .get("/v1/customers/{id}/balance_transactions", list)
        .get("/v1/customers/{id}/balance_transactions/{transaction}", retrieve)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("customer", request.id(), "id")?;
    let parameters = &request.parameters;
    let mut more = json!({ "metadata": metadata::initial(parameters)? });
    copy_given(&mut more, parameters, &["description"]);
    let currency = prices::currency(parameters)?;
    let movement =
        Movement { amount: parameters.amount("amount"), currency: &currency, kind: "adjustment", more };
    let mut customer = before.clone();
    let transaction = balance::move_by(tx, &mut customer, movement)?;
    events::emit_change(tx, "customer.updated", &before, &customer)?;
    Ok(transaction)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let customer = tx.get("customer", request.id(), "id")?;
    let parameters = &request.parameters;
    Select::of(KIND)
        .with("customer", customer.id().to_owned())
        .with_parameters(parameters, &["invoice"])
        .with_range(parameters, "created")
        .page(tx, parameters, &request.path)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let id = request.ids.get(1).map_or("", String::as_str);
    let transaction = tx.get(KIND, id, "id")?;
    if transaction.text("customer") == Some(request.id()) {
        return Ok(transaction);
    }
    Err(ApiError::no_such(KIND, id, "id"))
}
