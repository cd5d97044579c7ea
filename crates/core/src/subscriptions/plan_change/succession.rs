//! Changes by which one subscription ends and another begins, while Stripe goes on billing the same Stripe Subscription
//! (contracts/business-api.md §9.3).
//!
//! The change is reserved and carried out like any other. Only its end differs: once Stripe bills the new price, and it is
//! paid, the old subscription ends and its successor begins in one transaction, whoever notices first.

use jiff::Timestamp;
use perennial_domain::{
    CancellationCause, MemberId, Payment, Price, Product, Subscription, SubscriptionChange,
    SubscriptionChangeId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::addons::{addons_beside, is_buying_what_renews};
use super::choice::{ChoiceError, CurrentPlan};
use super::make_way::replace;
use super::start::ChangePlanError;
use crate::business::give_bundle;
use crate::context::Cx;
use crate::events::{Happening, record};
use crate::ports::BilledSubscription;
use crate::subscriptions::activate::{ActivateInError, activate_in};
use crate::subscriptions::turn_due::end_in;

/// A successor that is wanted.
#[derive(Clone, Debug)]
pub struct Succession {
    /// What it takes the place of.
    pub current: CurrentPlan,
    /// What it is.
    pub price: Price,
    /// Who asked for it, where a member of the customer's did.
    pub buyer: Option<MemberId>,
    /// From when on the difference is charged; without it, the successor's first period begins at once, in full.
    pub prorated_from: Option<Timestamp>,
    /// The change that waited, of which Stripe has let go: see [`make_way`](super::make_way).
    pub released: Option<SubscriptionChangeId>,
}

/// Reserves the change, with the id that the successor will have. [`carry_out`](super::carry_out::carry_out) does the
/// rest. What add-ons renew with has no successor.
pub fn reserve_succession(
    cx: &Cx,
    tx: &mut Tx<'_>,
    succession: &Succession,
) -> Result<SubscriptionChange, ChangePlanError> {
    let Succession { current, price, buyer, prorated_from, released } = succession;
    let (project, id) = (current.subscription.project_id, current.subscription.id);
    if is_buying_what_renews(tx, project, current.subscription.customer_id)? {
        return Err(ChangePlanError::Contended);
    }
    let subscription = tx.subscriptions(project).lock(id)?;
    let is_as_before = |it: &Subscription| it.can_change_plan() && it.price_id == current.price.id;
    let subscription = subscription.filter(is_as_before).ok_or(ChangePlanError::Contended)?;
    // They end with the subscription that they are on, and Stripe would go on billing them to its successor.
    if !addons_beside(tx, &subscription)?.is_empty() {
        return Err(ChoiceError::DoesNotFit(price.product_id).into());
    }
    if let Some(released) = released {
        replace(cx, tx, &subscription, *released)?;
    }
    let change = SubscriptionChange {
        successor_id: Some(cx.id()),
        buyer_id: *buyer,
        prorated_from: *prorated_from,
        replaces_id: *released,
        ..SubscriptionChange::of(cx.id(), &subscription, price, cx.now())
    };
    match tx.subscription_changes(project).insert(&change) {
        Err(error) if error.is_conflict("subscription_changes_open_key") => {
            return Err(ChangePlanError::Contended);
        }
        inserted => inserted?,
    }
    record(cx, tx, project, Happening::SubscriptionChangeCreated, change.id)?;
    Ok(change)
}

/// Lets the successor take the place of a subscription, if its open change waits for one and Stripe bills it, within a
/// transaction that holds the subscription. The caller has made sure that the running period is paid.
pub(in crate::subscriptions) fn succeed_if_billed(
    cx: &Cx,
    tx: &mut Tx<'_>,
    subscription: &Subscription,
    open: Option<&SubscriptionChange>,
    billed: &BilledSubscription,
) -> Result<Option<Subscription>, ActivateInError> {
    let project = subscription.project_id;
    let awaited = open.and_then(|change| change.successor_id.map(|successor| (change, successor)));
    let Some((change, successor)) = awaited.filter(|_| subscription.is_live()) else { return Ok(None) };
    let price = tx.prices(project).find(change.price_id)?;
    let product = tx.products(project).find(change.product_id)?;
    let Some((product, price)) = product.zip(price) else { return Ok(None) };
    let is_billed = |stripe_price: &str| billed.items.iter().any(|item| item.stripe_price_id == stripe_price);
    if !price.stripe_price_id.as_deref().is_some_and(is_billed) {
        return Ok(None);
    }
    let heir = Heir { id: successor, buyer: change.buyer_id, product, price };
    succeed(cx, tx, subscription.clone(), change.clone(), &heir, billed).map(Some)
}

/// Who takes the place.
struct Heir {
    id: SubscriptionId,
    buyer: Option<MemberId>,
    product: Product,
    price: Price,
}

fn succeed(
    cx: &Cx,
    tx: &mut Tx<'_>,
    mut before: Subscription,
    mut change: SubscriptionChange,
    heir: &Heir,
    billed: &BilledSubscription,
) -> Result<Subscription, ActivateInError> {
    let project = before.project_id;
    // First, because an end takes back what is open.
    change.apply(cx.now());
    tx.subscription_changes(project).update(&change)?;
    // Stripe's part goes on: no end of it is queued, and it belongs to the successor from here on.
    before.stripe_subscription_id = None;
    before.canceled_at.get_or_insert(cx.now());
    end_in(cx, tx, &mut before, cx.now(), CancellationCause::CancellationRequested)?;
    let mut successor = successor_of(cx, &before, heir, billed);
    successor.begin(billed.current_period_start, Some(billed.current_period_end))?;
    tx.subscriptions(project).insert(&successor)?;
    record(cx, tx, project, Happening::SubscriptionCreated, successor.id)?;
    activate_in(cx, tx, &mut successor)?;
    give_bundle(cx, tx, &successor, &heir.product)?;
    record(cx, tx, project, Happening::SubscriptionChangeApplied, change.id)?;
    hand_payment_over(tx, &change, &successor)?;
    Ok(successor)
}

fn successor_of(cx: &Cx, before: &Subscription, heir: &Heir, billed: &BilledSubscription) -> Subscription {
    Subscription {
        replaces_id: Some(before.id),
        buyer_id: heir.buyer,
        stripe_subscription_id: Some(billed.id.clone()),
        address_id: before.address_id,
        metadata: before.metadata.clone(),
        ..Subscription::of(heir.id, before.customer_id, &heir.product, &heir.price, cx.now())
    }
}

/// A payment that had to wait for a bank was noted before there was a successor.
fn hand_payment_over(
    tx: &mut Tx<'_>,
    change: &SubscriptionChange,
    successor: &Subscription,
) -> Result<(), StoreError> {
    let Some(invoice) = &change.stripe_invoice_id else { return Ok(()) };
    let Some(payment) = tx.payments(change.project_id).find_by_reference(invoice)? else { return Ok(()) };
    let payment = Payment { subscription_id: Some(successor.id), ..payment };
    tx.payments(change.project_id).update(&payment)
}
