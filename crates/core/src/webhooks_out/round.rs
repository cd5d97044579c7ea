//! Sending to one receiver what waits for it, a round at a time.
//!
//! Whoever has claimed a receiver is the only one who sends to it. A round takes the first deliveries of some lanes, sends
//! the lanes beside each other and each in its order, and writes down what came of it. Between the answer and that writing a
//! crash has the delivery sent once more.

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Project, WebhookEndpoint};
use perennial_store::tables::{Claimable, DeliveryRow, EndpointClaim, WaitingMessage};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;
use uuid::Uuid;

use super::outcome::{self, Attempt};
use super::shipment;
use crate::context::{App, Cx};
use crate::ports::{NoReply, ReceiverReply};
use crate::secrets::VaultError;

/// How long a claim lasts without word from whoever has it, by the database's clock.
pub(super) const CLAIM: SignedDuration = SignedDuration::from_mins(2);
/// For so long a round goes on sending: with the last answer, and with writing down what came of it, it ends well within
/// [`CLAIM`].
const ROUND: SignedDuration = SignedDuration::from_secs(60);
/// So many deliveries of one lane go out in one round.
const LANE_BATCH: u32 = 8;
/// So many deliveries are held in memory for one receiver.
const ROUND_BATCH: usize = 256;
/// So many lanes of one receiver are sent at once.
const LANES_AT_ONCE: usize = 32;

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// More may wait, and the claim holds.
    Continued,
    /// Nothing waits, or the receiver fails and is left alone for a moment: the claim is given back.
    Ended,
}

/// Why nothing is sent.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// What it is signed with cannot be read.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Claims receivers (of all projects) for which something is due, `limit` at the most.
pub async fn claim_endpoints(app: &App, limit: u32) -> Result<Vec<EndpointClaim>, StoreError> {
    claim_endpoints_of(app, Claimable::any(limit)).await
}

/// Claims those of them that are wanted.
pub async fn claim_endpoints_of(app: &App, wanted: Claimable) -> Result<Vec<EndpointClaim>, StoreError> {
    app.write(move |cx, tx| tx.claim_webhook_endpoints(cx.now(), CLAIM, &wanted)).await
}

/// Gives a claim back before everything is sent.
pub async fn release_endpoint(app: &App, claim: EndpointClaim) -> Result<(), StoreError> {
    rest_endpoint(app, claim, SignedDuration::ZERO).await
}

/// Gives a claim back, and has nobody send for so long.
pub async fn rest_endpoint(app: &App, claim: EndpointClaim, rest: SignedDuration) -> Result<(), StoreError> {
    app.write(move |cx, tx| tx.webhook_endpoints(claim.project_id).release(claim, cx.now() + rest)).await?;
    Ok(())
}

