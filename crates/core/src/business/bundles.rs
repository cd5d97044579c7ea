//! Bundles: what is given along with something else lives and ends with it (contract §8.2, §8.3).

use perennial_domain::{
    CancellationCause, Money, Price, PriceStatus, Product, Subscription, SubscriptionId, SubscriptionState,
    Term,
};
use perennial_store::{StoreError, Tx};

use super::purchasables::unlisted_price;
use super::room::{Room, room_for, vacate};
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::subscriptions::{ActivateInError, activate_in, end_in};

/// The key of the prices at which something is given along: nothing.
const REFERENCE: &str = "bundled";

/// Whether this is the price of what is given along: nothing, and on no list.
pub fn is_bundled_price(price: &Price) -> bool {
    price.reference == REFERENCE && price.status == PriceStatus::Archived && price.amount.is_zero()
}

/// Gives what a product bundles along with a subscription of it. What the customer has already, and may have once only,
/// stays as it is; unless they cancelled it, as they would soon have neither.
pub(crate) fn give_bundle(
    cx: &Cx,
    tx: &mut Tx<'_>,
    parent: &Subscription,
    product: &Product,
) -> Result<(), StoreError> {
    let Some(facts) = &product.business_facts else { return Ok(()) };
    if facts.bundles.is_empty() {
        return Ok(());
    }
    let project = parent.project_id;
    let parent_price = tx.prices(project).find(parent.price_id)?;
    let given = tx.subscriptions(project).live_bundled_of(parent.id)?;
    let mut before = given_before(cx, tx, parent)?;
    for child in &facts.bundles {
        let is_given = given.iter().any(|given| given.product_id == *child);
        let Some(child) = tx.products(project).find(*child)?.filter(|_| !is_given) else { continue };
        let vacated = match room_for(cx, tx, parent.customer_id, &child)? {
            Room::Free => None,
            Room::Over(held) | Room::Canceled(held) => vacate(cx, tx, held)?,
            Room::Replaces(_) | Room::Taken(_) => continue,
        };
        if let Some(parent_price) = &parent_price {
            // A price of nothing, so that no door shows one that nobody pays.
            let nothing = Money::zero(parent_price.amount.currency);
            let price = unlisted_price(cx, tx, &child, REFERENCE, nothing, Term::Lifetime)?;
            let replaces_id = take_forerunner(&mut before, &child).or(vacated);
            give(cx, tx, parent, Child { product: &child, price: &price, replaces_id })?;
        }
    }
    Ok(())
}

/// What ended just now because its parent became another product, or because this parent took that one's place.
fn given_before(
    cx: &Cx,
    tx: &mut Tx<'_>,
    parent: &Subscription,
) -> Result<Vec<(SubscriptionId, Product)>, StoreError> {
    let project = parent.project_id;
    let parents = [parent.id, parent.replaces_id.unwrap_or(parent.id)];
    let mut before = Vec::new();
    for ended in tx.subscriptions(project).bundled_until(parent.customer_id, parents, cx.now())? {
        before.extend(tx.products(project).find(ended.product_id)?.map(|product| (ended.id, product)));
    }
    Ok(before)
}

/// What a product takes the place of: itself, or another plan of the same app.
fn take_forerunner(before: &mut Vec<(SubscriptionId, Product)>, child: &Product) -> Option<SubscriptionId> {
    let app_of = |product: &Product| product.business_facts.as_ref().and_then(|facts| facts.app.clone());
    let app = app_of(child);
    let itself = before.iter().position(|(_, product)| product.id == child.id);
    let same_app = || before.iter().position(|(_, product)| app.is_some() && app_of(product) == app);
    itself.or_else(same_app).map(|position| before.remove(position).0)
}

/// The parent has become another product: what was given with the one before goes, unless it comes with this one too.
pub(crate) fn regive_bundle(
    cx: &Cx,
    tx: &mut Tx<'_>,
    parent: &Subscription,
    product: &Product,
) -> Result<(), StoreError> {
    let kept = product.business_facts.as_ref().map(|facts| facts.bundles.as_slice()).unwrap_or_default();
    for mut child in tx.subscriptions(parent.project_id).live_bundled_of(parent.id)? {
        if !kept.contains(&child.product_id) {
            child.canceled_at.get_or_insert(cx.now());
            end_in(cx, tx, &mut child, cx.now(), CancellationCause::SubscriptionEnded)?;
        }
    }
    give_bundle(cx, tx, parent, product)
}

