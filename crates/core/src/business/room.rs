//! Whether there is room for what a business buys (contract §8.4): the one rule for forms, which show it, and for giving.

use perennial_domain::{
    CancellationCause, CustomerId, ItemType, Product, PurchaseState, Subscription, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::subscriptions::end_in;

/// What a business has of the things of which it has one at a time.
#[derive(Clone, Debug)]
pub(super) enum Room {
    /// Nothing, or any number of them can be had.
    Free,
    /// One whose end has come, and that no job has noted yet.
    Over(Subscription),
    /// One that was cancelled and runs out. Of it the contract knows no way back but a new purchase (§5).
    Canceled(Subscription),
    /// A package, whose place the new one takes.
    Replaces(Subscription),
    /// One that no other takes the place of: it goes on, or is withheld until its debt is paid or the operator gives it back.
    Taken(Subscription),
}

/// What room there is for this product.
pub(super) fn room_for(
    cx: &Cx,
    tx: &mut Tx<'_>,
    customer: CustomerId,
    product: &Product,
) -> Result<Room, StoreError> {
    let Some(group) = &product.exclusive_group else { return Ok(Room::Free) };
    let held = tx.subscriptions(product.project_id).live_of_group(customer, group)?;
    let is_package =
        product.business_facts.as_ref().is_some_and(|facts| facts.item_type == ItemType::Package);
    let Some(held) = held else { return Ok(Room::Free) };
    Ok(match held.purchase_state(cx.now()) {
        PurchaseState::Expired => Room::Over(held),
        PurchaseState::Canceled => Room::Canceled(held),
        PurchaseState::Live | PurchaseState::Suspended if is_package => Room::Replaces(held),
        PurchaseState::Live | PurchaseState::Suspended => Room::Taken(held),
    })
}

/// Ends what was had, as of now or of when it was over by itself; answers it where it would have gone on.
pub(super) fn vacate(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut held: Subscription,
) -> Result<Option<SubscriptionId>, StoreError> {
    if let Some(ended_at) = held.over_since(cx.now()) {
        end_in(cx, tx, &mut held, ended_at, CancellationCause::SubscriptionEnded)?;
        return Ok(None);
    }
    held.canceled_at.get_or_insert(cx.now());
    end_in(cx, tx, &mut held, cx.now(), CancellationCause::CancellationRequested)?;
    Ok(Some(held.id))
}
