//! A webhook as it goes out: the door's words, signed.

use perennial_domain::{Project, WebhookEndpoint, WebhookFlavour};
use perennial_store::tables::EventRow;
use secrecy::SecretString;
use serde_json::Value;

use super::signature;
use crate::context::App;
use crate::ports::{Message, NoReply, Shipment};

/// What is told of an event.
pub(super) struct Told<'a> {
    pub(super) event: &'a EventRow,
    pub(super) message_type: &'a str,
    pub(super) data: &'a Value,
}

/// Packs a webhook. It fails where this program has no door of the receiver's flavour.
pub(super) fn pack(
    app: &App,
    project: &Project,
    endpoint: &WebhookEndpoint,
    secrets: &[SecretString],
    told: &Told<'_>,
) -> Result<Shipment, NoReply> {
    let flavour = endpoint.flavour;
    let teller = app
        .teller(flavour)
        .ok_or_else(|| NoReply(format!("this program tells nothing in the words of the {flavour} door")))?;
    let message = Message {
        project,
        source: &app.settings().api_url,
        event: told.event,
        message_type: told.message_type,
        data: told.data,
    };
    let body = teller.body(message).to_string();
    // The same whenever it is sent again, so that a receiver may know what it has already.
    let id = match flavour {
        WebhookFlavour::Projects => told.event.id.to_string(),
        WebhookFlavour::Business => format!("{}/{}", told.event.id, told.message_type),
    };
    let headers = signature::headers(flavour, &id, app.now(), &body, secrets)
        .map_err(|error| NoReply(error.to_string()))?;
    Ok(Shipment { url: endpoint.url.clone(), headers, body })
}