/// The parent is over: so is what was given along with it, within the transaction that ends the parent.
pub(crate) fn end_bundle(
    cx: &Cx,
    tx: &mut Tx<'_>,
    parent: &Subscription,
    cause: CancellationCause,
) -> Result<(), StoreError> {
    let Some(ended_at) = parent.ended_at else { return Ok(()) };
    for mut child in tx.subscriptions(parent.project_id).live_bundled_of(parent.id)? {
        child.canceled_at = child.canceled_at.or(parent.canceled_at);
        end_in(cx, tx, &mut child, ended_at, cause)?;
    }
    Ok(())
}

/// The parent's end was decided, moved or taken back: the same holds for what was given along with it.
pub(crate) fn follow_parent(cx: &Cx, tx: &mut Tx<'_>, parent: &Subscription) -> Result<(), StoreError> {
    let project = parent.project_id;
    for mut child in tx.subscriptions(project).live_bundled_of(parent.id)? {
        let happening = match (child.canceled_at, parent.canceled_at) {
            (None, Some(_)) => Happening::SubscriptionCanceled,
            (Some(_), None) => Happening::SubscriptionResumed,
            _ if child.ended_at != parent.ended_at => Happening::SubscriptionUpdated,
            _ => continue,
        };
        child.canceled_at = parent.canceled_at;
        child.ended_at = parent.ended_at;
        child.cancellation.clone_from(&parent.cancellation);
        tx.subscriptions(project).update(&child)?;
        record(cx, tx, project, happening, child.id)?;
    }
    Ok(())
}

/// The parent was turned off, or on again: so is what was given along with it, which owes nothing itself.
pub(crate) fn turn_with_parent(
    cx: &Cx,
    tx: &mut Tx<'_>,
    parent: &Subscription,
    before: SubscriptionState,
) -> Result<(), StoreError> {
    let is_off = |state| matches!(state, SubscriptionState::Paused | SubscriptionState::Restricted);
    if is_off(before) == is_off(parent.state) {
        return Ok(());
    }
    let project = parent.project_id;
    for mut child in tx.subscriptions(project).live_bundled_of(parent.id)? {
        let (turned, happening) = if is_off(parent.state) {
            (child.suspend(), Happening::SubscriptionRestricted)
        } else {
            (child.unsuspend(), Happening::SubscriptionRestored)
        };
        // What has ended stays as it is.
        if turned.unwrap_or(false) {
            tx.subscriptions(project).update(&child)?;
            record(cx, tx, project, happening, child.id)?;
        }
    }
    Ok(())
}

/// What is given along.
#[derive(Clone, Copy)]
struct Child<'a> {
    product: &'a Product,
    price: &'a Price,
    /// What it takes the place of.
    replaces_id: Option<SubscriptionId>,
}

fn give(cx: &Cx, tx: &mut Tx<'_>, parent: &Subscription, given: Child<'_>) -> Result<(), StoreError> {
    let project = parent.project_id;
    let mut child = Subscription {
        replaces_id: given.replaces_id,
        buyer_id: parent.buyer_id,
        bundled_from_id: Some(parent.id),
        address_id: parent.address_id,
        canceled_at: parent.canceled_at,
        ended_at: parent.ended_at,
        cancellation: parent.cancellation.clone(),
        metadata: parent.metadata.clone(),
        ..Subscription::of(cx.id(), parent.customer_id, given.product, given.price, cx.now())
    };
    tx.subscriptions(project).insert(&child)?;
    record(cx, tx, project, Happening::SubscriptionCreated, child.id)?;
    match activate_in(cx, tx, &mut child) {
        Err(ActivateInError::Store(error)) => Err(error),
        // What is for good and has just been made can always begin; only the types do not know.
        Err(error @ ActivateInError::Transition(_)) => Err(StoreError::Other(error.into())),
        Ok(()) => Ok(()),
    }
}
