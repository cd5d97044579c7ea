//! Sending to one receiver what waits for it, a round at a time.
//!
//! Whoever has claimed a receiver is the only one who sends to it. A round takes the first deliveries of some lanes (`load.rs`),
//! sends the lanes beside each other and each in its order, and writes down what came of it. Between the answer and that writing
//! a crash has the delivery sent once more.

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Project, WebhookEndpoint};
use perennial_store::tables::{Claimable, DeliveryRow, EndpointClaim, WaitingMessage};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;

use super::load::{Load, Window};
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
/// Why what waited for a receiver was given up.
const NOBODY_ASKS: &str = "no token works any more with which it was asked for";
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

/// Sends a round, and notes in the window where the next one goes on. One that fails is asked with a single delivery.
pub async fn send_round(app: &App, claim: EndpointClaim, window: &mut Window) -> Result<Round, RoundError> {
    let before = *window;
    let Some(load) = app.read(move |cx, tx| Load::take(cx, tx, claim, before)).await? else {
        app.write(move |cx, tx| give_back(cx, tx, claim)).await?;
        return Ok(Round::Ended);
    };
    let secrets = load.sealed.iter().map(|sealed| app.vault().open(sealed));
    let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
    let (Load { project, endpoint, lanes, blocked, passed, .. }, ends_at) = (load, app.now() + ROUND);
    window.passed = passed;
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

/// Gives back a claim on a receiver to whom nothing is sent now. What waits for one that may hear no more is given up.
fn give_back(cx: &Cx, tx: &mut Tx<'_>, claim: EndpointClaim) -> Result<bool, StoreError> {
    let (project, id) = (claim.project_id, claim.endpoint_id);
    if !tx.webhook_endpoints(project).may_hear(id, cx.now())? {
        tx.webhook_deliveries(project).give_up(id, NOBODY_ASKS, cx.now())?;
    }
    tx.webhook_endpoints(project).release(claim, cx.now())
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
