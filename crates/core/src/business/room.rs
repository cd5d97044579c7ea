//! Whether there is room for what a business buys (contract §8.4): the one rule for forms, which show it, and for giving.

use perennial_domain::{CustomerId, ItemType, Product, PurchaseState, Subscription};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;

/// What a business has of the things of which it has one at a time.
#[derive(Clone, Debug)]
pub(super) enum Room {
    /// Nothing, or any number of them can be had.
    Free,
    /// One whose end has come, and that no job has noted yet.
    Over(Subscription),
    /// One whose place the new one takes: a package, or what does not go on by itself, being cancelled or suspended.
    Replaces(Subscription),
    /// One that goes on, and that no other takes the place of.
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
        PurchaseState::Live if !is_package => Room::Taken(held),
        // Of what is cancelled the contract knows no way back but a new purchase (§5).
        PurchaseState::Live | PurchaseState::Canceled | PurchaseState::Suspended => Room::Replaces(held),
    })
}
