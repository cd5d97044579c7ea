//! Receivers of webhooks on the wire.

use perennial_core::ports::{NoReply, ReceiverReply};
use perennial_core::store::tables::DeliveryRow;
use perennial_domain::{
    DeliveryState, DisabledBecause, EventId, WebhookDeliveryId, WebhookEndpoint, WebhookEndpointId,
    WebhookFlavour,
};
use perennial_http::{WireId, WireTime};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::scalars::all_present;

/// Somebody who is told what happens.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookEndpoint", transform = all_present)]
pub(super) struct EndpointBody {
    #[schemars(extend("const" = "webhookEndpoint"))]
    object: &'static str,
    id: WireId<WebhookEndpointId>,
    url: String,
    /// In whose words it is told, and how that is signed.
    #[schemars(with = "String", extend("enum" = WebhookFlavour::ALL))]
    flavour: WebhookFlavour,
    /// Types such as `subscription.created`, families such as `subscription.*`, or `*`.
    events: Vec<String>,
    description: Option<String>,
    /// Whether anything is sent to it. What happens meanwhile waits for it.
    enabled: bool,
    /// Why nothing is sent to it: it was asked for, it answered 410, or it failed for days.
    #[schemars(with = "Option<String>", extend("enum" = REASONS))]
    disabled_reason: Option<DisabledBecause>,
    disabled_at: Option<WireTime>,
    /// Since when it has taken nothing.
    failing_since: Option<WireTime>,
    created_at: WireTime,
}

const REASONS: [Option<&str>; 4] = [Some("operator"), Some("gone"), Some("failing"), None];

impl From<WebhookEndpoint> for EndpointBody {
    fn from(endpoint: WebhookEndpoint) -> Self {
        Self {
            object: "webhookEndpoint",
            id: WireId(endpoint.id),
            url: endpoint.url.to_string(),
            flavour: endpoint.flavour,
            enabled: endpoint.is_enabled(),
            disabled_reason: endpoint.disabled.map(|(_, reason)| reason),
            disabled_at: endpoint.disabled.map(|(at, _)| WireTime(at)),
            events: endpoint.events,
            description: endpoint.description,
            failing_since: endpoint.failing_since.map(WireTime),
            created_at: WireTime(endpoint.created_at),
        }
    }
}

/// A receiver and what it is signed for with.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookEndpointWithSecret")]
pub(super) struct WithSecretBody {
    #[serde(flatten)]
    endpoint: EndpointBody,
    /// Told here and never again; a lost one is replaced.
    secret: String,
}

impl WithSecretBody {
    pub(super) fn of(endpoint: WebhookEndpoint, secret: &SecretString) -> Self {
        Self { endpoint: endpoint.into(), secret: secret.expose_secret().to_owned() }
    }
}

/// An event on its way to a receiver.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookDelivery", transform = all_present)]
pub(super) struct DeliveryBody {
    #[schemars(extend("const" = "webhookDelivery"))]
    object: &'static str,
    id: WireId<WebhookDeliveryId>,
    event: WireId<EventId>,
    /// As the receiver's flavour spells it.
    #[serde(rename = "type")]
    message_type: String,
    webhook_endpoint: WireId<WebhookEndpointId>,
    #[schemars(with = "String", extend("enum" = DeliveryState::ALL))]
    state: DeliveryState,
    /// How often it was tried.
    attempts: u32,
    attempted_at: Option<WireTime>,
    /// When it is tried next; null once it is delivered or given up.
    next_attempt_at: Option<WireTime>,
    /// The HTTP status of the last answer.
    response_status: Option<u16>,
    /// The first 4 KiB of the last answer.
    response_body: Option<String>,
    /// Why there was no answer.
    error: Option<String>,
    /// When the event happened.
    created_at: WireTime,
}

impl From<DeliveryRow> for DeliveryBody {
    fn from(delivery: DeliveryRow) -> Self {
        Self {
            object: "webhookDelivery",
            id: WireId(delivery.id),
            event: WireId(delivery.event_id),
            message_type: delivery.message_type,
            webhook_endpoint: WireId(delivery.endpoint_id),
            state: delivery.state,
            attempts: delivery.attempts,
            attempted_at: delivery.attempted_at.map(WireTime),
            next_attempt_at: delivery.settled_at.is_none().then_some(WireTime(delivery.next_at)),
            response_status: delivery.last_status,
            response_body: delivery.last_response,
            error: delivery.last_error,
            created_at: WireTime(delivery.created_at),
        }
    }
}

/// What a receiver says to something that did not happen.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookTest", transform = all_present)]
pub(super) struct TestBody {
    #[schemars(extend("const" = "webhookTest"))]
    object: &'static str,
    /// Whether it would have taken an event.
    taken: bool,
    response_status: Option<u16>,
    /// The first 4 KiB.
    response_body: Option<String>,
    /// Why there was no answer.
    error: Option<String>,
}

impl TestBody {
    pub(super) fn of(reply: Result<ReceiverReply, NoReply>) -> Self {
        let (reply, error) = match reply {
            Ok(reply) => (Some(reply), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self {
            object: "webhookTest",
            taken: reply.as_ref().is_some_and(ReceiverReply::is_taken),
            response_status: reply.as_ref().map(|reply| reply.status),
            response_body: reply.map(|reply| reply.body),
            error,
        }
    }
}

/// How much is sent once more.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookReplay")]
pub(super) struct ReplayedBody {
    #[schemars(extend("const" = "webhookReplay"))]
    object: &'static str,
    /// So many deliveries wait to be sent again.
    count: u64,
}

impl ReplayedBody {
    pub(super) const fn of(count: u64) -> Self {
        Self { object: "webhookReplay", count }
    }
}
