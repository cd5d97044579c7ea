//! Add-ons on a live subscription: what fits, and what they cost today.

use jiff::Timestamp;
use perennial_domain::{
    AddonOrder, AddonState, CustomerId, Goods, Money, MoneyError, Order, OrderLine, Price, Product,
    ProductId, ProductKind, ProjectId, Subscription, SubscriptionAddon, SubscriptionId, SubscriptionState,
};
use perennial_store::{StoreError, Tx};

use super::order::{OrderError, addon_fits, on_sale};
use crate::context::{AccountError, App};
use crate::ports::{Extension, InvoicePreview, PaymentsError, PreviewLine};
use crate::subscriptions::{goes_on_beside, plan_to_come};

/// Add-ons that can be bought, with the rows that they were put together from.
#[derive(Clone, Debug)]
pub struct PlacedAddons {
    /// What they are bought on.
    pub subscription: Subscription,
    /// Its plan and its price.
    pub plan: (Product, Price),
    /// The add-ons and their prices.
    pub addons: Vec<(Product, Price)>,
    /// How they are charged.
    billing: AddonBilling,
}

/// How add-ons are charged.
#[derive(Clone, Debug)]
enum AddonBilling {
    /// Now, and that is all: in full, or nothing if they are free.
    Once(Money),
    /// Now for the rest of the period, and from then on with the subscription; what does not renew goes on the same
    /// invoice.
    Renewing(RenewingAddons),
}

/// Add-ons of which some renew at a price, by Stripe's names.
#[derive(Clone, Debug)]
struct RenewingAddons {
    stripe_subscription_id: String,
    stripe_prices: Vec<String>,
    /// The prices of those that do not renew.
    extras: Vec<String>,
}

/// Add-ons with what is charged for them today.
#[derive(Clone, Debug)]
pub struct QuotedAddons {
    /// What is bought.
    pub placed: PlacedAddons,
    /// What is charged today.
    pub due_now: Money,
    /// Why, and for which moment the rest of the period was counted, where it was.
    pub prorated: Option<ProratedAddons>,
}

/// Add-ons of which some are charged for the rest of a period.
#[derive(Clone, Debug)]
pub struct ProratedAddons {
    /// The moment from which the rest is counted.
    pub at: Timestamp,
    /// Stripe's lines.
    pub preview: InvoicePreview,
}