/// Sends a round: the first deliveries of up to `lanes` lanes. One that fails is asked with a single delivery.
pub async fn send_round(app: &App, claim: EndpointClaim, lanes: u32) -> Result<Round, RoundError> {
    let Some(load) = app.read(move |cx, tx| Load::take(cx, tx, claim, lanes)).await? else {
        release_endpoint(app, claim).await?;
        return Ok(Round::Ended);
    };
    let secrets = load.sealed.iter().map(|sealed| app.vault().open(sealed));
    let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
    let (Load { project, endpoint, lanes, blocked, .. }, ends_at) = (load, app.now() + ROUND);
    let attempts = futures::stream::iter(lanes)
        .map(|lane| send_lane(app, &project, &endpoint, &secrets, lane, ends_at))
        .buffer_unordered(LANES_AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .concat();
    let random = rand::random::<f64>();
    let goes_on = app
        .write(move |cx, tx| {
            // Who was too slow has lost the claim: somebody else sends the same, and knows better what came of it.
            if !tx.webhook_endpoints(claim.project_id).renew(claim, CLAIM)? {
                return Ok(false);
            }
            for (lane, until) in &blocked {
                tx.webhook_deliveries(claim.project_id).postpone_lane(claim.endpoint_id, *lane, *until)?;
            }
            outcome::note(cx, tx, &endpoint, &attempts, random)?;
            let rests_until = match attempts.as_slice() {
                // There were only lanes to be put off.
                [] => None,
                _ => outcome::rests_until(cx, tx, &endpoint)?,
            };
            if let Some(until) = rests_until {
                tx.webhook_endpoints(claim.project_id).release(claim, until)?;
            }
            Ok::<_, StoreError>(rests_until.is_none())
        })
        .await?;
    Ok(if goes_on { Round::Continued } else { Round::Ended })
}

/// What a round sends.
struct Load {
    project: Project,
    endpoint: WebhookEndpoint,
    sealed: Vec<Vec<u8>>,
    lanes: Vec<Vec<WaitingMessage>>,
    /// Lanes whose first delivery is not due yet, and when it is.
    blocked: Vec<(Uuid, Timestamp)>,
}

impl Load {
    /// `None` when there is nothing to do.
    fn take(cx: &Cx, tx: &mut Tx<'_>, claim: EndpointClaim, lanes: u32) -> Result<Option<Self>, StoreError> {
        let (project_id, id) = (claim.project_id, claim.endpoint_id);
        let endpoint = tx.webhook_endpoints(project_id).find(id)?.filter(WebhookEndpoint::is_enabled);
        let (Some(endpoint), Some(project)) = (endpoint, tx.projects().find(project_id)?) else {
            return Ok(None);
        };
        let (lanes, per_lane) = if endpoint.failures > 0 { (1, 1) } else { (lanes, LANE_BATCH) };
        let mut load = Self { project, endpoint, sealed: Vec::new(), lanes: Vec::new(), blocked: Vec::new() };
        let mut taken = 0;
        for lane in tx.webhook_deliveries(project_id).due_lanes(id, cx.now(), lanes)? {
            let messages = tx.webhook_deliveries(project_id).waiting_of_lane(id, lane, per_lane)?;
            match messages.first().map(|first| first.delivery.next_at) {
                Some(next_at) if next_at > cx.now() => load.blocked.push((lane, next_at)),
                _ => {
                    taken += messages.len();
                    load.lanes.push(messages);
                }
            }
            if taken >= ROUND_BATCH {
                break;
            }
        }
        if load.lanes.is_empty() && load.blocked.is_empty() {
            return Ok(None);
        }
        let secrets = tx.webhook_endpoints(project_id).secrets(id, cx.now())?;
        load.sealed = secrets.into_iter().map(|secret| secret.secret_sealed).collect();
        Ok(Some(load))
    }
}

/// Sends a lane in its order, up to the first delivery that is not taken, or until the round is over.
async fn send_lane(
    app: &App,
    project: &Project,
    endpoint: &WebhookEndpoint,
    secrets: &[SecretString],
    lane: Vec<WaitingMessage>,
    ends_at: Timestamp,
) -> Vec<Attempt> {
    let mut attempts = Vec::with_capacity(lane.len());
    for message in lane {
        if app.now() >= ends_at {
            break;
        }
        let reply = send(app, project, endpoint, secrets, &message).await;
        let is_taken = reply.as_ref().is_ok_and(ReceiverReply::is_taken);
        attempts.push(Attempt { delivery: message.delivery, reply, at: app.now() });
        if !is_taken {
            break;
        }
    }
    attempts
}

async fn send(
    app: &App,
    project: &Project,
    endpoint: &WebhookEndpoint,
    secrets: &[SecretString],
    WaitingMessage { delivery, event }: &WaitingMessage,
) -> Result<ReceiverReply, NoReply> {
    let DeliveryRow { message_type, data, .. } = delivery;
    let data = data.as_ref().unwrap_or(&event.data);
    let told = shipment::Told { event, message_type, data };
    let shipment = shipment::pack(app, project, endpoint, secrets, &told)?;
    app.receivers().post(&shipment).await
}
