//! Finding renewals that no event told us about: it was lost, or our endpoint was away for longer than Stripe tries.

use jiff::SignedDuration;
use perennial_domain::ProjectId;
use perennial_store::StoreError;

use super::sync::sync_subscription;
use crate::context::App;
use crate::reach::Reach;

/// Stripe leaves a renewal's invoice open for changes for about an hour before it charges
/// (<https://docs.stripe.com/billing/invoices/subscription#subscription-lifecycle>), and then tells us by itself.
const GRACE: SignedDuration = SignedDuration::from_hours(2);
/// A subscription in arrears stays overdue for weeks. Its events come in time, so it is asked for only so often.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(12);
/// What could not be looked up waits for so long, so that it takes nobody else's turn.
const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// At the most so many in one sweep; the next one takes the rest.
const BATCH: u32 = 100;

/// Brings every subscription up to date whose period is over and that Stripe has told nothing about; answers how many.
/// One that cannot be brought up to date holds up no other.
pub async fn sweep_renewals(app: &App) -> Result<usize, StoreError> {
    let (over_by, asked_before) = (app.now() - GRACE, app.now() - ASK_AGAIN_AFTER);
    let overdue = app.read(move |_, tx| tx.overdue_renewals(over_by, asked_before, BATCH)).await?;
    let mut synced = 0;
    let mut reach = Reach::default();
    for (project, id) in overdue {
        if !reach.may_ask(project) {
            put_off(app, project, id).await?;
            continue;
        }
        match reach.learn(project, sync_subscription(app, project, &id).await) {
            Ok(_) => synced += 1,
            Err(error) => {
                tracing::warn!(project.id = %project, %error, "the renewal of {id} is overdue and could not be looked up, a later sweep tries again");
                put_off(app, project, id).await?;
            }
        }
    }
    Ok(synced)
}

async fn put_off(app: &App, project: ProjectId, stripe_id: String) -> Result<(), StoreError> {
    let asked_at = app.now() - ASK_AGAIN_AFTER + TRY_AGAIN_AFTER;
    app.write(move |_, tx| tx.billing_marks(project).note_attempt(&stripe_id, asked_at)).await
}