/// Why add-ons cannot be bought.
#[derive(Debug, thiserror::Error)]
pub enum AddonOrderError {
    /// It is over, or not this customer's. The two are not told apart.
    #[error("the customer has no live subscription {0}")]
    SubscriptionEnded(SubscriptionId),
    /// It may not be used now, and neither could what is added to it: it is paused, or restricted until it is paid.
    #[error("the subscription {0} may not be used now")]
    SubscriptionOff(SubscriptionId),
    /// The add-on is on it already, and renews.
    #[error("the add-on {0} is on the subscription already")]
    AlreadyThere(ProductId),
    /// Another purchase that is charged with the subscription is not decided yet.
    #[error("another purchase for the subscription {0} is under way")]
    UnderWay(SubscriptionId),
    /// An add-on cannot be bought.
    #[error(transparent)]
    Order(#[from] OrderError),
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

impl From<MoneyError> for AddonOrderError {
    fn from(error: MoneyError) -> Self {
        Self::Order(error.into())
    }
}

/// Puts add-ons together from the catalogue as it is now.
pub fn place_addons(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    subscription: SubscriptionId,
    wanted: &[ProductId],
) -> Result<PlacedAddons, AddonOrderError> {
    let subscription = tx
        .subscriptions(project)
        .find(subscription)?
        .filter(|found| found.is_live() && found.customer_id == customer)
        .ok_or(AddonOrderError::SubscriptionEnded(subscription))?;
    if matches!(subscription.state, SubscriptionState::Paused | SubscriptionState::Restricted) {
        return Err(AddonOrderError::SubscriptionOff(subscription.id));
    }
    let product = tx.products(project).find(subscription.product_id)?;
    let price = tx.prices(project).find(subscription.price_id)?;
    let plan = product.zip(price).ok_or(OrderError::UnknownProduct(subscription.product_id))?;
    let mut addons = Vec::with_capacity(wanted.len());
    for id in wanted {
        let addon = on_sale(tx, project, *id, ProductKind::Addon)?;
        if !addon_fits((&plan.0, &plan.1), (&addon.0, &addon.1)) {
            return Err(OrderError::AddonDoesNotFit(*id).into());
        }
        addons.push(addon);
    }
    if let Some(there) = find_there(tx, project, subscription.id, &addons)? {
        return Err(AddonOrderError::AlreadyThere(there));
    }
    if let Some(unfit) = find_unfit_later(tx, project, subscription.id, &addons)? {
        return Err(OrderError::AddonDoesNotFit(unfit).into());
    }
    let billing = billing_of(&subscription, &plan, &addons)?;
    Ok(PlacedAddons { subscription, plan, addons, billing })
}

/// The first of these add-ons that the subscription has already: what renews is had once.
pub(super) fn find_there(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
    addons: &[(Product, Price)],
) -> Result<Option<ProductId>, StoreError> {
    let known = tx.subscription_addons(project).of_subscription(subscription)?;
    let is_there = |(addon, price): &&(Product, Price)| {
        let is_it = |known: &SubscriptionAddon| {
            known.product_id == addon.id && known.term.renews() && known.state != AddonState::Ended
        };
        price.term.renews() && known.iter().any(is_it)
    };
    Ok(addons.iter().find(is_there).map(|(addon, _)| addon.id))
}

/// The first of these add-ons that would renew with a plan that does not take it: the one that the subscription waits to
/// be.
pub(super) fn find_unfit_later(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
    addons: &[(Product, Price)],
) -> Result<Option<ProductId>, StoreError> {
    let Some((plan, plan_price)) = plan_to_come(tx, project, subscription)? else { return Ok(None) };
    let Some(present) = tx.subscriptions(project).find(subscription)? else { return Ok(None) };
    let Some(before) = tx.prices(project).find(present.price_id)? else { return Ok(None) };
    let is_unfit = |addon: &&(Product, Price)| {
        addon.1.term.renews() && !goes_on_beside(&before, (&plan, &plan_price), addon)
    };
    Ok(addons.iter().find(is_unfit).map(|(addon, _)| addon.id))
}

fn billing_of(
    subscription: &Subscription,
    plan: &(Product, Price),
    addons: &[(Product, Price)],
) -> Result<AddonBilling, AddonOrderError> {
    let zero = Money::zero(plan.1.amount.currency);
    let priced = || addons.iter().filter(|(_, price)| !price.amount.is_zero());
    if priced().all(|(_, price)| !price.term.renews()) {
        let sum = priced().try_fold(zero, |sum, (_, price)| sum.checked_add(price.amount))?;
        return Ok(AddonBilling::Once(sum));
    }
    let (mut stripe_prices, mut extras) = (Vec::new(), Vec::new());
    for (addon, price) in priced() {
        let stripe_price = price.stripe_price_id.clone().ok_or(OrderError::NoPrice(addon.id))?;
        let kind = if price.term.renews() { &mut stripe_prices } else { &mut extras };
        kind.push(stripe_price);
    }
    // What Stripe does not bill has no period that an add-on could be charged with.
    let billed = subscription.stripe_subscription_id.clone();
    let first = addons.first().map_or(subscription.product_id, |(addon, _)| addon.id);
    let stripe_subscription_id = billed.ok_or(OrderError::AddonDoesNotFit(first))?;
    Ok(AddonBilling::Renewing(RenewingAddons { stripe_subscription_id, stripe_prices, extras }))
}

/// What is charged for add-ons today. Of those that renew, Stripe counts the rest of the period from `as_of`, to the
/// second: the same moment asked for again costs the same.
pub async fn quote_addons(
    app: &App,
    placed: PlacedAddons,
    as_of: Timestamp,
) -> Result<QuotedAddons, AddonOrderError> {
    let (due_now, prorated) = match &placed.billing {
        AddonBilling::Once(sum) => (*sum, None),
        AddonBilling::Renewing(renewing) => {
            let extension = Extension {
                stripe_subscription_id: renewing.stripe_subscription_id.clone(),
                stripe_prices: renewing.stripe_prices.clone(),
                extras: renewing.extras.clone(),
                prorated_at: as_of,
            };
            let payments = app.payments(placed.subscription.project_id).await?;
            let preview = match payments.preview_extension(&extension).await {
                Err(error) if error.is_refusal() => return Err(find_reason(app, placed, error).await?),
                preview => preview?,
            };
            (preview.due, Some(ProratedAddons { at: as_of, preview }))
        }
    };
    Ok(QuotedAddons { placed, due_now, prorated })
}

/// Why Stripe does not take an add-on that could be had when the rows were read: what has come meanwhile, or is about to, as
/// another request's purchase. What is not decided yet and what has come of it are never both out of sight of one read.
async fn find_reason(
    app: &App,
    placed: PlacedAddons,
    refused: PaymentsError,
) -> Result<AddonOrderError, StoreError> {
    let PlacedAddons { subscription: Subscription { id, project_id, customer_id, .. }, addons, .. } = placed;
    let wanted = addons.into_iter().map(|(addon, _)| addon.id).collect::<Vec<_>>();
    let reason = app.read(move |_, tx| {
        if let Err(reason) = place_addons(tx, project_id, customer_id, id, &wanted) {
            return Ok(Some(reason));
        }
        let undecided = tx.checkouts(project_id).undecided_of(customer_id)?;
        let beside = undecided.filter(|open| open.order.goods.charged_with() == Some(id));
        Ok(beside.map(|_| AddonOrderError::UnderWay(id)))
    });
    Ok(reason.await?.unwrap_or(AddonOrderError::Payments(refused)))
}

impl PlacedAddons {
    /// Whether they are charged with their subscription, so that nothing but its card can pay.
    pub const fn renew_at_a_price(&self) -> bool {
        matches!(self.billing, AddonBilling::Renewing(_))
    }
}

impl QuotedAddons {
    /// What an add-on adds to the sum of today, before discounts and tax: its price, or what is left of its period.
    pub fn due_for(&self, addon: &Price) -> Money {
        let Some(prorated) = &self.prorated else { return addon.amount };
        let is_for = |line: &&PreviewLine| line.stripe_price_id == addon.stripe_price_id;
        let lines = prorated.preview.lines.iter().filter(is_for);
        let sum = lines.map(|line| line.amount.amount_minor).sum();
        if addon.amount.is_zero() { addon.amount } else { Money::new(sum, addon.amount.currency) }
    }

    /// The order, at the sums that were quoted.
    pub fn order(&self) -> Order {
        let line = |(product, price): &(Product, Price)| OrderLine {
            product_id: product.id,
            price_id: price.id,
            amount: price.amount,
        };
        let goods = AddonOrder {
            subscription_id: self.placed.subscription.id,
            addons: self.placed.addons.iter().map(line).collect(),
            prorated_at: self.prorated.as_ref().map(|prorated| prorated.at),
        };
        Order { goods: Goods::Addons(goods), voucher: None, due_now: self.due_now }
    }
}
