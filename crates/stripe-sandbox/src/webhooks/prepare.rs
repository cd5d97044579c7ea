//! From an event to the signed request that tells an endpoint of it.

use serde::Deserialize;
use serde_json::Value;

use super::{Due, WebhookDelivery, signature_header};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::store::Tx;

/// What has to be known of an event to send it as it stands.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    event_type: String,
    pending_webhooks: i64,
}

/// The signed request, or nothing when the endpoint or the event is gone.
pub(super) fn prepare(tx: &Tx<'_>, due: &Due) -> Result<Option<WebhookDelivery>, ApiError> {
    let endpoint = tx.find_kind("webhook_endpoint", &due.endpoint)?;
    let (Some(endpoint), Some(event)) = (endpoint, tx.find_event_text(&due.event)?) else {
        return Ok(None);
    };
    let head: Head = serde_json::from_str(&event)?;
    let body = body_for(tx, event, &head, due, &endpoint)?;
    Ok(Some(WebhookDelivery {
        url: endpoint.owned("url").unwrap_or_default(),
        signature: signature_header(endpoint.text("_secret").unwrap_or_default(), tx.now(), &body),
        event_id: due.event.clone(),
        event_type: head.event_type,
        body,
    }))
}

/// The event in the shape that the endpoint asked for when it was made. Most asked for none and are the only ones to be
/// told: for them the event is sent as it is kept, and never read as a whole.
fn body_for(
    tx: &Tx<'_>,
    event: String,
    head: &Head,
    due: &Due,
    endpoint: &Value,
) -> Result<String, ApiError> {
    let pending = tx.pending_deliveries(&due.event)?;
    let version = endpoint.text("api_version");
    if version.is_none() && pending == head.pending_webhooks {
        return Ok(event);
    }
    let mut event: Value = serde_json::from_str(&event)?;
    event.put("pending_webhooks", pending);
    if let Some(version) = version {
        versions::adapt(tx, &mut event["data"]["object"], version)?;
        event.put("api_version", version);
    }
    Ok(serde_json::to_string(&event)?)
}
