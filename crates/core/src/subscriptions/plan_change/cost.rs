//! What a change would cost, to the cent: from Stripe's own preview.

use std::sync::Arc;

use futures::future::{join, try_join_all};
use jiff::Timestamp;
use perennial_domain::Money;

use super::choice::{CurrentPlan, PlanChoice};
use super::start::ChangePlanError;
use super::way::Way;
use crate::context::App;
use crate::ports::{BilledSubscription, InvoicePreview, Payments, PriceSwap, SwapCharge};

/// What a change would cost.
#[derive(Clone, Debug)]
pub struct PlanCost {
    /// The plan.
    pub choice: PlanChoice,
    /// What is charged now; negative if it is a credit.
    pub due: Money,
    /// Why, where Stripe swaps prices now.
    pub preview: Option<InvoicePreview>,
    /// When the next payment is due, if one is.
    pub next_at: Option<Timestamp>,
    /// What that payment is to the cent, where Stripe was asked and could tell: with all that renews, discounts, taxes and the balance.
    pub next_due: Option<Money>,
}

/// Prices a change, counted from this time on.
pub async fn price_choice(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let billed = if choice.way == Way::SwapNow { BilledPlan::look(app, current).await? } else { None };
    price(current, billed.as_ref(), choice, from).await
}

/// The same, and what the renewal after it will be charged, where Stripe swaps the price now or then and can tell.
pub async fn price_choice_and_renewal(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let billed = if is_swap(&choice) { BilledPlan::look(app, current).await? } else { None };
    price_with_renewal(current, billed.as_ref(), choice, from).await
}

/// Prices several changes at once. What Stripe refuses to price cannot be had, and is left out. Renewals are asked for only
/// where it is seen that they are not the list's prices: the last look at one plan names them all the same.
pub async fn price_choices(
    app: &App,
    current: &CurrentPlan,
    choices: Vec<PlanChoice>,
    from: Timestamp,
) -> Result<Vec<PlanCost>, ChangePlanError> {
    let billed = match BilledPlan::look(app, current).await {
        // What is due today needs no Stripe then.
        Err(error) if choices.iter().all(|choice| choice.way != Way::SwapNow) => {
            tracing::warn!(%error, "what is charged after a change could not be looked up");
            None
        }
        looked => looked?,
    };
    let billed = billed.as_ref();
    let is_discounted = billed.is_some_and(|plan| plan.billed.has_discounts);
    let priced = choices.into_iter().map(|choice| async move {
        let plan = choice.product.id;
        let cost = if is_discounted && is_swap(&choice) {
            price_with_renewal(current, billed, choice, from).await
        } else {
            price(current, billed, choice, from).await
        };
        match cost {
            Err(error) if error.is_refusal() => {
                tracing::error!(product.id = %plan, %error, "Stripe refuses the plan {plan}, which is on sale");
                Ok(None)
            }
            priced => priced.map(Some),
        }
    });
    Ok(try_join_all(priced).await?.into_iter().flatten().collect())
}

/// Prices a swap that counts at once and is charged so, whatever the usual rule for such a change is.
pub async fn price_swap(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    charge: SwapCharge,
) -> Result<PlanCost, ChangePlanError> {
    let billed = BilledPlan::look(app, current).await?;
    let billed = billed.ok_or(ChangePlanError::NeedsCheckout)?;
    billed.price_swap(current, choice, charge, app.now()).await
}

/// A subscription as Stripe bills it: looked at once, however many changes are priced.
struct BilledPlan {
    payments: Arc<dyn Payments>,
    billed: BilledSubscription,
}

impl BilledPlan {
    /// `None` where Stripe bills nothing.
    async fn look(app: &App, current: &CurrentPlan) -> Result<Option<Self>, ChangePlanError> {
        let subscription = &current.subscription;
        let Some(id) = &subscription.stripe_subscription_id else { return Ok(None) };
        let payments = app.payments(subscription.project_id).await?;
        let billed = payments.subscription(id).await?;
        Ok(Some(Self { payments, billed }))
    }

