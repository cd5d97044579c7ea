//! What waited before a change came in its place that nobody paid for: it is wanted again.

use perennial_domain::{SubscriptionChange, SubscriptionChangeState};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::events::{Happening, record};

/// Has the change wait again in whose place one came that has failed, within the transaction that notes the failure. It has
/// an id of its own, because whoever listens knows the first one as taken back. The sweep arranges it.
pub(super) fn bring_back(cx: &Cx, tx: &mut Tx<'_>, failed: &SubscriptionChange) -> Result<(), StoreError> {
    let project = failed.project_id;
    let Some(replaced) = failed.replaces_id else { return Ok(()) };
    let before = tx.subscription_changes(project).find(replaced)?;
    let subscription = tx.subscriptions(project).find(failed.subscription_id)?;
    let Some((before, subscription)) = before.zip(subscription) else { return Ok(()) };
    let is_to_come = before.scheduled_at.is_some_and(|scheduled_at| cx.now() < scheduled_at);
    let is_free_to_change = tx.subscription_changes(project).open_of(subscription.id)?.is_none();
    if !is_to_come || !is_free_to_change || !subscription.can_change_plan() {
        return Ok(());
    }
    let again = SubscriptionChange {
        id: cx.id(),
        state: SubscriptionChangeState::Pending,
        arranged_at: None,
        created_at: cx.now(),
        ..before
    };
    tx.subscription_changes(project).insert(&again)?;
    record(cx, tx, project, Happening::SubscriptionChangeCreated, again.id)
}
