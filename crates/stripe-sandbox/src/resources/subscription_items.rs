//! Reading subscription items: <https://docs.stripe.com/api/subscription_items>.

use serde_json::Value;

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/v1/subscription_items", list).get("/v1/subscription_items/{id}", retrieve)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("subscription_item", request.id(), "id")
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let subscription = request.parameters.text("subscription").unwrap_or_default();
    tx.get("subscription", subscription, "subscription")?;
    let select = Select::of("subscription_item").with("subscription", subscription.to_owned());
    select.page(tx, &request.parameters, &request.path)
}
