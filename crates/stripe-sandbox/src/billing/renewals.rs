//! What happens by the clock alone.

use serde_json::Value;

use super::payments::Presence;
use super::{collection, subscription};
use crate::checkout;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// Does what has been due for longest, and answers whether there was anything.
pub(crate) fn run_next(tx: &Tx<'_>) -> Result<bool, ApiError> {
    let Some(due) = tx.next_due()? else { return Ok(false) };
    match due.kind() {
        "subscription" => advance(tx, &due)?,
        "invoice" => try_again(tx, due)?,
        "checkout.session" => {
            checkout::complete::expire(tx, due)?;
        }
        kind => return Err(ApiError::internal(format!("Nothing is known to be due for a {kind}."))),
    }
    Ok(true)
}

fn advance(tx: &Tx<'_>, due: &Value) -> Result<(), ApiError> {
    if due.text("status") == Some("incomplete") {
        return subscription::end(tx, due, "incomplete_expired", None).map(|_| ());
    }
    if subscription::trial_ends_soon(tx, due) {
        return subscription::tell_trial_end(tx, due.clone()).map(|_| ());
    }
    if due.integer("cancel_at").is_some_and(|end| end <= tx.now()) {
        return subscription::end(tx, due, "canceled", Some("cancellation_requested")).map(|_| ());
    }
    subscription::renew(tx, due)
}

fn try_again(tx: &Tx<'_>, mut due: Value) -> Result<(), ApiError> {
    due.put("_due_at", Value::Null);
    due.put("next_payment_attempt", Value::Null);
    tx.save(&due)?;
    match collection::pay(tx, &mut due, None, Presence::OffSession) {
        Err(error) if error.code() == Some("resource_missing") => {
            subscription::renewal_failed(tx, &due, false)
        }
        outcome => outcome.map(|_| ()),
    }
}
