//! Forgetting what was sent long ago. The events themselves stay.

use jiff::SignedDuration;
use perennial_store::StoreError;

use crate::batches::in_batches;
use crate::context::App;

/// How long it is known what was sent to whom, and how long a receiver that is disabled may catch up.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Forgets deliveries of events older than thirty days; answers how many.
pub async fn forget_deliveries(app: &App) -> Result<u64, StoreError> {
    in_batches(app, |cx, tx| tx.forget_webhook_deliveries(cx.now() - KEPT)).await
}
