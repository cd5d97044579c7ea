//! The life of a payment intent: <https://docs.stripe.com/payments/paymentintents/lifecycle>.

use serde_json::{Value, json};

use super::{charges, debits, disputes, succeeded};
use crate::cards::{AUTHENTICATION_REQUIRED, Behaviour, Refusal};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::Tx;
use crate::{blank, events, ids, present};

/// Whether the customer is there to pass a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// At the page.
    OnSession,
    /// Away: renewals, and payments said to be off-session.
    OffSession,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The money is taken, or held when capturing is left for later.
    Succeeded,
    /// The bank asks the customer first.
    Challenged,
    /// A bank was asked for the money and answers later.
    Processing,
    /// The issuer refused.
    Declined(Refusal),
}

/// Adds an intent that waits for a payment method. `more` holds members that differ from the usual.
pub(crate) fn open(tx: &Tx<'_>, amount: i64, currency: &str, more: Value) -> Result<Value, ApiError> {
    let id = ids::new_id("pi");
    let mut intent = blank::PAYMENT_INTENT.copy()?;
    intent.merge(json!({
        "id": id,
        "amount": amount,
        "client_secret": format!("{id}_secret_{}", ids::letters(25)),
        "created": tx.now(),
        "currency": currency,
    }));
    intent.merge(more);
    tx.insert(&intent)?;
    events::emit(tx, "payment_intent.created", &intent)?;
    Ok(intent)
}

/// Tries to pay an intent with a payment method, and tells whoever waits for it when it succeeds.
pub(crate) fn confirm(
    tx: &Tx<'_>,
    intent: &mut Value,
    method: &mut Value,
    presence: Presence,
) -> Result<Attempt, ApiError> {
    intent.put("payment_method", method.id());
    intent.put("last_payment_error", Value::Null);
    intent.put("next_action", Value::Null);
    let set_up = method.flag("_set_up");
    let attempt = match (payment_methods::behaviour(method), presence) {
        (Behaviour::Declines(refusal) | Behaviour::DeclinesCharges(refusal), _) => Attempt::Declined(refusal),
        (Behaviour::ChallengesUntilSetUp, _) if set_up => Attempt::Succeeded,
        (Behaviour::ChallengesUntilSetUp | Behaviour::ChallengesAlways, Presence::OnSession) => {
            Attempt::Challenged
        }
        (Behaviour::ChallengesUntilSetUp | Behaviour::ChallengesAlways, Presence::OffSession) => {
            Attempt::Declined(AUTHENTICATION_REQUIRED)
        }
        (Behaviour::Succeeds | Behaviour::SucceedsDisputed(_), _) => Attempt::Succeeded,
        (Behaviour::Debits { pays, after_seconds }, _) => {
            debits::begin(tx, intent, method, pays, after_seconds)?;
            return Ok(Attempt::Processing);
        }
    };
    match attempt {
        Attempt::Processing => {}
        Attempt::Succeeded => succeed(tx, intent, method)?,
        Attempt::Challenged => challenge(tx, intent)?,
        Attempt::Declined(refusal) => decline(tx, intent, method, &refusal)?,
    }
    Ok(attempt)
}

/// Goes on after the challenge was passed or failed.
pub(crate) fn answer_challenge(tx: &Tx<'_>, intent: &mut Value, passed: bool) -> Result<Attempt, ApiError> {
    let mut method = tx.linked_copy("payment_method", intent.text("payment_method").unwrap_or_default())?;
    intent.put("next_action", Value::Null);
    if passed {
        method.put("_set_up", true);
        tx.save(&method)?;
        succeed(tx, intent, &method)?;
        return Ok(Attempt::Succeeded);
    }
    let refusal = Refusal {
        code: "payment_intent_authentication_failure",
        message: "The bank could not authenticate you. Try again or use another card.",
        ..AUTHENTICATION_REQUIRED
    };
    fail(tx, intent, &method, &refusal, None)?;
    Ok(Attempt::Declined(refusal))
}

fn succeed(tx: &Tx<'_>, intent: &mut Value, method: &Value) -> Result<(), ApiError> {
    let captured = intent.text("capture_method") != Some("manual");
    let charge = charges::succeed(tx, intent, method, captured)?;
    intent.put("latest_charge", charge.id());
    if captured {
        receive(tx, intent)?;
        return disputes::raise_if_disputed(tx, charge.id(), method);
    }
    intent.put("status", "requires_capture");
    intent.put("amount_capturable", intent.amount("amount"));
    tx.save(intent)?;
    events::emit(tx, "payment_intent.amount_capturable_updated", intent)
}

