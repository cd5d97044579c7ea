//! Finding checkouts that nobody told us about: the webhook was lost, and the customer never came back.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Checkout, CheckoutState, ProjectId};
use perennial_store::StoreError;

use super::charge::heal;
use super::settle::{SettleError, apply_session, close_unpaid, settle_stripe_session};
use crate::context::{AccountError, App};
use crate::ports::PaymentsError;
use crate::reach::Reach;

/// Younger checkouts are left to the return page and the webhook.
const YOUNG: SignedDuration = SignedDuration::from_secs(15);
/// By then a list of Stripe's has named it, or none will.
const LONG_OVERDUE: SignedDuration = SignedDuration::from_mins(10);
/// At the most so many pages, and so many charges, are asked for one by one in a sweep. So many that one merchant's broken
/// account, of which only the first is tried, does not fill it.
const BATCH: u32 = 500;

/// Stripe answers so many sessions at once (<https://docs.stripe.com/api/pagination>).
const PER_CALL: usize = 100;
/// What is overdue, as a debit whose bank takes days, is asked for again after a pause as long as it has been overdue, and
/// after this at the latest.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(6);

/// Why a sweep stopped. The next one goes on.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Settles every open checkout that is paid, and closes those whose time is over.
pub async fn sweep_checkouts(app: &App) -> Result<(), SweepError> {
    let created_before = app.now() - YOUNG;
    let waiting = app.read(move |cx, tx| tx.oldest_open_checkouts(created_before, cx.now())).await?;
    for (project, oldest) in waiting {
        // One merchant's broken account must not hold up the others.
        if let Err(error) = settle_finished(app, project, oldest).await {
            tracing::warn!(project.id = %project, %error, "the checkouts of {project} could not be swept");
        }
    }
    close_all_overdue(app).await?;
    heal_charges(app).await
}

async fn close_all_overdue(app: &App) -> Result<(), SweepError> {
    let long_ago = app.now() - LONG_OVERDUE;
    let mut reach = Reach::default();
    for checkout in app.read(move |cx, tx| tx.overdue_checkouts(long_ago, cx.now(), BATCH)).await? {
        let (project, id) = (checkout.project_id, checkout.id);
        if !reach.may_ask(project) {
            continue;
        }
        log_failure(reach.learn(project, close_overdue(app, &checkout).await));
        // Not where nobody could be asked: then it is still due.
        if reach.may_ask(project) {
            let pause = app.now().duration_since(checkout.expires_at).min(LONGEST_PAUSE);
            app.write(move |cx, tx| tx.checkouts(project).leave_alone(id, cx.now() + pause)).await?;
        }
    }
    Ok(())
}

/// What a crash left between a charge and its answer.
async fn heal_charges(app: &App) -> Result<(), SweepError> {
    let now = app.now();
    let mut reach = Reach::default();
    for checkout in app.read(move |_, tx| tx.stranded_charges(now, BATCH)).await? {
        if !reach.may_ask(checkout.project_id) {
            continue;
        }
        let healed = reach.learn(checkout.project_id, heal(app, &checkout).await);
        if let Err(error) = healed {
            tracing::warn!(checkout.id = %checkout.id, %error, "the charge of {} could not be found out about, the next sweep tries again", checkout.id);
        }
    }
    Ok(())
}

/// Asks Stripe for all that was finished since the oldest open checkout: a list, not one by one.
async fn settle_finished(app: &App, project: ProjectId, oldest: Timestamp) -> Result<(), SweepError> {
    let payments = app.payments(project).await?;
    // A few seconds earlier, because Stripe's clock is not ours.
    let finished = payments.finished_checkouts(oldest - YOUNG).await?;
    let pause = pause_after(finished.len());
    for session in finished {
        let Some(id) = session.checkout_id else { continue };
        let known = app.read(move |_, tx| tx.checkouts(project).find(id)).await?;
        if known.is_some_and(|checkout| checkout.is_undecided()) {
            log_failure(apply_session(app, project, session).await.map(drop));
        }
    }
    let pages_lifetime = app.settings().checkout_lifetime;
    if pause.is_zero() || app.now().duration_since(oldest) <= pages_lifetime {
        return Ok(());
    }
    Ok(app
        .write(move |cx, tx| {
            let (older_than, until) = (cx.now() - pages_lifetime, cx.now() + pause);
            tx.checkouts(project).leave_older_alone(older_than, cx.now(), until)
        })
        .await?)
}

/// What the hosted pages open is asked about in every sweep. What other doors keep open for longer may need a list of all
/// that the account has sold for a day: it is asked for again after as many seconds as it took calls. So it takes one call
/// a second of the 25 that Stripe allows (<https://docs.stripe.com/rate-limits>), and is there within a minute as long as
/// fewer than 4 500 sessions were finished meanwhile.
fn pause_after(finished: usize) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(finished / PER_CALL).unwrap_or(i64::MAX))
}

/// What no list of Stripe's names any more: asked for by itself, or closed, where Stripe never heard of it.
async fn close_overdue(app: &App, checkout: &Checkout) -> Result<(), SettleError> {
    if let Some(stripe_session_id) = &checkout.stripe_session_id {
        return settle_stripe_session(app, checkout.project_id, stripe_session_id).await.map(drop);
    }
    // Stripe's answer never reached us, so the page never reached the customer: nobody can have paid.
    Ok(close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Expired).await?)
}

fn log_failure(result: Result<(), SettleError>) {
    if let Err(error) = result {
        tracing::warn!(%error, "a checkout could not be settled, the next sweep tries again");
    }
}
