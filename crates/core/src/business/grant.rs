//! Giving a business what it bought: the rules between its subscriptions (contract §8), in one transaction.
//!
//! Whoever calls this has taken the money, or knows who has.

use perennial_domain::{
    Business, CustomerId, CustomerStatus, MemberId, Price, Product, Subscription, SubscriptionId,
    TransitionError,
};
use perennial_store::{StoreError, Tx};

use super::bundles::give_bundle;
use super::room::{Room, room_for, vacate};
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::subscriptions::{ActivateInError, activate_in, is_change_under_way};

/// What a business is given.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Who.
    pub business: Business,
    /// What.
    pub product: Product,
    /// At which price.
    pub price: Price,
    /// Who bought it.
    pub buyer: MemberId,
    /// What ends for it in the same transaction, beside what it excludes by itself.
    pub replaces: Option<SubscriptionId>,
}

impl Grant {
    /// For the business's owner, charged by somebody else.
    pub fn of(business: &Business, product: Product, price: Price) -> Self {
        Self { business: business.clone(), product, price, buyer: business.owner_id, replaces: None }
    }

    /// The same, bought by this member where somebody in particular did.
    pub(super) fn bought_by(self, member: Option<MemberId>) -> Self {
        Self { buyer: member.unwrap_or(self.buyer), ..self }
    }

    /// The same, in the place of what the buyer agreed to lose for it.
    pub(super) fn in_place_of(self, replaces: Option<SubscriptionId>) -> Self {
        Self { replaces, ..self }
    }
}

/// Why it is not given.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The business is blocked or deleted as a customer.
    #[error("customer {0} is blocked or deleted")]
    NotActive(CustomerId),
    /// The business has a live one that excludes it.
    #[error("the business has the live subscription {0}, which excludes this one")]
    AlreadyHeld(SubscriptionId),
    /// What it would take the place of is being paid for as something else: ended now, that would be paid for nothing.
    #[error("the subscription {0} is being changed")]
    ChangeUnderWay(SubscriptionId),
    /// What it was to take the place of is not had any more.
    #[error("the subscription {0} is over already")]
    Gone(SubscriptionId),
    /// The subscription cannot take this step.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ActivateInError> for GrantError {
    fn from(error: ActivateInError) -> Self {
        match error {
            ActivateInError::Transition(error) => Self::Transition(error),
            ActivateInError::Store(error) => Self::Store(error),
        }
    }
}

/// Gives it, with all that is bundled. A package takes the place of the one before (contract §8.4).
pub fn grant_in(cx: &Cx, tx: &mut Tx<'_>, grant: &Grant) -> Result<Subscription, GrantError> {
    let (project, customer) = (grant.business.project_id, grant.business.customer_id);
    // Two purchases at once wait for each other here, so that the second sees what the first has left.
    let known = tx.customers(project).lock(customer)?;
    if known.is_none_or(|known| known.status != CustomerStatus::Active) {
        return Err(GrantError::NotActive(customer));
    }
    let replaces_id = make_room(cx, tx, grant)?;
    let mut subscription = fresh(cx, grant, replaces_id);
    tx.subscriptions(project).insert(&subscription)?;
    record(cx, tx, project, Happening::SubscriptionCreated, subscription.id)?;
    activate_in(cx, tx, &mut subscription)?;
    give_bundle(cx, tx, &subscription, &grant.product)?;
    Ok(subscription)
}

/// What stands in the way goes, if it may; answers what is replaced.
fn make_room(cx: &Cx, tx: &mut Tx<'_>, grant: &Grant) -> Result<Option<SubscriptionId>, GrantError> {
    let project = grant.business.project_id;
    let mut replaced = None;
    if let Some(id) = grant.replaces {
        let held = tx.subscriptions(project).lock(id)?.filter(Subscription::is_live);
        replaced = retire(cx, tx, held.ok_or(GrantError::Gone(id))?)?;
    }
    match room_for(cx, tx, grant.business.customer_id, &grant.product)? {
        Room::Free => Ok(replaced),
        Room::Over(held) | Room::Canceled(held) | Room::Replaces(held) => {
            Ok(retire(cx, tx, held)?.or(replaced))
        }
        Room::Taken(held) => Err(GrantError::AlreadyHeld(held.id)),
    }
}

/// Ends what was had, unless a change of it is being paid; answers it where it would have gone on.
fn retire(cx: &Cx, tx: &mut Tx<'_>, held: Subscription) -> Result<Option<SubscriptionId>, GrantError> {
    if held.is_had_at(cx.now()) && is_change_under_way(tx, held.project_id, held.id)? {
        return Err(GrantError::ChangeUnderWay(held.id));
    }
    Ok(vacate(cx, tx, held)?)
}

fn fresh(cx: &Cx, grant: &Grant, replaces_id: Option<SubscriptionId>) -> Subscription {
    let business = &grant.business;
    Subscription {
        replaces_id,
        buyer_id: Some(grant.buyer),
        ..Subscription::of(cx.id(), business.customer_id, &grant.product, &grant.price, cx.now())
    }
}
