//! The life of a setup intent: a card kept for later, with the challenge passed now.

use serde_json::{Value, json};

use super::payments::{Attempt, challenge_action};
use super::succeeded;
use crate::cards::{AUTHENTICATION_REQUIRED, Behaviour, Refusal};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::payment_methods;
use crate::store::Tx;
use crate::{blank, events, ids, present};

/// Adds an intent that waits for a payment method. `more` holds members that differ from the usual.
pub(crate) fn open(tx: &Tx<'_>, more: Value) -> Result<Value, ApiError> {
    let id = ids::new_id("seti");
    let mut intent = blank::SETUP_INTENT.copy()?;
    intent.merge(json!({
        "id": id,
        "client_secret": format!("{id}_secret_{}", ids::letters(25)),
        "created": tx.now(),
    }));
    intent.merge(more);
    tx.insert(&intent)?;
    events::emit(tx, "setup_intent.created", &intent)?;
    Ok(intent)
}

/// Tries to set a payment method up, and tells whoever waits for it when it succeeds.
pub(crate) fn confirm(tx: &Tx<'_>, intent: &mut Value, method: &mut Value) -> Result<Attempt, ApiError> {
    intent.put("payment_method", method.id());
    intent.put("last_setup_error", Value::Null);
    match payment_methods::behaviour(method) {
        Behaviour::Declines(refusal) => {
            fail(tx, intent, method, &refusal)?;
            Ok(Attempt::Declined(refusal))
        }
        Behaviour::ChallengesUntilSetUp | Behaviour::ChallengesAlways => {
            intent.put("status", "requires_action");
            intent.put("next_action", challenge_action(tx, intent));
            tx.save(intent)?;
            events::emit(tx, "setup_intent.requires_action", intent)?;
            Ok(Attempt::Challenged)
        }
        Behaviour::Succeeds
        | Behaviour::SucceedsDisputed(_)
        | Behaviour::DeclinesCharges(_)
        | Behaviour::Debits { .. } => {
            succeed(tx, intent, method)?;
            Ok(Attempt::Succeeded)
        }
    }
}

/// Goes on after the challenge was passed or failed.
pub(crate) fn answer_challenge(tx: &Tx<'_>, intent: &mut Value, passed: bool) -> Result<Attempt, ApiError> {
    let mut method = tx.linked_copy("payment_method", intent.text("payment_method").unwrap_or_default())?;
    intent.put("next_action", Value::Null);
    if passed {
        succeed(tx, intent, &mut method)?;
        return Ok(Attempt::Succeeded);
    }
    let refusal = Refusal {
        code: "setup_intent_authentication_failure",
        message: "The bank could not authenticate you. Try again or use another card.",
        ..AUTHENTICATION_REQUIRED
    };
    fail(tx, intent, &method, &refusal)?;
    Ok(Attempt::Declined(refusal))
}

fn succeed(tx: &Tx<'_>, intent: &mut Value, method: &mut Value) -> Result<(), ApiError> {
    method.put("_set_up", true);
    tx.save(method)?;
    if let Some(customer) = intent.text("customer") {
        payment_methods::attach(tx, method, customer)?;
    }
    intent.put("status", "succeeded");
    tx.save(intent)?;
    events::emit(tx, "setup_intent.succeeded", intent)?;
    succeeded(tx, intent)
}

fn fail(tx: &Tx<'_>, intent: &mut Value, method: &Value, refusal: &Refusal) -> Result<(), ApiError> {
    let mut error = payment_methods::refusal_error(refusal).body();
    error.put("payment_method", present::public(method.clone()));
    intent.put("status", "requires_payment_method");
    intent.put("payment_method", Value::Null);
    intent.put("last_setup_error", error);
    tx.save(intent)?;
    events::emit(tx, "setup_intent.setup_failed", intent)
}

/// The refusal of an attempt as the API answers it, with the intent inside.
pub(crate) fn declined_error(refusal: &Refusal, intent: &Value) -> ApiError {
    payment_methods::refusal_error(refusal).with("setup_intent", present::public(intent.clone()))
}
