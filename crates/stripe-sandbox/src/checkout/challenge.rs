//! The 3-D Secure challenge, for sessions and for intents made by the API.

use serde_json::Value;

use super::show::redirect;
use super::view::{ChallengeOutcome, ChallengeView};
use crate::billing::payments::{self, Attempt};
use crate::billing::{clocks, setups};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

pub(super) fn view(tx: &Tx<'_>, intent_id: &str) -> Result<Option<ChallengeView>, ApiError> {
    let Some(intent) = find(tx, intent_id)? else { return Ok(None) };
    let method = intent.text("payment_method").map(|id| tx.linked("payment_method", id)).transpose()?;
    Ok(Some(ChallengeView {
        intent_id: intent.id().to_owned(),
        pending: is_pending(&intent),
        merchant_name: tx.context().merchant_name.clone(),
        amount: intent.integer("amount"),
        currency: intent.owned("currency"),
        last4: method.and_then(|method| method.owned("card.last4")).unwrap_or_default(),
        session_id: intent.owned("_checkout_session"),
        leads_to: leads_to(tx, &intent)?,
    }))
}

pub(super) fn answer(
    tx: &Tx<'_>,
    intent_id: &str,
    passed: bool,
) -> Result<Option<ChallengeOutcome>, ApiError> {
    let Some(mut intent) = find(tx, intent_id)? else { return Ok(None) };
    if !is_pending(&intent) {
        return Ok(Some(ChallengeOutcome::Settled { redirect: leads_to(tx, &intent)? }));
    }
    let attempt = clocks::in_time_of(tx, &intent.clone(), || match intent.kind() {
        "payment_intent" => payments::answer_challenge(tx, &mut intent, passed),
        _ => setups::answer_challenge(tx, &mut intent, passed),
    })?;
    Ok(Some(match (attempt, intent.owned("_checkout_session")) {
        (Attempt::Declined(refusal), Some(session_id)) => {
            ChallengeOutcome::Failed { session_id, message: refusal.message.to_owned() }
        }
        (_, Some(_)) => ChallengeOutcome::Continue { redirect: leads_to(tx, &intent)? },
        (_, None) => ChallengeOutcome::Continue { redirect: return_url(&intent, passed) },
    }))
}

fn find(tx: &Tx<'_>, intent_id: &str) -> Result<Option<Value>, ApiError> {
    Ok(tx.find(intent_id)?.filter(|object| matches!(object.kind(), "payment_intent" | "setup_intent")))
}

fn is_pending(intent: &Value) -> bool {
    intent.text("status") == Some("requires_action")
}

fn leads_to(tx: &Tx<'_>, intent: &Value) -> Result<Option<String>, ApiError> {
    match intent.text("_checkout_session") {
        Some(session) => Ok(redirect(&*tx.linked("checkout.session", session)?)),
        None => Ok(intent.owned("_return_url")),
    }
}

/// The seller's return URL with what Stripe appends to it.
fn return_url(intent: &Value, passed: bool) -> Option<String> {
    let mut url = url::Url::parse(intent.text("_return_url")?).ok()?;
    url.query_pairs_mut()
        .append_pair(intent.kind(), intent.id())
        .append_pair(
            &format!("{}_client_secret", intent.kind()),
            intent.text("client_secret").unwrap_or_default(),
        )
        .append_pair("redirect_status", if passed { "succeeded" } else { "failed" });
    Some(url.into())
}
