//! Reading how invoices were paid: <https://docs.stripe.com/api/invoice-payment>.

use serde_json::Value;

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/v1/invoice_payments", list).get("/v1/invoice_payments/{id}", retrieve)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("invoice_payment", request.id(), "id")
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("invoice_payment")
        .with_parameters(parameters, &["invoice", "status"])
        .with_range(parameters, "created");
    if let Some(intent) = parameters.owned("payment.payment_intent") {
        select = select.with("payment.payment_intent", intent);
    }
    select.page(tx, parameters, &request.path)
}
