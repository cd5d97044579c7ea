//! Tax rates: <https://docs.stripe.com/api/tax_rates>. What they do to invoices is in `billing::taxes`.

use serde_json::{Value, json};

use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

const CHANGEABLE: [&str; 7] =
    ["active", "country", "description", "display_name", "jurisdiction", "state", "tax_type"];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/tax_rates", create)
        .get("/v1/tax_rates", list)
        .get("/v1/tax_rates/{id}", retrieve)
        .post("/v1/tax_rates/{id}", update)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let percentage = parameters.field("percentage").and_then(Value::as_f64).unwrap_or(-1.0);
    if !(0.0..=100.0).contains(&percentage) {
        return Err(ApiError::invalid("percentage", "The percentage must be between 0 and 100."));
    }
    let mut rate = json!({
        "id": ids::new_id("txr"),
        "object": "tax_rate",
        "active": true,
        "country": null,
        "created": tx.now(),
        "description": null,
        "display_name": null,
        "effective_percentage": null,
        "flat_amount": null,
        "inclusive": parameters.flag("inclusive"),
        "jurisdiction": null,
        "jurisdiction_level": null,
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "percentage": percentage,
        "rate_type": "percentage",
        "state": null,
        "tax_type": null,
    });
    copy_given(&mut rate, parameters, &CHANGEABLE);
    tx.insert(&rate)?;
    events::emit(tx, "tax_rate.created", &rate)?;
    Ok(rate)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("tax_rate", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("tax_rate", request.id(), "id")?;
    let mut rate = before.clone();
    copy_given(&mut rate, &request.parameters, &CHANGEABLE);
    metadata::merge(&mut rate, &request.parameters)?;
    tx.save(&rate)?;
    events::emit_change(tx, "tax_rate.updated", &before, &rate)?;
    Ok(rate)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("tax_rate")
        .with_parameters(parameters, &["active", "inclusive"])
        .with_range(parameters, "created");
    select.page(tx, parameters, &request.path)
}
