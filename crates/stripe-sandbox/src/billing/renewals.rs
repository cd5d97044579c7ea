//! What happens by the clock alone.

use serde_json::Value;

use super::{cycle, debits, disputes, dunning, pending, schedules, subscription};
use crate::checkout;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// How long something that failed is left alone before it is tried again.
const PAUSE_AFTER_FAILURE_SECONDS: i64 = 3_600;

/// Does what has been due for longest, by `until`, among the objects bound to a test clock, or to none. It is done as of
/// the time it was due, so one long jump ends like many small steps. Answers whether there was anything.
///
/// What fails is taken back, told to the log and put off, so that nothing else has to wait for it.
pub(crate) fn run_next(tx: &Tx<'_>, clock: Option<&str>, until: i64) -> Result<bool, ApiError> {
    let Some(due) = tx.next_due(clock, until)? else { return Ok(false) };
    if let Err(error) = tx.attempt(|| tx.at(due.amount("_due_at"), || run(tx, &due))) {
        let error: &dyn std::error::Error = &error;
        tracing::error!(error, id = due.id(), "what was due for {} failed and is put off", due.id());
        put_off(tx, due, until + PAUSE_AFTER_FAILURE_SECONDS)?;
    }
    Ok(true)
}

/// The same without taking back what fails: then the transaction as a whole has to be, whatever else it holds. Taking back
/// one thing alone costs a copy of every page that is written to.
pub(crate) fn run_next_or_fail(tx: &Tx<'_>, clock: Option<&str>, until: i64) -> Result<bool, ApiError> {
    let Some(due) = tx.next_due(clock, until)? else { return Ok(false) };
    tx.at(due.amount("_due_at"), || run(tx, &due)).map_err(ApiError::rolled_back)?;
    Ok(true)
}

fn put_off(tx: &Tx<'_>, mut due: Value, until: i64) -> Result<(), ApiError> {
    due.put("_due_at", until);
    tx.save(&due)
}

fn run(tx: &Tx<'_>, due: &Value) -> Result<(), ApiError> {
    match due.kind() {
        "subscription" => advance(tx, due),
        "invoice" => try_again(tx, due.clone()),
        "subscription_schedule" => schedules::advance(tx, due),
        disputes::DISPUTE => disputes::let_lapse(tx, due),
        debits::DEBIT => debits::finish(tx, due, due.flag("pays")),
        "checkout.session" => checkout::complete::expire(tx, due.clone()).map(|_| ()),
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
    if due.text("status") == Some("draft") {
        return cycle::collect_draft(tx, &mut due);
    }
    dunning::pay_by_itself(tx, &mut due)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Sandbox, SandboxOptions};

    #[tokio::test]
    async fn what_fails_is_put_off_and_the_others_go_on() {
        let sandbox = Sandbox::open(SandboxOptions::default()).unwrap();
        let now = sandbox.now();
        let broken = json!({ "id": "x_1", "object": "mystery", "_due_at": now - 20 });
        let session =
            json!({ "id": "cs_1", "object": "checkout.session", "status": "open", "_due_at": now - 10 });
        let insert =
            sandbox.write(|tx| [&broken, &session].into_iter().try_for_each(|object| tx.insert(object)));
        insert.await.unwrap();
        sandbox.tick().await.unwrap();
        let found = sandbox.read(|tx| Ok((tx.find("x_1")?.unwrap(), tx.find("cs_1")?.unwrap())));
        let (broken, session) = found.await.unwrap();
        assert_eq!(session.text("status"), Some("expired"));
        assert!(broken.amount("_due_at") >= now + PAUSE_AFTER_FAILURE_SECONDS);
    }
}