/// Records that the money is there, and tells whoever waits for it.
pub(super) fn receive(tx: &Tx<'_>, intent: &mut Value) -> Result<(), ApiError> {
    intent.put("status", "succeeded");
    intent.put("amount_received", intent.amount("amount"));
    tx.save(intent)?;
    events::emit(tx, "payment_intent.succeeded", intent)?;
    succeeded(tx, intent)
}

fn challenge(tx: &Tx<'_>, intent: &mut Value) -> Result<(), ApiError> {
    intent.put("status", "requires_action");
    intent.put("next_action", challenge_action(tx, intent));
    tx.save(intent)?;
    events::emit(tx, "payment_intent.requires_action", intent)
}

/// Takes back a challenge that nobody answered: the amount it was about has changed.
pub(crate) fn withdraw_challenge(tx: &Tx<'_>, intent: &mut Value) -> Result<(), ApiError> {
    intent.put("status", "requires_payment_method");
    intent.put("payment_method", Value::Null);
    intent.put("next_action", Value::Null);
    tx.save(intent)
}

/// Where the customer passes the challenge, as `next_action` says it.
pub(crate) fn challenge_action(tx: &Tx<'_>, intent: &Value) -> Value {
    let url = format!("{}/3ds/{}", tx.context().base_url, intent.id());
    json!({
        "type": "redirect_to_url",
        "redirect_to_url": { "url": url, "return_url": intent.copy("_return_url") },
    })
}

fn decline(tx: &Tx<'_>, intent: &mut Value, method: &Value, refusal: &Refusal) -> Result<(), ApiError> {
    let charge = charges::fail(tx, intent, method, refusal)?;
    fail(tx, intent, method, refusal, Some(charge.id()))
}

/// Records that the money did not come.
pub(super) fn fail(
    tx: &Tx<'_>,
    intent: &mut Value,
    method: &Value,
    refusal: &Refusal,
    charge: Option<&str>,
) -> Result<(), ApiError> {
    let mut error = payment_methods::refusal_error(refusal).body();
    error.put("payment_method", present::public(method.clone()));
    if let Some(charge) = charge {
        intent.put("latest_charge", charge);
        error.put("charge", charge);
    }
    intent.put("status", "requires_payment_method");
    intent.put("payment_method", Value::Null);
    intent.put("last_payment_error", error);
    tx.save(intent)?;
    events::emit(tx, "payment_intent.payment_failed", intent)
}

/// The refusal of an attempt as the API answers it, with the intent inside.
pub(crate) fn declined_error(refusal: &Refusal, intent: &Value) -> ApiError {
    let error =
        payment_methods::refusal_error(refusal).with("payment_intent", present::public(intent.clone()));
    match intent.text("latest_charge") {
        Some(charge) => error.with("charge", json!(charge)),
        None => error,
    }
}

/// Captures what was held.
pub(crate) fn capture(tx: &Tx<'_>, intent: &mut Value, amount: Option<i64>) -> Result<(), ApiError> {
    let held = intent.amount("amount_capturable");
    let amount = amount.unwrap_or(held);
    if amount < 1 || amount > held {
        let message = format!("The amount to capture must be between 1 and the {held} held.");
        return Err(ApiError::invalid("amount_to_capture", message).with_code("amount_too_large"));
    }
    let mut charge = tx.linked_copy("charge", intent.text("latest_charge").unwrap_or_default())?;
    charges::capture(tx, &mut charge, amount)?;
    intent.put("status", "succeeded");
    intent.put("amount_capturable", 0);
    intent.put("amount_received", amount);
    tx.save(intent)?;
    events::emit(tx, "payment_intent.succeeded", intent)?;
    succeeded(tx, intent)?;
    let method = tx.linked("payment_method", intent.text("payment_method").unwrap_or_default())?;
    disputes::raise_if_disputed(tx, charge.id(), &method)
}

/// Ends an intent that has not succeeded.
pub(crate) fn cancel(tx: &Tx<'_>, intent: &mut Value, reason: Option<&str>) -> Result<(), ApiError> {
    intent.put("status", "canceled");
    intent.put("canceled_at", tx.now());
    intent.put("cancellation_reason", json!(reason));
    intent.put("next_action", Value::Null);
    intent.put("amount_capturable", 0);
    tx.save(intent)?;
    events::emit(tx, "payment_intent.canceled", intent)
}
