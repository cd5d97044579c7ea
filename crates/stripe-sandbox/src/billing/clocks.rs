//! Test clocks: customers who live in a time of their own: <https://docs.stripe.com/billing/testing/test-clocks>.

use serde_json::{Value, json};

use super::renewals;
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// The time of an object: by the test clock it is bound to, itself or through its customer or its subscription. `None`
/// for the many that go by the owner's clock.
pub(crate) fn time_of(tx: &Tx<'_>, object: &Value) -> Result<Option<i64>, ApiError> {
    if object.kind() == "test_helpers.test_clock" {
        return Ok(object.integer("frozen_time"));
    }
    if let Some(clock) = object.text("test_clock") {
        return Ok(tx.look_up(clock)?.and_then(|clock| clock.integer("frozen_time")));
    }
    for path in ["customer", "subscription"] {
        let Some(id) = object.text(path) else { continue };
        let clock = tx.look_up(id)?.and_then(|found| found.owned("test_clock"));
        if let Some(clock) = clock {
            return Ok(tx.look_up(&clock)?.and_then(|clock| clock.integer("frozen_time")));
        }
    }
    Ok(None)
}

/// Does `work` in the time of an object.
pub(crate) fn in_time_of<T>(
    tx: &Tx<'_>,
    object: &Value,
    work: impl FnOnce() -> Result<T, ApiError>,
) -> Result<T, ApiError> {
    match time_of(tx, object)? {
        Some(time) => tx.at(time, work),
        None => work(),
    }
}

/// Moves a clock forward and lets happen, in order and each at its time, what is due until then. The whole journey is one
/// transaction, so nobody meets the clock on its way.
pub(crate) fn advance(tx: &Tx<'_>, clock: &mut Value, until: i64) -> Result<(), ApiError> {
    clock.put("status", "advancing");
    clock.put("status_details.advancing.target_frozen_time", until);
    tx.save(clock)?;
    events::emit(tx, "test_helpers.test_clock.advancing", clock)?;
    while renewals::run_next(tx, Some(clock.id()), until)? {}
    clock.put("frozen_time", until);
    clock.put("status", "ready");
    clock.put("status_details", json!({}));
    tx.save(clock)?;
    tx.at(until, || events::emit(tx, "test_helpers.test_clock.ready", clock))
}
