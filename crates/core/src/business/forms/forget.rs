//! Forgetting forms. What was bought by them, and what was paid, is kept elsewhere.

use jiff::SignedDuration;
use perennial_store::StoreError;

use crate::batches::in_batches;
use crate::context::App;

/// For so long a form can be asked about: far longer than it can be sent again, or its customer come back from a page of
/// Stripe's or by a mailed link.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Forgets forms that were confirmed long ago, with the ways back that their addresses name; answers how many.
pub async fn forget_forms(app: &App) -> Result<u64, StoreError> {
    in_batches(app, |cx, tx| tx.forget_checkout_forms(cx.now() - KEPT_FOR)).await
}
