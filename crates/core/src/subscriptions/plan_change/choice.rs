//! Which plans a subscription can change to, and how each change would go.

use jiff::Timestamp;
use perennial_domain::{
    ChangeTime, Period, Price, PricedPlan, Product, ProductId, ProductKind, ProjectId, Subscription,
    SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::addons::addons_beside;
use super::way::Way;
use crate::checkout::addon_fits;
use crate::context::Cx;

/// A subscription and the plan that it is now.
#[derive(Clone, Debug)]
pub struct CurrentPlan {
    /// The subscription.
    pub subscription: Subscription,
    /// Its plan.
    pub product: Product,
    /// What it pays.
    pub price: Price,
    /// The add-ons that renew with it, and their prices.
    pub addons: Vec<(Product, Price)>,
    /// The period that runs now, paid or not.
    pub period: Option<Period>,
}

impl CurrentPlan {
    /// What a subscription is by its rows.
    pub(crate) fn of(
        cx: &Cx,
        tx: &mut Tx<'_>,
        subscription: Subscription,
        product: Product,
        price: Price,
    ) -> Result<Self, StoreError> {
        let addons = addons_beside(tx, &subscription)?;
        let period = subscription.period_at(cx.now());
        Ok(Self { subscription, product, price, addons, period })
    }

    /// When the next period begins.
    pub(super) fn renews_at(&self) -> Option<Timestamp> {
        self.period.and_then(|period| period.end)
    }

    /// Whether an add-on that renews with it could go on beside this plan.
    pub(super) fn takes_along(&self, plan: (&Product, &Price), addon: &(Product, Price)) -> bool {
        goes_on_beside(&self.price, plan, addon)
    }

    /// Whether its customer is bound for periods that have not begun.
    fn is_bound(&self) -> bool {
        self.period.is_some_and(|period| period.number < self.subscription.minimum_periods)
    }
}

/// Whether an add-on that renews beside the price of `before` could go on beside another plan, as it could be bought there.
pub(crate) fn goes_on_beside(
    before: &Price,
    plan: (&Product, &Price),
    (addon, price): &(Product, Price),
) -> bool {
    !ends_billing(before, plan.1) && addon_fits(plan, (addon, price))
}

/// Whether Stripe's part ends with a change, and with it all that renews.
const fn ends_billing(before: &Price, after: &Price) -> bool {
    after.amount.is_zero() && !before.amount.is_zero()
}

/// A plan to change to.
#[derive(Clone, Debug)]
pub struct PlanChoice {
    /// The plan.
    pub product: Product,
    /// What it costs.
    pub price: Price,
    /// How the change would go.
    pub way: Way,
    /// When it would take effect; `None` is now.
    pub starts_at: Option<Timestamp>,
}

impl PlanChoice {
    /// A swap that counts at once, for a caller who decides that by other rules than those here.
    pub const fn swap_now(product: Product, price: Price) -> Self {
        Self { product, price, way: Way::SwapNow, starts_at: None }
    }
}

/// Why a subscription cannot change to a plan.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    UnknownSubscription(SubscriptionId),
    /// It does not renew, is cancelled, or has not paid its last renewal.
    #[error("the plan of the subscription cannot be changed now")]
    NotNow,
    /// There is no such plan in the project.
    #[error("there is no plan {0}")]
    UnknownPlan(ProductId),
    /// It is not on sale.
    #[error("the plan {0} is not on sale")]
    NotAvailable(ProductId),
    /// It is this plan already.
    #[error("the subscription is on the plan {0} already")]
    SamePlan(ProductId),
    /// The plan is on another network.
    #[error("the plan {0} is on another network")]
    OtherProvider(ProductId),
    /// The plan is of another kind, does not renew, or cannot be billed together with what renews already.
    #[error("the plan {0} does not fit the subscription")]
    DoesNotFit(ProductId),
    /// What it gives cannot shrink at once.
    #[error("the plan {0} gives less, so it can begin with the next period alone")]
    GivesLess(ProductId),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The subscription and its plan, if that can be changed now.
pub fn find_current(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<CurrentPlan, ChoiceError> {
    let subscription = tx.subscriptions(project).find(id)?.ok_or(ChoiceError::UnknownSubscription(id))?;
    current_of(cx, tx, subscription)
}

/// The same of one whose cancellation would be taken back with the change: as if nobody had cancelled it.
pub(crate) fn find_current_resumed(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<CurrentPlan, ChoiceError> {
    let found = tx.subscriptions(project).find(id)?;
    let mut subscription = found.ok_or(ChoiceError::UnknownSubscription(id))?;
    if subscription.can_resume(cx.now()) && subscription.resume().is_err() {
        return Err(ChoiceError::NotNow);
    }
    current_of(cx, tx, subscription)
}

fn current_of(cx: &Cx, tx: &mut Tx<'_>, subscription: Subscription) -> Result<CurrentPlan, ChoiceError> {
    let project = subscription.project_id;
    if !subscription.can_change_plan() {
        return Err(ChoiceError::NotNow);
    }
    let product = tx.products(project).find(subscription.product_id)?.ok_or(ChoiceError::NotNow)?;
    let price = tx.prices(project).find(subscription.price_id)?.ok_or(ChoiceError::NotNow)?;
    Ok(CurrentPlan::of(cx, tx, subscription, product, price)?)
}

/// Every plan that the subscription can change to, in the catalogue's order.
pub fn list_choices(tx: &mut Tx<'_>, current: &CurrentPlan) -> Result<Vec<PlanChoice>, StoreError> {
    let mut choices = Vec::new();
    for product in tx.products(current.subscription.project_id).all()? {
        match choose(tx, current, product, None) {
            Ok(choice) => choices.push(choice),
            Err(ChoiceError::Store(error)) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(choices)
}

/// The names of the add-ons that keep the subscription from every plan that it could change to without them.
pub fn addons_in_the_way(tx: &mut Tx<'_>, current: &CurrentPlan) -> Result<Vec<String>, StoreError> {
    let without = CurrentPlan { addons: Vec::new(), ..current.clone() };
    let plans = list_choices(tx, &without)?;
    let is_in_the_way = |addon: &&(Product, Price)| {
        plans.iter().any(|plan| !current.takes_along((&plan.product, &plan.price), addon))
    };
    Ok(current.addons.iter().filter(is_in_the_way).map(|(addon, _)| addon.name.clone()).collect())
}

/// The plan with this id, if the subscription can change to it; `requested` is when, unless the usual rule decides.
pub fn find_choice(
    tx: &mut Tx<'_>,
    current: &CurrentPlan,
    plan: ProductId,
    requested: Option<ChangeTime>,
) -> Result<PlanChoice, ChoiceError> {
    let product = tx.products(current.subscription.project_id).find(plan)?;
    choose(tx, current, product.ok_or(ChoiceError::UnknownPlan(plan))?, requested)
}

fn choose(
    tx: &mut Tx<'_>,
    current: &CurrentPlan,
    product: Product,
    requested: Option<ChangeTime>,
) -> Result<PlanChoice, ChoiceError> {
    check_product(current, &product)?;
    let prices = tx.prices(product.project_id).active_of_product(product.id)?;
    let price = choose_price(current, prices).ok_or(ChoiceError::DoesNotFit(product.id))?;
    if !current.addons.iter().all(|addon| current.takes_along((&product, &price), addon)) {
        return Err(ChoiceError::DoesNotFit(product.id));
    }
    let way = way_of(current, &product, &price, requested)?;
    Ok(choice_of(current, product, price, way))
}

/// A free plan, from when what is paid is used up, for a caller who decides by itself which plans are beside which, and
/// at which of its prices.
pub(crate) fn choose_free_later(
    current: &CurrentPlan,
    product: Product,
    price: Price,
) -> Result<PlanChoice, ChoiceError> {
    let ends_addons = !current.addons.is_empty() && ends_billing(&current.price, &price);
    let is_free = price.amount.is_zero() && price.amount.currency == current.price.amount.currency;
    if !is_free || ends_addons {
        return Err(ChoiceError::DoesNotFit(product.id));
    }
    let way = way_of(current, &product, &price, Some(ChangeTime::Renewal))?;
    Ok(choice_of(current, product, price, way))
}

fn choice_of(current: &CurrentPlan, product: Product, price: Price, way: Way) -> PlanChoice {
    let starts_at = match way {
        Way::SwapLater | Way::Lapse | Way::FreeLater | Way::BuyLater => current.renews_at(),
        Way::SwapNow | Way::LapseNow | Way::Free | Way::Buy => None,
    };
    PlanChoice { product, price, way, starts_at }
}

/// Plans of one network are one line of products. Software is, if one customer may have only one of it: the same
/// exclusive group. A change never enters another group, so that no second subscription can stand in its way.
fn check_product(current: &CurrentPlan, product: &Product) -> Result<(), ChoiceError> {
    if product.kind != ProductKind::Plan {
        return Err(ChoiceError::UnknownPlan(product.id));
    }
    if product.id == current.product.id {
        return Err(ChoiceError::SamePlan(product.id));
    }
    if !product.is_on_sale() {
        return Err(ChoiceError::NotAvailable(product.id));
    }
    let held = &current.subscription.exclusive_group;
    let enters_no_group = product.exclusive_group.is_none() || product.exclusive_group == *held;
    match (&current.product.plan_facts, &product.plan_facts) {
        (Some(before), Some(after)) if before.provider != after.provider => {
            Err(ChoiceError::OtherProvider(product.id))
        }
        (Some(_), Some(_)) if enters_no_group => Ok(()),
        (None, None) if held.is_some() && product.exclusive_group == *held => Ok(()),
        _ => Err(ChoiceError::DoesNotFit(product.id)),
    }
}

/// The price in the currency and, where there is one, in the rhythm of the present one. Periods that the customer is still
/// bound for leave no choice.
fn choose_price(current: &CurrentPlan, prices: Vec<Price>) -> Option<Price> {
    let before = &current.price;
    let fits = |price: &Price| {
        let same_term = price.term == before.term;
        price.term.renews()
            && price.amount.currency == before.amount.currency
            && (same_term || !current.is_bound())
            && (price.amount.is_zero() || price.stripe_price_id.is_some())
    };
    let (same, other): (Vec<_>, Vec<_>) =
        prices.into_iter().filter(fits).partition(|price| price.term == before.term);
    same.into_iter().chain(other).next()
}

fn way_of(
    current: &CurrentPlan,
    product: &Product,
    price: &Price,
    requested: Option<ChangeTime>,
) -> Result<Way, ChoiceError> {
    let is_billed = current.subscription.stripe_subscription_id.is_some();
    match (current.price.amount.is_zero(), price.amount.is_zero()) {
        (true, true) if requested == Some(ChangeTime::Renewal) => Ok(Way::FreeLater),
        (true, true) => Ok(Way::Free),
        // A free plan with paid add-ons has no price that could be swapped.
        (true, false) if is_billed => Err(ChoiceError::DoesNotFit(product.id)),
        (true, false) if requested == Some(ChangeTime::Renewal) => Ok(Way::BuyLater),
        (true, false) => Ok(Way::Buy),
        // Who is bound for some periods would be let go for nothing.
        (false, true) if current.is_bound() => Err(ChoiceError::DoesNotFit(product.id)),
        (false, true) => lapse_of(current, product, price, requested),
        (false, false) => Ok(match time_of(current, product, price, requested)? {
            ChangeTime::Now => Way::SwapNow,
            ChangeTime::Renewal => Way::SwapLater,
        }),
    }
}

/// Giving up what is paid for counts from the renewal on, unless the operator decided otherwise for the free plan.
fn lapse_of(
    current: &CurrentPlan,
    product: &Product,
    price: &Price,
    requested: Option<ChangeTime>,
) -> Result<Way, ChoiceError> {
    let may_be_now = product.changes.downgrade == Some(ChangeTime::Now) && price.term == current.price.term;
    match requested {
        Some(ChangeTime::Now) if !may_be_now => Err(ChoiceError::GivesLess(product.id)),
        None | Some(ChangeTime::Now) if may_be_now => Ok(Way::LapseNow),
        _ => Ok(Way::Lapse),
    }
}

/// The usual rule, unless somebody asked otherwise; another rhythm waits in any case, and what shrinks at once is the
/// operator's decision alone (contracts/projects-api.md §2.6).
fn time_of(
    current: &CurrentPlan,
    product: &Product,
    price: &Price,
    requested: Option<ChangeTime>,
) -> Result<ChangeTime, ChoiceError> {
    let before = PricedPlan { product: &current.product, price: &current.price };
    let after = PricedPlan { product, price };
    match requested {
        None => Ok(before.change_to(after)),
        Some(ChangeTime::Renewal) => Ok(ChangeTime::Renewal),
        Some(ChangeTime::Now) if price.term != current.price.term => Ok(ChangeTime::Renewal),
        Some(ChangeTime::Now)
            if before.shrinks_with(after) && product.changes.downgrade != Some(ChangeTime::Now) =>
        {
            Err(ChoiceError::GivesLess(product.id))
        }
        Some(ChangeTime::Now) => Ok(ChangeTime::Now),
    }
}
