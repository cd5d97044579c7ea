//! Forgetting what was sent long ago. The events themselves stay.

use jiff::SignedDuration;
use perennial_store::StoreError;

use crate::context::App;

/// How long it is known what was sent to whom, and how long a receiver that is disabled may catch up.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// One run ends after so many statements; the next one goes on.
const MOST_BATCHES: u32 = 100;

/// Forgets deliveries of events older than thirty days; answers how many.
pub async fn forget_deliveries(app: &App) -> Result<u64, StoreError> {
    let mut forgotten = 0;
    for _ in 0..MOST_BATCHES {
        // A transaction each, so that no writer waits for long.
        match app.write(|cx, tx| tx.forget_webhook_deliveries(cx.now() - KEPT)).await? {
            0 => break,
            some => forgotten += some,
        }
    }
    Ok(forgotten)
}
