//! Which card pays. Pages show, and charges take, what is found here and nowhere else.

use perennial_domain::{CustomerId, PaymentMethod, ProjectId, Subscription};
use perennial_store::{StoreError, Tx};

/// The card that Stripe charges for a subscription, with all that renews on it. `None` also as long as its own one is not
/// known here yet.
pub fn card_of_subscription(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
) -> Result<Option<PaymentMethod>, StoreError> {
    match payer_of_subscription(tx, subscription)? {
        Some(stripe_id) => tx.payment_methods(subscription.project_id).find_by_stripe_id(&stripe_id),
        None => Ok(None),
    }
}

/// The same by Stripe's name: the subscription's own card, or else the customer's default one
/// (<https://docs.stripe.com/api/subscriptions/object#subscription_object-default_payment_method>).
pub(crate) fn payer_of_subscription(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
) -> Result<Option<String>, StoreError> {
    let project = subscription.project_id;
    let Some(stripe_id) = &subscription.stripe_subscription_id else {
        return payer_beside(tx, subscription, None);
    };
    let own = tx.billing_marks(project).card(stripe_id)?;
    let known = match &own {
        Some(own) => tx.payment_methods(project).find_by_stripe_id(own)?,
        None => None,
    };
    // One that was taken away pays no more, and Stripe goes on with the default.
    let is_gone = known.is_some_and(|card| card.detached_at.is_some());
    payer_beside(tx, subscription, own.as_deref().filter(|_| !is_gone))
}

/// The same where it is known which card Stripe has for the subscription alone, and that it was not taken away.
pub(crate) fn payer_beside(
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    own: Option<&str>,
) -> Result<Option<String>, StoreError> {
    if let Some(own) = own {
        return Ok(Some(own.to_owned()));
    }
    let default = tx.payment_methods(subscription.project_id).default_of(subscription.customer_id)?;
    Ok(default.map(|default| default.card.stripe_payment_method_id))
}

/// The card that pays what no subscription stands behind: the customer's default one, or else their newest.
pub fn card_of_customer(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Option<PaymentMethod>, StoreError> {
    if let Some(card) = tx.payment_methods(project).default_of(customer)? {
        return Ok(Some(card));
    }
    let cards = tx.payment_methods(project).of_customer(customer)?;
    Ok(cards.into_iter().find(|card| card.detached_at.is_none()))
}
