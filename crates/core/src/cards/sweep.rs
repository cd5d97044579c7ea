//! Finding cards that nobody told us about: the event was lost, and the customer never came back.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use perennial_domain::{CardPage, ConnectSession, ProjectId};

use super::CardError;
use super::setup::{change_page, settle_card_page};
use crate::context::App;

/// At the most so many visits are looked after in a sweep.
const BATCH: u32 = 200;
/// Stripe's clock is not ours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(15);

/// Makes every card pay that was given on a page of which nothing was heard for a while.
pub async fn sweep_card_pages(app: &App) -> Result<(), CardError> {
    let mut due = BTreeMap::<ProjectId, Vec<ConnectSession>>::new();
    for visit in app.read(|cx, tx| tx.due_card_pages(cx.now(), BATCH)).await? {
        due.entry(visit.project_id).or_default().push(visit);
    }
    for (project, visits) in due {
        // One merchant's broken account must not hold up the others.
        if let Err(error) = look_after(app, project, &visits).await {
            tracing::warn!(project.id = %project, %error, "the card pages of {project} could not be swept");
        }
    }
    Ok(())
}

/// Asks Stripe for all pages that were finished since the oldest of these: a list, not one by one.
async fn look_after(app: &App, project: ProjectId, visits: &[ConnectSession]) -> Result<(), CardError> {
    let pages = || visits.iter().filter_map(|visit| visit.progress.card_page.as_ref());
    let Some(oldest) = pages().map(|page| page.opened_at).min() else { return Ok(()) };
    let payments = app.payments(project).await?;
    for setup in payments.finished_card_setups(oldest - CLOCKS_DIFFER).await? {
        let is_due = pages().any(|page| page.stripe_session_id.as_deref() == Some(setup.id.as_str()));
        if is_due && let Err(error) = settle_card_page(app, project, &setup.id).await {
            tracing::warn!(%error, "the card of {} is not kept yet, a later sweep tries again", setup.id);
        }
    }
    let ids: Vec<_> = visits.iter().map(|visit| visit.id).collect();
    app.write(move |cx, tx| {
        let look_again = |page: &mut CardPage| {
            if page.look_at.is_some_and(|look_at| look_at <= cx.now()) {
                page.look_again(cx.now());
            }
        };
        ids.iter().try_for_each(|visit| change_page(tx, project, *visit, look_again))
    })
    .await
}
