//! Receivers and deliveries, as they are printed.

use jiff::Timestamp;
use perennial_domain::{DisabledBecause, WebhookEndpoint};
use perennial_store::tables::DeliveryRow;
use serde::Serialize;

use crate::output::Row;

/// A receiver, as it is printed: its secrets are known to nobody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EndpointRow {
    id: String,
    url: String,
    flavour: &'static str,
    events: Vec<String>,
    description: Option<String>,
    state: &'static str,
    disabled_at: Option<Timestamp>,
    failing_since: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<WebhookEndpoint> for EndpointRow {
    fn from(endpoint: WebhookEndpoint) -> Self {
        let state = match (endpoint.disabled, endpoint.failing_since) {
            (Some((_, DisabledBecause::Operator)), _) => "disabled",
            (Some((_, DisabledBecause::Gone)), _) => "disabled: it is gone",
            (Some((_, DisabledBecause::Failing)), _) => "disabled: it failed for days",
            (None, Some(_)) => "failing",
            (None, None) => "enabled",
        };
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url.to_string(),
            flavour: endpoint.flavour.as_str(),
            events: endpoint.events,
            description: endpoint.description,
            state,
            disabled_at: endpoint.disabled.map(|(at, _)| at),
            failing_since: endpoint.failing_since,
            created_at: endpoint.created_at,
        }
    }
}

impl Row for EndpointRow {
    const HEADINGS: &'static [&'static str] = &["id", "url", "flavour", "events", "state", "failing since"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.url.clone(),
            self.flavour.to_owned(),
            self.events.join(","),
            self.state.to_owned(),
            self.failing_since.map(|at| at.to_string()).unwrap_or_default(),
        ]
    }
}

/// A delivery, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SentRow {
    id: String,
    event: String,
    #[serde(rename = "type")]
    message_type: String,
    receiver: String,
    state: &'static str,
    attempts: u32,
    attempted_at: Option<Timestamp>,
    next_at: Option<Timestamp>,
    status: Option<u16>,
    response: Option<String>,
    error: Option<String>,
    happened_at: Timestamp,
}

impl From<DeliveryRow> for SentRow {
    fn from(delivery: DeliveryRow) -> Self {
        Self {
            id: delivery.id.to_string(),
            event: delivery.event_id.to_string(),
            message_type: delivery.message_type,
            receiver: delivery.endpoint_id.to_string(),
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            attempted_at: delivery.attempted_at,
            next_at: delivery.settled_at.is_none().then_some(delivery.next_at),
            status: delivery.last_status,
            response: delivery.last_response,
            error: delivery.last_error,
            happened_at: delivery.created_at,
        }
    }
}

impl Row for SentRow {
    const HEADINGS: &'static [&'static str] =
        &["event", "type", "receiver", "state", "attempts", "happened", "answer"];

    fn cells(&self) -> Vec<String> {
        let status = self.status.map(|status| status.to_string());
        vec![
            self.event.clone(),
            self.message_type.clone(),
            self.receiver.clone(),
            self.state.to_owned(),
            self.attempts.to_string(),
            self.happened_at.to_string(),
            status.or_else(|| self.error.clone()).unwrap_or_default(),
        ]
    }
}
