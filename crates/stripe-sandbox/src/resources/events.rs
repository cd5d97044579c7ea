//! Reading events: <https://docs.stripe.com/api/events>. They are written by [`crate::events`].

use serde_json::Value;

use super::search;
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/v1/events", list).get("/v1/events/{id}", retrieve).post("/v1/events/{id}/retry", retry)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("event", request.id(), "id")
}

/// Sends an event again, as `stripe events resend` asks for: to the endpoint named, or to all that want it.
fn retry(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let event = tx.get("event", request.id(), "id")?;
    let endpoints = match request.parameters.text("webhook_endpoint") {
        Some(id) => vec![tx.get("webhook_endpoint", id, "webhook_endpoint")?.id().to_owned()],
        None => events::listeners(tx, event.text("type").unwrap_or_default())?,
    };
    events::queue(tx, event.id(), &endpoints)?;
    Ok(event)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("event").with_range(parameters, "created");
    if let Some(event_type) = parameters.text("type") {
        select = match event_type.strip_suffix('*') {
            Some(start) => select.starting("type", start),
            None => select.with("type", event_type.to_owned()),
        };
    }
    if parameters.field("types").is_some() {
        select = select.with_any("type", &search::texts(parameters, "types"));
    }
    if let Some(delivered) = parameters.field("delivery_success").and_then(Value::as_bool) {
        select = select.delivered(delivered);
    }
    select.page(tx, parameters, &request.path)
}
