//! What a change would cost, to the cent: from Stripe's own preview.

use futures::future::{try_join, try_join_all};
use jiff::Timestamp;
use perennial_domain::Money;

use super::choice::{CurrentPlan, PlanChoice};
use super::start::ChangePlanError;
use super::way::Way;
use crate::context::App;
use crate::ports::{InvoicePreview, Payments, PriceSwap, SwapCharge};

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
    /// What that payment is to the cent, where Stripe was asked: with all that renews, discounts, taxes and the balance.
    pub next_due: Option<Money>,
}

/// Prices a change, counted from this time on.
pub async fn price_choice(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let Some(swap) = swap_now_of(current, &choice) else { return Ok(unmoved(current, choice, from)) };
    let payments = app.payments(current.subscription.project_id).await?;
    preview(payments.as_ref(), current, choice, &swap, SwapCharge::Difference(from), from).await
}

/// The same, and what the renewal after it will be charged, where Stripe swaps the price now or then.
pub async fn price_choice_and_renewal(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let swap = swap_of(current, &choice).filter(|_| matches!(choice.way, Way::SwapNow | Way::SwapLater));
    let renewal = async {
        let Some(swap) = swap else { return Ok(None) };
        let payments = app.payments(current.subscription.project_id).await?;
        Ok(Some(payments.preview_renewal(&swap).await?.due))
    };
    let (cost, next_due) = try_join(price_choice(app, current, choice, from), renewal).await?;
    Ok(PlanCost { next_due, ..cost })
}

/// Prices several changes at once, with their renewals. What Stripe refuses to price cannot be had, and is left out.
pub async fn price_choices(
    app: &App,
    current: &CurrentPlan,
    choices: Vec<PlanChoice>,
    from: Timestamp,
) -> Result<Vec<PlanCost>, ChangePlanError> {
    let priced = choices.into_iter().map(|choice| async move {
        let plan = choice.product.id;
        match price_choice_and_renewal(app, current, choice, from).await {
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
    let payments = app.payments(current.subscription.project_id).await?;
    match swap_of(current, &choice) {
        Some(swap) => preview(payments.as_ref(), current, choice, &swap, charge, app.now()).await,
        None => Err(ChangePlanError::NeedsCheckout),
    }
}

async fn preview(
    payments: &dyn Payments,
    current: &CurrentPlan,
    choice: PlanChoice,
    swap: &PriceSwap,
    charge: SwapCharge,
    now: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let preview = payments.preview_swap(swap, charge).await?;
    let next_at = match charge {
        SwapCharge::Difference(_) => current.renews_at(),
        SwapCharge::NewPeriod => after_first_period(&choice, now),
    };
    Ok(PlanCost { choice, due: preview.due, preview: Some(preview), next_at, next_due: None })
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

/// What Stripe is asked to swap now, if it is.
fn swap_now_of(current: &CurrentPlan, choice: &PlanChoice) -> Option<PriceSwap> {
    swap_of(current, choice).filter(|_| choice.way == Way::SwapNow)
}

/// What Stripe is asked to swap.
fn swap_of(current: &CurrentPlan, choice: &PlanChoice) -> Option<PriceSwap> {
    Some(PriceSwap {
        stripe_subscription_id: current.subscription.stripe_subscription_id.clone()?,
        from_stripe_price_id: current.price.stripe_price_id.clone()?,
        to_stripe_price_id: choice.price.stripe_price_id.clone()?,
    })
}