    async fn price_swap(
        &self,
        current: &CurrentPlan,
        choice: PlanChoice,
        charge: SwapCharge,
        now: Timestamp,
    ) -> Result<PlanCost, ChangePlanError> {
        let swap = swap_of(current, &choice).ok_or(ChangePlanError::NeedsCheckout)?;
        let preview = self.payments.preview_swap(&self.billed, &swap, charge).await?;
        let next_at = match charge {
            SwapCharge::Difference(_) => current.renews_at(),
            SwapCharge::NewPeriod => after_first_period(&choice, now),
        };
        Ok(PlanCost { choice, due: preview.due, preview: Some(preview), next_at, next_due: None })
    }

    /// What the renewal with this plan is charged. The change does not hang on it, so nothing that goes wrong here counts.
    async fn renewal(&self, current: &CurrentPlan, choice: &PlanChoice) -> Option<Money> {
        let swap = swap_of(current, choice)?;
        match self.payments.preview_renewal(&self.billed, &swap).await {
            Ok(preview) => Some(preview.due),
            Err(error) => {
                tracing::warn!(product.id = %choice.product.id, %error, "what a renewal is charged could not be looked up");
                None
            }
        }
    }
}

async fn price(
    current: &CurrentPlan,
    billed: Option<&BilledPlan>,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    match billed.filter(|_| choice.way == Way::SwapNow) {
        Some(billed) => billed.price_swap(current, choice, SwapCharge::Difference(from), from).await,
        None => Ok(unmoved(current, choice, from)),
    }
}

async fn price_with_renewal(
    current: &CurrentPlan,
    billed: Option<&BilledPlan>,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let renewed = choice.clone();
    let renewal = async {
        match billed {
            Some(billed) => billed.renewal(current, &renewed).await,
            None => None,
        }
    };
    let (cost, next_due) = join(price(current, billed, choice, from), renewal).await;
    let cost = cost?;
    // The balance is Stripe's as it is now: where today's charge moves it, the renewal finds another one.
    let moves_balance = cost
        .preview
        .as_ref()
        .is_some_and(|preview| preview.balance_minor != 0 || preview.due.amount_minor < 0);
    Ok(PlanCost { next_due: next_due.filter(|_| !moves_balance), ..cost })
}

/// A change that moves no money now, but for a first payment of a whole period.
fn unmoved(current: &CurrentPlan, choice: PlanChoice, from: Timestamp) -> PlanCost {
    let due = match choice.way {
        Way::Buy => choice.price.amount,
        _ => Money::zero(choice.price.amount.currency),
    };
    let next_at = next_at(current, &choice, from);
    PlanCost { choice, due, preview: None, next_at, next_due: None }
}

/// What is bought begins with a period of its own; everything else goes on in the running one.
fn next_at(current: &CurrentPlan, choice: &PlanChoice, from: Timestamp) -> Option<Timestamp> {
    if choice.price.amount.is_zero() {
        return None;
    }
    if choice.way == Way::Buy {
        return after_first_period(choice, from);
    }
    choice.starts_at.or(current.renews_at())
}

fn after_first_period(choice: &PlanChoice, from: Timestamp) -> Option<Timestamp> {
    choice.price.term.span()?.after(from, 1).ok()
}

/// Whether Stripe swaps the price, now or at the renewal.
const fn is_swap(choice: &PlanChoice) -> bool {
    matches!(choice.way, Way::SwapNow | Way::SwapLater)
}

/// What Stripe is asked to swap.
fn swap_of(current: &CurrentPlan, choice: &PlanChoice) -> Option<PriceSwap> {
    Some(PriceSwap {
        stripe_subscription_id: current.subscription.stripe_subscription_id.clone()?,
        from_stripe_price_id: current.price.stripe_price_id.clone()?,
        to_stripe_price_id: choice.price.stripe_price_id.clone()?,
    })
}
