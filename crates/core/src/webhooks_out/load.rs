//! What one round sends to a receiver: the first deliveries of some lanes.

use jiff::Timestamp;
use perennial_domain::{Project, WebhookEndpoint};
use perennial_store::tables::{EndpointClaim, WaitingMessage};
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

use crate::context::Cx;

/// So many deliveries of one lane go out in one round.
const LANE_BATCH: u32 = 8;
/// So many deliveries are held in memory for one receiver.
const ROUND_BATCH: usize = 256;
/// So many lanes have their turn in a round, whatever waits longer in others.
const TURNS: u32 = 8;

/// How much of what waits for a receiver is taken for a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first deliveries of so many lanes at the most, beside those whose turn it is.
    pub lanes: u32,
    /// The last lane that had its turn.
    pub(super) passed: Option<Uuid>,
}

impl Window {
    /// So many lanes.
    pub const fn of(lanes: u32) -> Self {
        Self { lanes, passed: None }
    }
}

/// What a round sends.
pub(super) struct Load {
    pub(super) project: Project,
    pub(super) endpoint: WebhookEndpoint,
    pub(super) sealed: Vec<Vec<u8>>,
    pub(super) lanes: Vec<Vec<WaitingMessage>>,
    /// Lanes whose first delivery is not due yet, and when it is.
    pub(super) blocked: Vec<(Uuid, Timestamp)>,
    /// The last lane that has its turn in this round.
    pub(super) passed: Option<Uuid>,
}

impl Load {
    /// `None` when there is nothing to do, or the receiver may not hear it.
    pub(super) fn take(
        cx: &Cx,
        tx: &mut Tx<'_>,
        claim: EndpointClaim,
        window: Window,
    ) -> Result<Option<Self>, StoreError> {
        let (project_id, id) = (claim.project_id, claim.endpoint_id);
        let endpoint = tx.webhook_endpoints(project_id).find(id)?.filter(WebhookEndpoint::is_enabled);
        let (Some(endpoint), Some(project)) = (endpoint, tx.projects().find(project_id)?) else {
            return Ok(None);
        };
        if !tx.webhook_endpoints(project_id).may_hear(id, cx.now())? {
            return Ok(None);
        }
        let is_failing = endpoint.failures > 0;
        let (window, per_lane) = if is_failing { (Window::of(1), 1) } else { (window, LANE_BATCH) };
        let (due, passed) = due_lanes(cx, tx, claim, window)?;
        let mut load =
            Self { project, endpoint, sealed: Vec::new(), lanes: Vec::new(), blocked: Vec::new(), passed };
        let mut taken = 0;
        for lane in due {
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

/// Lanes of a receiver in which something is due: those first whose turn it is, then those that wait longest. Turns are only taken
/// where the longest due are not all that is due. Without them, whatever waits behind a lane with much to tell would wait until
/// all of that is told, one after the other.
fn due_lanes(
    cx: &Cx,
    tx: &mut Tx<'_>,
    claim: EndpointClaim,
    Window { lanes: limit, passed }: Window,
) -> Result<(Vec<Uuid>, Option<Uuid>), StoreError> {
    let mut deliveries = tx.webhook_deliveries(claim.project_id);
    let longest_due = deliveries.due_lanes(claim.endpoint_id, cx.now(), limit)?;
    let seen = longest_due.iter().map(|(_, count)| count).sum::<u32>();
    let longest_due = longest_due.into_iter().map(|(lane, _)| lane);
    if seen < limit || limit == 1 {
        return Ok((longest_due.collect(), None));
    }
    let next = deliveries.lanes_behind(claim.endpoint_id, passed, TURNS)?;
    let passed = next.last().map(|(lane, _)| *lane);
    let due = next.into_iter().filter(|(_, at)| *at <= cx.now());
    let mut lanes = due.map(|(lane, _)| lane).collect::<Vec<_>>();
    for lane in longest_due {
        if !lanes.contains(&lane) {
            lanes.push(lane);
        }
    }
    Ok((lanes, passed))
}
