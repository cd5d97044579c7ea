//! What a customer may do with a subscription of theirs now: what would succeed, and nothing else.

use perennial_domain::{PaymentState, SubscriptionChange};
use perennial_store::{StoreError, Tx};

use super::addon_choice::list_fitting_addons;
use super::manage::OwnSubscription;
use super::visit::Visit;
use crate::context::Cx;

/// Something that a customer can do with a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnAction {
    /// Pay what is open, which their bank asks about.
    Pay,
    /// Keep the present plan after all.
    UndoChange,
    /// Choose another plan.
    ChangePlan,
    /// Buy something on top.
    BuyAddon,
    /// Pay with another card from now on.
    ChangeCard,
    /// End it.
    Cancel,
    /// Let it go on after all.
    Resume,
}

/// What the visitor may do with this subscription of theirs, the most urgent first.
pub fn list_allowed(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &Visit,
    own: &OwnSubscription,
) -> Result<Vec<OwnAction>, StoreError> {
    let subscription = &own.view.subscription;
    let asks_bank = own.owed.as_ref().is_some_and(|owed| owed.state == PaymentState::RequiresConfirmation);
    let is_to_come =
        |change: &SubscriptionChange| change.scheduled_at.is_some() && !change.is_due_at(cx.now());
    let can_be_undone = own.change.as_ref().is_some_and(|view| is_to_come(&view.change));
    let has_addons = !list_fitting_addons(tx, visit, subscription.id)?.is_empty();
    let is_billed = subscription.stripe_subscription_id.is_some();
    let actions = [
        (OwnAction::Pay, subscription.is_live() && asks_bank),
        (OwnAction::UndoChange, can_be_undone),
        (OwnAction::ChangePlan, subscription.can_change_plan()),
        (OwnAction::BuyAddon, has_addons),
        (OwnAction::ChangeCard, subscription.is_live() && is_billed),
        (OwnAction::Cancel, subscription.can_cancel()),
        (OwnAction::Resume, subscription.can_resume(cx.now())),
    ];
    Ok(actions.into_iter().filter(|(_, is_allowed)| *is_allowed).map(|(action, _)| action).collect())
}
