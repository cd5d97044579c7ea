//! What came of a round: for each delivery, and for the receiver as a whole.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{DeliveryState, DisabledBecause, Letter, WebhookEndpoint};
use perennial_store::tables::DeliveryRow;
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::mails::queue_to_operator;
use crate::ports::{NoReply, ReceiverReply};

/// The first pause after everything in a round has failed; it doubles up to the longest.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(1);
const LONGEST_REST: SignedDuration = SignedDuration::from_secs(60);

/// One delivery that was tried.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// As it was before.
    pub(super) delivery: DeliveryRow,
    /// What the receiver said.
    pub(super) reply: Result<ReceiverReply, NoReply>,
    /// When.
    pub(super) at: Timestamp,
}

impl Attempt {
    fn is_taken(&self) -> bool {
        self.reply.as_ref().is_ok_and(ReceiverReply::is_taken)
    }

    fn is_gone(&self) -> bool {
        self.reply.as_ref().is_ok_and(ReceiverReply::is_gone)
    }
}

/// Writes down what was tried. `random`, from 0 to 1, spreads what failed together.
pub(super) fn note(
    cx: &Cx,
    tx: &mut Tx<'_>,
    endpoint: &WebhookEndpoint,
    attempts: &[Attempt],
    random: f64,
) -> Result<(), StoreError> {
    for attempt in attempts {
        let after = after(cx, endpoint, attempt, random);
        let mut deliveries = tx.webhook_deliveries(endpoint.project_id);
        deliveries.update(&after)?;
        if after.state == DeliveryState::Waiting {
            deliveries.postpone_lane(endpoint.id, after.lane_id, after.next_at)?;
        }
    }
    judge(cx, tx, endpoint, attempts)
}

/// Until when nothing more is sent; `None` when the next round may begin.
pub(super) fn rests_until(
    cx: &Cx,
    tx: &mut Tx<'_>,
    endpoint: &WebhookEndpoint,
) -> Result<Option<Timestamp>, StoreError> {
    let found = tx.webhook_endpoints(endpoint.project_id).find(endpoint.id)?;
    let Some(endpoint) = found.filter(WebhookEndpoint::is_enabled) else { return Ok(Some(cx.now())) };
    let Some(doublings) = endpoint.failures.checked_sub(1) else { return Ok(None) };
    let rest = FIRST_REST.saturating_mul(1 << doublings.min(10)).min(LONGEST_REST);
    Ok(Some(cx.now() + rest))
}

fn after(cx: &Cx, endpoint: &WebhookEndpoint, attempt: &Attempt, random: f64) -> DeliveryRow {
    let before = &attempt.delivery;
    let attempts = before.attempts + 1;
    let (state, next_at) = if attempt.is_taken() {
        (DeliveryState::Delivered, before.next_at)
    } else {
        match endpoint.flavour.pause_after(attempts, random) {
            Some(pause) => (DeliveryState::Waiting, cx.now() + pause),
            None => (DeliveryState::Failed, before.next_at),
        }
    };
    DeliveryRow {
        state,
        attempts,
        next_at,
        attempted_at: Some(attempt.at),
        last_status: attempt.reply.as_ref().ok().map(|reply| reply.status),
        // PostgreSQL's text cannot hold the character NUL.
        last_response: attempt.reply.as_ref().ok().map(|reply| reply.body.replace('\0', "")),
        last_error: attempt.reply.as_ref().err().map(ToString::to_string),
        settled_at: (state != DeliveryState::Waiting).then_some(cx.now()),
        ..before.clone()
    }
}

/// Decides how the receiver stands: one delivery that was taken makes it well, and days of failure disable it.
fn judge(
    cx: &Cx,
    tx: &mut Tx<'_>,
    endpoint: &WebhookEndpoint,
    attempts: &[Attempt],
) -> Result<(), StoreError> {
    let is_gone = attempts.iter().any(Attempt::is_gone);
    let is_well = attempts.iter().any(Attempt::is_taken);
    let is_as_before = attempts.is_empty() || (is_well && endpoint.failures == 0 && !is_gone);
    if is_as_before {
        return Ok(());
    }
    let Some(mut endpoint) = tx.webhook_endpoints(endpoint.project_id).lock(endpoint.id)? else {
        return Ok(());
    };
    if is_well {
        endpoint.recover();
    } else {
        endpoint.fail(cx.now());
    }
    let because = match (is_gone, endpoint.has_failed_for_days(cx.now())) {
        (true, _) => Some(DisabledBecause::Gone),
        (false, true) => Some(DisabledBecause::Failing),
        (false, false) => None,
    };
    if let Some(because) = because.filter(|_| endpoint.disabled.is_none()) {
        endpoint.disabled = Some((cx.now(), because));
        let letter = Letter::WebhookDisabled { endpoint: endpoint.id, disabled_at: cx.now() };
        queue_to_operator(cx, tx, endpoint.project_id, letter)?;
        tracing::warn!(
            webhook.id = %endpoint.id, webhook.reason = %because,
            "the webhook {} is disabled by itself, and what happens waits for it", endpoint.id
        );
    }
    tx.webhook_endpoints(endpoint.project_id).update(&endpoint)
}
