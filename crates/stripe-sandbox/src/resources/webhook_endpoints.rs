//! Webhook endpoints: <https://docs.stripe.com/api/webhook_endpoints>.

use serde_json::{Value, json};

use super::deleted;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::options::WebhookTarget;
use crate::store::{Select, Tx};
use crate::{ids, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/webhook_endpoints", create)
        .get("/v1/webhook_endpoints", list)
        .get("/v1/webhook_endpoints/{id}", retrieve)
        .post("/v1/webhook_endpoints/{id}", update)
        .delete("/v1/webhook_endpoints/{id}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let secret = format!("whsec_{}", ids::letters(32));
    let endpoint = insert(tx, &request.parameters, &secret)?;
    // Stripe shows the secret once, when the endpoint is made.
    let mut answer = endpoint;
    answer.put("secret", secret);
    Ok(answer)
}

/// The endpoint that the sandbox's owner chose: made once, brought up to date after.
pub(crate) fn ensure(tx: &Tx<'_>, target: &WebhookTarget) -> Result<(), ApiError> {
    let parameters = json!({ "url": target.url, "enabled_events": target.enabled_events });
    let known = Select::of("webhook_endpoint").with("_from_options", 1).first(tx)?;
    let mut endpoint = known.map_or_else(|| insert(tx, &parameters, &target.secret), Ok)?;
    copy_given(&mut endpoint, &parameters, &["url", "enabled_events"]);
    endpoint.put("_secret", target.secret.as_str());
    endpoint.put("_from_options", true);
    tx.save(&endpoint)
}

fn insert(tx: &Tx<'_>, parameters: &Value, secret: &str) -> Result<Value, ApiError> {
    check_url(parameters)?;
    let endpoint = json!({
        "id": ids::new_id("we"),
        "object": "webhook_endpoint",
        "api_version": parameters.copy("api_version"),
        "application": null,
        "created": tx.now(),
        "description": parameters.copy("description"),
        "enabled_events": parameters.copy("enabled_events"),
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "status": "enabled",
        "url": parameters.copy("url"),
        "_secret": secret,
    });
    tx.insert(&endpoint)?;
    Ok(endpoint)
}

fn check_url(parameters: &Value) -> Result<(), ApiError> {
    let url = parameters.text("url").unwrap_or_default();
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(());
    }
    Err(ApiError::invalid("url", "The URL must begin with http:// or https://.").with_code("url_invalid"))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("webhook_endpoint", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut endpoint = tx.get("webhook_endpoint", request.id(), "id")?;
    if request.parameters.field("url").is_some() {
        check_url(&request.parameters)?;
    }
    copy_given(&mut endpoint, &request.parameters, &["description", "enabled_events", "url"]);
    if let Some(disabled) = request.parameters.field("disabled").and_then(Value::as_bool) {
        endpoint.put("status", if disabled { "disabled" } else { "enabled" });
    }
    metadata::merge(&mut endpoint, &request.parameters)?;
    tx.save(&endpoint)?;
    Ok(endpoint)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let endpoint = tx.get("webhook_endpoint", request.id(), "id")?;
    tx.remove(endpoint.id())?;
    Ok(deleted(&endpoint))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    Select::of("webhook_endpoint").page(tx, &request.parameters, &request.path)
}
