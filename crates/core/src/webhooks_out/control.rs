//! What an operator does about receivers: stop them, start them again, send once more, and try whether one answers.

use jiff::Timestamp;
use perennial_domain::{
    DisabledBecause, EventId, ProjectId, WebhookEndpoint, WebhookEndpointId, WebhookFlavour,
};
use perennial_store::tables::EventRow;
use perennial_store::{StoreError, Tx};
use serde_json::json;

use super::shipment::{self, Told};
use crate::context::{App, Cx};
use crate::ports::{NoReply, ReceiverReply};
use crate::secrets::VaultError;

/// What to send once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// One event, delivered or not.
    Event(EventId),
    /// Everything that happened since then, delivered or not.
    Since(Timestamp),
    /// What was given up.
    Failed,
}

/// Why nothing is sent to try a receiver.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// No such receiver.
    #[error("there is no webhook {0}")]
    Unknown(WebhookEndpointId),
    /// There was no answer.
    #[error(transparent)]
    NoReply(#[from] NoReply),
    /// What it is signed with cannot be read.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends nothing to a receiver from now on. What happens meanwhile waits for it. Answers the receiver, if there is one.
pub fn disable(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let Some(mut endpoint) = tx.webhook_endpoints(project).lock(id)? else { return Ok(None) };
    endpoint.disabled.get_or_insert((cx.now(), DisabledBecause::Operator));
    tx.webhook_endpoints(project).update(&endpoint)?;
    Ok(Some(endpoint))
}

/// Sends to a receiver again, beginning with all that has waited and all that was given up since it began to fail. Answers
/// the receiver, if there is one.
pub fn enable(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let Some(mut endpoint) = tx.webhook_endpoints(project).lock(id)? else { return Ok(None) };
    if let Some(since) = endpoint.failing_since {
        tx.webhook_deliveries(project).revive_failed(id, since, cx.now())?;
    }
    tx.webhook_deliveries(project).wake(id, cx.now())?;
    endpoint.disabled = None;
    endpoint.recover();
    tx.webhook_endpoints(project).update(&endpoint)?;
    Ok(Some(endpoint))
}

/// Has deliveries to a receiver sent once more, in their order; answers how many.
pub fn replay(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    endpoint: WebhookEndpointId,
    what: Replay,
) -> Result<u64, StoreError> {
    let mut deliveries = tx.webhook_deliveries(project);
    match what {
        Replay::Event(event) => deliveries.resend_event(endpoint, event, cx.now()),
        Replay::Since(since) => deliveries.resend_since(endpoint, since, cx.now()),
        Replay::Failed => deliveries.revive_failed(endpoint, Timestamp::UNIX_EPOCH, cx.now()),
    }
}

/// Sends a receiver something that did not happen, now and once, and answers what it says.
pub async fn send_test(
    app: &App,
    project_id: ProjectId,
    id: WebhookEndpointId,
) -> Result<ReceiverReply, TestError> {
    let found = app.read(move |cx, tx| {
        let mut endpoints = tx.webhook_endpoints(project_id);
        let (endpoint, secrets) = (endpoints.find(id)?, endpoints.secrets(id, cx.now())?);
        let event = nothing(cx, id);
        Ok::<_, StoreError>((endpoint.zip(tx.projects().find(project_id)?), secrets, event))
    });
    let (found, secrets, event) = found.await?;
    let (endpoint, project) = found.ok_or(TestError::Unknown(id))?;
    let secrets = secrets.iter().map(|secret| app.vault().open(&secret.secret_sealed));
    let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
    let message_type = match endpoint.flavour {
        WebhookFlavour::Projects => event.event_type.as_str(),
        WebhookFlavour::Business => "webhook/test",
    };
    let told = Told { event: &event, message_type, data: &event.data };
    let shipment = shipment::pack(app, &project, &endpoint, &secrets, &told)?;
    Ok(app.receivers().post(&shipment).await?)
}

/// An event that is kept nowhere.
fn nothing(cx: &Cx, endpoint: WebhookEndpointId) -> EventRow {
    EventRow {
        id: cx.id(),
        event_type: "webhook.test".to_owned(),
        subject_id: perennial_domain::Id::uuid(endpoint),
        lane_id: None,
        customer_id: None,
        data: json!({ "object": "webhook", "id": endpoint }),
        previous_data: None,
        actor: serde_json::to_value(cx.actor()).ok(),
        created_at: cx.now(),
    }
}
