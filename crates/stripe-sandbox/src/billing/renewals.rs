//! What happens by the clock alone.

use serde_json::Value;

use super::{cycle, dunning, pending, schedules, subscription};
use crate::checkout;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// Does what has been due for longest, by `until`, among the objects bound to a test clock, or to none. It is done as of
/// the time it was due, so one long jump ends like many small steps. Answers whether there was anything.
pub(crate) fn run_next(tx: &Tx<'_>, clock: Option<&str>, until: i64) -> Result<bool, ApiError> {
    let Some(due) = tx.next_due(clock, until)? else { return Ok(false) };
    tx.at(due.amount("_due_at"), || run(tx, due))?;
    Ok(true)
}

fn run(tx: &Tx<'_>, due: Value) -> Result<(), ApiError> {
    match due.kind() {
        "subscription" => advance(tx, &due),
        "invoice" => try_again(tx, due),
        "subscription_schedule" => schedules::advance(tx, &due),
        "checkout.session" => checkout::complete::expire(tx, due).map(|_| ()),
        kind => Err(ApiError::internal(format!("Nothing is known to be due for a {kind}."))),
    }
}

fn advance(tx: &Tx<'_>, due: &Value) -> Result<(), ApiError> {
    if due.text("status") == Some("incomplete") {
        return subscription::end(tx, due, "incomplete_expired", None).map(|_| ());
    }
    if due.integer("pending_update.expires_at").is_some_and(|at| at <= tx.now()) {
        return pending::expire(tx, due);
    }
    if subscription::trial_ends_soon(tx, due) {
        return subscription::tell_trial_end(tx, due.clone()).map(|_| ());
    }
    if due.integer("pause_collection.resumes_at").is_some_and(|at| at <= tx.now()) {
        return subscription::resume_collection(tx, due);
    }
    if due.integer("cancel_at").is_some_and(|end| end <= tx.now()) {
        return subscription::end(tx, due, "canceled", Some("cancellation_requested")).map(|_| ());
    }
    cycle::renew(tx, due)
}

fn try_again(tx: &Tx<'_>, mut due: Value) -> Result<(), ApiError> {
    due.put("_due_at", Value::Null);
    tx.save(&due)?;
    dunning::pay_by_itself(tx, &mut due)
}
