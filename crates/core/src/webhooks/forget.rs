//! Forgetting what Stripe told word for word. The event itself is kept: that it came, when, and what became of it.

use jiff::SignedDuration;
use perennial_store::StoreError;

use crate::context::App;

/// For so long an operator can read what an event said. Stripe shows its own for 30 days
/// (<https://docs.stripe.com/api/events>), and a disputed payment may be asked about for longer.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// At the most so many in one sweep; the next one takes the rest.
const BATCH: u32 = 1_000;

/// Forgets the payloads of events that were settled long ago; answers how many. One that still waits, or is parked for a
/// person to look at, keeps its own however old it is.
pub async fn forget_old_payloads(app: &App) -> Result<u64, StoreError> {
    app.write(|cx, tx| tx.forget_stripe_payloads(cx.now() - KEPT_FOR, BATCH)).await
}
