//! Stripe's webhooks: <https://docs.stripe.com/webhooks>.

mod members;
mod signature;
mod subject;

use jiff::Timestamp;
use perennial_core::ports::{EventReader, EventSubject, RejectedEvent, StripeEvent};
use secrecy::SecretString;
use serde::Deserialize;

use members::Members;

/// Verifies and decodes Stripe's events.
#[derive(Clone, Copy, Debug, Default)]
pub struct StripeEventReader;

/// What every event has (<https://docs.stripe.com/api/events/object>).
#[derive(Deserialize)]
struct EventObject {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Members,
    /// What the object was before: on some events only this tells whose it was.
    #[serde(default)]
    previous_attributes: Members,
}

impl EventReader for StripeEventReader {
    fn read(
        &self,
        body: &[u8],
        signature: &str,
        secrets: &[SecretString],
        now: Timestamp,
    ) -> Result<StripeEvent, RejectedEvent> {
        signature::verify(body, signature, secrets, now)?;
        let payload = std::str::from_utf8(body).map_err(|_| RejectedEvent::NotAnEvent)?;
        let event: EventObject = serde_json::from_str(payload).map_err(|_| RejectedEvent::NotAnEvent)?;
        Ok(StripeEvent {
            subject: subject::of(&event.event_type, &event.data.object.0, &event.data.previous_attributes.0),
            happened_at: Timestamp::from_second(event.created).map_err(|_| RejectedEvent::NotAnEvent)?,
            id: event.id,
            event_type: event.event_type,
            payload: payload.to_owned(),
        })
    }

    fn subject(&self, event_type: &str, payload: &str) -> EventSubject {
        serde_json::from_str::<EventObject>(payload).map_or(EventSubject::Other, |event| {
            subject::of(event_type, &event.data.object.0, &event.data.previous_attributes.0)
        })
    }
}
