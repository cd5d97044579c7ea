//! Events: what happened, told to the webhook endpoints that asked for it: <https://docs.stripe.com/api/events>.

use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::versions;
use crate::store::Tx;
use crate::{ids, present};

/// Records that something happened to an object, and queues it for delivery.
pub(crate) fn emit(tx: &Tx<'_>, event_type: &str, object: &Value) -> Result<(), ApiError> {
    if is_left_out(tx, event_type)? {
        return Ok(());
    }
    let object = present::shown_as(tx, object.clone(), versions::DEFAULT)?;
    record(tx, event_type, Map::from_iter([("object".to_owned(), object)]))
}

/// Records a change together with the values that were there before. No difference, no event.
pub(crate) fn emit_change(
    tx: &Tx<'_>,
    event_type: &str,
    before: &Value,
    after: &Value,
) -> Result<(), ApiError> {
    // What is kept the same is shown the same. Most payments of a renewal change nothing of their subscription.
    if before == after || is_left_out(tx, event_type)? {
        return Ok(());
    }
    let before = present::shown_as(tx, before.clone(), versions::DEFAULT)?;
    emit_change_from(tx, event_type, &before, after)
}

/// Like [`emit_change`], for a `before` that was already in the shape the API shows. Subscriptions need it: their
/// items are objects of their own, which may have changed since.
pub(crate) fn emit_change_from(
    tx: &Tx<'_>,
    event_type: &str,
    shown_before: &Value,
    after: &Value,
) -> Result<(), ApiError> {
    if is_left_out(tx, event_type)? {
        return Ok(());
    }
    let after = present::shown_as(tx, after.clone(), versions::DEFAULT)?;
    match difference(shown_before, &after) {
        Some(previous) => {
            let data = [("object".to_owned(), after), ("previous_attributes".to_owned(), previous)];
            record(tx, event_type, Map::from_iter(data))
        }
        None => Ok(()),
    }
}

/// Whether an event is not even written down: nobody asked for it, and the owner keeps no such events.
fn is_left_out(tx: &Tx<'_>, event_type: &str) -> Result<bool, ApiError> {
    Ok(!tx.context().keep_unheard_events && listeners(tx, event_type)?.is_empty())
}

/// The members of `before` that `after` no longer has the same, going into objects but not into lists.
fn difference(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| before.clone());
    };
    let mut changed = Map::new();
    for (name, value) in old {
        if let Some(part) = difference(value, new.get(name).unwrap_or(&Value::Null)) {
            changed.insert(name.clone(), part);
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        changed.insert(name.clone(), Value::Null);
    }
    (!changed.is_empty()).then_some(Value::Object(changed))
}

fn record(tx: &Tx<'_>, event_type: &str, data: Map<String, Value>) -> Result<(), ApiError> {
    let id = ids::new_id("evt");
    let endpoints = listeners(tx, event_type)?;
    let context = tx.context();
    let mut event = json!({
        "id": id,
        "object": "event",
        "api_version": versions::DEFAULT,
        "created": tx.now(),
        "data": null,
        "livemode": false,
        "pending_webhooks": endpoints.len(),
        "request": { "id": context.request_id, "idempotency_key": context.idempotency_key },
        "type": event_type,
    });
    // Not through `json!`, which would copy the object once more.
    event["data"] = Value::Object(data);
    tx.insert_event(&event)?;
    queue(tx, &id, &endpoints)
}

/// Queues an event for delivery to endpoints.
pub(crate) fn queue(tx: &Tx<'_>, event: &str, endpoints: &[String]) -> Result<(), ApiError> {
    let sql =
        "INSERT INTO deliveries (event, endpoint, state, attempts, due_at) VALUES (?1, ?2, 'pending', 0, ?3)";
    for endpoint in endpoints {
        tx.connection.prepare_cached(sql)?.execute(params![event, endpoint, tx.owners_now()])?;
        tx.note_queued_deliveries();
    }
    Ok(())
}

/// The ids of the enabled endpoints that want this type of event.
pub(crate) fn listeners(tx: &Tx<'_>, event_type: &str) -> Result<Vec<String>, ApiError> {
    let endpoints = tx.listening_endpoints()?;
    let wanted = |endpoint: &&Value| {
        endpoint.elements("enabled_events").iter().any(|wanted| wanted == "*" || wanted == event_type)
    };
    Ok(endpoints.iter().filter(wanted).map(|endpoint| endpoint.id().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_goes_into_objects_but_not_into_lists() {
        let before = json!({ "a": 1, "b": { "c": 1, "d": 2 }, "e": [1, 2], "same": "x" });
        let after = json!({ "a": 1, "b": { "c": 9, "d": 2 }, "e": [1, 3], "same": "x", "new": true });
        let expected = json!({ "b": { "c": 1 }, "e": [1, 2], "new": null });
        assert_eq!(difference(&before, &after), Some(expected));
        assert_eq!(difference(&before, &before), None);
    }
}
